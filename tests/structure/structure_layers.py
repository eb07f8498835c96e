"""A folder includes only what stands below it; cli/ only public headers; back-ends only adatom/sys/."""

import re

import house


def back_ends():
    """The kinds of evaluators, as src/energy/kinds.h lists them: each is energy/KIND.c or KIND_*.c."""
    kinds = house.ROOT / "src/energy/kinds.h"
    return set(re.findall(r"\bX\((\w+),\s*\"", kinds.read_text())) if kinds.exists() else set()


def is_back_end(path):
    return path.parent.name == "energy" and path.stem.split("_")[0] in back_ends()


def complaint_about(path, header):
    """Why the file may not include the header, or None."""
    top, folder = path.relative_to(house.ROOT).parts[:2]
    if header.startswith("adatom/"):
        exists = (house.ROOT / "include" / header).exists() or header == "adatom/version.h"
        return None if exists else "there is no such public header"
    if top == "include":
        return "a public header includes only public headers"
    if top == "cli":
        return None if (path.parent / header).exists() else "the command line sees only public headers"
    if is_back_end(path) and "/" not in header:
        return None  # of its engine
    used = header.split("/")[0]
    if not (house.ROOT / "src" / header).exists():
        return "includes are written folder/header.h"
    if folder not in house.BELOW:
        return "the folder is missing in the plan (tests/structure/house.py)"
    if used != folder and is_back_end(path):
        return "a back-end sees only adatom/sys/, its room and its engine"
    if used != folder and used not in house.may_use(folder):
        return f"{folder} does not stand on {used}"
    return None


def main():
    files = [p for p in house.sources("include", "src", "cli") if p.name != "library.c"]
    complaints = []
    for path in files:
        for line, header, quoted in house.includes(path):
            reason = complaint_about(path, header) if quoted or header.startswith("adatom/") else None
            if reason:
                complaints.append(f'{house.where(path, line)}: "{header}": {reason}')
    house.finish(complaints, len(files), "files")


main()

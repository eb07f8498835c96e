"""The documents are complete: docs/search.md knows every option and no other, and links lead
somewhere."""

import re

import house


def option_paths():
    """The YAML paths of include/adatom/search_options.def."""
    text = house.without_comments_and_texts(
        (house.ROOT / "include/adatom/search_options.def").read_text())
    found = re.findall(r"^[A-Z]+\((\w+),\s*(\w+),", text, re.M)
    return {name if section == "run" else f"{section}.{name}" for section, name in found}


def documented_paths():
    """The options that stand in the first column of the table of docs/search.md."""
    found = set()
    for line in (house.ROOT / "docs/search.md").read_text().splitlines():
        if line.startswith("| `"):
            found |= set(re.findall(r"`([\w.]+)`", line.split("|")[1]))
    return found


def broken_links(path):
    """Links to files that are not there."""
    text = re.sub(r"\$\$?.*?\$\$?", "", path.read_text())  # formulas
    for number, line in enumerate(text.splitlines(), 1):
        for target in re.findall(r"\]\(([^)#\s]+)[^)]*\)", line):
            if "://" not in target and not (path.parent / target).exists():
                yield f"{house.where(path, number)}: there is no {target}"


def main():
    options, documented = option_paths(), documented_paths()
    complaints = [f"docs/search.md lacks {name}" for name in sorted(options - documented)]
    complaints += [f"docs/search.md: there is no option {name}" for name in sorted(documented - options)]
    for path in (p for p in house.kept_files() if p.suffix == ".md"):
        complaints += broken_links(path)
    house.finish(complaints, len(options), "options")


main()

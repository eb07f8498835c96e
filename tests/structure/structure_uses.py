"""The USES lists of src/CMakeLists.txt are the plan: all folders below, no other."""

import re

import house


def main():
    text = (house.ROOT / "src" / "CMakeLists.txt").read_text()
    calls = re.findall(r"^adatom_folder\(\s*(\w+)([^)]*)\)", text, re.M)
    complaints = []
    for folder, arguments in calls:
        match = re.search(r"\bUSES\s+([\w\s]*?)(?:\bLIBRARIES\b|$)", arguments)
        listed = set(match.group(1).split()) if match else set()
        if folder not in house.BELOW:
            complaints.append(f"src/CMakeLists.txt: {folder} is missing in the plan")
        elif listed != house.may_use(folder):
            wanted = " ".join(sorted(house.may_use(folder)))
            complaints.append(f"src/CMakeLists.txt: {folder} USES {' '.join(sorted(listed))}; plan: {wanted}")
    folders = {p.relative_to(house.ROOT).parts[1] for p in house.sources("src")} - {"library.c"}
    for folder in sorted(folders - {name for name, _ in calls}):
        complaints.append(f"src/CMakeLists.txt: src/{folder} is not declared")
    house.finish(complaints, len(calls), "folders")


main()

"""The repository names no path of somebody's machine."""

import re

import house

# Folders that people and build machines own; /tmp and the places of the system are everybody's, and
# ada is the user of the tests.
PERSONAL = re.compile(r"(?<![\w.$}/-])/(?:home/(?!ada\b)|(?:root|work|Users|mnt|workspace|builds)/)[\w.]")


def main():
    files = [p for p in house.kept_files() if p.name != "structure_paths.py"]
    complaints = []
    for path in files:
        try:
            text = path.read_text(encoding="utf-8")
        except UnicodeDecodeError:  # a picture
            continue
        for number, line in enumerate(text.splitlines(), 1):
            if PERSONAL.search(line):
                complaints.append(f"{house.where(path, number)}: {line.strip()[:120]}")
    house.finish(complaints, len(files), "files")


main()

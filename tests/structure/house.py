"""The plan of the house: which folder stands on which, and helpers to read the sources.

The table is that of docs/architecture.md; the tests beside this file hold the sources against it.
"""

import pathlib
import re
import subprocess
import sys

ROOT = pathlib.Path(__file__).resolve().parents[2]

# A folder of src/ and those directly below it.
BELOW = {
    "base": [],
    "atoms": ["base"],
    "io": ["atoms"],
    "nn": ["base"],
    "image": ["atoms", "nn"],
    "descriptor": ["atoms", "io"],
    "potential": ["descriptor", "nn", "io"],
    "predict": ["image", "nn", "io"],
    "train": ["generate", "potential", "predict"],
    "energy": ["atoms", "potential", "predict"],
    "sample": ["energy"],
    "ensemble": ["io"],
    "search": ["ensemble", "image", "nn", "sample", "energy", "io"],
    "generate": ["descriptor", "nn", "energy", "io"],
    "report": ["ensemble", "atoms", "io"],
}


def may_use(folder):
    """All folders below the given one."""
    found = set()
    waiting = list(BELOW[folder])
    while waiting:
        below = waiting.pop()
        if below not in found:
            found.add(below)
            waiting.extend(BELOW[below])
    return found


def sources(*folders, endings=(".c", ".h", ".def")):
    """The C files below the folders, tests and build folders left out."""
    files = []
    for folder in folders:
        files += [p for p in (ROOT / folder).rglob("*") if p.suffix in endings and p.is_file()]
    return sorted(files)


def kept_files():
    """Every file that is in the repository or about to be: what git tracks or would add."""
    listing = subprocess.run(
        ["git", "-C", str(ROOT), "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
        check=False, stdout=subprocess.PIPE)
    if listing.returncode != 0:  # not a clone: a released archive
        skipped = re.compile(r"^(build|run)[^/]*/|(^|/)__pycache__/")
        return sorted(p for p in ROOT.rglob("*")
                      if p.is_file() and not skipped.search(str(p.relative_to(ROOT))))
    names = listing.stdout.decode().split("\0")
    return sorted(ROOT / name for name in names if name and (ROOT / name).is_file())


def without_comments_and_texts(code):
    """The code with comments and the inside of string literals blanked, line by line the same."""
    pattern = re.compile(r'/\*.*?\*/|//[^\n]*|"(?:\\.|[^"\\\n])*"|\'(?:\\.|[^\'\\\n])*\'', re.S)

    def blank(match):
        text = match.group(0)
        lines = "\n" * text.count("\n")
        return '""' + lines if text[0] == '"' else "' '" if text[0] == "'" else " " + lines
    return pattern.sub(blank, code)


def includes(path):
    """(line number, header, quoted?) of each #include."""
    pattern = re.compile(r'^\s*#\s*include\s*([<"])([^>"]+)[>"]')
    for number, line in enumerate(path.read_text().splitlines(), 1):
        match = pattern.match(line)
        if match:
            yield number, match.group(2), match.group(1) == '"'


def where(path, line=None):
    name = str(path.relative_to(ROOT))
    return name if line is None else f"{name}:{line}"


def finish(complaints, seen, what):
    """Ends the test; one that has seen nothing has tested nothing."""
    for complaint in complaints:
        print(complaint)
    if not seen:
        print(f"no {what} found: nothing was checked")
        sys.exit(1)
    print(f"{seen} {what}, {len(complaints)} complaints")
    sys.exit(1 if complaints else 0)

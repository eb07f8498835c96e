"""Files and functions stay short; prints how long they are."""

import re
import statistics

import house

FILE_LINES = 600
FUNCTION_LINES = 100


def functions(code):
    """(name, first line, lines) of each function: in our layout its braces stand in column 0."""
    lines = house.without_comments_and_texts(code).splitlines()
    name, name_line, open_line = None, 0, None
    for number, line in enumerate(lines, 1):
        if open_line is None:
            match = re.match(r"[A-Za-z_][^;=]*?\b(\w+)\(", line)
            if match:
                name, name_line = match.group(1), number
            if line.rstrip() == "{" and name:
                open_line = number
            elif line.rstrip().endswith((";", "= {")):
                name = None
        elif line.startswith("}"):
            yield name, name_line, number - name_line + 1
            name, open_line = None, None


def main():
    complaints, lengths = [], []
    files = house.sources("src", "cli", "lammps", "worker", "include", "tests", "tools", "bench")
    for path in files:
        text = path.read_text()
        count = len(text.splitlines())
        if count > FILE_LINES:
            complaints.append(f"{house.where(path)}: {count} lines, at most {FILE_LINES}")
        for name, line, length in functions(text):
            lengths.append(length)
            if length > FUNCTION_LINES:
                complaints.append(f"{house.where(path, line)}: {name} has {length} lines, at most {FUNCTION_LINES}")
    if lengths:
        lengths.sort()
        print(f"{len(lengths)} functions: median {statistics.median(lengths):.0f} lines, "
              f"nine of ten up to {lengths[len(lengths) * 9 // 10]}, longest {lengths[-1]}")
    house.finish(complaints, len(lengths), "functions")


main()

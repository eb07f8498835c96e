"""The library never prints, exits or aborts, and allocates through src/base/memory.h."""

import re

import house

FORBIDDEN = {
    r"\b(printf|puts|putchar|vprintf|perror)\s*\(": "the library does not print",
    r"\b(stdout|stderr)\b": "the library does not print",
    r"\b(exit|abort|quick_exit)\s*\(": "the library does not end the program",
    r"\bassert\s*\(": "a failed assertion ends the program",
    r"\b(gets|strcpy|strcat|sprintf|vsprintf|strtok|tmpnam)\s*\(": "no call that cannot be bounded",
    r"\b(rand|srand|drand48|random)\s*\(\s*\)": "random numbers come from base/random.h",
    r"\b(atoi|atof|atol)\s*\(": "numbers are read with a check",
    r"\b(setlocale|putenv|setenv|signal|chdir)\s*\(": "the library leaves the process as it is",
}
# An agent of an ensemble has a process of its own, which ends with it: that has its one place.
ENDING = r"\b_exit\s*\("
# Allocation without a check of the product has its one place.
ALLOCATION = r"\b(malloc|calloc|realloc|aligned_alloc|strdup|strndup)\s*\("


def main():
    files = house.sources("src", endings=(".c", ".h"))
    complaints = []
    for path in files:
        code = house.without_comments_and_texts(path.read_text())
        rules = dict(FORBIDDEN)
        if path.name != "memory.c":
            rules[ALLOCATION] = "memory comes from base/memory.h"
        if path.name != "ensemble_process.c":
            rules[ENDING] = "the library does not end the program"
        for number, line in enumerate(code.splitlines(), 1):
            for pattern, reason in rules.items():
                match = re.search(pattern, line)
                if match:
                    complaints.append(f"{house.where(path, number)}: {match.group(0).strip()}: {reason}")
    house.finish(complaints, len(files), "files")


main()

"""The documents are complete: docs/search.md, docs/sample.md and their like know every option and no other, and
links lead somewhere."""

import re

import house


def option_paths(command):
    """The YAML paths of include/adatom/COMMAND_options.def."""
    text = house.without_comments_and_texts(
        (house.ROOT / f"include/adatom/{command}_options.def").read_text())
    found = re.findall(r"^[A-Z]+\((\w+),\s*(\w+),", text, re.M)
    return {name if section == "run" else f"{section}.{name}" for section, name in found}


def documented_paths(command):
    """The options that stand in the first column of the table of docs/COMMAND.md."""
    found = set()
    for line in (house.ROOT / f"docs/{command}.md").read_text().splitlines():
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
    complaints, seen = [], 0
    for command in ("search", "sample", "potential", "reconstruct", "generator", "generate", "image"):
        options, documented = option_paths(command), documented_paths(command)
        seen += len(options)
        complaints += [f"docs/{command}.md lacks {name}" for name in sorted(options - documented)]
        complaints += [f"docs/{command}.md: there is no option {name}" for name in sorted(documented - options)]
    for path in (p for p in house.kept_files() if p.suffix == ".md"):
        complaints += broken_links(path)
    house.finish(complaints, seen, "options")


main()

"""The shared library shows the functions of the public headers and nothing else; in the archives of
the folders, too, every name that the linker sees begins with adatom_."""

import argparse
import pathlib
import re
import subprocess

import house


def defined_symbols(path, *options):
    """Names that the file defines for the linker."""
    listing = subprocess.run(["nm", "--defined-only", "--extern-only", *options, str(path)],
                             check=True, stdout=subprocess.PIPE, encoding="utf-8").stdout
    rows = [line.split() for line in listing.splitlines()]
    # AddressSanitizer registers each global variable under a name of its own.
    return {row[2].split("@")[0] for row in rows
            if len(row) == 3 and not row[2].startswith(("__odr_asan", "__asan", "__tsan", "__sanitizer"))}


def declared_functions():
    """Names that the public headers declare with ADATOM_API."""
    names = set()
    headers = house.sources("include", endings=(".h",)) + [house.ROOT / "include/adatom/version.h.in"]
    for path in headers:
        code = house.without_comments_and_texts(path.read_text())
        names |= set(re.findall(r"\bADATOM_API\b[^;(]*?\b(adatom_\w+)\s*\(", code))
    return names


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--build", required=True)
    build = pathlib.Path(parser.parse_args().build)
    shown = defined_symbols(build / "libadatom.so", "--dynamic")
    declared = declared_functions()
    complaints = [f"libadatom.so shows {name}, which no public header declares"
                  for name in sorted(shown - declared)]
    complaints += [f"libadatom.so lacks {name}, which a public header declares"
                   for name in sorted(declared - shown)]
    archives = sorted((build / "src").glob("libadatom_*.a"))
    for archive in archives:
        complaints += [f"{archive.name}: {name} does not begin with adatom_"
                       for name in sorted(defined_symbols(archive)) if not name.startswith("adatom_")]
    house.finish(complaints, len(shown) * len(archives), "symbols times archives")


main()

"""Every C file is laid out as .clang-format says (version 14, which Debian 12 has)."""

import shutil
import subprocess

import house


def main():
    formatter = shutil.which("clang-format-14") or "clang-format"
    files = [p for p in house.sources("src", "cli", "lammps", "worker", "include", "tests", "tools", "bench", "examples",
                                      endings=(".c", ".h"))]
    result = subprocess.run([formatter, "--dry-run", "-Werror", *map(str, files)],
                            stderr=subprocess.PIPE, encoding="utf-8", check=False)
    lines = [line for line in result.stderr.splitlines() if "error:" in line]
    complaints = [line.replace(f"{house.ROOT}/", "") for line in lines]
    if result.returncode != 0 and not complaints:
        complaints = [result.stderr]
    house.finish(complaints, len(files), "files")


main()

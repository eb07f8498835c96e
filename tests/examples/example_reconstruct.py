"""examples/reconstruct: every figure and every crystal is solved, by loss and by distance, with its cell or without."""

import argparse
import pathlib
import shutil
import subprocess
import sys
import tempfile

from ase.io import read

EXAMPLE = pathlib.Path(__file__).resolve().parents[2] / "examples" / "reconstruct"


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--program", required=True)
    program = parser.parse_args().program
    with tempfile.TemporaryDirectory() as name:
        folder = pathlib.Path(name)
        for path in EXAMPLE.iterdir():
            shutil.copy(path, folder)
        commands = [[sys.executable, "structures.py"]]
        commands += [[program, "reconstruct", f"{kind}.yaml", "-o", f"{kind}.extxyz"] for kind in ("figures", "crystals", "soap", "bessel")]
        commands += [[program, "reconstruct", "crystals.yaml", "-o", "cells.extxyz", "--set", "system.free_cell=true"]]
        for words in commands:
            subprocess.run(words, check=True, cwd=folder, stdin=subprocess.DEVNULL, timeout=300)
        found = {kind: read(folder / f"{kind}.extxyz", index=":") for kind in ("figures", "crystals", "cells", "soap", "bessel")}
    assert [len(frames) for frames in found.values()] == [6, 12, 12, 9, 5]
    for atoms in sum(found.values(), []):
        assert atoms.info["verdict"] == "solved" and atoms.info["rmsd"] < 0.1
    assert all(atoms.info["strain"] < 0.02 for atoms in found["cells"])



main()

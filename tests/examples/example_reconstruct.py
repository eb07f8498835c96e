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
        commands += [[program, "reconstruct", f"{kind}.yaml", "-o", f"{kind}.extxyz"] for kind in ("figures", "crystals")]
        commands += [[program, "reconstruct", "crystals.yaml", "-o", "cells.extxyz", "--set", "system.free_cell=true"]]
        for words in commands:
            subprocess.run(words, check=True, cwd=folder, stdin=subprocess.DEVNULL, timeout=300)
        figures, crystals, cells = (read(folder / f"{kind}.extxyz", index=":") for kind in ("figures", "crystals", "cells"))
    assert (len(figures), len(crystals), len(cells)) == (6, 12, 12)
    for atoms in figures + crystals + cells:
        assert atoms.info["verdict"] == "solved" and atoms.info["rmsd"] < 0.1
    assert all(atoms.info["strain"] < 0.01 for atoms in cells)



main()

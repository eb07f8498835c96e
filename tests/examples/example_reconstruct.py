"""examples/reconstruct: every crystal is solved, by loss and by distance, and every figure found."""

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
        for words in commands:
            subprocess.run(words, check=True, cwd=folder, stdin=subprocess.DEVNULL, timeout=300)
        crystals = read(folder / "crystals.extxyz", index=":")
        figures = read(folder / "figures.extxyz", index=":")
    assert len(crystals) == 9 and len(figures) == 6
    assert all(atoms.info["verdict"] == "solved" for atoms in crystals)
    assert all(atoms.info["rmsd"] < 0.1 for atoms in crystals + figures)
    assert sum(atoms.info["verdict"] == "solved" for atoms in figures) >= 5


main()

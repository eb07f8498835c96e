"""Writes the structures of lowest energy that a run has built as extended XYZ, with the energies that the run knows as `predicted`.

    python3 best.py RUN COUNT > OUT.extxyz
"""

import sys

from ase.db import connect
from ase.io import write


def main():
    frames = []
    for row in connect(f"{sys.argv[1]}/candidates.db").select("energy", sort="energy", limit=int(sys.argv[2])):
        atoms = row.toatoms()
        atoms.calc = None
        atoms.info = {"episode": row.episode, "predicted": row.energy}
        frames.append(atoms)
    write(sys.stdout, frames, format="extxyz")


main()

"""Writes the structures of candidates.db of run folders as extended XYZ, each once.

    python3 built.py HIGHEST RUN ... > OUT.extxyz

HIGHEST is the highest energy, eV/atom: of what is far above, a network would learn the repulsion of atoms in one place and little else.
"""

import sys

from ase.db import connect
from ase.io import write


def main():
    frames = []
    for folder in sys.argv[2:]:
        for row in connect(f"{folder}/candidates.db").select("status!=cached"):
            if row.get("energy", 1e9) < float(sys.argv[1]) * row.natoms:
                atoms = row.toatoms()
                atoms.calc = None
                atoms.info = {"run": folder, "episode": row.episode}
                frames.append(atoms)
    write(sys.stdout, frames, format="extxyz")


main()

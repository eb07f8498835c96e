"""Writes template.xyz: one boron atom in a cell that holds a sheet of 24 atoms of hexagonal boron nitride.

    python3 examples/boron-nitride/template.py

Needs python3-ase.
"""

import pathlib

import numpy as np
from ase import Atoms
from ase.io import write

BOND = 1.44  # Å, where the potential has its lowest energy, to 0.01 Å
CELL = [6 * BOND, 3 * np.sqrt(3) * BOND, 12.0]


def main():
    atoms = Atoms("B", [[CELL[0] / 2, CELL[1] / 2, CELL[2] / 2]], cell=CELL, pbc=(True, True, False))
    write(pathlib.Path(__file__).resolve().parent / "template.xyz", atoms, format="extxyz")


main()

"""Writes template.xyz: a ribbon of graphene with armchair edges, periodic along x, without the last line of atoms at its upper edge.

The cell is that of J. Chem. Phys. 151, 054111 (2019), Extended Data Table 1: 4.27 Å, the period of the armchair
edge, by 7.12 Å across.

    python3 examples/edge/template.py

Needs python3-ase.
"""

import pathlib

import numpy as np
from ase import Atoms
from ase.io import write

CELL = np.array([4.27, 7.12, 10.0])
BOND = CELL[0] / 3
LINES = 4  # of two atoms each, across the ribbon
BOTTOM = 0.5  # Å, the first line above the border of the cell


def line(number):
    """Two bound atoms along x; every other line is shifted by half a period."""
    x = np.array([0.5, 1.5]) * BOND + number % 2 * CELL[0] / 2
    y = BOTTOM + number * BOND * np.sqrt(3) / 2
    return [(value % CELL[0], y, CELL[2] / 2) for value in x]


def main():
    positions = [position for number in range(LINES) for position in line(number)]
    atoms = Atoms(f"C{len(positions)}", positions, cell=CELL, pbc=(True, False, False))
    write(pathlib.Path(__file__).resolve().parent / "template.xyz", atoms, format="extxyz")


main()

"""Writes template.xyz, a sheet of graphene of which a ring of six atoms is missing,.

The cell is that of ../graphene: 24 atoms in 8.54 x 7.40 Å.

    python3 examples/hole/template.py

Needs python3-ase.
"""

import pathlib

import numpy as np
from ase import Atoms
from ase.io import write

CELL = np.array([8.54, 7.40, 10.0])
BOND = CELL[0] / 6


def sheet():
    """Two bound atoms along x, six lines of them; every other line is shifted by half a period."""
    positions = []
    for line in range(6):
        for period in range(2):
            for place in (0.5, 1.5):
                x = (place + 3 * period) * BOND + line % 2 * 1.5 * BOND
                positions.append((x % CELL[0], (line + 0.5) * CELL[1] / 6, CELL[2] / 2))
    return Atoms("C24", positions, cell=CELL, pbc=(True, True, False))


def main():
    atoms = sheet()
    centre = np.array([4 * BOND, 3.5 * CELL[1] / 6, CELL[2] / 2])  # of a ring
    distances = np.linalg.norm(atoms.positions - centre, axis=1)
    ring = np.argsort(distances)[:6]
    assert np.ptp(distances[ring]) < 0.02, distances[ring]
    del atoms[ring]
    write(pathlib.Path(__file__).resolve().parent / "template.xyz", atoms, format="extxyz")


main()

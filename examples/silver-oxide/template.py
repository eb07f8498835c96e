"""Writes the templates of both searches, template-ag4o2.xyz and template.xyz; overlayer.xyz, the structure that is
known from experiments (Phys. Rev. Lett. 96, 146101 and 146102 (2006)); and ag4o2.xyz, which shows clients of the small one
their atoms.

All have one layer of Ag(111), 3 x 3 or 4 x 4, at the bottom of the cell, and one silver atom of the layer above
it on a hollow site, 2.3 Å higher.

    python3 examples/silver-oxide/template.py

Needs python3-ase.
"""

import pathlib

import numpy as np
from ase import Atoms
from ase.io import write

HERE = pathlib.Path(__file__).resolve().parent
SPACING = 2.942  # Å between neighbouring atoms of the layer: a lattice constant of 4.16 Å
HEIGHT, BOTTOM, CELL_HEIGHT = 2.3, 3.0, 12.0
HOLLOW = np.array([1, 1]) / 3  # among (0, 0), (1, 0) and (0, 1)
VECTORS = SPACING * np.array([[1, 0], [0.5, np.sqrt(0.75)]])


def place(sites, height):
    """Cartesian positions of sites in units of the layer's vectors."""
    plane = np.atleast_2d(sites) @ VECTORS
    return np.column_stack([plane, np.full(len(plane), height)])


def layer(size):
    sites = [(i, j) for j in range(size) for i in range(size)]
    cell = np.zeros((3, 3))
    cell[:2, :2] = size * VECTORS
    cell[2, 2] = CELL_HEIGHT
    return Atoms(f"Ag{len(sites)}", place(sites, BOTTOM), cell=cell, pbc=(True, True, False))


def above(symbols, sites):
    return Atoms(symbols, place(np.asarray(sites, float) + HOLLOW, BOTTOM + HEIGHT))


def overlayer():
    """Two triangles of six silver atoms, one upside down and on the other kind of hollow site, so that the furrows between
    them are alike; two oxygen atoms in each furrow, between four silver atoms. One axis of threefold symmetry is empty."""
    first = np.array([(0, 0), (1, 0), (2, 0), (0, 1), (1, 1), (0, 2)])
    second = 8 / 3 - first
    oxygen = np.array([(11 / 6, 5 / 6), (5 / 6, 11 / 6)])
    centre = np.array([2, 2]) / 3
    turn = np.array([[-1, 1], [-1, 0]])  # by 120°, for rows of lattice coordinates
    oxygen = np.vstack([(oxygen - centre) @ np.linalg.matrix_power(turn, k) + centre for k in range(3)])
    atoms = layer(4) + above("Ag12", np.vstack([first, second])) + above("O6", oxygen)
    atoms.wrap(eps=1e-6)
    return atoms


def save(name, atoms):
    write(HERE / name, atoms, format="extxyz", columns=["symbols", "positions"])


def main():
    save("template-ag4o2.xyz", layer(3) + above("Ag", [(0, 0)]))
    save("ag4o2.xyz", layer(3) + above("Ag4", [(0, 0), (1, 0), (0, 1), (1, 1)]) + above("O2", [(1.5, -0.5), (-0.5, 1.5)]))
    save("template.xyz", layer(4) + above("Ag", [(0, 0)]))
    save("overlayer.xyz", overlayer())


main()

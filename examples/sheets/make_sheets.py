"""Writes the sheets of Ryczko et al. (2018), Section 2.2, 60 atoms in 12.53 x 13.02 Å: graphene, boron nitride, a heterostructure of
both, each with one atom missing, and graphene with a bond turned (Stone-Wales).

    python3 make_sheets.py OUT.extxyz [graphene|nitride|both]     all seven, or one of the whole sheets
"""

import sys

import numpy
from ase import Atoms
from ase.io import write

COLUMNS, ROWS, CELL = 5, 3, numpy.array([12.53, 13.02, 10.0])


def sheet(symbols):
    """symbols(row, sublattice) of a rectangle of hexagons: 4 atoms in each of COLUMNS x ROWS cells, zigzag along x."""
    a, b = CELL[0] / COLUMNS, CELL[1] / ROWS
    places = ((0, 0, 0), (0.5, 1 / 6, 1), (0.5, 0.5, 0), (0, 2 / 3, 1))
    atoms = Atoms(cell=CELL, pbc=(True, True, False))
    for column in range(COLUMNS):
        for row in range(ROWS):
            for x, y, sublattice in places:
                atoms += Atoms(symbols(row, sublattice), [((column + x) * a, (row + y) * b, 5)])
    return atoms


def without(atoms, index):
    return atoms[[i for i in range(len(atoms)) if i != index]]


def turned(atoms):
    """The bond of two neighbours turned by 90 degrees about its middle."""
    atoms = atoms.copy()
    first = 25
    distances = atoms.get_distances(first, range(len(atoms)), mic=True)
    second = int(numpy.argsort(distances)[1])
    bond = atoms.get_distance(first, second, mic=True, vector=True)
    middle = atoms.positions[first] + bond / 2
    side = numpy.array([-bond[1], bond[0], 0]) / 2
    atoms.positions[first], atoms.positions[second] = middle - side, middle + side
    return atoms


def main():
    graphene = sheet(lambda row, sublattice: "C")
    nitride = sheet(lambda row, sublattice: "BN"[sublattice])
    both = sheet(lambda row, sublattice: "C" if row == 0 else "BN"[sublattice])
    whole = {"graphene": graphene, "nitride": nitride, "both": both}
    if len(sys.argv) > 2:
        write(sys.argv[1], whole[sys.argv[2]], format="extxyz")
        return
    sheets = [graphene, nitride, both, *(without(atoms, 25) for atoms in (graphene, nitride, both)), turned(graphene)]
    write(sys.argv[1], sheets, format="extxyz")


main()

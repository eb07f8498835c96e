"""Geometric figures of platinum atoms, figures.xyz, and crystals from binary to layered, crystals.xyz: python3 structures.py"""

import ase
import ase.build
import ase.io
import numpy
from ase.cluster import Icosahedron
from ase.spacegroup import crystal

EDGE = 2.7  # Å


def ring(count, height=0.0):
    angles = 2 * numpy.pi * numpy.arange(count) / count
    radius = EDGE / 2 / numpy.sin(numpy.pi / count)
    return [[radius * numpy.cos(a), radius * numpy.sin(a), height] for a in angles]


def figures():
    axes = 2 * numpy.vstack([numpy.eye(3), -numpy.eye(3)])
    yield [[EDGE * x, EDGE * y, EDGE * z] for x in (0, 1) for y in (0, 1) for z in (0, 1)]  # cube
    yield ring(6)  # hexagon
    yield axes  # octahedron
    yield ring(5) + [[0, 0, 1.5], [0, 0, -1.5]]  # pentagonal bipyramid
    yield Icosahedron("Pt", 2).positions  # with its centre
    yield ring(5) + ring(5, 2.6)  # pentagonal prism


def crystals():
    yield ase.build.bulk("NaCl", "rocksalt", a=5.64, cubic=True)
    yield ase.build.bulk("CsCl", "cesiumchloride", a=4.12)
    yield ase.build.bulk("ZnS", "zincblende", a=5.41, cubic=True)
    yield ase.build.bulk("C", "diamond", a=3.567, cubic=True)
    yield crystal(["Ti", "O"], [(0, 0, 0), (.305, .305, 0)], spacegroup=136, cellpar=[4.59, 4.59, 2.96, 90, 90, 90])  # rutile
    yield crystal(["Ca", "F"], [(0, 0, 0), (.25, .25, .25)], spacegroup=225, cellpar=[5.46] * 3 + [90] * 3)  # fluorite
    yield crystal(["Sr", "Ti", "O"], [(0, 0, 0), (.5, .5, .5), (.5, .5, 0)], spacegroup=221, cellpar=[3.905] * 3 + [90] * 3)
    yield crystal(["Fe", "S"], [(0, 0, 0), (.385, .385, .385)], spacegroup=205, cellpar=[5.42] * 3 + [90] * 3)  # S2 in pyrite
    yield crystal(["Mo", "S"], [(1 / 3, 2 / 3, .25), (1 / 3, 2 / 3, .621)], spacegroup=194,
                  cellpar=[3.16, 3.16, 12.3, 90, 90, 120])  # layers
    yield crystal(["C", "O"], [(0, 0, 0), (.1185, .1185, .1185)], spacegroup=205, cellpar=[5.624] * 3 + [90] * 3)  # dry ice
    yield crystal(["N", "H", "Cl"], [(0, 0, 0), (.153, .153, .153), (.5, .5, .5)], spacegroup=215, cellpar=[3.875] * 3 + [90] * 3)  # NH4
    yield crystal(["Ca", "C", "O"], [(0, 0, 0), (0, 0, .25), (.2568, 0, .25)], spacegroup=167,
                  cellpar=[4.99, 4.99, 17.061, 90, 90, 120], primitive_cell=True)  # CO3 in calcite


def plain(atoms):
    return ase.Atoms(atoms.symbols, positions=atoms.positions, cell=atoms.cell, pbc=atoms.pbc)


def main():
    ase.io.write("figures.xyz", [ase.Atoms(f"Pt{len(places)}", positions=places) for places in figures()], format="extxyz")
    ase.io.write("crystals.xyz", [plain(atoms) for atoms in crystals()], format="extxyz")


main()

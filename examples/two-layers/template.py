"""Writes template.xyz, two layers of an Al(100) surface at the lattice constant of the model, and whole.xyz,
which goes on by two layers as the crystal does."""
import pathlib

import ase.io
import numpy
from ase.build import fcc100

HERE = pathlib.Path(__file__).resolve().parent
LATTICE_CONSTANT = 4.0320820  # Å, of the model at rest


def slab(layers):
    atoms = fcc100("Al", (3, 3, layers), a=LATTICE_CONSTANT)
    atoms.cell[2] = [0, 0, 14]
    atoms.pbc = (True, True, False)
    atoms.positions += [0, 0, 3 - atoms.positions[:, 2].min()]
    del atoms.arrays["tags"]
    atoms.info.clear()
    return atoms


ase.io.write(HERE / "template.xyz", slab(2), format="extxyz")
ase.io.write(HERE / "whole.xyz", slab(4), format="extxyz")

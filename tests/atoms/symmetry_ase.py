"""Point groups of molecules and space groups of crystals and layers as everybody knows them."""

import pathlib
import subprocess
import sys
import tempfile

import numpy as np
from ase import Atoms
from ase.build import bulk, graphene, molecule
from ase.io import write

PROGRAM, HAS_SPGLIB = sys.argv[1], sys.argv[2] == "1"
MOLECULES = {"H2O": "C2v", "NH3": "C3v", "CH4": "Td", "C2H2": "D∞h", "CO": "C∞v", "C6H6": "D6h", "C2H4": "D2h",
             "C2H6": "D3d", "H2O2": "C2", "HCOOH": "Cs", "C60": "Ih", "CH3OH": "Cs", "C3H4_D2d": "D2d", "BF3": "D3h",
             "cyclobutane": "D2d", "P2": "D∞h", "NaCl": "C∞v"}


def octahedron():
    return Atoms("SF6", [(0, 0, 0), (1.6, 0, 0), (-1.6, 0, 0), (0, 1.6, 0), (0, -1.6, 0), (0, 0, 1.6), (0, 0, -1.6)])


def chiral():
    return Atoms("CHFClBr", [(0, 0, 0), (0.6, 0.6, 0.6), (-0.8, -0.8, 0.8), (-1, 1, -1), (1.1, -1.1, -1.1)])


def examples():
    """Name, structure and symmetry; molecules turned and moved off by a hundredth of an Å."""
    random = np.random.default_rng(0)
    molecules = [(name, molecule(name), group) for name, group in MOLECULES.items()]
    molecules += [("SF6", octahedron(), "Oh"), ("CHFClBr", chiral(), "C1"), ("Ar", Atoms("Ar"), "Kh")]
    for name, atoms, group in molecules:
        atoms.rotate(37, (1, 2, 3))
        atoms.positions += 0.01 * random.normal(size=atoms.positions.shape)
        yield name, Atoms(atoms.numbers, atoms.positions), group
    if not HAS_SPGLIB:
        return
    yield "Cu", bulk("Cu", cubic=True), "Fm-3m (225)"
    yield "Si", bulk("Si"), "Fd-3m (227)"
    yield "graphene", graphene(size=(3, 2, 1), vacuum=4), "P6/mmm (191)"
    sheet = graphene(formula="BN", a=2.5, size=(2, 2, 1))  # without a third lattice vector
    yield "BN", sheet, "P-6m2 (187)"


def main():
    names, structures, groups = zip(*examples())
    with tempfile.TemporaryDirectory() as folder:
        path = pathlib.Path(folder) / "structures.xyz"
        write(path, [Atoms(a.numbers, a.positions, cell=a.cell, pbc=a.pbc) for a in structures], format="extxyz")
        result = subprocess.run([PROGRAM, path, "0.1"], check=True, text=True, capture_output=True, timeout=60)
    found = result.stdout.splitlines()
    wrong = [f"{name}: {now}, expected {group}" for name, now, group in zip(names, found, groups) if now != group]
    assert len(found) == len(names) and not wrong, wrong
    print(f"{len(names)} structures")


main()

"""Writes template.xyz and boundary.xyz: two sheets of graphene that meet at an angle of 13.17°.

The boundary is the symmetric one along the lattice vector (3, 2) of both sheets, whose length, √19 lattice
constants, is 10.68 Å. boundary.xyz is the whole of 80 atoms, relaxed, with one ring of five and one of seven
atoms in each period: what the search should find. template.xyz lacks the 20 atoms nearest to the middle.

    python3 examples/grain-boundary/template.py build/adatom

Needs python3-ase.
"""

import pathlib
import subprocess
import sys
import tempfile

import numpy as np
from ase import Atoms
from ase.io import read, write
from ase.neighborlist import neighbor_list

HERE = pathlib.Path(__file__).resolve().parent
CELL = np.array([10.68, 26.70, 10.0])  # the grid covers the middle third of y
LATTICE_CONSTANT = CELL[0] / np.sqrt(19)
BOND_LENGTH = 1.85  # Å, at most
ATOMS, PLACED = 80, 20
# Where the sheets begin: one relative to the boundary, the other, its mirror image, along it. Of 400 starts at random
# that were relaxed this is one of five that lead to the same structure, the lowest.
ORIGIN, SHIFT, GAP = np.array([2.77, 0.60]), 2.19, 0.6

RELAX = """system: {structures: start.xyz, normal: [0, 0, 1], fixed: FIXED}
evaluator: kim:Tersoff_LAMMPS_AlbeNordlundAverback_2002_PtC
method: lbfgs
steps: 2000
relax: {force_tolerance: 0.001}
"""


def sheet():
    """Points of a honeycomb whose vector (3, 2) lies along x, above y = 0, one period of them."""
    first, second = LATTICE_CONSTANT * np.array([[1, 0], [0.5, np.sqrt(0.75)]])
    along = 3 * first + 2 * second
    cosine, sine = along / np.hypot(*along)
    turn = np.array([[cosine, sine], [-sine, cosine]])
    points = [turn @ (i * first + j * second + basis) + ORIGIN
              for i in range(-20, 21) for j in range(-20, 21) for basis in (np.zeros(2), (first + second) / 3)]
    return np.array([point for point in points if 0 <= point[0] < CELL[0] and 0 < point[1] < 14])


def join():
    """Both sheets; atoms nearer than 1 Å to each other become one in their middle."""
    upper = sheet()
    lower = upper * [1, -1] + [SHIFT, 0]
    plane = np.vstack([upper + [0, GAP / 2], lower - [0, GAP / 2]]) + [0, CELL[1] / 2]
    heights = np.full((len(plane), 1), CELL[2] / 2)
    atoms = Atoms(f"C{len(plane)}", np.hstack([plane, heights]), cell=CELL, pbc=(True, False, False))
    while True:
        first, second, vectors = neighbor_list("ijD", atoms, 1.0)
        if len(first) == 0:
            return atoms
        nearest = np.linalg.norm(vectors, axis=1).argmin()
        atoms.positions[first[nearest]] += vectors[nearest] / 2
        del atoms[second[nearest]]


def from_middle(atoms):
    return np.abs(atoms.positions[:, 1] - CELL[1] / 2)


def relax(program, atoms, within):
    """In the plane, the atoms within a distance of the boundary."""
    fixed = np.flatnonzero(from_middle(atoms) >= within).tolist()
    with tempfile.TemporaryDirectory() as folder:
        write(pathlib.Path(folder, "start.xyz"), atoms, format="extxyz")
        pathlib.Path(folder, "relax.yaml").write_text(RELAX.replace("FIXED", str(fixed)))
        subprocess.run([program, "sample", "relax.yaml", "-o", "end.xyz"], cwd=folder, check=True, stdout=subprocess.DEVNULL)
        return read(pathlib.Path(folder, "end.xyz"), format="extxyz")


def cut(atoms):
    """The atoms nearest to the boundary, in a band in which all have at least two neighbours."""
    order = from_middle(atoms).argsort(kind="stable")
    atoms = atoms[np.sort(order[:ATOMS])]
    neighbours = np.bincount(neighbor_list("i", atoms, BOND_LENGTH), minlength=ATOMS)
    assert neighbours.min() == 2 and (neighbours == 2).sum() == 10, neighbours
    return atoms


def main():
    program = pathlib.Path(sys.argv[1]).resolve() if len(sys.argv) > 1 else "adatom"
    whole = relax(program, cut(relax(program, join(), 11)), CELL[1])
    print(f"{whole.get_potential_energy():.3f} eV, {len(whole)} atoms")
    whole.info, whole.calc = {}, None
    write(HERE / "boundary.xyz", whole, format="extxyz", columns=["symbols", "positions"])
    order = from_middle(whole).argsort(kind="stable")
    write(HERE / "template.xyz", whole[np.sort(order[PLACED:])], format="extxyz", columns=["symbols", "positions"])


main()

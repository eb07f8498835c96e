"""Writes naphthalene.xyz, relaxed, and template.xyz: what of it is there from the start, four CH of one ring.

    python3 examples/naphthalene/template.py build/adatom

Needs python3-ase.
"""

import pathlib
import subprocess
import sys
import tempfile

import numpy as np
from ase import Atoms
from ase.io import read, write

HERE = pathlib.Path(__file__).resolve().parent
CELL = np.array([14.0, 12.0, 8.0])
RELAX = """system: {structures: start.xyz, normal: [0, 0, 1]}
evaluator: xtb:gfn2
method: lbfgs
steps: 500
relax: {force_tolerance: 0.005}
"""


def naphthalene():
    """Two hexagons that share a bond along y, hydrogen outward; the ring on the left first."""
    bond, hydrogen = 1.40, 1.09
    angles = np.radians([90, 150, 210, 270, 330, 30])
    corner = np.column_stack([np.cos(angles), np.sin(angles)])
    left = corner * bond - [bond * np.sqrt(0.75), 0]
    right = left * [-1, 1]
    outer = [0, 1, 2, 3]
    fragment = [("C", left[k]) for k in outer] + [("H", left[k] + hydrogen * corner[k]) for k in outer]
    rest = [("C", left[k]) for k in (4, 5)] + [("C", right[k]) for k in outer]
    rest += [("H", right[k] + hydrogen * corner[k] * [-1, 1]) for k in outer]
    symbols, places = zip(*(fragment + rest))
    positions = np.column_stack([places, np.zeros(len(places))]) + CELL / 2
    return Atoms(symbols, positions, cell=CELL, pbc=False), len(fragment)


def relax(program, atoms):
    with tempfile.TemporaryDirectory() as folder:
        write(pathlib.Path(folder, "start.xyz"), atoms, format="extxyz")
        pathlib.Path(folder, "relax.yaml").write_text(RELAX)
        subprocess.run([program, "sample", "relax.yaml", "-o", "end.xyz"], cwd=folder, check=True, stdout=subprocess.DEVNULL)
        return read(pathlib.Path(folder, "end.xyz"), format="extxyz")


def main():
    program = pathlib.Path(sys.argv[1]).resolve() if len(sys.argv) > 1 else "adatom"
    atoms, count = naphthalene()
    atoms = relax(program, atoms)
    print(f"{atoms.get_potential_energy():.3f} eV, {atoms.get_chemical_formula()}")
    atoms.info, atoms.calc = {}, None
    write(HERE / "naphthalene.xyz", atoms, format="extxyz", columns=["symbols", "positions"])
    write(HERE / "template.xyz", atoms[:count], format="extxyz", columns=["symbols", "positions"])


main()

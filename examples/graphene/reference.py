"""The best graphene that the grid of search.yaml allows, by other means than the search.

Ideal graphene, strained to the cell, is laid over the grid in all relative positions and each atom
is put on its nearest grid point; the best of these is improved by moving one atom or two bound atoms
to neighbouring grid points as long as the energy falls. Energies by `adatom evaluate`.

    python3 examples/graphene/reference.py build/adatom

Needs python3-ase.
"""

import itertools
import pathlib
import re
import subprocess
import sys
import tempfile

import numpy as np
from ase import Atoms
from ase.io import read, write
from ase.neighborlist import neighbor_list

HERE = pathlib.Path(__file__).resolve().parent
SETTINGS = (HERE / "search.yaml").read_text()
SHAPE = np.array([int(n) for n in re.search(r"shape: \[(\d+), (\d+)\]", SETTINGS).groups()])
EVALUATOR = re.search(r"^evaluator: (\S+)", SETTINGS, re.M).group(1)
TEMPLATE = read(HERE / "template.xyz")
EDGES = TEMPLATE.cell.lengths()


def energies(program, structures):
    """Total energies in eV."""
    with tempfile.TemporaryDirectory() as folder:
        frames, answers = pathlib.Path(folder, "in.extxyz"), pathlib.Path(folder, "out.extxyz")
        write(frames, structures, format="extxyz")
        subprocess.run([program, "evaluate", "-e", EVALUATOR, frames, "-o", answers],
                       check=True, stdout=subprocess.DEVNULL)
        return np.array([atoms.get_potential_energy() for atoms in read(answers, ":")])


def honeycomb():
    """Fractional coordinates in the plane: 2 x 3 rectangular cells of four atoms, strained to fit."""
    cell = np.array([[0, 0], [1 / 3, 0], [1 / 2, 1 / 2], [5 / 6, 1 / 2]])
    corners = np.array(list(itertools.product(range(2), range(3))))
    return ((cell[None] + corners[:, None]) / [2, 3]).reshape(-1, 2)


def structure(fractions):
    positions = np.zeros((len(fractions), 3))
    positions[:, :2] = fractions * EDGES[:2]
    positions[:, 2] = TEMPLATE.positions[0, 2]
    return Atoms(f"C{len(fractions)}", positions, cell=TEMPLATE.cell, pbc=TEMPLATE.pbc)


def on_grid(pixels):
    return structure(pixels % SHAPE / SHAPE)


def ideal_energy(program):
    """Graphene free of the grid and of the cell: the lowest energy per atom over bond lengths."""
    sheets = []
    for bond in np.linspace(1.40, 1.48, 161):
        sheet = structure(honeycomb())
        sheet.set_cell([6 * bond, 3 * np.sqrt(3) * bond, EDGES[2]], scale_atoms=True)
        sheet.positions[:, 2] = TEMPLATE.positions[0, 2]
        sheets.append(sheet)
    found = energies(program, sheets)
    best = found.argmin()
    return found[best] / len(sheets[best]), sheets[best].cell[0, 0] / 6


def snapped(samples=16):
    """The sheet on its nearest grid points, for all positions within a pixel."""
    unique = {}
    for shift in itertools.product(np.arange(samples) / samples, repeat=2):
        pixels = np.rint(honeycomb() * SHAPE + shift).astype(int)
        unique[pixels.tobytes()] = pixels
    return list(unique.values())


def neighbours_of(pixels):
    """Moves of one atom, or of two bound atoms together, by one pixel."""
    steps = [np.array(s) for s in itertools.product((-1, 0, 1), repeat=2) if s != (0, 0)]
    first, second = neighbor_list("ij", on_grid(pixels), 1.8)
    groups = [[i] for i in range(len(pixels))]
    groups += [[i, j] for i, j in zip(first, second) if i < j]
    for group, step in itertools.product(groups, steps):
        moved = pixels.copy()
        moved[group] += step
        yield moved


def improve(program, pixels, energy):
    while True:
        moves = list(neighbours_of(pixels))
        found = energies(program, [on_grid(m) for m in moves])
        if found.min() > energy - 1e-9:
            return pixels, energy
        pixels, energy = moves[found.argmin()], found.min()


def main():
    program = sys.argv[1] if len(sys.argv) > 1 else "adatom"
    count = len(honeycomb())
    per_atom, bond = ideal_energy(program)
    print(f"ideal graphene            {per_atom:9.4f} eV/atom, bond {bond:.4f} Å")
    strained = energies(program, [structure(honeycomb())])[0]
    print(f"strained to the cell      {strained / count:9.4f} eV/atom")
    starts = snapped()
    found = energies(program, [on_grid(p) for p in starts])
    order = found.argsort()
    print(f"snapped to the grid       {found[order[0]] / count:9.4f} eV/atom, {len(starts)} ways")
    ends = [improve(program, starts[i], found[i]) for i in order[:6]]
    pixels, best = min(ends, key=lambda end: end[1])
    print(f"best graphene on the grid {best / count:9.4f} eV/atom, {best:.3f} eV in all")
    print(f"stop.energy               {best + 0.05 * count:9.3f} eV, 0.05 eV/atom above")
    if len(sys.argv) > 2:
        write(sys.argv[2], on_grid(pixels), format="extxyz")


main()

"""All places of the two atoms on the grid of search.yaml, and the lowest energies among them.

    python3 examples/edge/reference.py build/adatom

Needs python3-ase.
"""

import itertools
import pathlib
import re
import subprocess
import sys
import tempfile

import numpy as np
from ase.io import read

HERE = pathlib.Path(__file__).resolve().parent
SETTINGS = (HERE / "search.yaml").read_text()
SHAPE = [int(n) for n in re.search(r"shape: \[(\d+), (\d+)\]", SETTINGS).groups()]
EVALUATOR = re.search(r"^evaluator: (\S+)", SETTINGS, re.M).group(1)
TEMPLATE = read(HERE / "template.xyz")
NEAR, FAR = 0.9, 3.2  # Å: nearer nothing is stable, and farther from the ribbon nothing is bound


def distance(first, second):
    """Between places in the plane, with the images along x."""
    difference = np.asarray(first) - np.asarray(second)
    difference[..., 0] -= TEMPLATE.cell[0, 0] * np.round(difference[..., 0] / TEMPLATE.cell[0, 0])
    return np.linalg.norm(difference, axis=-1)


def places():
    """Grid points around the ribbon: x from the border, since it is periodic, y from half a pixel above it."""
    x = np.arange(SHAPE[0]) / SHAPE[0] * TEMPLATE.cell[0, 0]
    y = (np.arange(SHAPE[1]) + 0.5) / SHAPE[1] * TEMPLATE.cell[1, 1]
    return [point for point in itertools.product(x, y)
            if NEAR < distance(TEMPLATE.positions[:, :2], point).min() < FAR]


def frame(pair):
    """One structure as extended XYZ; thousands of them take ASE minutes."""
    height = TEMPLATE.positions[0, 2]
    atoms = [tuple(p) for p in TEMPLATE.positions] + [(*point, height) for point in pair]
    lattice = " ".join(map(str, TEMPLATE.cell.array.ravel()))
    lines = "".join(f"C {x} {y} {z}\n" for x, y, z in atoms)
    return f'{len(atoms)}\nLattice="{lattice}" Properties=species:S:1:pos:R:3 pbc="T F F"\n{lines}'


def main():
    program = sys.argv[1] if len(sys.argv) > 1 else "adatom"
    pairs = [pair for pair in itertools.combinations(places(), 2) if distance(*pair) > NEAR]
    with tempfile.TemporaryDirectory() as folder:
        frames, answers = pathlib.Path(folder, "in.extxyz"), pathlib.Path(folder, "out.extxyz")
        frames.write_text("".join(map(frame, pairs)))
        subprocess.run([program, "evaluate", "-q", "-e", EVALUATOR, frames, "-o", answers], check=True)
        found = np.array([float(e) for e in re.findall(r"\benergy=(\S+)", answers.read_text())])
    print(f"{len(pairs)} structures; the lowest:")
    for index in found.argsort()[:6]:
        print(f"{found[index]:10.3f} eV  " + "  ".join(f"({x:.3f}, {y:.3f})" for x, y in pairs[index]))
    print(f"stop.energy {found.min() + 0.05 * (len(TEMPLATE) + 2):.3f} eV, 0.05 eV/atom above")


main()

"""examples/graphene/search.yaml finds graphene: by its energy and by its bond graph, judged with ASE."""

import argparse
import collections
import csv
import pathlib
import re
import subprocess
import tempfile

from ase.io import read
from ase.neighborlist import neighbor_list

EXAMPLE = pathlib.Path(__file__).resolve().parents[2] / "examples" / "graphene"
BOND_LENGTH = 1.8  # Å, at most; in graphene bonds are 1.42 Å and the next distance is 2.46 Å
SECONDS = 240


def hexagons(atoms):
    """Six-membered rings per cell that close in space, and the number of neighbours of each atom.

    A ring is a closed walk of six bonds that meets six different atoms or images.
    """
    bonds = collections.defaultdict(list)
    for i, j, shift in zip(*neighbor_list("ijS", atoms, BOND_LENGTH)):
        bonds[i].append((j, tuple(shift)))

    def walk(path):
        index, cell = path[-1]
        for j, shift in bonds[index]:
            place = (j, tuple(a + b for a, b in zip(cell, shift)))
            if len(path) == 6:
                if place == path[0]:
                    yield path
            elif place not in path:
                yield from walk(path + [place])

    # Each ring is met from each of its six atoms in the cell, in both directions.
    count = sum(1 for i in range(len(atoms)) for _ in walk([(i, (0, 0, 0))]))
    return count / 12, [len(bonds[i]) for i in range(len(atoms))]


def check_structure(atoms, target):
    assert atoms.get_chemical_formula() == "C24", atoms
    energy = atoms.get_potential_energy()
    assert energy <= target, f"{energy} eV, expected at most {target}"
    rings, neighbours = hexagons(atoms)
    assert neighbours == [3] * 24, f"neighbours: {neighbours}"
    # Euler's formula on a torus: 24 atoms - 36 bonds + rings = 0.
    assert rings == 12, f"{rings} hexagons per cell, expected 12"


def check_template(atoms):
    """The atom that was there from the start is there still."""
    template = read(EXAMPLE / "template.xyz")
    atoms = atoms + template
    distances = atoms.get_distances(len(atoms) - 1, range(len(atoms) - 1), mic=True)
    assert distances.min() < 1e-3, f"the template's atom has moved: {distances.min()} Å"


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--program", required=True)
    program = parser.parse_args().program
    target = float(re.search(r"^  energy: (\S+)", (EXAMPLE / "search.yaml").read_text(), re.M).group(1))
    with tempfile.TemporaryDirectory() as name:
        folder = pathlib.Path(name) / "run"
        subprocess.run([program, "search", EXAMPLE / "search.yaml", "-o", folder],
                       check=True, stdin=subprocess.DEVNULL, timeout=SECONDS)
        best = read(folder / "best.extxyz")
        check_structure(best, target)
        check_template(best)
        with open(folder / "log.csv", encoding="utf-8", newline="") as stream:
            rows = list(csv.DictReader(stream))
        assert float(rows[-1]["best_energy"]) <= target
        assert (folder / "report.html").stat().st_size > 10000
        print(f"graphene after {len(rows)} episodes, {rows[-1]['evaluations']} evaluations")


main()

"""The examples in three dimensions: the icosahedron of 13 atoms, and two layers on an aluminium surface."""

import argparse
import pathlib
import re
import shutil
import subprocess
import sys
import tempfile

import numpy
from ase.io import read
from ase.neighborlist import neighbor_list

EXAMPLES = pathlib.Path(__file__).resolve().parents[2] / "examples"
SECONDS = 240


def target(name):
    return float(re.search(r"^  energy: (\S+)", (EXAMPLES / name / "search.yaml").read_text(), re.M).group(1))


def search(program, name, folder):
    """The best structure of the search as it is shipped; it ends when its target is reached."""
    run = folder / name
    subprocess.run([program, "search", EXAMPLES / name / "search.yaml", "-o", run], check=True, stdin=subprocess.DEVNULL,
                   stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, timeout=SECONDS)
    best = read(run / "best.extxyz")
    assert best.get_potential_energy() <= target(name), best.get_potential_energy()
    assert (run / "report.html").stat().st_size > 10000
    return best


def neighbours(atoms, distance):
    return numpy.bincount(neighbor_list("i", atoms, distance), minlength=len(atoms))


def check_cluster(program, folder):
    """Energy of J. Phys. Chem. A 101, 5111 (1997), and the neighbours of an icosahedron with an atom in the middle."""
    best = search(program, "cluster", folder)
    assert len(best) == 13 and -44.32681 < best.get_potential_energy()
    counts = sorted(neighbours(best, 2.6))  # bonds of 2.17 and 2.28 Å, the next distance is 3.7 Å
    assert counts == [6] * 12 + [12], counts


def check_explanation(program, folder):
    """Before its last atom, the place with the highest Q-value is next to one of the others, and the picture is drawn."""
    picture = folder / "explain.svg"
    text = subprocess.run([program, "explain", folder / "cluster", "-o", picture], check=True, capture_output=True,
                          text=True, timeout=SECONDS).stdout
    place = numpy.array(re.search(r"^action +\S+ at (\S+) (\S+) (\S+) ", text, re.M).groups(), float)
    rows = re.findall(r"^ +\d+  [A-Z][a-z]? +(\S+) +(\S+) +(\S+) +(\S+)", text, re.M)
    atoms = numpy.array(rows, float)
    assert atoms.shape == (12, 4), text
    assert 1.5 < numpy.linalg.norm(atoms[:, :3] - place, axis=1).min() < 3.5, text
    values = {name: float(value) for name, value in re.findall(r"^(Q-value|of .*?) +(-?\d\S+)$", text, re.M)}
    assert abs(values["of the atoms"] - atoms[:, 3].sum()) < 2e-5, text
    assert abs(values["Q-value"] - values["of the atoms"] - values["of empty space"] - values["of biases"]) < 2e-6, text
    assert picture.stat().st_size > 1000


def check_templates(folder):
    copy = folder / "copy"
    shutil.copytree(EXAMPLES / "two-layers", copy)
    for name in ("template.xyz", "whole.xyz"):
        (copy / name).unlink()
    subprocess.run([sys.executable, copy / "template.py"], check=True, stdout=subprocess.DEVNULL, timeout=SECONDS)
    for name in ("template.xyz", "whole.xyz"):
        made, there = read(copy / name, format="extxyz"), read(EXAMPLES / "two-layers" / name, format="extxyz")
        numpy.testing.assert_allclose(made.positions, there.positions, atol=1e-6)
        numpy.testing.assert_allclose(made.cell, there.cell, atol=1e-6)


def check_layers(program, folder):
    """Every atom has as many neighbours as in the crystal: 8 at both surfaces, 12 within."""
    whole = read(EXAMPLES / "two-layers" / "whole.xyz", format="extxyz")
    best = search(program, "two-layers", folder)
    found, expected = neighbours(best, 3.4), neighbours(whole, 3.4)
    assert sorted(found) == sorted(expected) == [8] * 18 + [12] * 18, found
    template = read(EXAMPLES / "two-layers" / "template.xyz", format="extxyz")
    numpy.testing.assert_allclose(best.positions[:len(template)], template.positions, atol=1e-6)


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--program", required=True)
    program = parser.parse_args().program
    with tempfile.TemporaryDirectory() as name:
        folder = pathlib.Path(name)
        check_cluster(program, folder)
        check_explanation(program, folder)
        check_templates(folder)
        check_layers(program, folder)


main()

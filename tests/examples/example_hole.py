"""examples/hole: the agent closes the hole in graphene with the six atoms that are missing, of one to ten that it may place."""

import argparse
import collections
import csv
import pathlib
import shutil
import sqlite3
import subprocess
import sys
import tempfile

import numpy
from ase.io import read
from ase.neighborlist import neighbor_list

EXAMPLE = pathlib.Path(__file__).resolve().parents[2] / "examples" / "hole"
SECONDS = 240
POTENTIAL = -7.3507  # eV, as in search.yaml


def check_template(folder):
    copy = folder / "copy"
    shutil.copytree(EXAMPLE, copy)
    (copy / "template.xyz").unlink()
    subprocess.run([sys.executable, copy / "template.py"], check=True, timeout=SECONDS)
    made, there = read(copy / "template.xyz", format="extxyz"), read(EXAMPLE / "template.xyz", format="extxyz")
    numpy.testing.assert_allclose(made.positions, there.positions, atol=1e-6)
    numpy.testing.assert_allclose(made.cell, there.cell, atol=1e-6)


def check_search(program, folder):
    run = folder / "run"
    subprocess.run([program, "search", "-q", EXAMPLE / "search.yaml", "-o", run], check=True, timeout=SECONDS)
    best = read(run / "best.extxyz", format="extxyz")
    assert len(best) == 24, best
    counts = numpy.bincount(neighbor_list("i", best, 1.7), minlength=24)
    assert (counts == 3).all(), counts
    with open(run / "log.csv", encoding="utf-8", newline="") as stream:
        last = list(csv.DictReader(stream))[-1]
    formation = best.get_potential_energy() - 24 * POTENTIAL
    assert abs(float(last["property"]) - formation) < 1e-6 and formation < 1.2, (last, formation)
    database = sqlite3.connect(run / "candidates.db")
    placed = collections.Counter(row[0] - 18 for row in database.execute("select natoms from systems"))
    assert len(placed) > 2 and min(placed) >= 1 and max(placed) <= 10, placed
    return run


def check_explanation(program, run, folder):
    """Before the last of the six atoms the build could also have ended."""
    result = subprocess.run([program, "explain", run, "-o", folder / "explain.svg"], check=True, capture_output=True,
                            text=True, timeout=SECONDS)
    assert "of stopping" in result.stdout, result.stdout


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--program", required=True)
    program = parser.parse_args().program
    with tempfile.TemporaryDirectory() as name:
        folder = pathlib.Path(name)
        check_template(folder)
        check_explanation(program, check_search(program, folder), folder)


main()

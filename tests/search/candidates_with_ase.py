"""candidates.db of searches, read by ASE: energies, forces, what each row cost, and what failed."""

import csv
import subprocess
import sys
import tempfile
from pathlib import Path

import numpy as np
from ase.calculators.lj import LennardJones
from ase.db import connect

ADATOM = sys.argv[1]
ENGINE = Path(__file__).resolve().parent / "moody_engine.py"
SEARCH = """
system: {cell: [12, 12, 12], place: {Ar: 3}}
grid: {shape: [14, 14]}
image: {width: 0.8, size: 5}
network: {filters: [4], filter_pixels: [5]}
policy: {c1: 2.0, c2: 5}
training: {batch: 16, spillover_radius: 0.9}
checkpoint_seconds: 0
threads: 1
"""


def search(folder, name, evaluator, **settings):
    (folder / "search.yaml").write_text(SEARCH)
    options = [f"--set={key.replace('__', '.')}={value}" for key, value in settings.items()]
    subprocess.run([ADATOM, "search", folder / "search.yaml", "-o", folder / name, f"--set=evaluator={evaluator}",
                    *options], check=True, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, timeout=100)
    with open(folder / name / "log.csv", encoding="utf-8", newline="") as stream:
        log = list(csv.DictReader(stream))
    rows = list(connect(folder / name / "candidates.db").select())
    assert [row.episode for row in rows] == [int(line["episode"]) for line in log]
    assert sum(row.evaluations for row in rows) == int(log[-1]["evaluations"])
    assert all(0 <= row.seconds < 60 for row in rows)
    return log, rows


def relaxed_rows_have_the_forces(folder):
    log, rows = search(folder, "relaxed", "lj:epsilon=0.01,sigma=3,cutoff=9", relax__steps=6, stop__episodes=60)
    cached = 0
    for line, row in zip(log, rows):
        atoms = row.toatoms()
        assert row.energy == float(line["energy"])
        atoms.calc = LennardJones(epsilon=0.01, sigma=3.0, rc=9.0)
        assert np.isclose(atoms.get_potential_energy(), row.energy, rtol=1e-9, atol=1e-12)
        assert np.allclose(atoms.get_forces(), row.forces, rtol=1e-7, atol=1e-9)
        assert row.status in ("evaluated", "cached")
        assert (row.status == "cached") == (row.evaluations == 0)
        assert row.status == "evaluated" or row.seconds == 0
        cached += row.status == "cached"
    assert 0 < cached < len(rows)


def unrelaxed_rows_have_none(folder):
    _, rows = search(folder, "plain", "lj:epsilon=0.01,sigma=3,cutoff=9", stop__episodes=5)
    assert all("forces" not in row and row.energy is not None for row in rows)


def failures_are_kept(folder):
    log, rows = search(folder, "failing", f"command:{sys.executable} {ENGINE} unconverged {folder}/count 3",
                       stop__episodes=8, relax__steps=1, policy__epsilon_0=1, policy__epsilon_nu=0)
    failed = 0
    for line, row in zip(log, rows):
        assert line["failed"] == str(int(row.get("energy") is None))
        if line["failed"] == "1":
            failed += 1
            assert row.status.startswith("failed: ") and "SCF not converged after 200 steps" in row.status
            assert "forces" not in row and row.natoms == 3 and row.evaluations == 1 and row.seconds > 0
    assert 0 < failed < 8
    database = connect(folder / "failing" / "candidates.db")
    assert database.count(status="evaluated") + database.count(status="cached") == 8 - failed
    subprocess.run([ADATOM, "report", folder / "failing"], check=True, stdout=subprocess.DEVNULL, timeout=100)
    page = (folder / "failing" / "report.html").read_text(encoding="utf-8")
    assert "No structures in candidates.db" not in page and "could not be read" not in page


with tempfile.TemporaryDirectory() as name:
    for check in (relaxed_rows_have_the_forces, unrelaxed_rows_have_none, failures_are_kept):
        check(Path(name))
        print(check.__name__, "passed")

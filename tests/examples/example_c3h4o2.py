"""examples/c3h4o2/search.yaml, for some episodes: structures of all nine atoms in a plane, whose
energies are those that the evaluator gives to the structures as they are kept."""

import argparse
import csv
import pathlib
import re
import subprocess
import sys
import tempfile

from ase.io import read

EXAMPLE = pathlib.Path(__file__).resolve().parents[2] / "examples" / "c3h4o2"
EPISODES = 30
SECONDS = 240


def run(*arguments):
    subprocess.run(arguments, check=True, stdin=subprocess.DEVNULL, timeout=SECONDS)


def check_motifs(folder, builds):
    """motifs.py counts all builds, and no motif in more of them."""
    answer = subprocess.run([sys.executable, EXAMPLE / "motifs.py", folder], check=True, stdout=subprocess.PIPE,
                            encoding="utf-8", timeout=SECONDS).stdout
    assert f": {builds} builds; " in answer, answer
    shares = [float(share) for share in re.findall(r" ([0-9.]+) %", answer)]
    assert len(shares) == 4 and all(0 <= share <= 100 for share in shares) and sum(shares) > 0, answer


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--program", required=True)
    program = parser.parse_args().program
    with tempfile.TemporaryDirectory() as name:
        folder = pathlib.Path(name) / "run"
        run(program, "search", EXAMPLE / "search.yaml", "-o", folder, "--set", f"stop.episodes={EPISODES}")
        run(program, "evaluate", "-e", "xtb:gfn2", folder / "best.extxyz", "-o", folder / "again.extxyz")
        best, again = read(folder / "best.extxyz"), read(folder / "again.extxyz")
        with open(folder / "log.csv", encoding="utf-8", newline="") as stream:
            energies = [float(row["energy"]) for row in csv.DictReader(stream) if row["failed"] == "0"]
        check_motifs(folder, len(energies))
    assert best.get_chemical_formula() == "C3H4O2", best
    assert abs(best.positions[:, 2] - best.positions[0, 2]).max() < 1e-6, best.positions
    energy = best.get_potential_energy()
    assert energy == min(energies), (energy, min(energies))
    assert abs(energy - again.get_potential_energy()) < 1e-5, (energy, again.get_potential_energy())
    assert len(energies) > EPISODES / 2, f"{len(energies)} of {EPISODES} episodes have an energy"


main()

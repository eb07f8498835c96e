"""examples/transfer: the second search starts from the first, and what its agent expects is told apart by atoms."""

import argparse
import pathlib
import re
import shutil
import subprocess
import tempfile

EXAMPLE = pathlib.Path(__file__).resolve().parents[2] / "examples" / "transfer"
SECONDS = 240


def mean_energy(run, episodes):
    """Of the first greedy builds, per atom."""
    rows = [line.split(",") for line in (run / "log.csv").read_text().splitlines()[1:]]
    energies = [float(row[1]) for row in rows if row[1]][:episodes]
    return sum(energies) / len(energies)


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--program", required=True)
    program = parser.parse_args().program

    def adatom(*words):
        return subprocess.run([program, *words], cwd=folder, check=True, stdin=subprocess.DEVNULL,
                              stdout=subprocess.PIPE, encoding="utf-8", timeout=SECONDS).stdout

    with tempfile.TemporaryDirectory() as name:
        folder = pathlib.Path(name) / "transfer"
        shutil.copytree(EXAMPLE, folder)
        adatom("search", "small.yaml", "-o", "small", "-q")
        adatom("search", "large.yaml", "-o", "large", "-q")
        adatom("search", "large.yaml", "-o", "naked", "-q", "--set", "transfer=''")
        assert mean_energy(folder / "large", 8) < mean_energy(folder / "naked", 8) - 1, "the agent knew nothing"

        lines = adatom("explain", "large", "-o", "large.svg").splitlines()
        value = float(next(line.split()[-1] for line in lines if line.startswith("Q-value")))
        rows = [line for line in lines if re.match(r" +\d+  C ", line)]
        assert len(rows) == 23, lines
        total = sum(float(row.split()[5]) for row in rows)
        assert abs(total - value) < 1e-4, (total, value)
        assert (folder / "large.svg").read_bytes().startswith(b"<?xml")
        adatom("explain", "large/checkpoint.h5", "--at", "C,1.5,2,6", "--step", "3", "-o", "place.png")
        assert (folder / "place.png").read_bytes().startswith(b"\x89PNG")


main()

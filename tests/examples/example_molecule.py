"""examples/molecule/search.yaml finds carbon dioxide: two bonds of 1.14 Å, in line."""

import argparse
import pathlib
import subprocess
import tempfile

from ase.io import read

EXAMPLE = pathlib.Path(__file__).resolve().parents[2] / "examples" / "molecule"
SECONDS = 240


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--program", required=True)
    program = parser.parse_args().program
    with tempfile.TemporaryDirectory() as name:
        folder = pathlib.Path(name) / "run"
        subprocess.run([program, "search", EXAMPLE / "search.yaml", "-o", folder],
                       check=True, stdin=subprocess.DEVNULL, timeout=SECONDS)
        best = read(folder / "best.extxyz")
    assert best.get_chemical_formula() == "CO2", best
    carbon = best.symbols.search("C")[0]
    first, second = best.symbols.search("O")
    for oxygen in (first, second):
        assert abs(best.get_distance(carbon, oxygen) - 1.144) < 0.02, best.get_distance(carbon, oxygen)
    assert best.get_angle(first, carbon, second) > 175, best.get_angle(first, carbon, second)


main()

"""examples/silicon: the network at 300 K is better than the paper's, and gives forces that it was never shown;
descriptors are compared. elastic.py, which needs the model driver, is run with the driver's tests."""

import argparse
import csv
import pathlib
import subprocess
import sys
import tempfile

import numpy
from ase.io import read

EXAMPLE = pathlib.Path(__file__).resolve().parents[2] / "examples" / "silicon"


def compare_descriptors(program, folder):
    subprocess.run([sys.executable, "-B", EXAMPLE / "descriptors.py", "--quick", "--program", program, "-o", folder],
                   check=True, stdin=subprocess.DEVNULL, timeout=500)
    errors = {row["descriptor"]: float(row["error"]) for row in csv.DictReader(open(folder / "descriptors.csv"))}
    assert len(errors) == 8, errors
    assert errors["Bessel, 16"] < errors["G2 and G4, 24, 6 Å"] / 2, errors
    for name in ("figure3.svg", "figure5.svg"):
        assert "<svg" in (folder / name).read_text()


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--program", required=True)
    program = parser.parse_args().program
    before = sorted(EXAMPLE.iterdir())
    with tempfile.TemporaryDirectory() as name:
        folder = pathlib.Path(name)
        subprocess.run([sys.executable, "-B", EXAMPLE / "table1.py", "--quick", "--program", program, "-o", folder],
                       check=True, stdin=subprocess.DEVNULL, timeout=500)
        row, = csv.DictReader(open(folder / "table1.csv"))
        print(row)
        assert float(row["error"]) < float(row["paper"]) / 2, row
        assert "<svg" in (folder / "table1.svg").read_text()
        subprocess.run([program, "evaluate", "-e", f"model:{folder}/300/16-8-1.h5", folder / "300/test.xyz", "-o",
                        folder / "model.xyz", "-q"], check=True, stdin=subprocess.DEVNULL, timeout=100)
        ours, theirs = (numpy.array([frame.get_forces() for frame in read(path, ":")])
                        for path in (folder / "model.xyz", folder / "300/test.xyz"))
        compare_descriptors(program, folder)
    error, size = numpy.sqrt(numpy.mean((ours - theirs) ** 2)), numpy.sqrt(numpy.mean(theirs ** 2))
    print(f"forces: {error:.4f} of {size:.4f} eV/Å")
    assert error < 0.02 * size
    assert sorted(EXAMPLE.iterdir()) == before, "files were left in the example"


main()

"""examples/descriptors: likeness of structures is as the README says."""

import argparse
import pathlib
import subprocess
import tempfile

import numpy

EXAMPLE = pathlib.Path(__file__).resolve().parents[2] / "examples" / "descriptors"


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--program", required=True)
    program = parser.parse_args().program
    command = next(line.split() for line in (EXAMPLE / "README.md").read_text().splitlines()
                   if line.startswith("    adatom describe"))
    with tempfile.TemporaryDirectory() as name:
        result = pathlib.Path(name) / "carbon.npy"
        words = [str(result) if word == "carbon.npy" else word for word in command[1:]]
        subprocess.run([program, *words], check=True, cwd=EXAMPLE, stdin=subprocess.DEVNULL, timeout=60)
        rows = numpy.load(result)
    rows /= numpy.linalg.norm(rows, axis=1)[:, None]
    likeness = rows @ rows.T
    print(likeness.round(3))
    assert likeness[0, 1] > max(likeness[0, 2:]), "the two diamonds are alike"
    assert likeness[2, 4] > likeness[2, 0] and likeness[2, 3] > likeness[2, 1], "graphite is not diamond"


main()

"""examples/sample: as many structures as the README says, of the temperature and in the plane."""

import argparse
import pathlib
import re
import subprocess
import tempfile

import numpy
from ase.io import read

EXAMPLE = pathlib.Path(__file__).resolve().parents[2] / "examples" / "sample"


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--program", required=True)
    program = parser.parse_args().program
    before = sorted(EXAMPLE.iterdir())
    with tempfile.TemporaryDirectory() as name:
        result = pathlib.Path(name) / "graphene.extxyz"
        subprocess.run([program, "sample", "sample.yaml", "-o", result], check=True, cwd=EXAMPLE,
                       stdin=subprocess.DEVNULL, timeout=300)
        frames = read(result, index=":")
    expected = int(re.search(r"(\d+) structures", (EXAMPLE / "README.md").read_text()).group(1))
    assert len(frames) == expected, len(frames)
    temperatures = [frame.info["temperature"] for frame in frames]
    print(f"{len(frames)} structures, {numpy.mean(temperatures):.0f} K")
    assert abs(numpy.mean(temperatures) - 1000) < 100
    assert all((frame.positions[:, 2] == 5).all() for frame in frames)
    assert {frame.info["restart"] for frame in frames} == set(range(6))
    assert all(numpy.isfinite(frame.get_forces()).all() and frame.get_potential_energy() < 0 for frame in frames)
    assert sorted(EXAMPLE.iterdir()) == before, "files were left in the example"


main()

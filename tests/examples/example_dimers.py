"""examples/dimers: the sets are what their script says, and a short training on one of them gives a model and its pictures."""

import argparse
import pathlib
import shutil
import subprocess
import sys
import tempfile

import numpy
from ase.io import read

EXAMPLES = pathlib.Path(__file__).resolve().parents[2] / "examples"


def make(folder, *words):
    """Frames, and distances of their atoms."""
    subprocess.run([sys.executable, "make_dimers.py", "dimers.extxyz", *words], check=True, cwd=folder, timeout=60)
    frames = read(folder / "dimers.extxyz", index=":")
    return frames, numpy.array([frame.get_distance(0, 1) for frame in frames])


def check_sets(folder):
    frames, distances = make(folder, "500", "--without", "1.67", "2.33")
    assert ((distances > 0.9999) & (distances < 3.0001)).all()
    assert not ((distances > 1.6701) & (distances < 2.3299)).any()
    for frame, r in zip(frames, distances):
        expected = {"distance": r, "lj": 4 * (r**-12 - r**-6), "harmonic": (r - 2) ** 2, "steep": r**-12}
        assert all(abs(frame.info[key] - value) < 1e-4 for key, value in expected.items()), frame.info
        assert (frame.positions[:, :2] >= 0).all() and (frame.positions[:, :2] <= 10).all() and (frame.positions[:, 2] == 0).all()
    frames, _ = make(folder, "1500", "--dimensions", "3", "--uniform", "energy", "--range", "-1", "-0.1")
    energies = numpy.array([frame.info["lj"] for frame in frames])
    counts, _ = numpy.histogram(energies, bins=5, range=(-1, -0.1))
    assert counts.sum() == 1500 and abs(counts - 300).max() < 75, counts
    assert numpy.ptp([frame.positions[0, 2] for frame in frames]) > 5


def check_table(program, folder):
    """Two lines of the table, in the plane and in space, with few images."""
    words = ["--images", "400", "--epochs", "1", "--tested", "150", "--only", "gap", "space"]
    subprocess.run([sys.executable, "table.py", program, "table", *words], check=True, cwd=folder, timeout=300)
    lines = (folder / "table" / "table.md").read_text().splitlines()
    assert len(lines) == 4 and "32 × 32 × 32 | 80 × 1" in lines[3], lines
    name, images, *numbers = (folder / "table" / "table.csv").read_text().splitlines()[1].split(",")
    assert (name, images) == ("gap", "400") and all(0 < float(number) < 3 for number in numbers[2:]), numbers


def check_training(program, folder):
    make(folder, "800")
    for network in ("network.yaml", EXAMPLES / "networks" / "network-1.yaml"):
        told = subprocess.run([program, "train", "train.yaml", "-o", "model.h5", "--set", f"network.file={network}",
                               "--set", "image=image:grid=32+32,width=0.3"],
                              check=True, cwd=folder, timeout=300, stdout=subprocess.PIPE, text=True).stdout
        assert "mean absolute error" in told, told
        assert (folder / "model.h5.predictions.svg").stat().st_size > 2000
    subprocess.run([program, "predict", "model.h5", "dimers.extxyz", "-o", "out.extxyz"], check=True, cwd=folder, timeout=100)
    assert all(0 < frame.info["distance"] < 4 for frame in read(folder / "out.extxyz", index=":"))


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--program", required=True)
    program = pathlib.Path(parser.parse_args().program).resolve()
    with tempfile.TemporaryDirectory() as name:
        folder = pathlib.Path(name) / "dimers"
        shutil.copytree(EXAMPLES / "dimers", folder)
        check_sets(folder)
        check_training(program, folder)
        check_table(program, folder)


main()

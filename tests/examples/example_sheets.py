"""examples/sheets: the sheets have their atoms and bonds, and a short sampling gives data that a network can be trained on."""

import argparse
import pathlib
import shutil
import subprocess
import sys
import tempfile

import numpy
from ase.io import read

EXAMPLES = pathlib.Path(__file__).resolve().parents[2] / "examples"


def check_start(folder):
    frames = read(folder / "start.extxyz", index=":")
    assert [len(frame) for frame in frames] == [60, 60, 60, 59, 59, 59, 60]
    for frame in frames[:3]:
        distances = frame.get_all_distances(mic=True) + 9 * numpy.eye(60)
        assert ((distances < 1.6).sum(axis=1) == 3).all(), frame


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--program", required=True)
    program = parser.parse_args().program
    with tempfile.TemporaryDirectory() as name:
        for part in ("sheets", "lammps"):
            shutil.copytree(EXAMPLES / part, pathlib.Path(name) / part)
        folder = pathlib.Path(name) / "sheets"
        subprocess.run([sys.executable, "make_sheets.py", "start.extxyz"], check=True, cwd=folder, timeout=60)
        check_start(folder)
        subprocess.run([program, "sample", "sample.yaml", "-o", "sheets.extxyz", "--set", "steps=60", "--set", "restart.count=2"],
                       check=True, cwd=folder, timeout=300)
        for settings, model in (("train.yaml", "first.h5"), ("finish.yaml", "model.h5")):
            subprocess.run([program, "train", settings, "-o", model, "--set", "optimizer.epochs=1"], check=True, cwd=folder, timeout=300)
        subprocess.run([sys.executable, "make_sheets.py", "nitride.extxyz", "nitride"], check=True, cwd=folder, timeout=60)
        subprocess.run([program, "sample", "new.yaml", "-o", "new.extxyz", "--set", "steps=200"], check=True, cwd=folder, timeout=100)
        subprocess.run([program, "predict", "model.h5", "new.extxyz", "-o", "predicted.extxyz"], check=True, cwd=folder, timeout=100)
        assert (folder / "predicted.extxyz.svg").stat().st_size > 2000
        subprocess.run([program, "evaluate", "-e", "model:model.h5", "start.extxyz", "-o", "out.extxyz"], check=True, cwd=folder, timeout=100)
        assert all(-10 < frame.get_potential_energy() / len(frame) < -5 for frame in read(folder / "out.extxyz", index=":"))


main()

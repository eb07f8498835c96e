"""examples/screening: a few builds teach a network, a search runs on it, and the energy program judges what it found."""

import argparse
import os
import pathlib
import shutil
import subprocess
import sys
import tempfile

from ase.io import read

EXAMPLES = pathlib.Path(__file__).resolve().parents[2] / "examples"


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--program", required=True)
    program = pathlib.Path(parser.parse_args().program).resolve()
    with tempfile.TemporaryDirectory() as name:
        for part in ("screening", "graphene"):
            shutil.copytree(EXAMPLES / part, pathlib.Path(name) / part)
        folder = pathlib.Path(name) / "screening"
        settings = folder / "train.yaml"
        settings.write_text(settings.read_text().replace("epochs: 120", "epochs: 3"))
        subprocess.run(["./screen.sh", "12", "6"], check=True, cwd=folder, timeout=500, env={**os.environ, "ADATOM": str(program), "PYTHON": sys.executable},
                       stdout=subprocess.DEVNULL)
        built = read(folder / "built.extxyz", index=":")
        assert all(len(frame) == 24 and abs(frame.get_forces()).max() > 0 for frame in built), built
        best = read(folder / "checked.extxyz", index=":")
        predicted = [frame.info["predicted"] for frame in best]
        assert 1 <= len(best) <= 5 and predicted == sorted(predicted), predicted
        assert all(frame.get_potential_energy() < 0 for frame in best)


main()

"""examples/pt10, with fewer clusters, epochs and hops: the commands of the README work together."""

import argparse
import pathlib
import shutil
import subprocess
import sys
import tempfile

from ase.io import read

EXAMPLE = pathlib.Path(__file__).resolve().parents[2] / "examples" / "pt10"


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--program", required=True)
    program = parser.parse_args().program
    with tempfile.TemporaryDirectory() as name:
        folder = pathlib.Path(name)
        for path in EXAMPLE.iterdir():
            shutil.copy(path, folder)

        def run(*words):
            subprocess.run([str(word) for word in words], check=True, cwd=folder, stdin=subprocess.DEVNULL, timeout=300)

        run(sys.executable, "start.py", 12, "start.extxyz")
        with open(folder / "data.extxyz", "w", encoding="utf-8") as data:
            for steps in (2, 30):
                run(program, "sample", "relax.yaml", "-o", "some.extxyz", "--set", f"steps={steps}", "-q")
                data.write((folder / "some.extxyz").read_text())
        assert len(read(folder / "data.extxyz", index=":")) == 24
        run(program, "train", "surrogate.yaml", "-o", "surrogate.h5", "--set", "optimizer.epochs=20", "-q")
        for kind in ("published", "paper"):
            run(program, "train", f"cvae-{kind}.yaml", "-o", "cvae.h5", "--set", "optimizer.epochs=30", "-q")
        run(program, "reconstruct", "reconstruct.yaml", "-o", "found.extxyz", "--set", "target.rows=[0, 20]",
            "--set", "optimizer.hops=20")
        found = read(folder / "found.extxyz", index=":")
        assert [atoms.info["target"] for atoms in found] == [0, 20]
        assert all(atoms.info["loss"] < 0.1 for atoms in found)
        quick = (folder / "reconstruct.yaml").read_text() + "optimizer: {hops: 5}\n"
        (folder / "reconstruct.yaml").write_text(quick)
        run(program, "generate", "generate.yaml", "-o", "generated", "--set", "target.structures=2",
            "--set", "screen.tolerance=0")
        generated = read(folder / "generated/generated.extxyz", index=":")
        assert len(generated) == 6
        assert all("evaluated" in atoms.info and len(atoms) == 10 for atoms in generated)


main()

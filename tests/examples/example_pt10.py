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
        for kind in ("published", "paper", "consistent"):
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
        check_starts(run, program, folder)


def check_starts(run, program, folder):
    """Generated clusters are relaxed, and are the first episodes of a search, whose best is as low as the lowest of them."""
    run(program, "sample", "relax.yaml", "-o", "relaxed.extxyz", "--set", "system.structures=generated/generated.extxyz",
        "--set", "steps=300", "-q")
    relaxed = read(folder / "relaxed.extxyz", index=":")
    generated = read(folder / "generated/generated.extxyz", index=":")
    assert all(a.get_potential_energy() < b.get_potential_energy() for a, b in zip(relaxed, generated))
    run(sys.executable, "seeds.py", "relaxed.extxyz", "seeds.extxyz")
    seeds = read(folder / "seeds.extxyz", index=":")
    assert seeds
    run(program, "search", "search.yaml", "-o", "run", "--set", f"stop.episodes={len(seeds) + 2}", "-q")
    rows = (folder / "run/log.csv").read_text().splitlines()
    assert len(rows) == 1 + len(seeds) + 2
    run(program, "evaluate", "seeds.extxyz", "-e", "kim:MEAM_LAMMPS_JeongLee_2020_PtC__MO_716623333967_000",
        "-o", "evaluated.extxyz", "-q")
    lowest = min(atoms.get_potential_energy() for atoms in read(folder / "evaluated.extxyz", index=":"))
    assert read(folder / "run/best.extxyz").get_potential_energy() < lowest


main()

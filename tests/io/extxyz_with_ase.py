"""Extended XYZ against ASE: each reads what the other writes."""

import subprocess
import sys
import tempfile
from pathlib import Path

import numpy as np
from ase import Atoms
from ase.calculators.singlepoint import SinglePointCalculator
from ase.io import read, write

EXCHANGE = sys.argv[1]


def exchange(*arguments):
    subprocess.run([EXCHANGE, *map(str, arguments)], check=True)


def random_atoms(generator):
    count = generator.integers(1, 30)
    atoms = Atoms(
        numbers=generator.integers(1, 119, count),
        positions=generator.normal(scale=10, size=(count, 3)),
        cell=generator.normal(scale=10, size=(3, 3)) * generator.integers(0, 2),
        pbc=generator.integers(0, 2, 3).astype(bool),
    )
    if generator.integers(2):
        atoms.set_tags(generator.integers(0, 9, count))
    atoms.info["text"] = "a 'quoted' \"text\" {in} [it] = 1"
    atoms.info["number"] = float(generator.normal())
    atoms.info["list"] = generator.integers(0, 9, 4)
    atoms.info["flag"] = True
    results = {}
    if generator.integers(2):
        results["energy"] = float(generator.normal(scale=100))
    if generator.integers(2):
        results["forces"] = generator.normal(size=(count, 3))
    if generator.integers(2):
        results["stress"] = generator.normal(size=6)
    if generator.integers(2):
        results["energies"] = generator.normal(size=count)
    if results:
        atoms.calc = SinglePointCalculator(atoms, **results)
    return atoms


def results_of(atoms):
    return {} if atoms.calc is None else atoms.calc.results


def assert_same(first, second):
    assert (first.numbers == second.numbers).all()
    assert (first.positions == second.positions).all()
    assert (first.cell.array == second.cell.array).all()
    assert (first.pbc == second.pbc).all()
    a, b = results_of(first), results_of(second)
    assert set(a) == set(b), (set(a), set(b))
    for key in a:
        assert np.all(a[key] == b[key]), key


def assert_same_info(first, second):
    assert set(first.info) == set(second.info)
    for key in first.info:
        assert np.all(first.info[key] == second.info[key]), (key, first.info[key], second.info[key])


def from_ase_and_back(folder):
    generator = np.random.default_rng(7)
    write(folder / "ase.xyz", [random_atoms(generator) for _ in range(200)], format="extxyz")
    exchange("copy", folder / "ase.xyz", folder / "ours.xyz")
    before = read(folder / "ase.xyz", ":")
    after = read(folder / "ours.xyz", ":")
    assert len(before) == len(after) == 200
    for first, second in zip(before, after):
        assert_same(first, second)
        assert_same_info(first, second)


def to_ase(folder):
    """What we write has all digits for ASE, and ASE's copy is still ours to its own eight digits."""
    exchange("random", 3, 200, folder / "random.xyz", folder / "random.db")
    frames = read(folder / "random.xyz", ":")
    assert len(frames) == 200
    for atoms in frames:
        atoms.info.clear()  # ASE does not escape backslashes, and so cannot read its own copy
        atoms.arrays.pop("forces", None)  # is there twice, as a result too
    write(folder / "again.xyz", frames, format="extxyz")
    exchange("copy", folder / "again.xyz", folder / "final.xyz")
    for first, second in zip(frames, read(folder / "final.xyz", ":")):
        assert (first.numbers == second.numbers).all()
        assert np.allclose(first.positions, second.positions, rtol=0, atol=1e-8)
        assert (first.cell.array == second.cell.array).all()
        assert results_of(first).get("energy") == results_of(second).get("energy")


def plain_xyz(folder):
    atoms = Atoms("CO2", positions=np.arange(9).reshape(3, 3) / 8)
    write(folder / "plain.xyz", atoms, format="xyz", comment="free text, no key")
    exchange("copy", folder / "plain.xyz", folder / "copy.xyz")
    copy = read(folder / "copy.xyz")
    assert_same(atoms, copy)
    assert copy.info["comment"] == "free text, no key"


def vec_cell(folder):
    atoms = Atoms("Au2", positions=np.eye(3)[:2], cell=[[3, 0, 0], [1, 4, 0], [0, 0, 5]], pbc=True)
    write(folder / "vec.xyz", atoms, format="extxyz", vec_cell=True)
    text = (folder / "vec.xyz").read_text()
    assert "VEC3" in text
    exchange("copy", folder / "vec.xyz", folder / "copy.xyz")
    assert_same(read(folder / "vec.xyz"), read(folder / "copy.xyz"))
    assert_same(atoms, read(folder / "copy.xyz"))


with tempfile.TemporaryDirectory() as name:
    for check in (from_ase_and_back, to_ase, plain_xyz, vec_cell):
        check(Path(name))
        print(check.__name__, "passed")

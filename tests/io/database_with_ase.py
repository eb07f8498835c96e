"""The run database against ASE: ase.db reads it, searches it and goes on writing it."""

import os
import sqlite3
import subprocess
import sys
import tempfile
from pathlib import Path

import numpy as np
from ase import Atoms
from ase.calculators.singlepoint import SinglePointCalculator
from ase.db import connect
from ase.db.core import now
from ase.io import read

EXCHANGE = sys.argv[1]
LABEL = 'a "quoted" label, \u03bb = 0.25\t\\'
COUNT = 60


def exchange(*arguments):
    subprocess.run([EXCHANGE, *map(str, arguments)], check=True)


def results_of(atoms):
    return {} if atoms.calc is None else atoms.calc.results


def assert_same(atoms, row_atoms):
    assert (atoms.numbers == row_atoms.numbers).all()
    assert (atoms.positions == row_atoms.positions).all()
    assert (atoms.cell.array == row_atoms.cell.array).all()
    assert (atoms.pbc == row_atoms.pbc).all()
    expected, found = results_of(atoms), results_of(row_atoms)
    for key in ("stress", "energies"):  # of files; rows keep energies and forces
        expected.pop(key, None)
    assert set(expected) == set(found)
    for key in expected:
        assert np.all(expected[key] == found[key]), key


def atoms_come_back(folder):
    frames = read(folder / "out.xyz", ":")
    database = connect(folder / "out.db")
    assert len(database) == len(frames) == COUNT
    for i, atoms in enumerate(frames):
        assert_same(atoms, database.get_atoms(id=i + 1))


def rows_are_whole(folder):
    frames = read(folder / "out.xyz", ":")
    rows = list(connect(folder / "out.db").select())
    for i, (atoms, row) in enumerate(zip(frames, rows)):
        assert row.key_value_pairs["episode"] == i and isinstance(row.episode, int)
        assert row.fraction == i / 7
        assert row.label == LABEL
        assert abs(now() - row.ctime) < 1e-4 and row.mtime == row.ctime
        assert row.user == os.environ.get("USER")
        assert row.formula == atoms.get_chemical_formula("metal")
        assert row.data == {}
        assert row.natoms == len(atoms)
        assert np.isclose(row.mass, atoms.get_masses().sum(), rtol=1e-3)
        if "forces" in results_of(atoms):
            assert np.isclose(row.fmax, np.linalg.norm(atoms.calc.results["forces"], axis=1).max())
    assert len({row.unique_id for row in rows}) == COUNT
    assert all(len(row.unique_id) == 32 and int(row.unique_id, 16) > 16**31 - 1 for row in rows)


def selections_find(folder):
    frames = read(folder / "out.xyz", ":")
    database = connect(folder / "out.db")
    assert {row.episode for row in database.select("episode>=50")} == set(range(50, COUNT))
    assert len(list(database.select(label=LABEL))) == COUNT
    expected = {i for i, atoms in enumerate(frames) if results_of(atoms).get("energy", 1) < 0}
    assert expected and {row.episode for row in database.select("energy<0")} == expected
    expected = {i for i, atoms in enumerate(frames) if 79 in atoms.numbers}
    assert expected and {row.episode for row in database.select("Au")} == expected
    volumes = [abs(np.linalg.det(atoms.cell.array)) for atoms in frames]
    found = {row.episode for row in database.select("volume>1")}
    assert found == {i for i, volume in enumerate(volumes) if volume > 1}
    unique_id = database.get(episode=7).unique_id
    assert database.get(unique_id=unique_id).episode == 7


def the_lowest_are_the_lowest(folder):
    exchange("lowest", folder / "out.db", "episode", 5, folder / "lowest.xyz")
    rows = sorted((row for row in connect(folder / "out.db").select("energy")), key=lambda row: row.energy)
    lowest = read(folder / "lowest.xyz", ":")
    assert len(lowest) == 5
    for row, atoms in zip(rows, lowest):
        assert atoms.info["episode"] == row.episode
        assert atoms.get_potential_energy() == row.energy
        assert (atoms.positions == row.positions).all()
        assert (atoms.cell.array == row.cell).all() and (atoms.pbc == row.pbc).all()


def the_command_lists(folder):
    command = [sys.executable, "-m", "ase", "db", str(folder / "out.db"), "-c", "id,episode,energy,formula", "-L", "0"]
    text = subprocess.run(command, check=True, capture_output=True, text=True).stdout
    assert f"Rows: {COUNT}" in text, text
    assert "Keys: episode, fraction" in text, text


def ase_goes_on(folder):
    """ASE adds to our file, and we read what it added."""
    database = connect(folder / "out.db")
    atoms = Atoms("Pt2", positions=[[0, 0, 0], [0, 0, 2.5]], cell=[5, 5, 9], pbc=[True, True, False])
    atoms.calc = SinglePointCalculator(atoms, energy=-1e12)
    assert database.write(atoms, episode=1000) == COUNT + 1
    exchange("lowest", folder / "out.db", "episode", 1, folder / "lowest.xyz")
    lowest = read(folder / "lowest.xyz")
    assert lowest.info["episode"] == 1000
    assert_same(atoms, lowest)
    database.delete([COUNT + 1])
    assert len(database) == COUNT


def the_layout_is_ases_own(folder):
    """Column by column the tables and indices are those that ASE makes."""

    connect(folder / "ase.db").write(Atoms("H"))

    def layout(path):
        connection = sqlite3.connect(path)
        names = connection.execute("SELECT type, name FROM sqlite_master ORDER BY name").fetchall()
        columns = {
            name: [column[1:3] for column in connection.execute(f"PRAGMA table_info({name})")]
            for kind, name in names
            if kind == "table"
        }
        information = connection.execute("SELECT * FROM information").fetchall()
        connection.close()
        return names, columns, information

    assert layout(folder / "ase.db") == layout(folder / "out.db")


with tempfile.TemporaryDirectory() as name:
    where = Path(name)
    exchange("random", 11, COUNT, where / "out.xyz", where / "out.db")
    for check in (
        the_layout_is_ases_own,
        atoms_come_back,
        rows_are_whole,
        selections_find,
        the_lowest_are_the_lowest,
        the_command_lists,
        ase_goes_on,
    ):
        check(where)
        print(check.__name__, "passed")

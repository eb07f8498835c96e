"""examples/command/ase_calculator.py: energies of ASE's calculators through the evaluator command:...,
equal to what ASE gives itself and, with the same parameters, to the evaluator lj:..."""

import argparse
import pathlib
import subprocess
import sys
import tempfile

import numpy
from ase.calculators.emt import EMT
from ase.io import read

EXAMPLE = pathlib.Path(__file__).resolve().parents[2] / "examples" / "command"
SCRIPT = f"command:{sys.executable} '{EXAMPLE / 'ase_calculator.py'}'"


def evaluate(program, spec, folder):
    """The structure of the example as adatom gives it back."""
    output = folder / "out.extxyz"
    subprocess.run([program, "evaluate", "-q", "-e", spec, EXAMPLE / "copper.xyz", "-o", output],
                   check=True, cwd=folder, timeout=120)
    return read(output, format="extxyz")


def compare(first, second, tolerance, force_tolerance):
    energies = first.get_potential_energy(), second.get_potential_energy()
    assert abs(energies[0] - energies[1]) < tolerance, energies
    numpy.testing.assert_allclose(first.get_forces(), second.get_forces(), rtol=0, atol=force_tolerance)


def check_lennard_jones(program, folder):
    ours = evaluate(program, "lj:epsilon=0.7,sigma=2.1,cutoff=6.3", folder)
    assert abs(ours.get_potential_energy()) > 1, "the structure is too wide for a comparison"
    parameters = "lj epsilon=0.7 sigma=2.1 rc=6.3"
    compare(ours, evaluate(program, f"{SCRIPT} {parameters}", folder), 1e-9, 1e-9)
    by_files = f"{SCRIPT} -i {{input}} -o {{output}} ase.calculators.{parameters.replace('lj', 'lj.LennardJones', 1)}"
    compare(ours, evaluate(program, by_files, folder), 1e-9, 1e-9)


def check_emt(program, folder):
    atoms = read(EXAMPLE / "copper.xyz", format="extxyz")
    atoms.calc = EMT()
    compare(evaluate(program, f"{SCRIPT} emt", folder), atoms, 1e-9, 1e-9)


def check_failure(program, folder):
    """The last line of Python's report reaches the user."""
    result = subprocess.run([program, "evaluate", "-e", f"{SCRIPT} nothing", EXAMPLE / "copper.xyz", "-o", "x"],
                            cwd=folder, check=False, stderr=subprocess.PIPE, encoding="utf-8", timeout=120)
    assert result.returncode == 1, result
    assert result.stderr.count("\n") == 1, result.stderr
    assert "ended with exit status 1: ModuleNotFoundError: No module named 'ase.calculators.nothing'" \
        in result.stderr, result.stderr


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--program", required=True)
    program = parser.parse_args().program
    with tempfile.TemporaryDirectory(prefix="adatom-example-") as folder:
        check_lennard_jones(program, pathlib.Path(folder))
        check_emt(program, pathlib.Path(folder))
        check_failure(program, pathlib.Path(folder))


main()

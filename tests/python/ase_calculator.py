"""The calculator for ASE: the numbers of adatom evaluate, derivatives of one energy, errors as ASE expects them."""

import os
import pathlib
import subprocess
import sys
import tempfile
import unittest

import ase.build
import ase.io
import numpy
from ase.calculators.calculator import CalculationFailed, CalculatorSetupError
from ase.constraints import ExpCellFilter
from ase.optimize import BFGS

LIBRARY, PROGRAM = sys.argv.pop(1), sys.argv.pop(1)
os.environ["ADATOM_LIBRARY"] = LIBRARY
sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[2] / "python"))

from adatom import Adatom  # noqa: E402

SILICON = "kim:SW_StillingerWeber_1985_Si"


def crystal():
    atoms = ase.build.bulk("Si", "diamond", a=5.5)
    atoms.rattle(0.1, seed=1)
    atoms.calc = Adatom(SILICON)
    return atoms


class AseCalculator(unittest.TestCase):
    def test_numbers_of_evaluate(self):
        atoms = crystal()
        with tempfile.TemporaryDirectory() as folder:
            given, found = pathlib.Path(folder) / "in.xyz", pathlib.Path(folder) / "out.xyz"
            ase.io.write(given, atoms, format="extxyz", write_results=False)
            subprocess.run([PROGRAM, "evaluate", "-q", "-e", SILICON, given, "-o", found], check=True, timeout=60)
            other = ase.io.read(found)
        atoms.positions = other.positions
        self.assertAlmostEqual(atoms.get_potential_energy(), other.get_potential_energy(), delta=1e-12)
        numpy.testing.assert_allclose(atoms.get_forces(), other.get_forces(), atol=1e-12)
        numpy.testing.assert_allclose(atoms.get_stress(), other.get_stress(), atol=1e-12)
        numpy.testing.assert_allclose(atoms.get_potential_energies(), other.get_potential_energies(), atol=1e-12)

    def test_forces_and_stress_are_derivatives(self):
        atoms = crystal()
        numpy.testing.assert_allclose(atoms.get_forces(), atoms.calc.calculate_numerical_forces(atoms, 1e-4), atol=1e-5)
        numpy.testing.assert_allclose(atoms.get_stress(), atoms.calc.calculate_numerical_stress(atoms, 1e-4), atol=1e-6)

    def test_ase_relaxes_the_cell(self):
        atoms = crystal()
        self.assertTrue(BFGS(ExpCellFilter(atoms), logfile=None).run(fmax=1e-4, steps=200))
        self.assertAlmostEqual(atoms.get_volume(), 2 * 5.43095**3 / 8, delta=1e-3)
        self.assertAlmostEqual(atoms.get_potential_energy() / 2, -4.3363, delta=1e-4)

    def test_errors(self):
        with self.assertRaisesRegex(CalculatorSetupError, "unknown evaluator"):
            Adatom("nothing")
        atoms = ase.build.molecule("H2O")
        atoms.calc = Adatom(SILICON)
        with self.assertRaisesRegex(CalculationFailed, "H|O"):
            atoms.get_potential_energy()


if __name__ == "__main__":
    unittest.main()

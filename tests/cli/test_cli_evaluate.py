"""adatom evaluate and adatom info, against ASE."""

import unittest

import ase.build
import ase.io
import numpy
from ase.calculators.lj import LennardJones

from program import ProgramTest


def crystal():
    """A shaken crystal in a skewed cell."""
    atoms = ase.build.bulk("Ar", "fcc", a=5.2).repeat((2, 2, 2))
    atoms.rattle(0.1, seed=3)
    return atoms


def cluster():
    return ase.Atoms("Ar3", positions=[[0, 0, 0], [3.6, 0, 0.3], [1.5, 3.2, 0]])


class Evaluate(ProgramTest):
    def test_energies_and_forces_are_those_of_ase(self):
        frames = [crystal(), cluster()]
        ase.io.write(self.folder / "in.xyz", frames, format="extxyz")
        text = self.expect_output("evaluate", "in.xyz", "-e",
                                  "lj:epsilon=0.0104,sigma=3.4,cutoff=7.5", "-o", "out.xyz")
        self.assertIn("structures          2\n", text)
        results = ase.io.read(self.folder / "out.xyz", index=":", format="extxyz")
        self.assertEqual(len(results), 2)
        for frame, result in zip(frames, results):
            frame.calc = LennardJones(epsilon=0.0104, sigma=3.4, rc=7.5)
            self.assertAlmostEqual(result.get_potential_energy(), frame.get_potential_energy(), 9)
            numpy.testing.assert_allclose(result.get_forces(), frame.get_forces(), atol=1e-8)
            numpy.testing.assert_allclose(result.positions, frame.positions, atol=1e-7)
            self.assertEqual(list(result.pbc), list(frame.pbc))

    def test_quiet(self):
        ase.io.write(self.folder / "in.xyz", cluster(), format="extxyz")
        self.assertEqual(self.expect_output("evaluate", "in.xyz", "-q", "-e",
                                            "lj:epsilon=1,sigma=3,cutoff=9", "-o", "out.xyz"), "")
        self.assertTrue((self.folder / "out.xyz").exists())

    def test_what_fails_leaves_no_file(self):
        ase.io.write(self.folder / "in.xyz", [cluster(), ase.Atoms("Xe")], format="extxyz")
        model = "kim:Tersoff_LAMMPS_AlbeNordlundAverback_2002_PtC"
        result = self.run_program("evaluate", "in.xyz", "-e", model, "-o", "out.xyz")
        self.assertRegex(result.stderr, r"\Aadatom: in\.xyz: structure 1: .*Ar.*\n\Z")
        self.assertEqual(result.returncode, 2)
        self.assertFalse((self.folder / "out.xyz").exists())
        self.expect_error(["evaluate", "in.xyz", "-e", "lj:epsilon=1,sigma=3,cutoff=9", "-o",
                           "no/such/out.xyz"],
                          "no/such/out.xyz: cannot write: No such file or directory", 1)


class Info(ProgramTest):
    def test_honeycomb_is_recognised(self):
        edge = 1.42
        cell = [3 ** 0.5 * edge, 3 * edge, 12]
        sheet = ase.Atoms("C4", cell=cell, pbc=[True, True, False], scaled_positions=[
            [0, 0, 0.5], [0.5, 1 / 6, 0.5], [0.5, 0.5, 0.5], [0, 2 / 3, 0.5]]).repeat((3, 2, 1))
        ase.io.write(self.folder / "sheet.xyz", sheet, format="extxyz")
        text = self.expect_output("info", "sheet.xyz")
        self.assertIn("C24, 24 atoms", text)
        self.assertIn("honeycomb: every atom has 3 neighbours, all 12 rings are hexagons\n", text)
        broken = sheet.copy()
        del broken[5]
        ase.io.write(self.folder / "broken.xyz", broken, format="extxyz")
        text = self.expect_output("info", "broken.xyz")
        self.assertNotIn("honeycomb", text)
        self.assertIn("20 with 3", text)
        self.assertIn("3 with 2", text)

    def test_energy_forces_and_further_values(self):
        self.write("a.xyz", '1\nProperties=species:S:1:pos:R:3:forces:R:3 energy=-2.5 source="a b"\n'
                            "H 0 0 0 3 0 4\n")
        text = self.expect_output("info", "a.xyz")
        self.assertIn("energy              -2.500000 eV, -2.500000 eV/atom\n", text)
        self.assertIn("largest force       5.0000 eV/\u00c5\n", text)
        self.assertIn("source              a b\n", text)


if __name__ == "__main__":
    unittest.main()

"""adatom reconstruct: from structures and from tables of every kind, and what is said of bad input."""

import unittest

import ase
import ase.io
import h5py
import numpy

from program import ProgramTest

DESCRIPTOR = "acsf:cutoff=6,g2_eta=0.05+0.4+2,g2_shift=0+2+3,g5_eta=0.05+0.4,g5_lambda=-1+1,g5_zeta=1+4"
TRIANGLE = [[0, 0, 0], [2.6, 0, 0], [0.9, 2.7, 0]]


class ReconstructTest(ProgramTest):
    def setUp(self):
        super().setUp()
        ase.io.write(self.folder / "in.xyz", ase.Atoms("Pt3", positions=TRIANGLE), format="extxyz")

    def found(self, yaml, *words):
        self.write("run.yaml", f"descriptor: {DESCRIPTOR}\n{yaml}")
        self.expect_output("reconstruct", "run.yaml", "-o", "out.xyz", *words)
        return ase.io.read(self.folder / "out.xyz", index=":")

    def is_the_triangle(self, atoms):
        self.assertEqual(atoms.info["verdict"], "solved")
        self.assertLess(atoms.info["loss"], 1e-3)
        expected = ase.Atoms("Pt3", positions=TRIANGLE).get_all_distances()
        numpy.testing.assert_allclose(sorted(atoms.get_all_distances().ravel()), sorted(expected.ravel()), atol=0.05)

    def test_structures(self):
        atoms, = self.found("target: {structures: in.xyz}\n")
        self.is_the_triangle(atoms)
        self.assertLess(atoms.info["rmsd"], 0.1)

    def test_tables_of_every_kind(self):
        self.expect_output("describe", "in.xyz", "-d", DESCRIPTOR, "--pool", "max,min", "-o", "table.npy")
        self.expect_output("describe", "in.xyz", "-d", DESCRIPTOR, "--pool", "max,min", "-o", "table.h5")
        table = numpy.load(self.folder / "table.npy")
        with h5py.File(self.folder / "table.h5") as file:
            numpy.testing.assert_array_equal(file["values"][...], table)
        numpy.savetxt(self.folder / "table.csv", table, delimiter=",", header="names of columns", comments="")
        numpy.save(self.folder / "single.npy", table.astype("f4"))
        for name in ("table.npy", "table.h5", "table.csv", "single.npy"):
            atoms, = self.found(f"target: {{fingerprints: {name}}}\nsystem: {{composition: {{Pt: 3}}}}\n")
            self.is_the_triangle(atoms)

    def test_threads_and_seed(self):
        first = self.found("target: {structures: in.xyz}\n", "--seed", "3", "--threads", "1")[0]
        second = self.found("target: {structures: in.xyz}\n", "--seed", "3", "--threads", "3")[0]
        numpy.testing.assert_array_equal(first.positions, second.positions)

    def test_bad_input(self):
        words = ["reconstruct", "run.yaml", "-o", "out.xyz"]
        self.write("run.yaml", f"descriptor: {DESCRIPTOR}\n")
        self.expect_error(words, "expected one of target.fingerprints and target.structures")
        self.write("run.yaml", "target: {structures: in.xyz}\n")
        self.expect_error(words, "descriptor: expected one, such as soap:cutoff=5")
        self.write("table.csv", "1,2\n3\n")
        self.write("run.yaml", f"descriptor: {DESCRIPTOR}\ntarget: {{fingerprints: table.csv}}\n")
        self.expect_error(words, f"{self.folder.resolve()}/table.csv:2: 1 numbers, expected 2 as above")
        self.write("table.csv", "1,2\n3,x\n")
        self.expect_error(words, f"{self.folder.resolve()}/table.csv:2: \"x\", expected a number")
        self.write("table.npy", b"\x93NUMPY\x01\x00\x46\x00{'descr': '<f8', 'fortran_order': False, 'shape': (9, 9), }")
        self.write("run.yaml", f"descriptor: {DESCRIPTOR}\ntarget: {{fingerprints: table.npy}}\n")
        self.expect_error(words, f"{self.folder.resolve()}/table.npy: expected a NumPy array of rank 1 or 2 of numbers, "
                                 "in C order and whole")
        self.write("table.csv", "1,2\n")
        self.write("run.yaml", f"descriptor: {DESCRIPTOR}\ntarget: {{fingerprints: table.csv}}\nsystem: {{composition: {{Pt: 3}}}}\n")
        self.expect_error(words, f"{self.folder.resolve()}/table.csv: 2 columns, expected 34: the descriptor has 17 values "
                                 "for each atom")


if __name__ == "__main__":
    unittest.main()

"""adatom train with surrogate and cvae, adatom predict and adatom generate, from structures to checked structures."""

import unittest

import ase
import ase.io
import numpy

from program import ProgramTest

DESCRIPTOR = "acsf:cutoff=6,g2_eta=0.05+0.4,g2_shift=0+2+3,g5_eta=0.05,g5_lambda=-1+1,g5_zeta=1+4"
LJ = "lj:epsilon=0.5,sigma=2.3,cutoff=8"


class GenerateTest(ProgramTest):
    def setUp(self):
        super().setUp()
        random = numpy.random.default_rng(4)
        frames = []
        while len(frames) < 60:
            atoms = ase.Atoms("Pt4", positions=random.uniform(0, 4.5, (4, 3)))
            distances = atoms.get_all_distances()[numpy.triu_indices(4, 1)]
            if distances.min() > 2.3:
                frames.append(atoms)
        ase.io.write(self.folder / "start.xyz", frames, format="extxyz")
        self.expect_output("evaluate", "start.xyz", "-e", LJ, "-o", "data.xyz")
        for kind, more in (("surrogate", "optimizer: {epochs: 150, batch: 16}\n"),
                           ("cvae", "optimizer: {epochs: 150, batch: 16}\nnetwork: {hidden: [32], latent: 3}\n")):
            self.write(f"{kind}.yaml", f"kind: {kind}\ndata: {{structures: data.xyz, reference: {{Pt: 0.1}}}}\n"
                                       f"descriptor: {DESCRIPTOR}\n{more}")
        self.write("reconstruct.yaml", f"descriptor: {DESCRIPTOR}\nsystem: {{composition: {{Pt: 4}}, minimum_distance: 2}}\n"
                                       "optimizer: {hops: 10}\n")
        self.write("generate.yaml", "model: {cvae: cvae.h5, surrogate: surrogate.h5}\nreconstruction: reconstruct.yaml\n"
                                    f"evaluator: {LJ}\ncheck: {{reference: {{Pt: 0.1}}}}\ndata: {{features: table.npy}}\n"
                                    "target: {property: [-0.7, -0.4], draws: 200, structures: 4}\nscreen: {tolerance: 0.3}\n")

    def test_all_of_it(self):
        self.expect_output("describe", "data.xyz", "-d", DESCRIPTOR, "--pool", "max,min", "-o", "table.npy")
        for kind in ("surrogate", "cvae"):
            self.expect_output("train", f"{kind}.yaml", "-o", f"{kind}.h5")
            self.assertEqual(len(self.read(f"{kind}.h5.csv").splitlines()), 151)
        self.check_prediction()
        self.expect_output("generate", "generate.yaml", "-o", "out", "--threads", "2")
        frames = ase.io.read(self.folder / "out/generated.extxyz", index=":")
        self.assertGreater(len(frames), 0)
        for atoms in frames:
            self.check_frame(atoms)
        table = numpy.genfromtxt(self.folder / "out/structures.csv", delimiter=",", names=True)
        self.assertEqual(table["structures"].sum(), len(frames))
        numpy.testing.assert_array_equal(table["solved"] + table["doubtful"] + table["invalid"], table["structures"])
        draws = numpy.genfromtxt(self.folder / "out/fingerprints.csv", delimiter=",", names=True)
        self.assertTrue((draws["draws"] == 200).all())
        self.assertEqual(len(self.read("out/components.csv").splitlines()), 1 + 60 + 2 * 200)
        self.expect_output("generate", "generate.yaml", "-o", "again", "--threads", "1")
        self.assertEqual(self.read("out/generated.extxyz"), self.read("again/generated.extxyz"))

    def check_prediction(self):
        """The surrogate has learned: nearer to the property than its mean is."""
        self.expect_output("predict", "surrogate.h5", "table.npy", "-o", "predicted.npy")
        predicted = numpy.load(self.folder / "predicted.npy")
        frames = ase.io.read(self.folder / "data.xyz", index=":")
        property_ = numpy.array([atoms.get_potential_energy() / 4 - 0.1 for atoms in frames])
        self.assertLess(numpy.abs(predicted - property_).mean(), 0.5 * numpy.abs(property_ - property_.mean()).mean())

    def check_frame(self, atoms):
        self.assertIn(atoms.info["target"], (-0.7, -0.4))
        self.assertLessEqual(abs(atoms.info["predicted"] - atoms.info["target"]), 0.3)
        self.assertAlmostEqual(atoms.info["evaluated"], atoms.get_potential_energy() / 4 - 0.1, places=7)
        self.assertIn(atoms.info["verdict"], ("solved", "doubtful", "no such structure"))
        distances = atoms.get_all_distances()[numpy.triu_indices(4, 1)]
        self.assertGreater(distances.min(), 0.97 * 2)

    def test_bad_input(self):
        self.write("train.yaml", "kind: cvae\n")
        self.expect_error(["train", "train.yaml", "-o", "m.h5"],
                          "data: expected either features and property, or structures with energies")
        self.write("x.csv", "1,2\n3,4\n")
        self.write("y.csv", "1\n2\n3\n")
        self.write("train.yaml", "kind: surrogate\ndata: {features: x.csv, property: y.csv}\n")
        folder = self.folder.resolve()
        self.expect_error(["train", "train.yaml", "-o", "m.h5"],
                          f"{folder}/y.csv: 3 rows of 1 columns, expected 2 rows of one, as {folder}/x.csv has")
        self.write("generate.yaml", "target: {property: [1]}\n")
        self.expect_error(["generate", "generate.yaml", "-o", "out"], "model: expected cvae and surrogate")


if __name__ == "__main__":
    unittest.main()

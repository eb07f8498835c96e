"""adatom train with surrogate and cvae, adatom predict and adatom generate, from structures to checked structures."""

import signal
import subprocess
import time
import unittest

import ase
import ase.io
import h5py
import numpy

from program import ENVIRONMENT, PROGRAM, ProgramTest

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
        drawn = numpy.genfromtxt(self.folder / "out/draws.csv", delimiter=",", names=True)
        self.assertEqual(len(drawn), 60 + 2 * 200)
        self.assertTrue(numpy.isnan(drawn["target"][:60]).all())
        self.check_report()
        self.check_nothing_made()
        self.check_own_properties()
        self.expect_output("generate", "generate.yaml", "-o", "again", "--threads", "1")
        self.assertEqual(self.read("out/generated.extxyz"), self.read("again/generated.extxyz"))

    def check_own_properties(self):
        """Structures whose own fingerprint is off target are left out, and what the cvae is given moves against where they stray."""
        command = ["generate", "generate.yaml", "-q", "--set", "target.property=[-0.5]", "--set", "target.draws=40",
                   "--set", "target.structures=12", "--set", "target.correct=true", "--set", "screen.tolerance=0"]
        self.expect_output(*command, "-o", "all")
        frames = ase.io.read(self.folder / "all/generated.extxyz", index=":")
        own, given = numpy.array([[atoms.info["own"], atoms.info["given"]] for atoms in frames]).T
        self.assertEqual(len(frames), 12)
        numpy.testing.assert_array_equal(given[:8], -0.5)
        numpy.testing.assert_allclose(given[8:], -0.5 - (own[:8].mean() + 0.5), atol=1e-6)
        self.expect_output(*command, "-o", "near", "--set", "screen.structure=0.15", "--threads", "2")
        near = ase.io.read(self.folder / "near/generated.extxyz", index=":")
        self.assertTrue(all(abs(atoms.info["own"] + 0.5) <= 0.15 for atoms in near))
        table = numpy.genfromtxt(self.folder / "near/structures.csv", delimiter=",", names=True)
        self.assertEqual(table["structures"], len(near))
        self.assertGreaterEqual(table["strayed"], sum(abs(own[:8] + 0.5) > 0.15))

    def check_nothing_made(self):
        """Without structures the tables and pictures are there all the same."""
        self.expect_output("generate", "generate.yaml", "-o", "none", "-q", "--set", "target.structures=0")
        self.assertEqual(self.read("none/generated.extxyz"), "")
        self.assertEqual(self.read("none/report.html").count("<img"), 2)

    def table(self):
        """Fingerprints and a property of them."""
        random = numpy.random.default_rng(3)
        codes = random.normal(size=(80, 3))
        numpy.save(self.folder / "rows.npy", numpy.tanh(codes @ random.normal(size=(3, 40))))
        numpy.save(self.folder / "property.npy", codes[:, :1])
        head = "data: {features: rows.npy, property: property.npy}\n"
        self.write("judge.yaml", f"kind: surrogate\n{head}network: {{hidden: [20], members: 3}}\noptimizer: {{epochs: 6000}}\n")
        self.write("drawn.yaml", f"kind: cvae\n{head}network: {{hidden: [30, 20], latent: 4}}\noptimizer: {{epochs: 8000}}\n"
                                 "loss: {consistency: 5}\nmodel: {surrogate: judge.h5}\n")

    def break_off(self, command, output, how, member):
        """Starts the training and ends it by the signal once there is a checkpoint of that member."""
        process = subprocess.Popen([PROGRAM, *command, "-o", output, "-q", "--set", "checkpoint_seconds=0.02"],
                                   cwd=self.folder, env=ENVIRONMENT, stderr=subprocess.PIPE, text=True)
        deadline = time.time() + 60
        curve = self.folder / f"{output}.csv"
        while process.poll() is None and time.time() < deadline:
            if curve.exists() and curve.read_text().splitlines()[-1].startswith(member):
                break
            time.sleep(0.002)
        process.send_signal(how)
        message = process.communicate(timeout=120)[1]
        if process.returncode == 1:
            self.assertIn(f"goes on from {output}.checkpoint", message)
        self.assertTrue((self.folder / f"{output}.checkpoint").exists(), "it was done before it was told")

    def weights(self, name):
        with h5py.File(self.folder / name) as file:
            return numpy.array(file["weights"])

    def test_goes_on(self):
        """Broken off by Ctrl-C or kill -9 and started again: the same weights to the bit, with any number of threads."""
        self.table()
        for name, member in (("judge", "2"), ("drawn", "1")):
            command = ["train", f"{name}.yaml"]
            self.expect_output(*command, "-o", f"{name}.h5", "-q", "--threads", "1")
            for how in (signal.SIGINT, signal.SIGKILL):
                parts = f"parts-{how}-{name}.h5"
                self.break_off(command, parts, how, member)
                self.expect_error([*command, "-o", parts, "--set", "seed=2"],
                                  f"{parts}.checkpoint is of a training with other settings: remove it, or choose another -o")
                self.expect_output(*command, "-o", parts, "-q", "--threads", "2")
                numpy.testing.assert_array_equal(self.weights(f"{name}.h5"), self.weights(parts))
                self.assertEqual([row.rsplit(",", 1)[0] for row in self.read(f"{name}.h5.csv").splitlines()],
                                 [row.rsplit(",", 1)[0] for row in self.read(f"{parts}.csv").splitlines()])
                self.assertFalse((self.folder / f"{parts}.checkpoint").exists())

    def test_agreement_with_the_surrogate(self):
        """With loss.consistency, more of what is drawn has the wanted property in the eyes of the surrogate."""
        self.table()
        self.write("drawn.yaml", self.read("drawn.yaml").replace("epochs: 8000", "epochs: 400"))
        self.expect_output("train", "judge.yaml", "-o", "judge.h5", "-q")
        shares = []
        for weight in ("0", "20"):
            self.expect_output("train", "drawn.yaml", "-o", "drawn.h5", "-q", "--set", f"loss.consistency={weight}")
            shares.append(self.share_within())
        self.assertGreater(shares[1], shares[0])

    def share_within(self):
        """Of draws for -1, 0 and 1, how many the surrogate finds within 0.2."""
        with h5py.File(self.folder / "drawn.h5") as file:
            model = {name: numpy.array(file[name]) for name in ("weights", "columns/offsets", "columns/factors")}
            offset, factor = float(file["property/offset"][0]), float(file["property/factor"][0])
        random = numpy.random.default_rng(1)
        wanted = numpy.repeat([-1.0, 0.0, 1.0], 200)
        values = numpy.column_stack((random.normal(size=(600, 4)), (wanted - offset) * factor))
        weights = model["weights"][-(5 * 30 + 30 + 30 * 20 + 20 + 20 * 40 + 40):]
        for layer, (inputs, outputs) in enumerate(((5, 30), (30, 20), (20, 40))):
            values = values @ weights[:inputs * outputs].reshape(inputs, outputs) + weights[inputs * outputs:][:outputs]
            values = numpy.maximum(values, 0) if layer < 2 else values
            weights = weights[(inputs + 1) * outputs:]
        numpy.save(self.folder / "drawn.npy", values / model["columns/factors"] + model["columns/offsets"])
        self.expect_output("predict", "judge.h5", "drawn.npy", "-o", "said.npy", "-q")
        return numpy.mean(numpy.abs(numpy.load(self.folder / "said.npy") - wanted) < 0.2)

    def check_report(self):
        """One page with a picture of the properties, of the components, and of each structure that is shown."""
        page = self.read("out/report.html")
        shown = len([a for a in ase.io.read(self.folder / "out/generated.extxyz", index=":") if not a.info["duplicate"]])
        self.assertEqual(page.count("<img"), 2 + shown)
        for name in ("properties.svg", "components.svg"):
            self.assertIn("<svg", self.read(f"out/{name}"))
            (self.folder / "out" / name).unlink()
        self.expect_output("report", "out", "-q")
        self.assertIn("<svg", self.read("out/components.svg"))
        self.assertEqual(page, self.read("out/report.html"))

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
        self.write("one.csv", "1\n2\n")
        self.write("train.yaml", "kind: cvae\ndata: {features: x.csv, property: one.csv}\nloss: {consistency: 1}\n")
        self.expect_error(["train", "train.yaml", "-o", "m.h5"], "train.yaml: loss.consistency: expected model.surrogate with it")
        self.write("generate.yaml", "target: {property: [1]}\n")
        self.expect_error(["generate", "generate.yaml", "-o", "out"], "model: expected cvae and surrogate")


if __name__ == "__main__":
    unittest.main()

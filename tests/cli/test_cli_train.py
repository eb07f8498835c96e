"""adatom train and predict: what is learned, going on after Ctrl-C, and what is said of bad input."""

import signal
import subprocess
import time
import unittest

import ase.build
import ase.io
import h5py
import numpy

from program import ENVIRONMENT, PROGRAM, ProgramTest

LENNARD_JONES = "lj:epsilon=0.4,sigma=2.2,cutoff=4"

RUN = """kind: potential
data: {{structures: {structures}, validation: 0.2}}
descriptor: "bessel:cutoff=4,n_max=3,l_max=1"
network: {{hidden: [6]}}
optimizer: {{method: {method}, epochs: {epochs}, batch: 4, learning_rate: 0.01}}
{more}
"""


class Train(ProgramTest):
    def setUp(self):
        super().setUp()
        frames = []
        for seed in range(24):
            atoms = ase.build.bulk("Cu", "fcc", a=3.5 + 0.01 * seed, cubic=True)
            atoms.rattle(0.06, seed=seed)
            frames.append(atoms)
        ase.io.write(self.folder / "start.xyz", frames, format="extxyz")
        self.expect_output("evaluate", "-e", LENNARD_JONES, "start.xyz", "-o", "data.xyz")

    def write_run(self, method="levenberg_marquardt", epochs=40, more="", structures="data.xyz"):
        self.write("run.yaml", RUN.format(method=method, epochs=epochs, more=more, structures=structures))

    def errors(self, file, reference):
        """Root mean square errors in eV/atom and eV/Å."""
        pairs = list(zip(ase.io.read(self.folder / file, ":"), ase.io.read(self.folder / reference, ":")))
        energies = [(a.get_potential_energy() - b.get_potential_energy()) / len(a) for a, b in pairs]
        forces = [a.get_forces() - b.get_forces() for a, b in pairs]
        return numpy.sqrt(numpy.mean(numpy.square(energies))), numpy.sqrt(numpy.mean(numpy.square(forces)))

    def weights(self, name):
        with h5py.File(self.folder / name) as file:
            return numpy.array(file["elements/Cu/weights"])

    def test_learns_energies_and_forces(self):
        """A pair potential is easy; the model evaluates as it predicts, and says where it comes from."""
        self.write_run()
        self.expect_output("train", "run.yaml", "-o", "model.h5", "-q")
        self.expect_output("predict", "model.h5", "data.xyz", "-o", "predicted.xyz")
        self.expect_output("evaluate", "-e", "model:model.h5,threads=2", "data.xyz", "-o", "evaluated.xyz")
        energy, force = self.errors("predicted.xyz", "data.xyz")
        spread = numpy.std([f.get_potential_energy() / len(f) for f in ase.io.read(self.folder / "data.xyz", ":")])
        size = numpy.sqrt(numpy.mean([f.get_forces() ** 2 for f in ase.io.read(self.folder / "data.xyz", ":")]))
        self.assertLess(energy, 0.1 * spread)
        self.assertLess(force, 0.2 * size)
        self.assertEqual(self.errors("predicted.xyz", "evaluated.xyz"), (0, 0))
        with h5py.File(self.folder / "model.h5") as file:
            self.assertIn("levenberg_marquardt", file["provenance"][()].decode())
        rows = numpy.genfromtxt(self.folder / "model.h5.csv", delimiter=",", names=True)
        self.assertEqual(list(rows["epoch"]), list(range(1, len(rows) + 1)))
        self.assertLess(rows["loss"][-1], 1e-2 * rows["loss"][0])
        self.assertIn("<img", self.read("model.h5.html"))

    def test_other_optimizers(self):
        for method, epochs in (("lbfgs", 150), ("adam", 200)):
            self.write_run(method, epochs)
            self.expect_output("train", "run.yaml", "-o", method + ".h5", "-q")
            rows = numpy.genfromtxt(self.folder / (method + ".h5.csv"), delimiter=",", names=True)
            self.assertLess(rows["loss"][-1], 0.05 * rows["loss"][0])

    def test_goes_on(self):
        """Stopped by Ctrl-C and started again: the same weights to the bit, with another number of threads."""
        for method in ("levenberg_marquardt", "lbfgs", "adam"):
            more = "committee: {members: 2}\ncheckpoint_seconds: 0\n"
            self.write_run(method, 25, more)
            self.expect_output("train", "run.yaml", "-o", f"whole-{method}.h5", "-q", "--threads", "1")
            process = subprocess.Popen([PROGRAM, "train", "run.yaml", "-o", f"parts-{method}.h5", "-q", "--threads", "2"],
                                       cwd=self.folder, env=ENVIRONMENT, stderr=subprocess.PIPE, text=True)
            deadline = time.time() + 60
            while not (self.folder / f"parts-{method}.h5.checkpoint").exists() and time.time() < deadline:
                time.sleep(0.002)
            process.send_signal(signal.SIGINT)
            message = process.communicate(timeout=120)[1]
            if process.returncode == 1:
                self.assertIn(f"goes on from parts-{method}.h5.checkpoint", message)
                self.assertFalse((self.folder / f"parts-{method}.h5").exists())
            else:
                self.assertEqual(process.returncode, 0, message)  # it was done before it was told
            self.expect_output("train", "run.yaml", "-o", f"parts-{method}.h5", "-q", "--threads", "2")
            numpy.testing.assert_array_equal(self.weights(f"whole-{method}.h5"), self.weights(f"parts-{method}.h5"))
            self.assertFalse((self.folder / f"parts-{method}.h5.checkpoint").exists())

    def test_committee(self):
        """The spread is that of the members: small where they have learned, large where they have not."""
        self.write_run(more="committee: {members: 3}\n")
        self.expect_output("train", "run.yaml", "-o", "model.h5", "-q")
        far = ase.build.bulk("Cu", "fcc", a=2.9, cubic=True)
        far.rattle(0.3, seed=5)
        ase.io.write(self.folder / "far.xyz", far, format="extxyz")
        self.expect_output("predict", "model.h5", "data.xyz", "-o", "near_out.xyz")
        self.expect_output("predict", "model.h5", "far.xyz", "-o", "far_out.xyz")
        near = numpy.mean([frame.info["energy_std"] for frame in ase.io.read(self.folder / "near_out.xyz", ":")])
        self.assertGreater(near, 0)
        self.assertGreater(ase.io.read(self.folder / "far_out.xyz").info["energy_std"], 20 * near)
        self.assertGreater(ase.io.read(self.folder / "far_out.xyz").info["forces_std"], 0)

    def test_energies_of_atoms_and_key_names(self):
        frames = ase.io.read(self.folder / "data.xyz", ":")
        for frame in frames:
            frame.info["my_energy"] = frame.get_potential_energy()
            frame.arrays["my_forces"] = frame.get_forces()
            frame.arrays["my_energies"] = frame.calc.results["energies"]
            frame.calc = None
        ase.io.write(self.folder / "named.xyz", frames, format="extxyz")
        self.write_run(structures="named.xyz", epochs=20)
        keys = ("--set", "data.energy_key=my_energy", "--set", "data.forces_key=my_forces",
                "--set", "data.energies_key=my_energies")
        self.expect_output("train", "run.yaml", "-o", "named.h5", "-q", *keys)
        self.write_run(epochs=20)
        self.expect_output("train", "run.yaml", "-o", "plain.h5", "-q")
        # ASE writes fewer digits
        numpy.testing.assert_allclose(self.weights("named.h5"), self.weights("plain.h5"), rtol=1e-3, atol=1e-5)
        self.write_run(structures="named.xyz", epochs=20)
        output = self.expect_output("train", "run.yaml", "-o", "atoms.h5", "--set", "data.atom_energies=true", *keys)
        self.assertRegex(output, r"all data +\d+\.\d+ meV/atom\n")

    def test_bad_input(self):
        self.write_run()
        self.expect_error(["train", "run.yaml"], "train: -o MODEL.h5 is missing")
        self.write("none.yaml", "data: {structures: data.xyz}\n")
        self.expect_error(["train", "none.yaml", "-o", "m.h5"],
                          'none.yaml: kind: "", expected one of: potential image surrogate cvae')
        self.expect_error(["train", "run.yaml", "-o", "m.h5", "--set", "data.structures=start.xyz"],
                          f"{self.folder}/start.xyz: structure 1 has no energy")
        self.expect_error(["train", "run.yaml", "-o", "m.h5", "--set", "optimizer.epoch=3"],
                          "--set: optimizer.epoch: unknown key; did you mean optimizer.epochs?")
        self.expect_error(["predict", "run.yaml", "data.xyz", "-o", "o.xyz"], "run.yaml: expected an HDF5 file")
        self.expect_error(["predict", "m.h5", "-o", "o.xyz"],
                          "predict: 1 names given, expected two: adatom predict MODEL.h5 IN.extxyz -o OUT")
        self.expect_error(["evaluate", "-e", "model:none.h5", "data.xyz", "-o", "o.xyz"],
                          "none.h5: cannot open: No such file or directory")
        self.write_run(epochs=3, more="checkpoint_seconds: 0\n")
        self.expect_output("train", "run.yaml", "-o", "m.h5", "-q")

    def test_checkpoint_of_other_settings(self):
        self.write_run(epochs=1000000, more="checkpoint_seconds: 0\n", method="adam")
        process = subprocess.Popen([PROGRAM, "train", "run.yaml", "-o", "m.h5", "-q"], cwd=self.folder,
                                   env=ENVIRONMENT, stderr=subprocess.DEVNULL)
        deadline = time.time() + 60
        while not (self.folder / "m.h5.checkpoint").exists() and time.time() < deadline:
            time.sleep(0.01)
        process.send_signal(signal.SIGTERM)
        self.assertEqual(process.wait(timeout=60), 1)
        self.expect_error(["train", "run.yaml", "-o", "m.h5", "--seed", "5"],
                          "m.h5.checkpoint is of a training with other settings: remove it, or choose another -o")


if __name__ == "__main__":
    unittest.main()

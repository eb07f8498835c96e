"""adatom describe, train and predict with images: the pixels against NumPy, what is learned, going on after Ctrl-C, a network on
images as an evaluator, and what is said of bad input."""

import re
import signal
import subprocess
import time
import unittest

import ase
import ase.io
import h5py
import numpy
from ase.calculators.singlepoint import SinglePointCalculator

from program import ENVIRONMENT, PROGRAM, ProgramTest

NETWORK = """- conv: {filters: 16, width: 3, stride: 2}
- conv: {filters: 16, width: 4}
- dense: {neurons: 32}
- dense: {neurons: 1, activation: linear}
"""

LOCAL = """- conv: {filters: 16, width: 5, edges: periodic, activation: tanh}
- conv: {filters: 1, width: 3, edges: periodic, activation: linear}
- sum
"""

SMOOTH = """- conv: {filters: 16, width: 6, stride: 2, edges: periodic, activation: squareplus}
- conv: {filters: 16, width: 3, edges: periodic, activation: squareplus}
- conv: {filters: 1, width: 1, activation: linear}
- sum
"""

RUN = """kind: image
data: {{structures: dimers.xyz, {data}}}
image: {image}
network: {{file: network.yaml}}
optimizer: {{epochs: {epochs}, batch: 16, learning_rate: 0.003}}
seed: 5
"""


def dimers(count, periodic=False, room=(1, 3)):
    """Two atoms in a square of 4 Å, the first in its room, with their distance, in trajectories of four."""
    random = numpy.random.default_rng(2)
    frames = []
    for index in range(count):
        first, angle, length = random.uniform(*room, 2), random.uniform(0, 2 * numpy.pi), random.uniform(0.6, 1)
        second = first + length * numpy.array([numpy.cos(angle), numpy.sin(angle)])
        atoms = ase.Atoms("HB", positions=[[*first, 0], [*second, 0]], cell=[4, 4, 6], pbc=periodic)
        atoms.info.update(distance=length, structure=1, restart=index // 4, time=2.0 * index)
        frames.append(atoms)
    return frames


def image(atoms, size, width, numbers):
    """Eq. 1 in the plane, by NumPy over all pixels."""
    grids = numpy.meshgrid(*[numpy.arange(n) * length / n for n, length in zip(size, atoms.cell.lengths())], indexing="ij")
    pixels = numpy.zeros(size)
    for position, number in zip(atoms.positions, atoms.numbers):
        if number not in numbers:
            continue
        for shift in numpy.ndindex(3, 3):
            at = position[:2] + (numpy.array(shift) - 1) * atoms.cell.lengths()[:2]
            if atoms.pbc[0] or shift == (1, 1):
                pixels += number * numpy.exp(-sum((grids[d] - at[d]) ** 2 for d in range(2)) / (2 * width**2))
    return pixels


class Images(ProgramTest):
    def setUp(self):
        super().setUp()
        self.write("network.yaml", NETWORK)

    def write_data(self, *arguments):
        ase.io.write(self.folder / "dimers.xyz", dimers(*arguments), format="extxyz")

    def write_run(self, epochs, data="target: distance, unit: A", image_spec="image:grid=16+16,width=0.3"):
        self.write("run.yaml", RUN.format(epochs=epochs, data=data, image=image_spec))

    def weights(self, name):
        with h5py.File(self.folder / name) as file:
            return numpy.array(file["weights"])

    def test_pixels_are_those_of_numpy(self):
        for periodic in (False, True):
            self.write_data(3, periodic)
            self.expect_output("describe", "-d", "image:grid=20+16,width=0.3", "dimers.xyz", "-o", "one.npy")
            self.expect_output("describe", "-d", "image:spacing=0.21,width=0.25,channels=species", "dimers.xyz", "-o", "two.h5")
            one = numpy.load(self.folder / "one.npy")
            with h5py.File(self.folder / "two.h5") as file:
                two = numpy.array(file["images"])
            self.assertEqual((one.shape, one.dtype), ((3, 1, 20, 16), numpy.float32))
            self.assertEqual(two.shape, (3, 2, 19, 19))
            for frame, atoms in enumerate(ase.io.read(self.folder / "dimers.xyz", ":")):
                numpy.testing.assert_allclose(one[frame, 0], image(atoms, (20, 16), 0.3, (1, 5)), atol=1e-5)
                for channel, number in enumerate((1, 5)):
                    numpy.testing.assert_allclose(two[frame, channel], image(atoms, (19, 19), 0.25, (number,)), atol=1e-5)

    def test_learns_distances_and_draws_them(self):
        data = (600, False, (1.9, 2.1))
        self.write_data(*data)
        self.write_run(40)
        told = self.expect_output("train", "run.yaml", "-o", "model.h5")
        self.assertRegex(told, r"test +mean absolute error [\d.]+, root mean square [\d.]+, largest [\d.]+ A\n")
        rows = (self.folder / "model.h5.predictions.csv").read_text().splitlines()
        self.assertEqual(rows[0], "set,true_A,predicted")
        pairs = numpy.array([row.split(",")[1:] for row in rows if row.startswith("test")], float)
        self.assertLess(numpy.abs(pairs[:, 0] - pairs[:, 1]).mean(), 0.4 * numpy.abs(pairs[:, 0] - pairs[:, 0].mean()).mean())
        for name in ("model.h5.predictions.svg", "model.h5.html"):
            self.assertGreater((self.folder / name).stat().st_size, 2000)
        self.expect_output("predict", "model.h5", "dimers.xyz", "-o", "predicted.xyz")
        self.assertIn("<svg", (self.folder / "predicted.xyz.svg").read_text())
        for before, after in zip(dimers(*data), ase.io.read(self.folder / "predicted.xyz", ":")):
            self.assertLess(abs(before.info["distance"] - after.info["distance"]), 0.3)

    def test_trajectories_stay_together(self):
        self.write_data(80)
        self.write_run(1)
        self.expect_output("train", "run.yaml", "-o", "model.h5")
        restart = {f"{atoms.info['distance']:.6f}": atoms.info["restart"] for atoms in dimers(80)}
        sets = {}
        for row in (self.folder / "model.h5.predictions.csv").read_text().splitlines()[1:]:
            name, value, _ = row.split(",")
            sets.setdefault(restart[f"{float(value):.6f}"], set()).add(name)
        self.assertEqual({len(names) for names in sets.values()}, {1})
        self.assertEqual({name for names in sets.values() for name in names}, {"train", "validation", "test"})

    def test_goes_on_to_the_same_weights(self):
        """After Ctrl-C, and with another number of threads."""
        self.write_data(400)
        self.write_run(12)
        self.expect_output("train", "run.yaml", "-o", "whole.h5", "--threads", "1", "-q")
        run = subprocess.Popen([PROGRAM, "train", "run.yaml", "-o", "parts.h5", "--threads", "2", "--set", "checkpoint_seconds=0", "-q"],
                               cwd=self.folder, env=ENVIRONMENT, stderr=subprocess.PIPE)
        while not (self.folder / "parts.h5.checkpoint").exists() and run.poll() is None:
            time.sleep(0.01)
        run.send_signal(signal.SIGINT)
        _, said = run.communicate(timeout=60)
        self.assertEqual(run.returncode, 1, said)
        self.expect_output("train", "run.yaml", "-o", "parts.h5", "-q")
        numpy.testing.assert_array_equal(self.weights("whole.h5"), self.weights("parts.h5"))
        self.assertFalse((self.folder / "parts.h5.checkpoint").exists())

    def test_a_sum_of_local_shares_is_an_evaluator(self):
        """Forces are minus the gradient; a cell twice as large has twice the energy; a shift by pixels changes nothing."""
        self.write_data(60, True)
        self.write("network.yaml", LOCAL)
        self.write_run(3, "target: energy, unit: eV, composition: true, move: true", "image:spacing=0.25,width=0.3,channels=species")
        frames = dimers(60, True)
        text = (self.folder / "dimers.xyz").read_text().replace("distance=", "energy=")
        self.write("dimers.xyz", text)
        self.expect_output("train", "run.yaml", "-o", "model.h5", "-q")
        atoms = frames[0]
        moved = atoms.copy()
        moved.positions += [3 * 0.25, -5 * 0.25, 0]
        steps = []
        for sign in (1, -1):
            step = atoms.copy()
            step.positions[0, 0] += sign * 0.01
            steps.append(step)
        larger = atoms.repeat((2, 1, 1))
        ase.io.write(self.folder / "in.xyz", [atoms, moved, larger, *steps], format="extxyz")
        self.expect_output("evaluate", "-e", "model:model.h5", "in.xyz", "-o", "out.xyz")
        out = ase.io.read(self.folder / "out.xyz", ":")
        energies = [frame.get_potential_energy() for frame in out]
        self.assertAlmostEqual(energies[0], energies[1], delta=1e-5)
        self.assertAlmostEqual(2 * energies[0], energies[2], delta=1e-4)
        self.assertAlmostEqual(-(energies[3] - energies[4]) / 0.02, out[0].get_forces()[0, 0], delta=5e-3)

    def test_learns_forces_from_views(self):
        """A spring between two atoms on a torus: forces of dimers not trained on are known to a third of their size."""
        frames = []
        for atoms in dimers(160, True):
            across = atoms.positions[1] - atoms.positions[0]
            length = numpy.linalg.norm(across)
            forces = 10 * (length - 0.4) * numpy.array([across, -across]) / length
            atoms.calc = SinglePointCalculator(atoms, energy=5 * (length - 0.4) ** 2, forces=forces)
            frames.append(atoms)
        ase.io.write(self.folder / "dimers.xyz", frames, format="extxyz")
        self.write("network.yaml", SMOOTH)
        self.write_run(30, "move: true, turn: true", "image:spacing=0.26,multiple=2,width=0.3,channels=species")
        told = self.expect_output("train", "run.yaml", "-o", "model.h5", "--set", "loss.forces=1", "--set", "optimizer.warm_up=0.5",
                                  "--set", "optimizer.learning_rate=0.005", "--set", "optimizer.batch=4")
        error = float(re.search(r"test forces +root mean square ([\d.e-]+) eV/Å", told)[1])
        scale = numpy.sqrt(numpy.mean([frame.get_forces()[:, :2] ** 2 for frame in frames]))
        self.assertLess(error, scale / 3, told)
        self.expect_output("evaluate", "-e", "model:model.h5", "dimers.xyz", "-o", "out.xyz")
        out = ase.io.read(self.folder / "out.xyz", ":")
        rest = numpy.array([after.get_forces() - before.get_forces() for before, after in zip(frames, out)])
        self.assertLess(numpy.sqrt((rest[:, :, :2] ** 2).mean()), scale / 3)

    def test_starts_from_a_model(self):
        """With a rate of nearly 0 the model stays what it was, but for the shares of atoms, which are those of the new data."""
        self.write_data(60, True)
        self.write("network.yaml", LOCAL)
        self.write("dimers.xyz", self.read("dimers.xyz").replace("distance=", "energy="))
        self.write_run(3, "target: energy, unit: eV, composition: true", "image:spacing=0.25,width=0.3")
        self.expect_output("train", "run.yaml", "-o", "first.h5", "-q")
        frames = ase.io.read(self.folder / "dimers.xyz", ":")
        for atoms in frames:
            atoms.calc = SinglePointCalculator(atoms, energy=atoms.get_potential_energy() + 7)
        ase.io.write(self.folder / "dimers.xyz", frames, format="extxyz")
        words = ["train", "run.yaml", "-o", "second.h5", "-q", "--set", "network.start=first.h5", "--set", "optimizer.learning_rate=1e-12"]
        self.expect_output(*words)
        numpy.testing.assert_allclose(self.weights("second.h5"), self.weights("first.h5"), atol=1e-6)
        for name in ("first", "second"):
            self.expect_output("predict", f"{name}.h5", "dimers.xyz", "-o", f"{name}.xyz", "-q")
        first, second = ([frame.get_potential_energy() for frame in ase.io.read(self.folder / f"{name}.xyz", ":")] for name in ("first", "second"))
        self.assertAlmostEqual(numpy.mean(second) - numpy.mean(first), 7, delta=0.1)
        self.assertLess(numpy.ptp(numpy.subtract(second, first)), 1e-5)
        self.write("network.yaml", LOCAL.replace("16", "17"))
        self.expect_beginning(words, "first.h5 has another network")

    def expect_beginning(self, words, line):
        """Exit status 2 and one line that holds this."""
        run = self.run_program(*words)
        self.assertEqual(run.returncode, 2, run.stderr)
        self.assertIn(line, run.stderr)
        self.assertEqual(run.stderr.count("\n"), 1, run.stderr)

    def test_says_what_is_wrong(self):
        self.write_data(40)
        self.write_run(1)
        for network, line in (("- conv: {filters: 0, width: 3}\n", "network.yaml:1: expected a whole number from 1 to 65536"),
                              ("- dense: {neurons: 1}\n", "network.yaml: layer 1: expected a convolution"),
                              (NETWORK.replace("neurons: 1,", "neurons: 2,"), "network.yaml: 2 outputs, expected 1"),
                              ("- conv: {filters: 4, width: 3, edge: zero}\n", "network.yaml:1: expected filters, width, stride")):
            self.write("network.yaml", network)
            self.expect_beginning(["train", "run.yaml", "-o", "model.h5"], line)
        self.write("network.yaml", NETWORK)
        self.write_run(1, "target: energy")
        self.expect_beginning(["train", "run.yaml", "-o", "model.h5"], "dimers.xyz: structure 1 has no number energy")
        self.write_run(1)
        self.expect_beginning(["train", "run.yaml", "-o", "model.h5", "--set", "loss.forces=1"], "loss.forces wants data.target energy")
        self.write("dimers.xyz", (self.folder / "dimers.xyz").read_text().replace("distance=", "energy="))
        self.write_run(1, "target: energy")
        self.expect_beginning(["train", "run.yaml", "-o", "model.h5", "--set", "loss.forces=1"], "structure 1 has no forces")
        self.expect_beginning(["describe", "-d", "image:grid=3+3,multiple=2", "dimers.xyz", "-o", "x.npy"], "multiple= goes with spacing=")
        self.expect_beginning(["describe", "-d", "image:gird=3+3", "dimers.xyz", "-o", "x.npy"], "expected grid=64+64")


if __name__ == "__main__":
    unittest.main()

"""adatom evaluate and adatom info, against ASE."""

import fcntl
import os
import pathlib
import pty
import re
import select
import subprocess
import sys
import termios
import time
import unittest

import ase.build
import ase.io
import numpy
from ase.calculators.lj import LennardJones

from program import ENVIRONMENT, PROGRAM, ProgramTest

ENGINE = pathlib.Path(__file__).resolve().parents[1] / "energy" / "fake_engine.py"


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

    def test_stress_and_energies_of_atoms_are_those_of_ase(self):
        frames = [crystal(), cluster()]
        ase.io.write(self.folder / "in.xyz", frames, format="extxyz")
        self.expect_output("evaluate", "in.xyz", "-e", "lj:epsilon=0.0104,sigma=3.4,cutoff=7.5", "-o", "out.xyz")
        results = ase.io.read(self.folder / "out.xyz", index=":", format="extxyz")
        for frame, result in zip(frames, results):
            frame.calc = LennardJones(epsilon=0.0104, sigma=3.4, rc=7.5)
            numpy.testing.assert_allclose(result.get_potential_energies(), frame.get_potential_energies(), atol=1e-9)
        numpy.testing.assert_allclose(results[0].get_stress(), frames[0].get_stress(), atol=1e-9)
        self.assertNotIn("stress", results[1].calc.results)

    def test_quiet(self):
        ase.io.write(self.folder / "in.xyz", cluster(), format="extxyz")
        self.assertEqual(self.expect_output("evaluate", "in.xyz", "-q", "-e",
                                            "lj:epsilon=1,sigma=3,cutoff=9", "-o", "out.xyz"), "")
        self.assertTrue((self.folder / "out.xyz").exists())

    def test_what_fails_is_kept_with_its_reason(self):
        frames = [cluster(), ase.Atoms("Xe2"), cluster(), ase.Atoms("Xe2", positions=[[0, 0, 0], [0, 0, 5]])]
        for i, frame in enumerate(frames):
            frame.info["name"] = f"number {i}"
        frames[3].info["status"] = "of an earlier time"
        ase.io.write(self.folder / "in.xyz", frames, format="extxyz")
        words = ["evaluate", "in.xyz", "-e", "lj:epsilon=1,sigma=3,cutoff=9", "-o", "out.xyz"]
        line = "in.xyz: 1 of 4 structures failed; structure 2: the energy is not finite"
        result = self.expect_error(words, line, 1)
        self.assertIn("structures          4\nfailed              1\n", result.stdout)
        results = ase.io.read(self.folder / "out.xyz", index=":", format="extxyz")
        self.assertEqual([r.info["name"] for r in results], [f"number {i}" for i in range(4)])
        self.assertEqual([r.info.get("status") for r in results], [None, "the energy is not finite", None, None])
        self.assertEqual([r.calc is None for r in results], [False, True, False, False])
        # Again, from the result.
        (self.folder / "out.xyz").rename(self.folder / "in.xyz")
        line += "; stopped: 2 of 4 structures were not begun; the same command goes on"
        self.expect_error([*words, "--on-failure", "stop", "--threads", "1"], line, 1)
        self.assertFalse((self.folder / "out.xyz").exists())
        results = ase.io.read(self.folder / "out.xyz.partial", index=":", format="extxyz")
        self.assertEqual([r.info["name"] for r in results], ["number 0", "number 1"])
        self.expect_error([*words[:-1], "no/such/out.xyz"],
                          "no/such/out.xyz: cannot write: No such file or directory", 1)

    def test_wrong_use(self):
        self.expect_error(["evaluate", "in.xyz", "--retries", "-1"], "--retries: -1, expected a number from 0 to 99999")
        self.expect_error(["evaluate", "in.xyz", "--on-failure", "cry"], "--on-failure: cry, expected skip or stop")
        self.expect_error(["info", "in.xyz", "--retries", "1"], "info: --retries has no meaning here")


def pairs(count):
    return [ase.Atoms("H2", positions=[[0, 0, 0], [0, 0, 1 + 0.1 * i]]) for i in range(count)]


class Batches(ProgramTest):
    def spec(self, *words, options=""):
        return f"command:{options}{sys.executable} -B '{ENGINE}' " + " ".join(map(str, words))

    def write_pairs(self, count):
        ase.io.write(self.folder / "in.xyz", pairs(count), format="extxyz")

    def energies(self):
        return [r.get_potential_energy() for r in ase.io.read(self.folder / "out.xyz", index=":", format="extxyz")]

    def test_order_and_bits_do_not_depend_on_threads(self):
        ase.io.write(self.folder / "in.xyz", [crystal() for _ in range(9)] + pairs(20), format="extxyz")
        texts = []
        for threads in ("1", "2", "3", "4", "0"):
            self.expect_output("evaluate", "in.xyz", "-e", "lj:epsilon=0.0104,sigma=3.4,cutoff=7.5", "-o", "out.xyz",
                               "--threads", threads)
            texts.append(self.read("out.xyz"))
        self.assertEqual(set(texts), {texts[0]})

    def test_retries(self):
        self.write_pairs(1)
        (self.folder / "counts").mkdir()
        words = ["evaluate", "in.xyz", "-e", self.spec("flaky", "counts", 2), "-o", "out.xyz", "-q"]
        self.assertEqual(self.run_program(*words).returncode, 1)
        self.assertEqual(self.run_program(*words, "--retries", "1").returncode, 0)
        self.assertEqual(self.read("counts/2"), "xxx")

    def test_energies_only(self):
        self.write_pairs(3)
        text = self.expect_output("evaluate", "in.xyz", "-o", "out.xyz",
                                  "-e", self.spec("no_forces", options="forces=no "))
        self.assertIn("forces              none: the evaluator gives energies only\n", text)
        numpy.testing.assert_allclose(self.energies(), [(1 + 0.1 * i) ** 2 / 2 for i in range(3)])

    def test_interrupted_on_a_terminal(self):
        self.write_pairs(40)
        leader, follower = pty.openpty()
        process = subprocess.Popen(
            [PROGRAM, "evaluate", "in.xyz", "-e", self.spec("slow", 0.2), "-o", "out.xyz", "--threads", "2"],
            cwd=self.folder, env=ENVIRONMENT, stdin=follower, stdout=follower, stderr=follower, start_new_session=True,
            preexec_fn=lambda: fcntl.ioctl(0, termios.TIOCSCTTY, 0))
        os.close(follower)
        output, is_sent = b"", False
        while select.select([leader], [], [], 60)[0]:
            try:
                part = os.read(leader, 65536)
            except OSError:
                break
            if not part:
                break
            output += part
            if re.search(rb"evaluated [3-9] of 40", output) and not is_sent:
                is_sent = True
                os.write(leader, b"\x03")
        os.close(leader)
        self.assertEqual(process.wait(60), 1, output)
        self.assertRegex(output.decode(), r"\revaluated [3-9] of 40   \d[\d.]*/s   0:00:\d\d left\x1b")
        match = re.search(r"adatom: in\.xyz: stopped: (\d+) of 40 structures were not begun; the same command goes on\r\n\Z",
                          output.decode())
        self.assertIsNotNone(match, output)
        done = 40 - int(match.group(1))
        self.assertTrue(3 <= done < 20, done)
        self.assertFalse((self.folder / "out.xyz").exists())
        kept = ase.io.read(self.folder / "out.xyz.partial", index=":", format="extxyz")
        self.assertEqual(len(kept), done)
        self.assert_goes_on(done)

    def assert_goes_on(self, at_least):
        """The same command does what is left, and says what was done; in one file, in order."""
        words = ["evaluate", "in.xyz", "-e", self.spec("slow", 0.2), "-o", "out.xyz", "--threads", "0"]
        text = self.expect_output(*words)
        match = re.match(r"out\.xyz\.partial: (\d+) of 40 structures are done already\n", text)
        self.assertGreaterEqual(int(match.group(1)), at_least)
        numpy.testing.assert_allclose(self.energies(), [(1 + 0.1 * i) ** 2 / 2 for i in range(40)])
        self.assertFalse((self.folder / "out.xyz.partial").exists())

    def test_killed(self):
        """What was done is not lost; another evaluator or file is not mixed with it."""
        self.write_pairs(40)
        words = ["evaluate", "in.xyz", "-q", "-e", self.spec("slow", 0.2), "-o", "out.xyz", "--threads"]
        process = subprocess.Popen([PROGRAM, *words, "2"], cwd=self.folder, env=ENVIRONMENT, stdin=subprocess.DEVNULL)
        partial = self.folder / "out.xyz.partial"
        deadline = time.monotonic() + 60
        while time.monotonic() < deadline and not (partial.exists() and self.read(partial.name).count("energy=") >= 3):
            time.sleep(0.01)
        process.kill()
        process.wait()
        self.assertFalse((self.folder / "out.xyz").exists())
        done = self.read(partial.name).count("energy=")
        with open(partial, "a", encoding="utf-8") as stream:
            stream.write('2\nProperties=species:S:1:pos:R:3 energy=1 adatom_struc')  # half a frame
        refusal = ("out.xyz.partial: holds results of other structures or of another evaluator; "
                   "remove it to begin anew")
        self.expect_error(["evaluate", "in.xyz", "-e", "lj", "-o", "out.xyz"], refusal)
        ase.io.write(self.folder / "other.xyz", pairs(1), format="extxyz")
        self.expect_error(["evaluate", "other.xyz", *words[3:], "2"], refusal)
        self.assert_goes_on(done)


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

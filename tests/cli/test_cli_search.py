"""Whole runs: what is said while and after them, Ctrl-C, resume, report and info."""

import fcntl
import os
import pty
import re
import resource
import select
import signal
import struct
import subprocess
import termios
import time
import unittest

from program import ENVIRONMENT, PROGRAM, ProgramTest

# Six argon atoms on a coarse grid: an episode takes about a millisecond.
RUN = """\
system: {cell: [12, 12, 10], pbc: [1, 1, 0], place: {Ar: 6}}
grid: {shape: [24, 24]}
evaluator: lj:epsilon=0.0104,sigma=3.4,cutoff=6
image: {width: 0.5}
network: {filters: [4, 4], filter_pixels: [5]}
policy: {c1: 1.2}
stop: {episodes: 30}
"""


class Search(ProgramTest):
    def setUp(self):
        super().setUp()
        self.write("argon.yaml", RUN)

    def start(self, *words, **more):
        return subprocess.Popen([PROGRAM, *words], cwd=self.folder, env=ENVIRONMENT, text=True,
                                stdout=subprocess.PIPE, stderr=subprocess.PIPE, **more)

    def interrupt(self, process, folder, episodes, number=signal.SIGINT):
        """Sends the signal once the run has done some episodes."""
        log = self.folder / folder / "log.csv"
        end = time.monotonic() + 60
        while not (log.exists() and log.read_text().count("\n") > episodes):
            self.assertLess(time.monotonic(), end, "the run does not get on")
            self.assertIsNone(process.poll())
            time.sleep(0.02)
        process.send_signal(number)
        return process.communicate(timeout=60)

    def test_table_and_files(self):
        text = self.expect_output("search", "argon.yaml", "--seed", "3")
        self.assertRegex(text, r"\Aepisode 1 of 30   best -?\d+\.\d{4} eV/atom \(-?\d+\.\d{3} eV\)\n")
        for row in [r"ended by +the limit of stop\.episodes", r"episodes +30", r"energy evaluations +\d+",
                    r"wall time +\d+\.\d s", r"phases +build .*, evaluate .*, train .*",
                    r"best energy +-?\d.* eV, -?\d.* eV/atom, found in episode \d+",
                    r"best structure +Ar6 in argon/best\.extxyz", r"atoms by neighbours +.+", r"rings +.+",
                    r"report +argon/report\.html"]:
            self.assertRegex(text, rf"(?m)^{row}$")
        for name in ["run.yaml", "log.csv", "best.extxyz", "candidates.db", "checkpoint.h5", "report.html"]:
            self.assertTrue((self.folder / "argon" / name).stat().st_size > 0, name)
        self.assertRegex(self.read("argon/run.yaml"), r"(?m)^seed: 3$")
        self.assertIn("seed                3\n", self.expect_output("info", "argon"))
        self.assertRegex(self.read("argon/best.extxyz"), r"Properties=species:S:1:pos:R:3:forces:R:3 energy=")
        self.assertIn("Ar6, 6 atoms", self.expect_output("info", "argon"))

    def test_quiet_says_nothing(self):
        self.assertEqual(self.expect_output("search", "argon.yaml", "-q", "-o", "deep"), "")
        self.assertEqual(self.expect_output("report", "-q", "deep"), "")

    def test_resolved_settings_make_the_same_run(self):
        self.expect_output("search", "argon.yaml", "-q", "-o", "first", "--set", "policy.nu=0.1")
        self.expect_output("search", "first/run.yaml", "-q", "-o", "second")
        first, second = ([line.split(",")[:4] for line in self.read(f"{name}/log.csv").splitlines()]
                         for name in ("first", "second"))
        self.assertEqual(len(first), 31)
        self.assertEqual(first, second)

    def test_an_energy_that_is_not_reached(self):
        result = self.run_program("search", "argon.yaml", "-q", "--set", "stop={at_energy: true, energy: -9}")
        self.assertRegex(result.stderr, r"\Aadatom: stop\.energy, -9\.0000 eV, is not reached; "
                                        r"the best of \d+ episodes has -?\d+\.\d{4} eV\n\Z")
        self.assertEqual(result.returncode, 1)

    def test_an_energy_that_is_reached(self):
        text = self.expect_output("search", "argon.yaml", "--set", "stop.at_energy=true", "--set", "stop.energy=1e6")
        self.assertRegex(text, r"(?m)^ended by +the energy of stop\.energy is reached$")
        self.assertRegex(text, r"(?m)^episodes +1$")

    def test_stop_and_resume(self):
        for number in (signal.SIGINT, signal.SIGTERM):
            folder = f"run{int(number)}"
            process = self.start("search", "argon.yaml", "-o", folder, "--set", "stop.episodes=100000")
            _, errors = self.interrupt(process, folder, 5, number)
            match = re.fullmatch(rf"adatom: stopped after episode (\d+); go on with: adatom resume {folder}\n", errors)
            self.assertIsNotNone(match, errors)
            self.assertEqual(process.returncode, 1)
            episodes = int(match.group(1))
            self.assertEqual(len(self.read(f"{folder}/log.csv").splitlines()), episodes + 1)
            self.assertTrue((self.folder / folder / "report.html").exists())
            text = self.expect_output("resume", folder, "--set", f"stop.episodes={episodes + 4}")
            self.assertRegex(text, rf"(?m)^episodes +{episodes + 4}$")
            self.assertEqual(len(self.read(f"{folder}/log.csv").splitlines()), episodes + 5)
        result = self.run_program("resume", folder, "--set", "policy.nu=0.5")
        self.assertRegex(result.stderr, r"\Aadatom: .*policy\.nu.*\n\Z")
        self.assertEqual(result.returncode, 2)

    def test_resume_of_a_run_with_a_template(self):
        self.write("start.xyz", '1\nLattice="12 0 0 0 12 0 0 0 10" pbc="T T F"\nAr 0 0 5\n')
        text = RUN.replace("cell: [12, 12, 10], pbc: [1, 1, 0]", "template: start.xyz").replace("30", "4")
        self.write("start.yaml", text)
        self.expect_output("search", "start.yaml", "-q", "-o", "run")
        for episodes, name in enumerate(["run", "./run/", "../" + self.folder.name + "/run",
                                         str(self.folder / "run")], 5):
            self.expect_output("resume", name, "-q", "--set", f"stop.episodes={episodes}")
            self.assertEqual(len(self.read("run/log.csv").splitlines()), episodes + 1)
        self.expect_output("search", "start.yaml", "-q", "-o", "whole", "--set", "stop.episodes=8")
        first, second = ([line.split(",")[:7] for line in self.read(f"{name}/log.csv").splitlines()]
                         for name in ("run", "whole"))
        self.assertEqual(first, second)

    def test_a_refused_resume_changes_nothing(self):
        self.expect_output("search", "argon.yaml", "-q", "-o", "run")
        (self.folder / "run" / "log.csv").unlink()
        before = {path.name: path.read_bytes() for path in (self.folder / "run").iterdir()}
        self.expect_error(["resume", "run", "--set", "stop.episodes=40"],
                          "run/log.csv: cannot open: No such file or directory", status=1)
        self.assertEqual({path.name: path.read_bytes() for path in (self.folder / "run").iterdir()}, before)

    def test_a_file_at_its_limit_of_size(self):
        self.write("small.yaml", RUN + "checkpoint_seconds: 0\n")
        limit = lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (40000, 40000))
        result = self.run_program("search", "small.yaml", "-q", "-o", "run", preexec_fn=limit)
        self.assertRegex(result.stderr, r"\Aadatom: run/[a-z]+\.[a-z0-9]+: cannot write: .*\n\Z")
        self.assertEqual(result.returncode, 1)
        self.expect_output("resume", "run", "-q")
        self.assertEqual(len(self.read("run/log.csv").splitlines()), 31)

    def test_info_of_a_run_without_a_structure(self):
        # Sixteen discs would just fit into the cell, but not where the grid and chance put the first ones.
        self.write("full.yaml", RUN.replace("Ar: 6", "Ar: 16").replace("c1: 1.2", "c1: 3"))
        result = self.run_program("search", "full.yaml", "-q")
        self.assertRegex(result.stderr, r"\Aadatom: none of the first \d+ episodes has an energy: .*\n\Z")
        self.assertEqual(result.returncode, 1)
        text = self.expect_output("info", "full")
        self.assertRegex(text, r"(?m)^energy evaluations +0$")
        self.assertNotIn("best energy", text)

    def progress_on_a_terminal(self, columns):
        leader, follower = pty.openpty()
        fcntl.ioctl(follower, termios.TIOCSWINSZ, struct.pack("4H", 24, columns, 0, 0))
        limits = "stop={episodes: 100000, hours: 1.0e-4}"  # 0.36 s, whatever the machine
        process = subprocess.Popen([PROGRAM, "search", "argon.yaml", "-o", f"run{columns}", "--set", limits],
                                   cwd=self.folder, env=ENVIRONMENT, stdout=follower, stderr=follower)
        os.close(follower)
        output = b""
        while select.select([leader], [], [], 60)[0]:
            try:
                part = os.read(leader, 65536)
            except OSError:
                break
            if not part:
                break
            output += part
        os.close(leader)
        self.assertEqual(process.wait(60), 0)
        lines = [line.removesuffix("\033[K") for line in output.decode().split("\r\n")[0].split("\r")][1:]
        self.assertGreaterEqual(len(lines), 3)
        self.assertLess(max(map(len, lines)), columns)
        return lines

    def test_progress_on_a_terminal_is_one_line_that_fits(self):
        episode, best = r"episode \d+ of 100000", r"best -?\d+\.\d{4} eV/atom"
        left = r"at most \d:\d\d left"
        for columns, in_between, last in [
                (120, rf"{episode}   {best} \(-?\d+\.\d{{3}} eV\)   \d+\.\d episodes/s   {left}",
                 rf"{episode}   {best} \(.* eV\)   \d+\.\d episodes/s"),
                (85, rf"{episode}   {best}   \d+\.\d/s   {left}", rf"{episode}   {best}.*/s"),
                (50, r"\d+/100000 -?\d+\.\d{4} eV/atom \d+\.\d/s <\d:\d\d", r"\d+/100000 .*/s"),
                (10, r"\d+/10000?0? ?", r"\d+/10000?0? ?")]:
            lines = self.progress_on_a_terminal(columns)
            self.assertRegex(lines[1], rf"\A{in_between}\Z")
            self.assertRegex(lines[-1], rf"\A{last}\Z")

    def test_plain_lines_when_not_on_a_terminal(self):
        text = self.expect_output("search", "argon.yaml")
        self.assertNotIn("\r", text)
        self.assertNotIn("\033", text)
        self.assertIn("episode 30 of 30   best ", text)


if __name__ == "__main__":
    unittest.main()

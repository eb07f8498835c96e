"""Help, version, and the one line that wrong use of the command line gets."""

import subprocess
import unittest

from program import ENVIRONMENT, PROGRAM, ProgramTest

COMMANDS = ["search", "resume", "report", "info", "evaluate"]


class Use(ProgramTest):
    def test_version(self):
        self.assertRegex(self.expect_output("--version"), r"\Aadatom \d+\.\d+\.\d+\n\Z")
        self.assertEqual(self.expect_output("-V"), self.expect_output("search", "--version"))

    def test_help_names_every_command_and_option(self):
        text = self.expect_output("--help")
        for word in COMMANDS + ["--output", "--set", "--seed", "--threads", "--quiet", "--version"]:
            self.assertIn(word, text)
        self.assertLessEqual(max(map(len, text.splitlines())), 120)

    def test_help_of_each_command(self):
        for command in COMMANDS:
            text = self.expect_output(command, "--help")
            self.assertTrue(text.startswith(f"adatom {command} "))
        self.assertIn("kim:", self.expect_output("evaluate", "-h"))
        self.assertNotIn("--set", self.expect_output("info", "-h"))

    def test_unknown_commands_name_the_nearest(self):
        self.expect_error(["serach", "a"], "serach: unknown command; did you mean search?")
        self.expect_error(["Report"], "Report: unknown command; did you mean report?")
        self.expect_error(["bake"], "bake: unknown command; see adatom --help")
        self.expect_error([], "a command is missing; see adatom --help")
        self.expect_error(["a\nb"], "a?b: unknown command; see adatom --help")

    def test_unknown_options_name_the_nearest(self):
        self.expect_error(["--sed=4"], "--sed: unknown option; did you mean --set?")
        self.expect_error(["info", "x", "--thread", "1", "--tread"],
                          "--tread: unknown option; did you mean --threads?")
        self.expect_error(["--colour"], "--colour: unknown option; see adatom --help")
        self.expect_error(["info", "-qx"], "-x: unknown option; see adatom --help")
        self.expect_error(["-1", "a"], "-1: unknown option; see adatom --help")

    def test_options_and_their_values(self):
        self.expect_error(["search", "--seed"], "--seed: a value is missing: --seed N")
        self.expect_error(["search", "-o"], "--output: a value is missing: --output OUT")
        self.expect_error(["info", "--quiet=3"], "--quiet: takes no value")
        self.expect_error(["search", "a", "--seed", "x"],
                          "--seed: x, expected a whole number from 0 to 9007199254740992")
        self.expect_error(["search", "a", "--seed=-1"],
                          "--seed: -1, expected a whole number from 0 to 9007199254740992")
        self.expect_error(["search", "a", "--threads", "5000"],
                          "--threads: 5000, expected a whole number from 0 to 4096")
        self.expect_error(["info", "a", "-o", "b"], "info: --output has no meaning here")
        self.expect_error(["search", "a", "-e", "lj"], "search: --evaluator has no meaning here")
        self.expect_error(["report", "a", "--set", "seed=1"], "report: --set has no meaning here")

    def test_number_of_names(self):
        self.expect_error(["search"], "search: 0 names given, expected one: "
                                      "adatom search RUN.yaml [-o OUT]")
        self.expect_error(["resume", "a", "b"], "resume: 2 names given, expected one: "
                                                "adatom resume DIR")
        self.expect_error(["evaluate", "a"], "evaluate: -e SPEC is missing")
        self.expect_error(["evaluate", "a", "-e", "lj"], "evaluate: -o OUT is missing")
        self.expect_error(["search", "noending"], "search: the output folder is missing: -o OUT")

    def test_full_standard_output(self):
        with open("/dev/full", "w", encoding="ascii") as full:
            result = subprocess.run([PROGRAM, "--help"], stdout=full, stderr=subprocess.PIPE,
                                    env=ENVIRONMENT, text=True, timeout=60, check=False)
        self.assertEqual(result.stderr,
                         "adatom: standard output cannot be written: No space left on device\n")
        self.assertEqual(result.returncode, 1)

    def test_full_standard_output_in_a_run(self):
        run = ("system: {cell: [9, 9, 9], place: {Ar: 2}}\nevaluator: lj:epsilon=0.01,sigma=3.4,cutoff=6\n"
               "grid: {shape: [9, 9]}\nnetwork: {filters: [2], filter_pixels: [3]}\nstop: {episodes: 2}\n")
        self.write("run.yaml", run)
        with open("/dev/full", "w", encoding="ascii") as full:
            result = subprocess.run([PROGRAM, "search", "run.yaml", "-o", "out"], cwd=self.folder, stdout=full,
                                    stderr=subprocess.PIPE, env=ENVIRONMENT, text=True, timeout=60, check=False)
        self.assertEqual(result.stderr, "adatom: standard output cannot be written\n")
        self.assertEqual(result.returncode, 1)
        self.assertTrue((self.folder / "out" / "report.html").exists())


if __name__ == "__main__":
    unittest.main()

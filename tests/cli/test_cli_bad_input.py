"""Bad input of adatom search: one clear line, exit status 2, and no run folder is left."""

import os
import unittest

from program import ProgramTest

TERSOFF = "kim:Tersoff_LAMMPS_AlbeNordlundAverback_2002_PtC"

# A small problem that is in order; the tests break one thing at a time.
TEMPLATE = ('1\nLattice="8.54 0 0 0 7.40 0 0 0 10" Properties=species:S:1:pos:R:3 pbc="T T F"\n'
            "C 0.0 0.0 5.0\n")
RUN = ("system:\n  template: template.xyz\n  place: {C: 3}\n"
       "grid: {shape: [41, 36]}\n"
       "stop: {episodes: 2}\n")


class BadInput(ProgramTest):
    def setUp(self):
        super().setUp()
        self.write("in/template.xyz", TEMPLATE)

    def refuses(self, text, line, *words):
        self.write("in/run.yaml", text)
        self.expect_error(["search", "in/run.yaml", "-o", "out", *words], line)
        self.assertFalse((self.folder / "out").exists())

    def refuses_template(self, text, line):
        """line may hold FILE for the path of the template."""
        self.write("in/template.xyz", text)
        path = os.path.realpath(self.folder / "in" / "template.xyz")
        self.refuses(RUN, line.replace("FILE", path))

    def test_the_problem_is_in_order(self):
        self.write("in/run.yaml", RUN)
        self.expect_output("search", "in/run.yaml", "-o", "out", "--quiet")

    def test_not_yaml(self):
        self.refuses(RUN + "policy: {nu: 0.1\n", "in/run.yaml:7: not YAML: did not find expected "
                     "',' or '}' while parsing a flow mapping")
        self.refuses("", "in/run.yaml: the file is empty, expected keys such as system.template")
        self.refuses("just words\n", "in/run.yaml:1: just words, expected keys with values such as seed: 1")
        self.refuses("policy:\n\tnu: 0.1\n", "in/run.yaml:2: not YAML: a tab, expected spaces")
        self.refuses("policy: {nu: @}\n", "in/run.yaml:1: not YAML: found character that cannot start any token "
                     "while scanning for the next token")
        self.refuses(b"seed: \xff\n", "in/run.yaml:1: not YAML: invalid leading UTF-8 octet")
        self.refuses(b"\x89HDF\r\n\x1a\n" + bytes(range(256)), "in/run.yaml:1: not YAML: invalid leading UTF-8 octet")
        self.expect_error(["search", "none.yaml", "-o", "out"],
                          "none.yaml: cannot open: No such file or directory")
        self.expect_error(["search", "in", "-o", "out"], "in: cannot read: Is a directory")

    def test_unknown_keys(self):
        self.refuses(RUN + "policy: {epsilonn: 1}\n",
                     "in/run.yaml:6: policy.epsilonn: unknown key; did you mean policy.epsilon_0?")
        self.refuses(RUN + "polcy: {nu: 1}\n", "in/run.yaml:6: polcy: unknown key; did you mean policy?")
        self.refuses(RUN + "learning_rate: 1e-3\n",
                     "in/run.yaml:6: learning_rate: unknown key; did you mean training.learning_rate?")
        self.refuses(RUN, "--set: policy.mu: unknown key; did you mean policy.nu?", "--set", "policy.mu=1")
        self.refuses(RUN + "seed: 1\nseed: 2\n", "in/run.yaml:7: seed: given twice, first on line 6")

    def test_values_out_of_range(self):
        self.refuses(RUN + "policy: {nu: 1.5}\n", "in/run.yaml:6: policy.nu: 1.5, expected a number from 0 to 1")
        self.refuses(RUN + "policy: {nu: .inf}\n", "in/run.yaml:6: policy.nu: .inf, expected a number from 0 to 1")
        self.refuses(RUN + "seed: 1.5\n",
                     "in/run.yaml:6: seed: 1.5, expected a whole number from 0 to 9007199254740992")
        self.refuses(RUN, "--set: training.batch: 0, expected a whole number from 1 to 100000",
                     "--set", "training.batch=0")
        self.refuses(RUN, "--set: image.kind: onehot, expected one_hot, gaussian, agr, displaced or angular", "--set", "image.kind=onehot")
        self.refuses(RUN, "policy: epsilon_0 + epsilon_nu = 1.7, expected at most 1",
                     "--set", "policy={epsilon_0: 0.9, epsilon_nu: 0.8}")

    def test_elements_and_counts(self):
        self.refuses(RUN, "--set: system.place: Cx is not an element", "--set", "system.place={Cx: 3}")
        self.refuses(RUN, "--set: system.place: C: 0, expected a whole number from 1 to 1000000",
                     "--set", "system.place={C: 0}")
        self.refuses(RUN, "--set: system.place: C: 99999999999, expected a whole number from 1 to 1000000",
                     "--set", "system.place={C: 99999999999}")
        self.refuses(RUN, "system.place: expected the atoms to place, such as {C: 23}",
                     "--set", "system.place={}")

    def test_evaluators(self):
        self.refuses(RUN, 'unknown evaluator "foo"; known: kim xtb lj command ipi lammps model plugin process', "--set", "evaluator=foo")
        self.write("in/run.yaml", RUN)
        result = self.run_program("search", "in/run.yaml", "-o", "out", "--set", "evaluator=kim:Nothing_2020")
        self.assertRegex(result.stderr, r"\Aadatom: .*Nothing_2020.*openkim-models.*\n\Z")
        self.assertEqual(result.returncode, 2)
        result = self.run_program("search", "in/run.yaml", "-o", "out", "--set", "system.place={Xe: 2}",
                                  "--set", "evaluator=" + TERSOFF)
        self.assertRegex(result.stderr, r"\Aadatom: .*Xe.*\n\Z")
        self.assertEqual(result.returncode, 2)
        self.assertFalse((self.folder / "out").exists())

    def test_geometry(self):
        self.refuses_template(TEMPLATE.replace("1\n", "2\n", 1) + "C 0.1 0.0 5.0\n",
                              "FILE: atoms 1 (C) and 2 (C) are 0.100 Å apart, policy.c1 = 0.5 asks for 0.380 Å")
        self.refuses_template(TEMPLATE.replace("0 7.40 0", "17.08 0 0"),
                              "FILE: singular cell: lattice vector 2 is periodic, but zero or dependent on the others")
        self.refuses_template(TEMPLATE.replace("C 0.0", "C 1e300"), "FILE: atom 1 is not at a finite position")
        self.refuses(RUN.replace("template: template.xyz", "cell: [5, 0, 9]\n  pbc: [1, 1, 0]"), "system.cell: "
                     "singular cell: lattice vector 2 is periodic, but zero or dependent on the others")
        self.write("in/template.xyz", TEMPLATE)
        self.refuses(RUN, "grid: 3 atoms to place, but only 1 of 2 points are open to them at the start",
                     "--set", "grid.shape=[2, 1]")

    def test_extended_xyz(self):
        self.refuses_template(TEMPLATE.replace("0.0 5.0", "0.0"),
                              "FILE:3: atom 1 of 1: expected 4 columns (species:S:1:pos:R:3), found 3")
        self.refuses_template(TEMPLATE.replace("0.0 5.0", "nan 5.0"),
                              'FILE:3: position: expected a finite number, found "nan"')
        self.refuses_template(TEMPLATE.replace("1\n", "3\n", 1), "FILE:3: expected 3 atoms, the file ends after 1")
        self.refuses_template(TEMPLATE.replace("1\n", "99999999999999999999\n", 1),
                              'FILE:1: expected the number of atoms, found "99999999999999999999"')
        self.refuses_template(TEMPLATE.replace("1\n", "9999999999999999\n", 1),
                              "FILE:3: expected 9999999999999999 atoms, the file ends after 1")
        self.refuses_template("", "FILE:1: expected the number of atoms, the file is empty")
        self.refuses_template(TEMPLATE.replace("C 0.0", "Qq 0.0"),
                              'FILE:3: expected the symbol of an element, found "Qq"')
        os.remove(self.folder / "in" / "template.xyz")
        path = os.path.realpath(self.folder / "in") + "/template.xyz"
        self.refuses(RUN, f"{path}: cannot open: No such file or directory")

    def test_a_folder_that_holds_a_run(self):
        self.write("in/run.yaml", RUN)
        self.expect_output("search", "in/run.yaml", "-o", "out", "--quiet")
        before = {p.name: p.read_bytes() for p in (self.folder / "out").iterdir()}
        self.expect_error(["search", "in/run.yaml", "-o", "out"],
                          "out: already holds a run (run.yaml); `adatom resume` goes on with it")
        self.assertEqual({p.name: p.read_bytes() for p in (self.folder / "out").iterdir()}, before)
        self.write("file", "")
        self.expect_error(["search", "in/run.yaml", "-o", "file"], "file: is a file, expected a folder for the run")
        self.expect_error(["search", "in/run.yaml", "-o", "file/run"], "file: cannot make the folder: File exists")

    def test_a_folder_that_holds_files_of_others(self):
        self.write("in/search.yaml", RUN)
        self.write("notes/report.html", "mine")
        self.expect_error(["search", "in/search.yaml", "-o", "notes"],
                          "notes: holds a file report.html that would be lost")
        self.write("notes/template.extxyz", TEMPLATE.replace("C 0", "H 0"))
        os.remove(self.folder / "notes" / "report.html")
        self.expect_error(["search", "in/search.yaml", "-o", "notes"],
                          "notes/template.extxyz: is there, and is not the template")
        self.assertEqual(os.listdir(self.folder / "notes"), ["template.extxyz"])
        # The template itself is not written anew.
        text = TEMPLATE.replace("pbc=", "source=me pbc=")
        self.write("notes/template.extxyz", text)
        self.write("notes/search.yaml", RUN.replace("template.xyz", "template.extxyz"))
        self.expect_output("search", "notes/search.yaml", "-o", "notes", "--quiet")
        self.assertEqual(self.read("notes/template.extxyz"), text)

    def test_resume_without_a_run(self):
        self.expect_error(["report", "in"], "in: expected the folder of a run, with run.yaml and log.csv")
        for words in (["resume", "in"], ["resume", "none"], ["info", "none"], ["report", "none"]):
            result = self.run_program(*words)
            self.assertRegex(result.stderr, r"\Aadatom: (in|none)\b.*\n\Z")
            self.assertEqual(result.returncode, 2)


if __name__ == "__main__":
    unittest.main()

"""adatom explain on the command line: what it prints and writes, and what it refuses in one line."""

import re
import unittest

from program import ProgramTest

RUN = ("system: {cell: [9, 9, 9], place: {C: 2, O: 1}}\n"
       "grid: {shape: [12, 12]}\n"
       'evaluator: "lj:epsilon=0.1,sigma=1.5,cutoff=5"\n'
       "network: {filters: [3], filter_pixels: [5]}\n"
       "design: {motif: O bound to 2 C, bond_tolerance: 0.5}\n"
       "policy: {c1: 1, c2: 4, c2_pairs: {O-O: 0}}\n"
       "stop: {episodes: 6}\n")


class Explain(ProgramTest):
    def setUp(self):
        super().setUp()
        self.write("run.yaml", RUN)
        self.expect_output("search", "run.yaml", "-o", "run", "--quiet")

    def test_prints_and_draws(self):
        output = self.expect_output("explain", "run")
        self.assertRegex(output, r"action +[CO] at [\d. ]+ Å, the greedy one\n")
        self.assertEqual(len(re.findall(r"^ +\d+  [CO] ", output, re.M)), 2)
        self.assertTrue((self.folder / "explain.svg").read_bytes().startswith(b"<?xml"))
        output = self.expect_output("explain", "run/checkpoint.h5", "--step", "0", "--at", "O,4,4,4.5", "-o", "a.png")
        self.assertRegex(output, r"action +O at 4\.\d+ 4\.\d+ 4\.500 Å\n")
        self.assertTrue((self.folder / "a.png").read_bytes().startswith(b"\x89PNG"))
        self.write("own.xyz", '1\nLattice="9 0 0 0 9 0 0 0 9" pbc="F F F"\nC 4.1 4.1 4.5\n')
        output = self.expect_output("explain", "run", "own.xyz")
        self.assertEqual(len(re.findall(r"^ +\d+  [CO] ", output, re.M)), 1)

    def test_refuses(self):
        self.expect_error(["explain", "run", "-o", "a.txt"], "a.txt: expected a name that ends in .svg or .png")
        self.expect_error(["explain", "run", "--at", "C,1"],
                          "--at: C,1, expected an element and a place in Å, such as C,1.5,2,6")
        self.expect_error(["explain", "run", "--at", "N,1,1,1"], "the agent does not place N")
        self.expect_error(["explain", "run", "--at", "C,50,1,1"], "the place 50, 1, 1 is not on the grid")
        self.expect_error(["explain", "run", "--step", "3"], "step 3, expected 0 to 2 atoms before the action")
        self.assertEqual(self.run_program("explain", "run.yaml").returncode, 2)
        self.write("own.xyz", '2\nLattice="9 0 0 0 9 0 0 0 9" pbc="F F F"\nO 4 4 4.5\nO 6 6 4.5\n')
        self.expect_error(["explain", "run", "own.xyz"],
                          "atom 2 (O) is one more than system.place and the template have")


if __name__ == "__main__":
    unittest.main()

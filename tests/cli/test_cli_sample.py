"""adatom sample: the trajectory of LAMMPS, the file that it writes, and how it ends."""

import pathlib
import signal
import subprocess
import time
import unittest

import ase.build
import ase.io
import numpy

from program import ENVIRONMENT, PROGRAM, ProgramTest

EPSILON, SIGMA, CUTOFF = 0.0104, 3.4, 7.0
EVALUATOR = f"lj:epsilon={EPSILON},sigma={SIGMA},cutoff={CUTOFF}"

# One eV/u in (Å/fs)^2, CODATA 2018.
EV_PER_U = 1.602176634e-19 / 1.66053906660e-27 * 1e-10
ARGON_MASS = 39.948

# In units of eV, Å and fs, which LAMMPS takes as plain numbers, so that its constants do not matter.
LAMMPS = """units lj
atom_style atomic
boundary p p p
read_data atoms.data
mass * {mass!r}
pair_style lj/cut {cutoff}
pair_coeff * * {epsilon} {sigma}
neighbor 1.0 bin
neigh_modify delay 0 every 1 check yes
timestep {time_step}
fix 1 all nve
dump 1 all custom 10 trajectory.dump id xu yu zu fx fy fz
dump_modify 1 sort id format float %.17g
run 50
"""

RUN = """system:
  structures: start.xyz
evaluator: {evaluator}
method: {method}
steps: {steps}
dynamics: {{time_step: 2, temperature: {temperature}}}
{more}
"""


def crystal():
    """Argon, shaken so that it moves at once."""
    atoms = ase.build.bulk("Ar", "fcc", a=5.3, cubic=True).repeat((3, 3, 3))
    atoms.rattle(0.25, seed=5)
    return atoms


class Sample(ProgramTest):
    def setUp(self):
        super().setUp()
        ase.io.write(self.folder / "start.xyz", crystal(), format="extxyz")

    def write_run(self, method="nve", steps=50, temperature=0, more="", evaluator=EVALUATOR):
        self.write("run.yaml", RUN.format(evaluator=evaluator, method=method, steps=steps,
                                          temperature=temperature, more=more))

    def sample(self, *words):
        result = self.run_program("sample", "run.yaml", "-o", "out.xyz", *words)
        self.assertEqual(result.stderr, "")
        self.assertEqual(result.returncode, 0)
        return ase.io.read(self.folder / "out.xyz", index=":", format="extxyz")

    def lammps_trajectory(self, atoms):
        """Positions and forces at every tenth step, [6][atom][3]."""
        rows = [f"{number} 1 {x!r} {y!r} {z!r}" for number, (x, y, z) in enumerate(atoms.positions.tolist(), 1)]
        edges = "".join(f"0 {edge!r} {x}lo {x}hi\n" for edge, x in zip(atoms.cell.lengths().tolist(), "xyz"))
        self.write("atoms.data", f"argon\n\n{len(atoms)} atoms\n1 atom types\n{edges}\nAtoms\n\n"
                   + "\n".join(rows) + "\n")
        self.write("in.lmp", LAMMPS.format(mass=ARGON_MASS / EV_PER_U, cutoff=CUTOFF, epsilon=EPSILON,
                                           sigma=SIGMA, time_step=2))
        subprocess.run(["lmp", "-in", "in.lmp", "-log", "none"], cwd=self.folder, check=True, timeout=120,
                       stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL,
                       env={"PATH": "/usr/bin:/bin", "OMPI_MCA_ess_singleton_isolated": "1"})
        lines = self.read("trajectory.dump").splitlines()
        size = len(atoms) + 9
        frames = [lines[at + 9:at + size] for at in range(0, len(lines), size)]
        numbers = numpy.array([[[float(word) for word in line.split()[1:]] for line in frame] for frame in frames])
        return numbers[:, :, :3], numbers[:, :, 3:]

    def test_the_trajectory_is_that_of_lammps(self):
        self.write_run()
        frames = self.sample()
        positions, forces = self.lammps_trajectory(frames[0])
        self.assertEqual(len(frames), 6)
        self.assertEqual(len(positions), 6)
        moved = numpy.abs(frames[5].positions - frames[0].positions).max()
        self.assertGreater(moved, 0.05)
        for number, frame in enumerate(frames):
            self.assertEqual(frame.info["step"], 10 * number)
            self.assertAlmostEqual(frame.info["time"], 20 * number)
            numpy.testing.assert_allclose(frame.positions, positions[number], rtol=0, atol=1e-8)
            numpy.testing.assert_allclose(frame.get_forces(), forces[number], rtol=0, atol=1e-8)

    def test_frames_say_where_they_are_from(self):
        ase.io.write(self.folder / "start.xyz", [crystal(), crystal()], format="extxyz")
        self.write_run("langevin", steps=20, temperature=40,
                       more="restart: {count: 1}\nsampling: {rule: force, alpha: 0.1, longest: 8, atoms: [3, 5]}")
        frames = self.sample("--seed", "3", "--threads", "1")
        text = self.read("out.xyz")
        self.sample("--seed", "4")
        self.assertNotEqual(self.read("out.xyz"), text)
        self.sample("--seed", "3")
        self.assertEqual(self.read("out.xyz"), text)
        self.assertEqual({frame.info["structure"] for frame in frames}, {1, 2})
        self.assertEqual({frame.info["restart"] for frame in frames}, {0, 1})
        for frame in frames:
            tracked = numpy.atleast_1d(frame.info["sampled_atoms"])
            self.assertTrue(set(tracked) <= {3, 5} and len(tracked) > 0)
            self.assertEqual(frame.info["time"], 2 * frame.info["step"])
            self.assertGreater(frame.info["temperature"], 10)
            self.assertLess(frame.get_potential_energy(), 0)

    def test_fixed_atoms_and_plane(self):
        self.write("fixed.yaml", RUN.format(evaluator=EVALUATOR, method="nose_hoover", steps=50, temperature=60,
                                            more="").replace("start.xyz", "start.xyz\n  fixed: [0, 7]\n"
                                                             "  fixed_ranges: [[20, 22]]\n  normal: [0, 0, 1]"))
        result = self.run_program("sample", "fixed.yaml", "-o", "out.xyz", "-q")
        self.assertEqual((result.stdout, result.stderr), ("", ""))
        frames = ase.io.read(self.folder / "out.xyz", index=":", format="extxyz")
        moves = frames[-1].positions - frames[0].positions
        self.assertEqual(numpy.abs(moves[[0, 7, 20, 21, 22]]).max(), 0)
        self.assertEqual(numpy.abs(moves[:, 2]).max(), 0)
        self.assertGreater(numpy.abs(moves).max(), 0.01)

    def test_relaxations_agree(self):
        energies = []
        for method in ("fire", "lbfgs"):
            self.write_run(method, steps=2000, more="relax: {force_tolerance: 1e-5}")
            frames = self.sample()
            self.assertEqual(len(frames), 1)
            self.assertTrue(frames[0].info["converged"])
            self.assertLess(numpy.linalg.norm(frames[0].get_forces(), axis=1).max(), 1e-5)
            energies.append(frames[0].get_potential_energy())
        self.assertAlmostEqual(energies[0], energies[1], 7)

    def test_ctrl_c_keeps_what_was_sampled(self):
        self.write_run(steps=100000000, temperature=40)
        with subprocess.Popen([PROGRAM, "sample", "run.yaml", "-o", "out.xyz"], cwd=self.folder, env=ENVIRONMENT,
                              stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as process:
            process.stdout.readline()  # the progress: it runs
            time.sleep(0.3)
            process.send_signal(signal.SIGINT)
            _, complaint = process.communicate(timeout=60)
        self.assertEqual(process.returncode, 1)
        self.assertRegex(complaint, r"\Aadatom: \S*start\.xyz: structure 1 after restart 0, step \d+: "
                                    r"stopped on request; \d+ structures were sampled\n\Z")
        frames = ase.io.read(self.folder / "out.xyz", index=":", format="extxyz")
        self.assertEqual(len(frames), int(complaint.split()[-4]))
        self.assertEqual([frame.info["step"] for frame in frames], list(range(0, 10 * len(frames), 10)))

    def test_a_failing_evaluator_keeps_what_was_sampled(self):
        engine = pathlib.Path(self.write("engine.py", FAILING_ENGINE))
        self.write_run("langevin", temperature=40, evaluator=f"command:/usr/bin/python3 {engine}",
                       more="sampling: {every: 1}")
        result = self.run_program("sample", "run.yaml", "-o", "out.xyz", "-q")
        self.assertEqual(result.returncode, 1)
        self.assertRegex(result.stderr, r"structure 1 after restart 0, step 4: .*; 5 structures were sampled\n")
        self.assertEqual(len(ase.io.read(self.folder / "out.xyz", index=":", format="extxyz")), 5)

    def test_bad_input(self):
        self.write_run()
        self.expect_error(["sample", "run.yaml"], "sample: -o OUT is missing", 2)
        self.expect_error(["sample", "run.yaml", "-o", "no/such/out.xyz"],
                          "no/such/out.xyz: cannot write: there is no such folder, or it is not ours", 1)
        result = self.run_program("sample", "run.yaml", "-o", "out.xyz", "--set", "system.fixed=[108]")
        self.assertRegex(result.stderr, r"structure 1: system\.fixed: 108 is not the index of an atom")
        self.assertEqual(result.returncode, 2)
        self.assertFalse((self.folder / "out.xyz").exists())
        self.write("run.yaml", "steps: 5\n")
        self.expect_error(["sample", "run.yaml", "-o", "out.xyz"], "run.yaml: system.structures is missing", 2)


FAILING_ENGINE = """import pathlib
import sys

calls = pathlib.Path(__file__).with_name("calls")
count = len(calls.read_text()) if calls.exists() else 0
calls.write_text("x" * (count + 1))
if count == 5:
    sys.exit("no more")
lines = sys.stdin.read().splitlines()
print(lines[0])
print('Properties=species:S:1:pos:R:3:forces:R:3 energy=-1.0 pbc="T T T" ' + lines[1][:lines[1].index('" ') + 1])
for line in lines[2:]:
    print(" ".join(line.split()[:4]), "0 0 0")
"""

if __name__ == "__main__":
    unittest.main()

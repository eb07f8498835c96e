"""The evaluator `ipi` with real clients: ASE's socket client and LAMMPS (fix ipi)."""

import os
import pathlib
import signal
import subprocess
import sys
import time
import unittest

import ase.build
import ase.io
import numpy
from ase.calculators.emt import EMT

HERE = pathlib.Path(__file__).resolve()
sys.path.insert(0, str(HERE.parents[1] / "cli"))

from program import ENVIRONMENT, PROGRAM, ProgramTest  # noqa: E402

ASE_CLIENT = HERE.parents[2] / "examples" / "ipi" / "ase_client.py"
SW = "SW_StillingerWeber_1985_Si"

# An EMT that notes each evaluation in a file, and takes its time over the one that is told.
SLOW_EMT = """
import os, time
from ase.calculators.emt import EMT
class SlowEMT(EMT):
    def __init__(self, log, slow_at=-1):
        EMT.__init__(self)
        self.log, self.slow_at, self.count = log, slow_at, 0
    def calculate(self, atoms=None, properties=("energy",), system_changes=()):
        self.count += 1
        with open(self.log, "a") as stream:
            stream.write(f"{os.getpid()} {self.count}\\n")
        if self.count == self.slow_at:
            time.sleep(60)
        EMT.calculate(self, atoms, properties, system_changes)
"""


def copper(seed, turned):
    """Shaken copper in its skewed cell of one atom, repeated."""
    atoms = ase.build.bulk("Cu", "fcc", a=3.6).repeat((2, 2, 2))
    atoms.rattle(0.1, seed=seed)
    if turned:
        atoms.rotate(37, (1, 2, 3), rotate_cell=True)
    return atoms


def silicon(seed):
    """Shaken silicon in a strained cell that is neither triangular nor right-angled."""
    atoms = ase.build.bulk("Si", "diamond", a=5.43, cubic=True)
    strain = 0.05 * numpy.random.RandomState(seed).randn(3, 3)
    atoms.set_cell(atoms.cell @ (numpy.eye(3) + strain), scale_atoms=True)
    atoms.rattle(0.1, seed=seed)
    return atoms


def full_name(model):
    """The name with its version, which LAMMPS wants."""
    return next(pathlib.Path("/usr/lib").glob(f"*/kim-api/portable-models/{model}__MO_*")).name


def free_port():
    """A port that nobody listens at now."""
    import socket
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


class Clients(ProgramTest):
    count = 0

    def setUp(self):
        super().setUp()
        Clients.count += 1
        self.name = f"adatom-clients-{os.getpid()}-{Clients.count}"
        self.children = []
        self.write("slow_emt.py", SLOW_EMT)
        self.addCleanup(self.end_children)

    def end_children(self):
        for child in self.children:
            if child.poll() is None:
                child.kill()
            child.communicate()

    def start(self, words, **more):
        environment = dict(ENVIRONMENT, PYTHONPATH=str(self.folder), OMP_NUM_THREADS="1", **more)
        child = subprocess.Popen([str(word) for word in words], cwd=self.folder, env=environment, text=True,
                                 stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
        self.children.append(child)
        return child

    def start_ase(self, address, atoms, calculator="ase.calculators.emt:EMT", settings=(), pbc="TTT"):
        words = [sys.executable, "-B", ASE_CLIENT, address, atoms, "--pbc", pbc, "--calculator", calculator]
        for setting in settings:
            words += ["--set", setting]
        return self.start(words)

    def start_slow(self, slow_at=-1):
        return self.start_ase(self.name, "Cu8", "slow_emt:SlowEMT", ["log=log.txt", f"slow_at={slow_at}"])

    def log(self):
        """(process, how many-th evaluation of its own) in the order of the evaluations."""
        path = self.folder / "log.txt"
        return [tuple(map(int, line.split())) for line in path.read_text().splitlines()] if path.exists() else []

    def evaluate(self, frames, spec):
        ase.io.write(self.folder / "in.xyz", frames, format="extxyz")
        self.expect_output("evaluate", "in.xyz", "-q", "-e", spec, "-o", "out.xyz")
        return ase.io.read(self.folder / "out.xyz", index=":", format="extxyz")

    def written(self):
        return ase.io.read(self.folder / "in.xyz", index=":", format="extxyz")

    def expect_emt(self, frames, results):
        """frames are as written, so with rounded positions."""
        self.assertEqual(len(results), len(frames))
        for frame, result in zip(frames, results):
            frame.calc = EMT()
            self.assertAlmostEqual(result.get_potential_energy(), frame.get_potential_energy(), 9)
            numpy.testing.assert_allclose(result.get_forces(), frame.get_forces(), atol=1e-8)

    def expect_good_end(self, client):
        output, _ = client.communicate(timeout=30)
        self.assertEqual((output, client.returncode), ("", 0))


class ASE(Clients):
    def test_unix_socket(self):
        """Also in cells that the protocol has turned round; the client ends well with the program."""
        frames = [copper(seed, turned) for seed in (1, 2) for turned in (False, True)]
        client = self.start_ase(self.name, "Cu8")
        results = self.evaluate(frames, f"ipi:{self.name},wait=30")
        self.expect_emt(self.written(), results)
        self.expect_good_end(client)
        self.assertFalse(pathlib.Path(f"/tmp/ipi_{self.name}").exists())

    def test_inet_socket(self):
        address = f"localhost:{free_port()}"
        frames = [copper(seed, True) for seed in range(3)]
        client = self.start_ase(address, "Cu8")
        results = self.evaluate(frames, f"ipi:{address},wait=30")
        self.expect_emt(self.written(), results)
        self.expect_good_end(client)

    def test_a_molecule_without_a_cell(self):
        """And elements in another order than the client's."""
        atoms = ase.Atoms("CuOCuO", [[0, 0, 0], [1.8, 0.2, 0], [0.1, 1.9, 0], [1.7, 2.2, 0.4]])
        client = self.start_ase(self.name, "Cu2O2", pbc="FFF")
        spec = f"ipi:{self.name},wait=30,box=15,elements=Cu2O2"
        results = self.evaluate([atoms], spec)
        self.expect_emt(self.written(), results)
        self.expect_good_end(client)

    def test_one_of_several_is_killed_in_its_work(self):
        """The structure that it had goes to another one, and one that comes back is used again."""
        frames = [copper(seed, False) for seed in range(12)]
        ase.io.write(self.folder / "in.xyz", frames, format="extxyz")
        program = self.start([PROGRAM, "evaluate", "in.xyz", "-q", "-e", f"ipi:{self.name},wait=30", "-o", "out.xyz"])
        victims = [self.start_slow(slow_at=3) for _ in range(2)]
        killed = set()
        end = time.monotonic() + 60
        while len(killed) < 2 and time.monotonic() < end:
            busy = [pid for pid, count in self.log() if count == 3 and pid not in killed]
            for pid in busy:
                self.assertIsNone(program.poll())
                os.kill(pid, signal.SIGKILL)
                killed.add(pid)
            time.sleep(0.02)
        self.assertEqual(killed, {client.pid for client in victims})
        heir = self.start_slow()
        output, _ = program.communicate(timeout=60)
        self.assertEqual((output, program.returncode), ("", 0))
        self.expect_emt(self.written(), ase.io.read(self.folder / "out.xyz", index=":", format="extxyz"))
        self.expect_good_end(heir)
        self.assertGreater(len([pid for pid, _ in self.log() if pid == heir.pid]), 6)

    def test_a_search(self):
        ase.io.write(self.folder / "template.xyz", ase.Atoms(
            "Cu", [[4, 4, 5]], cell=[8, 8, 10], pbc=[True, True, False]), format="extxyz")
        self.write("run.yaml", "system: {template: template.xyz, place: {Cu: 2}}\n"
                   "grid: {spacing: 0.5}\nnetwork: {filters: [2], filter_pixels: [3, 3]}\n"
                   f"evaluator: ipi:{self.name},wait=30\nstop: {{episodes: 5}}\nseed: 1\n")
        client = self.start_ase(self.name, "Cu3", pbc="TTF")
        result = self.run_program("search", "run.yaml", "-o", "run", "-q")
        self.assertEqual((result.stderr, result.returncode), ("", 0))
        best = ase.io.read(self.folder / "run" / "best.extxyz")
        again = best.copy()
        again.calc = EMT()
        self.assertAlmostEqual(best.get_potential_energy(), again.get_potential_energy(), 6)
        self.expect_good_end(client)

    def test_a_client_that_cannot_do_it(self):
        """Other atoms than the structure's: each client falls over it."""
        ase.io.write(self.folder / "in.xyz", copper(1, False), format="extxyz")
        for _ in range(3):
            self.start_ase(self.name, "Cu7")
        self.expect_error(["evaluate", "in.xyz", "-e", f"ipi:{self.name},wait=30", "-o", "out.xyz"],
                          "in.xyz: 1 of 1 structures failed; structure 1: 3 i-PI clients were lost on this "
                          "structure; the last one: it closed the connection", 1)


class LAMMPS(Clients):
    def start_lammps(self, address, atoms, potential, first=""):
        """The box is made as a prism, for any cell may come."""
        ase.io.write(self.folder / "start.lmp", atoms, format="lammps-data", force_skew=True)
        self.write("in.lammps", f"{first or 'units metal'}\natom_style atomic\natom_modify map array\n"
                   f"box tilt large\nread_data start.lmp\nmass 1 28\n{potential}\n"
                   f"fix 1 all ipi {address}\nrun 100000000\n")
        return self.start(["lmp", "-in", "in.lammps", "-log", "none", "-screen", "none"])

    def expect_same(self, results, others):
        """LAMMPS converts by k_B in Hartree / k_B in eV, each of eight digits: energies are off by 1.0e-8 of themselves."""
        for result, other in zip(results, others):
            energy = other.get_potential_energy()
            self.assertLess(abs(result.get_potential_energy() - energy), 1.5e-8 * abs(energy) + 5e-8)
            numpy.testing.assert_allclose(result.get_forces(), other.get_forces(), rtol=1e-7, atol=2e-7)
            numpy.testing.assert_allclose(result.get_stress(), other.get_stress(), rtol=1e-6, atol=1e-8)

    def test_lennard_jones(self):
        frames = []
        for seed in range(3):
            atoms = ase.build.bulk("Ar", "fcc", a=5.2).repeat((3, 3, 3))
            atoms.rattle(0.1, seed=seed)
            atoms.rotate(50 * seed, (1, -1, 2), rotate_cell=True)
            frames.append(atoms)
        self.start_lammps(f"{self.name} 0 unix", frames[0],
                          "pair_style lj/cut 7.5\npair_coeff 1 1 0.0104 3.4\npair_modify shift yes")
        results = self.evaluate(frames, f"ipi:{self.name},wait=30")
        self.expect_same(results, self.evaluate(frames, "lj:epsilon=0.0104,sigma=3.4,cutoff=7.5"))

    def test_stillinger_weber_over_inet(self):
        """The cell changes from structure to structure; answers are not held back by Nagle's algorithm."""
        frames = [silicon(seed) for seed in range(25)]
        port = free_port()
        self.start_lammps(f"localhost {port}", frames[0], "kim interactions Si", f"kim init {full_name(SW)} metal")
        start = time.monotonic()
        results = self.evaluate(frames, f"ipi:localhost:{port},wait=30")
        seconds = time.monotonic() - start
        self.expect_same(results, self.evaluate(frames, f"kim:{SW}"))
        self.assertLess(seconds, 25 * 0.08 + 1.5)


if __name__ == "__main__":
    unittest.main()

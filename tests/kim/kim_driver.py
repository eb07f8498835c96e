"""A trained potential as a portable model of the KIM API: the same numbers in adatom and in LAMMPS, in serial
and under mpirun, energy that stays in molecular dynamics, pressure, and a restart."""

import csv
import os
import pathlib
import re
import shutil
import subprocess
import sys
import tempfile
import unittest

import ase.build
import ase.io
import numpy

PROGRAM, CMAKE, BUILD, LIBRARY = (pathlib.Path(sys.argv.pop(1)) for _ in range(4))
os.environ["ADATOM_LIBRARY"] = str(LIBRARY)
sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[2] / "python"))
ELASTIC = pathlib.Path(__file__).resolve().parents[2] / "examples" / "silicon" / "elastic.py"

SILICON = "kim:SW_StillingerWeber_1985_Si"
BAR = 1.602176634e6  # of 1 eV/Å^3

RUN = """kind: potential
data: {{structures: {name}.data.xyz, validation: 0}}
descriptor: "bessel:cutoff={cutoff},n_max=3,l_max=3"
network: {{hidden: [6]}}
optimizer: {{method: levenberg_marquardt, epochs: {epochs}}}
"""

LAMMPS = """units metal
atom_style atomic
boundary p p p
newton {newton}
box tilt large
read_data {data}
pair_style kim {model}
pair_coeff * * {elements}
compute each all pe/atom
thermo_style custom step pe pxx pyy pzz pyz pxz pxy etotal
thermo_modify format float %.15g
dump 1 all custom 1000000 forces.dump id fx fy fz c_each
dump_modify 1 sort id format float %.15g
{commands}
"""


class KimDriver(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.folder = pathlib.Path(tempfile.mkdtemp(prefix="adatom-kim-"))
        cls.addClassCleanup(shutil.rmtree, cls.folder)
        cls.environment = dict(os.environ, OMP_NUM_THREADS="1")
        for kind in ("MODEL_DRIVERS", "PORTABLE_MODELS", "SIMULATOR_MODELS"):
            (cls.folder / kind).mkdir()
            cls.environment[f"KIM_API_{kind}_DIR"] = str(cls.folder / kind)
        cls.run_words(CMAKE, "--install", BUILD, "--component", "kim", "--prefix", cls.folder / "prefix")
        cls.install(cls.folder / "prefix/share/adatom/kim/adatom_potential_driver")
        cls.make_silicon()
        cls.make_carbide()

    @classmethod
    def run_words(cls, *words):
        result = subprocess.run([str(word) for word in words], cwd=cls.folder, env=cls.environment, timeout=400,
                                capture_output=True, text=True, check=False, stdin=subprocess.DEVNULL)
        assert result.returncode == 0, f"{words}:\n{result.stdout}\n{result.stderr}"
        return result.stdout

    @classmethod
    def install(cls, source):
        cls.run_words("kim-api-collections-management", "install", "environment", source)

    @classmethod
    def make_model(cls, name, frames, evaluator, cutoff, epochs):
        ase.io.write(cls.folder / f"{name}.xyz", frames, format="extxyz")
        cls.run_words(PROGRAM, "evaluate", "-e", evaluator, f"{name}.xyz", "-o", f"{name}.data.xyz")
        (cls.folder / f"{name}.yaml").write_text(RUN.format(name=name, cutoff=cutoff, epochs=epochs))
        cls.run_words(PROGRAM, "train", f"{name}.yaml", "-o", f"{name}.h5", "-q")
        cls.run_words(PROGRAM, "export", f"{name}.h5", "--kim", name)
        cls.install(cls.folder / name)

    @classmethod
    def make_silicon(cls):
        crystal = ase.build.bulk("Si", "diamond", a=5.431, cubic=True).repeat(2)
        frames = []
        for seed in range(12):
            frames.append(crystal.copy())
            frames[-1].rattle(0.02 + 0.015 * seed, seed=seed)
        cls.make_model("Si_trained", frames, SILICON, 3.7711, 12)

    @classmethod
    def make_carbide(cls):
        """Two elements with networks of their own, in a skewed cell that is smaller than the cutoff."""
        cell = ase.build.bulk("SiC", "zincblende", a=4.36)
        frames = []
        for seed in range(12):
            frames.append(cell.repeat((2, 1, 2)))
            frames[-1].rattle(0.08, seed=seed)
        cls.make_model("SiC_trained", frames, "lj:epsilon=0.4,sigma=1.7,cutoff=4", 4, 8)

    def evaluate(self, name, evaluator):
        self.run_words(PROGRAM, "evaluate", "-e", evaluator, f"{name}.xyz", "-o", "evaluated.xyz")
        return ase.io.read(self.folder / "evaluated.xyz", ":")

    def lammps(self, atoms, model, commands="run 0", processes=1, newton="on"):
        """The rows of the thermo output [step pe pxx pyy pzz pyz pxz pxy etotal], forces, energies of atoms."""
        elements = sorted(set(atoms.get_chemical_symbols()))
        self.write_data(atoms, elements)
        (self.folder / "in.lmp").write_text(LAMMPS.format(
            data="atoms.data", model=model, elements=" ".join(elements), commands=commands, newton=newton))
        words = ["lmp", "-in", "in.lmp", "-log", "none"]
        if processes > 1:
            words = ["mpirun", "--allow-run-as-root", "--oversubscribe", "-np", str(processes), *words]
        output = self.run_words(*words)
        rows = [[float(word) for word in line.split()] for line in output.splitlines()
                if re.fullmatch(r"\s*\d+(\s+[-+.e\d]+){8}\s*", line)]
        table = numpy.loadtxt(self.folder / "forces.dump", skiprows=9, max_rows=len(atoms))
        return numpy.array(rows), table[:, 1:4], table[:, 4]

    def write_data(self, atoms, elements):
        """Full digits; the cell must be lower triangular."""
        cell = atoms.cell.array
        symbols = atoms.get_chemical_symbols()
        lines = ["atoms", "", f"{len(atoms)} atoms", f"{len(elements)} atom types"]
        lines += [f"0 {cell[k, k]!r} {x}lo {x}hi" for k, x in enumerate("xyz")]
        lines += [f"{cell[1, 0]!r} {cell[2, 0]!r} {cell[2, 1]!r} xy xz yz", "", "Masses", ""]
        lines += [f"{n} {ase.Atoms(symbol).get_masses()[0]}" for n, symbol in enumerate(elements, 1)]
        lines += ["", "Atoms", ""]
        lines += [f"{i + 1} {elements.index(symbols[i]) + 1} {x!r} {y!r} {z!r}"
                  for i, (x, y, z) in enumerate(atoms.positions.tolist())]
        (self.folder / "atoms.data").write_text("\n".join(lines) + "\n")

    def test_same_numbers_in_adatom(self):
        """The portable model through adatom's own evaluator: energies, forces, energies of atoms and stress."""
        for name in ("Si_trained", "SiC_trained"):
            for ours, kim in zip(self.evaluate(name, f"model:{name}.h5"), self.evaluate(name, f"kim:{name}")):
                self.assertAlmostEqual(ours.get_potential_energy(), kim.get_potential_energy(), delta=1e-9)
                numpy.testing.assert_allclose(ours.get_forces(), kim.get_forces(), rtol=0, atol=1e-9)
                numpy.testing.assert_allclose(ours.calc.results["energies"], kim.calc.results["energies"], rtol=0,
                                              atol=1e-9)
                numpy.testing.assert_allclose(ours.get_stress(), kim.get_stress(), rtol=0, atol=1e-9)

    def test_same_numbers_in_ase(self):
        from adatom import Adatom
        for name in ("Si_trained", "SiC_trained"):
            calculator = Adatom(f"model:{self.folder / name}.h5")
            for kim in self.evaluate(name, f"kim:{name}")[:3]:
                atoms = kim.copy()
                atoms.calc = calculator
                self.assertAlmostEqual(atoms.get_potential_energy(), kim.get_potential_energy(), delta=1e-9)
                numpy.testing.assert_allclose(atoms.get_forces(), kim.get_forces(), rtol=0, atol=1e-9)
                numpy.testing.assert_allclose(atoms.get_stress(), kim.get_stress(), rtol=0, atol=1e-9)

    def check_lammps(self, name, frame, processes, newton="on"):
        ours = self.evaluate(name, f"model:{name}.h5")[frame]
        rows, forces, energies = self.lammps(ours, name, processes=processes, newton=newton)
        self.assertAlmostEqual(rows[0][1], ours.get_potential_energy(), delta=1e-9)
        numpy.testing.assert_allclose(forces, ours.get_forces(), rtol=0, atol=1e-9)
        numpy.testing.assert_allclose(energies, ours.calc.results["energies"], rtol=0, atol=1e-9)
        pressure = -ours.get_stress() * BAR
        numpy.testing.assert_allclose(rows[0][2:8], pressure, rtol=1e-7, atol=1e-3)

    def test_same_numbers_in_lammps(self):
        for processes in (1, 2):
            self.check_lammps("Si_trained", 7, processes)
        self.check_lammps("Si_trained", 7, 2, "off")

    def test_two_elements_in_lammps(self):
        """LAMMPS wants a lower triangular cell: the frame is turned first."""
        frame = ase.io.read(self.folder / "SiC_trained.xyz", 3)
        frame.set_cell(frame.cell.standard_form()[0], scale_atoms=True)
        ase.io.write(self.folder / "turned.xyz", frame, format="extxyz")
        self.run_words(PROGRAM, "evaluate", "-e", "model:SiC_trained.h5", "turned.xyz", "-o", "turned_out.xyz")
        ours = ase.io.read(self.folder / "turned_out.xyz")
        rows, forces, _ = self.lammps(ours.repeat(2), "SiC_trained", processes=2)
        self.assertAlmostEqual(rows[0][1], 8 * ours.get_potential_energy(), delta=1e-8)
        numpy.testing.assert_allclose(forces[:len(ours)], ours.get_forces(), rtol=0, atol=1e-9)

    def drift(self, model):
        """Range of the total energy along 2 ps at 300 K, in eV per atom."""
        atoms = ase.build.bulk("Si", "diamond", a=5.431, cubic=True).repeat(2)
        commands = ("velocity all create 600 11\nfix 1 all nve\ntimestep 0.001\nthermo 20\nrun 1000")
        totals = self.lammps(atoms, model, commands)[0][:, 8]
        self.assertEqual(len(totals), 51)
        settled = totals[10:]  # after the start, where half of the kinetic energy goes away
        slope = numpy.polyfit(numpy.arange(len(settled)), settled, 1)[0] * len(settled)
        return numpy.std(settled) / len(atoms), abs(slope) / len(atoms)

    def test_energy_is_conserved(self):
        """At the same time step total energies stray no more than with Stillinger and Weber's own potential."""
        found = [path.name for folder in ("/usr/lib", "/usr/local/lib")
                 for path in pathlib.Path(folder).glob("**/kim-api/portable-models/SW_StillingerWeber_1985_Si_*")]
        ours, theirs = self.drift("Si_trained"), self.drift(found[0])
        print(f"spread and drift of the total energy, eV/atom: {ours}, Stillinger-Weber {theirs}")
        self.assertLess(ours[0], 2 * theirs[0] + 1e-6)
        self.assertLess(ours[1], 2 * theirs[1] + 5e-6)

    def test_restart(self):
        """A run that is written to a restart file and read again goes on as one that was not."""
        atoms = ase.io.read(self.folder / "Si_trained.xyz", 2)
        start = "velocity all create 300 5\nfix 1 all nve\nthermo 10\n"
        whole = self.lammps(atoms, "Si_trained", start + "run 40")[0]
        self.lammps(atoms, "Si_trained", start + "run 20\nwrite_restart half.restart")
        script = (self.folder / "in.lmp").read_text()
        script = script.replace("read_data atoms.data", "read_restart half.restart")
        script = re.sub(r"velocity.*\n", "", script).replace("run 20\nwrite_restart half.restart", "run 20")
        script = re.sub(r"(units|atom_style|boundary|newton|box) .*\n", "", script)
        (self.folder / "in.lmp").write_text(script)
        output = self.run_words("lmp", "-in", "in.lmp", "-log", "none")
        last = [line.split() for line in output.splitlines() if re.fullmatch(r"\s*40(\s+[-+.e\d]+){8}\s*", line)][0]
        self.assertAlmostEqual(float(last[1]), whole[-1][1], delta=1e-8)
        self.assertAlmostEqual(float(last[8]), whole[-1][8], delta=1e-8)

    def test_constants_of_the_example(self):
        """examples/silicon/elastic.py in short: Stillinger and Weber's constants at 0 K, and a network near them."""
        self.run_words(sys.executable, "-B", ELASTIC, "--quick", "--program", PROGRAM, "-o", "elastic")
        with open(self.folder / "elastic/elastic.csv", newline="") as stream:
            rows = {(row["temperature"], row["constant"]): row for row in csv.DictReader(stream)}
        self.assertEqual(len(rows), 8)
        for name, known in {"C11": 151.42, "C12": 76.42, "C44": 56.45, "K": 101.42}.items():
            self.assertAlmostEqual(float(rows["0", name]["stillinger_weber"]), known, delta=0.03)
            for temperature in ("0", "300"):
                ours, theirs = (float(rows[temperature, name][key]) for key in ("network", "stillinger_weber"))
                self.assertLess(abs(ours / theirs - 1), 0.2, (temperature, name))

    def test_names(self):
        result = subprocess.run([PROGRAM, "export", "Si_trained.h5", "--kim", "1 bad"], cwd=self.folder,
                                capture_output=True, text=True, check=False)
        self.assertEqual((result.returncode, result.stderr),
                         (2, 'adatom: "1 bad": expected a name of letters, digits and _ for the model\n'))


if __name__ == "__main__":
    unittest.main()

"""The evaluators xtb:gfn0, gfn1 and gfn2 against the program xtb: energies and gradients."""

import os
import pathlib
import subprocess
import sys
import tempfile

import numpy as np
from ase.build import bulk, molecule
from ase.io import read, write
from ase.units import Bohr, Hartree

PROGRAM = pathlib.Path(sys.argv[1])
ENERGY_TOLERANCE = 1e-6  # Eh
GRADIENT_TOLERANCE = 1e-6  # Eh/bohr


def shaken(atoms, seed):
    """Atoms in no order: the program's gradient is wrong where atoms share a coordinate."""
    atoms = atoms.copy()
    atoms.rotate(33, (1, 2, 3), rotate_cell=False)
    atoms.rattle(0.05, seed=seed)
    return atoms


def by_the_program(folder, atoms, method, charge, unpaired, temperature):
    """Energy in Eh and gradient in Eh/bohr."""
    name = "POSCAR" if atoms.pbc.all() else "molecule.xyz"
    write(folder / name, atoms, format="vasp" if atoms.pbc.all() else "xyz")
    subprocess.run(
        ["xtb", name, "--gfn", method[-1], "--chrg", str(charge), "--uhf", str(unpaired),
         "--etemp", str(temperature), "--grad", "--norestart"],
        cwd=folder, check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, timeout=100,
        env={"OMP_NUM_THREADS": "1", "PATH": "/usr/bin:/bin", "XTBPATH": "/usr/share/xtb"})
    text = next(folder.glob("*.engrad")).read_text().splitlines()
    numbers = [line for line in text if not line.startswith("#")]
    count = int(numbers[0])
    gradient = np.array([float(line) for line in numbers[2:2 + 3 * count]]).reshape(-1, 3)
    return float(numbers[1]), gradient


def by_adatom(folder, atoms, method, charge, unpaired, temperature):
    write(folder / "in.extxyz", atoms, format="extxyz")
    spec = f"xtb:{method},charge={charge},unpaired={unpaired},electronic_temperature={temperature}"
    subprocess.run([PROGRAM, "evaluate", "in.extxyz", "-e", spec, "-o", "out.extxyz", "--quiet"],
                   cwd=folder, check=True, timeout=100)
    result = read(folder / "out.extxyz", format="extxyz")
    return result.get_potential_energy() / Hartree, -result.get_forces() * Bohr / Hartree


def compare(name, atoms, method, charge=0, unpaired=0, temperature=3000):
    with tempfile.TemporaryDirectory() as text:
        folder = pathlib.Path(text)
        settings = (method, charge, unpaired, temperature)
        energy, gradient = by_the_program(folder, atoms, *settings)
        our_energy, our_gradient = by_adatom(folder, atoms, *settings)
    energy_error = abs(our_energy - energy)
    gradient_error = np.abs(our_gradient - gradient).max()
    print(f"{name} {settings}: {energy_error:.1e} Eh, {gradient_error:.1e} Eh/bohr")
    assert np.abs(gradient).max() > 1e-3, "the forces are too small to tell"
    assert energy_error < ENERGY_TOLERANCE, (our_energy, energy)
    assert gradient_error < GRADIENT_TOLERANCE, (our_gradient, gradient)


def check_threads():
    """Whatever number of threads its libraries are allowed, a calculation is the same to the last bit."""
    ball = molecule("C60")
    ball.rattle(0.05, seed=7)
    answers = []
    with tempfile.TemporaryDirectory() as text:
        folder = pathlib.Path(text)
        write(folder / "in.extxyz", ball, format="extxyz")
        for threads in ("1", "4"):
            environment = dict(os.environ, OMP_NUM_THREADS=threads, OPENBLAS_NUM_THREADS=threads)
            subprocess.run([PROGRAM, "evaluate", "in.extxyz", "-e", "xtb:gfn2", "-o", f"{threads}.extxyz", "--quiet"],
                           cwd=folder, check=True, timeout=100, env=environment)
            answers.append((folder / f"{threads}.extxyz").read_bytes())
    assert answers[0] == answers[1], "the number of threads changes energies or forces"


def main():
    check_threads()
    acid = shaken(molecule("CH3COOH"), 1)
    for method in ("gfn2", "gfn1"):  # with gfn0 the program of Debian 12 breaks off on molecules
        compare("acetic acid", acid, method)
        compare("acetic acid", acid, method, temperature=300)
        compare("water cation", shaken(molecule("H2O"), 2), method, charge=1, unpaired=1)
        compare("methylene", shaken(molecule("CH2_s3B1d"), 3), method, unpaired=2)
        compare("silicon chloride", shaken(molecule("SiCl4"), 4), method)
    ice = shaken(molecule("H2O"), 5)
    ice.set_cell([6.3, 6.4, 6.2])
    ice.positions += 3
    ice.set_pbc(True)
    compare("ice", ice, "gfn1")
    compare("ice", ice, "gfn0")
    diamond = bulk("C", "diamond", a=3.57, cubic=True)
    diamond.positions += 0.3
    diamond.rattle(0.05, seed=6)
    compare("diamond", diamond, "gfn0")


main()

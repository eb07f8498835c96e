"""examples/lammps: the energies and forces are those of the program lmp itself, given the same
structures by ASE; the search finds boron nitride."""

import argparse
import pathlib
import re
import subprocess
import tempfile

import numpy
from ase.calculators.lammps import Prism
from ase.io import read
from ase.io.lammpsdata import write_lammps_data

EXAMPLE = pathlib.Path(__file__).resolve().parents[2] / "examples" / "lammps"
ELEMENTS = ["B", "C", "N"]
SECONDS = 240

INPUT = """units metal
atom_style atomic
boundary {boundary}
box tilt large
read_data atoms.data
mass * 10
{potential}
dump 1 all custom 1 forces.dump id fx fy fz
dump_modify 1 sort id format float %.17g
run 0
print "energy $(pe:%.17g)"
"""


def in_a_box(atoms):
    """The program wants a cell; where nothing repeats any will do that holds the atoms."""
    atoms = atoms.copy()
    if not atoms.pbc.any():
        atoms.set_cell([60, 60, 60])
        atoms.positions += 30 - atoms.positions.mean(axis=0)
    return atoms


def run_lmp(atoms, folder):
    """Energy and forces by the program."""
    atoms = in_a_box(atoms)
    prism = Prism(atoms.cell.array, atoms.pbc)
    potential = re.sub(r"(?m)^units.*$", "", (EXAMPLE / "bnc.lmp").read_text())
    boundary = " ".join("p" if periodic else "f" for periodic in atoms.pbc)
    (folder / "in.lmp").write_text(INPUT.format(boundary=boundary, potential=potential))
    write_lammps_data(str(folder / "atoms.data"), atoms, specorder=ELEMENTS, units="metal",
                      atom_style="atomic", prismobj=prism)
    output = subprocess.run(["lmp", "-in", "in.lmp", "-log", "none"], cwd=folder, check=True, timeout=SECONDS,
                            stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, encoding="utf-8",
                            env={"PATH": "/usr/bin:/bin", "LAMMPS_POTENTIALS": "/usr/share/lammps/potentials",
                                 "OMPI_MCA_ess_singleton_isolated": "1"}).stdout
    energy = float(re.search(r"^energy (\S+)", output, re.M).group(1))
    forces = numpy.loadtxt(folder / "forces.dump", skiprows=9, ndmin=2)[:, 1:]
    return energy, prism.vector_to_ase(forces)


def check_evaluate(program, folder):
    result = folder / "energies.extxyz"
    subprocess.run([program, "evaluate", EXAMPLE / "sheets.xyz", "-e", f"lammps:{EXAMPLE / 'bnc.lmp'}", "-o", result],
                   check=True, stdin=subprocess.DEVNULL, timeout=SECONDS)
    structures = read(result, index=":")
    for number, atoms in enumerate(structures, 1):
        energy, forces = run_lmp(atoms, folder)
        difference = abs(atoms.get_potential_energy() - energy)
        force_difference = numpy.abs(atoms.get_forces() - forces).max()
        print(f"structure {number}: {energy:.6f} eV, off by {difference:.1e} eV and {force_difference:.1e} eV/Å")
        assert difference < 1e-8 * len(atoms), f"{atoms.get_potential_energy()} is not {energy}"
        assert force_difference < 1e-7
    return len(structures)


def check_search(program, folder):
    run = folder / "run"
    subprocess.run([program, "search", "search.yaml", "-o", run], check=True, cwd=EXAMPLE,
                   stdin=subprocess.DEVNULL, timeout=SECONDS)
    best = read(run / "best.extxyz")
    target = float(re.search(r"^  energy: (\S+)", (EXAMPLE / "search.yaml").read_text(), re.M).group(1))
    assert best.get_potential_energy() <= target, best.get_potential_energy()
    distances = best.get_all_distances(mic=True)
    neighbours = (distances < 1.7).sum(axis=0) - 1
    assert (neighbours == 3).all(), neighbours
    symbols = numpy.array(best.get_chemical_symbols())
    bound = numpy.argwhere((distances < 1.7) & (distances > 0))
    assert (symbols[bound[:, 0]] != symbols[bound[:, 1]]).all(), "bonds between like atoms"


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--program", required=True)
    program = parser.parse_args().program
    before = sorted(EXAMPLE.iterdir())
    with tempfile.TemporaryDirectory() as name:
        assert check_evaluate(program, pathlib.Path(name)) >= 5
        check_search(program, pathlib.Path(name))
    assert sorted(EXAMPLE.iterdir()) == before, "files were left beside the fragment"


main()

"""Energy and forces of one structure by any calculator of ASE, for adatom's evaluator command:...

    ase_calculator.py [-i INPUT -o OUTPUT] CALCULATOR [NAME=VALUE ...]

CALCULATOR is ASE's name (emt, lj, gpaw, dftb, ...) or a class (package.module.Class); the parameters
are the calculator's own: numbers, lists and dictionaries as Python writes them, anything else is a
text. Without -i and -o the structure comes from standard input and the answer goes to standard
output.
"""

import argparse
import ast
import importlib
import io
import os
import sys

import ase.io
from ase.calculators.calculator import PropertyNotImplementedError, get_calculator_class


def parameter(text):
    """NAME=VALUE as a pair."""
    name, equals, value = text.partition("=")
    if not equals:
        raise argparse.ArgumentTypeError(f"expected NAME=VALUE, not {text}")
    try:
        return name, ast.literal_eval(value)
    except (SyntaxError, ValueError):
        return name, value


def calculator_class(name):
    module, _, class_name = name.rpartition(".")
    return getattr(importlib.import_module(module), class_name) if module else get_calculator_class(name)


def if_offered(get, wanted):
    """What a calculator may have, such as the stress, or None."""
    try:
        return get() if wanted else None
    except (NotImplementedError, PropertyNotImplementedError, ValueError):
        return None


def frame_text(atoms, energy, forces, energies, stress):
    """One frame of extended XYZ with all digits; ase.io.write would keep eight decimals."""
    columns = [values.reshape(len(atoms), -1) for values in (atoms.positions, forces, energies) if values is not None]
    properties = "".join(f":{name}:R:{width}" for name, values, width in
                         (("forces", forces, 3), ("energies", energies, 1)) if values is not None)
    comment = f"Properties=species:S:1:pos:R:3{properties} energy={float(energy)!r}"
    if stress is not None:
        comment += ' stress="' + " ".join(repr(float(number)) for number in stress) + '"'
    lines = [str(len(atoms)), comment]
    for i, atom in enumerate(atoms):
        numbers = [number for column in columns for number in column[i]]
        lines.append(" ".join([atom.symbol, *(repr(float(number)) for number in numbers)]))
    return "\n".join(lines) + "\n"


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("-i", dest="input")
    parser.add_argument("-o", dest="output")
    parser.add_argument("calculator")
    parser.add_argument("parameters", nargs="*", type=parameter)
    arguments = parser.parse_args()

    answer = open(arguments.output, "w") if arguments.output else os.fdopen(os.dup(1), "w")
    os.dup2(2, 1)  # many calculators print; that must not come between the lines of the answer
    question = open(arguments.input) if arguments.input else sys.stdin
    atoms = ase.io.read(io.StringIO(question.read()), format="extxyz")
    wanted = atoms.info.get("compute", "energy forces").split()
    atoms.calc = calculator_class(arguments.calculator)(**dict(arguments.parameters))
    forces = atoms.get_forces() if "forces" in wanted else None
    energy = atoms.get_potential_energy()
    stress = if_offered(atoms.get_stress, "stress" in wanted and atoms.cell.rank == 3)
    energies = if_offered(atoms.get_potential_energies, "energies" in wanted)
    with answer:
        answer.write(frame_text(atoms, energy, forces, energies, stress))


main()

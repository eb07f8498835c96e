"""The table of elements against that of ASE."""

import subprocess
import sys

from ase.data import atomic_masses_iupac2016, chemical_symbols, covalent_radii

lines = subprocess.run([sys.argv[1]], check=True, stdout=subprocess.PIPE).stdout.decode().splitlines()
assert len(lines) == 118, len(lines)
for expected_number, line in enumerate(lines, 1):
    number, symbol, radius, mass = line.split()
    assert int(number) == expected_number
    assert symbol == chemical_symbols[expected_number], line
    assert float(radius) == covalent_radii[expected_number], line
    assert abs(float(mass) - atomic_masses_iupac2016[expected_number]) < 1e-9, line
print(len(lines), "elements agree")

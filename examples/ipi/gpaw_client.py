#!/usr/bin/env python3
"""Serves PBE energies of GPAW (LCAO) for the sheets of examples/graphene: 24 atoms of carbon.

    gpaw_client.py NAME [ATOMS]          NAME as in adatom's ipi:NAME; ATOMS is C24 if not given

Debian: gpaw gpaw-data. In parallel: mpirun -n 4 gpaw python gpaw_client.py NAME
Atoms must stay away from a border that is not periodic; the cell must not change during a run.
"""

import sys

from ase import Atoms
from gpaw import GPAW, FermiDirac, Mixer

from ase_client import connect

NAME = sys.argv[1] if len(sys.argv) > 1 else "adatom"
ATOMS = sys.argv[2] if len(sys.argv) > 2 else "C24"

atoms = Atoms(ATOMS, pbc=[True, True, False])
atoms.calc = GPAW(
    mode="lcao",
    basis="sz(dzp)",                    # the smallest; "dzp" takes two to three times as long
    xc="PBE",
    h=0.2,
    kpts=(1, 1, 1),
    symmetry="off",                     # that of the first structure is gone in the next
    # Wide, for what an agent builds at first is metallic, and a narrow one favours a sheet with
    # alternating bonds in this cell when there is but one k-point.
    occupations=FermiDirac(0.3),
    mixer=Mixer(0.05, 5, 50),
    maxiter=200,
    txt=None,
)
connect(NAME, patience=60).run(atoms, use_stress=False)

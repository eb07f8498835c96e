"""How often agents built each motif: the share of all builds of an ensemble, or of a run, that hold it.

    python3 examples/c3h4o2/motifs.py DIR ...

Needs python3-ase. Bonds reach 0.2 Å beyond the covalent radii, as in the search.
"""

import argparse
import pathlib

import numpy as np
from ase.data import atomic_numbers, covalent_radii
from ase.db import connect

# An atom, and how many bonds it has to which elements, at least.
MOTIFS = {
    "O on 2 C": ("O", {"C": 2}),
    "C on C and 2 O": ("C", {"C": 1, "O": 2}),
    "C on O and 2 C": ("C", {"C": 2, "O": 1}),
}


def bonds(atoms):
    reach = covalent_radii[atoms.numbers][:, None] + covalent_radii[atoms.numbers] + 0.2
    return (atoms.get_all_distances() < reach) & ~np.eye(len(atoms), dtype=bool)


def holds(atoms, bound, motif):
    centre, around = motif
    fits = atoms.numbers == atomic_numbers[centre]
    for element, count in around.items():
        fits &= bound[:, atoms.numbers == atomic_numbers[element]].sum(axis=1) >= count
    return fits.any()


def holds_ring(atoms, bound):
    """Three carbon atoms, each bound to the other two."""
    carbon = np.flatnonzero(atoms.numbers == 6)
    among = bound[np.ix_(carbon, carbon)].astype(int)
    return np.trace(among @ among @ among) > 0


def count(folder):
    databases = sorted(folder.glob("agent-*/candidates.db")) or [folder / "candidates.db"]
    counts, builds = dict.fromkeys([*MOTIFS, "ring of 3 C"], 0), 0
    for database in databases:
        for row in connect(database).select():
            if not hasattr(row, "energy"):
                continue
            atoms = row.toatoms()
            bound = bonds(atoms)
            builds += 1
            for name, motif in MOTIFS.items():
                counts[name] += holds(atoms, bound, motif)
            counts["ring of 3 C"] += holds_ring(atoms, bound)
    return counts, builds


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("folders", nargs="+", type=pathlib.Path, metavar="DIR")
    for folder in parser.parse_args().folders:
        counts, builds = count(folder)
        shares = ", ".join(f"{name} {100 * number / max(builds, 1):.1f} %" for name, number in counts.items())
        print(f"{folder}: {builds} builds; {shares}")


main()

"""Clusters as start structures of search.yaml: python3 seeds.py IN.extxyz OUT.extxyz

The atom nearest the middle goes to the place of the template's atom, and the cluster is turned so that it fits into the
box; the others are ordered from the inside to the outside, as the search would place them. Clusters that do not fit, or
whose atoms are too near to each other, are left out, and their number is said.
"""

import sys

import ase.io
import numpy

PLACE = numpy.array([6.475, 6.475, 6.475])  # Å, of the atom of template.xyz
BOX = 12.6
SPACING = 0.35  # of the grid of search.yaml, whose points are in the middle of its cells
LEAST, MOST = 2.1, 3.3  # Å between neighbours on the grid; search.yaml allows 2.04 and 3.4


def in_order(places):
    """Each as near as possible to one before it, from the first on."""
    chosen, left = [0], list(range(1, len(places)))
    while left:
        distances = numpy.linalg.norm(places[left][:, None] - places[chosen][None], axis=2).min(axis=1)
        chosen.append(left.pop(int(distances.argmin())))
    return places[chosen]


def start(atoms):
    """The places on the grid, or None."""
    places = atoms.positions - atoms.positions.mean(axis=0)
    places = places @ numpy.linalg.svd(places)[2].T
    middle = int(numpy.linalg.norm(places, axis=1).argmin())
    places = numpy.roll(places - places[middle], -middle, axis=0)
    places = PLACE + SPACING * numpy.round(in_order(places) / SPACING)
    distances = numpy.linalg.norm(places[:, None] - places[None], axis=2) + 9 * numpy.eye(len(places))
    before = numpy.tril(numpy.ones_like(distances), -1) > 0
    touches = numpy.where(before, distances, numpy.inf)[1:].min(axis=1) <= MOST
    inside = (places > 0).all() and (places < BOX).all()
    return places if inside and distances.min() >= LEAST and touches.all() else None


def main():
    clusters = [atoms for atoms in ase.io.read(sys.argv[1], index=":") if not atoms.info.get("duplicate", False)]
    places = [start(atoms) for atoms in clusters]
    kept = [ase.Atoms(atoms.symbols, positions=at, cell=[BOX] * 3) for atoms, at in zip(clusters, places) if at is not None]
    ase.io.write(sys.argv[2], kept, format="extxyz")
    print(f"{len(kept)} start structures, {len(clusters) - len(kept)} clusters left out")


main()

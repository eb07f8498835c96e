"""Writes a set of dimers as Ryczko et al. (2018), Section 2.2, have them: two hydrogen atoms in a box of 10 Å, in the plane or in space.

    python3 make_dimers.py OUT.extxyz COUNT [--dimensions 2|3] [--range 1 3] [--without 1.67 2.33]
        [--uniform distance|energy] [--seed N]

The first atom is anywhere, the second at a random angle, both within the box. `distance` is uniform over --range (Å), without the part
--without; or, with --uniform energy, the Lennard-Jones energy is uniform over the range (epsilon). No dimer comes twice: one whose
atoms both are within 0.01 Å of those of another is drawn again. Numbers in the comment lines: distance (Å), lj (epsilon, sigma 1 Å),
harmonic, (r - 2)^2, and steep, r^-12.
"""

import argparse
import math
import random

BOX, APART = 10.0, 0.01
MINIMUM = 2 ** (1 / 6)  # of the Lennard-Jones energy, Å


def lennard_jones(r):
    return 4 * (r**-12 - r**-6)


def distance_of(energy):
    """The distance beyond the minimum, where the energy rises from -1 to 0."""
    low, high = MINIMUM, 100.0
    for _ in range(60):
        middle = (low + high) / 2
        low, high = (middle, high) if lennard_jones(middle) < energy else (low, middle)
    return low


def draw_distance(options, numbers):
    while True:
        value = numbers.uniform(*options.range)
        if options.without and options.without[0] < value < options.without[1]:
            continue
        return value if options.uniform == "distance" else distance_of(value)


def direction(dimensions, numbers):
    """Uniform on the circle or the sphere."""
    vector = [numbers.gauss(0, 1) for _ in range(dimensions)]
    length = math.hypot(*vector)
    return [x / length for x in vector]


class Known:
    """Dimers so far, by the cells of 0.01 Å that their first atoms are in."""

    def __init__(self):
        self.cells = {}

    def has(self, first, second):
        cell = [math.floor(x / APART) for x in first]
        near = [()]
        for x in cell:
            near = [(*place, x + step) for place in near for step in (-1, 0, 1)]
        return any(math.dist(first, a) < APART and math.dist(second, b) < APART
                   for place in near for a, b in self.cells.get(place, ()))

    def add(self, first, second):
        for a, b in ((first, second), (second, first)):  # atoms are alike
            self.cells.setdefault(tuple(math.floor(x / APART) for x in a), []).append((a, b))


def draw_dimer(options, numbers, known):
    while True:
        r = draw_distance(options, numbers)
        first = [numbers.uniform(0, BOX) for _ in range(options.dimensions)]
        second = [x + r * u for x, u in zip(first, direction(options.dimensions, numbers))]
        if all(0 <= x < BOX for x in second) and not known.has(first, second):
            known.add(first, second)
            return r, first, second


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("out")
    parser.add_argument("count", type=int)
    parser.add_argument("--dimensions", type=int, choices=(2, 3), default=2)
    parser.add_argument("--range", type=float, nargs=2, default=(1, 3))
    parser.add_argument("--without", type=float, nargs=2)
    parser.add_argument("--uniform", choices=("distance", "energy"), default="distance")
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    numbers, known = random.Random(options.seed), Known()
    depth = BOX if options.dimensions == 3 else 1
    with open(options.out, "w", encoding="ascii") as file:
        for _ in range(options.count):
            r, *atoms = draw_dimer(options, numbers, known)
            file.write(f'2\nLattice="{BOX} 0 0 0 {BOX} 0 0 0 {depth}" pbc="F F F" Properties=species:S:1:pos:R:3 '
                       f"distance={r:.9g} lj={lennard_jones(r):.9g} harmonic={(r - 2) ** 2:.9g} steep={r**-12:.9g}\n")
            for atom in atoms:
                file.write("H " + " ".join(f"{x:.6f}" for x in (*atom, 0)[:3]) + "\n")


main()

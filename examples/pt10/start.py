"""Random clusters of ten platinum atoms in balls of several sizes: python3 start.py COUNT OUT.extxyz"""

import sys

import ase
import ase.io
import numpy

LEAST = 2.2  # Å between two atoms


def cluster(random):
    """Atoms one by one, anywhere in the ball that is not too near to one before."""
    radius = random.uniform(3.2, 6.5)
    places = []
    while len(places) < 10:
        place = random.uniform(-radius, radius, 3)
        distances = [numpy.linalg.norm(place - other) for other in places]
        if numpy.linalg.norm(place) < radius and min(distances, default=LEAST) >= LEAST:
            places.append(place)
    return ase.Atoms("Pt10", positions=places)


def main():
    random = numpy.random.default_rng(1)
    ase.io.write(sys.argv[2], [cluster(random) for _ in range(int(sys.argv[1]))], format="extxyz")


main()

"""The turned surroundings of a pixel against brute force in Cartesian coordinates.

Every periodic copy of every atom is mirrored and turned about the pixel in space, then goes to the
nearest of the pixels around it; what lands within the reach must be what the library sees.
"""

import collections
import subprocess
import sys

import numpy as np

COPIES = 16  # periodic copies looked at in each direction
WINDOW = np.array([(i, j) for i in range(-9, 10) for j in range(-9, 10)])


class Grid:
    def __init__(self, words):
        numbers = [float(word) for word in words]
        cell = np.array(numbers[2:11]).reshape(3, 3)
        lattice = cell[[int(numbers[0]), int(numbers[1])]]
        self.pixels, self.copies = [], []
        for i in range(2):
            shape, periodic, start, end = numbers[11 + 4 * i:15 + 4 * i]
            self.pixels.append(lattice[i] * (end - start) / shape)
            self.copies.append(range(-COPIES, COPIES + 1) if periodic else [0])
        self.pixels = np.array(self.pixels)
        self.lattice = lattice
        self.normal = np.cross(lattice[0], lattice[1])
        self.normal /= np.linalg.norm(self.normal)


def turned(grid, vectors, angle, mirrored):
    """Rodrigues' rotation about the normal, after mirroring at the plane of normal and first axis."""
    first = grid.pixels[0] / np.linalg.norm(grid.pixels[0])
    second = np.cross(grid.normal, first)
    if mirrored:
        vectors = vectors - 2 * np.outer(vectors @ second, second)
    return vectors * np.cos(angle) + np.cross(grid.normal, vectors) * np.sin(angle)


def nearest_pixels(grid, vectors):
    """For each vector the nearest pixel, and whether it is clearly the nearest."""
    rough = np.floor(vectors @ np.linalg.pinv(grid.pixels))
    candidates = rough[:, None, :] + WINDOW[None, :, :]
    distances = np.linalg.norm(candidates @ grid.pixels - vectors[:, None, :], axis=2)
    order = np.argsort(distances, axis=1)
    rows = np.arange(len(vectors))
    clear = distances[rows, order[:, 1]] - distances[rows, order[:, 0]] > 1e-7
    return candidates[rows, order[:, 0]].astype(int), clear


def expected_points(grid, atoms, view):
    centre, angle, mirrored, reach = view[0:2], view[2], view[3] == 1, view[4:6]
    shifts = np.array([i * grid.lattice[0] + j * grid.lattice[1]
                       for i in grid.copies[0] for j in grid.copies[1]])
    farthest = (np.array(reach) + 10) @ np.linalg.norm(grid.pixels, axis=1)
    points = collections.Counter()
    for channel, x, y in atoms:
        step = np.array([x - centre[0], y - centre[1]]) @ grid.pixels
        copies = step + shifts
        copies = copies[np.linalg.norm(copies, axis=1) < farthest]
        pixels, clear = nearest_pixels(grid, turned(grid, copies, angle, mirrored))
        seen = (abs(pixels) <= np.array(reach)).all(axis=1)
        assert clear[seen].all(), "a copy stands between two pixels: choose another seed"
        points.update((int(channel), *map(int, pixel)) for pixel in pixels[seen])
    return points


def check(grid, atoms, view, points):
    expected = expected_points(grid, atoms, view)
    missing, wrong = expected - points, points - expected
    assert not missing and not wrong, f"view {view}: missing {missing}, unexpected {wrong}"
    return sum(points.values())


output = subprocess.run([sys.argv[1]], check=True, stdout=subprocess.PIPE).stdout.decode()
grid, atoms, view, points, views, total = None, [], None, collections.Counter(), 0, 0
for line in output.splitlines() + ["end"]:
    word, *rest = line.split()
    if word != "point" and view is not None:
        total += check(grid, atoms, view, points)
        views += 1
        view, points = None, collections.Counter()
    if word == "grid":
        grid, atoms = Grid(rest), []
    elif word == "atom":
        atoms.append([float(number) for number in rest])
    elif word == "view":
        view = [float(number) for number in rest]
    elif word == "point":
        points[tuple(int(number) for number in rest)] += 1
assert views == 48 and total > 800, (views, total)
print(views, "views with", total, "points agree")

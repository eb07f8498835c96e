#!/usr/bin/python3
"""Makes the folder of a run that looks like a real one: make_run.py FOLDER [KIND] [EPISODES]

KIND: graphene (default), skewed (hexagonal cell, non-orthogonal grid), cluster (two species on a
substrate, not planar), hostile (texts that try to break out of the page).
"""
import sys
from pathlib import Path

import ase.db
import ase.io
import h5py
import numpy as np
from ase import Atoms
from ase.calculators.singlepoint import SinglePointCalculator

random = np.random.default_rng(7)


class Grid:
    """Points origin + x * vectors[0] + y * vectors[1]."""

    def __init__(self, shape, origin, vectors, periodic):
        self.shape, self.origin, self.vectors = shape, np.array(origin), np.array(vectors)
        self.periodic = periodic
        x, y = np.meshgrid(np.arange(shape[0]), np.arange(shape[1]), indexing="ij")
        self.points = self.origin + x[..., None] * self.vectors[0] + y[..., None] * self.vectors[1]

    def distances(self, position):
        """Of all points to a position, the nearest image."""
        best = np.full(self.shape, np.inf)
        reach = [(-1, 0, 1) if p else (0,) for p in self.periodic]
        for m in reach[0]:
            for n in reach[1]:
                image = position + m * self.shape[0] * self.vectors[0] + n * self.shape[1] * self.vectors[1]
                best = np.minimum(best, np.linalg.norm(self.points - image, axis=-1))
        return best

    def nearest(self, position):
        return np.unravel_index(np.argmin(self.distances(position)), self.shape)


def smooth_noise(shape):
    frequencies = np.add.outer(np.fft.fftfreq(shape[0]) ** 2, np.fft.fftfreq(shape[1]) ** 2)
    noise = np.fft.ifft2(np.fft.fft2(random.normal(size=shape)) * np.exp(-frequencies * 250)).real
    return noise / np.abs(noise).max()


def expected(grid, placed, learned, bond):
    """A Q-map: rings of good places around the atoms, the more the better trained."""
    rings = np.full(grid.shape, -0.75)
    near = np.full(grid.shape, np.inf)
    for position in placed:
        distance = grid.distances(position)
        near = np.minimum(near, distance)
        rings = np.maximum(rings, -0.75 + 1.6 * np.exp(-((distance - bond) / 0.22) ** 2))
        rings = np.maximum(rings, -0.75 + 1.0 * np.exp(-((distance - 1.73 * bond) / 0.3) ** 2))
    rings = np.where(near < 0.75 * bond, np.minimum(rings, -0.9), rings)
    untrained = 0.08 * smooth_noise(grid.shape) + 0.03
    blend = (1 - learned) * untrained + learned * (rings + 0.1 * smooth_noise(grid.shape))
    return np.clip(blend, -1, 1), near


def write_snapshot(group, grid, episode, atoms, template_count, numbers, learned, bond):
    """numbers: the atomic numbers of the species, in the order of the maps."""
    placed = len(atoms) - template_count
    steps = [0, placed // 2, placed - 1]
    q = np.zeros((3, len(numbers), *grid.shape), np.float32)
    allowed = np.ones(q.shape, np.uint8)
    action = np.zeros((3, 4), np.int32)
    for k, step in enumerate(steps):
        there = atoms.positions[: template_count + step]
        target = atoms[template_count + step]
        x, y = grid.nearest(target.position)
        for s in range(len(numbers)):
            q[k, s], near = expected(grid, there, learned, bond)
            allowed[k, s] = near > 0.55 * bond
        action[k] = numbers.index(target.number), x, y, 0
        q[k, action[k][0], x, y] = min(1, q[k, action[k][0]].max() + 0.01)
        allowed[k, action[k][0], x, y] = 1
    group["episode"] = np.array([episode], np.int64)
    group["steps"] = np.array(steps, np.int32)
    group["q"], group["allowed"], group["action"] = q[..., None], allowed[..., None], action
    group["positions"] = atoms.positions
    group["numbers"] = atoms.numbers.astype(np.int32)


def write_log(path, episodes, best, atoms, found):
    """A search that comes down to `best` (eV) at episode `found`."""
    rows = ["episode,energy,best_energy,evaluations,greedy,failed,loss,seconds_build,"
            "seconds_evaluate,seconds_train"]
    so_far, evaluations = np.inf, 0
    for episode in range(episodes):
        greedy, failed = episode % 5 == 4, random.random() < 0.004
        level = 0.25 + 1.9 * np.exp(-episode / (0.35 * found))
        energy = best + atoms * abs(level + random.normal(0, 0.12 if greedy else 0.3)) + 0.02
        if random.random() < 0.01:
            energy += atoms * random.exponential(25)
        if episode == found:
            energy, failed = best, False
        elif episode > found and greedy and random.random() < 0.5:
            energy = best + 0.2 * random.random()
        evaluations += 16
        if not failed:
            so_far = min(so_far, energy)
        seconds = (0.0021 + 0.0002 * random.random(), 0.006 + 0.003 * random.random(),
                   min(0.013, 0.004 + 0.01 * episode / 40) * (1 + 0.1 * random.random()))
        rows.append(f"{episode},{'nan' if failed else repr(float(energy))},{float(so_far)!r},"
                    f"{evaluations},{int(greedy)},{int(failed)},{0.4 / (1 + episode):.6g},"
                    + ",".join(f"{s:.6f}" for s in seconds))
    path.write_text("\n".join(rows) + "\n")


def write_candidates(path, structures):
    with ase.db.connect(path) as database:
        for episode, atoms, energy in structures:
            atoms = atoms.copy()
            atoms.calc = SinglePointCalculator(atoms, energy=energy)
            database.write(atoms, episode=episode)


def write_image(group, numbers):
    """A trained sum of Gaussians for each element; bias, scale and shift as in a real run."""
    widths = 0.07 * np.arange(1, 10)
    group["kind"], group["bias"] = np.array([2], np.int32), np.array([-0.1])
    group["elements"] = np.array(numbers, np.int32)
    group["rings"] = np.stack([widths, np.zeros(9), np.zeros(9)], axis=1)
    group["coefficients"] = np.linspace(-0.05, 0.45, 9 * len(numbers), dtype=np.float32).reshape(-1, 9)
    group["normalization"] = np.array([[1.01], [0.02], [0.4], [0.2]], np.float32).repeat(len(numbers), 1)


def write_checkpoint(path, grid, template_count, snapshots, numbers, bond):
    with h5py.File(path, "w") as file:
        file["grid/dimensions"] = np.array([2], np.int32)
        file["grid/shape"] = np.array([*grid.shape, 1], np.int32)
        normal = np.cross(*grid.vectors)
        file["grid/origin"] = grid.origin
        file["grid/vectors"] = [*grid.vectors, normal / np.linalg.norm(normal)]
        file["grid/periodic"] = np.array([*grid.periodic, False], np.uint8)
        write_image(file.create_group("image"), numbers)
        file["run/template_count"] = np.array([template_count], np.int32)
        for place, (episode, atoms, learned) in enumerate(snapshots):
            group = file.create_group(f"snapshots/{place:02d}")
            write_snapshot(group, grid, episode, atoms, template_count, numbers, learned, bond)


def write_best(path, atoms, energy):
    atoms = atoms.copy()
    atoms.calc = SinglePointCalculator(atoms, energy=energy)
    ase.io.write(path, atoms, format="extxyz")


SETTINGS = """# adatom 0.1.0
system:
  template: "{template}"
  place: {{{place}}}
grid:
  shape: {shape}
  plane: ab
  padding: auto
evaluator: "kim:Tersoff_LAMMPS_AlbeNordlundAverback_2002_PtC"
image:
  kind: gaussian
  width: 0.25
  size: 25
  bias: -0.1
network:
  filters: [10, 10, 10]
  filter_width: 3.0
  leak: 0.2
policy:
  epsilon_0: 0.05
  epsilon_nu: 0.05
  nu: 0.02
  greedy_every: 5
  c1: 0.5
relax:
  steps: 15
reward:
  delta_e: 2.0
training:
  batch: 64
  updates: 2
  learning_rate: 0.001
  rotations: 3
stop:
  episodes: {episodes}
  at_energy: true
  energy: {target}
seed: 1
threads: 2
checkpoint_seconds: 10
snapshots: 8
"""


def honeycomb(cell_x=8.54, cell_y=7.40):
    """24 atoms, four-atom cells 2 x 3; ordered by distance from the first."""
    basis = np.array([[0, 0], [1 / 3, 0], [1 / 2, 1 / 2], [5 / 6, 1 / 2]])
    scaled = [((b[0] + i) / 2 + 0.11, (b[1] + j) / 3 + 0.08) for i in range(2) for j in range(3) for b in basis]
    positions = [[x * cell_x, y * cell_y, 5] for x, y in scaled]
    atoms = Atoms("C24", positions=positions, cell=[cell_x, cell_y, 10], pbc=[1, 1, 0])
    return ordered(atoms)


def ordered(atoms, first=0):
    return atoms[np.argsort(atoms.get_distances(first, range(len(atoms)), mic=True), kind="stable")]


def shaken(atoms, width):
    """Random places that keep apart, more ordered for a small width."""
    result = atoms.copy()
    for i in range(1, len(result)):
        start = result.positions[i].copy()
        for _ in range(200):
            result.positions[i, :2] = start[:2] + random.normal(0, width, 2)
            others = [j for j in range(len(result)) if j != i]
            if result.get_distances(i, others, mic=True).min() > 1.15:
                break
    result.wrap()
    return result


def rotated_bond(atoms):
    """A Stone-Wales defect: two pentagons, two heptagons."""
    result = atoms.copy()
    first = 8
    second = first + 1 + int(np.argmin(result.get_distances(first, range(first + 1, len(atoms)), mic=True)))
    vector = result.get_distance(first, second, mic=True, vector=True)
    middle = result.positions[first] + vector / 2
    turned = np.array([-vector[1], vector[0], 0]) / 2
    result.positions[first], result.positions[second] = middle - turned, middle + turned
    result.wrap()
    return result


def graphene(folder, episodes):
    best = honeycomb()
    grid = Grid((41, 36), [0.5 * 8.54 / 41, 0.5 * 7.40 / 36, 5],
                [[8.54 / 41, 0, 0], [0, 7.40 / 36, 0]], (True, True))
    for atom in best:
        atom.position = grid.points[grid.nearest(atom.position)]
    energy, found = -176.2, min(138, episodes - 1)
    structures = [(found, best, energy), (found + 4, shaken(best, 0.02), energy + 0.3)]
    structures.append((120, rotated_bond(best), energy + 5.1))
    for k in range(9):
        structures.append((10 * k + 3, shaken(best, 0.12 + 0.09 * k), energy + 8 + 4.3 * k))
    snapshots = [(0, shaken(best, 1.5), 0.0), (16, shaken(best, 0.9), 0.35), (64, shaken(best, 0.45), 0.7),
                 (found, best, 1.0), (episodes - 1, best, 1.0)]
    write_all(folder, grid, 1, [6], 1.42, best, energy, structures, snapshots, episodes, found, "C: 23")


def skewed(folder, episodes):
    """A honeycomb in its hexagonal cell, 3 x 3."""
    a = 2.46
    cell = np.array([[3 * a, 0, 0], [1.5 * a, 1.5 * np.sqrt(3) * a, 0], [0, 0, 12]])
    basis = [(i + f, j + f) for i in range(3) for j in range(3) for f in (0.2, 0.2 + 1 / 3)]
    positions = [(u / 3) * cell[0] + (v / 3) * cell[1] + [0, 0, 6] for u, v in basis]
    best = ordered(Atoms("C18", positions=positions, cell=cell, pbc=[1, 1, 0]))
    vectors = [cell[0] / 36, cell[1] / 36]
    grid = Grid((36, 36), 0.5 * (vectors[0] + vectors[1]) + [0, 0, 6], vectors, (True, True))
    structures = [(30, best, -132.0)] + [(k, shaken(best, 0.2 + 0.1 * k), -126.0 + 3 * k) for k in range(5)]
    snapshots = [(0, shaken(best, 1.0), 0.0), (30, best, 1.0)]
    write_all(folder, grid, 2, [6], 1.42, best, -132.0, structures, snapshots, episodes, 30, "C: 16")


def cluster(folder, episodes):
    """Silver and oxygen over part of a silver slab: two species, atoms below the plane, a region."""
    slab = Atoms(cell=[8.67, 8.67, 14], pbc=[1, 1, 0])
    for layer, height in ((0, 2.0), (1, 4.04)):
        for i in range(3):
            for j in range(3):
                slab += Atoms("Ag", [[2.89 * (i + 0.5 * layer), 2.89 * (j + 0.5 * layer), height]])
    added = [("Ag", 1.45, 1.45), ("Ag", 4.34, 1.45), ("Ag", 4.34, 4.34), ("O", 2.89, 1.45),
             ("O", 4.34, 2.89), ("O", 5.78, 4.34)]
    best = slab + Atoms([s for s, _, _ in added], [[x, y, 6.1] for _, x, y in added])
    grid = Grid((30, 30), [0.6, 0.6, 6.1], [[0.22, 0, 0], [0, 0.22, 0]], (False, False))
    structures = [(9, best, -60.0)] + [(k, shaken_top(best, 18, 0.4 * k), -59.0 + k) for k in range(1, 5)]
    snapshots = [(0, shaken_top(best, 18, 1.2), 0.0), (9, best, 1.0)]
    write_all(folder, grid, 18, [47, 8], 1.9, best, -60.0, structures, snapshots, episodes, 9,
              "Ag: 3, O: 3")


def shaken_top(atoms, fixed, width):
    result = atoms.copy()
    result.positions[fixed:, :2] += random.normal(0, width, (len(atoms) - fixed, 2))
    result.positions[fixed:, :2] = np.clip(result.positions[fixed:, :2], 0.7, 6.8)
    return result


def write_all(folder, grid, template_count, numbers, bond, best, energy, structures, snapshots, episodes,
              found, place):
    write_log(folder / "log.csv", episodes, energy, len(best), min(found, episodes - 1))
    write_best(folder / "best.extxyz", best, energy)
    write_candidates(folder / "candidates.db", structures)
    write_checkpoint(folder / "checkpoint.h5", grid, template_count, snapshots, numbers, bond)
    (folder / "run.yaml").write_text(SETTINGS.format(
        template="template.extxyz", place=place, shape=list(grid.shape), episodes=episodes,
        target=energy + 0.05 * len(best)))


def hostile(folder, episodes):
    """Valid YAML whose texts are markup, also in a name."""
    graphene(folder, episodes)
    path = folder / "run.yaml"
    attack = """'"<script>alert(1)</script></pre><img src=x onerror=alert(2)> & http://evil.example/'"""
    text = path.read_text().replace('"template.extxyz"', attack)
    path.write_text(text.replace("{C: 23}", "{C: 23, '<script>alert(3)</script>': 1}"))


def main():
    folder = Path(sys.argv[1])
    kind = sys.argv[2] if len(sys.argv) > 2 else "graphene"
    episodes = int(sys.argv[3]) if len(sys.argv) > 3 else 350
    folder.mkdir(parents=True, exist_ok=True)
    {"graphene": graphene, "skewed": skewed, "cluster": cluster, "hostile": hostile}[kind](folder, episodes)


main()

#!/usr/bin/python3
"""The engine beside PyTorch and the machine's sgemm, by turns in one run on one core; medians.

  engine.py BUILD_FOLDER [--rounds 3] [--case NAME ...]

Building is a whole build of 23 atoms, spectra of the filters included, divided by 23; PyTorch's is one
forward pass of the torus, circular padding. Training is one update (gradient and Adam) of 64 samples,
divided by 64: without augmentation PyTorch trains on whole grids, with it on the patches that arbitrary
rotations need; the engine trains on patches in both cases (4 x 64 with three rotated copies).
"""
import argparse
import os
import statistics
import subprocess
import sys

HERE = os.path.dirname(os.path.abspath(__file__))
CASES = {
    "paper": (41, 36, 15, 10),
    "edge": (24, 40, 17, 10),
    "large": (60, 50, 17, 10),
    "square": (64, 64, 15, 16),
    "narrow": (41, 36, 7, 10),
}


def environment():
    """One thread. OpenBLAS before 0.3.22 takes newer Xeons for a processor of 2004: name its kernels."""
    with open("/proc/cpuinfo", encoding="ascii", errors="ignore") as file:
        flags = file.read().split()
    core = "SkylakeX" if "avx512f" in flags else "Haswell" if "avx2" in flags else None
    chosen = dict(os.environ, OPENBLAS_NUM_THREADS="1", OMP_NUM_THREADS="1", MKL_NUM_THREADS="1")
    if core:
        chosen.setdefault("OPENBLAS_CORETYPE", core)
    return chosen


ENVIRONMENT = environment()


def run(command):
    output = subprocess.run(command, env=ENVIRONMENT, check=True, capture_output=True, text=True).stdout
    values = {}
    for line in output.splitlines():
        name, value, _ = line.split()
        values[name] = value if name == "isa" else float(value)
    return values


def median(rows, name):
    return statistics.median(row[name] for row in rows)


def forward_flop(case):
    """Floating point operations of the direct convolutions over the whole grid."""
    grid_x, grid_y, width, filters = case
    return 2 * grid_x * grid_y * width * width * (2 * filters + 2 * filters * filters)


def measure(folder, case, rounds):
    grid = [str(v) for v in case]
    engine, torch, sgemm, augmented = [], [], [], []
    for _ in range(rounds):
        engine.append(run([f"{folder}/bench/bench_engine", *grid, "64", "11"]))
        torch.append(run([sys.executable, f"{HERE}/engine_torch.py", *grid, "64", "5"]))
        augmented.append(run([f"{folder}/bench/bench_engine", *grid, "256", "5"]))
        sgemm.append(run([f"{folder}/bench/bench_sgemm"]))
    return engine, torch, augmented, sgemm


def report(name, case, engine, torch, augmented, sgemm):
    build, map_torch = median(engine, "map_with_prepare"), median(torch, "map")
    train, train_torch, patch = (median(engine, "train_sample"), median(torch, "train_sample"),
                                 median(torch, "train_sample_patch"))
    episode = median(engine, "episode")
    episode_torch = 23 * map_torch + 64 * train_torch
    rotated = median(augmented, "train_sample")
    rate = forward_flop(case) / (1e6 * build)
    print(f"{name}: grid {case[0]} x {case[1]}, filters 1-{case[3]}-{case[3]}-{case[3]}-1 of {case[2]} x {case[2]}, "
          f"{engine[0]['isa']}")
    print(f"  {'':34}{'adatom':>10}{'PyTorch':>10}{'ratio':>8}")
    print(f"  {'building, ms per atom':34}{build:10.3f}{map_torch:10.3f}{map_torch / build:8.1f}")
    print(f"  {'  of it the map alone':34}{median(engine, 'map'):10.3f}{map_torch:10.3f}"
          f"{map_torch / median(engine, 'map'):8.1f}")
    print(f"  {'training, ms per sample':34}{train:10.3f}{train_torch:10.3f}{train_torch / train:8.1f}")
    print(f"  {'  with rotated copies (patches)':34}{rotated:10.3f}{patch:10.3f}{patch / rotated:8.1f}")
    print(f"  {'episode: 23 atoms, one update, ms':34}{episode:10.2f}{episode_torch:10.1f}"
          f"{episode_torch / episode:8.1f}")
    print(f"  direct convolutions at that speed would be {rate:.0f} GFLOP/s; sgemm here: "
          f"{median(sgemm, 'sgemm'):.0f} GFLOP/s", flush=True)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", help="the build folder, configured with ADATOM_BENCH=ON")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--case", action="append", choices=CASES, help="default: all")
    arguments = parser.parse_args()
    for name in arguments.case or CASES:
        report(name, CASES[name], *measure(arguments.folder, CASES[name], arguments.rounds))


if __name__ == "__main__":
    main()

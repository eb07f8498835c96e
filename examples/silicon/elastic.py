#!/usr/bin/env python3
"""Table II of Kocer, Mason and Erturk, J. Chem. Phys. 150, 154102 (2019): elastic constants of silicon at 0 and 300 K
in LAMMPS, with a network (pair_style kim) and with the potential of Stillinger and Weber that it learned from:

    python3 examples/silicon/elastic.py -o DIR --driver PREFIX/share/adatom/kim/adatom_potential_driver

It makes the data (those of table1.py, if DIR is the same), trains potential.yaml, exports the network as a portable
model, installs it and the driver in DIR/kim, and takes constants from the stresses at strains +e and -e: C11 and
C12 along x, C44 from the shear, which are there at once, for at +e and -e what one does to the other is the same. The
error is that of the mean over blocks of 4 ps. DIR/elastic.csv has the constants in GPa. --quick: seconds, a bad network.
"""

import argparse
import concurrent.futures
import csv
import os
import pathlib
import shutil
import statistics

import silicon

CLASSICAL = "SW_StillingerWeber_1985_Si__MO_405512056662_005"
GPA = 1e-4  # of a bar
BLOCK = 2000  # steps, of fix ave/time in elastic.lmp
STRAINS = {0: 0.001, 300: 0.01}


def prepare_kim(folder, driver):
    """The environment of a collection of KIM models that is DIR's own; its driver is there at the end."""
    environment = dict(os.environ, OMP_NUM_THREADS="1")
    for kind in ("MODEL_DRIVERS", "PORTABLE_MODELS", "SIMULATOR_MODELS"):
        (folder / kind).mkdir(parents=True, exist_ok=True)
        environment.setdefault(f"KIM_API_{kind}_DIR", str(folder / kind))
    installed = silicon.call(["kim-api-collections-management", "list"], env=environment)
    if "adatom_potential_driver" not in installed:
        if driver is None:
            raise SystemExit("elastic.py: the model driver is not in a collection of the KIM API; say --driver FOLDER")
        silicon.call(["kim-api-collections-management", "install", "environment", driver], env=environment)
    return environment


def make_model(options, environment):
    """DIR/MODEL.h5, in the collection as MODEL; its name."""
    model = "Si_adatom_quick" if options.quick else "Si_adatom_example"
    folder = (options.output / "300").resolve()
    silicon.make_data(options.program, 300, folder)
    network = options.output / f"{model}.h5"
    if not network.exists():
        silicon.call([options.program, "train", silicon.HERE / "potential.yaml", "-o", network, "--set",
                      f"data.structures={folder / 'train.xyz'}", "--set", f"data.test={folder / 'test.xyz'}",
                      *(["--set", "optimizer.epochs=15"] if options.quick else [])])
    source = options.output / model
    shutil.rmtree(source, ignore_errors=True)
    silicon.call([options.program, "export", network.resolve(), "--kim", model], cwd=options.output)
    if model in silicon.call(["kim-api-collections-management", "list"], env=environment):
        silicon.call(["kim-api-collections-management", "remove", "--force", model], env=environment)
    silicon.call(["kim-api-collections-management", "install", "environment", source.resolve()], env=environment)
    return model


def read_rows(path):
    lines = path.read_text().splitlines() if path.exists() else []
    return [[float(word) for word in line.split()[1:]] for line in lines if not line.startswith("#")]


def run(options, environment, model, temperature, sign, seed):
    """Rows of [xx yy zz yz], bar: the mean stress of each block; one row at 0 K."""
    out = options.output / f"stress-{model}-{temperature}-{'+' if sign > 0 else '-'}-{seed}.txt"
    cells = 2 if options.quick or temperature == 0 else 3
    values = {"pair": f"kim {model}", "coefficients": "Si", "cells": cells, "strain": sign * STRAINS[temperature],
              "temperature": temperature, "steps": options.steps, "seed": seed, "out": out.resolve()}
    words = [word for name, value in values.items() for word in ("-var", name, value)]
    expected = options.steps // BLOCK if temperature > 0 else 1
    rows = read_rows(out)
    if len(rows) != expected:  # not yet there from an earlier call
        silicon.call(["lmp", "-in", silicon.HERE / "elastic.lmp", "-log", "none", *words], env=environment,
                     cwd=options.output)
        rows = read_rows(out)
    return rows


def constants(stress, strain):
    """C11, C12, C44, K of one row."""
    xx, yy, zz, yz = (-GPA * pressure / strain for pressure in stress)
    return {"C11": xx, "C12": (yy + zz) / 2, "C44": yz, "K": (xx + yy + zz) / 3}


def combine(plus, minus, strain):
    """Of each constant the value and its standard error."""
    found = {}
    for name in ("C11", "C12", "C44", "K"):
        value, variance = 0, 0
        for rows, sign in ((plus, 1), (minus, -1)):
            parts = [constants(row, sign * 2 * strain)[name] for row in rows]
            value += statistics.fmean(parts)
            variance += statistics.variance(parts) / len(parts) if len(parts) > 1 else 0
        found[name] = value, variance ** 0.5
    return found


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("-o", "--output", type=pathlib.Path, required=True)
    parser.add_argument("--program", default="adatom")
    parser.add_argument("--driver", type=pathlib.Path, help="sources of the model driver, if it is not installed")
    parser.add_argument("--steps", type=int, default=100000, help="of 2 fs, for each strain and seed")
    parser.add_argument("--seeds", type=int, default=1)
    parser.add_argument("--jobs", type=int, default=os.cpu_count(), help="runs of LAMMPS at a time")
    parser.add_argument("--quick", action="store_true")
    options = parser.parse_args()
    options.output.mkdir(parents=True, exist_ok=True)
    options.steps = 4000 if options.quick else options.steps
    environment = prepare_kim((options.output / "kim").resolve(), options.driver)
    network = make_model(options, environment)
    tasks = [(model, t, sign, seed) for t in STRAINS for model in (CLASSICAL, network) for sign in (1, -1)
             for seed in (range(1, options.seeds + 1) if t > 0 else [1])]
    with concurrent.futures.ThreadPoolExecutor(options.jobs) as pool:
        stresses = dict(zip(tasks, pool.map(lambda task: run(options, environment, *task), tasks)))
    rows = []
    for temperature, strain in STRAINS.items():
        found = {}
        for model in (CLASSICAL, network):
            plus, minus = ([row for task in tasks if task[:3] == (model, temperature, sign) for row in stresses[task]]
                           for sign in (1, -1))
            found[model] = combine(plus, minus, strain)
        for name, (theirs, their_error) in found[CLASSICAL].items():
            ours, error = found[network][name]
            rows.append({"temperature": temperature, "constant": name, "stillinger_weber": theirs,
                         "stillinger_weber_error": their_error, "network": ours, "network_error": error})
            print(f"{temperature:4} K  {name:4} Stillinger-Weber {theirs:8.2f} ± {their_error:.2f}   network {ours:8.2f} ± "
                  f"{error:.2f} GPa   {100 * (ours / theirs - 1):+.2f} %", flush=True)
    with open(options.output / "elastic.csv", "w", newline="") as stream:
        writer = csv.DictWriter(stream, rows[0])
        writer.writeheader()
        writer.writerows(rows)


if __name__ == "__main__":
    main()

#!/usr/bin/env python3
"""Figures 3 and 5 of Kocer, Mason and Erturk, J. Chem. Phys. 150, 154102 (2019): spherical Bessel descriptors
against symmetry functions of Behler and Parrinello, and against SOAP with Gaussians of several widths:

    python3 examples/silicon/descriptors.py -o DIR

The data are those of table1.py (DIR may be the same), the networks have one layer of 10 neurons, and each is trained
with several seeds: other first weights, another choice of atoms, another part to validate with.
DIR/descriptors.csv has all errors, DIR/figure3.svg and DIR/figure5.svg medians and ranges. --quick: 300 K, one seed, few epochs.
"""

import argparse
import concurrent.futures
import csv
import os
import pathlib
import statistics

import silicon

TEMPERATURES = (300, 600, 1000, 1500)
BESSEL_25 = ("Bessel, 25", "bessel:cutoff=3.7711,n_max=4,l_max=4")
BESSEL_16 = ("Bessel, 16", "bessel:cutoff=3.7711,n_max=3,l_max=3")
# Behler and Parrinello: 8 radial functions, and 16 of angles with both signs and four sharpnesses; the radial ones as
# Gaussians around the atom, as is habit, or in shells. G4, in which the two neighbours must be within the cutoff of each
# other, sees no angle between bonds at 3.77 Å and has its usual 6 Å.
ANGLES = "eta=0.01+0.1,{0}_lambda=-1+1,{0}_zeta=1+2+4+16"
BEHLER = [("G2 and G5, 24", "acsf:cutoff=3.7711,function=cos,g2_eta=0.01+0.05+0.2+0.5+1+2+4+8,g5_" + ANGLES.format("g5")),
          ("G2 in shells and G5, 24", "acsf:cutoff=3.7711,function=cos,g2_eta=4,g2_shift=0+1.8+2.1+2.4+2.7+3+3.3+3.6,g5_"
           + ANGLES.format("g5")),
          ("G2 and G4, 24, 6 Å", "acsf:cutoff=6,function=cos,g2_eta=0.01+0.05+0.2+0.5+1+2+4+8,g4_" + ANGLES.format("g4"))]
SOAP = [(f"SOAP, 18, {width} Å", f"soap:cutoff=3.7711,n_max=2,l_max=2,sigma={width}") for width in (0.3, 0.5, 0.9)]
FIGURES = {"figure3": (BESSEL_25, *BEHLER), "figure5": (BESSEL_16, *SOAP)}


def draw(rows, name, path):
    figure, axes = silicon.new_figure("Silicon, energies of atoms: medians and ranges")
    for mark, (label, _) in zip("osv^DPX", FIGURES[name]):
        by_temperature = {}
        for row in rows:
            if row["descriptor"] == label:
                by_temperature.setdefault(row["temperature"], []).append(row["error"])
        temperatures = sorted(by_temperature)
        middle = [statistics.median(by_temperature[t]) for t in temperatures]
        below = [m - min(by_temperature[t]) for t, m in zip(temperatures, middle)]
        above = [max(by_temperature[t]) - m for t, m in zip(temperatures, middle)]
        axes.errorbar(temperatures, middle, (below, above), fmt=mark + "-", capsize=3, label=label)
    silicon.save_figure(figure, axes, path)


def tell(rows, temperatures):
    for label in dict.fromkeys(row["descriptor"] for row in rows):
        cells = [silicon.spread([row["error"] for row in rows
                                 if row["descriptor"] == label and row["temperature"] == t]) for t in temperatures]
        print(f"{label:24}" + "".join(f"{cell:>24}" for cell in cells), flush=True)


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("-o", "--output", type=pathlib.Path, required=True)
    parser.add_argument("--program", default="adatom")
    parser.add_argument("--seeds", type=int, default=3)
    parser.add_argument("--epochs", type=int, default=250)
    parser.add_argument("--jobs", type=int, default=os.cpu_count(), help="trainings at a time, on one thread each")
    parser.add_argument("--temperatures", type=int, nargs="+", default=TEMPERATURES)
    parser.add_argument("--quick", action="store_true")
    options = parser.parse_args()
    temperatures = TEMPERATURES[:1] if options.quick else options.temperatures
    seeds = range(1, 2 if options.quick else options.seeds + 1)
    folders = {t: (options.output / str(t)).resolve() for t in temperatures}
    for temperature, folder in folders.items():
        silicon.make_data(options.program, temperature, folder)

    def run(task):
        (label, spec), temperature, seed = task
        name = f"{label.replace(' ', '').replace(',', '-').replace('Å', 'A')}-{seed}"
        done = folders[temperature] / f"{name}.error"  # the script may be stopped and started again
        if not done.exists():
            error = silicon.train(options.program, folders[temperature], name, spec, 10, "--seed", seed, "--threads", 1,
                                  "--set", f"optimizer.epochs={40 if options.quick else options.epochs}")
            done.write_text(f"{error}\n")
        error = float(done.read_text())
        return {"temperature": temperature, "descriptor": label, "spec": spec, "seed": seed, "error": error}

    descriptors = dict.fromkeys(d for figure in FIGURES.values() for d in figure)
    tasks = [(descriptor, t, seed) for t in temperatures for descriptor in descriptors for seed in seeds]
    with concurrent.futures.ThreadPoolExecutor(options.jobs) as pool:
        rows = list(pool.map(run, tasks))
    with open(options.output / "descriptors.csv", "w", newline="") as stream:
        writer = csv.DictWriter(stream, rows[0])
        writer.writeheader()
        writer.writerows(rows)
    tell(rows, temperatures)
    for name in FIGURES:
        draw(rows, name, options.output / f"{name}.svg")


if __name__ == "__main__":
    main()

#!/usr/bin/env python3
"""Table I of Kocer, Mason and Erturk, J. Chem. Phys. 150, 154102 (2019), from molecular dynamics to the figure:

    python3 examples/silicon/table1.py -o DIR

For each temperature: a trajectory of Stillinger and Weber's silicon (sample.yaml), the energies of its atoms
(half of each pair, and the triplets that an atom is the centre of), and three networks (train.yaml).
DIR/table1.csv has the errors, DIR/table1.svg the figure, DIR/T/*.h5 the models. --quick: one small network.
"""

import argparse
import csv
import pathlib

import silicon

# n_max = l_max and the hidden neurons of each network, and what the paper found, meV/atom
NETWORKS = {"16-8-1": (3, 8), "16-16-1": (3, 16), "25-8-1": (4, 8)}
PAPER = {300: {"16-8-1": 0.22, "16-16-1": 0.23, "25-8-1": 0.35},
         600: {"16-8-1": 0.56, "16-16-1": 0.64, "25-8-1": 0.51},
         1000: {"16-8-1": 1.24, "16-16-1": 1.98, "25-8-1": 0.88},
         1500: {"16-8-1": 2.62, "16-16-1": 2.75, "25-8-1": 2.3}}


def draw(rows, path):
    figure, axes = silicon.new_figure("Silicon, energies of atoms")
    for mark, network in zip("os^", NETWORKS):
        found = [(row["temperature"], row["error"], row["paper"]) for row in rows if row["network"] == network]
        if found:
            temperatures, errors, paper = zip(*found)
            line, = axes.plot(temperatures, errors, mark + "-", label=network)
            axes.plot(temperatures, paper, mark + ":", color=line.get_color(), label=f"{network}, the paper")
    silicon.save_figure(figure, axes, path)


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("-o", "--output", type=pathlib.Path, required=True)
    parser.add_argument("--program", default="adatom")
    parser.add_argument("--quick", action="store_true")
    options = parser.parse_args()
    temperatures = [300] if options.quick else list(PAPER)
    networks = ["16-8-1"] if options.quick else list(NETWORKS)
    more = ["--set", "optimizer.epochs=120"] if options.quick else []
    rows = []
    for temperature in temperatures:
        folder = (options.output / str(temperature)).resolve()
        silicon.make_data(options.program, temperature, folder)
        for network in networks:
            size, hidden = NETWORKS[network]
            error = silicon.train(options.program, folder, network, f"bessel:cutoff=3.7711,n_max={size},l_max={size}",
                                  hidden, *more)
            rows.append({"temperature": temperature, "network": network, "error": error,
                         "paper": PAPER[temperature][network]})
            print(f"{temperature:5} K   {network:8}{error:8.3f} meV/atom   paper{PAPER[temperature][network]:6.2f}", flush=True)
    with open(options.output / "table1.csv", "w", newline="") as stream:
        writer = csv.DictWriter(stream, rows[0])
        writer.writeheader()
        writer.writerows(rows)
    draw(rows, options.output / "table1.svg")


if __name__ == "__main__":
    main()

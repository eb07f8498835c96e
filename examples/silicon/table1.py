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
import re
import subprocess

HERE = pathlib.Path(__file__).resolve().parent
EVALUATOR = "kim:SW_StillingerWeber_1985_Si"
SKIPPED, TRAINED = 10, 135  # structures: before equilibrium, and to learn from; the others are the test

# n_max = l_max and the hidden neurons of each network, and what the paper found, meV/atom
NETWORKS = {"16-8-1": (3, 8), "16-16-1": (3, 16), "25-8-1": (4, 8)}
PAPER = {300: {"16-8-1": 0.22, "16-16-1": 0.23, "25-8-1": 0.35},
         600: {"16-8-1": 0.56, "16-16-1": 0.64, "25-8-1": 0.51},
         1000: {"16-8-1": 1.24, "16-16-1": 1.98, "25-8-1": 0.88},
         1500: {"16-8-1": 2.62, "16-16-1": 2.75, "25-8-1": 2.3}}


def adatom(program, *words):
    result = subprocess.run([program, *map(str, words)], stdin=subprocess.DEVNULL, capture_output=True, text=True,
                            check=False)
    if result.returncode != 0:
        raise SystemExit(f"adatom {' '.join(map(str, words))}\n{result.stderr}")
    return result.stdout


def make_data(program, temperature, folder):
    """folder/train.xyz and folder/test.xyz."""
    folder.mkdir(parents=True, exist_ok=True)
    if (folder / "test.xyz").exists():
        return
    adatom(program, "sample", HERE / "sample.yaml", "-o", folder / "trajectory.xyz", "-q",
           "--set", f"dynamics.temperature={temperature}")
    adatom(program, "evaluate", "-e", EVALUATOR, folder / "trajectory.xyz", "-o", folder / "energies.xyz", "-q")
    lines = (folder / "energies.xyz").read_text().splitlines(keepends=True)
    length = int(lines[0]) + 2
    frames = ["".join(lines[i:i + length]) for i in range(0, len(lines), length)]
    (folder / "train.xyz").write_text("".join(frames[SKIPPED:SKIPPED + TRAINED]))
    (folder / "test.xyz").write_text("".join(frames[SKIPPED + TRAINED:]))


def train(program, folder, network, more):
    """The error of the test data in meV/atom."""
    size, hidden = NETWORKS[network]
    output = adatom(program, "train", HERE / "train.yaml", "-o", folder / f"{network}.h5",
                    "--set", f"data.structures={folder / 'train.xyz'}", "--set", f"data.test={folder / 'test.xyz'}",
                    "--set", f"descriptor=bessel:cutoff=3.7711,n_max={size},l_max={size}",
                    "--set", f"network.hidden=[{hidden}]", *more)
    return float(re.search(r"test data +([\d.]+) meV/atom", output).group(1))


def draw(rows, path):
    import matplotlib
    matplotlib.use("svg")
    from matplotlib import pyplot
    figure, axes = pyplot.subplots(figsize=(6, 4))
    for mark, network in zip("os^", NETWORKS):
        found = [(row["temperature"], row["error"], row["paper"]) for row in rows if row["network"] == network]
        if found:
            temperatures, errors, paper = zip(*found)
            line, = axes.plot(temperatures, errors, mark + "-", label=network)
            axes.plot(temperatures, paper, mark + ":", color=line.get_color(), label=f"{network}, the paper")
    axes.set(xlabel="temperature, K", ylabel="RMSE, meV/atom", yscale="log", title="Silicon, energies of atoms")
    axes.legend(fontsize=8)
    figure.tight_layout()
    figure.savefig(path)


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
        make_data(options.program, temperature, folder)
        for network in networks:
            error = train(options.program, folder, network, more)
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

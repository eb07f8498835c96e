"""Trains a network for each line of the table of Ryczko et al. (2018) and writes what came out.

    python3 table.py ADATOM FOLDER [--images 20000] [--epochs 2] [--tested 3000] [--only NAME ...]

FOLDER/table.csv gets a line for each; those that it has are not run again. FOLDER/table.md is the table, FOLDER/trend.svg the error over the
number of images. Every run is tested on dimers of the whole range, which --seed 2 of make_dimers.py draws: what lies outside of what a network
was trained on counts apart (Section 3.2 there, interpolation and extrapolation), and FOLDER/NAME.h5.predictions.svg shows it.
"""

import argparse
import csv
import dataclasses
import math
import pathlib
import resource
import subprocess
import sys

HERE = pathlib.Path(__file__).resolve().parent


@dataclasses.dataclass
class Row:
    name: str
    what: str
    target: str = "distance"
    unit: str = "Å"
    ranges: tuple = (1, 3)
    without: tuple = ()
    uniform: str = "distance"
    grid: int = 64
    dimensions: int = 2
    share: float = 1  # of --images
    tested: tuple = (1, 3)
    paper: str = ""

    def spec(self):
        return "image:grid=" + "+".join([str(self.grid)] * self.dimensions) + ",width=0.2"


LJ = {"target": "lj", "unit": "ε", "ranges": (1.1225, 3), "tested": (1.1225, 3)}
TREND = (0.25, 0.5, 1, 2)
ROWS = [
    *(Row(f"trend-{share}", "1 ≤ r ≤ 3", share=share, paper="0.00158 (256 × 256)") for share in TREND),
    Row("near", "1 ≤ r ≤ 2", ranges=(1, 2), paper="0.00100 (256 × 256)"),
    Row("far", "2 ≤ r ≤ 3", ranges=(2, 3), paper="0.00097 (256 × 256)"),
    Row("gap", "1 ≤ r ≤ 1.67, 2.33 ≤ r ≤ 3", without=(1.67, 2.33), paper="0.00352 (256 × 256), in the gap 0.0343"),
    Row("energy", "−1 ≤ U ≤ 0", **LJ, paper="0.00170"),
    Row("energy-32", "−1 ≤ U ≤ 0", **LJ, grid=32, paper="0.499"),
    Row("energy-128", "−1 ≤ U ≤ 0", **LJ, grid=128, paper="0.00106"),
    Row("energy-uniform", "−1 ≤ U ≤ 0, uniform in U", **{**LJ, "ranges": (-1, -0.0055)}, uniform="energy"),
    Row("harmonic", "(r − 2)², 1 ≤ r ≤ 3", target="harmonic", unit="Å²"),
    Row("steep", "r⁻¹², 1 ≤ r ≤ 3", target="steep", unit="Å⁻¹²"),
    Row("space", "1 ≤ r ≤ 3", grid=32, dimensions=3, share=0.2, paper="0.00321 (64 × 64 × 64)"),
    Row("space-energy", "−1 ≤ U ≤ 0", **LJ, grid=32, dimensions=3, share=0.2, paper="0.00511 (64 × 64 × 64)"),
]
COLUMNS = ["name", "images", "epochs", "seconds", "inside", "inside_rms", "outside"]


def network(row):
    """The local network for this grid: places of the second layer are 1.25 Å apart whatever the grid."""
    if row.dimensions == 3:
        return (HERE / "network-space.yaml").read_text()
    first = row.grid // 16
    return (HERE / "network.yaml").read_text().replace("width: 8, stride: 4", f"width: {2 * first}, stride: {first}")


def make(path, count, row, ranges, seed, without=(), uniform="distance"):
    words = [str(path), str(count), "--dimensions", str(row.dimensions), "--uniform", uniform, "--seed", str(seed), "--range",
             *map(str, ranges)]
    subprocess.run([sys.executable, HERE / "make_dimers.py", *words, *(["--without", *map(str, without)] if without else [])], check=True)


def children_seconds():
    usage = resource.getrusage(resource.RUSAGE_CHILDREN)
    return usage.ru_utime + usage.ru_stime


def judge(row, path):
    """Mean absolute and root mean square error of what is within the range trained on, and the former of what is not."""
    with open(path, encoding="utf-8") as file:
        rows = [line for line in csv.reader(file)][1:]
    trained = sorted(float(line[1]) for line in rows if line[0] == "train")
    low, high = trained[0], trained[-1]
    inside, outside = [], []
    for name, true, predicted in rows:
        if name == "test":
            value = float(true)
            missing = not low <= value <= high or (row.without and row.without[0] < value < row.without[1])
            (outside if missing else inside).append(float(predicted) - value)
    mean = [sum(map(abs, errors)) / len(errors) if len(errors) > 20 else math.nan for errors in (inside, outside)]
    return mean[0], math.sqrt(sum(e * e for e in inside) / len(inside)), mean[1]


def run(row, options):
    folder = options.folder
    count = round(options.images * row.share)
    make(folder / "train.extxyz", count, row, row.ranges, 1, row.without, row.uniform)
    make(folder / "test.extxyz", options.tested, row, row.tested, 2)
    (folder / "network.yaml").write_text(network(row))
    settings = {"data.structures": folder / "train.extxyz", "data.test": folder / "test.extxyz", "data.target": row.target,
                "data.unit": row.unit, "image": row.spec(), "network.file": folder / "network.yaml", "optimizer.epochs": options.epochs}
    before = children_seconds()
    model = folder / f"{row.name}.h5"
    subprocess.run([options.adatom, "train", HERE / "train.yaml", "-o", model, "--threads", "1", "-q",
                    *(word for key, value in settings.items() for word in ("--set", f"{key}={value}"))],
                   check=True, stdout=subprocess.DEVNULL)
    inside, rms, outside = judge(row, f"{model}.predictions.csv")
    return [row.name, count, options.epochs, round(children_seconds() - before), f"{inside:.3g}", f"{rms:.3g}", f"{outside:.3g}"]


def write_table(folder, found):
    lines = ["| data | grid | images | CPU s | mean absolute error | root mean square | outside of it | the paper |", "|---|---|---|---|---|---|---|---|"]
    for row in ROWS:
        if row.name in found:
            _, images, epochs, seconds, inside, rms, outside = found[row.name]
            grid = " × ".join([str(row.grid)] * row.dimensions)
            lines.append(f"| {row.what} | {grid} | {images} × {epochs} | {seconds} | {inside} {row.unit} | {rms} {row.unit} | "
                         f"{'' if outside == 'nan' else outside} | {row.paper} |")
    (folder / "table.md").write_text("\n".join(lines) + "\n", encoding="utf-8")


def write_trend(folder, found, width=520, height=340):
    """Error over number of images, both logarithmic."""
    points = sorted((int(line[1]), float(line[4])) for name, line in found.items() if name.startswith("trend"))
    if len(points) < 2:
        return
    left, bottom, top, right = 70, 50, 20, 20
    x_range = [math.log10(points[0][0]) - 0.1, math.log10(points[-1][0]) + 0.1]
    y_range = [math.log10(min(y for _, y in points)) - 0.15, math.log10(max(y for _, y in points)) + 0.15]

    def place(x, y):
        return (left + (math.log10(x) - x_range[0]) / (x_range[1] - x_range[0]) * (width - left - right),
                height - bottom - (math.log10(y) - y_range[0]) / (y_range[1] - y_range[0]) * (height - bottom - top))
    out = [f'<svg xmlns="http://www.w3.org/2000/svg" width="{width}" height="{height}" font-family="sans-serif" font-size="12" fill="#445">',
           f'<rect width="{width}" height="{height}" fill="white"/>',
           f'<path d="M{left} {top}V{height - bottom}H{width - right}" fill="none" stroke="#778"/>',
           f'<text x="{(left + width - right) / 2}" y="{height - 12}" text-anchor="middle">images</text>',
           f'<text transform="translate(16 {(top + height - bottom) / 2}) rotate(-90)" text-anchor="middle">mean absolute error, Å</text>',
           '<polyline fill="none" stroke="#1a4a7a" stroke-width="2" points="' + " ".join("{:.1f},{:.1f}".format(*place(*p)) for p in points) + '"/>']
    for x, y in points:
        at = place(x, y)
        out.append(f'<circle cx="{at[0]:.1f}" cy="{at[1]:.1f}" r="4" fill="#1a4a7a"/>')
        out.append(f'<text x="{at[0]:.1f}" y="{height - bottom + 16}" text-anchor="middle">{x}</text>')
        out.append(f'<text x="{at[0] + 7:.1f}" y="{at[1] - 7:.1f}">{y:.3g}</text>')
    (folder / "trend.svg").write_text("\n".join(out) + "\n</svg>\n", encoding="utf-8")


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("adatom")
    parser.add_argument("folder", type=pathlib.Path)
    parser.add_argument("--images", type=int, default=20000)
    parser.add_argument("--epochs", type=int, default=2)
    parser.add_argument("--tested", type=int, default=3000)
    parser.add_argument("--only", nargs="+", choices=[row.name for row in ROWS])
    options = parser.parse_args()
    options.folder.mkdir(exist_ok=True)
    path, found = options.folder / "table.csv", {}
    if path.exists():
        with open(path, encoding="utf-8") as file:
            found = {line[0]: line for line in list(csv.reader(file))[1:]}
    for row in ROWS:
        if row.name not in found and (options.only is None or row.name in options.only):
            found[row.name] = list(map(str, run(row, options)))
            with open(path, "w", encoding="utf-8", newline="") as file:
                csv.writer(file).writerows([COLUMNS, *found.values()])
            write_table(options.folder, found)
            write_trend(options.folder, found)


main()

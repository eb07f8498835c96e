"""What the scripts of this folder share: the program, the data, training, figures."""

import pathlib
import re
import statistics
import subprocess

HERE = pathlib.Path(__file__).resolve().parent
EVALUATOR = "kim:SW_StillingerWeber_1985_Si"
SKIPPED, TRAINED = 10, 135  # structures: before equilibrium, and to learn from; the others are the test


def call(words, **options):
    """What the program writes; its error ends the script."""
    words = [str(word) for word in words]
    result = subprocess.run(words, stdin=subprocess.DEVNULL, capture_output=True, text=True, check=False, **options)
    if result.returncode != 0:
        raise SystemExit(f"{' '.join(words)}\n{result.stdout[-2000:]}\n{result.stderr}")
    return result.stdout


def make_data(program, temperature, folder):
    """folder/train.xyz and folder/test.xyz: a trajectory of sample.yaml with the energies of its atoms."""
    folder.mkdir(parents=True, exist_ok=True)
    if (folder / "test.xyz").exists():
        return
    call([program, "sample", HERE / "sample.yaml", "-o", folder / "trajectory.xyz", "-q", "--set",
          f"dynamics.temperature={temperature}"])
    call([program, "evaluate", "-e", EVALUATOR, folder / "trajectory.xyz", "-o", folder / "energies.xyz", "-q"])
    lines = (folder / "energies.xyz").read_text().splitlines(keepends=True)
    length = int(lines[0]) + 2
    frames = ["".join(lines[i:i + length]) for i in range(0, len(lines), length)]
    (folder / "train.xyz").write_text("".join(frames[SKIPPED:SKIPPED + TRAINED]))
    (folder / "test.xyz").write_text("".join(frames[SKIPPED + TRAINED:]))


def train(program, folder, name, descriptor, hidden, *more):
    """Trains folder/name.h5 on the energies of the atoms (train.yaml); the error of the test data in meV/atom."""
    output = call([program, "train", HERE / "train.yaml", "-o", folder / f"{name}.h5",
                   "--set", f"data.structures={folder / 'train.xyz'}", "--set", f"data.test={folder / 'test.xyz'}",
                   "--set", f"descriptor={descriptor}", "--set", f"network.hidden=[{hidden}]", *more])
    return float(re.search(r"test data +([\d.]+) meV/atom", output).group(1))


def spread(values):
    """Their median and range in words: 0.12 (0.11-0.15)."""
    return f"{statistics.median(values):.3g} ({min(values):.3g}–{max(values):.3g})"


def new_figure(title):
    """Axes for errors against temperature."""
    import matplotlib
    matplotlib.use("svg")
    matplotlib.rcParams["svg.hashsalt"] = "silicon"  # the same file from the same numbers
    matplotlib.rcParams["svg.fonttype"] = "none"
    from matplotlib import pyplot
    figure, axes = pyplot.subplots(figsize=(6, 4))
    axes.set(xlabel="temperature, K", ylabel="RMSE, meV/atom", yscale="log", title=title)
    return figure, axes


def save_figure(figure, axes, path):
    axes.legend(fontsize=8)
    figure.tight_layout()
    figure.savefig(path, metadata={"Date": None})

"""examples/representations: each file begins a search that learns, and its report shows the image."""

import argparse
import csv
import pathlib
import subprocess
import tempfile

EXAMPLES = pathlib.Path(__file__).resolve().parents[2] / "examples" / "representations"
EPISODES = 3


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--program", required=True)
    program = parser.parse_args().program
    files = sorted(EXAMPLES.glob("*.yaml"))
    assert [f.stem for f in files] == ["agr", "angular", "displaced", "gaussian", "one_hot"], files
    with tempfile.TemporaryDirectory() as folder:
        for file in files:
            run = pathlib.Path(folder) / file.stem
            subprocess.run([program, "search", str(file), "-o", str(run), "--quiet",
                            "--set", f"stop.episodes={EPISODES}", "--set", "stop.at_energy=false",
                            "--set", "training.batch=16"], check=True)
            with open(run / "log.csv", encoding="utf-8") as log:
                losses = [float(row["loss"]) for row in csv.DictReader(log)]
            assert len(losses) == EPISODES and all(loss > 0 for loss in losses), losses
            subprocess.run([program, "report", str(run)], check=True, stdout=subprocess.DEVNULL)
            page = (run / "report.html").read_text(encoding="utf-8")
            assert '<section id="image">' in page
            trained = file.stem in ("agr", "displaced")
            assert ("Coefficients of the basis kernels" in page) == trained, file


if __name__ == "__main__":
    main()

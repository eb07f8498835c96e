"""examples/ensemble: the commands of its README, with jobs and as ranks."""

import argparse
import csv
import os
import pathlib
import shutil
import subprocess
import tempfile

from ase.io import read

EXAMPLE = pathlib.Path(__file__).resolve().parents[2] / "examples" / "ensemble"
SECONDS = 200


def rows(path):
    with open(path, encoding="utf-8", newline="") as stream:
        return list(csv.DictReader(stream))


def check_results(folder, agents):
    table = rows(folder / "ensemble.csv")
    assert len(table) == agents and all(row["standing"] == "ended" for row in table), table
    successes = sum(row["success"] == "1" for row in table)
    assert successes >= agents // 2, f"{successes} of {agents} agents found the triangle"
    best = read(folder / "structures.extxyz", "0")
    assert best.get_potential_energy() <= -0.0265, best.get_potential_energy()
    distances = [best.get_distance(i, j, mic=True) for i, j in [(0, 1), (0, 2), (1, 2)]]
    assert all(3.5 < d < 4.1 for d in distances), distances  # sigma 2^(1/6) is 3.82 Å
    n50 = float(rows(folder / "summary.csv")[0]["n50"])
    print(f"{successes} of {agents} agents found the triangle, half of them by episode {n50:.0f}")


def check_ranks(program, folder, whole):
    environment = dict(os.environ, OMPI_ALLOW_RUN_AS_ROOT="1", OMPI_ALLOW_RUN_AS_ROOT_CONFIRM="1")
    subprocess.run(["mpirun", "--oversubscribe", "-np", "2", program, "ensemble", EXAMPLE / "search.yaml",
                    "--agents", "6", "-q", "-o", folder], check=True, timeout=SECONDS, env=environment)
    keys = ("seed", "success", "success_episodes", "episodes", "best_energy")
    some, all_of_them = ([[row[key] for key in keys] for row in rows(place / "ensemble.csv")]
                         for place in (folder, whole))
    assert some == all_of_them[:6], (some, all_of_them)


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--program", required=True)
    program = parser.parse_args().program
    with tempfile.TemporaryDirectory() as name:
        folder = pathlib.Path(name)
        subprocess.run([program, "ensemble", EXAMPLE / "search.yaml", "--agents", "12", "-o", folder / "run"],
                       check=True, stdin=subprocess.DEVNULL, timeout=SECONDS)
        check_results(folder / "run", 12)
        subprocess.run([program, "ensemble", EXAMPLE / "search.yaml", "--agents", "12", "-o", folder / "greedy", "-q",
                        "--set", "policy.epsilon_0=0"], check=True, timeout=SECONDS)
        subprocess.run([program, "report", folder / "run", folder / "greedy", "-o", folder / "comparison"],
                       check=True, timeout=SECONDS)
        assert len(rows(folder / "comparison" / "comparison.csv")) == 3
        if shutil.which("mpirun"):
            check_ranks(program, folder / "ranks", folder / "run")
    subprocess.run(["bash", "-n", EXAMPLE / "slurm.sh"], check=True, timeout=10)


main()

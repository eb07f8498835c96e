"""The potentials of potential.c in LAMMPS (pair_style kim) beside its own pair_style sw and the KIM API's: microseconds
of CPU time per atom and step, on one core, by turns; then how they grow with the number of atoms. The time of a run of
no step is taken off; what remains is the pair style but for some per cent.

    python3 bench/potential.py BUILD
"""

import os
import pathlib
import resource
import statistics
import subprocess
import sys
import tempfile

ROUNDS = 5
CLASSICAL = "SW_StillingerWeber_1985_Si__MO_405512056662_005"

SCRIPT = """units metal
atom_style atomic
boundary p p p
lattice diamond 5.431
region cell block 0 {cells} 0 {cells} 0 {cells}
create_box 1 cell
create_atoms 1 box
mass 1 28.0855
pair_style {style}
pair_coeff * * {coefficients}
displace_atoms all random 0.14 0.14 0.14 5 units box
velocity all create 300 11
fix 1 all nve
timestep 0.001
thermo 1000
run {steps}
"""

SW = """Si Si Si 2.1683 2.0951 1.80 21.0 1.20 -0.333333333333 7.049556277 0.6022245584 4.0 0.0 0.0
"""


def call(words, folder, environment):
    result = subprocess.run([str(word) for word in words], cwd=folder, env=environment, capture_output=True, text=True,
                            stdin=subprocess.DEVNULL, check=False)
    if result.returncode != 0:
        raise SystemExit(f"{words}\n{result.stdout[-2000:]}\n{result.stderr}")
    return result.stdout


def prepare(build, folder):
    """A collection of the KIM API with the driver and the potentials of the benchmark."""
    environment = dict(os.environ, OMP_NUM_THREADS="1")
    for kind in ("MODEL_DRIVERS", "PORTABLE_MODELS", "SIMULATOR_MODELS"):
        (folder / kind).mkdir()
        environment[f"KIM_API_{kind}_DIR"] = str(folder / kind)
    call(["cmake", "--install", build, "--component", "kim", "--prefix", folder / "prefix"], folder, environment)
    call([build / "bench" / "bench_potential", folder], folder, environment)
    for source in ("prefix/share/adatom/kim/adatom_potential_driver", "Bench_Si_4A", "Bench_Si_6A"):
        call(["kim-api-collections-management", "install", "environment", folder / source], folder, environment)
    (folder / "Si.sw").write_text(SW)
    return environment


def seconds(style, coefficients, cells, steps, folder, environment):
    """CPU time of a whole run."""
    (folder / "in.lmp").write_text(SCRIPT.format(style=style, coefficients=coefficients, cells=cells, steps=steps))
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    call(["lmp", "-in", "in.lmp", "-log", "none"], folder, environment)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return after.ru_utime - before.ru_utime + after.ru_stime - before.ru_stime


def measure(style, coefficients, cells, steps, folder, environment):
    """Microseconds per atom and step."""
    start, whole = (seconds(style, coefficients, cells, n, folder, environment) for n in (0, steps))
    return 1e6 * (whole - start) / steps / (8 * cells ** 3)


def main():
    build = pathlib.Path(sys.argv[1]).resolve()
    with tempfile.TemporaryDirectory() as name:
        folder = pathlib.Path(name)
        environment = prepare(build, folder)
        styles = {"Stillinger-Weber, KIM API": (f"kim {CLASSICAL}", "Si"), "Stillinger-Weber, LAMMPS": ("sw", "Si.sw Si"),
                  "25-10-1, 3.77 A": ("kim Bench_Si_4A", "Si"), "25-10-1, 6 A": ("kim Bench_Si_6A", "Si")}
        times = {label: [] for label in styles}
        for _ in range(ROUNDS):
            for label, (style, coefficients) in styles.items():
                times[label].append(measure(style, coefficients, 5, 400, folder, environment))
        first = times["Stillinger-Weber, KIM API"]
        print(f"{'in LAMMPS, 1000 atoms of silicon':34}{'us/atom':>9}{'ratio':>8}")
        for label, found in times.items():
            ratio = statistics.median(a / b for a, b in zip(found, first))
            print(f"{label:34}{statistics.median(found):9.3f}{ratio:8.2f}", flush=True)
        print(f"\n{'atoms':12}{'25-10-1, 3.77 A':>18}{'Stillinger-Weber, KIM API':>28}")
        for cells, steps in ((5, 400), (10, 50), (20, 8), (50, 2)):
            row = [measure(*styles[label], cells, steps, folder, environment)
                   for label in ("25-10-1, 3.77 A", "Stillinger-Weber, KIM API")]
            print(f"{8 * cells ** 3:<12}{row[0]:18.3f}{row[1]:28.3f}", flush=True)


main()

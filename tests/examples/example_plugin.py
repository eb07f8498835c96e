"""examples/plugin: built with one line, loaded, equal to ASE's Morse potential; and what is no plug-in
is refused with one line."""

import argparse
import pathlib
import subprocess
import tempfile

import numpy
from ase.calculators.morse import MorsePotential
from ase.io import read

ROOT = pathlib.Path(__file__).resolve().parents[2]
EXAMPLE = ROOT / "examples" / "plugin"


def build(options, source, output):
    subprocess.run([options.compiler, "-std=c17", "-Wall", "-Wextra", "-Wpedantic", "-Werror", "-shared", "-fPIC", "-O2",
                    f"-I{ROOT / 'include'}", f"-I{options.build}/include", "-o", output, source, f"-L{options.build}",
                    "-ladatom", "-lm"], check=True)


def evaluate(options, spec, folder):
    return subprocess.run([f"{options.build}/adatom", "evaluate", "-q", "-e", spec, EXAMPLE / "trimer.xyz",
                           "-o", "out.xyz"], cwd=folder, check=False, capture_output=True, encoding="utf-8", timeout=60)


def expect(options, spec, folder, line, status=2):
    result = evaluate(options, spec, folder)
    assert (result.stderr, result.returncode) == (f"adatom: {line}\n", status), result


def check_energies(options, folder):
    result = evaluate(options, "plugin:morse.so,D=0.012,a=1.7,r0=3.8", folder)
    assert (result.stderr, result.returncode) == ("", 0), result
    atoms = read(folder / "out.xyz", format="extxyz")
    reference = read(EXAMPLE / "trimer.xyz", format="extxyz")
    reference.calc = MorsePotential(epsilon=0.012, rho0=1.7 * 3.8, r0=3.8, rcut1=90, rcut2=99)
    assert abs(reference.get_potential_energy()) > 0.01
    assert abs(atoms.get_potential_energy() - reference.get_potential_energy()) < 1e-12
    numpy.testing.assert_allclose(atoms.get_forces(), reference.get_forces(), rtol=0, atol=1e-12)


def check_refusals(options, folder):
    expect(options, "plugin:morse.so,depth=1", folder, 'morse has no argument "depth"; known: D a r0')
    expect(options, "plugin:none.so", folder, "plugin: there is no file none.so")
    expect(options, "plugin:", folder, "plugin wants a file: plugin:FILE.so,key=value")
    expect(options, "plugin:D=1", folder, "plugin wants a file: plugin:FILE.so,key=value")
    (folder / "text.so").write_text("no library")
    result = evaluate(options, "plugin:text.so", folder)
    assert result.stderr.startswith("adatom: plugin: text.so cannot be loaded: "), result
    assert (result.stderr.count("\n"), result.returncode) == (1, 2), result
    sources = {
        "empty": ("int nothing;\nint nothing;\n",
                  "plugin: empty.so has no adatom_plugin_abi; it ends in ADATOM_PLUGIN = {...} of adatom/sys/evaluator.h"),
        "other": ("const int adatom_plugin_abi = 99;\n",
                  "plugin: other.so was built for version 99 of the interface, this adatom has 3: build it again"),
        "half": ("const int adatom_plugin_abi = 3;\n", "plugin: half.so has no adatom_plugin"),
        "bare": ("#include <adatom/sys/evaluator.h>\nADATOM_PLUGIN = {.free = 0};\n",
                 "plugin: bare.so lacks one of create, free and compute"),
    }
    for name, (text, line) in sources.items():
        (folder / f"{name}.c").write_text(text)
        build(options, folder / f"{name}.c", folder / f"{name}.so")
        expect(options, f"plugin:{name}.so", folder, line)


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--build", required=True)
    parser.add_argument("--compiler", required=True)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="adatom-example-") as folder:
        folder = pathlib.Path(folder)
        build(options, EXAMPLE / "morse.c", folder / "morse.so")
        check_energies(options, folder)
        check_refusals(options, folder)


main()

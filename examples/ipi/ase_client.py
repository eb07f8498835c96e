#!/usr/bin/env python3
"""Serves energies of any ASE calculator to adatom's evaluator `ipi`.

    ase_client.py NAME C24 --pbc TTF --calculator ase.calculators.emt:EMT
    ase_client.py localhost:31415 start.xyz --calculator ase.calculators.lj:LennardJones --set sigma=3.4 --set rc=8.5

The atoms are a formula or a file; a file gives the periodic directions too. Positions and cell come from
adatom with each structure. The client starts before or after adatom, and ends when adatom ends.
"""

import argparse
import ast
import importlib
import pathlib
import sys
import time

import ase
import ase.io
from ase.calculators.socketio import SocketClient


def read_atoms(text, periodic):
    """The atoms of a file, or of a formula."""
    if pathlib.Path(text).exists():
        return ase.io.read(text)
    return ase.Atoms(text, pbc=[letter in "Tt" for letter in periodic])


def make_calculator(name, settings):
    """The class of "module:Class", called with the settings; values are Python literals, or texts."""
    module, _, kind = name.partition(":")
    arguments = {}
    for setting in settings:
        key, _, value = setting.partition("=")
        try:
            arguments[key] = ast.literal_eval(value)
        except (ValueError, SyntaxError):
            arguments[key] = value
    return getattr(importlib.import_module(module), kind)(**arguments)


def connect(address, patience):
    """Tries again until adatom is there."""
    host, _, port = address.rpartition(":")
    end = time.monotonic() + patience
    while True:
        try:
            if host:
                return SocketClient(host=host, port=int(port))
            return SocketClient(unixsocket=address)
        except (ConnectionRefusedError, FileNotFoundError):
            if time.monotonic() > end:
                sys.exit(f"ase_client.py: nobody listens at {address} after {patience:g} s")
            time.sleep(0.05)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("address", help="NAME or HOST:PORT, as in adatom's ipi:NAME or ipi:HOST:PORT")
    parser.add_argument("atoms", help="a formula, such as C24, or a file that ASE reads")
    parser.add_argument("--pbc", default="TTT", help="periodic directions for a formula (default TTT)")
    parser.add_argument("--calculator", required=True, metavar="MODULE:CLASS")
    parser.add_argument("--set", action="append", default=[], metavar="KEY=VALUE", help="of the calculator")
    parser.add_argument("--stress", action="store_true", help="compute and send the stress as well")
    parser.add_argument("--patience", type=float, default=60, help="seconds to wait for adatom (default 60)")
    wanted = parser.parse_args()
    atoms = read_atoms(wanted.atoms, wanted.pbc)
    atoms.calc = make_calculator(wanted.calculator, wanted.set)
    connect(wanted.address, wanted.patience).run(atoms, use_stress=wanted.stress)


if __name__ == "__main__":
    main()

"""Every evaluator of adatom as an ASE calculator, by the C library.

    from adatom import Adatom
    atoms.calc = Adatom("model:silicon.h5")      # or "kim:NAME", "xtb:gfn2", "lammps:FILE" ...
    atoms.get_potential_energy()

The text is that of `adatom evaluate -e`. Units are ASE's own, eV and Å. The library is libadatom.so.0, or
the file that the environment variable ADATOM_LIBRARY names.
"""

import ctypes
import os

import numpy as np
from ase.calculators.calculator import Calculator, CalculatorSetupError, CalculationFailed, all_changes
from ase.stress import full_3x3_to_voigt_6_stress


class _Structure(ctypes.Structure):
    _fields_ = [("atom_count", ctypes.c_size_t), ("atomic_numbers", ctypes.POINTER(ctypes.c_int)),
                ("positions", ctypes.POINTER(ctypes.c_double)), ("cell", ctypes.c_double * 9),
                ("periodic", ctypes.c_bool * 3)]


class _Properties(ctypes.Structure):
    _fields_ = [("energy", ctypes.c_double), ("forces", ctypes.POINTER(ctypes.c_double)),
                ("energies", ctypes.POINTER(ctypes.c_double)), ("virial", ctypes.POINTER(ctypes.c_double)),
                ("has_energies", ctypes.c_bool), ("has_virial", ctypes.c_bool)]


def _load():
    library = ctypes.CDLL(os.environ.get("ADATOM_LIBRARY", "libadatom.so.0"))
    library.adatom_error_message.restype = ctypes.c_char_p
    library.adatom_evaluator_create.argtypes = [ctypes.c_char_p, ctypes.POINTER(ctypes.c_void_p)]
    library.adatom_evaluator_free.argtypes = [ctypes.c_void_p]
    library.adatom_evaluator_free.restype = None
    library.adatom_evaluator_compute_properties.argtypes = [
        ctypes.c_void_p, ctypes.POINTER(_Structure), ctypes.POINTER(_Properties)]
    return library


def _doubles(array):
    return array.ctypes.data_as(ctypes.POINTER(ctypes.c_double))


class Adatom(Calculator):
    """Energy, forces, and where the evaluator has them, stress and energies of atoms."""

    implemented_properties = ["energy", "free_energy", "forces", "energies", "stress"]

    def __init__(self, evaluator, **keywords):
        super().__init__(**keywords)
        self._library, self._evaluator = _load(), ctypes.c_void_p()
        status = self._library.adatom_evaluator_create(evaluator.encode(), ctypes.byref(self._evaluator))
        if status != 0:
            raise CalculatorSetupError(self._message())

    def _message(self):
        return self._library.adatom_error_message().decode()

    def __del__(self):
        if getattr(self, "_evaluator", None):
            self._library.adatom_evaluator_free(self._evaluator)

    def calculate(self, atoms=None, properties=("energy",), system_changes=tuple(all_changes)):
        super().calculate(atoms, properties, system_changes)
        count = len(self.atoms)
        numbers = np.ascontiguousarray(self.atoms.numbers, dtype=np.intc)
        positions = np.ascontiguousarray(self.atoms.positions, dtype=float)
        structure = _Structure(count, numbers.ctypes.data_as(ctypes.POINTER(ctypes.c_int)), _doubles(positions),
                               (ctypes.c_double * 9)(*self.atoms.cell.array.ravel()),
                               (ctypes.c_bool * 3)(*map(bool, self.atoms.pbc)))
        forces, energies, virial = np.zeros((count, 3)), np.zeros(count), np.zeros((3, 3))
        answer = _Properties(forces=_doubles(forces), energies=_doubles(energies), virial=_doubles(virial))
        if self._library.adatom_evaluator_compute_properties(self._evaluator, structure, answer) != 0:
            raise CalculationFailed(self._message())
        self.results = {"energy": answer.energy, "free_energy": answer.energy, "forces": forces}
        if answer.has_energies:
            self.results["energies"] = energies
        volume = abs(np.linalg.det(self.atoms.cell.array))
        if answer.has_virial and volume > 0 and any(self.atoms.pbc):
            self.results["stress"] = full_3x3_to_voigt_6_stress(-virial / volume)

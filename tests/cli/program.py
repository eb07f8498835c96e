"""Runs the program under test, whose path is the first argument of each test."""

import os
import pathlib
import shutil
import subprocess
import sys
import tempfile
import unittest

PROGRAM = pathlib.Path(sys.argv.pop(1)).resolve() if len(sys.argv) > 1 else pathlib.Path("adatom")

# What libraries keep to the end; the leak checker of a sanitizer build need not care.
SUPPRESSIONS = pathlib.Path(__file__).resolve().parent.parent / "leaks.supp"
ENVIRONMENT = dict(os.environ, LSAN_OPTIONS=f"suppressions={SUPPRESSIONS}:print_suppressions=0")


class ProgramTest(unittest.TestCase):
    """A test with a folder of its own, in which the program runs."""

    maxDiff = None

    def setUp(self):
        self.folder = pathlib.Path(tempfile.mkdtemp(prefix="adatom-cli-"))
        self.addCleanup(shutil.rmtree, self.folder)

    def write(self, name, text):
        path = self.folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(text if isinstance(text, bytes) else text.encode())
        return path

    def read(self, name):
        return (self.folder / name).read_text()

    def run_program(self, *words, timeout=120, **more):
        return subprocess.run([PROGRAM, *words], cwd=self.folder, env=ENVIRONMENT, timeout=timeout,
                              capture_output=True, text=True, check=False, **more)

    def expect_error(self, words, line, status=2):
        """The program says this one line on stderr and ends with this status."""
        result = self.run_program(*words)
        self.assertEqual(result.stderr, f"adatom: {line}\n")
        self.assertEqual(result.returncode, status)
        return result

    def expect_output(self, *words, **more):
        """The program ends well and says nothing on stderr; returns its output."""
        result = self.run_program(*words, **more)
        self.assertEqual(result.stderr, "")
        self.assertEqual(result.returncode, 0, result.stdout)
        return result.stdout

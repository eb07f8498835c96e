"""The manual page and docs/search-options.md are those of the tables, and the page is good roff."""

import pathlib
import re
import subprocess
import sys
import unittest

ROOT = pathlib.Path(__file__).resolve().parents[2]
WRITER, PAGE = (pathlib.Path(word) for word in sys.argv[1:3])
del sys.argv[1:3]


def options():
    """Section and name of each option of a search and of a sampling, in the order of the lists."""
    text = "".join((ROOT / "include" / "adatom" / f"{command}_options.def").read_text()
                   for command in ("search", "sample", "potential"))
    pairs = re.findall(r"^(?:[A-Z]+)\((\w+), (\w+),", text, re.M)
    return [name if section == "run" else f"{section}.{name}" for section, name in pairs]


def rendered():
    result = subprocess.run(["man", "--warnings", "-l", PAGE], capture_output=True, text=True, timeout=60,
                            env={"PATH": "/usr/bin:/bin", "LC_ALL": "C.UTF-8", "MANWIDTH": "500"}, check=False)
    return result


class Manual(unittest.TestCase):
    maxDiff = None

    def test_page_is_good_roff(self):
        result = rendered()
        self.assertEqual((result.stderr, result.returncode), ("", 0))

    def test_page_has_all(self):
        text = rendered().stdout
        self.assertGreater(len(options()), 60)
        for path in options():
            self.assertRegex(text, rf"(?m)^ +{re.escape(path)}: ")
        for word in ["adatom search RUN.yaml", "adatom evaluate", "adatom sample RUN.yaml", "--set KEY=VALUE", "EXIT STATUS", "ε0", "Å"]:
            self.assertIn(word, text)

    def test_docs_are_up_to_date(self):
        result = subprocess.run([WRITER, "markdown"], capture_output=True, text=True, timeout=60, check=True)
        committed = (ROOT / "docs" / "search-options.md").read_text()
        self.assertEqual(committed, result.stdout, "run tools/update-docs.sh")

    def test_wrong_use(self):
        result = subprocess.run([WRITER, "html"], capture_output=True, text=True, timeout=60, check=False)
        self.assertEqual((result.stderr, result.returncode),
                         ("manual: expected one word: man or markdown\n", 2))


if __name__ == "__main__":
    unittest.main()

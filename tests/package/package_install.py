"""`make install` gives what a user needs: the installed program runs, and a program of one's own
builds against the library by pkg-config and by find_package, wherever the tree is moved to."""

import argparse
import os
import pathlib
import re
import shutil
import subprocess
import tempfile

HERE = pathlib.Path(__file__).resolve().parent
DIMER = '2\nProperties=species:S:1:pos:R:3 pbc="F F F"\nAr 0 0 0\nAr 3.4 0 0\n'


def run(*command, **keywords):
    """Standard output of a command that must succeed."""
    result = subprocess.run([str(word) for word in command], stdout=subprocess.PIPE,
                            stderr=subprocess.STDOUT, encoding="utf-8", check=False, **keywords)
    assert result.returncode == 0, f"{command}:\n{result.stdout}"
    return result.stdout


def install(options, folder):
    """Installs below a DESTDIR, then moves the tree: nothing may depend on where it was."""
    run(options.cmake, "--install", options.build, "--prefix", "/usr",
        env={**os.environ, "DESTDIR": str(folder / "staged")})
    prefix = folder / "moved"
    shutil.move(str(folder / "staged" / "usr"), str(prefix))
    return prefix


def check_files(prefix):
    """What is there, and what is not."""
    names = {str(p.relative_to(prefix)) for p in prefix.rglob("*")}
    headers = {f"include/{p.relative_to(HERE.parents[1] / 'include')}"
               for p in (HERE.parents[1] / "include").rglob("*") if p.suffix in (".h", ".def")}
    assert headers, "no public headers"
    missing = (headers | {"include/adatom/version.h", "bin/adatom", "share/doc/adatom/LICENSE"}) - names
    assert not missing, f"not installed: {sorted(missing)}"
    private = [name for name in names if name.endswith((".a", ".in")) and "/examples/" not in name]
    assert not private, f"private files are installed: {private}"
    assert [name for name in names if name.endswith("libadatom.so.0")], "libadatom.so.0 is missing"
    assert "share/man/man1/adatom.1" in names, "the manual page is missing"


def package_folder(prefix):
    found = list(prefix.rglob("adatom.pc"))
    assert len(found) == 1, f"adatom.pc: {found}"
    return found[0].parent


def check_program(program, library_folder, folder, version):
    """The program computes; the energy of a dimer at sigma is zero, moved outward it is negative."""
    frames = folder / "dimer.xyz"
    frames.write_text(DIMER + DIMER.replace("3.4 0 0", "3.8163 0 0"))
    lines = run(program, frames, env={"LD_LIBRARY_PATH": str(library_folder)}).splitlines()
    assert len(lines) == 2, lines
    for line, expected in zip(lines, (0.0, -0.01)):
        formula, energy, rest = line.split(maxsplit=2)
        assert formula == "Ar2" and rest == f"eV, adatom {version}", line
        assert abs(float(energy) - expected) < 1e-4, line


def program_of_readme():
    """The C program that the README shows."""
    return re.search(r"```c\n(.*?)```", (HERE.parents[1] / "README.md").read_text(), re.S).group(1)


def main():
    parser = argparse.ArgumentParser()
    for name in ("build", "cmake", "compiler"):
        parser.add_argument(f"--{name}", required=True)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as name:
        folder = pathlib.Path(name)
        prefix = install(options, folder)
        check_files(prefix)
        packages = package_folder(prefix)
        search = {**os.environ, "PKG_CONFIG_PATH": str(packages)}
        version = run("pkg-config", "--modversion", "adatom", env=search).strip()
        assert run(prefix / "bin" / "adatom", "--version").split()[:2] == ["adatom", version]

        flags = run("pkg-config", "--cflags", "--libs", "adatom", env=search).split()
        run(options.compiler, "-std=c17", "-Wall", "-Wextra", "-Werror",
            HERE / "program" / "program.c", "-o", folder / "by-pkg-config", *flags)
        check_program(folder / "by-pkg-config", packages.parent, folder, version)

        (folder / "readme.c").write_text(program_of_readme())
        run(options.compiler, "-std=c17", "-Wall", "-Wextra", "-Werror",
            folder / "readme.c", "-o", folder / "readme", *flags)

        run(options.cmake, "-S", HERE / "program", "-B", folder / "by-cmake", "-G", "Ninja",
            f"-DCMAKE_PREFIX_PATH={prefix}", f"-DCMAKE_C_COMPILER={options.compiler}")
        run(options.cmake, "--build", folder / "by-cmake")
        check_program(folder / "by-cmake" / "program", packages.parent, folder, version)
        run(options.cmake, "-S", HERE.parents[1] / "examples" / "plugin", "-B", folder / "plugin", "-G", "Ninja",
            f"-DCMAKE_PREFIX_PATH={prefix}", f"-DCMAKE_C_COMPILER={options.compiler}")
        run(options.cmake, "--build", folder / "plugin")
        run(prefix / "bin" / "adatom", "evaluate", "-e", f"plugin:{folder / 'plugin' / 'morse.so'},r0=3.8",
            HERE.parents[1] / "examples" / "plugin" / "trimer.xyz", "-o", folder / "trimer-out.xyz")
        print("installed, moved, built by pkg-config and by find_package")


main()

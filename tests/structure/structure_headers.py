"""Every public header compiles alone, in C17 and in C++17, with all warnings."""

import argparse
import subprocess

import house

WARNINGS = ["-Wall", "-Wextra", "-Wpedantic", "-Werror"]


def compile_alone(compiler, language, header, build):
    """The compiler's complaint about a file that holds nothing but the #include, or ''."""
    arguments = compiler + WARNINGS + [
        "-fsyntax-only", f"-I{house.ROOT}/include", f"-I{build}/include", "-x", language, "-"]
    result = subprocess.run(arguments, input=f"#include <{header}>\nextern int anything;\n", stdout=subprocess.PIPE,
                            stderr=subprocess.STDOUT, encoding="utf-8", check=False)
    return result.stdout if result.returncode != 0 else ""


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--build", required=True)
    build = parser.parse_args().build
    folder = house.ROOT / "include"
    headers = [str(p.relative_to(folder)) for p in house.sources("include", endings=(".h",))]
    headers.append("adatom/version.h")
    complaints = []
    for header in headers:
        for compiler, language in ((["gcc", "-std=c17"], "c"), (["clang++", "-std=c++17"], "c++")):
            text = compile_alone(compiler, language, header, build)
            if text:
                complaints.append(f"{header} does not compile alone as {language}:\n{text}")
    house.finish(complaints, len(headers), "headers")


main()

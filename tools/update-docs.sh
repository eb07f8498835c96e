#!/bin/sh
# Writes docs/search-options.md anew from the table of the settings. Argument: the build folder.
set -eu
root=$(cd "$(dirname "$0")/.." && pwd)
build=${1:-$root/build}
cmake --build "$build" --target adatom_manual
"$build/cli/adatom_manual" markdown >"$root/docs/search-options.md"

#!/bin/sh
# Graphene found with energies that come from a network on images: EPISODES builds teach it (300 by default), half of them relaxed,
# then it stands in for the energy program, and that program has the last word on what was found.
#
#   ./screen.sh [EPISODES [EPISODES ON THE NETWORK]]        ADATOM, PYTHON: paths, if they are others
set -eu
adatom=${ADATOM:-adatom} python=${PYTHON:-python3}
half=$((${1:-300} / 2))
program=kim:Tersoff_LAMMPS_AlbeNordlundAverback_2002_PtC
search=../graphene/search.yaml

# What a search builds at first, relaxed and as it is.
"$adatom" search $search -o relaxed -q --set stop.episodes=$half --set stop.at_energy=false
"$adatom" search $search -o raw -q --set stop.episodes=$half --set stop.at_energy=false --set relax.steps=0 --seed 3
"$python" built.py -4.2 relaxed raw >all.extxyz
"$adatom" evaluate all.extxyz -e $program -o built.extxyz -q

"$adatom" train train.yaml -o model.h5

# The network in place of the program. It knows its own error only from what it has seen: there is no target energy to stop at.
"$adatom" search $search -o found --set "evaluator=model:$PWD/model.h5" --set stop.episodes="${2:-400}" --set stop.at_energy=false
"$python" best.py found 5 >best.extxyz
"$adatom" evaluate best.extxyz -e $program -o checked.extxyz

#!/usr/bin/env bash
# Installs the Debian packages that adatom needs, those that are missing only.
#
#   tools/install-deps.sh build    what the program is built with and runs on
#   tools/install-deps.sh test     that, and what the tests use
#   tools/install-deps.sh bench    that, and what the comparisons use
set -euo pipefail

build_packages=(
    gcc libc6-dev make cmake ninja-build pkg-config
    libyaml-dev libsqlite3-dev libhdf5-dev libcairo2-dev
    libkim-api-dev openkim-models
    libxtb-dev xtb libsymspg-dev
)
test_packages=(
    liblammps-dev lammps lammps-data
    libcmocka-dev clang libclang-rt-14-dev clang-format-14
    openmpi-bin
    python3-ase python3-h5py python3-pil
    chromium fonts-dejavu-core man-db groff-base
)
bench_packages=(
    python3-torch python3-sklearn
)

say() { printf 'install-deps: %s\n' "$*" >&2; }

wanted_packages() {
    case "$1" in
    build) printf '%s\n' "${build_packages[@]}" ;;
    test) printf '%s\n' "${build_packages[@]}" "${test_packages[@]}" ;;
    bench) printf '%s\n' "${build_packages[@]}" "${test_packages[@]}" "${bench_packages[@]}" ;;
    *)
        say "expected build, test or bench, not '$1'"
        exit 2
        ;;
    esac
}

# Those of the packages on standard input that are not installed.
missing_packages() {
    local installed
    installed=$(dpkg-query --show --showformat '${Package} ${db:Status-Status}\n' |
        sed -n 's/ installed$//p' | sort -u)
    sort -u | comm -23 - <(printf '%s\n' "$installed")
}

main() {
    local level=${1:-build} wanted missing
    wanted=$(wanted_packages "$level")
    if ! command -v dpkg-query >/dev/null || ! command -v apt-get >/dev/null; then
        say "this is not Debian; see to it that these are there:" $wanted
        return 0
    fi
    missing=$(printf '%s\n' "$wanted" | missing_packages)
    if [ -z "$missing" ]; then
        return 0
    fi
    say "installing" $missing
    local as_root=()
    if [ "$(id -u)" -ne 0 ]; then
        if ! command -v sudo >/dev/null; then
            say "run this as root: apt-get install --no-install-recommends" $missing
            return 1
        fi
        as_root=(sudo)
    fi
    local apt=("${as_root[@]}" env DEBIAN_FRONTEND=noninteractive apt-get -q
        -o Acquire::Retries=3 -o DPkg::Lock::Timeout=300)
    "${apt[@]}" update </dev/null
    # shellcheck disable=SC2086 # one word per package
    "${apt[@]}" install -y --no-install-recommends $missing </dev/null
}

main "$@"

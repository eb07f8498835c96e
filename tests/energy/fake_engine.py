"""An energy program that behaves, or misbehaves as its first argument says.

Its energy is the sum of r^2 / 2 of all atoms, so the force on an atom is minus its position.
"""

import os
import signal
import subprocess
import sys
import time


def read_frame():
    lines = sys.stdin.read().split("\n")
    atoms = [line.split() for line in lines[2:2 + int(lines[0])]]
    return lines[1], [(word[0], [float(x) for x in word[1:4]]) for word in atoms]


def energy_of(atoms):
    return sum(x * x for _, place in atoms for x in place) / 2


def frame(atoms, comment=None, count=None):
    if comment is None:
        comment = f"Properties=species:S:1:pos:R:3:forces:R:3 energy={energy_of(atoms)!r}"
    rows = [" ".join([symbol, *map(repr, place), *(repr(-x) for x in place)]) for symbol, place in atoms]
    return "\n".join([str(len(atoms) if count is None else count), comment, *rows]) + "\n"


def without_forces(atoms):
    rows = [" ".join([symbol, *map(repr, place)]) for symbol, place in atoms]
    return "\n".join([str(len(atoms)), f"energy={energy_of(atoms)!r}", *rows]) + "\n"


def rich(atoms):
    """All that ASE may write, in another order of columns, with the line ends of Windows."""
    comment = (r'''Lattice="9 0 0 0 9 0 0 0 9" 'a "key"'="energy=7" note="say \"energy=5\" = " flag '''
               r'''stress={1 2 3} free_energy=-99.5 config=[a, b] '''
               f"Properties=index:I:1:forces:R:3:tags:I:2:species:S:1:pos:R:3 energy = {energy_of(atoms)!r}"
               ''' pbc="T T T" end=''')
    rows = [" ".join([str(i), *(f"{-x:.17e}" for x in place), "0\t1", symbol, *map(repr, place), " "])
            for i, (symbol, place) in enumerate(atoms)]
    return "\r\n".join([f" {len(atoms)} ", comment, *rows]) + "\r\n\r\n \n"


ANSWERS = {
    "good": frame,
    "rich": rich,
    "no_energy": lambda atoms: frame(atoms, "Properties=species:S:1:pos:R:3:forces:R:3 free_energy=1"),
    "no_forces": without_forces,
    "nan": lambda atoms: frame(atoms, "Properties=species:S:1:pos:R:3:forces:R:3 energy=nan"),
    "infinite": lambda atoms: frame(atoms, "Properties=species:S:1:pos:R:3:forces:R:3 energy=-1e999"),
    "nan_force": lambda atoms: frame(atoms).rsplit(" ", 1)[0] + " nan\n",
    "words": lambda atoms: frame(atoms, "Properties=species:S:1:pos:R:3:forces:R:3 energy=low\x1b[2J"),
    "empty_energy": lambda atoms: frame(atoms, "Properties=species:S:1:pos:R:3:forces:R:3 energy="),
    "fewer": lambda atoms: frame(atoms[:-1]),
    "more": lambda atoms: frame(atoms + atoms[:1]),
    "one_missing": lambda atoms: frame(atoms[:-1], count=len(atoms)),
    "one_too_many": lambda atoms: frame(atoms + atoms[:1], count=len(atoms)),
    "reversed": lambda atoms: frame(atoms[::-1]),
    "swapped": lambda atoms: frame([atoms[1], atoms[0], *atoms[2:]]),
    "cut_in_a_number": lambda atoms: frame(atoms)[:-3],
    "short_row": lambda atoms: frame(atoms).rsplit(" ", 1)[0] + "\n",
    "bad_columns": lambda atoms: frame(atoms, "Properties=species:S:1:pos:R:3:forces:R:x energy=1"),
    "endless_columns": lambda atoms: frame(atoms, "Properties=" + "a:R:9999:" * 999 + "pos:R:3 energy=1"),
    "half_a_column": lambda atoms: frame(atoms, "Properties=species:S:1:pos:R energy=1"),
    "no_places": lambda atoms: frame(atoms, "Properties=species:S:1:place:R:3:forces:R:3 energy=1"),
    "two": lambda atoms: frame(atoms) * 2,
    "log_before": lambda atoms: "SCF converged\n" + frame(atoms),
    "nothing": lambda atoms: "",
}


def binary(_):
    sys.stdout.buffer.write(bytes(range(128, 256)) + b"\0\n\xff\xfe" * 1000)


def endless(_):
    while True:
        sys.stdout.write("more and more\n" * 1000)


def hang(arguments):
    """Sleeps, as does a process that it has started; their numbers go to a file."""
    child = subprocess.Popen(["sleep", "1000"])
    with open(arguments[0], "w") as file:
        file.write(f"{os.getpid()} {child.pid}\n")
    time.sleep(1000)


def leave_a_child(arguments):
    """Answers and ends; a process that holds all its streams goes on."""
    child = subprocess.Popen(["sleep", "1000"])
    with open(arguments[0], "w") as file:
        file.write(f"{child.pid}\n")
    sys.stdout.write(frame(read_frame()[1]))


def close_and_go_on(_):
    """Answers, closes its streams, and takes its time to end."""
    sys.stdout.write(frame(read_frame()[1]))
    sys.stdout.flush()
    os.close(1)
    os.close(2)
    time.sleep(0.3)
    os._exit(0)


def deaf(arguments):
    """Never reads; knows what it will be asked."""
    sys.stdout.write(frame([("H", [0.0, 0.0, 0.0])] * int(arguments[0])))


def shout(arguments):
    """Megabytes of warnings before the first read, then an answer or, if told, a failure."""
    for i in range(40000):
        sys.stderr.write(f"warning {i}: the density is not quite what it should be, but go on\n")
    if arguments:
        sys.stderr.write("SCF did\tnot c\xf6nverge\n\n  \n")
        sys.exit(5)
    sys.stdout.write(frame(read_frame()[1]))


def what_is_inherited(_):
    """No file beyond the three streams, no signal blocked."""
    files = [name for name in os.listdir("/proc/self/fd") if int(name) > 2]
    if len(files) > 1 or signal.pthread_sigmask(signal.SIG_BLOCK, []):  # one is the listing itself
        sys.exit(9)
    sys.stdout.write(frame(read_frame()[1]))


def files(arguments):
    """Standard input is empty; the paths are arguments, and the log goes to standard output."""
    if sys.stdin.read() != "":
        sys.exit("there is something on standard input")
    sys.stdout.write("log\n" * 1000000)
    sys.stdin = open(arguments[0].removeprefix("--in="))
    with open(arguments[1], "w") as file:
        file.write(frame(read_frame()[1]))
    os.makedirs(os.path.join(os.path.dirname(arguments[1]), "scratch/deep"))


def what_is_wanted(arguments):
    """Fails unless the comment line holds the first argument."""
    comment, atoms = read_frame()
    if arguments[0] not in comment:
        sys.exit(comment)
    sys.stdout.write(without_forces(atoms))


def flaky(arguments):
    """Fails so many times for each number of atoms, then answers; keeps count in a folder."""
    atoms = read_frame()[1]
    path = os.path.join(arguments[0], str(len(atoms)))
    with open(path, "a") as file:
        file.write("x")
    if os.path.getsize(path) <= int(arguments[1]):
        sys.exit("not today")
    sys.stdout.write(frame(atoms))


def picky(_):
    """Does not like atoms far from the origin."""
    atoms = read_frame()[1]
    if energy_of(atoms) > 100:
        sys.exit("too far")
    sys.stdout.write(frame(atoms))


def slow(arguments):
    atoms = read_frame()[1]
    time.sleep(float(arguments[0]))
    sys.stdout.write(frame(atoms))


DEEDS = {
    "flaky": flaky,
    "picky": picky,
    "slow": slow,
    "binary": binary,
    "endless": endless,
    "hang": hang,
    "leave_a_child": leave_a_child,
    "close_and_go_on": close_and_go_on,
    "deaf": deaf,
    "shout": shout,
    "what_is_inherited": what_is_inherited,
    "files": files,
    "what_is_wanted": what_is_wanted,
    "output_is_pipe": lambda arguments: os.mkfifo(arguments[1]),
    "output_is_long": lambda arguments: os.truncate(os.open(arguments[1], os.O_CREAT | os.O_WRONLY), 1 << 40),
    "no_output": lambda arguments: None,
    "fail": lambda arguments: sys.exit("basis set \x1b[31mnot\x07 found"),
    "crash": lambda arguments: os.kill(os.getpid(), signal.SIGSEGV),
    "sleep": lambda arguments: time.sleep(1000),
}


def main():
    mode, *arguments = sys.argv[1:]
    if mode in ANSWERS:
        sys.stdout.write(ANSWERS[mode](read_frame()[1]))
    else:
        DEEDS[mode](arguments)


main()

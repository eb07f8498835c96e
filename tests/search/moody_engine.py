"""An energy program for clusters that fails as told, while a file says so or every few calls.

moody_engine.py MOOD FILE EVERY: with EVERY 0 it fails while FILE exists; otherwise FILE counts the calls and every
EVERY-th one fails. Its energy depends on the distances alone.
"""

import os
import signal
import sys
import time


def fails_now(name, every):
    if every == 0:
        return os.path.exists(name)
    with open(name, "a+b") as file:
        file.write(b".")
        file.flush()
        return file.tell() % every == 0


def compute(places):
    energy, forces = 0.0, [[0.0] * 3 for _ in places]
    for a, p in enumerate(places):
        for b, q in enumerate(places[:a]):
            step = [x - y for x, y in zip(p, q)]
            distance = sum(x * x for x in step) ** 0.5
            energy += 0.05 * (distance - 3.4) ** 2
            for k in range(3):
                pull = 0.1 * (distance - 3.4) * step[k] / distance
                forces[a][k] -= pull
                forces[b][k] += pull
    return energy, forces


def main():
    mood, name, every = sys.argv[1:]
    lines = sys.stdin.read().split("\n")
    rows = [line.split() for line in lines[2:2 + int(lines[0])]]
    places = [[float(x) for x in row[1:4]] for row in rows]
    energy, forces = compute(places)
    if fails_now(name, int(every)):
        if mood == "crash":
            os.kill(os.getpid(), signal.SIGSEGV)
        if mood == "hang":
            time.sleep(1000)
        if mood == "unconverged":
            sys.exit("SCF not converged after 200 steps, \u0394E = 1 eV")
        energy = float("nan")
    print(len(rows))
    print(f"Properties=species:S:1:pos:R:3:forces:R:3 energy={energy!r}")
    for row, force in zip(rows, forces):
        print(*row[:4], *map(repr, force))


main()

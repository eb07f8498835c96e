"""An energy program that also gives a number "gap": the distance of the two atoms that are farthest apart."""

import sys


def main():
    lines = sys.stdin.read().split("\n")
    rows = [line.split() for line in lines[2:2 + int(lines[0])]]
    places = [[float(x) for x in row[1:4]] for row in rows]
    distances = [sum((x - y) ** 2 for x, y in zip(p, q)) ** 0.5 for i, p in enumerate(places) for q in places[:i]]
    gap = f" gap={max(distances)!r}" if distances and "--silent" not in sys.argv else ""
    print(len(rows))
    print(f"Properties=species:S:1:pos:R:3 energy={len(rows) * 1.0!r}{gap}")
    for row in rows:
        print(*row[:4])


main()

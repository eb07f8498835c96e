"""Network 1 on images, ours and PyTorch's (images_peer.py), by turns, each in a process of its own: CPU time per image on one core and peak
memory, and the shortest time by the clock with one and two threads; and images of two atoms, ours and NumPy's.

  images.py BUILD [repeats]
"""
import pathlib
import statistics
import subprocess
import sys

ROUNDS = 5
PEER = pathlib.Path(__file__).with_name("images_peer.py")


def run(*words):
    output = subprocess.run([str(word) for word in words], check=True, capture_output=True, text=True).stdout
    return {line.split()[0]: float(line.split()[1]) for line in output.splitlines()}


def compare(build, *job):
    """Figures of several rounds: ours and the peer's."""
    sides = ([f"{build}/bench/bench_images"], [sys.executable, PEER])
    rounds = [[run(*side, *job) for side in sides] for _ in range(ROUNDS)]
    return [{key: (min if key == "wall" else statistics.median)(figures[side][key] for figures in rounds) for key in rounds[0][side]}
            for side in range(2)]


def main():
    build, repeats = sys.argv[1], int(sys.argv[2]) if len(sys.argv) > 2 else 10
    for size, modules, share in ((64, 6, 1), (256, 7, 4)):
        for job in ("inference", "training", "drawing"):
            count = max(repeats // share, 2)
            ours, theirs = compare(build, job, size, modules, count, 1)
            print(f"{size} x {size} {job}: {ours['cpu']:.4g} ms, peer {theirs['cpu']:.4g} ms, ratio {theirs['cpu'] / ours['cpu']:.2f}")
            if job == "drawing":
                continue
            print(f"  memory {ours['memory']:.0f} MB, peer {theirs['memory']:.0f} MB, of which {theirs['beyond']:.0f} MB beyond its libraries")
            two = compare(build, job, size, modules, count, 2)
            print(f"  two threads, by the clock: {two[0]['wall']:.4g} ms for {ours['wall']:.4g}, peer {two[1]['wall']:.4g} ms for "
                  f"{theirs['wall']:.4g}", flush=True)


main()

"""Network 1 on images, ours and PyTorch's, by turns, each in a process of its own: CPU time per image on one core and peak memory, and the
shortest time by the clock with one and two threads; and images of two atoms, ours and NumPy's.

  images.py BUILD [repeats]
"""
import resource
import statistics
import subprocess
import sys
import time

import numpy
import torch

BATCH, ROUNDS = 16, 5


class Convolution(torch.nn.Module):
    """Padding as TensorFlow has it."""

    def __init__(self, inputs, outputs, width, stride):
        super().__init__()
        self.convolution, self.width, self.stride = torch.nn.Conv2d(inputs, outputs, width, stride), width, stride

    def forward(self, x):
        size = x.shape[-1]
        total = max((-(-size // self.stride) - 1) * self.stride + self.width - size, 0)
        padding = (total // 2, total - total // 2) * 2
        return torch.relu(self.convolution(torch.nn.functional.pad(x, padding)))


def make_network(size, modules):
    layers, channels = [], 1
    for _ in range(modules):
        for filters, width, stride in ((64, 3, 2), (16, 4, 1), (16, 4, 1)):
            layers.append(Convolution(channels, filters, width, stride))
            channels, size = filters, -(-size // stride)
    return torch.nn.Sequential(*layers, torch.nn.Flatten(), torch.nn.Linear(channels * size * size, 1024), torch.nn.ReLU(),
                               torch.nn.Linear(1024, 1))


def measure(call, repeats):
    """CPU time, median, and time by the clock, shortest, in ms."""
    call()
    times = []
    for _ in range(repeats):
        start = time.process_time(), time.perf_counter()
        call()
        times.append((time.process_time() - start[0], time.perf_counter() - start[1]))
    return {"cpu": 1e3 * statistics.median(t[0] for t in times), "wall": 1e3 * min(t[1] for t in times)}


def peer_network(job, size, modules, repeats, threads):
    torch.set_num_threads(threads)
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    network, images = make_network(size, modules), 0.1 * torch.rand(BATCH, 1, size, size)

    def infer():
        with torch.no_grad():
            network(images)

    def train():
        network.zero_grad()
        (network(images) ** 2).sum().backward()
    figures = {key: value / BATCH for key, value in measure(infer if job == "inference" else train, repeats).items()}
    after = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return {**figures, "memory": after / 1024, "beyond": (after - before) / 1024}


def peer_drawing(size):
    x, y = numpy.meshgrid(*[numpy.arange(size, dtype=numpy.float32) * numpy.float32(10 / size)] * 2, indexing="ij")

    def draw():
        image = numpy.zeros((size, size), numpy.float32)
        for at in (4.2, 5.7):
            image += numpy.exp(-((x - numpy.float32(at)) ** 2 + (y - numpy.float32(at)) ** 2) / numpy.float32(2 * 0.2**2))
    return measure(draw, 50)


def peer(job, *numbers):
    """The other side of a measurement, in this process."""
    size, modules, repeats, threads = map(int, numbers)
    figures = peer_drawing(size) if job == "drawing" else peer_network(job, size, modules, repeats, threads)
    print("\n".join(f"{key} {value:.4g}" for key, value in figures.items()))


def run(*words):
    output = subprocess.run([str(word) for word in words], check=True, capture_output=True, text=True).stdout
    return {line.split()[0]: float(line.split()[1]) for line in output.splitlines()}


def compare(build, *job):
    """Figures of several rounds: ours and the peer's."""
    sides = ([f"{build}/bench/bench_images"], [sys.executable, __file__, "peer"])
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


if sys.argv[1] == "peer":
    peer(*sys.argv[2:])
else:
    main()

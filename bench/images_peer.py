"""PyTorch's side, and NumPy's, of images.py.

  images_peer.py inference|training|drawing SIZE MODULES REPEATS THREADS
"""
import resource
import statistics
import sys
import time

import numpy
import torch

BATCH = 16


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


def time_network(job, size, modules, repeats, threads):
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


def time_drawing(size):
    x, y = numpy.meshgrid(*[numpy.arange(size, dtype=numpy.float32) * numpy.float32(10 / size)] * 2, indexing="ij")

    def draw():
        image = numpy.zeros((size, size), numpy.float32)
        for at in (4.2, 5.7):
            image += numpy.exp(-((x - numpy.float32(at)) ** 2 + (y - numpy.float32(at)) ** 2) / numpy.float32(2 * 0.2**2))
    return measure(draw, 50)


def main():
    job, size, modules, repeats, threads = sys.argv[1], *map(int, sys.argv[2:])
    figures = time_drawing(size) if job == "drawing" else time_network(job, size, modules, repeats, threads)
    print("\n".join(f"{key} {value:.4g}" for key, value in figures.items()))


main()

"""Network 1 on images, ours and PyTorch's, by turns on one core; and images of two atoms, ours and NumPy's. CPU time per image.

  images.py BUILD [repeats]
"""
import subprocess
import sys
import time

import numpy
import torch

BATCH = 16
torch.set_num_threads(1)


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


def median_time(call, repeats):
    call()
    times = []
    for _ in range(repeats):
        start = time.process_time()
        call()
        times.append(time.process_time() - start)
    return 1e3 * sorted(times)[len(times) // 2]


def time_torch(size, modules, repeats):
    network, images = make_network(size, modules), 0.1 * torch.rand(BATCH, 1, size, size)

    def infer():
        with torch.no_grad():
            network(images)

    def train():
        network.zero_grad()
        (network(images) ** 2).sum().backward()
    return {"inference": median_time(infer, repeats) / BATCH, "training": median_time(train, repeats) / BATCH}


def time_numpy(size):
    x, y = numpy.meshgrid(*[numpy.arange(size, dtype=numpy.float32) * numpy.float32(10 / size)] * 2, indexing="ij")

    def draw():
        image = numpy.zeros((size, size), numpy.float32)
        for at in (4.2, 5.7):
            image += numpy.exp(-((x - numpy.float32(at)) ** 2 + (y - numpy.float32(at)) ** 2) / numpy.float32(2 * 0.2**2))
    return {"drawing": median_time(draw, 50)}


def main():
    build, repeats = sys.argv[1], int(sys.argv[2]) if len(sys.argv) > 2 else 10
    for size, modules, share in ((64, 6, 1), (256, 7, 4)):
        count = max(repeats // share, 2)
        output = subprocess.run([f"{build}/bench/bench_images", str(size), str(modules), str(count)], check=True,
                                capture_output=True, text=True).stdout
        ours = {line.split()[0]: float(line.split()[1]) for line in output.splitlines()}
        peers = {**time_torch(size, modules, count), **time_numpy(size)}
        for name, peer in peers.items():
            print(f"{size} x {size}  {name:10} {ours[name]:8.4g} ms   peer {peer:8.4g} ms   ratio {peer / ours[name]:.2f}")


main()

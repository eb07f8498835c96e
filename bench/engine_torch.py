"""PyTorch doing what bench/engine.c does, on one core: a forward pass of the torus per placed atom, and
a gradient with an Adam step of a batch. Prints the same "name value unit" lines.

  engine_torch.py [grid_x grid_y filter_width filters samples repeats]
"""
import sys
import time

import torch

torch.set_num_threads(1)
values = [int(v) for v in sys.argv[1:]]
GRID_X, GRID_Y, WIDTH, FILTERS, SAMPLES, REPEATS = values + [41, 36, 15, 10, 64, 5][len(values):]
PLACED = 23


def make_network(padding_mode, padding):
    channels = [1, FILTERS, FILTERS, FILTERS, 1]
    layers = []
    for i in range(4):
        layers.append(torch.nn.Conv2d(channels[i], channels[i + 1], WIDTH, padding=padding, padding_mode=padding_mode))
        layers.append(torch.nn.LeakyReLU(0.2) if i < 3 else torch.nn.Tanh())
    return torch.nn.Sequential(*layers)


def median(values):
    return sorted(values)[len(values) // 2]


def time_calls(call, repeats):
    call()
    times = []
    for _ in range(repeats):
        start = time.process_time()
        call()
        times.append(time.process_time() - start)
    return 1e3 * median(times)


def build_time():
    """One map of the whole torus, circular padding."""
    network = make_network("circular", WIDTH // 2)
    image = torch.rand(1, 1, GRID_X, GRID_Y)

    def forward():
        with torch.no_grad():
            network(image)

    return time_calls(forward, 20 * REPEATS)


def update_time(size_x, size_y, padding_mode, padding, picked):
    """One training step of SAMPLES images; the cost is taken at 3 x 3 pixels."""
    network = make_network(padding_mode, padding)
    optimizer = torch.optim.Adam(network.parameters(), lr=1e-3)
    images = torch.rand(SAMPLES, 1, size_x, size_y)
    target = torch.rand(SAMPLES, 1, 1, 1)

    def step():
        optimizer.zero_grad()
        q = network(images)[:, :, picked:picked + 3, picked:picked + 3]
        ((q - target) ** 2).sum().backward()
        optimizer.step()

    return time_calls(step, REPEATS) / SAMPLES


patch = 3 + 4 * (WIDTH - 1)
print(f"map {build_time():.4f} ms")
print(f"train_sample {update_time(GRID_X, GRID_Y, 'circular', WIDTH // 2, 10):.4f} ms")
print(f"train_sample_patch {update_time(patch, patch, 'zeros', 0, 0):.4f} ms")

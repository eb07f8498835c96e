#!/usr/bin/python3
"""Training of the cvae of the generation beside PyTorch, by turns in one run on one core; CPU time, medians.

  generator.py BUILD_FOLDER [--rounds 3] [--rows 300] [--epochs 60]

Both train the network of Fung et al. (2022), three hidden layers of 128 and 25 latent numbers, on rows of 380 numbers: a fifth
is validated on after each epoch, batches of 64, Adam. What a program needs to start is measured with one epoch and taken off.
"""
import argparse
import os
import pathlib
import resource
import statistics
import subprocess
import sys
import tempfile

import numpy

HERE = pathlib.Path(__file__).resolve().parent
COLUMNS, LATENT = 380, 25

RUN = """kind: cvae
data: {features: rows.npy, property: property.npy, validation: 0.2}
network: {hidden: [128, 128, 128], latent: 25}
optimizer: {epochs: 1, batch: 64}
checkpoint_seconds: 1e9
"""


def make_data(folder, rows):
    """Numbers that lie near a surface of ten dimensions, as fingerprints do."""
    random = numpy.random.default_rng(1)
    codes = random.normal(size=(rows, 10))
    numpy.save(folder / "rows.npy", numpy.tanh(codes @ random.normal(size=(10, COLUMNS)) / 3))
    numpy.save(folder / "property.npy", codes[:, :1])


def cpu_seconds(command, folder):
    environment = dict(os.environ, OPENBLAS_NUM_THREADS="1", OMP_NUM_THREADS="1", MKL_NUM_THREADS="1")
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    subprocess.run(command, cwd=folder, env=environment, check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


def per_epoch(command, folder, epochs):
    """Milliseconds; command(epochs) gives the program's arguments."""
    return 1e3 * (cpu_seconds(command(epochs + 1), folder) - cpu_seconds(command(1), folder)) / epochs


def torch_training(epochs):
    """The peer: the same network and steps in PyTorch; runs in a process of its own."""
    import torch
    torch.set_num_threads(1)
    torch.manual_seed(1)

    def network(inputs, outputs):
        layers = []
        for size in (inputs, 128, 128):
            layers += [torch.nn.Linear(size, 128), torch.nn.ReLU()]
        return torch.nn.Sequential(*layers, torch.nn.Linear(128, outputs))

    encoder, decoder = network(COLUMNS + 1, 2 * LATENT), network(LATENT + 1, COLUMNS)
    optimizer = torch.optim.Adam([*encoder.parameters(), *decoder.parameters()], lr=1e-3)
    rows = torch.tensor(numpy.load("rows.npy"), dtype=torch.float32)
    condition = torch.tensor(numpy.load("property.npy"), dtype=torch.float32)
    trained = len(rows) - len(rows) // 5

    def loss(x, y):
        mean, log_variance = encoder(torch.cat((x, y), 1)).chunk(2, 1)
        z = mean + torch.exp(0.5 * log_variance) * torch.randn_like(mean)
        error = ((decoder(torch.cat((z, y), 1)) - x) ** 2).sum()
        return (error + 0.375 * (mean**2 + log_variance.exp() - 1 - log_variance).sum()) / len(x)

    for _ in range(epochs):
        order = torch.randperm(trained)
        for some in order.split(64):
            optimizer.zero_grad()
            loss(rows[some], condition[some]).backward()
            optimizer.step()
        with torch.no_grad():
            loss(rows[trained:], condition[trained:]).item()


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("build")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--rows", type=int, default=300)
    parser.add_argument("--epochs", type=int, default=60)
    arguments = parser.parse_args()
    program = str(pathlib.Path(arguments.build).resolve() / "adatom")
    with tempfile.TemporaryDirectory() as name:
        folder = pathlib.Path(name)
        make_data(folder, arguments.rows)
        (folder / "run.yaml").write_text(RUN)
        ours, peer = [], []
        for _ in range(arguments.rounds):
            ours.append(per_epoch(lambda n: [program, "train", "run.yaml", "-o", "out.h5", "-q", "--set",
                                             f"optimizer.epochs={n}"], folder, arguments.epochs))
            peer.append(per_epoch(lambda n: [sys.executable, str(HERE / "generator.py"), "--torch", str(n)],
                                  folder, arguments.epochs))
        ratio = statistics.median(b / a for a, b in zip(ours, peer))
        print(f"{arguments.rows} rows, ms of CPU time per epoch: adatom {statistics.median(ours):.2f}, "
              f"PyTorch {statistics.median(peer):.2f}, ratio {ratio:.2f}")


if __name__ == "__main__":
    if sys.argv[1:2] == ["--torch"]:
        torch_training(int(sys.argv[2]))
    else:
        main()

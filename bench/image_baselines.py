"""Random forest, kernel ridge regression and a small dense network on the same images of dimers that networks on images learn from,
as in Section 3.1 of Ryczko et al. (2018): errors on held-out dimers, and CPU time.

    image_baselines.py ADATOM DIMERS.extxyz [--train 4000] [--test 1000] [--target distance] [--image image:grid=64+64,width=0.2]
        [--trees 50] [--only forest|ridge|dense]

The first --train structures are learned from, the last --test tested on. The paper has 200 trees, 35 000 images and all pixels for each split.
"""
import argparse
import pathlib
import subprocess
import tempfile
import time

import ase.io
import numpy
from sklearn.ensemble import RandomForestRegressor
from sklearn.kernel_ridge import KernelRidge
from sklearn.neural_network import MLPRegressor


def read_data(options):
    """Images as rows, and targets."""
    with tempfile.TemporaryDirectory() as folder:
        path = pathlib.Path(folder) / "images.npy"
        subprocess.run([options.adatom, "describe", options.dimers, "-d", options.image, "-o", str(path)], check=True,
                       stdout=subprocess.DEVNULL)
        images = numpy.load(path)
    targets = numpy.array([frame.info[options.target] for frame in ase.io.iread(options.dimers, index=":")])
    return images.reshape(len(images), -1), targets


def methods(options):
    """Name, and what makes an estimator; kernels' widths and their weights are searched for on a part of what is learned from."""
    return {
        "forest": [("", RandomForestRegressor(n_estimators=options.trees, max_features=1 / 3, random_state=1))],
        "ridge": [(f"gamma {gamma}", KernelRidge(kernel="rbf", gamma=gamma, alpha=1e-6)) for gamma in (0.01, 0.03, 0.1, 0.3)],
        "dense": [("", MLPRegressor((10, 10), learning_rate_init=0.001, max_iter=200, random_state=1))],
    }


def fit_best(estimators, images, targets):
    """Fits the one that is best on a tenth held back; all if there is one."""
    if len(estimators) == 1:
        return estimators[0][0], estimators[0][1].fit(images, targets)
    held = len(images) // 10
    errors = [numpy.abs(estimator.fit(images[held:], targets[held:]).predict(images[:held]) - targets[:held]).mean()
              for _, estimator in estimators]
    name, best = estimators[int(numpy.argmin(errors))]
    return name, best.fit(images, targets)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("adatom")
    parser.add_argument("dimers")
    parser.add_argument("--train", type=int, default=4000)
    parser.add_argument("--test", type=int, default=1000)
    parser.add_argument("--target", default="distance")
    parser.add_argument("--image", default="image:grid=64+64,width=0.2")
    parser.add_argument("--trees", type=int, default=50)
    parser.add_argument("--only", choices=("forest", "ridge", "dense"))
    options = parser.parse_args()
    images, targets = read_data(options)
    learned, tested = slice(0, options.train), slice(len(images) - options.test, None)
    mean = numpy.abs(targets[tested] - targets[learned].mean()).mean()
    print(f"{options.train} images learned from, {options.test} tested; always the mean: {mean:.4f}", flush=True)
    for name, estimators in methods(options).items():
        if options.only in (None, name):
            start = time.process_time()
            detail, estimator = fit_best(estimators, images[learned], targets[learned])
            seconds = time.process_time() - start
            errors = numpy.abs(estimator.predict(images[tested]) - targets[tested])
            print(f"{name:8} mean absolute error {errors.mean():.4f}, {seconds:.0f} CPU s {detail}", flush=True)


main()

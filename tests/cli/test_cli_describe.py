"""adatom describe, against the definitions by brute force: neighbours from ASE, spherical harmonics from SciPy, explicit sums
over m, integrals by quadrature."""

import math
import unittest

import ase.build
import ase.io
import ase.neighborlist
import h5py
import numpy
from scipy.integrate import fixed_quad
from scipy.optimize import brentq
from scipy.special import eval_jacobi, sph_harm, spherical_in, spherical_jn

from program import ProgramTest


def crystal():
    """Fewer atoms than reach: most neighbours are images."""
    atoms = ase.build.bulk("SiC", "zincblende", a=4.36)
    atoms.rattle(0.1, seed=3)
    return atoms


def molecule():
    return ase.Atoms("SiC2Si", positions=[[0, 0, 0], [1.8, 0.2, 0], [-0.6, 1.5, 0.9], [0.3, -1.9, 1.1]])


def neighbors(atoms, i, cutoff):
    """Species, distances and vectors of the neighbours of atom i."""
    first, second, vectors = ase.neighborlist.neighbor_list("ijD", atoms, cutoff)
    mine = first == i
    return atoms.numbers[second[mine]], numpy.linalg.norm(vectors[mine], axis=1), vectors[mine]


def harmonics(l_max, vectors):
    """Y_lm of the vectors: a list over l of arrays [m][vector]."""
    polar = numpy.arccos(vectors[:, 2] / numpy.linalg.norm(vectors, axis=1))
    azimuth = numpy.arctan2(vectors[:, 1], vectors[:, 0])
    return [numpy.array([sph_harm(m, l, azimuth, polar) for m in range(-l, l + 1)]) for l in range(l_max + 1)]


def orthonormal(functions, cutoff):
    """Gram-Schmidt by quadrature on the ball."""
    done = []
    for function in functions:
        parts = [(fixed_quad(lambda r, g=g: function(r) * g(r) * r**2, 0, cutoff, n=200)[0], g) for g in done]

        def rest(r, function=function, parts=tuple(parts)):
            return function(r) - sum(c * g(r) for c, g in parts)
        norm = math.sqrt(fixed_quad(lambda r, rest=rest: rest(r)**2 * r**2, 0, cutoff, n=200)[0])
        done.append(lambda r, rest=rest, norm=norm: rest(r) / norm)
    return done


def bessel_roots(l, count):
    """The first positive roots of j_l."""
    grid = numpy.arange(l + 0.5, l + 4 * (count + 2) + 0.5, 0.05)
    values = spherical_jn(l, grid)
    places = numpy.nonzero(values[:-1] * values[1:] < 0)[0][:count]
    return [brentq(lambda x: spherical_jn(l, x), grid[k], grid[k + 1], xtol=1e-15) for k in places]


def bessel_radial(l, count, cutoff):
    """f_nl of the paper's Eq. 3, made orthonormal."""
    roots = bessel_roots(l, count + 1)

    def member(n):
        u, v = roots[n], roots[n + 1]
        return lambda r: (v / spherical_jn(l + 1, u) * spherical_jn(l, r * u / cutoff)
                          - u / spherical_jn(l + 1, v) * spherical_jn(l, r * v / cutoff))
    return orthonormal([member(n) for n in range(count)], cutoff)


def coefficients(radial, numbers, distances, vectors, species, l_max):
    """c[l][n][m] of the neighbours of one species; radial(l, n) is a function of r."""
    mine = numbers == species
    y = harmonics(l_max, vectors[mine]) if mine.any() else [numpy.zeros((2 * l + 1, 0)) for l in range(l_max + 1)]
    return [[(radial(l, n)(distances[mine]) * y[l].conj()).sum(axis=1) if mine.any() else numpy.zeros(2 * l + 1)
             for n in range(radial.count)] for l in range(l_max + 1)]


class Radial:
    """A table of functions by (l, n)."""

    def __init__(self, make, count):
        self.make, self.count, self.known = make, count, {}

    def __call__(self, l, n):
        if l not in self.known:
            self.known[l] = self.make(l)
        return self.known[l][n]


def soap_radial(l, count, cutoff, sigma, fade):
    """Integrals over the Gaussian times orthonormal (1 - x)^3 P_n(x), times the fading factor."""
    basis = orthonormal([lambda r, n=n: (1 - r / cutoff)**3 * eval_jacobi(n, 6, 2, 2 * r / cutoff - 1) for n in range(count)],
                        cutoff)

    def function(g):
        def at(distances):
            results = []
            for r in distances:
                def integrand(s, r=r):
                    x = r * s / sigma**2  # exp(-x) i_l(x), also where the one is huge and the other tiny
                    return s**2 * g(s) * 4 * math.pi * numpy.exp(-(r - s)**2 / 2 / sigma**2) * spherical_in(l, x) * numpy.exp(-x)
                t = min(max((r - cutoff + fade) / fade, 0), 1)
                results.append(fixed_quad(integrand, 0, cutoff, n=300)[0] * (1 - t**3 * (10 - 15 * t + 6 * t**2)))
            return numpy.array(results)
        return at
    return [function(g) for g in basis]


class Describe(ProgramTest):
    def setUp(self):
        super().setUp()
        self.frames = [crystal(), molecule()]
        ase.io.write(self.folder / "in.xyz", self.frames, format="extxyz")

    def describe(self, spec, *words):
        self.expect_output("describe", "in.xyz", "-d", spec, "-o", "out.npy", *words)
        return numpy.load(self.folder / "out.npy")

    def environments(self, cutoff):
        for frame in self.frames:
            for i in range(len(frame)):
                yield (frame.numbers[i], *neighbors(frame, i, cutoff))

    def test_bessel_values_are_those_of_the_definition(self):
        cutoff, n_max, l_max = 3.7711, 3, 4
        radial = Radial(lambda l: bessel_radial(0, n_max + 1, cutoff), n_max + 1)
        values = self.describe(f"bessel:cutoff={cutoff},n_max={n_max},l_max={l_max},blocks=species,species=Si+C")
        expected = []
        for _, numbers, distances, vectors in self.environments(cutoff):
            row = []
            for species in (14, 6):
                c = coefficients(radial, numbers, distances, vectors, species, l_max)
                row += [(abs(c[l][n])**2).sum() for n in range(n_max + 1) for l in range(l_max + 1)]
            expected.append(row)
        numpy.testing.assert_allclose(values, expected, atol=1e-9)

    def test_the_triangular_set_has_roots_of_each_order(self):
        cutoff, n_max = 4.0, 3
        radial = Radial(lambda l: bessel_radial(l, n_max + 1, cutoff), n_max + 1)
        values = self.describe(f"bessel:cutoff={cutoff},n_max={n_max},l_max={n_max},radial=triangular,"
                               "blocks=weighted,species=Si+C,weights=1+0.5")
        expected = []
        for _, numbers, distances, vectors in self.environments(cutoff):
            si, c = (coefficients(radial, numbers, distances, vectors, species, n_max) for species in (14, 6))
            expected.append([(abs(si[l][n - l] + 0.5 * c[l][n - l])**2).sum()
                             for n in range(n_max + 1) for l in range(n + 1)])
        numpy.testing.assert_allclose(values, expected, atol=1e-9)

    def test_soap_values_are_those_of_the_definition(self):
        cutoff, n_max, l_max, sigma, fade = 4.0, 2, 3, 0.5, 0.8
        radial = Radial(lambda l: soap_radial(l, n_max + 1, cutoff, sigma, fade), n_max + 1)
        values = self.describe(f"soap:cutoff={cutoff},n_max={n_max},l_max={l_max},sigma={sigma},fade={fade},species=C+Si")
        expected = []
        for center, numbers, distances, vectors in self.environments(cutoff):
            c = {s: coefficients(radial, numbers, distances, vectors, s, l_max) for s in (6, 14)}
            for n in range(n_max + 1):
                c[center][0][n] = c[center][0][n] + radial(0, n)([1e-9])[0] / math.sqrt(4 * math.pi)
            row = []
            for s, t in ((6, 6), (6, 14), (14, 14)):
                for n in range(n_max + 1):
                    for k in range(n if s == t else 0, n_max + 1):
                        twice = 1 if s == t and n == k else 2
                        row += [math.pi * math.sqrt(8 * twice / (2 * l + 1)) * (c[s][l][n] * c[t][l][k].conj()).sum().real
                                for l in range(l_max + 1)]
            expected.append(row)
        numpy.testing.assert_allclose(values, expected, atol=1e-8)

    def test_symmetry_functions_of_an_input_nn(self):
        bohr = 0.529177210903
        self.write("input.nn", "# of n2p2\nnumber_of_elements 2\nelements C Si\ncutoff_type 2\nepochs 10 # read over\n"
                   "symfunction_short Si 2 C 0.5 1.0 7.0\nsymfunction_short Si 9 Si C 0.05 -1 2 7.0 # wide\n"
                   "symfunction_short C 3 Si Si 0.02 1.0 4.0 7.5\n")
        values = self.describe("acsf:input.nn,unit=bohr")

        def fc(r, cutoff):
            return numpy.where(r < cutoff, numpy.tanh(1 - r / cutoff)**3, 0)
        expected = []
        for center, numbers, distances, vectors in self.environments(8 * bohr):
            r, row = distances / bohr, [0, 0]
            pairs = [(j, k) for j in range(len(r)) for k in range(j)]
            for j, k in pairs:
                cosine = vectors[j] @ vectors[k] / distances[j] / distances[k]
                if center == 14 and numbers[j] != numbers[k]:
                    row[1] += (0.5 * (1 - cosine)**2 * math.exp(-0.05 * (r[j]**2 + r[k]**2)) * fc(r[j], 7) * fc(r[k], 7))
                if center == 6 and numbers[j] == numbers[k] == 14:
                    t = numpy.linalg.norm(vectors[j] - vectors[k]) / bohr
                    row[0] += (2**-3 * (1 + cosine)**4 * math.exp(-0.02 * (r[j]**2 + r[k]**2 + t**2))
                               * fc(r[j], 7.5) * fc(r[k], 7.5) * fc(t, 7.5))
            if center == 14:
                carbon = r[numbers == 6]
                row[0] = (numpy.exp(-0.5 * (carbon - 1)**2) * fc(carbon, 7)).sum()
            expected.append(row)
        numpy.testing.assert_allclose(values, expected, atol=1e-12)

    def test_gradients_add_up_to_the_change(self):
        values = self.describe("bessel:cutoff=4,n_max=2,l_max=2", "--gradients")
        gradients = numpy.load(self.folder / "out.gradients.npy")
        pairs = numpy.load(self.folder / "out.pairs.npy")
        self.assertEqual(gradients.shape, (len(pairs), values.shape[1], 3))
        moves = numpy.random.default_rng(1).normal(size=(6, 3)) * 1e-5
        expected = numpy.zeros_like(values)
        numpy.add.at(expected, pairs[:, 0], numpy.einsum("bvx,bx->bv", gradients, moves[pairs[:, 1]]))
        for frame, part in zip(self.frames, (moves[:2], moves[2:])):
            frame.positions += part
        ase.io.write(self.folder / "in.xyz", self.frames, format="extxyz")
        numpy.testing.assert_allclose(self.describe("bessel:cutoff=4,n_max=2,l_max=2") - values, expected, atol=2e-8)

    def test_hdf5_holds_the_same(self):
        spec = "soap:cutoff=4,n_max=1,l_max=1"
        values = self.describe(spec, "--gradients")
        self.expect_output("describe", "in.xyz", "-d", spec, "-o", "out.h5", "--gradients", "--threads", "2")
        with h5py.File(self.folder / "out.h5") as file:
            numpy.testing.assert_array_equal(file["values"], values)
            numpy.testing.assert_array_equal(file["gradients"], numpy.load(self.folder / "out.gradients.npy"))
            numpy.testing.assert_array_equal(file["pairs"], numpy.load(self.folder / "out.pairs.npy"))
            self.assertEqual(list(file["first_atom"]), [0, 2, 6])
            self.assertEqual(list(file["atomic_numbers"]), [14, 6, 14, 6, 6, 14])

    def test_pools(self):
        spec = "bessel:cutoff=4,n_max=1,l_max=1"
        values = self.describe(spec)
        pooled = self.describe(spec, "--pool", "max,min")
        numpy.testing.assert_array_equal(pooled[1], [*values[2:].max(axis=0), *values[2:].min(axis=0)])
        numpy.testing.assert_allclose(self.describe(spec, "--pool", "mean")[0], values[:2].mean(axis=0), rtol=1e-14)

    def test_bad_input_is_one_line(self):
        def refuse(spec, line, *words):
            self.expect_error(["describe", "in.xyz", "-d", spec, "-o", "out.npy", *words], line)
        refuse("fourier:cutoff=4", 'there is no descriptor "fourier"; expected one of bessel, soap, acsf')
        refuse("bessel:n_max=4", "descriptor bessel: cutoff= is missing")
        refuse("bessel:cutoff=4,n_max=2.5", "descriptor bessel: n_max=2.5, expected a whole number from 0 to 20")
        refuse("bessel:cutoff=4,species=Si", "descriptor: C is not among the species Si")
        refuse("soap:cutoff=4,basis=gto", "descriptor soap: basis=gto, expected one of polynomial|bessel")
        refuse("bessel:cutoff=4", "--pool: median, expected up to 4 of mean, max, min", "--pool", "median")
        self.write("input.nn", "elements Si C\n\nsymfunction_short Si 2 C 0.5 x 6\n")
        refuse("acsf:input.nn", "input.nn:3: x, expected a number")
        self.write("input.nn", "symfunction_short Si 25 C 0.5 6\n")
        refuse("acsf:input.nn", "input.nn:1: 25, expected a symmetry function of type 1, 2, 3, 4 or 9")
        self.assertFalse((self.folder / "out.npy").exists())


unittest.main()

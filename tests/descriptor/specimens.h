/* Structures and specs that the tests of descriptors share. */
#ifndef TEST_DESCRIPTOR_SPECIMENS_H
#define TEST_DESCRIPTOR_SPECIMENS_H

#include "adatom/descriptor.h"
#include "base/random.h"

#include <math.h>
#include <stdio.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <setjmp.h>

#include <cmocka.h>

/* Every kind and choice of block; for silicon and oxygen. */
static const char *const all_specs[] = {
    "bessel:cutoff=3.7711,n_max=4,l_max=4",
    "bessel:cutoff=4.5,n_max=2,l_max=6,blocks=species",
    "bessel:cutoff=4.5,n_max=8,l_max=1,blocks=pairs",
    "bessel:cutoff=4,n_max=3,l_max=3,blocks=both,weights=1+-0.5,species=Si+O",
    "bessel:cutoff=4,n_max=0,l_max=0,blocks=weighted,weights=2+0.5,species=O+Si",
    "bessel:cutoff=4,n_max=4,l_max=4,radial=triangular",
    "bessel:cutoff=4,n_max=9,l_max=2,radial=triangular,blocks=pairs",
    "soap:cutoff=4,n_max=4,l_max=4,sigma=0.5",
    "soap:cutoff=4.5,n_max=8,l_max=2,sigma=0.3,basis=bessel,center=0,fade=1",
    "acsf:cutoff=4.5,function=tanh,g2_eta=0.1+1,g2_shift=0+2,g3_kappa=1+2.5,g4_eta=0.05+0.3,"
    "g4_lambda=-1+1,g4_zeta=1+4,g5_eta=0.2,g5_lambda=-1+1,g5_zeta=1+2.5+16,species=Si+O",
    "acsf:cutoff_type 6 0.2;symfunction_short O 2 Si 0.5 1 4;symfunction_short Si 1 Si 3.5;"
    "symfunction_short Si 3 O Si 0.1 1 2 4 0.3;symfunction_short Si 9 Si Si 0.1 -0.5 3 4.5 0.5",
};
enum { SPEC_COUNT = sizeof all_specs / sizeof all_specs[0] };

static const int silicon_and_oxygen[2] = {14, 8};

static inline adatom_descriptor *make_descriptor(const char *spec)
{
    adatom_descriptor *descriptor = NULL;
    const adatom_status status = adatom_descriptor_create(spec, silicon_and_oxygen, 2, &descriptor);
    if (status != ADATOM_OK) {
        fail_msg("%s: %s", spec, adatom_error_message());
    }
    return descriptor;
}

/* Atoms at random in a skewed cell, none nearer than 1.2 Å to another or its image. size is the
 * length of the cell in Å, which may be smaller than the cutoff. */
static inline adatom_structure *random_structure(size_t atoms, double size, bool periodic,
                                                 uint64_t seed)
{
    adatom_structure *structure;
    assert_int_equal(adatom_structure_create(atoms, &structure), ADATOM_OK);
    adatom_random random;
    adatom_random_seed(&random, seed, 0);
    const double cell[3][3] = {{size, 0, 0}, {0.3 * size, 0.9 * size, 0}, {-0.2, 0.4, 1.1 * size}};
    memcpy(structure->cell, cell, sizeof cell);
    for (int k = 0; k < 3; k++) {
        structure->periodic[k] = periodic;
    }
    for (size_t i = 0; i < atoms;) {
        double fraction[3], *position = structure->positions[i];
        for (int k = 0; k < 3; k++) {
            fraction[k] = adatom_random_uniform(&random);
        }
        for (int x = 0; x < 3; x++) {
            position[x] =
                fraction[0] * cell[0][x] + fraction[1] * cell[1][x] + fraction[2] * cell[2][x];
        }
        bool apart = true;
        for (size_t j = 0; j < i; j++) {
            for (int image = 0; image < 27; image++) {
                const int s[3] = {image % 3 - 1, image / 3 % 3 - 1, image / 9 - 1};
                double squared = 0;
                for (int x = 0; x < 3; x++) {
                    const double d = position[x] - structure->positions[j][x] + s[0] * cell[0][x] +
                                     s[1] * cell[1][x] + s[2] * cell[2][x];
                    squared += d * d;
                }
                apart = apart && squared > 1.2 * 1.2;
            }
        }
        if (apart) {
            structure->atomic_numbers[i++] = adatom_random_uniform(&random) < 0.5 ? 14 : 8;
        }
    }
    return structure;
}

/* values[atom_count][count_max], to be freed. */
static inline double *describe(const adatom_descriptor *descriptor,
                               const adatom_structure *structure)
{
    const size_t count = structure->atom_count * adatom_descriptor_count_max(descriptor);
    double *values = calloc(count, sizeof *values);
    assert_non_null(values);
    if (adatom_descriptor_describe(descriptor, structure, 1, values) != ADATOM_OK) {
        fail_msg("%s", adatom_error_message());
    }
    return values;
}

static inline void assert_close(double a, double b, double tolerance)
{
    if (!(fabs(a - b) <= tolerance)) {
        fail_msg("%.17g and %.17g differ by %g, more than %g", a, b, a - b, tolerance);
    }
}

/* The largest magnitude of the numbers. */
static inline double magnitude(const double *values, size_t count)
{
    double largest = 0;
    for (size_t i = 0; i < count; i++) {
        largest = fmax(largest, fabs(values[i]));
    }
    return largest;
}

#endif

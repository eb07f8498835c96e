/* Random clusters, and the symmetry functions that the tests of this folder use. */
#ifndef RANDOM_CLUSTER_H
#define RANDOM_CLUSTER_H

#include "base/random.h"
#include "generate/start.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

static const char *const small_functions =
    "acsf:cutoff=6,g2_eta=0.05+0.4+2,g2_shift=0+2+3,g5_eta=0.05+0.4,g5_lambda=-1+1,g5_zeta=1+4+7";

static inline void assert_near(double a, double b, double tolerance)
{
    if (!(fabs(a - b) <= tolerance)) {
        fail_msg("%.17g is not %.17g", a, b);
    }
}

/* Atoms of one element, no nearer than 1.8 Å. */
static inline adatom_structure *random_cluster(size_t atoms, uint64_t stream)
{
    adatom_structure *s;
    adatom_random random;
    assert_int_equal(adatom_structure_create(atoms, &s), ADATOM_OK);
    for (size_t i = 0; i < atoms; i++) {
        s->atomic_numbers[i] = 78;
    }
    adatom_random_seed(&random, 5, stream);
    adatom_random_positions(s, 0, 1.8, &random, s->positions);
    return s;
}

#endif

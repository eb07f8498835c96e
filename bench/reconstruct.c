/* One iteration of a reconstruction of ten platinum atoms from 380 numbers: loss and gradient, as
 * L-BFGS and Adam need them, and the normal equations of Levenberg-Marquardt; CPU time for each
 * structure. Peers: StructRepGen 13.8 to 16.5 ms, a batched rewrite of it in PyTorch 0.20 to 0.25
 * ms.
 */
#include "base/memory.h"
#include "generate/pooled.h"
#include "generate/start.h"
#include "timing.h"

#include <stdio.h>
#include <stdlib.h>

enum { L = ADATOM_POOLED_LANES, ATOMS = 10, COUNT = 3 * ATOMS, ROUNDS = 300, REPEATS = 5 };

static const char *const functions = "acsf:cutoff=20,g2_eta=0.01+0.06+0.1+0.2+0.4+0.7+1+2+3.5+5,"
                                     "g2_shift=0+1+1.5+2+2.5+3+3.5+4+5+6+7+8+9+10,"
                                     "g5_eta=0.06+0.1+0.2+0.4+1,g5_lambda=-1+1,g5_zeta=1+2+4+16+64";

static double *lanes(size_t count)
{
    double *array;
    if (adatom_allocate_aligned(count * L, sizeof(double), &array) != ADATOM_OK) {
        exit(1);
    }
    return array;
}

static void fill_positions(double *positions)
{
    adatom_structure *cluster;
    adatom_random random;
    adatom_random_seed(&random, 1, 0);
    if (adatom_structure_create(ATOMS, &cluster) != ADATOM_OK) {
        exit(1);
    }
    for (size_t l = 0; l < L; l++) {
        for (size_t i = 0; i < ATOMS; i++) {
            cluster->atomic_numbers[i] = 78;
        }
        adatom_random_positions(cluster, 0, 2, &random, cluster->positions);
        for (size_t k = 0; k < COUNT; k++) {
            positions[k * L + l] = cluster->positions[k / 3][k % 3];
        }
    }
    adatom_structure_free(cluster);
}

int main(void)
{
    const int platinum = 78;
    const adatom_pooling pools[] = {ADATOM_POOL_MAX, ADATOM_POOL_MIN};
    adatom_descriptor *descriptor;
    adatom_pooled *pooled;
    adatom_pooled_work *work;
    if (adatom_descriptor_create(functions, &platinum, 1, &descriptor) != ADATOM_OK ||
        adatom_pooled_create(descriptor, pools, 2, ATOMS, &pooled) != ADATOM_OK ||
        adatom_pooled_work_create(pooled, &work) != ADATOM_OK) {
        return 1;
    }
    const size_t columns = adatom_pooled_columns(pooled);
    double *positions = lanes(COUNT), *gradient = lanes(COUNT), *losses = lanes(1);
    const adatom_pooled_loss loss = {lanes(columns), false, 1.9, 1, false};
    adatom_pooled_normal normal = {lanes(COUNT * COUNT), lanes(COUNT), lanes(1), lanes(1)};
    fill_positions(positions);
    double best[2] = {1e300, 1e300};
    for (int repeat = 0; repeat < REPEATS; repeat++) {
        double start = seconds();
        for (int round = 0; round < ROUNDS; round++) {
            adatom_pooled_evaluate(pooled, work, positions, &loss, losses, gradient, NULL);
        }
        const double middle = seconds();
        for (int round = 0; round < ROUNDS; round++) {
            adatom_pooled_normal_equations(pooled, work, positions, &loss, &normal);
        }
        const double times[2] = {middle - start, seconds() - middle};
        for (int i = 0; i < 2; i++) {
            best[i] = times[i] < best[i] ? times[i] : best[i];
        }
    }
    printf(
        "Pt10, %zu numbers, per structure: loss and gradient %.1f us, normal equations %.1f us\n",
        columns, 1e6 * best[0] / ROUNDS / L, 1e6 * best[1] / ROUNDS / L);
    return 0;
}

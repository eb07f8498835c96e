#include "generate/pooled.h"

#include "base/error.h"
#include "base/memory.h"
#include "descriptor/acsf.h"
#include "generate/pooled_kernel.h"

#include <stdlib.h>
#include <string.h>

enum { POWER_MAX = 1 << 15 };

/* ---- which descriptors */

static bool is_plain(const adatom_acsf *acsf)
{
    const adatom_acsf_center *center = &acsf->centers[0];
    if (acsf->species_count != 1 || acsf->fade != ADATOM_FADE_COS || acsf->alpha != 0) {
        return false;
    }
    for (int f = 0; f < center->factor_count; f++) {
        const adatom_acsf_factor *factor = &center->factors[f];
        if (factor->type != ADATOM_ACSF_G2 || factor->narrow || factor->cutoff != acsf->cutoff) {
            return false;
        }
    }
    for (int a = 0; a < center->angle_count; a++) {
        if (center->angles[a].power < 1 || center->angles[a].power > POWER_MAX) {
            return false;
        }
    }
    return true;
}

static bool is_known(const adatom_descriptor *descriptor, const adatom_pooling *pools,
                     int pool_count)
{
    for (int p = 0; p < pool_count; p++) {
        if (pools[p] > ADATOM_POOL_MIN) {
            return false;
        }
    }
    return pool_count > 0 && descriptor->kind == &adatom_descriptor_acsf &&
           is_plain(descriptor->state);
}

/* ---- the fingerprint */

/* Do `left` more factors before `last` make up the rest of eta? Fewest first, so that products are
 * short. */
static bool complete_parts(const adatom_pooled_factor *factors, int f, int last, double rest,
                           int left, int *parts)
{
    for (int g = last; g >= 0; g--) {
        const adatom_pooled_factor *factor = &factors[g];
        if (factor->shift != factors[f].shift) {
            continue;
        }
        parts[0] = g;
        const double after = rest - factor->eta;
        if (left == 1 ? after <= 1e-14 * factors[f].eta && after >= -1e-14 * factors[f].eta
                      : after > 0 && complete_parts(factors, f, g, after, left - 1, parts + 1)) {
            return true;
        }
    }
    return false;
}

static void find_parts(adatom_pooled_factor *factors, int f)
{
    for (int count = 2; count <= 4; count++) {
        int parts[4];
        if (f <= 512 && complete_parts(factors, f, f - 1, factors[f].eta, count, parts)) {
            factors[f].part_count = count;
            memcpy(factors[f].parts, parts, (size_t)count * sizeof *parts);
            return;
        }
    }
}

static void copy_functions(adatom_pooled *pooled, const adatom_acsf_center *center)
{
    for (int f = 0; f < center->factor_count; f++) {
        pooled->factors[f] =
            (adatom_pooled_factor){center->factors[f].eta, center->factors[f].shift, 0, {0}};
        find_parts(pooled->factors, f);
    }
    for (int a = 0; a < center->angle_count; a++) {
        const adatom_acsf_angle *angle = &center->angles[a];
        pooled->angles[a] = (adatom_pooled_angle){angle->lambda, angle->scale, angle->power};
    }
    for (int s = 0; s < pooled->single_count; s++) {
        pooled->singles[s] =
            (adatom_pooled_term){center->pair_value[s], center->pair_factor[s], -1};
    }
    int placed = 0;
    for (int f = 0; f < center->factor_count; f++) {
        for (int d = 0; d < pooled->double_count; d++) {
            const adatom_acsf_triple *triple = &center->triples[d];
            if (triple->factor == f) {
                pooled->doubles[placed++] =
                    (adatom_pooled_term){triple->value, triple->factor, triple->angle};
            }
        }
    }
}

static adatom_status fill(const adatom_descriptor *descriptor, const adatom_pooling *pools,
                          adatom_pooled *pooled)
{
    const adatom_acsf *acsf = descriptor->state;
    const adatom_acsf_center *center = &acsf->centers[0];
    pooled->pair_count = pooled->atom_count * (pooled->atom_count - 1) / 2;
    pooled->cutoff = acsf->cutoff;
    pooled->value_count = center->value_count;
    pooled->factor_count = center->factor_count;
    pooled->angle_count = center->angle_count;
    pooled->single_count = center->first_pair[1];
    pooled->double_count = center->first_triple[1];
    memcpy(pooled->pools, pools, (size_t)pooled->pool_count * sizeof *pools);
    ADATOM_TRY(
        adatom_allocate((size_t)pooled->factor_count, sizeof *pooled->factors, &pooled->factors));
    ADATOM_TRY(
        adatom_allocate((size_t)pooled->angle_count, sizeof *pooled->angles, &pooled->angles));
    ADATOM_TRY(
        adatom_allocate((size_t)pooled->single_count, sizeof *pooled->singles, &pooled->singles));
    ADATOM_TRY(
        adatom_allocate((size_t)pooled->double_count, sizeof *pooled->doubles, &pooled->doubles));
    copy_functions(pooled, center);
    return ADATOM_OK;
}

adatom_status adatom_pooled_create(const adatom_descriptor *descriptor, const adatom_pooling *pools,
                                   int pool_count, int atom_count, adatom_pooled **out)
{
    if (!is_known(descriptor, pools, pool_count)) {
        *out = NULL;
        return ADATOM_OK;
    }
    adatom_pooled *pooled;
    ADATOM_TRY(adatom_allocate(1, sizeof *pooled, &pooled));
    pooled->atom_count = atom_count;
    pooled->pool_count = pool_count;
    const adatom_status status = fill(descriptor, pools, pooled);
    if (status != ADATOM_OK) {
        adatom_pooled_free(pooled);
        return status;
    }
    *out = pooled;
    return ADATOM_OK;
}

void adatom_pooled_free(adatom_pooled *pooled)
{
    if (pooled != NULL) {
        free(pooled->factors);
        free(pooled->angles);
        free(pooled->singles);
        free(pooled->doubles);
        free(pooled);
    }
}

size_t adatom_pooled_columns(const adatom_pooled *pooled)
{
    return (size_t)pooled->value_count * (size_t)pooled->pool_count;
}

/* ---- the memory */

static adatom_status allocate_lanes(size_t count, double **out)
{
    return adatom_allocate_aligned(count * ADATOM_POOLED_LANES + ADATOM_POOLED_LANES,
                                   sizeof(double), out);
}

static size_t most_of_one_factor(const adatom_pooled *pooled)
{
    size_t most = 0, count = 0;
    for (int d = 0; d < pooled->double_count; d++) {
        const bool same = d > 0 && pooled->doubles[d].factor == pooled->doubles[d - 1].factor;
        count = same ? count + 1 : 1;
        most = count > most ? count : most;
    }
    return most;
}

static adatom_status allocate_work(const adatom_pooled *pooled, adatom_pooled_work *work)
{
    const size_t pairs = (size_t)pooled->pair_count, atoms = (size_t)pooled->atom_count;
    const size_t neighbors = atoms > 0 ? atoms - 1 : 0;
    const size_t corners = neighbors * (neighbors > 0 ? neighbors - 1 : 0) / 2;
    const size_t values = (size_t)pooled->value_count, angles = (size_t)pooled->angle_count;
    ADATOM_TRY(allocate_lanes(3 * pairs, &work->units));
    ADATOM_TRY(allocate_lanes(pairs, &work->distances));
    ADATOM_TRY(allocate_lanes(pairs, &work->inverses));
    ADATOM_TRY(allocate_lanes(pairs, &work->fade_ratios));
    ADATOM_TRY(allocate_lanes(pairs, &work->pair_slopes));
    ADATOM_TRY(allocate_lanes(pairs, &work->fades));
    ADATOM_TRY(allocate_lanes(pairs, &work->inverse_fades));
    ADATOM_TRY(allocate_lanes((size_t)pooled->double_count, &work->sums));
    ADATOM_TRY(allocate_lanes(pairs * (size_t)pooled->factor_count, &work->factors));
    ADATOM_TRY(allocate_lanes(atoms * values, &work->values));
    ADATOM_TRY(allocate_lanes(atoms * values, &work->slopes));
    ADATOM_TRY(allocate_lanes(atoms * corners * angles, &work->angles));
    ADATOM_TRY(allocate_lanes(atoms * corners * angles, &work->angle_slopes));
    const size_t columns = adatom_pooled_columns(pooled), doubles = (size_t)pooled->double_count;
    const size_t group = most_of_one_factor(pooled), pools = (size_t)pooled->pool_count;
    const size_t rows = pools * group > ADATOM_POOLED_ROWS ? pools * group : ADATOM_POOLED_ROWS;
    ADATOM_TRY(allocate_lanes(columns, &work->residuals));
    ADATOM_TRY(allocate_lanes(columns, &work->chosen));
    ADATOM_TRY(allocate_lanes(atoms * neighbors * (neighbors + 1) / 2, &work->local_squares));
    ADATOM_TRY(allocate_lanes(atoms * neighbors, &work->local_products));
    ADATOM_TRY(allocate_lanes(neighbors, &work->slope_row));
    ADATOM_TRY(allocate_lanes(rows * 3 * atoms, &work->rows));
    ADATOM_TRY(allocate_lanes(group * 3 * atoms, &work->corner_rows));
    ADATOM_TRY(allocate_lanes(rows, &work->row_residuals));
    return adatom_allocate(doubles, sizeof *work->wanted, &work->wanted);
}

adatom_status adatom_pooled_work_create(const adatom_pooled *pooled, adatom_pooled_work **out)
{
    adatom_pooled_work *work;
    ADATOM_TRY(adatom_allocate(1, sizeof *work, &work));
    work->set = adatom_instruction_set_chosen();
    const adatom_status status = allocate_work(pooled, work);
    if (status != ADATOM_OK) {
        adatom_pooled_work_free(work);
        return status;
    }
    *out = work;
    return ADATOM_OK;
}

void adatom_pooled_work_free(adatom_pooled_work *work)
{
    if (work == NULL) {
        return;
    }
    free(work->units);
    free(work->distances);
    free(work->inverses);
    free(work->fade_ratios);
    free(work->pair_slopes);
    free(work->factors);
    free(work->fades);
    free(work->inverse_fades);
    free(work->sums);
    free(work->values);
    free(work->slopes);
    free(work->angles);
    free(work->angle_slopes);
    free(work->residuals);
    free(work->chosen);
    free(work->local_squares);
    free(work->local_products);
    free(work->slope_row);
    free(work->rows);
    free(work->row_residuals);
    free(work->corner_rows);
    free(work->wanted);
    free(work);
}

/* ---- the instruction set */

typedef struct kernels {
    adatom_pooled_kernel *evaluate;
    adatom_pooled_normal_kernel *normal;
} kernels;

static const kernels adatom_pooled_kernels_portable = {adatom_pooled_portable,
                                                       adatom_pooled_normal_portable};
#ifdef ADATOM_X86_KERNELS
static const kernels adatom_pooled_kernels_avx2 = {adatom_pooled_avx2, adatom_pooled_normal_avx2};
static const kernels adatom_pooled_kernels_avx512 = {adatom_pooled_avx512,
                                                     adatom_pooled_normal_avx512};
#endif

static const kernels *const all_kernels[] = {ADATOM_KERNELS(adatom_pooled_kernels)};

void adatom_pooled_evaluate(const adatom_pooled *pooled, adatom_pooled_work *work,
                            const double *positions, const adatom_pooled_loss *loss, double *losses,
                            double *gradient, double *values)
{
    all_kernels[work->set]->evaluate(pooled, work, positions, loss, losses, gradient, values);
}

void adatom_pooled_normal_equations(const adatom_pooled *pooled, adatom_pooled_work *work,
                                    const double *positions, const adatom_pooled_loss *loss,
                                    adatom_pooled_normal *normal)
{
    all_kernels[work->set]->normal(pooled, work, positions, loss, normal);
}

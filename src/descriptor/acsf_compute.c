/* Values and derivatives of symmetry functions of one centre. */
#include "base/error.h"
#include "base/memory.h"
#include "descriptor/acsf.h"
#include "descriptor/acsf_kernel.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

/* A neighbour inside the cutoff. */
typedef struct near_atom {
    size_t place; /* in the environment */
    int type;
    double r, unit[3];
} near_atom;

typedef struct acsf_workspace {
    size_t count, capacity, factor_capacity;
    near_atom *near;
    double (*factors)[2]; /* [count][factor_count]: values and slopes */
    double (*across)[2];  /* [factor_count]: between two neighbours */
    double (*angles)[2];  /* [angle_count]: values and slopes */
    size_t widest;        /* the most factors or angles of a centre */
    adatom_acsf_lanes *lanes;
} acsf_workspace;

adatom_status adatom_acsf_workspace_create(const void *state, void **out)
{
    const adatom_acsf *acsf = state;
    acsf_workspace *workspace;
    size_t widest = 1;
    for (int s = 0; s < acsf->species_count; s++) {
        const adatom_acsf_center *center = &acsf->centers[s];
        widest = (size_t)center->factor_count > widest ? (size_t)center->factor_count : widest;
        widest = (size_t)center->angle_count > widest ? (size_t)center->angle_count : widest;
    }
    ADATOM_TRY(adatom_allocate(1, sizeof *workspace, &workspace));
    workspace->widest = widest;
    adatom_status status = adatom_allocate(widest, sizeof *workspace->across, &workspace->across);
    if (status == ADATOM_OK) {
        status = adatom_allocate(widest, sizeof *workspace->angles, &workspace->angles);
    }
    if (status == ADATOM_OK) {
        status = adatom_acsf_lanes_create(acsf, &workspace->lanes);
    }
    if (status != ADATOM_OK) {
        adatom_acsf_workspace_free(workspace);
        return status;
    }
    *out = workspace;
    return ADATOM_OK;
}

void adatom_acsf_workspace_free(void *state)
{
    acsf_workspace *workspace = state;
    adatom_acsf_lanes_free(workspace->lanes);
    free(workspace->near);
    free(workspace->factors);
    free(workspace->across);
    free(workspace->angles);
    free(workspace);
}

/* ---- parts of the functions */

/* The polynomial of degree 2 k + 1 that falls from 1 to 0 with k flat derivatives at both ends. */
static void fade_polynomial(adatom_acsf_fade fade, double x, double result[2])
{
    static const double coefficients[4][5] = {
        {-3, 2}, {-10, 15, -6}, {-35, 84, -70, 20}, {-126, 420, -540, 315, -70}};
    const int k = (int)fade - ADATOM_FADE_POLY1;
    double power = pow(x, k + 1); /* x^(k + 2) is the lowest */
    result[0] = 1;
    result[1] = 0;
    for (int i = 0; i <= k + 1; i++) {
        result[1] += (k + 2 + i) * coefficients[k][i] * power;
        power *= x;
        result[0] += coefficients[k][i] * power;
    }
}

void adatom_acsf_fade_at(const adatom_acsf *acsf, double cutoff, double r, double fade[2])
{
    const double pi = 3.14159265358979323846;
    const double inner = acsf->alpha * cutoff, width = cutoff - inner;
    const double x = (r - inner) / width;
    fade[0] = r < cutoff;
    fade[1] = 0;
    if (acsf->fade == ADATOM_FADE_TANHU || acsf->fade == ADATOM_FADE_TANH) {
        const double t = tanh(fmax(0, 1 - r / cutoff));
        const double scale = acsf->fade == ADATOM_FADE_TANH ? pow(tanh(1.0), -3) : 1;
        fade[0] = scale * t * t * t;
        fade[1] = -3 * scale * t * t * (1 - t * t) / cutoff;
    } else if (acsf->fade == ADATOM_FADE_HARD || x <= 0 || r >= cutoff) {
        return;
    } else if (acsf->fade == ADATOM_FADE_COS) {
        fade[0] = 0.5 * (cos(pi * x) + 1);
        fade[1] = -0.5 * pi * sin(pi * x) / width;
    } else if (acsf->fade == ADATOM_FADE_EXP) {
        const double rest = 1 / ((1 - x) * (1 + x));
        fade[0] = exp(1 - rest);
        fade[1] = fade[0] > 0 ? -2 * x * rest * rest * fade[0] / width : 0;
    } else {
        fade_polynomial(acsf->fade, x, fade);
        fade[1] /= width;
    }
}

static void factor_at(const adatom_acsf_factor *factor, double r, const double fade[2],
                      double result[2])
{
    if (factor->type == ADATOM_ACSF_G3) {
        const double c = cos(factor->eta * r), s = sin(factor->eta * r);
        result[0] = c * fade[0];
        result[1] = c * fade[1] - factor->eta * s * fade[0];
        return;
    }
    const double d = r - factor->shift;
    const double gauss = exp(-factor->eta * d * d);
    result[0] = gauss * fade[0];
    result[1] = gauss * (fade[1] - 2 * factor->eta * d * fade[0]);
}

/* All factors at one distance, or the narrow ones alone. Cutoffs are mostly the same. */
static void factors_at(const adatom_acsf *acsf, const adatom_acsf_center *center, double r,
                       bool narrow, double (*results)[2])
{
    double cutoff = 0, fade[2] = {0, 0};
    for (int q = 0; q < center->factor_count; q++) {
        const adatom_acsf_factor *factor = &center->factors[q];
        if (narrow && !factor->narrow) {
            continue;
        }
        if (factor->cutoff != cutoff) {
            cutoff = factor->cutoff;
            adatom_acsf_fade_at(acsf, cutoff, r, fade);
        }
        if (r < cutoff) {
            factor_at(factor, r, fade, results[q]);
        } else {
            results[q][0] = results[q][1] = 0;
        }
    }
}

static double whole_power(double base, int exponent)
{
    double result = 1;
    for (; exponent > 0; exponent >>= 1) {
        result *= exponent & 1 ? base : 1;
        base *= base;
    }
    return result;
}

/* 2^(1 - zeta) (1 + lambda cos)^zeta and its slope in cos. */
static void angle_at(const adatom_acsf_angle *angle, double cosine, double result[2])
{
    const double base = fmax(0, 1 + angle->lambda * cosine);
    const double below = angle->scale * (angle->power > 0 ? whole_power(base, angle->power - 1)
                                                          : pow(base, angle->zeta - 1));
    result[0] = below * base;
    result[1] = below * angle->zeta * angle->lambda;
}

/* ---- neighbours and pairs of them */

static adatom_status reserve_near(acsf_workspace *workspace, size_t count)
{
    ADATOM_TRY(adatom_grow(&workspace->near, &workspace->capacity, count, sizeof *workspace->near));
    return adatom_grow(&workspace->factors, &workspace->factor_capacity, count * workspace->widest,
                       sizeof *workspace->factors);
}

static void collect_near(const adatom_acsf *acsf, const adatom_acsf_center *center,
                         acsf_workspace *workspace, const adatom_environment *environment)
{
    workspace->count = 0;
    for (size_t j = 0; j < environment->count; j++) {
        const double *v = environment->vectors[j];
        const double r = sqrt(v[0] * v[0] + v[1] * v[1] + v[2] * v[2]);
        if (environment->types[j] < 0 || !(r < acsf->cutoff)) {
            continue;
        }
        workspace->near[workspace->count] =
            (near_atom){j, environment->types[j], r, {v[0] / r, v[1] / r, v[2] / r}};
        factors_at(acsf, center, r, false,
                   workspace->factors + workspace->count * (size_t)center->factor_count);
        workspace->count++;
    }
}

/* Two neighbours and what the functions of the pair share. */
typedef struct pair {
    const near_atom *atoms[2];
    const double (*factors[2])[2];
    const double (*across)[2]; /* at the distance between them */
    const double (*angles)[2];
    double cosine, distance;
    int first, last; /* of the triples of their types */
} pair;

static double distance_between(const near_atom *a, const near_atom *b)
{
    double squared = 0;
    for (int x = 0; x < 3; x++) {
        const double d = a->r * a->unit[x] - b->r * b->unit[x];
        squared += d * d;
    }
    return sqrt(squared);
}

static bool any_narrow(const adatom_acsf_center *center, int first, int last)
{
    for (int t = first; t < last; t++) {
        if (center->triples[t].narrow) {
            return true;
        }
    }
    return false;
}

/* False if no function is for their types. */
static bool prepare_pair(const adatom_acsf *acsf, const adatom_acsf_center *center,
                         acsf_workspace *workspace, size_t j, size_t k, pair *of)
{
    const near_atom *a = &workspace->near[j], *b = &workspace->near[k];
    const int low = a->type < b->type ? a->type : b->type, high = a->type + b->type - low;
    const int group = low * acsf->species_count + high;
    of->first = center->first_triple[group];
    of->last = center->first_triple[group + 1];
    if (of->first == of->last) {
        return false;
    }
    of->atoms[0] = a;
    of->atoms[1] = b;
    of->factors[0] = (const double(*)[2])workspace->factors + j * (size_t)center->factor_count;
    of->factors[1] = (const double(*)[2])workspace->factors + k * (size_t)center->factor_count;
    of->across = (const double(*)[2])workspace->across;
    of->angles = (const double(*)[2])workspace->angles;
    of->cosine = a->unit[0] * b->unit[0] + a->unit[1] * b->unit[1] + a->unit[2] * b->unit[2];
    of->distance = 0;
    if (any_narrow(center, of->first, of->last)) {
        of->distance = distance_between(a, b);
        factors_at(acsf, center, of->distance, true, workspace->across);
    }
    for (int i = 0; i < center->angle_count; i++) {
        angle_at(&center->angles[i], of->cosine, workspace->angles[i]);
    }
    return true;
}

static double triple_value(const adatom_acsf_triple *triple, const pair *of)
{
    const double value = of->angles[triple->angle][0] * of->factors[0][triple->factor][0] *
                         of->factors[1][triple->factor][0];
    return triple->narrow ? value * of->across[triple->factor][0] : value;
}

/* Slopes of a function of two neighbours in cos, r_j, r_k and r_jk, added with a weight. */
static void add_slopes(const adatom_acsf_triple *triple, const pair *of, double weight,
                       double slopes[4])
{
    const double *angle = of->angles[triple->angle];
    const double *a = of->factors[0][triple->factor], *b = of->factors[1][triple->factor];
    const double across = triple->narrow ? of->across[triple->factor][0] : 1;
    slopes[0] += weight * angle[1] * a[0] * b[0] * across;
    slopes[1] += weight * angle[0] * a[1] * b[0] * across;
    slopes[2] += weight * angle[0] * a[0] * b[1] * across;
    if (triple->narrow) {
        slopes[3] += weight * angle[0] * a[0] * b[0] * of->across[triple->factor][1];
    }
}

/* The gradients in the two positions by the slopes. */
static void add_pair_gradients(const pair *of, const double slopes[4], double first[3],
                               double second[3])
{
    const near_atom *a = of->atoms[0], *b = of->atoms[1];
    const double pull = slopes[3] != 0 ? slopes[3] / of->distance : 0;
    for (int x = 0; x < 3; x++) {
        const double between = pull * (a->r * a->unit[x] - b->r * b->unit[x]);
        first[x] += slopes[1] * a->unit[x] + between +
                    slopes[0] * (b->unit[x] - of->cosine * a->unit[x]) / a->r;
        second[x] += slopes[2] * b->unit[x] - between +
                     slopes[0] * (a->unit[x] - of->cosine * b->unit[x]) / b->r;
    }
}

/* ---- what is asked for */

adatom_status adatom_acsf_plain_values(const void *state, void *workspace_state,
                                       const adatom_environment *environment, double *values)
{
    const adatom_acsf *acsf = state;
    acsf_workspace *workspace = workspace_state;
    const adatom_acsf_center *center = &acsf->centers[environment->type];
    ADATOM_TRY(reserve_near(workspace, environment->count));
    collect_near(acsf, center, workspace, environment);
    memset(values, 0, (size_t)center->value_count * sizeof *values);
    for (size_t j = 0; j < workspace->count; j++) {
        const double(*factors)[2] =
            (const double(*)[2])workspace->factors + j * (size_t)center->factor_count;
        const int type = workspace->near[j].type;
        for (int p = center->first_pair[type]; p < center->first_pair[type + 1]; p++) {
            values[center->pair_value[p]] += factors[center->pair_factor[p]][0];
        }
    }
    for (size_t j = 0; j < workspace->count; j++) {
        for (size_t k = j + 1; k < workspace->count; k++) {
            pair of;
            if (prepare_pair(acsf, center, workspace, j, k, &of)) {
                for (int t = of.first; t < of.last; t++) {
                    values[center->triples[t].value] += triple_value(&center->triples[t], &of);
                }
            }
        }
    }
    return ADATOM_OK;
}

void adatom_acsf_plain_contract(const void *state, void *workspace_state,
                                const adatom_environment *environment, const double *slopes,
                                double (*forces)[3])
{
    const adatom_acsf *acsf = state;
    acsf_workspace *workspace = workspace_state;
    const adatom_acsf_center *center = &acsf->centers[environment->type];
    memset(forces, 0, environment->count * sizeof *forces);
    for (size_t j = 0; j < workspace->count; j++) {
        const near_atom *atom = &workspace->near[j];
        const double(*factors)[2] =
            (const double(*)[2])workspace->factors + j * (size_t)center->factor_count;
        double slope = 0;
        for (int p = center->first_pair[atom->type]; p < center->first_pair[atom->type + 1]; p++) {
            slope += slopes[center->pair_value[p]] * factors[center->pair_factor[p]][1];
        }
        for (int x = 0; x < 3; x++) {
            forces[atom->place][x] += slope * atom->unit[x];
        }
        for (size_t k = j + 1; k < workspace->count; k++) {
            pair of;
            if (prepare_pair(acsf, center, workspace, j, k, &of)) {
                double sums[4] = {0, 0, 0, 0};
                for (int t = of.first; t < of.last; t++) {
                    add_slopes(&center->triples[t], &of, slopes[center->triples[t].value], sums);
                }
                add_pair_gradients(&of, sums, forces[atom->place],
                                   forces[workspace->near[k].place]);
            }
        }
    }
}

void adatom_acsf_gradients(const void *state, void *workspace_state,
                           const adatom_environment *environment, double (*gradients)[3])
{
    const adatom_acsf *acsf = state;
    acsf_workspace *workspace = workspace_state;
    const adatom_acsf_center *center = &acsf->centers[environment->type];
    const size_t count = (size_t)center->value_count;
    collect_near(acsf, center, workspace, environment);
    memset(gradients, 0, environment->count * count * sizeof *gradients);
    for (size_t j = 0; j < workspace->count; j++) {
        const near_atom *atom = &workspace->near[j];
        const double(*factors)[2] =
            (const double(*)[2])workspace->factors + j * (size_t)center->factor_count;
        double(*first)[3] = gradients + atom->place * count;
        for (int p = center->first_pair[atom->type]; p < center->first_pair[atom->type + 1]; p++) {
            for (int x = 0; x < 3; x++) {
                first[center->pair_value[p]][x] +=
                    factors[center->pair_factor[p]][1] * atom->unit[x];
            }
        }
        for (size_t k = j + 1; k < workspace->count; k++) {
            double(*second)[3] = gradients + workspace->near[k].place * count;
            pair of;
            if (!prepare_pair(acsf, center, workspace, j, k, &of)) {
                continue;
            }
            for (int t = of.first; t < of.last; t++) {
                const int v = center->triples[t].value;
                double slopes[4] = {0, 0, 0, 0};
                add_slopes(&center->triples[t], &of, 1, slopes);
                add_pair_gradients(&of, slopes, first[v], second[v]);
            }
        }
    }
}

/* ---- in registers */

adatom_status adatom_acsf_values(const void *state, void *workspace_state,
                                 const adatom_environment *environment, double *values)
{
    (void)state;
    acsf_workspace *workspace = workspace_state;
    ADATOM_TRY(reserve_near(workspace, environment->count)); /* for gradients, which cannot fail */
    ADATOM_TRY(adatom_acsf_lanes_place(workspace->lanes, environment));
    workspace->lanes->isa->values(workspace->lanes, environment, values);
    return ADATOM_OK;
}

void adatom_acsf_contract(const void *state, void *workspace_state,
                          const adatom_environment *environment, const double *slopes,
                          double (*forces)[3])
{
    (void)state;
    acsf_workspace *workspace = workspace_state;
    workspace->lanes->isa->contract(workspace->lanes, environment, slopes, forces);
}

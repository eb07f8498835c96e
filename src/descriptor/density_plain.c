#include "base/error.h"
#include "base/memory.h"
#include "descriptor/density.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

/* One neighbour's part, before it is weighted. */
typedef struct part {
    bool inside;
    double unit[3];
    double harmonics[(ADATOM_L_MAX + 1) * (ADATOM_L_MAX + 1)];
    double turns[(ADATOM_L_MAX + 1) * (ADATOM_L_MAX + 1)][3]; /* their gradients */
} part;

typedef struct plain {
    const adatom_density *density;
    const adatom_environment *environment;
    size_t row;  /* numbers of the radial functions of one neighbour */
    size_t rows; /* channels times stride */
    part *parts;
    double *radial, *slopes; /* [count][row] */
    double *coefficients;    /* [rows][lm] */
    double *scratch;         /* [row], for second derivatives */
} plain;

static size_t lm_count(const adatom_density *density)
{
    return (size_t)(density->l_count * density->l_count);
}

static adatom_status allocate(plain *work)
{
    const size_t count = work->environment->count;
    work->row = (size_t)(work->density->radial->set_count * work->density->radial->stride);
    work->rows = (size_t)(work->density->channel_count * work->density->radial->stride);
    ADATOM_TRY(adatom_allocate(count, sizeof *work->parts, &work->parts));
    ADATOM_TRY(adatom_allocate(count * work->row, sizeof *work->radial, &work->radial));
    ADATOM_TRY(adatom_allocate(count * work->row, sizeof *work->slopes, &work->slopes));
    ADATOM_TRY(adatom_allocate(work->row, sizeof *work->scratch, &work->scratch));
    return adatom_allocate(work->rows * lm_count(work->density), sizeof *work->coefficients,
                           &work->coefficients);
}

static void find_part(plain *work, size_t j)
{
    const adatom_radial *radial = work->density->radial;
    const double *vector = work->environment->vectors[j];
    const double r = sqrt(vector[0] * vector[0] + vector[1] * vector[1] + vector[2] * vector[2]);
    part *of = &work->parts[j];
    of->inside = r < radial->cutoff && work->environment->types[j] >= 0;
    if (!of->inside) {
        return;
    }
    for (int x = 0; x < 3; x++) {
        of->unit[x] = vector[x] / r;
    }
    double *values = work->radial + j * work->row, *slopes = work->slopes + j * work->row;
    adatom_radial_exact(radial, r, values, slopes, work->scratch);
    double fade[2];
    adatom_radial_fade(radial, r, fade);
    for (size_t i = 0; i < work->row; i++) {
        slopes[i] = fade[0] * slopes[i] + fade[1] * values[i];
        values[i] *= fade[0];
    }
    adatom_harmonics_evaluate(&work->density->harmonics, vector, of->harmonics, of->turns);
}

/* Place of function n of order l in a neighbour's radial functions. */
static size_t radial_at(const adatom_density *density, int l, int n)
{
    return (size_t)((density->radial->set_count > 1 ? l : 0) * density->radial->stride + n);
}

static void add_to_coefficients(plain *work, size_t j)
{
    const adatom_density *density = work->density;
    for (int k = 0; k < density->channel_count; k++) {
        const double weight =
            density->weights[k * density->species_count + work->environment->types[j]];
        for (int n = 0; n < density->n_count; n++) {
            double *row =
                work->coefficients + (size_t)(k * density->radial->stride + n) * lm_count(density);
            for (int l = 0; l < density->l_count; l++) {
                const double value =
                    weight * work->radial[j * work->row + radial_at(density, l, n)];
                for (int lm = l * l; lm < (l + 1) * (l + 1); lm++) {
                    row[lm] += value * work->parts[j].harmonics[lm];
                }
            }
        }
    }
}

static void add_center(plain *work)
{
    const adatom_density *density = work->density;
    for (int k = 0; k < density->channel_count && density->center > 0; k++) {
        const double weight =
            density->weights[k * density->species_count + work->environment->type];
        for (int n = 0; n < density->n_count; n++) {
            work->coefficients[(size_t)(k * density->radial->stride + n) * lm_count(density)] +=
                weight * density->center_values[n];
        }
    }
}

static double value_of(const plain *work, const adatom_density_term *term)
{
    const size_t count = lm_count(work->density);
    double sum = 0;
    for (int lm = term->l * term->l; lm < (term->l + 1) * (term->l + 1); lm++) {
        sum += work->coefficients[(size_t)term->a * count + (size_t)lm] *
               work->coefficients[(size_t)term->b * count + (size_t)lm];
    }
    return term->factor * sum;
}

/* d(sum_m c_alm c_blm) by the change of the first factor. */
static void add_half_gradient(const plain *work, size_t j, int l, int a, int b, double factor,
                              double gradient[3])
{
    const adatom_density *density = work->density;
    const int k = a / density->radial->stride, n = a % density->radial->stride;
    const size_t at = j * work->row + radial_at(density, l, n);
    const double weight =
        factor * density->weights[k * density->species_count + work->environment->types[j]];
    const part *of = &work->parts[j];
    for (int lm = l * l; lm < (l + 1) * (l + 1); lm++) {
        const double other =
            weight * work->coefficients[(size_t)b * lm_count(density) + (size_t)lm];
        for (int x = 0; x < 3; x++) {
            gradient[x] += other * (work->slopes[at] * of->harmonics[lm] * of->unit[x] +
                                    work->radial[at] * of->turns[lm][x]);
        }
    }
}

static void find_gradients(const plain *work, double (*gradients)[3])
{
    const adatom_density *density = work->density;
    memset(gradients, 0, work->environment->count * density->term_count * sizeof *gradients);
    for (size_t j = 0; j < work->environment->count; j++) {
        for (size_t v = 0; v < density->term_count && work->parts[j].inside; v++) {
            const adatom_density_term *term = &density->terms[v];
            double *gradient = gradients[j * density->term_count + v];
            add_half_gradient(work, j, term->l, term->a, term->b, term->factor, gradient);
            add_half_gradient(work, j, term->l, term->b, term->a, term->factor, gradient);
        }
    }
}

adatom_status adatom_density_plain(const adatom_density *density,
                                   const adatom_environment *environment, double *values,
                                   double (*gradients)[3])
{
    plain work = {.density = density, .environment = environment};
    const adatom_status status = allocate(&work);
    if (status == ADATOM_OK) {
        for (size_t j = 0; j < environment->count; j++) {
            find_part(&work, j);
            if (work.parts[j].inside) {
                add_to_coefficients(&work, j);
            }
        }
        add_center(&work);
        for (size_t v = 0; v < density->term_count; v++) {
            values[v] = value_of(&work, &density->terms[v]);
        }
        if (gradients != NULL) {
            find_gradients(&work, gradients);
        }
    }
    free(work.parts);
    free(work.radial);
    free(work.slopes);
    free(work.scratch);
    free(work.coefficients);
    return status;
}

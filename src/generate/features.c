#include "generate/features.h"

#include "adatom/extxyz.h"
#include "base/error.h"
#include "base/memory.h"
#include "generate/global.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

void adatom_features_clear(adatom_features *features)
{
    free(features->rows);
    free(features->property);
    *features = (adatom_features){0};
}

/* ---- scaling */

adatom_status adatom_scaling_create(size_t rows, size_t columns, const double *values, bool range,
                                    adatom_scaling *out)
{
    adatom_scaling s = {.count = columns};
    ADATOM_TRY(adatom_allocate(columns, sizeof(double), &s.offsets));
    const adatom_status status = adatom_allocate(columns, sizeof(double), &s.factors);
    if (status != ADATOM_OK) {
        free(s.offsets);
        return status;
    }
    for (size_t c = 0; c < columns; c++) {
        double low = INFINITY, high = -INFINITY, mean = 0, square = 0;
        for (size_t r = 0; r < rows; r++) {
            const double value = values[r * columns + c];
            low = fmin(low, value);
            high = fmax(high, value);
            mean += value / (double)rows;
        }
        for (size_t r = 0; r < rows; r++) {
            const double d = values[r * columns + c] - mean;
            square += d * d / (double)rows;
        }
        const double width = range ? high - low : sqrt(square);
        s.offsets[c] = range ? low : mean;
        s.factors[c] = width > 1e-12 * (1 + fabs(high)) ? 1 / width : 0;
    }
    *out = s;
    return ADATOM_OK;
}

void adatom_scaling_clear(adatom_scaling *scaling)
{
    free(scaling->offsets);
    free(scaling->factors);
    *scaling = (adatom_scaling){0};
}

void adatom_scale(const adatom_scaling *s, const double *values, double *scaled)
{
    for (size_t c = 0; c < s->count; c++) {
        scaled[c] = (values[c] - s->offsets[c]) * s->factors[c];
    }
}

void adatom_unscale(const adatom_scaling *s, const double *scaled, double *values)
{
    for (size_t c = 0; c < s->count; c++) {
        values[c] = s->offsets[c] + (s->factors[c] > 0 ? scaled[c] / s->factors[c] : 0);
    }
}

/* ---- furthest points */

/* Eight sums side by side, so that they can be one vector. */
static double square_distance(size_t columns, const double *restrict a, const double *restrict b)
{
    double sums[8] = {0}, sum = 0;
    size_t c = 0;
    for (; c + 8 <= columns; c += 8) {
        for (size_t lane = 0; lane < 8; lane++) {
            const double d = a[c + lane] - b[c + lane];
            sums[lane] += d * d;
        }
    }
    for (; c < columns; c++) {
        sum += (a[c] - b[c]) * (a[c] - b[c]);
    }
    for (size_t lane = 0; lane < 8; lane++) {
        sum += sums[lane];
    }
    return sum;
}

/* What is known while points are chosen, squares of distances throughout. */
typedef struct choice {
    double *distances; /* [rows], to the nearest chosen point */
    size_t *nearest;   /* [rows], which of the chosen that is */
    double *between;   /* [wanted], from the last chosen point to those before */
} choice;

/* The row nearest the mean, which is 0. */
static size_t first_point(const adatom_matrix *scaled)
{
    double least = INFINITY;
    size_t first = 0;
    for (size_t r = 0; r < scaled->rows; r++) {
        const double *row = scaled->values + r * scaled->columns;
        double norm = 0;
        for (size_t c = 0; c < scaled->columns; c++) {
            norm += row[c] * row[c];
        }
        if (norm < least) {
            least = norm;
            first = r;
        }
    }
    return first;
}

/* A row can only be nearer to the last chosen point than to its nearest one if that is less than
 * twice as far from the last one as from the row: the triangle inequality spares most distances. */
static size_t add_point(const adatom_matrix *scaled, const size_t *chosen, size_t count, choice *c)
{
    const size_t columns = scaled->columns;
    const double *last = scaled->values + chosen[count - 1] * columns;
    size_t furthest = 0;
    for (size_t k = 0; k + 1 < count; k++) {
        c->between[k] = square_distance(columns, scaled->values + chosen[k] * columns, last);
    }
    for (size_t r = 0; r < scaled->rows; r++) {
        if (count == 1 || c->between[c->nearest[r]] < 4.000001 * c->distances[r]) {
            const double d = square_distance(columns, scaled->values + r * columns, last);
            if (d < c->distances[r]) {
                c->distances[r] = d;
                c->nearest[r] = count - 1;
            }
        }
        furthest = c->distances[r] > c->distances[furthest] ? r : furthest;
    }
    return furthest;
}

static adatom_status choose_points(const adatom_matrix *scaled, size_t wanted, size_t *chosen)
{
    choice c = {0};
    adatom_status status = adatom_allocate(scaled->rows, sizeof(double), &c.distances);
    if (status == ADATOM_OK) {
        status = adatom_allocate(scaled->rows, sizeof(size_t), &c.nearest);
    }
    if (status == ADATOM_OK) {
        status = adatom_allocate(wanted, sizeof(double), &c.between);
    }
    if (status == ADATOM_OK) {
        for (size_t r = 0; r < scaled->rows; r++) {
            c.distances[r] = INFINITY;
        }
        chosen[0] = first_point(scaled);
        for (size_t k = 1; k < wanted; k++) {
            chosen[k] = add_point(scaled, chosen, k, &c);
        }
    }
    free(c.distances);
    free(c.nearest);
    free(c.between);
    return status;
}

adatom_status adatom_furthest_points(const adatom_matrix *rows, size_t wanted, size_t *chosen)
{
    adatom_scaling scaling;
    adatom_matrix scaled = {.rows = rows->rows, .columns = rows->columns};
    ADATOM_TRY(adatom_scaling_create(rows->rows, rows->columns, rows->values, false, &scaling));
    adatom_status status =
        adatom_allocate(rows->rows * rows->columns, sizeof(double), &scaled.values);
    if (status == ADATOM_OK && wanted > 0) {
        for (size_t r = 0; r < rows->rows; r++) {
            adatom_scale(&scaling, rows->values + r * rows->columns,
                         scaled.values + r * rows->columns);
        }
        status = choose_points(&scaled, wanted, chosen);
    }
    free(scaled.values);
    adatom_scaling_clear(&scaling);
    return status;
}

/* ---- from files */

static adatom_status read_tables(const adatom_generator_options *options, adatom_features *f)
{
    adatom_matrix rows, property;
    ADATOM_TRY(adatom_matrix_read(options->data_features, "values", &rows));
    f->rows = rows.values;
    f->count = rows.rows;
    f->columns = rows.columns;
    ADATOM_TRY(adatom_matrix_read(options->data_property, "property", &property));
    f->property = property.values;
    if (property.columns != 1 || property.rows != rows.rows) {
        return adatom_fail(ADATOM_INVALID_INPUT,
                           "%s: %zu rows of %zu columns, expected %zu rows of one, as %s has",
                           options->data_property, property.rows, property.columns, rows.rows,
                           options->data_features);
    }
    return ADATOM_OK;
}

static double reference_of(const adatom_generator_options *options, int atomic_number)
{
    const adatom_element_numbers *reference = &options->data_reference;
    for (int e = 0; e < reference->count; e++) {
        if (reference->atomic_numbers[e][0] == atomic_number) {
            return reference->values[e];
        }
    }
    return 0;
}

static adatom_status describe_frame(const adatom_generator_options *options,
                                    const adatom_global_kind *kind, const adatom_frame *frame,
                                    size_t at, adatom_features *f)
{
    const adatom_structure *structure = frame->structure;
    adatom_global *global = NULL;
    if (structure->atom_count == 0 || !frame->has_energy) {
        return adatom_fail(ADATOM_INVALID_INPUT, "expected atoms and an energy");
    }
    double energy = frame->energy;
    for (size_t i = 0; i < structure->atom_count; i++) {
        energy -= reference_of(options, structure->atomic_numbers[i]);
    }
    f->property[at] = energy / (double)structure->atom_count;
    ADATOM_TRY(adatom_global_create(kind, structure, &global));
    adatom_status status = ADATOM_OK;
    if (at == 0) {
        f->columns = global->columns;
        status = adatom_allocate(f->count * f->columns, sizeof(double), &f->rows);
    } else if (global->columns != f->columns) {
        status = adatom_fail(ADATOM_INVALID_INPUT,
                             "%zu values, expected %zu as the first structure has: the same "
                             "elements",
                             global->columns, f->columns);
    }
    if (status == ADATOM_OK) {
        status = adatom_global_values(global, structure, f->rows + at * f->columns);
    }
    adatom_global_free(global);
    return status;
}

static adatom_status describe_structures(const adatom_generator_options *options,
                                         const adatom_frames *frames, adatom_features *f)
{
    adatom_global_kind kind = {.descriptor = options->run_descriptor,
                               .by_element = options->fingerprint_by_element};
    ADATOM_TRY(adatom_global_pools(options->fingerprint_pool, &kind));
    if (options->run_descriptor[0] == '\0' || kind.pool_count == 0 || frames->count == 0) {
        return adatom_fail(ADATOM_INVALID_INPUT,
                           "data.structures: expected structures, and a descriptor and a pool");
    }
    f->count = frames->count;
    ADATOM_TRY(adatom_allocate(f->count, sizeof(double), &f->property));
    for (size_t i = 0; i < frames->count; i++) {
        const adatom_status status = describe_frame(options, &kind, &frames->frames[i], i, f);
        if (status != ADATOM_OK) {
            return adatom_fail_in(status, "%s: structure %zu", options->data_structures, i + 1);
        }
    }
    return ADATOM_OK;
}

/* Keeps the furthest rows, in the order in which they were chosen. */
static adatom_status keep_furthest(size_t wanted, adatom_features *f)
{
    if (wanted == 0 || wanted >= f->count) {
        return ADATOM_OK;
    }
    const adatom_matrix rows = {f->count, f->columns, f->rows};
    size_t *chosen;
    adatom_features kept = {.count = wanted, .columns = f->columns};
    ADATOM_TRY(adatom_allocate(wanted, sizeof *chosen, &chosen));
    adatom_status status = adatom_furthest_points(&rows, wanted, chosen);
    if (status == ADATOM_OK) {
        status = adatom_allocate(wanted * f->columns, sizeof(double), &kept.rows);
    }
    if (status == ADATOM_OK) {
        status = adatom_allocate(wanted, sizeof(double), &kept.property);
    }
    for (size_t k = 0; k < wanted && status == ADATOM_OK; k++) {
        memcpy(kept.rows + k * f->columns, f->rows + chosen[k] * f->columns,
               f->columns * sizeof(double));
        kept.property[k] = f->property[chosen[k]];
    }
    free(chosen);
    if (status != ADATOM_OK) {
        adatom_features_clear(&kept);
        return status;
    }
    adatom_features_clear(f);
    *f = kept;
    return ADATOM_OK;
}

static adatom_status read_any(const adatom_generator_options *options, adatom_features *f)
{
    const bool tables = options->data_features[0] != '\0' && options->data_property[0] != '\0';
    if (tables == (options->data_structures[0] != '\0')) {
        return adatom_fail(
            ADATOM_INVALID_INPUT,
            "data: expected either features and property, or structures with energies");
    }
    if (tables) {
        return read_tables(options, f);
    }
    adatom_frames frames;
    ADATOM_TRY(adatom_extxyz_read(options->data_structures, &frames));
    const adatom_status status = describe_structures(options, &frames, f);
    adatom_frames_clear(&frames);
    return status;
}

adatom_status adatom_features_read(const adatom_generator_options *options, adatom_features *out)
{
    adatom_features f = {0};
    adatom_status status = read_any(options, &f);
    if (status == ADATOM_OK) {
        status = keep_furthest((size_t)options->data_furthest, &f);
    }
    if (status != ADATOM_OK) {
        adatom_features_clear(&f);
        return status;
    }
    *out = f;
    return ADATOM_OK;
}

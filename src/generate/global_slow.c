/* Fingerprints of any descriptor and cell, one structure after the other. */
#include "base/error.h"
#include "base/memory.h"
#include "generate/global_work.h"
#include "nn/levenberg.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { LANES = ADATOM_POOLED_LANES };

static adatom_status allocate(const adatom_global *f, adatom_global_work *work)
{
    if (f->fast != NULL) {
        return adatom_pooled_work_create(f->fast, &work->fast);
    }
    const size_t atoms = f->structure->atom_count, count = 3 * atoms;
    ADATOM_TRY(adatom_structure_copy(f->structure, &work->structure));
    ADATOM_TRY(adatom_allocate(atoms * f->value_count, sizeof(double), &work->values));
    ADATOM_TRY(adatom_allocate(f->columns, sizeof(double), &work->pooled));
    ADATOM_TRY(adatom_allocate(f->columns, sizeof(size_t), &work->chosen));
    ADATOM_TRY(adatom_allocate(f->columns, sizeof(double), &work->residuals));
    ADATOM_TRY(adatom_allocate(f->columns * count, sizeof(double), &work->rows));
    ADATOM_TRY(adatom_allocate(count * count, sizeof(double), &work->squares));
    ADATOM_TRY(adatom_allocate(count, sizeof(double), &work->products));
    ADATOM_TRY(adatom_allocate(f->group_count, sizeof(size_t), &work->group_sizes));
    for (size_t i = 0; i < atoms; i++) {
        work->group_sizes[f->group_of[i]]++;
    }
    return ADATOM_OK;
}

adatom_status adatom_global_work_create(const adatom_global *f, adatom_global_work **out)
{
    adatom_global_work *work;
    ADATOM_TRY(adatom_allocate(1, sizeof *work, &work));
    const adatom_status status = allocate(f, work);
    if (status != ADATOM_OK) {
        adatom_global_work_free(work);
        return status;
    }
    *out = work;
    return ADATOM_OK;
}

void adatom_global_work_free(adatom_global_work *work)
{
    if (work == NULL) {
        return;
    }
    adatom_pooled_work_free(work->fast);
    adatom_structure_free(work->structure);
    free(work->values);
    free(work->pooled);
    free(work->chosen);
    free(work->residuals);
    free(work->rows);
    free(work->squares);
    free(work->products);
    free(work->group_sizes);
    free(work);
}

/* ---- one lane */

static void take_lane(adatom_global_work *work, const double *positions, int lane)
{
    for (size_t k = 0; k < 3 * work->structure->atom_count; k++) {
        work->structure->positions[k / 3][k % 3] = positions[k * LANES + (size_t)lane];
    }
}

/* Pools, and gives the mean absolute difference. */
static double find_residuals(const adatom_global *f, adatom_global_work *work, const double *target,
                             int lane)
{
    double sum = 0;
    adatom_global_pool(f, work->values, work->pooled, work->chosen);
    for (size_t c = 0; c < f->columns; c++) {
        work->residuals[c] = work->pooled[c] - target[c * LANES + (size_t)lane];
        sum += fabs(work->residuals[c]);
    }
    return sum / (double)f->columns;
}

/* What share an atom's value has in the column of its group; 0: none. */
static double share_of(const adatom_global *f, const adatom_global_work *work, size_t i, int pool,
                       size_t column)
{
    if (f->pools[pool] == ADATOM_POOL_MEAN) {
        return 1.0 / (double)work->group_sizes[f->group_of[i]];
    }
    return work->chosen[column] == i ? 1 : 0;
}

static size_t first_column(const adatom_global *f, size_t i, int pool)
{
    return (f->group_of[i] * (size_t)f->pool_count + (size_t)pool) * f->value_count;
}

static void add_block(const adatom_global *f, adatom_global_work *work,
                      const adatom_descriptor_jacobian *jacobian, size_t b)
{
    const size_t i = (size_t)jacobian->center[b], j = (size_t)jacobian->neighbor[b];
    const size_t count = 3 * f->structure->atom_count;
    for (int pool = 0; pool < f->pool_count; pool++) {
        const size_t first = first_column(f, i, pool);
        for (size_t v = 0; v < f->value_count; v++) {
            const double share = share_of(f, work, i, pool, first + v);
            if (share == 0) {
                continue;
            }
            double *row = work->rows + (first + v) * count + 3 * j;
            for (int x = 0; x < 3; x++) {
                row[x] += share * jacobian->blocks[b * jacobian->column_count + v][x];
            }
        }
    }
}

/* ---- pairs that are too near; every pair stands in the list twice */

typedef void add_near(void *context, const size_t atoms[2], const double unit[3], double near);

static void for_near(const adatom_descriptor_jacobian *jacobian, double minimum, add_near *add,
                     void *context)
{
    for (size_t b = 0; b < jacobian->block_count; b++) {
        const double *v = jacobian->vector[b];
        const double r = sqrt(v[0] * v[0] + v[1] * v[1] + v[2] * v[2]);
        const size_t atoms[2] = {(size_t)jacobian->center[b], (size_t)jacobian->neighbor[b]};
        if (r < minimum && r > 0 && atoms[0] != atoms[1]) {
            const double unit[3] = {v[0] / r, v[1] / r, v[2] / r};
            add(context, atoms, unit, minimum - r);
        }
    }
}

typedef struct near_sums {
    adatom_global_work *work;
    size_t count;
    double push, squared;
} near_sums;

static void add_near_equations(void *context, const size_t atoms[2], const double unit[3],
                               double near)
{
    near_sums *sums = context;
    const double push = 0.5 * sums->push;
    const size_t i = 3 * atoms[0], j = 3 * atoms[1];
    sums->squared += push * near * near;
    for (size_t x = 0; x < 3; x++) {
        sums->work->products[j + x] -= push * near * unit[x];
        sums->work->products[i + x] += push * near * unit[x];
        for (size_t y = 0; y < 3; y++) {
            const double square = push * unit[x] * unit[y];
            sums->work->squares[(i + x) * sums->count + i + y] += square;
            sums->work->squares[(j + x) * sums->count + j + y] += square;
            sums->work->squares[(j + x) * sums->count + i + y] -= square;
            sums->work->squares[(i + x) * sums->count + j + y] -= square;
        }
    }
}

/* ---- */

static void put_lane(const adatom_global_work *work, size_t count, int lane,
                     adatom_pooled_normal *normal)
{
    for (size_t i = 0; i < count; i++) {
        normal->products[i * LANES + (size_t)lane] = work->products[i];
        for (size_t j = 0; j <= i; j++) {
            normal->squares[(i * count + j) * LANES + (size_t)lane] = work->squares[i * count + j];
        }
    }
}

static adatom_status normal_of_lane(const adatom_global *f, adatom_global_work *work, int lane,
                                    const adatom_pooled_loss *loss, adatom_pooled_normal *normal)
{
    const size_t count = 3 * f->structure->atom_count;
    adatom_descriptor_jacobian *jacobian;
    ADATOM_TRY(adatom_descriptor_jacobian_create(f->descriptor, work->structure, 1, work->values,
                                                 &jacobian));
    memset(work->rows, 0, f->columns * count * sizeof(double));
    memset(work->squares, 0, count * count * sizeof(double));
    memset(work->products, 0, count * sizeof(double));
    normal->losses[lane] = find_residuals(f, work, loss->target, lane);
    near_sums sums = {work, count, loss->push, 0};
    for (size_t c = 0; c < f->columns; c++) {
        sums.squared += work->residuals[c] * work->residuals[c];
    }
    for (size_t b = 0; b < jacobian->block_count; b++) {
        add_block(f, work, jacobian, b);
    }
    adatom_levenberg_add_rows(count, (int)f->columns, work->rows, work->residuals, NULL,
                              work->squares, work->products);
    for_near(jacobian, loss->minimum_distance, add_near_equations, &sums);
    normal->objectives[lane] = sums.squared;
    put_lane(work, count, lane, normal);
    adatom_descriptor_jacobian_free(jacobian);
    return ADATOM_OK;
}

adatom_status adatom_global_normal(const adatom_global *f, adatom_global_work *work,
                                   const bool *idle, const double *positions,
                                   const adatom_pooled_loss *loss, adatom_pooled_normal *normal)
{
    if (f->fast != NULL) {
        adatom_pooled_normal_equations(f->fast, work->fast, positions, loss, normal);
        return ADATOM_OK;
    }
    for (int lane = 0; lane < LANES; lane++) {
        if (!idle[lane]) {
            take_lane(work, positions, lane);
            ADATOM_TRY(normal_of_lane(f, work, lane, loss, normal));
        }
    }
    return ADATOM_OK;
}

static adatom_status gradient_of_lane(const adatom_global *f, adatom_global_work *work, int lane,
                                      const adatom_pooled_loss *loss, double *losses,
                                      double *gradient)
{
    const size_t count = 3 * f->structure->atom_count;
    adatom_descriptor_jacobian *jacobian;
    ADATOM_TRY(adatom_descriptor_jacobian_create(f->descriptor, work->structure, 1, work->values,
                                                 &jacobian));
    memset(work->squares, 0, count * count * sizeof(double));
    memset(work->products, 0, count * sizeof(double));
    losses[lane] = find_residuals(f, work, loss->target, lane);
    const double share = 1.0 / (double)f->columns;
    double squared = 0;
    for (size_t c = 0; c < f->columns; c++) {
        const double d = work->residuals[c];
        squared += d * d * share;
        work->residuals[c] = share * (loss->squared ? 2 * d : d < 0 ? -1 : 1);
    }
    losses[lane] = loss->squared ? squared : losses[lane];
    for (size_t b = 0; b < jacobian->block_count; b++) {
        const size_t i = (size_t)jacobian->center[b], j = (size_t)jacobian->neighbor[b];
        for (int pool = 0; pool < f->pool_count; pool++) {
            const size_t first = first_column(f, i, pool);
            for (size_t v = 0; v < f->value_count; v++) {
                const double slope =
                    work->residuals[first + v] * share_of(f, work, i, pool, first + v);
                for (int x = 0; x < 3; x++) {
                    work->products[3 * j + (size_t)x] +=
                        slope * jacobian->blocks[b * jacobian->column_count + v][x];
                }
            }
        }
    }
    /* Of sum push near^2 the slope is twice that of the normal equations. */
    near_sums sums = {work, count, 2 * loss->push, 0};
    for_near(jacobian, loss->minimum_distance, add_near_equations, &sums);
    for (size_t k = 0; k < count; k++) {
        gradient[k * LANES + (size_t)lane] = work->products[k];
    }
    adatom_descriptor_jacobian_free(jacobian);
    return ADATOM_OK;
}

adatom_status adatom_global_evaluate(const adatom_global *f, adatom_global_work *work,
                                     const bool *idle, const double *positions,
                                     const adatom_pooled_loss *loss, double *losses,
                                     double *gradient)
{
    if (f->fast != NULL) {
        adatom_pooled_evaluate(f->fast, work->fast, positions, loss, losses, gradient, NULL);
        return ADATOM_OK;
    }
    for (int lane = 0; lane < LANES; lane++) {
        if (!idle[lane]) {
            take_lane(work, positions, lane);
            ADATOM_TRY(gradient_of_lane(f, work, lane, loss, losses, gradient));
        }
    }
    return ADATOM_OK;
}

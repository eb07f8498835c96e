/* Fingerprints of any descriptor and cell, one structure after the other. */
#include "base/error.h"
#include "base/memory.h"
#include "generate/global_work.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { LANES = ADATOM_POOLED_LANES, ROWS = 64 };

/* ---- memory */

static adatom_status allocate(const adatom_global *f, adatom_global_work *work)
{
    if (f->fast != NULL) {
        return adatom_pooled_work_create(f->fast, &work->fast);
    }
    const size_t atoms = f->structure->atom_count, count = f->variables;
    const size_t of_atom = f->value_count * (size_t)f->pool_count;
    work->row_capacity = adatom_global_sums(f) && f->columns > of_atom ? f->columns : of_atom;
    work->row_capacity = work->row_capacity > ROWS ? work->row_capacity : ROWS;
    ADATOM_TRY(adatom_structure_copy(f->structure, &work->structure));
    ADATOM_TRY(adatom_allocate(atoms * f->value_count, sizeof(double), &work->values));
    ADATOM_TRY(adatom_allocate(f->columns, sizeof(double), &work->pooled));
    ADATOM_TRY(adatom_allocate(f->columns, sizeof(size_t), &work->chosen));
    ADATOM_TRY(adatom_allocate(f->columns, sizeof(double), &work->residuals));
    ADATOM_TRY(adatom_allocate(work->row_capacity * count, sizeof(double), &work->rows));
    ADATOM_TRY(adatom_allocate(work->row_capacity, sizeof(double), &work->row_residuals));
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
    free(work->row_residuals);
    free(work->squares);
    free(work->products);
    free(work->group_sizes);
    free(work->near);
    free(work);
}

/* ---- pools */

bool adatom_global_sums(const adatom_global *f)
{
    return adatom_global_has_mean(f) && f->group_count < f->structure->atom_count;
}

size_t adatom_global_column(const adatom_global *f, size_t atom, int pool)
{
    return (f->group_of[atom] * (size_t)f->pool_count + (size_t)pool) * f->value_count;
}

double adatom_global_share(const adatom_global *f, const adatom_global_work *work, size_t atom,
                           int pool, size_t column)
{
    if (f->pools[pool] == ADATOM_POOL_MEAN) {
        return 1.0 / (double)work->group_sizes[f->group_of[atom]];
    }
    return work->chosen[column] == atom ? 1 : 0;
}

/* ---- one lane */

void adatom_global_place(const adatom_global *f, const double *variables, int lane,
                         adatom_structure *out)
{
    if (f->free_cell) {
        adatom_strain_apply(&f->strain, variables, lane, out);
        return;
    }
    for (size_t k = 0; k < 3 * out->atom_count; k++) {
        out->positions[k / 3][k % 3] = variables[k * LANES + (size_t)lane];
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

/* Every pair stands in the list twice. An atom pushes its own images only by way of the cell. */
static adatom_status find_near(const adatom_global *f, adatom_global_work *work,
                               const adatom_descriptor_jacobian *jacobian, double minimum)
{
    work->near_count = 0;
    for (size_t b = 0; b < jacobian->block_count; b++) {
        const double *v = jacobian->vector[b];
        const double r = sqrt(v[0] * v[0] + v[1] * v[1] + v[2] * v[2]);
        const size_t i = (size_t)jacobian->center[b], j = (size_t)jacobian->neighbor[b];
        if (r < minimum && r > 0 && (i != j || f->free_cell)) {
            ADATOM_TRY(adatom_grow(&work->near, &work->near_capacity, work->near_count + 1,
                                   sizeof *work->near));
            work->near[work->near_count++] = (adatom_near){
                {i, j}, {v[0] / r, v[1] / r, v[2] / r}, {v[0], v[1], v[2]}, minimum - r};
        }
    }
    return ADATOM_OK;
}

adatom_status adatom_global_take(const adatom_global *f, adatom_global_work *work,
                                 const double *positions, int lane, const adatom_pooled_loss *loss,
                                 double *difference, adatom_descriptor_jacobian **jacobian)
{
    adatom_global_place(f, positions, lane, work->structure);
    if (f->free_cell) {
        adatom_strain_matrix(&f->strain, positions, lane, work->matrix);
    }
    ADATOM_TRY(adatom_descriptor_jacobian_create(f->descriptor, work->structure, 1, work->values,
                                                 jacobian));
    *difference = find_residuals(f, work, loss->target, lane);
    const adatom_status status = find_near(f, work, *jacobian, loss->minimum_distance);
    if (status != ADATOM_OK) {
        adatom_descriptor_jacobian_free(*jacobian);
    }
    return status;
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
        if (idle[lane]) {
            continue;
        }
        adatom_descriptor_jacobian *jacobian;
        ADATOM_TRY(
            adatom_global_take(f, work, positions, lane, loss, &normal->losses[lane], &jacobian));
        const adatom_status status =
            adatom_global_normal_lane(f, work, lane, loss, jacobian, normal);
        adatom_descriptor_jacobian_free(jacobian);
        ADATOM_TRY(status);
    }
    return ADATOM_OK;
}

/* ---- the gradient */

/* slope times the derivative of a block's value v, in the positions and in the virial. */
static void add_slope(const adatom_global *f, const adatom_descriptor_jacobian *jacobian, size_t b,
                      size_t v, double slope, double *gradient)
{
    const double *block = jacobian->blocks[b * jacobian->column_count + v];
    const size_t j = (size_t)jacobian->neighbor[b];
    for (size_t x = 0; x < 3; x++) {
        gradient[3 * j + x] += slope * block[x];
        for (size_t y = 0; y < 3 && f->free_cell; y++) {
            gradient[3 * f->structure->atom_count + 3 * y + x] +=
                slope * jacobian->vector[b][y] * block[x];
        }
    }
}

static void add_near_slopes(const adatom_global *f, const adatom_global_work *work, double push,
                            double *gradient)
{
    for (size_t n = 0; n < work->near_count; n++) {
        const adatom_near *near = &work->near[n];
        for (size_t x = 0; x < 3; x++) {
            const double pull = -push * near->depth * near->unit[x];
            gradient[3 * near->atoms[1] + x] += pull;
            gradient[3 * near->atoms[0] + x] -= pull;
            for (size_t y = 0; y < 3 && f->free_cell; y++) {
                gradient[3 * f->structure->atom_count + 3 * y + x] += pull * near->vector[y];
            }
        }
    }
}

/* Turns the residuals into slopes; the loss. */
static double find_slopes(const adatom_global *f, adatom_global_work *work, bool squared,
                          double difference)
{
    const double share = 1.0 / (double)f->columns;
    double sum = 0;
    for (size_t c = 0; c < f->columns; c++) {
        const double d = work->residuals[c];
        sum += d * d * share;
        work->residuals[c] = share * (squared ? 2 * d : d < 0 ? -1 : 1);
    }
    return squared ? sum : difference;
}

static void add_block_slopes(const adatom_global *f, adatom_global_work *work,
                             const adatom_descriptor_jacobian *jacobian, size_t b)
{
    const size_t i = (size_t)jacobian->center[b];
    for (int pool = 0; pool < f->pool_count; pool++) {
        const size_t first = adatom_global_column(f, i, pool);
        for (size_t v = 0; v < f->value_count; v++) {
            const double share = adatom_global_share(f, work, i, pool, first + v);
            if (share != 0) {
                add_slope(f, jacobian, b, v, share * work->residuals[first + v], work->products);
            }
        }
    }
}

static adatom_status gradient_of_lane(const adatom_global *f, adatom_global_work *work,
                                      const double *positions, int lane,
                                      const adatom_pooled_loss *loss, double *losses,
                                      double *gradient)
{
    adatom_descriptor_jacobian *jacobian;
    ADATOM_TRY(adatom_global_take(f, work, positions, lane, loss, &losses[lane], &jacobian));
    memset(work->products, 0, f->variables * sizeof(double));
    losses[lane] = find_slopes(f, work, loss->squared, losses[lane]);
    for (size_t b = 0; b < jacobian->block_count; b++) {
        add_block_slopes(f, work, jacobian, b);
    }
    adatom_descriptor_jacobian_free(jacobian);
    add_near_slopes(f, work, loss->push, work->products);
    if (f->free_cell) {
        ADATOM_TRY(
            adatom_strain_rows(&f->strain, (const double(*)[3])work->matrix, 1, work->products));
    }
    for (size_t k = 0; k < f->variables; k++) {
        gradient[k * LANES + (size_t)lane] = work->products[k];
    }
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
            ADATOM_TRY(gradient_of_lane(f, work, positions, lane, loss, losses, gradient));
        }
    }
    return ADATOM_OK;
}

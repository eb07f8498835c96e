/* The normal equations of any descriptor and cell, one structure after the other. */
#include "base/error.h"
#include "generate/global_work.h"
#include "nn/levenberg.h"

#include <math.h>
#include <string.h>

enum { LANES = ADATOM_POOLED_LANES };

/* Adds the products of the rows in work. */
static adatom_status use_rows(const adatom_global *f, adatom_global_work *work)
{
    if (f->free_cell) {
        ADATOM_TRY(adatom_strain_rows(&f->strain, (const double(*)[3])work->matrix, work->row_count,
                                      work->rows));
    }
    adatom_levenberg_add_rows(f->variables, (int)work->row_count, work->rows, work->row_residuals,
                              NULL, work->squares, work->products);
    work->row_count = 0;
    return ADATOM_OK;
}

static adatom_status make_room(const adatom_global *f, adatom_global_work *work, size_t rows)
{
    return work->row_count + rows > work->row_capacity ? use_rows(f, work) : ADATOM_OK;
}

/* A row of zeros. */
static double *new_row(const adatom_global *f, adatom_global_work *work, double residual)
{
    double *row = work->rows + work->row_count * f->variables;
    memset(row, 0, f->variables * sizeof(double));
    work->row_residuals[work->row_count++] = residual;
    return row;
}

/* Adds share times a block's value v to a row: the positions' part, and the virial. */
static void add_block(const adatom_global *f, const adatom_descriptor_jacobian *jacobian, size_t b,
                      size_t v, double share, double *row)
{
    const double *block = jacobian->blocks[b * jacobian->column_count + v];
    const double *vector = jacobian->vector[b];
    double *place = row + 3 * (size_t)jacobian->neighbor[b];
    for (size_t x = 0; x < 3; x++) {
        place[x] += share * block[x];
    }
    if (f->free_cell) {
        double *virial = row + 3 * f->structure->atom_count;
        for (size_t k = 0; k < ADATOM_STRAIN_COUNT; k++) {
            virial[k] += share * vector[k / 3] * block[k % 3];
        }
    }
}

/* ---- columns that are sums over atoms: all rows at the same time */

static adatom_status add_sums(const adatom_global *f, adatom_global_work *work,
                              const adatom_descriptor_jacobian *jacobian)
{
    for (size_t c = 0; c < f->columns; c++) {
        (void)new_row(f, work, work->residuals[c]);
    }
    for (size_t b = 0; b < jacobian->block_count; b++) {
        const size_t i = (size_t)jacobian->center[b];
        for (int pool = 0; pool < f->pool_count; pool++) {
            const size_t first = adatom_global_column(f, i, pool);
            for (size_t v = 0; v < f->value_count; v++) {
                const double share = adatom_global_share(f, work, i, pool, first + v);
                if (share != 0) {
                    add_block(f, jacobian, b, v, share, work->rows + (first + v) * f->variables);
                }
            }
        }
    }
    return use_rows(f, work);
}

/* ---- columns of one atom each, or of each atom beyond the target: some atoms at a time */

/* Does atom i have a row for the column, and with which difference? */
static bool has_row(const adatom_global *f, const adatom_global_work *work,
                    const adatom_pooled_loss *loss, int lane, size_t i, int pool, size_t v,
                    double *difference)
{
    const size_t column = adatom_global_column(f, i, pool) + v;
    *difference =
        work->values[i * f->value_count + v] - loss->target[column * LANES + (size_t)lane];
    if (f->pools[pool] == ADATOM_POOL_MEAN || work->chosen[column] == i) {
        return true;
    }
    return loss->every && (f->pools[pool] == ADATOM_POOL_MAX ? *difference > 0 : *difference < 0);
}

/* The rows of the atom whose blocks are first .. last - 1; adds their squares. */
static adatom_status add_atom(const adatom_global *f, adatom_global_work *work,
                              const adatom_pooled_loss *loss, int lane,
                              const adatom_descriptor_jacobian *jacobian, size_t first, size_t last,
                              double *squares)
{
    const size_t i = (size_t)jacobian->center[first];
    ADATOM_TRY(make_room(f, work, f->value_count * (size_t)f->pool_count));
    for (size_t v = 0; v < f->value_count; v++) {
        for (int pool = 0; pool < f->pool_count; pool++) {
            double difference;
            if (!has_row(f, work, loss, lane, i, pool, v, &difference)) {
                continue;
            }
            *squares += difference * difference;
            double *row = new_row(f, work, difference);
            for (size_t b = first; b < last; b++) {
                add_block(f, jacobian, b, v, 1, row);
            }
        }
    }
    return ADATOM_OK;
}

static adatom_status add_atoms(const adatom_global *f, adatom_global_work *work,
                               const adatom_pooled_loss *loss, int lane,
                               const adatom_descriptor_jacobian *jacobian, double *squares)
{
    for (size_t first = 0, last; first < jacobian->block_count; first = last) {
        last = first + 1;
        while (last < jacobian->block_count && jacobian->center[last] == jacobian->center[first]) {
            last++;
        }
        ADATOM_TRY(add_atom(f, work, loss, lane, jacobian, first, last, squares));
    }
    return use_rows(f, work);
}

/* ---- pairs that are too near; every pair stands in the list twice */

static adatom_status add_near(const adatom_global *f, adatom_global_work *work, double push,
                              double *squares)
{
    const double root = sqrt(0.5 * push);
    for (size_t n = 0; n < work->near_count; n++) {
        const adatom_near *near = &work->near[n];
        ADATOM_TRY(make_room(f, work, 1));
        double *row = new_row(f, work, root * near->depth);
        for (size_t x = 0; x < 3; x++) {
            row[3 * near->atoms[1] + x] -= root * near->unit[x];
            row[3 * near->atoms[0] + x] += root * near->unit[x];
            for (size_t y = 0; y < 3 && f->free_cell; y++) {
                row[3 * f->structure->atom_count + 3 * y + x] -=
                    root * near->vector[y] * near->unit[x];
            }
        }
        *squares += 0.5 * push * near->depth * near->depth;
    }
    return use_rows(f, work);
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

adatom_status adatom_global_normal_lane(const adatom_global *f, adatom_global_work *work, int lane,
                                        const adatom_pooled_loss *loss,
                                        const adatom_descriptor_jacobian *jacobian,
                                        adatom_pooled_normal *normal)
{
    const size_t count = f->variables;
    double squares = 0;
    memset(work->squares, 0, count * count * sizeof(double));
    memset(work->products, 0, count * sizeof(double));
    work->row_count = 0;
    if (adatom_global_sums(f)) {
        for (size_t c = 0; c < f->columns; c++) {
            squares += work->residuals[c] * work->residuals[c];
        }
        ADATOM_TRY(add_sums(f, work, jacobian));
    } else {
        ADATOM_TRY(add_atoms(f, work, loss, lane, jacobian, &squares));
    }
    ADATOM_TRY(add_near(f, work, loss->push, &squares));
    normal->objectives[lane] = squares;
    put_lane(work, count, lane, normal);
    return ADATOM_OK;
}

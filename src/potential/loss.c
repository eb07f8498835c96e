#include "potential/loss.h"

#include "base/error.h"
#include "base/memory.h"
#include "nn/levenberg.h"
#include "potential/loss_group.h"

#include <stdlib.h>
#include <string.h>

/* Gradients are summed in so many parts, whatever the number of threads; rows of so many targets
 * are kept at once. */
enum { PARTS = 16, ROWS_AT_ONCE = 1024 };

struct adatom_loss {
    const adatom_dataset *dataset;
    adatom_team *team;
    adatom_loss_shape shape;
    int thread_count;
    adatom_group_scratch **scratch; /* [thread_count] */
    double *parts;                  /* [PARTS][weight_count] */
    adatom_training_errors part_errors[PARTS];
    double *rows, *residuals; /* [row_capacity], made when they are first needed */
    size_t row_capacity;
};

static adatom_status fill_loss(adatom_loss *loss)
{
    adatom_loss_shape *shape = &loss->shape;
    const adatom_potential *potential = shape->potential;
    ADATOM_TRY(adatom_allocate(potential->element_count, sizeof *shape->offsets, &shape->offsets));
    for (size_t t = 0; t < potential->element_count; t++) {
        shape->offsets[t] = shape->weight_count;
        shape->weight_count += potential->elements[t].dense.weight_count;
    }
    loss->thread_count = adatom_team_size(loss->team);
    ADATOM_TRY(adatom_allocate((size_t)loss->thread_count, sizeof *loss->scratch, &loss->scratch));
    for (int t = 0; t < loss->thread_count; t++) {
        ADATOM_TRY(adatom_group_scratch_create(shape, loss->dataset, &loss->scratch[t]));
    }
    return adatom_allocate_aligned(PARTS * shape->weight_count, sizeof(double), &loss->parts);
}

adatom_status adatom_loss_create(const adatom_potential *potential, const adatom_dataset *dataset,
                                 const adatom_dataset *scale, double energy, double forces,
                                 adatom_team *team, adatom_loss **out)
{
    adatom_loss *loss;
    ADATOM_TRY(adatom_allocate(1, sizeof *loss, &loss));
    loss->dataset = dataset;
    loss->team = team;
    const double least = 1e-20; /* targets that do not vary */
    loss->shape = (adatom_loss_shape){
        .potential = potential,
        .energy_weight =
            energy / (scale->mean_square_energy > least ? scale->mean_square_energy : 1),
        .force_weight = forces / (scale->mean_square_force > least ? scale->mean_square_force : 1)};
    const adatom_status status = fill_loss(loss);
    if (status != ADATOM_OK) {
        adatom_loss_free(loss);
        return status;
    }
    *out = loss;
    return ADATOM_OK;
}

void adatom_loss_free(adatom_loss *loss)
{
    if (loss == NULL) {
        return;
    }
    for (int t = 0; loss->scratch != NULL && t < loss->thread_count; t++) {
        adatom_group_scratch_free(loss->scratch[t]);
    }
    free(loss->scratch);
    free(loss->shape.offsets);
    free(loss->parts);
    free(loss->rows);
    free(loss->residuals);
    free(loss);
}

size_t adatom_loss_weight_count(const adatom_loss *loss)
{
    return loss->shape.weight_count;
}

size_t adatom_loss_offset(const adatom_loss *loss, size_t element)
{
    return loss->shape.offsets[element];
}

/* What a squared error counts when it is one of those of the list. */
static adatom_target_weights count_list(const adatom_loss *loss, adatom_group_list list)
{
    size_t energies = 0, components = 0;
    for (size_t i = 0; i < list.count; i++) {
        const adatom_training_group *group = &loss->dataset->groups[list.indices[i]];
        energies += (size_t)group->has_energy + (group->targets != NULL ? group->row_count : 0);
        components += group->forces != NULL ? 3 * group->row_count : 0;
    }
    return (adatom_target_weights){energies > 0 ? loss->shape.energy_weight / (double)energies : 0,
                                   components > 0 ? loss->shape.force_weight / (double)components
                                                  : 0};
}

/* ---- errors and gradient */

typedef struct summing {
    adatom_loss *loss;
    adatom_group_list list;
    adatom_target_weights counts;
    const double *weights;
    bool with_gradient;
} summing;

static void sum_part(void *context, int part, int thread)
{
    const summing *s = context;
    adatom_loss *loss = s->loss;
    const size_t first = s->list.count * (size_t)part / PARTS;
    const size_t end = s->list.count * ((size_t)part + 1) / PARTS;
    double *gradient = loss->parts + (size_t)part * loss->shape.weight_count;
    memset(gradient, 0, loss->shape.weight_count * sizeof *gradient);
    loss->part_errors[part] = (adatom_training_errors){0};
    for (size_t i = first; i < end; i++) {
        adatom_group_gradient(&loss->shape, loss->scratch[thread],
                              &loss->dataset->groups[s->list.indices[i]], s->counts, s->weights,
                              s->with_gradient ? gradient : NULL, &loss->part_errors[part]);
    }
}

static void sum_all(adatom_loss *loss, adatom_group_list list, const double *weights,
                    double *gradient, adatom_training_errors *errors)
{
    summing s = {loss, list, count_list(loss, list), weights, gradient != NULL};
    adatom_team_run(loss->team, PARTS, sum_part, &s);
    adatom_training_errors sum = {0};
    for (int part = 0; part < PARTS; part++) {
        const adatom_training_errors *of = &loss->part_errors[part];
        sum.energy_squares += of->energy_squares;
        sum.force_squares += of->force_squares;
        sum.energies += of->energies;
        sum.force_components += of->force_components;
        sum.loss += of->loss;
    }
    *errors = sum;
    if (gradient != NULL) {
        memcpy(gradient, loss->parts, loss->shape.weight_count * sizeof *gradient);
        for (size_t part = 1; part < PARTS; part++) {
            const double *more = loss->parts + part * loss->shape.weight_count;
            for (size_t i = 0; i < loss->shape.weight_count; i++) {
                gradient[i] += more[i];
            }
        }
    }
}

adatom_status adatom_loss_errors(adatom_loss *loss, adatom_group_list list, const double *weights,
                                 adatom_training_errors *errors)
{
    sum_all(loss, list, weights, NULL, errors);
    return ADATOM_OK;
}

adatom_status adatom_loss_gradient_of(adatom_loss *loss, adatom_group_list list,
                                      const double *weights, double *gradient,
                                      adatom_training_errors *errors)
{
    sum_all(loss, list, weights, gradient, errors);
    return ADATOM_OK;
}

/* ---- normal equations */

/* Groups whose rows are made together: each writes its own. */
typedef struct row_chunk {
    adatom_loss *loss;
    adatom_target_weights counts;
    const double *weights;
    const size_t *indices;
    size_t *first_rows; /* [groups of the chunk] */
} row_chunk;

static void make_rows(void *context, int item, int thread)
{
    const row_chunk *chunk = context;
    adatom_loss *loss = chunk->loss;
    const size_t first = chunk->first_rows[item];
    adatom_group_rows(&loss->shape, loss->scratch[thread],
                      &loss->dataset->groups[chunk->indices[item]], chunk->counts, chunk->weights,
                      loss->residuals + first, loss->rows + first * loss->shape.weight_count);
}

/* Room for the rows of as many groups as are taken together. */
static adatom_status prepare_rows(adatom_loss *loss, adatom_group_list list)
{
    size_t largest = 0;
    for (size_t i = 0; i < list.count; i++) {
        const size_t targets = adatom_group_targets(&loss->dataset->groups[list.indices[i]]);
        largest = targets > largest ? targets : largest;
    }
    const size_t capacity = ROWS_AT_ONCE + largest;
    if (loss->row_capacity >= capacity) {
        return ADATOM_OK;
    }
    free(loss->rows);
    free(loss->residuals);
    loss->rows = loss->residuals = NULL;
    loss->row_capacity = 0;
    ADATOM_TRY(
        adatom_allocate_aligned(capacity * loss->shape.weight_count, sizeof(double), &loss->rows));
    ADATOM_TRY(adatom_allocate(capacity, sizeof(double), &loss->residuals));
    loss->row_capacity = capacity;
    return ADATOM_OK;
}

/* Takes groups from *next on until there are enough rows; returns the number of rows. */
static size_t fill_chunk(row_chunk *chunk, adatom_group_list list, size_t *next, int *groups)
{
    size_t rows = 0;
    chunk->indices = list.indices + *next;
    for (*groups = 0; *next < list.count && rows < ROWS_AT_ONCE; ++*next, ++*groups) {
        chunk->first_rows[*groups] = rows;
        rows += adatom_group_targets(&chunk->loss->dataset->groups[list.indices[*next]]);
    }
    return rows;
}

adatom_status adatom_loss_equations(adatom_loss *loss, adatom_group_list list,
                                    const double *weights, double *squares, double *products,
                                    double *sum)
{
    if (squares == NULL) {
        adatom_training_errors errors;
        sum_all(loss, list, weights, NULL, &errors);
        *sum = errors.loss;
        return ADATOM_OK;
    }
    ADATOM_TRY(prepare_rows(loss, list));
    row_chunk chunk = {.loss = loss, .counts = count_list(loss, list), .weights = weights};
    ADATOM_TRY(adatom_allocate(list.count + 1, sizeof *chunk.first_rows, &chunk.first_rows));
    const size_t width = loss->shape.weight_count;
    *sum = 0;
    for (size_t next = 0; next < list.count;) {
        int groups;
        const size_t rows = fill_chunk(&chunk, list, &next, &groups);
        memset(loss->rows, 0, rows * width * sizeof(double));
        adatom_team_run(loss->team, groups, make_rows, &chunk);
        adatom_levenberg_add_rows(width, (int)rows, loss->rows, loss->residuals, loss->team,
                                  squares, products);
        for (size_t r = 0; r < rows; r++) {
            *sum += loss->residuals[r] * loss->residuals[r];
        }
    }
    free(chunk.first_rows);
    return ADATOM_OK;
}

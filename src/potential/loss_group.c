#include "potential/loss_group.h"

#include "base/error.h"
#include "base/memory.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

/* ---- scratch */

static size_t largest(size_t a, size_t b)
{
    return a > b ? a : b;
}

static adatom_status fill_scratch(const adatom_loss_shape *shape, const adatom_dataset *dataset,
                                  adatom_group_scratch *scratch)
{
    const adatom_potential *potential = shape->potential;
    size_t rows = 1, inputs = 1;
    size_t of_type[ADATOM_POTENTIAL_ELEMENTS_MAX] = {0};
    for (size_t g = 0; g < dataset->group_count; g++) {
        const adatom_training_group *group = &dataset->groups[g];
        size_t group_inputs = 0;
        for (size_t t = 0; t < potential->element_count; t++) {
            const size_t count = group->first_row[t + 1] - group->first_row[t];
            of_type[t] = largest(of_type[t], count);
            group_inputs += count * potential->elements[t].count;
        }
        rows = largest(rows, group->row_count);
        inputs = largest(inputs, group_inputs);
    }
    ADATOM_TRY(
        adatom_allocate(potential->element_count, sizeof *scratch->networks, &scratch->networks));
    scratch->element_count = potential->element_count;
    for (size_t t = 0; t < potential->element_count; t++) {
        ADATOM_TRY(adatom_dense_work_create(&potential->elements[t].dense,
                                            (int)largest(of_type[t], 1), &scratch->networks[t]));
    }
    ADATOM_TRY(adatom_allocate_aligned(inputs, sizeof(double), &scratch->slopes));
    ADATOM_TRY(adatom_allocate_aligned(inputs, sizeof(double), &scratch->directions));
    ADATOM_TRY(adatom_allocate_aligned(rows * 3, sizeof(double), &scratch->forces));
    ADATOM_TRY(adatom_allocate_aligned(rows, sizeof(double), &scratch->factors));
    ADATOM_TRY(adatom_allocate_aligned(rows, sizeof(double), &scratch->zeros));
    ADATOM_TRY(adatom_allocate_aligned(rows, sizeof(double), &scratch->ones));
    for (size_t r = 0; r < rows; r++) {
        scratch->ones[r] = 1;
    }
    return ADATOM_OK;
}

adatom_status adatom_group_scratch_create(const adatom_loss_shape *shape,
                                          const adatom_dataset *dataset, adatom_group_scratch **out)
{
    adatom_group_scratch *scratch;
    ADATOM_TRY(adatom_allocate(1, sizeof *scratch, &scratch));
    const adatom_status status = fill_scratch(shape, dataset, scratch);
    if (status != ADATOM_OK) {
        adatom_group_scratch_free(scratch);
        return status;
    }
    *out = scratch;
    return ADATOM_OK;
}

void adatom_group_scratch_free(adatom_group_scratch *scratch)
{
    if (scratch == NULL) {
        return;
    }
    for (size_t t = 0; t < scratch->element_count; t++) {
        adatom_dense_work_free(scratch->networks[t]);
    }
    free(scratch->networks);
    free(scratch->slopes);
    free(scratch->directions);
    free(scratch->forces);
    free(scratch->factors);
    free(scratch->zeros);
    free(scratch->ones);
    free(scratch);
}

/* ---- one type of a group */

/* The rows of one type, and where its things are. */
typedef struct type_rows {
    const adatom_dense *dense;
    const double *weights, *inputs;
    adatom_dense_work *work;
    size_t first, count, input_count, first_input, weight_offset;
} type_rows;

static type_rows rows_of_type(const adatom_loss_shape *shape, const adatom_group_scratch *scratch,
                              const adatom_training_group *group, const double *weights, size_t t)
{
    return (type_rows){.dense = &shape->potential->elements[t].dense,
                       .weights = weights + shape->offsets[t],
                       .inputs = group->inputs + group->first_input[t],
                       .work = scratch->networks[t],
                       .first = group->first_row[t],
                       .count = group->first_row[t + 1] - group->first_row[t],
                       .input_count = shape->potential->elements[t].count,
                       .first_input = group->first_input[t],
                       .weight_offset = shape->offsets[t]};
}

static double dot(const double *a, const double *b, size_t count)
{
    double sum = 0;
    for (size_t i = 0; i < count; i++) {
        sum += a[i] * b[i];
    }
    return sum;
}

/* ---- forces: F = - sum over blocks of block . dE/dinputs */

static void subtract_forces(const type_rows *rows, const adatom_training_group *group,
                            adatom_group_scratch *scratch)
{
    for (size_t r = 0; r < rows->count; r++) {
        const double *slopes = scratch->slopes + rows->first_input + r * rows->input_count;
        const size_t row = rows->first + r;
        for (size_t b = group->first_block[row]; b < group->first_block[row + 1]; b++) {
            const double *block = group->blocks + group->block_starts[b];
            double *force = scratch->forces + 3 * group->block_atoms[b];
            for (size_t x = 0; x < 3; x++) {
                force[x] -= dot(block + x * rows->input_count, slopes, rows->input_count);
            }
        }
    }
}

/* The direction along which the inputs of a row move for the gradient of the loss of the forces:
 * - sum over blocks of dloss/dF . block. The errors of the forces stand in scratch->forces. */
static void find_directions(const type_rows *rows, const adatom_training_group *group,
                            double weight, adatom_group_scratch *scratch)
{
    for (size_t r = 0; r < rows->count; r++) {
        double *direction = scratch->directions + rows->first_input + r * rows->input_count;
        memset(direction, 0, rows->input_count * sizeof *direction);
        const size_t row = rows->first + r;
        for (size_t b = group->first_block[row]; b < group->first_block[row + 1]; b++) {
            const double *block = group->blocks + group->block_starts[b];
            for (size_t x = 0; x < 3; x++) {
                const double factor = -2 * weight * scratch->forces[3 * group->block_atoms[b] + x];
                for (size_t i = 0; i < rows->input_count; i++) {
                    direction[i] += factor * block[x * rows->input_count + i];
                }
            }
        }
    }
}

/* ---- the group */

/* Predicts; factors become errors of atoms with targets, forces errors of forces; returns the error
 * of the energy. */
static double find_errors(const adatom_loss_shape *shape, adatom_group_scratch *scratch,
                          const adatom_training_group *group, const double *weights)
{
    double energy = 0;
    memset(scratch->forces, 0, group->row_count * 3 * sizeof(double));
    for (size_t t = 0; t < shape->potential->element_count; t++) {
        const type_rows rows = rows_of_type(shape, scratch, group, weights, t);
        if (rows.count == 0) {
            continue;
        }
        const double *outputs =
            adatom_dense_forward(rows.dense, rows.weights, rows.work, (int)rows.count, rows.inputs);
        for (size_t r = 0; r < rows.count; r++) {
            energy += outputs[r];
            scratch->factors[rows.first + r] =
                group->targets != NULL ? outputs[r] - group->targets[rows.first + r] : 0;
        }
        if (group->forces != NULL) {
            const adatom_dense_gradient gradient = {NULL, 0, scratch->slopes + rows.first_input};
            adatom_dense_backward(rows.dense, rows.weights, rows.work, (int)rows.count, rows.inputs,
                                  scratch->ones, &gradient);
            subtract_forces(&rows, group, scratch);
        }
    }
    for (size_t i = 0; group->forces != NULL && i < 3 * group->row_count; i++) {
        scratch->forces[i] -= group->forces[i];
    }
    return energy - group->energy;
}

static void add_errors(const adatom_training_group *group, const adatom_group_scratch *scratch,
                       double energy_error, adatom_target_weights counts,
                       adatom_training_errors *errors)
{
    const double atoms = (double)group->row_count;
    double energies = group->has_energy ? energy_error * energy_error / (atoms * atoms) : 0;
    errors->energies += group->has_energy;
    if (group->targets != NULL) {
        energies += dot(scratch->factors, scratch->factors, group->row_count);
        errors->energies += group->row_count;
    }
    double forces = 0;
    if (group->forces != NULL) {
        forces = dot(scratch->forces, scratch->forces, 3 * group->row_count);
        errors->force_components += 3 * group->row_count;
    }
    errors->energy_squares += energies;
    errors->force_squares += forces;
    errors->loss += counts.energy * energies + counts.force * forces;
}

void adatom_group_gradient(const adatom_loss_shape *shape, adatom_group_scratch *scratch,
                           const adatom_training_group *group, adatom_target_weights counts,
                           const double *weights, double *gradient, adatom_training_errors *errors)
{
    const double energy_error = find_errors(shape, scratch, group, weights);
    add_errors(group, scratch, energy_error, counts, errors);
    if (gradient == NULL) {
        return;
    }
    const double atoms = (double)group->row_count;
    const double of_energy =
        group->has_energy ? 2 * counts.energy * energy_error / (atoms * atoms) : 0;
    for (size_t r = 0; r < group->row_count; r++) {
        scratch->factors[r] = of_energy + 2 * counts.energy * scratch->factors[r];
    }
    for (size_t t = 0; t < shape->potential->element_count; t++) {
        const type_rows rows = rows_of_type(shape, scratch, group, weights, t);
        const adatom_dense_gradient to = {gradient + rows.weight_offset, 0, NULL};
        if (rows.count == 0) {
            continue;
        }
        if (group->forces == NULL) {
            adatom_dense_backward(rows.dense, rows.weights, rows.work, (int)rows.count, rows.inputs,
                                  scratch->factors + rows.first, &to);
            continue;
        }
        find_directions(&rows, group, counts.force, scratch);
        const double *directions = scratch->directions + rows.first_input;
        adatom_dense_tangent(rows.dense, rows.weights, rows.work, (int)rows.count, rows.inputs,
                             directions);
        adatom_dense_backward_tangent(rows.dense, rows.weights, rows.work, (int)rows.count,
                                      rows.inputs, directions, scratch->factors + rows.first,
                                      scratch->ones, &to);
    }
}

/* ---- rows */

size_t adatom_group_targets(const adatom_training_group *group)
{
    return (size_t)group->has_energy + (group->targets != NULL ? group->row_count : 0) +
           (group->forces != NULL ? 3 * group->row_count : 0);
}

/* dF/dw for all forces that the centre of one row exerts. rows points to the row of the first force
 * component. */
static void add_force_rows(const adatom_loss_shape *shape, const type_rows *of,
                           const adatom_training_group *group, size_t r, double weight,
                           double *rows)
{
    static const double zero = 0;
    const double factor = -weight;
    const double *inputs = of->inputs + r * of->input_count;
    const size_t row = of->first + r;
    adatom_dense_forward(of->dense, of->weights, of->work, 1, inputs);
    for (size_t b = group->first_block[row]; b < group->first_block[row + 1]; b++) {
        for (size_t x = 0; x < 3; x++) {
            const double *direction = group->blocks + group->block_starts[b] + x * of->input_count;
            double *to = rows + (3 * group->block_atoms[b] + x) * shape->weight_count;
            const adatom_dense_gradient gradient = {to + of->weight_offset, 0, NULL};
            adatom_dense_tangent(of->dense, of->weights, of->work, 1, inputs, direction);
            adatom_dense_backward_tangent(of->dense, of->weights, of->work, 1, inputs, direction,
                                          &zero, &factor, &gradient);
        }
    }
}

static void take_residuals(const adatom_training_group *group, const adatom_group_scratch *scratch,
                           double energy_error, adatom_target_weights counts, double *residuals)
{
    const double energy = sqrt(counts.energy), force = sqrt(counts.force);
    size_t next = 0;
    if (group->has_energy) {
        residuals[next++] = energy * energy_error / (double)group->row_count;
    }
    for (size_t r = 0; group->targets != NULL && r < group->row_count; r++) {
        residuals[next++] = energy * scratch->factors[r];
    }
    for (size_t i = 0; group->forces != NULL && i < 3 * group->row_count; i++) {
        residuals[next++] = force * scratch->forces[i];
    }
}

void adatom_group_rows(const adatom_loss_shape *shape, adatom_group_scratch *scratch,
                       const adatom_training_group *group, adatom_target_weights counts,
                       const double *weights, double *residuals, double *rows)
{
    const size_t width = shape->weight_count;
    const double energy_error = find_errors(shape, scratch, group, weights);
    take_residuals(group, scratch, energy_error, counts, residuals);
    const double scale = sqrt(counts.energy);
    for (size_t r = 0; r < group->row_count; r++) {
        scratch->factors[r] = group->has_energy ? scale / (double)group->row_count : scale;
    }
    double *force_rows = rows + (group->has_energy ? width : 0);
    for (size_t t = 0; t < shape->potential->element_count; t++) {
        const type_rows of = rows_of_type(shape, scratch, group, weights, t);
        if (of.count == 0) {
            continue;
        }
        double *first = rows + (group->has_energy ? 0 : of.first * width) + of.weight_offset;
        const adatom_dense_gradient to = {first, group->has_energy ? 0 : width, NULL};
        adatom_dense_backward(of.dense, of.weights, of.work, (int)of.count, of.inputs,
                              scratch->factors + of.first, &to);
        for (size_t r = 0; group->forces != NULL && r < of.count; r++) {
            add_force_rows(shape, &of, group, r, sqrt(counts.force), force_rows);
        }
    }
}

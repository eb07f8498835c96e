/* One group of a dataset. */
#include "potential/dataset_internal.h"

#include "base/error.h"
#include "base/memory.h"

#include <stdlib.h>
#include <string.h>

int adatom_described_type(const adatom_described *described, adatom_drawn_atom atom)
{
    const adatom_structure *structure = described->request->frames->frames[atom.frame].structure;
    return adatom_descriptor_type(described->potential->descriptor,
                                  structure->atomic_numbers[atom.atom]);
}

void adatom_group_clear(adatom_training_group *group)
{
    free(group->first_row);
    free(group->first_input);
    free(group->inputs);
    free(group->targets);
    free(group->forces);
    free(group->first_block);
    free(group->block_atoms);
    free(group->block_starts);
    free(group->blocks);
    *group = (adatom_training_group){0};
}

/* Where the rows and inputs of each type start; the number of inputs. */
static size_t place_types(const adatom_described *described, const adatom_drawn_atom *atoms,
                          size_t count, adatom_training_group *group)
{
    const adatom_potential *potential = described->potential;
    for (size_t a = 0; a < count; a++) {
        group->first_row[adatom_described_type(described, atoms[a]) + 1]++;
    }
    size_t inputs = 0;
    for (size_t t = 0; t < potential->element_count; t++) {
        group->first_input[t] = inputs;
        inputs += group->first_row[t + 1] * potential->elements[t].count;
        group->first_row[t + 1] += group->first_row[t];
    }
    return inputs;
}

static void fill_row(const adatom_described *described, adatom_drawn_atom atom, int type,
                     size_t row, adatom_training_group *group)
{
    const adatom_potential *potential = described->potential;
    const adatom_potential_element *element = &potential->elements[type];
    const double *values = described->values[atom.frame] + atom.atom * described->columns;
    double *inputs =
        group->inputs + group->first_input[type] + (row - group->first_row[type]) * element->count;
    for (size_t i = 0; i < element->count; i++) {
        inputs[i] = (values[i] - element->means[i]) * element->factors[i];
    }
    if (group->targets != NULL) {
        const adatom_frame *frame = &described->request->frames->frames[atom.frame];
        group->targets[row] =
            (frame->energies[atom.atom] - element->offset) / potential->energy_factor;
    }
}

adatom_status adatom_group_fill(const adatom_described *described, const adatom_drawn_atom *atoms,
                                size_t count, adatom_training_group *group)
{
    const size_t elements = described->potential->element_count;
    group->row_count = count;
    ADATOM_TRY(adatom_allocate(elements + 1, sizeof *group->first_row, &group->first_row));
    ADATOM_TRY(adatom_allocate(elements, sizeof *group->first_input, &group->first_input));
    const size_t inputs = place_types(described, atoms, count, group);
    ADATOM_TRY(adatom_allocate_aligned(inputs, sizeof(double), &group->inputs));
    if (described->request->atom_energies) {
        ADATOM_TRY(adatom_allocate(count, sizeof(double), &group->targets));
    }
    size_t *next;
    ADATOM_TRY(adatom_allocate(elements + 1, sizeof *next, &next));
    memcpy(next, group->first_row, (elements + 1) * sizeof *next);
    for (size_t a = 0; a < count; a++) {
        const int type = adatom_described_type(described, atoms[a]);
        fill_row(described, atoms[a], type, next[type]++, group);
    }
    free(next);
    return ADATOM_OK;
}

/* ---- forces */

/* Copies the blocks of the jacobian in the order of the rows, the inputs' factors in them. */
static adatom_status copy_blocks(const adatom_described *described, size_t frame,
                                 const adatom_descriptor_jacobian *jacobian, const size_t *rows,
                                 adatom_training_group *group)
{
    size_t *first;
    ADATOM_TRY(adatom_allocate(group->row_count + 1, sizeof *first, &first));
    group->first_block = first;
    for (size_t b = 0; b < jacobian->block_count; b++) {
        first[rows[jacobian->center[b]] + 1]++;
    }
    for (size_t r = 0; r < group->row_count; r++) {
        first[r + 1] += first[r];
    }
    const size_t columns = jacobian->column_count, blocks = jacobian->block_count;
    ADATOM_TRY(adatom_allocate(blocks, sizeof(size_t), &group->block_atoms));
    ADATOM_TRY(adatom_allocate(blocks, sizeof(size_t), &group->block_starts));
    ADATOM_TRY(adatom_allocate_aligned(blocks * columns * 3, sizeof(double), &group->blocks));
    size_t *next;
    ADATOM_TRY(adatom_allocate(group->row_count, sizeof *next, &next));
    for (size_t b = 0; b < blocks; b++) {
        const size_t center = (size_t)jacobian->center[b], row = rows[center];
        const int type = adatom_described_type(described, (adatom_drawn_atom){frame, center});
        const adatom_potential_element *element = &described->potential->elements[type];
        const size_t place = first[row] + next[row]++;
        group->block_atoms[place] = (size_t)jacobian->neighbor[b];
        group->block_starts[place] = place * columns * 3;
        for (int x = 0; x < 3; x++) {
            double *to = group->blocks + group->block_starts[place] + (size_t)x * element->count;
            for (size_t i = 0; i < element->count; i++) {
                to[i] = jacobian->blocks[b * columns + i][x] * element->factors[i];
            }
        }
    }
    free(next);
    return ADATOM_OK;
}

adatom_status adatom_group_add_forces(const adatom_described *described, size_t frame,
                                      const size_t *rows, adatom_training_group *group)
{
    const adatom_frame *from = &described->request->frames->frames[frame];
    const size_t atoms = from->structure->atom_count;
    ADATOM_TRY(adatom_allocate(atoms * 3, sizeof(double), &group->forces));
    for (size_t a = 0; a < atoms; a++) {
        for (size_t x = 0; x < 3; x++) {
            group->forces[a * 3 + x] = from->forces[a][x] / described->potential->energy_factor;
        }
    }
    adatom_descriptor_jacobian *jacobian;
    ADATOM_TRY(adatom_descriptor_jacobian_create(described->potential->descriptor, from->structure,
                                                 1, NULL, &jacobian));
    const adatom_status status = copy_blocks(described, frame, jacobian, rows, group);
    adatom_descriptor_jacobian_free(jacobian);
    return status;
}

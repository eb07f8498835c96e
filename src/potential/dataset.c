#include "potential/dataset_internal.h"

#include "base/error.h"
#include "base/memory.h"
#include "base/random.h"

#include <stdlib.h>
#include <string.h>

/* Atoms of a group where each has its own target. */
enum { GROUP_ATOMS = 100 };

/* The stream of random numbers that draws atoms. */
enum { STREAM_DRAW = 1 };

size_t adatom_dataset_species(const adatom_frames *frames, int *species)
{
    bool found[ADATOM_ELEMENT_COUNT + 1] = {false};
    for (size_t f = 0; f < frames->count; f++) {
        const adatom_structure *structure = frames->frames[f].structure;
        for (size_t a = 0; a < structure->atom_count; a++) {
            found[structure->atomic_numbers[a]] = true;
        }
    }
    size_t count = 0;
    for (int number = 1; number <= ADATOM_ELEMENT_COUNT; number++) {
        if (found[number]) {
            species[count++] = number;
        }
    }
    return count;
}

void adatom_dataset_free(adatom_dataset *dataset)
{
    if (dataset == NULL) {
        return;
    }
    for (size_t g = 0; g < dataset->group_count; g++) {
        adatom_group_clear(&dataset->groups[g]);
    }
    free(dataset->groups);
    free(dataset);
}

/* ---- what the frames must have */

static adatom_status check_frame(const adatom_dataset_request *request, const adatom_frame *frame,
                                 size_t number)
{
    const char *missing = NULL;
    if (request->atom_energies && frame->energies == NULL) {
        missing = "no energies of its atoms";
    } else if (!request->atom_energies && !frame->has_energy) {
        missing = "no energy";
    } else if (!request->atom_energies && request->with_forces && frame->forces == NULL) {
        missing = "no forces (loss.forces=0 trains without them)";
    } else if (frame->structure->atom_count == 0) {
        missing = "no atoms";
    }
    return missing == NULL ? ADATOM_OK
                           : adatom_fail(ADATOM_INVALID_INPUT, "%s: structure %zu has %s",
                                         request->name, number + 1, missing);
}

static adatom_status check_frames(const adatom_dataset_request *request,
                                  const adatom_potential *potential)
{
    if (request->frames->count == 0) {
        return adatom_fail(ADATOM_INVALID_INPUT, "%s: no structures", request->name);
    }
    for (size_t f = 0; f < request->frames->count; f++) {
        const adatom_frame *frame = &request->frames->frames[f];
        ADATOM_TRY(check_frame(request, frame, f));
        for (size_t a = 0; a < frame->structure->atom_count; a++) {
            const int number = frame->structure->atomic_numbers[a];
            if (adatom_descriptor_type(potential->descriptor, number) < 0) {
                return adatom_fail(ADATOM_INVALID_INPUT,
                                   "%s: structure %zu has %s, which the descriptor does not know",
                                   request->name, f + 1, adatom_element_symbol(number));
            }
        }
    }
    return ADATOM_OK;
}

/* ---- loops over frames and groups by all threads */

typedef struct making {
    adatom_described *described;
    adatom_dataset *dataset;
    adatom_status *statuses; /* by frame */
    char (*messages)[256];   /* the lines of failures are kept per thread */
} making;

static void keep_message(making *m, size_t frame)
{
    if (m->statuses[frame] != ADATOM_OK) {
        strncpy(m->messages[frame], adatom_error_message(), sizeof m->messages[frame] - 1);
    }
}

static void describe_frame(void *context, int item, int thread)
{
    (void)thread;
    making *m = context;
    const adatom_structure *structure = m->described->request->frames->frames[item].structure;
    m->statuses[item] = adatom_descriptor_describe(m->described->potential->descriptor, structure,
                                                   1, m->described->values[item]);
    keep_message(m, (size_t)item);
}

static adatom_status fill_frame(making *m, size_t frame)
{
    adatom_training_group *group = &m->dataset->groups[frame];
    const adatom_described *described = m->described;
    const adatom_frame *from = &described->request->frames->frames[frame];
    const size_t atoms = from->structure->atom_count;
    adatom_drawn_atom *all;
    ADATOM_TRY(adatom_allocate(atoms, sizeof *all, &all));
    double energy = from->energy;
    for (size_t a = 0; a < atoms; a++) {
        all[a] = (adatom_drawn_atom){frame, a};
        energy -= described->potential->elements[adatom_described_type(described, all[a])].offset;
    }
    adatom_status status = adatom_group_fill(described, all, atoms, group);
    group->has_energy = true;
    group->energy = energy / described->potential->energy_factor;
    size_t *rows = NULL;
    if (status == ADATOM_OK && described->request->with_forces) {
        status = adatom_allocate(atoms, sizeof *rows, &rows);
    }
    if (rows != NULL) {
        size_t next[ADATOM_POTENTIAL_ELEMENTS_MAX];
        memcpy(next, group->first_row, m->dataset->element_count * sizeof *next);
        for (size_t a = 0; a < atoms; a++) {
            rows[a] = next[adatom_described_type(described, all[a])]++;
        }
        status = adatom_group_add_forces(described, frame, rows, group);
    }
    free(rows);
    free(all);
    return status;
}

static void fill_frame_item(void *context, int item, int thread)
{
    (void)thread;
    making *m = context;
    m->statuses[item] = fill_frame(m, (size_t)item);
    keep_message(m, (size_t)item);
}

static adatom_status run_frames(making *m, adatom_team *team, adatom_team_item *body)
{
    const size_t count = m->described->request->frames->count;
    adatom_team_run(team, (int)count, body, m);
    for (size_t f = 0; f < count; f++) {
        if (m->statuses[f] != ADATOM_OK) {
            return adatom_fail(m->statuses[f], "%s: structure %zu: %s", m->described->request->name,
                               f + 1, m->messages[f]);
        }
    }
    return ADATOM_OK;
}

/* ---- atoms with targets of their own */

/* The first `wanted` of the atoms are a random draw. */
static void draw(adatom_drawn_atom *atoms, size_t count, size_t wanted, uint64_t seed)
{
    adatom_random random;
    adatom_random_seed(&random, seed, STREAM_DRAW);
    for (size_t i = 0; i < wanted; i++) {
        const size_t other = i + adatom_random_below(&random, count - i);
        const adatom_drawn_atom kept = atoms[i];
        atoms[i] = atoms[other];
        atoms[other] = kept;
    }
}

static adatom_status draw_atoms(const adatom_dataset_request *request, adatom_drawn_atom **out,
                                size_t *count)
{
    size_t all = 0;
    for (size_t f = 0; f < request->frames->count; f++) {
        all += request->frames->frames[f].structure->atom_count;
    }
    if (request->environments > all) {
        return adatom_fail(ADATOM_INVALID_INPUT, "%s: %zu atoms, %zu are asked for", request->name,
                           all, request->environments);
    }
    adatom_drawn_atom *atoms;
    ADATOM_TRY(adatom_allocate(all, sizeof *atoms, &atoms));
    size_t next = 0;
    for (size_t f = 0; f < request->frames->count; f++) {
        for (size_t a = 0; a < request->frames->frames[f].structure->atom_count; a++) {
            atoms[next++] = (adatom_drawn_atom){f, a};
        }
    }
    *count = request->environments > 0 ? request->environments : all;
    draw(atoms, all, *count, request->seed);
    *out = atoms;
    return ADATOM_OK;
}

static adatom_status fill_draws(making *m)
{
    adatom_drawn_atom *atoms = NULL;
    size_t count = 0;
    ADATOM_TRY(draw_atoms(m->described->request, &atoms, &count));
    adatom_dataset *dataset = m->dataset;
    adatom_status status = ADATOM_OK;
    if (m->described->request->fit) {
        status = adatom_dataset_fit_scales(m->described, atoms, count);
    }
    const size_t groups = (count + GROUP_ATOMS - 1) / GROUP_ATOMS;
    if (status == ADATOM_OK) {
        status = adatom_allocate(groups, sizeof *dataset->groups, &dataset->groups);
    }
    for (size_t g = 0; g < groups && status == ADATOM_OK; g++) {
        const size_t first = g * GROUP_ATOMS;
        dataset->group_count = g + 1;
        status = adatom_group_fill(m->described, atoms + first,
                                   count - first < GROUP_ATOMS ? count - first : GROUP_ATOMS,
                                   &dataset->groups[g]);
    }
    free(atoms);
    return status;
}

static adatom_status fill_structures(making *m, adatom_team *team)
{
    adatom_dataset *dataset = m->dataset;
    if (m->described->request->fit) {
        ADATOM_TRY(adatom_dataset_fit_scales(m->described, NULL, 0));
    }
    dataset->group_count = m->described->request->frames->count;
    ADATOM_TRY(adatom_allocate(dataset->group_count, sizeof *dataset->groups, &dataset->groups));
    return run_frames(m, team, fill_frame_item);
}

/* ---- sums */

static void count_targets(adatom_dataset *dataset)
{
    double energies = 0, forces = 0;
    for (size_t g = 0; g < dataset->group_count; g++) {
        const adatom_training_group *group = &dataset->groups[g];
        if (group->has_energy) {
            const double per_atom = group->energy / (double)group->row_count;
            energies += per_atom * per_atom;
            dataset->structures++;
        }
        for (size_t r = 0; group->targets != NULL && r < group->row_count; r++) {
            energies += group->targets[r] * group->targets[r];
            dataset->atoms++;
        }
        for (size_t i = 0; group->forces != NULL && i < 3 * group->row_count; i++) {
            forces += group->forces[i] * group->forces[i];
            dataset->force_components++;
        }
    }
    const size_t count = dataset->structures + dataset->atoms;
    dataset->mean_square_energy = count > 0 ? energies / (double)count : 0;
    dataset->mean_square_force =
        dataset->force_components > 0 ? forces / (double)dataset->force_components : 0;
}

/* Before the memory is taken: the values of all atoms, and of a guess of neighbours, from the first
 * frame, their derivatives. */
static adatom_status check_memory(const adatom_described *described)
{
    const adatom_dataset_request *request = described->request;
    double atoms = 0, blocks_per_atom = 0;
    for (size_t f = 0; f < request->frames->count; f++) {
        atoms += (double)request->frames->frames[f].structure->atom_count;
    }
    if (request->with_forces && !request->atom_energies) {
        adatom_descriptor_jacobian *jacobian;
        const adatom_structure *first = request->frames->frames[0].structure;
        ADATOM_TRY(adatom_descriptor_jacobian_create(described->potential->descriptor, first, 1,
                                                     NULL, &jacobian));
        blocks_per_atom = (double)jacobian->block_count / (double)first->atom_count;
        adatom_descriptor_jacobian_free(jacobian);
    }
    const double bytes =
        atoms * (double)described->columns * sizeof(double) * (2 + 3 * blocks_per_atom);
    if (bytes > request->memory) {
        return adatom_fail(ADATOM_INVALID_INPUT,
                           "%s: the descriptors need about %.0f MB, data.memory is %.0f",
                           request->name, bytes / 1e6, request->memory / 1e6);
    }
    return ADATOM_OK;
}

static adatom_status make(making *m, adatom_team *team)
{
    adatom_described *described = m->described;
    const adatom_frames *frames = described->request->frames;
    ADATOM_TRY(check_frames(described->request, described->potential));
    ADATOM_TRY(check_memory(described));
    ADATOM_TRY(adatom_allocate(frames->count, sizeof *m->statuses, &m->statuses));
    ADATOM_TRY(adatom_allocate(frames->count, sizeof *m->messages, &m->messages));
    ADATOM_TRY(adatom_allocate(frames->count, sizeof *described->values, &described->values));
    for (size_t f = 0; f < frames->count; f++) {
        ADATOM_TRY(adatom_allocate(frames->frames[f].structure->atom_count * described->columns,
                                   sizeof(double), &described->values[f]));
    }
    ADATOM_TRY(run_frames(m, team, describe_frame));
    ADATOM_TRY(described->request->atom_energies ? fill_draws(m) : fill_structures(m, team));
    count_targets(m->dataset);
    return ADATOM_OK;
}

adatom_status adatom_dataset_create(const adatom_dataset_request *request,
                                    adatom_potential *potential, adatom_team *team,
                                    adatom_dataset **out)
{
    adatom_dataset *dataset;
    ADATOM_TRY(adatom_allocate(1, sizeof *dataset, &dataset));
    dataset->element_count = potential->element_count;
    adatom_described described = {.request = request,
                                  .potential = potential,
                                  .columns = adatom_descriptor_count_max(potential->descriptor)};
    making m = {.described = &described, .dataset = dataset};
    const adatom_status status = make(&m, team);
    for (size_t f = 0; described.values != NULL && f < request->frames->count; f++) {
        free(described.values[f]);
    }
    free(described.values);
    free(m.statuses);
    free(m.messages);
    if (status != ADATOM_OK) {
        adatom_dataset_free(dataset);
        return status;
    }
    *out = dataset;
    return ADATOM_OK;
}

/* What a potential predicts for the structures of a file. */
#include "potential/frames.h"

#include "adatom/potential.h"
#include "base/error.h"
#include "base/memory.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

typedef struct prediction {
    const adatom_predict_job *job;
    adatom_potential *potential;
    adatom_potential_engine *engine;
    adatom_frames frames;
    /* Of a member of a committee */
    double (*member_forces)[3];
    size_t force_capacity;
    /* Against what the file says, over all frames */
    double energy_squares, force_squares;
    size_t energies, components;
    double largest_spread; /* eV per atom */
} prediction;

/* ---- committee */

/* Standard deviations over the members of the energy and, the root of the mean over all atoms, of
 * the force vectors. */
static adatom_status find_spread(prediction *p, const adatom_frame *frame, double *energy,
                                 double *force)
{
    const size_t atoms = frame->structure->atom_count;
    const int members = adatom_potential_members(p->potential);
    ADATOM_TRY(adatom_grow(&p->member_forces, &p->force_capacity, atoms, sizeof *p->member_forces));
    double energies = 0, forces = 0;
    for (int member = 0; member < members; member++) {
        adatom_potential_result of = {.forces = p->member_forces};
        ADATOM_TRY(adatom_potential_compute(p->engine, frame->structure, member, &of));
        energies += (of.energy - frame->energy) * (of.energy - frame->energy);
        for (size_t a = 0; a < atoms; a++) {
            for (int x = 0; x < 3; x++) {
                const double deviation = of.forces[a][x] - frame->forces[a][x];
                forces += deviation * deviation;
            }
        }
    }
    *energy = sqrt(energies / (members - 1));
    *force = sqrt(forces / (members - 1) / (double)atoms);
    return ADATOM_OK;
}

static adatom_status add_info(adatom_frame *frame, const char *key, double value)
{
    char text[32];
    snprintf(text, sizeof text, "%.9g", value);
    size_t kept = 0;
    for (size_t i = 0; i < frame->info_count; i++) {
        if (strcmp(frame->info_keys[i], key) == 0) { /* of an earlier prediction */
            free(frame->info_keys[i]);
            free(frame->info_values[i]);
            continue;
        }
        frame->info_keys[kept] = frame->info_keys[i];
        frame->info_values[kept++] = frame->info_values[i];
    }
    frame->info_count = kept;
    size_t key_capacity = kept, value_capacity = kept;
    ADATOM_TRY(adatom_grow(&frame->info_keys, &key_capacity, kept + 1, sizeof(char *)));
    ADATOM_TRY(adatom_grow(&frame->info_values, &value_capacity, kept + 1, sizeof(char *)));
    ADATOM_TRY(adatom_duplicate_text(key, &frame->info_keys[kept]));
    const adatom_status status = adatom_duplicate_text(text, &frame->info_values[kept]);
    if (status != ADATOM_OK) {
        free(frame->info_keys[kept]);
        return status;
    }
    frame->info_count++;
    return ADATOM_OK;
}

static adatom_status add_spread(prediction *p, adatom_frame *frame)
{
    double energy, force;
    ADATOM_TRY(find_spread(p, frame, &energy, &force));
    ADATOM_TRY(add_info(frame, "energy_std", energy));
    ADATOM_TRY(add_info(frame, "forces_std", force));
    p->largest_spread = fmax(p->largest_spread, energy / (double)frame->structure->atom_count);
    return ADATOM_OK;
}

/* ---- frames */

static void compare(prediction *p, const adatom_frame *frame, const adatom_potential_result *result)
{
    const size_t atoms = frame->structure->atom_count;
    if (frame->has_energy) {
        const double error = (result->energy - frame->energy) / (double)atoms;
        p->energy_squares += error * error;
        p->energies++;
    }
    for (size_t a = 0; frame->forces != NULL && a < atoms; a++) {
        for (int x = 0; x < 3; x++) {
            const double error = result->forces[a][x] - frame->forces[a][x];
            p->force_squares += error * error;
            p->components++;
        }
    }
}

static adatom_status predict_frame(prediction *p, adatom_frame *frame)
{
    const size_t atoms = frame->structure->atom_count;
    adatom_potential_result result = {.forces = NULL};
    adatom_status status = adatom_allocate(atoms, sizeof *result.forces, &result.forces);
    if (status == ADATOM_OK) {
        status = adatom_allocate(atoms, sizeof *result.energies, &result.energies);
    }
    if (status == ADATOM_OK) {
        status = adatom_potential_compute(p->engine, frame->structure, -1, &result);
    }
    if (status != ADATOM_OK) {
        free(result.forces);
        free(result.energies);
        return status;
    }
    compare(p, frame, &result);
    free(frame->forces);
    free(frame->energies);
    frame->has_energy = true;
    frame->energy = result.energy;
    frame->forces = result.forces;
    frame->energies = result.energies;
    frame->has_stress = false;
    return adatom_potential_members(p->potential) > 1 ? add_spread(p, frame) : ADATOM_OK;
}

static void tell(const prediction *p)
{
    char *text = p->job->result->text;
    const size_t size = sizeof p->job->result->text;
    int used = snprintf(text, size, "structures\t%zu\n", p->frames.count);
    if (p->energies > 0) {
        used += snprintf(text + used, size - (size_t)used, "against the file\t%.3f meV/atom",
                         1e3 * sqrt(p->energy_squares / (double)p->energies));
        used += p->components > 0
                    ? snprintf(text + used, size - (size_t)used, ", %.4f eV/\303\205\n",
                               sqrt(p->force_squares / (double)p->components))
                    : snprintf(text + used, size - (size_t)used, "\n");
    }
    if (adatom_potential_members(p->potential) > 1) {
        snprintf(text + used, size - (size_t)used, "largest spread\t%.3f meV/atom\n",
                 1e3 * p->largest_spread);
    }
}

static adatom_status predict_all(prediction *p)
{
    const adatom_predict_job *job = p->job;
    ADATOM_TRY(adatom_potential_read(job->model, &p->potential));
    ADATOM_TRY(adatom_potential_engine_create(p->potential, job->threads, &p->engine));
    ADATOM_TRY(adatom_extxyz_read(job->input, &p->frames));
    for (size_t f = 0; f < p->frames.count; f++) {
        const adatom_status status = predict_frame(p, &p->frames.frames[f]);
        if (status != ADATOM_OK) {
            return adatom_fail_in(status, "%s: structure %zu", job->input, f + 1);
        }
    }
    tell(p);
    return adatom_extxyz_write(job->output, p->frames.frames, p->frames.count);
}

adatom_status adatom_potential_predict(const adatom_predict_job *job)
{
    prediction p = {.job = job};
    const adatom_status status = predict_all(&p);
    adatom_frames_clear(&p.frames);
    adatom_potential_engine_free(p.engine);
    adatom_potential_free(p.potential);
    free(p.member_forces);
    return status;
}

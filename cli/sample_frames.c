#include "sample_frames.h"

#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { INFO_MAX = 5, INFO_SIZE = 512 };

static adatom_status add_info(adatom_frame *frame, const char *key, const char *format, ...)
    ADATOM_PRINTF(3, 4);

static adatom_status add_info(adatom_frame *frame, const char *key, const char *format, ...)
{
    char text[INFO_SIZE];
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(text, sizeof text, format, arguments);
    va_end(arguments);
    const size_t at = frame->info_count;
    frame->info_keys[at] = strdup(key);
    frame->info_values[at] = strdup(text);
    frame->info_count++; /* what is NULL may be freed */
    return frame->info_keys[at] != NULL && frame->info_values[at] != NULL ? ADATOM_OK
                                                                          : ADATOM_OUT_OF_MEMORY;
}

/* The tracked atoms that the step was kept for, as "0 10". */
static adatom_status add_tracked_atoms(adatom_frame *frame, const adatom_sample_state *state)
{
    char text[INFO_SIZE] = "";
    for (size_t i = 0; i < state->tracked_count; i++) {
        const size_t used = strlen(text);
        snprintf(text + used, sizeof text - used, i == 0 ? "%zu" : " %zu", state->tracked_atoms[i]);
    }
    return text[0] != '\0' ? add_info(frame, "sampled_atoms", "%s", text) : ADATOM_OK;
}

static adatom_status add_infos(adatom_frame *frame, const adatom_sample_state *state,
                               size_t structure, bool relaxes)
{
    frame->info_keys = calloc(INFO_MAX + 1, sizeof *frame->info_keys);
    frame->info_values = calloc(INFO_MAX + 1, sizeof *frame->info_values);
    if (frame->info_keys == NULL || frame->info_values == NULL) {
        return ADATOM_OUT_OF_MEMORY;
    }
    adatom_status status = add_info(frame, "structure", "%zu", structure);
    if (status == ADATOM_OK) {
        status = add_info(frame, "step", "%" PRId64, state->step);
    }
    if (relaxes) {
        return status == ADATOM_OK ? add_info(frame, "converged", state->converged ? "T" : "F")
                                   : status;
    }
    if (status == ADATOM_OK) {
        status = add_info(frame, "restart", "%" PRId64, state->restart);
    }
    if (status == ADATOM_OK) {
        status = add_info(frame, "time", "%.15g", state->time);
    }
    if (status == ADATOM_OK) {
        status = add_info(frame, "temperature", "%.15g", state->temperature);
    }
    return status == ADATOM_OK ? add_tracked_atoms(frame, state) : status;
}

static adatom_status fill_frame(adatom_frame *frame, const adatom_sample_state *state,
                                size_t structure, bool relaxes)
{
    const size_t count = state->structure->atom_count;
    frame->has_energy = true;
    frame->energy = state->energy;
    frame->forces = malloc(count * sizeof *frame->forces);
    if (frame->forces == NULL) {
        return ADATOM_OUT_OF_MEMORY;
    }
    memcpy(frame->forces, state->forces, count * sizeof *frame->forces);
    const adatom_status status = adatom_structure_copy(state->structure, &frame->structure);
    return status == ADATOM_OK ? add_infos(frame, state, structure, relaxes) : status;
}

static adatom_status make_room(cli_sample_frames *kept)
{
    if (kept->frames.count < kept->capacity) {
        return ADATOM_OK;
    }
    const size_t capacity = kept->capacity > 0 ? 2 * kept->capacity : 64;
    adatom_frame *longer = realloc(kept->frames.frames, capacity * sizeof *longer);
    if (longer == NULL) {
        return ADATOM_OUT_OF_MEMORY;
    }
    kept->frames.frames = longer;
    kept->capacity = capacity;
    return ADATOM_OK;
}

adatom_status cli_sample_frames_add(cli_sample_frames *kept, const adatom_sample_state *state,
                                    size_t structure, bool relaxes)
{
    adatom_status status = make_room(kept);
    if (status != ADATOM_OK) {
        return status;
    }
    /* A frame that is not whole is in the list, too, so that it is freed with the others. */
    adatom_frame *frame = &kept->frames.frames[kept->frames.count];
    memset(frame, 0, sizeof *frame);
    status = fill_frame(frame, state, structure, relaxes);
    kept->frames.count++;
    if (status == ADATOM_OK) {
        kept->whole_count++;
        kept->temperature_sum += state->temperature;
    }
    return status;
}

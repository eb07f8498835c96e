/* adatom: the structures that a sampling keeps, as they go into the file. */
#ifndef ADATOM_CLI_SAMPLE_FRAMES_H
#define ADATOM_CLI_SAMPLE_FRAMES_H

#include "adatom/extxyz.h"
#include "adatom/sample.h"

typedef struct cli_sample_frames {
    adatom_frames frames;
    size_t whole_count; /* the first so many are whole */
    size_t capacity;
    double temperature_sum; /* K, over the whole ones */
} cli_sample_frames;

/* Adds a copy. structure counts the start structures from 1; a relaxation has no time and no
 * temperature. */
adatom_status cli_sample_frames_add(cli_sample_frames *kept, const adatom_sample_state *state,
                                    size_t structure, bool relaxes);

#endif

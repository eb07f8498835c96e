/* Random structures for tests: any cell, any elements, numbers of all sizes. */
#ifndef ADATOM_TESTS_IO_RANDOM_FRAMES_H
#define ADATOM_TESTS_IO_RANDOM_FRAMES_H

#include "adatom/extxyz.h"
#include "base/memory.h"
#include "base/random.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>

static inline double random_number(adatom_random *random)
{
    const double size = pow(10.0, (double)adatom_random_below(random, 12) - 6.0);
    return adatom_random_normal(random) * size;
}

static inline void fill_random_structure(adatom_random *random, adatom_structure *structure)
{
    for (int i = 0; i < 3; i++) {
        structure->periodic[i] = adatom_random_below(random, 2) == 1;
        for (int k = 0; k < 3; k++) {
            structure->cell[i][k] =
                adatom_random_below(random, 4) == 0 ? 0.0 : random_number(random);
        }
    }
    for (size_t i = 0; i < structure->atom_count; i++) {
        structure->atomic_numbers[i] = 1 + (int)adatom_random_below(random, ADATOM_ELEMENT_COUNT);
        for (int k = 0; k < 3; k++) {
            structure->positions[i][k] = random_number(random);
        }
    }
}

static inline adatom_status add_random_text(adatom_random *random, adatom_frame *frame)
{
    static const char letters[] = "abcXYZ 019 .,:;\"'{}[]=\\()";
    char text[16] = "";
    const size_t length = 1 + adatom_random_below(random, sizeof text - 2);
    for (size_t i = 0; i < length; i++) {
        text[i] = letters[adatom_random_below(random, sizeof letters - 1)];
    }
    char key[32];
    snprintf(key, sizeof key, "key_%zu", frame->info_count);
    const size_t index = frame->info_count++;
    const adatom_status status = adatom_duplicate_text(key, &frame->info_keys[index]);
    return status != ADATOM_OK ? status : adatom_duplicate_text(text, &frame->info_values[index]);
}

/* A frame of 1 .. 40 atoms with 0 .. 3 texts, with or without results. */
static inline adatom_status make_random_frame(adatom_random *random, adatom_frame *frame)
{
    const size_t count = 1 + adatom_random_below(random, 40),
                 texts = adatom_random_below(random, 4);
    adatom_status status = adatom_structure_create(count, &frame->structure);
    if (status == ADATOM_OK && adatom_random_below(random, 2) == 1) {
        status = adatom_allocate(count, sizeof *frame->forces, &frame->forces);
    }
    if (status == ADATOM_OK && adatom_random_below(random, 2) == 1) {
        status = adatom_allocate(count, sizeof *frame->energies, &frame->energies);
    }
    if (status == ADATOM_OK) {
        status = adatom_allocate(4, sizeof *frame->info_keys, &frame->info_keys);
    }
    if (status == ADATOM_OK) {
        status = adatom_allocate(4, sizeof *frame->info_values, &frame->info_values);
    }
    if (status != ADATOM_OK) {
        return status;
    }
    fill_random_structure(random, frame->structure);
    frame->has_energy = adatom_random_below(random, 2) == 1;
    frame->energy = frame->has_energy ? random_number(random) : 0.0;
    for (size_t i = 0; frame->forces != NULL && i < 3 * count; i++) {
        frame->forces[i / 3][i % 3] = random_number(random);
    }
    for (size_t i = 0; frame->energies != NULL && i < count; i++) {
        frame->energies[i] = random_number(random);
    }
    frame->has_stress = adatom_random_below(random, 2) == 1;
    for (int i = 0; i < 9 && frame->has_stress; i++) {
        frame->stress[i / 3][i % 3] = random_number(random);
    }
    for (size_t i = 0; i < texts && status == ADATOM_OK; i++) {
        status = add_random_text(random, frame);
    }
    return status;
}

static inline adatom_status make_random_frames(uint64_t seed, size_t count, adatom_frames *frames)
{
    adatom_random random;
    adatom_random_seed(&random, seed, 0);
    adatom_status status = adatom_allocate(count, sizeof *frames->frames, &frames->frames);
    for (frames->count = 0; frames->count < count && status == ADATOM_OK; frames->count++) {
        status = make_random_frame(&random, &frames->frames[frames->count]);
    }
    return status;
}

#endif

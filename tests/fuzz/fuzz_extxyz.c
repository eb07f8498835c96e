/* Extended XYZ: any text is read or refused, and what is read can be written and read back the
 * same. */
#include "adatom/extxyz.h"

#include "io/text_file.h"

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size);

static void require(bool condition)
{
    if (!condition) {
        abort();
    }
}

static void compare(const adatom_frame *first, const adatom_frame *second)
{
    const size_t count = first->structure->atom_count;
    require(second->structure->atom_count == count);
    require(memcmp(first->structure->atomic_numbers, second->structure->atomic_numbers,
                   count * sizeof(int)) == 0);
    require(memcmp(first->structure->positions, second->structure->positions, count * 24) == 0);
    require((first->forces == NULL) == (second->forces == NULL));
    require(first->forces == NULL || memcmp(first->forces, second->forces, count * 24) == 0);
    require(memcmp(first->structure->periodic, second->structure->periodic, 3) == 0);
    require(first->has_energy == second->has_energy);
    require(memcmp(&first->energy, &second->energy, sizeof(double)) == 0);
    require(first->info_count == second->info_count);
    for (size_t i = 0; i < first->info_count; i++) {
        require(strcmp(first->info_keys[i], second->info_keys[i]) == 0);
        require(strcmp(first->info_values[i], second->info_values[i]) == 0);
    }
}

/* What the writer refuses, such as a line break within quotes, is not compared. */
static void write_and_read_back(const adatom_frames *frames)
{
    char path[64];
    snprintf(path, sizeof path, "/dev/shm/fuzz-extxyz-%d", (int)getpid());
    if (adatom_extxyz_write(path, frames->frames, frames->count) != ADATOM_OK) {
        return;
    }
    adatom_frames again;
    require(adatom_extxyz_read(path, &again) == ADATOM_OK);
    require(again.count == frames->count);
    for (size_t i = 0; i < frames->count; i++) {
        compare(&frames->frames[i], &again.frames[i]);
    }
    adatom_frames_clear(&again);
    (void)unlink(path);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
    adatom_frames frames;
    const adatom_status status = adatom_extxyz_parse((const char *)bytes, size, "fuzz", &frames);
    require(status == ADATOM_OK || status == ADATOM_INVALID_INPUT);
    if (status == ADATOM_OK) {
        write_and_read_back(&frames);
        adatom_frames_clear(&frames);
    } else {
        require(strncmp(adatom_error_message(), "fuzz:", 5) == 0);
    }
    return 0;
}

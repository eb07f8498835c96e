/* Reads and writes the files that the tests with ASE compare.
 *
 *   exchange_structures copy IN.xyz OUT.xyz
 *   exchange_structures random SEED COUNT OUT.xyz OUT.db   the same structures in both
 *   exchange_structures lowest IN.db KEY COUNT OUT.xyz     the key as the info KEY
 *   exchange_structures rate ROWS OUT.db                   rows of 24 C atoms, prints rows per
 * second
 */
#include "io/database.h"
#include "random_frames.h"

#include <string.h>
#include <time.h>

static adatom_status copy_file(char **arguments)
{
    adatom_frames frames;
    adatom_status status = adatom_extxyz_read(arguments[0], &frames);
    if (status == ADATOM_OK) {
        status = adatom_extxyz_write(arguments[1], frames.frames, frames.count);
        adatom_frames_clear(&frames);
    }
    return status;
}

static adatom_status add_frame(adatom_database *database, const adatom_frame *frame, double index)
{
    const adatom_database_number numbers[] = {{"episode", index}, {"fraction", index / 7.0}};
    adatom_database_text texts[2] = {{"label", "a \"quoted\" label, \xce\xbb = 0.25\t\\"}};
    const size_t text_count = frame->info_count > 0 ? 2 : 1;
    if (frame->info_count > 0) {
        texts[1] = (adatom_database_text){frame->info_keys[0], frame->info_values[0]};
    }
    const adatom_database_row row = {.structure = frame->structure,
                                     .has_energy = frame->has_energy,
                                     .energy = frame->energy,
                                     .forces = (const double(*)[3])frame->forces,
                                     .numbers = numbers,
                                     .number_count = 2,
                                     .texts = texts,
                                     .text_count = text_count};
    return adatom_database_add(database, &row);
}

static adatom_status add_frames(const char *path, const adatom_frames *frames)
{
    adatom_database *database;
    adatom_status status = adatom_database_open(path, &database);
    if (status != ADATOM_OK) {
        return status;
    }
    for (size_t i = 0; i < frames->count && status == ADATOM_OK; i++) {
        status = add_frame(database, &frames->frames[i], (double)i);
    }
    if (status == ADATOM_OK) {
        status = adatom_database_commit(database);
    }
    adatom_database_close(database);
    return status;
}

static adatom_status write_random(char **arguments)
{
    adatom_frames frames = {0};
    adatom_status status = make_random_frames(strtoull(arguments[0], NULL, 10),
                                              strtoull(arguments[1], NULL, 10), &frames);
    if (status == ADATOM_OK) {
        status = adatom_extxyz_write(arguments[2], frames.frames, frames.count);
    }
    if (status == ADATOM_OK) {
        status = add_frames(arguments[3], &frames);
    }
    adatom_frames_clear(&frames);
    return status;
}

static adatom_status write_lowest(char **arguments)
{
    adatom_database_best *best;
    adatom_frames frames = {0};
    adatom_status status = adatom_database_lowest(
        arguments[0], arguments[1], strtoull(arguments[2], NULL, 10), &best, &frames.count);
    if (status != ADATOM_OK) {
        return status;
    }
    status = adatom_allocate(frames.count, sizeof *frames.frames, &frames.frames);
    for (size_t i = 0; i < frames.count && status == ADATOM_OK; i++) {
        adatom_frame *frame = &frames.frames[i];
        char value[64];
        snprintf(value, sizeof value, "%.17g", best[i].value);
        *frame = (adatom_frame){
            .structure = best[i].structure, .has_energy = true, .energy = best[i].energy};
        status = adatom_allocate(1, sizeof(char *), &frame->info_keys);
        status =
            status != ADATOM_OK ? status : adatom_allocate(1, sizeof(char *), &frame->info_values);
        status = status != ADATOM_OK ? status
                                     : adatom_duplicate_text(arguments[1], &frame->info_keys[0]);
        status =
            status != ADATOM_OK ? status : adatom_duplicate_text(value, &frame->info_values[0]);
        frame->info_count = status == ADATOM_OK;
    }
    if (status == ADATOM_OK) {
        status = adatom_extxyz_write(arguments[3], frames.frames, frames.count);
    }
    adatom_frames_clear(&frames);
    free(best);
    return status;
}

static double seconds(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (double)now.tv_sec + 1e-9 * (double)now.tv_nsec;
}

static adatom_status measure_rate(char **arguments)
{
    adatom_random random;
    adatom_random_seed(&random, 1, 0);
    const size_t count = strtoull(arguments[0], NULL, 10);
    double forces[24][3] = {{0.0}};
    adatom_frame frame = {.has_energy = true, .forces = forces};
    adatom_status status = adatom_structure_create(24, &frame.structure);
    if (status != ADATOM_OK) {
        return status;
    }
    fill_random_structure(&random, frame.structure);
    for (int i = 0; i < 24; i++) {
        frame.structure->atomic_numbers[i] = 6;
    }
    const double start = seconds();
    adatom_database *database;
    status = adatom_database_open(arguments[1], &database);
    if (status == ADATOM_OK) {
        for (size_t i = 0; i < count && status == ADATOM_OK; i++) {
            status = add_frame(database, &frame, (double)i);
        }
        status = status != ADATOM_OK ? status : adatom_database_commit(database);
        adatom_database_close(database);
        printf("%.0f\n", (double)count / (seconds() - start));
    }
    adatom_structure_free(frame.structure);
    return status;
}

int main(int count, char **arguments)
{
    adatom_status status = ADATOM_UNSUPPORTED;
    if (count == 4 && strcmp(arguments[1], "copy") == 0) {
        status = copy_file(arguments + 2);
    } else if (count == 6 && strcmp(arguments[1], "random") == 0) {
        status = write_random(arguments + 2);
    } else if (count == 6 && strcmp(arguments[1], "lowest") == 0) {
        status = write_lowest(arguments + 2);
    } else if (count == 4 && strcmp(arguments[1], "rate") == 0) {
        status = measure_rate(arguments + 2);
    }
    if (status != ADATOM_OK) {
        fprintf(stderr, "%s\n", adatom_error_message());
    }
    return adatom_status_exit(status);
}

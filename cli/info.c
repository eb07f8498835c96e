/* adatom info: what is in a file or in a run folder. */
#include "cli.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

enum { SHOWN_FRAMES = 5, ROW_SIZE = 4096 };

static double largest_force(const adatom_frame *frame)
{
    double largest = 0;
    for (size_t i = 0; i < frame->structure->atom_count; i++) {
        const double *force = frame->forces[i];
        largest = fmax(largest, hypot(hypot(force[0], force[1]), force[2]));
    }
    return largest;
}

static adatom_status print_frame(const adatom_frame *frame)
{
    cli_print_structure(frame->structure);
    if (frame->has_energy) {
        cli_print_row("energy", "%.6f eV, %.6f eV/atom", frame->energy,
                      frame->energy / (double)frame->structure->atom_count);
    }
    if (frame->forces != NULL) {
        cli_print_row("largest force", "%.4f eV/\303\205", largest_force(frame));
    }
    for (size_t i = 0; i < frame->info_count; i++) {
        cli_print_row(frame->info_keys[i], "%s", frame->info_values[i]);
    }
    return cli_print_bonds(frame->structure);
}

static adatom_status print_file(const char *path)
{
    adatom_frames frames;
    adatom_status status = adatom_extxyz_read(path, &frames);
    if (status != ADATOM_OK) {
        return status;
    }
    cli_print_row(path, "extended XYZ, %zu structure%s", frames.count,
                  frames.count == 1 ? "" : "s");
    for (size_t i = 0; i < frames.count && i < SHOWN_FRAMES && status == ADATOM_OK; i++) {
        printf("\n");
        status = print_frame(&frames.frames[i]);
    }
    if (frames.count > SHOWN_FRAMES) {
        printf("\nand %zu more\n", frames.count - SHOWN_FRAMES);
    }
    adatom_frames_clear(&frames);
    return status;
}

/* Takes the next of the comma-separated values, which may be empty, off the row; NULL at its end.
 */
static char *next_value(char **row)
{
    char *value = strsep(row, ",");
    if (value != NULL) {
        value[strcspn(value, "\r\n")] = '\0';
    }
    return value;
}

static void print_column(const char *header, const char *row, const char *column, const char *name,
                         const char *unit)
{
    char header_copy[ROW_SIZE], row_copy[ROW_SIZE];
    snprintf(header_copy, sizeof header_copy, "%s", header);
    snprintf(row_copy, sizeof row_copy, "%s", row);
    char *names = header_copy, *values = row_copy;
    const char *found = next_value(&names), *value = next_value(&values);
    while (found != NULL && value != NULL && strcmp(found, column) != 0) {
        found = next_value(&names);
        value = next_value(&values);
    }
    if (found != NULL && value != NULL && value[0] != '\0') {
        cli_print_row(name, "%s%s", value, unit);
    }
}

/* The last row of log.csv says how far the run is. */
static void print_log(const char *folder)
{
    char path[ROW_SIZE], header[ROW_SIZE] = "", row[ROW_SIZE] = "", next[ROW_SIZE];
    snprintf(path, sizeof path, "%s/log.csv", folder);
    FILE *stream = fopen(path, "r");
    if (stream == NULL) {
        return;
    }
    if (fgets(header, sizeof header, stream) != NULL) {
        while (fgets(next, sizeof next, stream) != NULL) {
            memcpy(row, next, sizeof row);
        }
    }
    fclose(stream);
    print_column(header, row, "episode", "last episode", "");
    print_column(header, row, "evaluations", "energy evaluations", "");
    print_column(header, row, "best_energy", "best energy", " eV");
}

static void print_settings(const adatom_search_options *options)
{
    static const char *const paths[] = {"system.template", "system.place", "grid.shape",
                                        "evaluator",       "seed",         "stop.episodes"};
    for (size_t i = 0; i < sizeof paths / sizeof paths[0]; i++) {
        const adatom_option_field *field =
            adatom_option_find(adatom_search_option_table(), paths[i]);
        if (field != NULL) {
            printf("%-19s ", paths[i]);
            if (adatom_option_write_value(field, options, stdout) == ADATOM_OK) {
                printf("\n");
            }
        }
    }
}

static adatom_status print_run(const char *folder)
{
    char path[ROW_SIZE];
    snprintf(path, sizeof path, "%s/run.yaml", folder);
    adatom_search_options options = adatom_search_options_default();
    const adatom_status status =
        adatom_options_read(adatom_search_option_table(), path, NULL, 0, &options);
    if (status != ADATOM_OK) {
        return status;
    }
    cli_print_row(folder, "run of adatom search");
    print_settings(&options);
    print_log(folder);
    snprintf(path, sizeof path, "%s/best.extxyz", folder);
    struct stat entry;
    if (stat(path, &entry) != 0) {
        return ADATOM_OK;
    }
    printf("\n");
    return print_file(path);
}

int cli_info(const cli_arguments *arguments)
{
    const char *path = arguments->files[0];
    struct stat entry;
    const bool is_folder = stat(path, &entry) == 0 && S_ISDIR(entry.st_mode);
    return cli_status(is_folder ? print_run(path) : print_file(path));
}

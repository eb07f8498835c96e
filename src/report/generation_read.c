#include "base/error.h"
#include "base/memory.h"
#include "io/text_file.h"
#include "report/generation.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum { PATH_SIZE = 4096, TABLE_SIZE_MAX = 1 << 28 };

static adatom_status join(char path[PATH_SIZE], const char *folder, const char *name)
{
    const int length = snprintf(path, PATH_SIZE, "%s/%s", folder, name);
    return length > 0 && length < PATH_SIZE
               ? ADATOM_OK
               : adatom_fail(ADATOM_INVALID_INPUT, "the name of the folder is too long");
}

bool adatom_generation_is(const char *folder)
{
    char path[PATH_SIZE];
    return snprintf(path, sizeof path, "%s/fingerprints.csv", folder) < PATH_SIZE &&
           access(path, R_OK) == 0;
}

/* "1.9,1000,nan", or a word in place of a number. */
static void read_row(const char *line, double row[ADATOM_GENERATION_TABLE_COLUMNS])
{
    const char *at = line;
    for (int c = 0; c < ADATOM_GENERATION_TABLE_COLUMNS; c++) {
        row[c] = NAN;
    }
    for (int c = 0; c < ADATOM_GENERATION_TABLE_COLUMNS; c++) {
        const size_t length = strcspn(at, ",\n");
        char *end;
        const double value = strtod(at, &end);
        row[c] = length > 0 && end == at + length ? value : NAN;
        if (at[length] != ',') {
            return;
        }
        at += length + 1;
    }
}

static adatom_status read_table(const char *folder, const char *name, adatom_generation_table *out)
{
    char path[PATH_SIZE], *text;
    size_t length;
    ADATOM_TRY(join(path, folder, name));
    ADATOM_TRY(adatom_text_file_read(path, TABLE_SIZE_MAX, &text, &length));
    adatom_status status = ADATOM_OK;
    for (const char *line = strchr(text, '\n'); line != NULL && line[1] != '\0';
         line = strchr(line + 1, '\n')) {
        status = adatom_grow(&out->rows, &out->capacity, out->count + 1, sizeof *out->rows);
        if (status != ADATOM_OK) {
            break;
        }
        read_row(line + 1, out->rows[out->count++]);
    }
    free(text);
    return status;
}

static adatom_status find_range(adatom_generation *g)
{
    g->lowest = INFINITY;
    g->highest = -INFINITY;
    for (size_t r = 0; r < g->draws.count; r++) {
        const double value = g->draws.rows[r][ADATOM_GENERATION_PREDICTED];
        if (isfinite(value)) {
            g->lowest = fmin(g->lowest, value);
            g->highest = fmax(g->highest, value);
        }
    }
    for (size_t t = 0; t < g->fingerprints.count; t++) {
        g->lowest = fmin(g->lowest, g->fingerprints.rows[t][ADATOM_GENERATION_TARGET]);
        g->highest = fmax(g->highest, g->fingerprints.rows[t][ADATOM_GENERATION_TARGET]);
    }
    if (g->fingerprints.count == 0 || !isfinite(g->highest - g->lowest)) {
        return adatom_fail(ADATOM_INVALID_INPUT, "%s: there is nothing to draw", g->folder);
    }
    const double margin = 0.03 * (g->highest - g->lowest) + 1e-9 * (1 + fabs(g->highest));
    g->lowest -= margin;
    g->highest += margin;
    return ADATOM_OK;
}

/* Where no structures were wanted, or none passed the screen. */
static bool is_empty(const char *path)
{
    struct stat info;
    return stat(path, &info) == 0 && info.st_size == 0;
}

static adatom_status read_all(adatom_generation *g)
{
    char path[PATH_SIZE];
    ADATOM_TRY(read_table(g->folder, "fingerprints.csv", &g->fingerprints));
    ADATOM_TRY(read_table(g->folder, "structures.csv", &g->structures));
    ADATOM_TRY(read_table(g->folder, "draws.csv", &g->draws));
    ADATOM_TRY(join(path, g->folder, "generated.extxyz"));
    if (!is_empty(path)) {
        ADATOM_TRY(adatom_extxyz_read(path, &g->frames));
    }
    return find_range(g);
}

adatom_status adatom_generation_read(const char *folder, adatom_generation *out)
{
    adatom_generation g = {.folder = folder};
    const adatom_status status = read_all(&g);
    if (status != ADATOM_OK) {
        adatom_generation_clear(&g);
        return status;
    }
    *out = g;
    return ADATOM_OK;
}

void adatom_generation_clear(adatom_generation *g)
{
    free(g->fingerprints.rows);
    free(g->structures.rows);
    free(g->draws.rows);
    adatom_frames_clear(&g->frames);
    *g = (adatom_generation){0};
}

static const char *find_info(const adatom_frame *frame, const char *key)
{
    for (size_t i = 0; i < frame->info_count; i++) {
        if (strcmp(frame->info_keys[i], key) == 0) {
            return frame->info_values[i];
        }
    }
    return NULL;
}

double adatom_generation_info(const adatom_frame *frame, const char *key)
{
    const char *text = find_info(frame, key);
    return text != NULL ? strtod(text, NULL) : NAN;
}

bool adatom_generation_flag(const adatom_frame *frame, const char *key)
{
    const char *text = find_info(frame, key);
    return text != NULL && strcmp(text, "T") == 0;
}

bool adatom_generation_has_components(const adatom_generation *g)
{
    for (size_t r = 0; r < g->draws.count; r++) {
        if (isfinite(g->draws.rows[r][ADATOM_GENERATION_FIRST])) {
            return true;
        }
    }
    return false;
}

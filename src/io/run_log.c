#include "io/run_log.h"

#include "base/error.h"
#include "base/memory.h"

#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum log_column {
    COLUMN_EPISODE,
    COLUMN_ENERGY,
    COLUMN_BEST_ENERGY,
    COLUMN_EVALUATIONS,
    COLUMN_GREEDY,
    COLUMN_FAILED,
    COLUMN_BUILD,
    COLUMN_EVALUATE,
    COLUMN_TRAIN,
    COLUMN_CPU,
    COLUMN_PROPERTY,
    COLUMN_COUNT
};

static const char *const column_names[COLUMN_COUNT] = {
    "episode",       "energy",           "best_energy",   "evaluations", "greedy",  "failed",
    "seconds_build", "seconds_evaluate", "seconds_train", "seconds_cpu", "property"};

/* Which column of the file holds what; -1 for absent. */
typedef struct column_order {
    int place[COLUMN_COUNT];
    int count;
} column_order;

static void read_header(char *line, column_order *order)
{
    for (int i = 0; i < COLUMN_COUNT; i++) {
        order->place[i] = -1;
    }
    order->count = 0;
    char *rest = NULL;
    for (char *name = strtok_r(line, ",\r\n", &rest); name != NULL;
         name = strtok_r(NULL, ",\r\n", &rest)) {
        for (int i = 0; i < COLUMN_COUNT; i++) {
            if (strcmp(name, column_names[i]) == 0) {
                order->place[i] = order->count;
            }
        }
        order->count++;
    }
}

/* A field as a number: NaN if empty, "nan" or no number; flags may be words. */
static double field_value(const char *field, size_t length)
{
    char text[64];
    if (length == 0 || length >= sizeof text) {
        return NAN;
    }
    memcpy(text, field, length);
    text[length] = '\0';
    if (strcmp(text, "true") == 0) {
        return 1;
    }
    char *end = text;
    const double value = strtod(text, &end);
    return end == text ? NAN : value;
}

/* False if the line has another number of fields than the header. */
static bool split_line(const char *line, const column_order *order, double *values)
{
    for (int i = 0; i < COLUMN_COUNT; i++) {
        values[i] = NAN;
    }
    int place = 0;
    const char *field = line;
    for (;; place++) {
        const size_t length = strcspn(field, ",\r\n");
        for (int i = 0; i < COLUMN_COUNT; i++) {
            if (order->place[i] == place) {
                values[i] = field_value(field, length);
            }
        }
        if (field[length] != ',') {
            break;
        }
        field += length + 1;
    }
    return place + 1 == order->count;
}

static double or_zero(double value)
{
    return isfinite(value) ? value : 0;
}

static bool fill_row(const double *values, adatom_run_log_row *row)
{
    const double episode = values[COLUMN_EPISODE];
    if (!(episode >= 0 && episode < 1e15)) {
        return false;
    }
    const double evaluations = or_zero(values[COLUMN_EVALUATIONS]);
    row->episode = (int64_t)episode;
    row->seconds_cpu = 0;
    row->energy = isfinite(values[COLUMN_ENERGY]) ? values[COLUMN_ENERGY] : NAN;
    row->best_energy = values[COLUMN_BEST_ENERGY];
    row->property = values[COLUMN_PROPERTY];
    row->evaluations = evaluations >= 0 && evaluations < 1e15 ? (int64_t)evaluations : 0;
    row->greedy = or_zero(values[COLUMN_GREEDY]) != 0;
    row->failed = or_zero(values[COLUMN_FAILED]) != 0 || isnan(row->energy);
    for (int phase = 0; phase < ADATOM_PHASE_COUNT; phase++) {
        const double seconds = or_zero(values[COLUMN_BUILD + phase]);
        row->seconds[phase] = seconds > 0 ? seconds : 0;
        row->seconds_cpu += row->seconds[phase];
    }
    if (isfinite(values[COLUMN_CPU])) {
        row->seconds_cpu = fmax(values[COLUMN_CPU], 0);
    }
    return true;
}

static adatom_status add_line(const char *line, const column_order *order, adatom_run_log *log)
{
    double values[COLUMN_COUNT];
    adatom_run_log_row row = {0};
    const bool whole = strchr(line, '\n') != NULL && split_line(line, order, values);
    const bool later = log->count == 0 || (whole && values[COLUMN_EPISODE] >
                                                        (double)log->rows[log->count - 1].episode);
    if (!whole || !later || !fill_row(values, &row)) {
        log->skipped++;
        return ADATOM_OK;
    }
    ADATOM_TRY(adatom_grow(&log->rows, &log->capacity, log->count + 1, sizeof row));
    if (!isfinite(row.best_energy)) {
        const double before = log->count > 0 ? log->rows[log->count - 1].best_energy : NAN;
        row.best_energy = fmin(before, row.energy);
    }
    log->rows[log->count++] = row;
    return ADATOM_OK;
}

static adatom_status read_lines(FILE *file, const char *path, adatom_run_log *log)
{
    char *line = NULL;
    size_t size = 0;
    adatom_status status = ADATOM_OK;
    column_order order;
    if (getline(&line, &size, file) < 0) {
        free(line);
        return adatom_fail(ADATOM_INVALID_INPUT, "%s:1: expected a header line, file is empty",
                           path);
    }
    read_header(line, &order);
    log->has_property = order.place[COLUMN_PROPERTY] >= 0;
    if (order.place[COLUMN_EPISODE] < 0 || order.place[COLUMN_ENERGY] < 0) {
        status = adatom_fail(ADATOM_INVALID_INPUT,
                             "%s:1: expected a header with columns episode and energy", path);
    }
    while (status == ADATOM_OK && getline(&line, &size, file) >= 0) {
        status = add_line(line, &order, log);
    }
    if (status == ADATOM_OK && ferror(file)) {
        status = adatom_fail(ADATOM_IO_FAILED, "%s: cannot read: %s", path, strerror(errno));
    }
    free(line);
    return status;
}

adatom_status adatom_run_log_read(const char *path, adatom_run_log *out)
{
    FILE *file = fopen(path, "r");
    if (file == NULL) {
        return adatom_fail(ADATOM_INVALID_INPUT, "%s: cannot open: %s", path, strerror(errno));
    }
    adatom_run_log log = {0};
    const adatom_status status = read_lines(file, path, &log);
    (void)fclose(file);
    if (status == ADATOM_OK) {
        *out = log;
    } else {
        adatom_run_log_clear(&log);
    }
    return status;
}

void adatom_run_log_clear(adatom_run_log *log)
{
    free(log->rows);
    *log = (adatom_run_log){0};
}

const adatom_run_log_row *adatom_run_log_find(const adatom_run_log *log, int64_t episode)
{
    size_t low = 0, high = log->count;
    while (low < high) {
        const size_t middle = low + (high - low) / 2;
        if (log->rows[middle].episode < episode) {
            low = middle + 1;
        } else {
            high = middle;
        }
    }
    return low < log->count && log->rows[low].episode == episode ? &log->rows[low] : NULL;
}

const adatom_run_log_row *adatom_run_log_best(const adatom_run_log *log)
{
    const adatom_run_log_row *best = NULL;
    for (size_t i = 0; i < log->count; i++) {
        const adatom_run_log_row *row = &log->rows[i];
        if (!row->failed && (best == NULL || row->energy < best->energy)) {
            best = row;
        }
    }
    return best;
}

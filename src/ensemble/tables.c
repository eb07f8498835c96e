#include "ensemble/tables.h"

#include "base/error.h"
#include "io/number_text.h"
#include "io/text_file.h"

#include <inttypes.h>
#include <math.h>
#include <stdio.h>

typedef adatom_status write_rows(const adatom_members *members, FILE *stream);

static adatom_status write_table(const char *folder, const char *name,
                                 const adatom_members *members, write_rows *rows)
{
    char path[ADATOM_ENSEMBLE_PATH_SIZE];
    adatom_text_file *file;
    ADATOM_TRY(adatom_ensemble_path(folder, name, path));
    ADATOM_TRY(adatom_text_file_create(path, &file));
    adatom_plain_numbers plain = adatom_plain_numbers_begin();
    const adatom_status status = rows(members, adatom_text_file_stream(file));
    adatom_plain_numbers_end(&plain);
    if (status != ADATOM_OK) {
        adatom_text_file_abandon(file);
        return status;
    }
    return adatom_text_file_commit(file);
}

/* Nothing where there is no number. */
static void write_number(FILE *stream, double value)
{
    char text[ADATOM_NUMBER_TEXT_SIZE] = "";
    if (isfinite(value)) {
        adatom_number_to_text(value, text);
    }
    fprintf(stream, ",%s", text);
}

/* Hours with microseconds, which is what the log has. */
static void write_cost(FILE *stream, const adatom_cost *cost)
{
    fprintf(stream, ",%" PRId64 ",%" PRId64 ",%.9f", cost->episodes, cost->evaluations,
            cost->cpu_hours);
}

static const char *name_standing(adatom_agent_standing standing)
{
    switch (standing) {
    case ADATOM_AGENT_REACHED:
    case ADATOM_AGENT_LIMIT:
        return "ended";
    case ADATOM_AGENT_FAILED:
        return "failed";
    default:
        return "unfinished";
    }
}

static adatom_status write_members(const adatom_members *members, FILE *stream)
{
    fputs("agent,seed,standing,success,success_episodes,success_evaluations,success_cpu_hours,"
          "episodes,evaluations,cpu_hours,best_energy\n",
          stream);
    for (size_t i = 0; i < members->count; i++) {
        const adatom_member *member = &members->members[i];
        fprintf(stream, "%d,%" PRId64 ",%s,%d", member->agent, member->seed,
                name_standing(member->standing), member->success);
        if (member->success) {
            write_cost(stream, &member->at_success);
        } else {
            fputs(",,,", stream);
        }
        write_cost(stream, &member->at_end);
        write_number(stream, member->best_energy);
        fputc('\n', stream);
    }
    return ADATOM_OK;
}

static void write_point(FILE *stream, const char *axis, bool whole,
                        const adatom_success_point *point)
{
    fprintf(stream, whole ? "%s,%.0f" : "%s,%.9f", axis, point->time);
    fprintf(stream, ",%.6f,%.6f,%.6f,%zu,%zu\n", point->share, point->lower, point->upper,
            point->at_risk, point->successes);
}

static adatom_status write_curves(const adatom_members *members, FILE *stream)
{
    fputs("axis,value,share,lower,upper,at_risk,successes\n", stream);
    for (adatom_axis axis = 0; axis < ADATOM_AXIS_COUNT; axis++) {
        adatom_success_curve curve;
        ADATOM_TRY(adatom_members_curve(members, axis, &curve));
        for (size_t i = 0; i < curve.count; i++) {
            write_point(stream, adatom_axis_names[axis], axis != ADATOM_AXIS_CPU_HOURS,
                        &curve.points[i]);
        }
        adatom_success_curve_clear(&curve);
    }
    return ADATOM_OK;
}

static size_t count_successes(const adatom_members *members)
{
    size_t count = 0;
    for (size_t i = 0; i < members->count; i++) {
        count += members->members[i].success;
    }
    return count;
}

static adatom_status write_medians(const adatom_members *members, FILE *stream)
{
    fputs("axis,agents,successes,n50,n50_lower,n50_upper\n", stream);
    for (adatom_axis axis = 0; axis < ADATOM_AXIS_COUNT; axis++) {
        adatom_success_curve curve;
        ADATOM_TRY(adatom_members_curve(members, axis, &curve));
        const adatom_median median = adatom_success_median(&curve);
        adatom_success_curve_clear(&curve);
        fprintf(stream, "%s,%zu,%zu", adatom_axis_names[axis], members->count,
                count_successes(members));
        write_number(stream, median.value);
        write_number(stream, median.lower);
        write_number(stream, median.upper);
        fputc('\n', stream);
    }
    return ADATOM_OK;
}

adatom_status adatom_ensemble_write_table(const char *folder, const adatom_members *members)
{
    return write_table(folder, ADATOM_ENSEMBLE_TABLE, members, write_members);
}

adatom_status adatom_ensemble_write_curve(const char *folder, const adatom_members *members)
{
    return write_table(folder, ADATOM_ENSEMBLE_CURVE, members, write_curves);
}

adatom_status adatom_ensemble_write_summary(const char *folder, const adatom_members *members)
{
    return write_table(folder, ADATOM_ENSEMBLE_SUMMARY, members, write_medians);
}

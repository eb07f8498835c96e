#include "ensemble/tables.h"

#include "adatom/extxyz.h"
#include "base/error.h"
#include "base/memory.h"
#include "io/number_text.h"
#include "io/text_file.h"

#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>

/* context: what the rows are made from. */
typedef adatom_status write_rows(const void *context, FILE *stream);

static adatom_status write_table(const char *folder, const char *name, const void *context,
                                 write_rows *rows)
{
    char path[ADATOM_ENSEMBLE_PATH_SIZE];
    adatom_text_file *file;
    ADATOM_TRY(adatom_ensemble_path(folder, name, path));
    ADATOM_TRY(adatom_text_file_create(path, &file));
    adatom_plain_numbers plain = adatom_plain_numbers_begin();
    const adatom_status status = rows(context, adatom_text_file_stream(file));
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

static adatom_status write_members(const void *context, FILE *stream)
{
    const adatom_members *members = context;
    fputs("agent,seed,standing,success,success_episodes,success_evaluations,success_cpu_hours,"
          "episodes,evaluations,cpu_hours,best_energy",
          stream);
    fputs(members->has_property ? ",best_property\n" : "\n", stream);
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
        if (members->has_property) {
            write_number(stream, member->best_property);
        }
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

static adatom_status write_curves(const void *context, FILE *stream)
{
    const adatom_members *members = context;
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

static adatom_status write_medians(const void *context, FILE *stream)
{
    const adatom_members *members = context;
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

/* -- energies */

static adatom_status write_course(const void *context, FILE *stream)
{
    const adatom_energy_course *course = context;
    fputs("episode,agents,mean_best_energy,standard_error,lowest,highest\n", stream);
    for (size_t i = 0; i < course->count; i++) {
        const adatom_course_point *point = &course->points[i];
        fprintf(stream, "%" PRId64 ",%zu", point->episode, point->agents);
        write_number(stream, point->agents > 0 ? point->mean : NAN);
        write_number(stream, point->standard_error);
        write_number(stream, point->lowest);
        write_number(stream, point->highest);
        fputc('\n', stream);
    }
    return ADATOM_OK;
}

adatom_status adatom_ensemble_write_energy(const char *folder, const adatom_energy_course *course)
{
    return write_table(folder, ADATOM_ENSEMBLE_ENERGY, course, write_course);
}

/* -- structures */

static adatom_status write_found(const void *context, FILE *stream)
{
    const adatom_found_structures *found = context;
    fputs("rank,formula,pieces,symmetry,energy,energy_per_atom,agents,best_of_agents,builds,agent,"
          "episode",
          stream);
    fputs(found->has_property ? ",property\n" : "\n", stream);
    for (size_t i = 0; i < found->count; i++) {
        const adatom_found_structure *now = &found->list[i];
        fprintf(stream, "%zu,%s,%s,%s", i + 1, now->formula, now->pieces, now->symmetry);
        write_number(stream, now->energy);
        write_number(stream, now->energy / (double)now->structure->atom_count);
        fprintf(stream, ",%zu,%zu,%zu,%d,%" PRId64, now->agents, now->best_of, now->builds,
                now->agent, now->episode);
        if (found->has_property) {
            write_number(stream, now->property);
        }
        fputc('\n', stream);
    }
    return ADATOM_OK;
}

enum { INFO_COUNT = 5, INFO_SIZE = 96 };

/* One frame; the texts live in `texts`. */
static void fill_frame(const adatom_found_structure *found, char *keys[INFO_COUNT],
                       char *values[INFO_COUNT], char texts[INFO_COUNT][INFO_SIZE],
                       adatom_frame *frame)
{
    snprintf(texts[0], INFO_SIZE, "%zu", found->agents);
    snprintf(texts[1], INFO_SIZE, "%zu", found->builds);
    snprintf(texts[2], INFO_SIZE, "%d", found->agent);
    snprintf(texts[3], INFO_SIZE, "%" PRId64, found->episode);
    snprintf(texts[4], INFO_SIZE, "%s", found->symmetry);
    for (int k = 0; k < INFO_COUNT; k++) {
        values[k] = texts[k];
    }
    *frame = (adatom_frame){.structure = found->structure,
                            .has_energy = true,
                            .energy = found->energy,
                            .info_count = found->symmetry[0] != '\0' ? INFO_COUNT : INFO_COUNT - 1,
                            .info_keys = keys,
                            .info_values = values};
}

typedef struct frame_texts {
    char *values[INFO_COUNT];
    char texts[INFO_COUNT][INFO_SIZE];
} frame_texts;

static adatom_status write_geometries(const char *folder, const adatom_found_structures *found)
{
    static char names[INFO_COUNT][16] = {"agents", "builds", "agent", "episode", "symmetry"};
    char *keys[INFO_COUNT], path[ADATOM_ENSEMBLE_PATH_SIZE];
    adatom_frame *frames = NULL;
    frame_texts *texts;
    ADATOM_TRY(adatom_ensemble_path(folder, ADATOM_ENSEMBLE_GEOMETRIES, path));
    ADATOM_TRY(adatom_allocate(found->count, sizeof *texts, &texts));
    adatom_status status = adatom_allocate(found->count, sizeof *frames, &frames);
    for (int k = 0; k < INFO_COUNT; k++) {
        keys[k] = names[k];
    }
    for (size_t i = 0; status == ADATOM_OK && i < found->count; i++) {
        fill_frame(&found->list[i], keys, texts[i].values, texts[i].texts, &frames[i]);
    }
    if (status == ADATOM_OK) {
        status = adatom_extxyz_write(path, frames, found->count);
    }
    free(frames);
    free(texts);
    return status;
}

adatom_status adatom_ensemble_write_structures(const char *folder,
                                               const adatom_found_structures *found)
{
    ADATOM_TRY(write_geometries(folder, found));
    return write_table(folder, ADATOM_ENSEMBLE_STRUCTURES, found, write_found);
}

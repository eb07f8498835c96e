#include "ensemble/energy_course.h"

#include "base/error.h"
#include "base/memory.h"

#include <math.h>
#include <stdlib.h>

static int64_t last_episode(const adatom_members *members)
{
    int64_t last = 0;
    for (size_t i = 0; i < members->count; i++) {
        const int64_t episodes = members->members[i].at_end.episodes;
        last = episodes > last ? episodes : last;
    }
    return last;
}

static adatom_status plan(const adatom_members *members, adatom_energy_course *course)
{
    const int64_t last = last_episode(members);
    const size_t count = last < ADATOM_COURSE_POINTS ? (size_t)last : ADATOM_COURSE_POINTS;
    ADATOM_TRY(adatom_allocate(count, sizeof *course->points, &course->points));
    course->count = count;
    for (size_t k = 0; k < count; k++) {
        course->points[k] = (adatom_course_point){
            .episode = (int64_t)(k + 1) * last / (int64_t)count,
            .lowest = INFINITY,
            .highest = -INFINITY,
        };
    }
    return ADATOM_OK;
}

/* Welford's running mean; standard_error holds the sum of squared deviations meanwhile. */
static void add_energy(adatom_course_point *point, double energy)
{
    point->agents++;
    const double deviation = energy - point->mean;
    point->mean += deviation / (double)point->agents;
    point->standard_error += deviation * (energy - point->mean);
    point->lowest = fmin(point->lowest, energy);
    point->highest = fmax(point->highest, energy);
}

static void add_log(const adatom_members *members, const adatom_run_log *log, bool goes_on,
                    adatom_energy_course *course)
{
    size_t row = 0;
    double best = NAN;
    for (size_t k = 0; k < course->count; k++) {
        adatom_course_point *point = &course->points[k];
        for (; row < log->count && log->rows[row].episode <= point->episode; row++) {
            const adatom_run_log_row *now = &log->rows[row];
            best = adatom_members_better(members, best,
                                         members->has_property ? now->property : now->best_energy);
        }
        const bool counts =
            goes_on || (log->count > 0 && log->rows[log->count - 1].episode >= point->episode);
        if (counts && isfinite(best)) {
            add_energy(point, best);
        }
    }
}

static adatom_status fill(const char *folder, const adatom_members *members,
                          adatom_energy_course *course)
{
    for (size_t i = 0; i < members->count; i++) {
        const adatom_member *member = &members->members[i];
        const bool ended =
            member->standing == ADATOM_AGENT_REACHED || member->standing == ADATOM_AGENT_LIMIT;
        adatom_run_log log;
        ADATOM_TRY(adatom_member_log(folder, member->agent, &log));
        add_log(members, &log, ended, course);
        adatom_run_log_clear(&log);
    }
    for (size_t k = 0; k < course->count; k++) {
        const double n = (double)course->points[k].agents;
        double *error = &course->points[k].standard_error;
        *error = n > 1 ? sqrt(*error / (n * (n - 1))) : NAN;
    }
    return ADATOM_OK;
}

adatom_status adatom_energy_course_create(const char *folder, const adatom_members *members,
                                          adatom_energy_course *out)
{
    adatom_energy_course course = {.count = 0};
    ADATOM_TRY(plan(members, &course));
    const adatom_status status = fill(folder, members, &course);
    if (status != ADATOM_OK) {
        adatom_energy_course_clear(&course);
        return status;
    }
    *out = course;
    return ADATOM_OK;
}

void adatom_energy_course_clear(adatom_energy_course *course)
{
    free(course->points);
    *course = (adatom_energy_course){.count = 0};
}

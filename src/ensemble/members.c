#include "ensemble/members.h"

#include "base/error.h"
#include "base/memory.h"
#include "ensemble/target.h"

#include <math.h>
#include <stdlib.h>
#include <sys/stat.h>

const char *const adatom_axis_names[ADATOM_AXIS_COUNT] = {"episodes", "evaluations", "cpu_hours"};

double adatom_cost_along(const adatom_cost *cost, adatom_axis axis)
{
    switch (axis) {
    case ADATOM_AXIS_EPISODES:
        return (double)cost->episodes;
    case ADATOM_AXIS_EVALUATIONS:
        return (double)cost->evaluations;
    default:
        return cost->cpu_hours;
    }
}

adatom_status adatom_member_log(const char *folder, int agent, adatom_run_log *out)
{
    char path[ADATOM_ENSEMBLE_PATH_SIZE];
    struct stat found;
    ADATOM_TRY(adatom_ensemble_agent_path(folder, agent, "log.csv", path));
    if (stat(path, &found) != 0 || found.st_size == 0) {
        *out = (adatom_run_log){.count = 0};
        return ADATOM_OK;
    }
    return adatom_run_log_read(path, out);
}

static bool is_good_enough(const adatom_run_log *log, const adatom_run_log_row *row,
                           const adatom_target *target)
{
    const double value = log->has_property ? row->property : row->best_energy;
    return target->has_energy &&
           (target->maximise ? value >= target->energy : value <= target->energy);
}

double adatom_members_better(const adatom_members *members, double first, double second)
{
    const bool highest = members->has_property && members->options.target_maximise;
    return highest ? fmax(first, second) : fmin(first, second);
}

static void follow_log(const adatom_run_log *log, const adatom_target *target,
                       int64_t target_episode, adatom_member *member)
{
    double seconds = 0;
    for (size_t i = 0; i < log->count; i++) {
        const adatom_run_log_row *row = &log->rows[i];
        seconds += row->seconds_cpu;
        member->at_end = (adatom_cost){
            .episodes = row->episode, .evaluations = row->evaluations, .cpu_hours = seconds / 3600};
        member->best_energy = fmin(member->best_energy, row->best_energy);
        if (!member->success && (is_good_enough(log, row, target) ||
                                 (target_episode > 0 && row->episode >= target_episode))) {
            member->success = true;
            member->at_success = member->at_end;
        }
    }
}

static adatom_status read_member(const char *folder, const adatom_target *target, int agent,
                                 adatom_members *found, adatom_member *member)
{
    const adatom_ensemble_options *options = &found->options;
    adatom_run_log log;
    int64_t target_episode = 0;
    member->agent = agent;
    member->seed = options->run_first_seed + agent - 1;
    member->best_energy = member->best_property = NAN;
    member->standing = adatom_ensemble_standing(folder, agent, NULL, member->note);
    if (target->has_structure) {
        ADATOM_TRY(adatom_member_first_build(folder, agent, &target->fingerprint, &target_episode));
    }
    ADATOM_TRY(adatom_member_log(folder, agent, &log));
    found->has_property = found->has_property || log.has_property;
    follow_log(&log, target, target_episode, member);
    for (size_t i = 0; i < log.count; i++) {
        member->best_property =
            adatom_members_better(found, member->best_property, log.rows[i].property);
    }
    adatom_run_log_clear(&log);
    return ADATOM_OK;
}

static adatom_status read_members(const char *folder, const adatom_target *target,
                                  adatom_members *found)
{
    const size_t count = (size_t)found->options.run_agents;
    ADATOM_TRY(adatom_allocate(count, sizeof *found->members, &found->members));
    for (; found->count < count; found->count++) {
        ADATOM_TRY(read_member(folder, target, (int)found->count + 1, found,
                               &found->members[found->count]));
    }
    return ADATOM_OK;
}

adatom_status adatom_members_read(const char *folder, adatom_members *out)
{
    adatom_members found = {.count = 0};
    adatom_target target;
    ADATOM_TRY(adatom_ensemble_read(folder, &found.options));
    ADATOM_TRY(adatom_target_create(&found.options, &target));
    const adatom_status status = read_members(folder, &target, &found);
    adatom_target_clear(&target);
    if (status != ADATOM_OK) {
        adatom_members_clear(&found);
        return status;
    }
    *out = found;
    return ADATOM_OK;
}

void adatom_members_clear(adatom_members *members)
{
    free(members->members);
    *members = (adatom_members){.count = 0};
}

void adatom_members_lifetimes(const adatom_members *members, adatom_axis axis,
                              adatom_lifetime *lifetimes)
{
    for (size_t i = 0; i < members->count; i++) {
        const adatom_member *member = &members->members[i];
        const adatom_cost *cost = member->success ? &member->at_success : &member->at_end;
        lifetimes[i] =
            (adatom_lifetime){.time = adatom_cost_along(cost, axis), .success = member->success};
    }
}

adatom_status adatom_members_curve(const adatom_members *members, adatom_axis axis,
                                   adatom_success_curve *out)
{
    adatom_lifetime *lifetimes;
    ADATOM_TRY(adatom_allocate(members->count, sizeof *lifetimes, &lifetimes));
    adatom_members_lifetimes(members, axis, lifetimes);
    const adatom_status status = adatom_success_curve_create(lifetimes, members->count, out);
    free(lifetimes);
    return status;
}

/* adatom: what each agent of an ensemble came to. */
#ifndef ADATOM_ENSEMBLE_MEMBERS_H
#define ADATOM_ENSEMBLE_MEMBERS_H

#include "ensemble/files.h"
#include "ensemble/survival.h"
#include "io/run_log.h"

/* What an agent had cost at some point. */
typedef struct adatom_cost {
    int64_t episodes, evaluations;
    double cpu_hours; /* of its process and the programs it had started and that had ended */
} adatom_cost;

typedef struct adatom_member {
    int agent; /* from 1 */
    int64_t seed;
    adatom_agent_standing standing;
    char note[ADATOM_ENSEMBLE_NOTE_SIZE]; /* why it failed */
    bool success;
    adatom_cost at_success; /* where it had one */
    adatom_cost at_end;     /* so far */
    double best_energy;     /* eV; NaN if none */
    double best_property;   /* in its own unit; NaN if that is the energy, or none */
} adatom_member;

typedef struct adatom_members {
    size_t count;
    adatom_member *members;
    adatom_ensemble_options options;
    bool has_property; /* something else than the energy is searched for */
} adatom_members;

/* The axes of success curves. */
typedef enum adatom_axis {
    ADATOM_AXIS_EPISODES,
    ADATOM_AXIS_EVALUATIONS,
    ADATOM_AXIS_CPU_HOURS,
    ADATOM_AXIS_COUNT
} adatom_axis;

extern const char *const adatom_axis_names[ADATOM_AXIS_COUNT];

/* Of two numbers, NaN for none, the one that the agents prefer. */
double adatom_members_better(const adatom_members *members, double first, double second);

double adatom_cost_along(const adatom_cost *cost, adatom_axis axis);

/* Reads the logs of all agents, as they are. */
adatom_status adatom_members_read(const char *folder, adatom_members *out);
void adatom_members_clear(adatom_members *members);

/* lifetimes: [count] */
void adatom_members_lifetimes(const adatom_members *members, adatom_axis axis,
                              adatom_lifetime *lifetimes);
adatom_status adatom_members_curve(const adatom_members *members, adatom_axis axis,
                                   adatom_success_curve *out);

/* The log of an agent; empty where there is none yet. */
adatom_status adatom_member_log(const char *folder, int agent, adatom_run_log *out);

#endif

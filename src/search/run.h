/* adatom: everything that one run has in its hands. */
#ifndef ADATOM_SEARCH_RUN_H
#define ADATOM_SEARCH_RUN_H

#include "search/agent.h"
#include "search/evaluation.h"
#include "search/folder.h"
#include "search/seeds.h"
#include "search/snapshots.h"

/* A run none of whose first episodes has an energy is stopped. */
enum { ADATOM_HOPELESS_EPISODES = 20, ADATOM_FAILURE_SIZE = 1024 };

typedef struct adatom_run {
    adatom_search_options options;
    const char *folder;
    const adatom_search_callbacks *callbacks; /* or NULL */
    adatom_problem *problem;
    adatom_team *team;
    adatom_evaluation *evaluation;
    adatom_agent *agent;
    adatom_snapshots *snapshots;
    adatom_seeds seeds; /* the first episodes */
    adatom_run_files files;
    adatom_search_state state;
    adatom_structure *best;            /* the structure of the best property, or NULL */
    double best_value;                 /* what adatom_property_find makes of it */
    int *actions;                      /* [step_count], scratch */
    double seconds_before;             /* wall time of earlier sessions */
    double started, checkpoint_at;     /* clock of this session, s */
    double cpu_counted;                /* CPU clock, as far as the log has it, s */
    int64_t checkpoint_episode;        /* of the checkpoint in the folder; -1: none */
    char failure[ADATOM_FAILURE_SIZE]; /* why the latest failed episode failed */
} adatom_run;

/* CPU time of this process and of those it has started and that have ended, s. */
double adatom_run_cpu_clock(void);

/* Opens everything that needs no folder: problem, evaluator, agent. options must be set. */
adatom_status adatom_run_prepare(adatom_run *run);
void adatom_run_clear(adatom_run *run);

/* Builds, evaluates, trains, writes one row. */
adatom_status adatom_run_episode(adatom_run *run);
/* Plays episodes until the search ends. */
adatom_status adatom_run_loop(adatom_run *run);
/* Writes best.extxyz; removes it if there is no best. */
adatom_status adatom_run_write_best(const adatom_run *run);

#endif

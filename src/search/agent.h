/* adatom: the agent: builds structures by its network and learns from what they are worth. */
#ifndef ADATOM_SEARCH_AGENT_H
#define ADATOM_SEARCH_AGENT_H

#include "base/threads.h"
#include "nn/adam.h"
#include "nn/map.h"
#include "search/augment.h"
#include "search/builder.h"
#include "search/cost.h"
#include "search/credit.h"
#include "search/policy.h"
#include "search/problem.h"
#include "search/punishment.h"
#include "search/replay.h"

/* One stream of random numbers for each purpose. */
typedef enum adatom_stream {
    ADATOM_STREAM_WEIGHTS,
    ADATOM_STREAM_POLICY,
    ADATOM_STREAM_REPLAY,
    ADATOM_STREAM_AUGMENT,
    ADATOM_STREAM_COUNT
} adatom_stream;

/* Called before an action is taken, with the Q-values that it is chosen by; q [map][x][y][z], one
 * map per species and, where the number of atoms varies, that of stopping; allowed
 * [species][x][y][z]. */
typedef void adatom_build_watcher(void *context, int step, const float *q, const uint8_t *allowed,
                                  int action);

typedef struct adatom_agent {
    const adatom_problem *problem;
    adatom_builder *builder;
    adatom_network *network;
    adatom_map *map;
    adatom_trainer *trainer;
    adatom_adam *adam;
    adatom_replay *replay;
    adatom_punishment *punishment; /* or NULL */
    adatom_credit *credit;         /* or NULL */
    adatom_policy policy;
    adatom_cost cost;
    adatom_augment augment;
    double reward_window;       /* in the unit of the property; 0: none */
    size_t batch;               /* steps */
    int updates;                /* per episode */
    bool has_biases;            /* the network's biases are trained */
    float *weights, *gradient;  /* [network->weight_count] */
    float *q;                   /* [map][x][y][z] */
    uint8_t *mask;              /* [species][x][y][z] */
    int *actions;               /* [maps * pixels], scratch */
    adatom_point_list points;   /* scratch */
    adatom_image_atom *atoms;   /* [seen_count + step_count], scratch */
    adatom_replay_step *steps;  /* [batch_most] */
    double *energies, *rewards; /* [batch_most] */
    double *targets;            /* [batch_most * samples per step] */
    int *species;               /* as targets */
    adatom_augmented samples;
    adatom_random random[ADATOM_STREAM_COUNT];
} adatom_agent;

/* Makes network (random weights from options->run_seed), builder and trainer. The problem and the
 * team must outlive the agent. */
adatom_status adatom_agent_create(const adatom_problem *problem,
                                  const adatom_search_options *options, adatom_team *team,
                                  adatom_agent **out);
void adatom_agent_free(adatom_agent *agent);

/* Builds a structure: actions [step_count] in order, *count of them; adatom_stop_is_whole says
 * whether it got stuck since no grid point was left for the next atom. watch_steps (ascending,
 * watch_count of them) are the steps before which the watcher is called. */
adatom_status adatom_agent_build(adatom_agent *agent, bool greedy, const int *watch_steps,
                                 int watch_count, adatom_build_watcher *watcher, void *context,
                                 int *actions, int *count);

/* Q-values [map][x][y][z] and mask [species][x][y][z] after the first `count` atoms. */
adatom_status adatom_agent_look(adatom_agent *agent, const int *actions, int count, float *q,
                                uint8_t *allowed);

/* True if the atoms of a whole build could stand on these pixels: in the region, each other no
 * nearer than c1. */
bool adatom_agent_could_build(adatom_agent *agent, const int *actions);

/* Adds an episode to the replay buffer, punished where it repeats itself; value (the lower the
 * better) INFINITY if there is none. */
adatom_status adatom_agent_remember(adatom_agent *agent, int64_t episode, double value,
                                    const int *actions, int count);
/* Keeps the shares [step_count] of the placed atoms in the energy of the latest episode, or NULL if
 * it has none. Nothing is done where training.credit is 0. */
adatom_status adatom_agent_credit(adatom_agent *agent, const double *shares);
/* Updates the weights by batches from the replay buffer; *loss is the mean cost, NaN without
 * updates. */
adatom_status adatom_agent_train(adatom_agent *agent, double *loss);

#endif

/* Small searches for the tests. */
#ifndef ADATOM_TESTS_SEARCH_SEARCH_EXAMPLE_H
#define ADATOM_TESTS_SEARCH_SEARCH_EXAMPLE_H

#include "../nn/cmocka_all.h"

#include "adatom/search.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

static inline adatom_numbers numbers(int count, const double *values)
{
    adatom_numbers made = {.count = count};
    memcpy(made.values, values, (size_t)count * sizeof *values);
    return made;
}

#define NUMBERS(...)                                                                               \
    numbers((int)(sizeof((const double[]){__VA_ARGS__}) / sizeof(double)),                         \
            (const double[]){__VA_ARGS__})

/* Four argon-like atoms of unit diameter 3.4 Å on a coarse grid without periods: seconds to find.
 */
static inline adatom_search_options small_search(void)
{
    adatom_search_options options = adatom_search_options_default();
    options.system_cell = NUMBERS(12, 12, 12);
    options.system_place = (adatom_composition){.count = 1, .atomic_numbers = {18}, .amounts = {4}};
    options.grid_shape = NUMBERS(14, 14);
    snprintf(options.run_evaluator, sizeof options.run_evaluator,
             "lj:epsilon=0.01,sigma=3.0,cutoff=9");
    options.image_kind = 1;
    options.image_width = 0.8;
    options.image_size = 5;
    options.network_filters = NUMBERS(4, 4);
    options.network_filter_pixels = NUMBERS(5);
    options.policy_c1 = 2.0;
    options.policy_c2 = 5;
    options.reward_delta_e = 0.02;
    options.training_batch = 16;
    options.training_spillover_radius = 0.9;
    options.stop_episodes = 25;
    options.run_threads = 1;
    options.run_snapshots = 3;
    options.run_checkpoint_seconds = 1e4;
    return options;
}

#endif

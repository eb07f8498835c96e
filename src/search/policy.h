/* adatom: which of the allowed actions is taken: modified epsilon-greedy.
 *
 * J. Chem. Phys. 151, 054111 (2019), Methods, "Search policy": with probability epsilon_0 any
 * allowed action, with probability epsilon_nu one of the fraction nu with the highest Q-values,
 * else the action with the highest Q-value. */
#ifndef ADATOM_SEARCH_POLICY_H
#define ADATOM_SEARCH_POLICY_H

#include "base/random.h"

#include <stdbool.h>

typedef struct adatom_policy {
    double epsilon_0, epsilon_nu, nu;
    double epsilon_stop; /* where the number of atoms varies: that a build is given one at random */
} adatom_policy;

typedef enum adatom_choice {
    ADATOM_CHOICE_BEST,
    ADATOM_CHOICE_AMONG_BEST,
    ADATOM_CHOICE_ANY
} adatom_choice;

/* Draws how the next action is chosen; greedy builds always take the best and draw nothing. */
adatom_choice adatom_policy_draw(const adatom_policy *policy, bool greedy, adatom_random *random);

/* Chooses among actions[0 .. count - 1], count > 0, by their values q[action]; of equal values the
 * lower action goes first. The order of actions may change. q may be NULL for ADATOM_CHOICE_ANY. */
int adatom_policy_choose(const adatom_policy *policy, adatom_choice choice, const float *q,
                         int *actions, int count, adatom_random *random);

/* How many of count actions are the fraction nu: rounded up, at least one. */
int adatom_policy_best_count(const adatom_policy *policy, int count);

#endif

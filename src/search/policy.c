#include "search/policy.h"

#include <math.h>

adatom_choice adatom_policy_draw(const adatom_policy *policy, bool greedy, adatom_random *random)
{
    if (greedy) {
        return ADATOM_CHOICE_BEST;
    }
    const double u = adatom_random_uniform(random);
    if (u < policy->epsilon_0) {
        return ADATOM_CHOICE_ANY;
    }
    return u < policy->epsilon_0 + policy->epsilon_nu ? ADATOM_CHOICE_AMONG_BEST
                                                      : ADATOM_CHOICE_BEST;
}

int adatom_policy_best_count(const adatom_policy *policy, int count)
{
    const double best = ceil(policy->nu * count - 1e-9);
    return best < 1 ? 1 : best > count ? count : (int)best;
}

/* Strict order of actions, the better first. */
static bool precedes(const float *q, int a, int b)
{
    return q[a] != q[b] ? q[a] > q[b] : a < b;
}

static int best_of(const float *q, const int *actions, int count)
{
    int best = actions[0];
    for (int i = 1; i < count; i++) {
        best = precedes(q, actions[i], best) ? actions[i] : best;
    }
    return best;
}

static void swap(int *a, int *b)
{
    const int kept = *a;
    *a = *b;
    *b = kept;
}

/* Brings the better ones than the pivot to the front; returns where the pivot then stands. */
static int partition(const float *q, int *actions, int low, int high)
{
    swap(&actions[(low + high) / 2], &actions[high]);
    const int pivot = actions[high];
    int store = low;
    for (int i = low; i < high; i++) {
        if (precedes(q, actions[i], pivot)) {
            swap(&actions[i], &actions[store++]);
        }
    }
    swap(&actions[store], &actions[high]);
    return store;
}

/* The action that sorting would bring to place `rank` (Hoare's selection). */
static int select_rank(const float *q, int *actions, int count, int rank)
{
    int low = 0, high = count - 1;
    while (low < high) {
        const int place = partition(q, actions, low, high);
        if (place == rank) {
            break;
        }
        if (place < rank) {
            low = place + 1;
        } else {
            high = place - 1;
        }
    }
    return actions[rank];
}

int adatom_policy_choose(const adatom_policy *policy, adatom_choice choice, const float *q,
                         int *actions, int count, adatom_random *random)
{
    if (choice == ADATOM_CHOICE_ANY) {
        return actions[adatom_random_below(random, (uint64_t)count)];
    }
    if (choice == ADATOM_CHOICE_BEST) {
        return best_of(q, actions, count);
    }
    const int best_count = adatom_policy_best_count(policy, count);
    const int rank = (int)adatom_random_below(random, (uint64_t)best_count);
    return select_rank(q, actions, count, rank);
}

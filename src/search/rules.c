#include "search/rules.h"

#include "base/error.h"

#include <math.h>

static double factor_of(const adatom_element_numbers *pairs, int first, int second, double standard)
{
    for (int i = 0; i < pairs->count; i++) {
        const int *pair = pairs->atomic_numbers[i];
        if ((pair[0] == first && pair[1] == second) || (pair[0] == second && pair[1] == first)) {
            return pairs->values[i];
        }
    }
    return standard;
}

double adatom_rules_c1(const adatom_rules *rules, int first, int second)
{
    return factor_of(rules->c1_pairs, first, second, rules->c1);
}

double adatom_rules_c2(const adatom_rules *rules, int first, int second)
{
    return factor_of(rules->c2_pairs, first, second, rules->c2);
}

static bool is_placed(const adatom_problem *problem, int element)
{
    for (int s = 0; s < problem->species_count; s++) {
        if (problem->species[s] == element) {
            return true;
        }
    }
    return false;
}

static bool is_known(const adatom_problem *problem, int element)
{
    for (size_t a = 0; a < problem->start->atom_count; a++) {
        if (problem->start->atomic_numbers[a] == element) {
            return true;
        }
    }
    return is_placed(problem, element);
}

static adatom_status check_pairs(const adatom_problem *problem, const adatom_element_numbers *pairs,
                                 const char *name)
{
    for (int i = 0; i < pairs->count; i++) {
        for (int k = 0; k < 2; k++) {
            const int element = pairs->atomic_numbers[i][k];
            if (!is_known(problem, element)) {
                return adatom_fail(ADATOM_INVALID_INPUT,
                                   "policy.%s: %s is neither placed nor in the template", name,
                                   adatom_element_symbol(element));
            }
        }
    }
    return ADATOM_OK;
}

/* A species and an element that it can meet. */
static adatom_status take_pair(adatom_rules *rules, int species, int element, int index)
{
    const double c1 = adatom_rules_c1(rules, species, element);
    const double c2 = adatom_rules_c2(rules, species, element);
    if (c2 > 0 && c2 < c1) {
        if (rules->c1_pairs->count == 0 && rules->c2_pairs->count == 0) {
            return adatom_fail(ADATOM_INVALID_INPUT,
                               "policy.c2: %g, expected 0 or more than policy.c1 = %g", c2, c1);
        }
        return adatom_fail(ADATOM_INVALID_INPUT,
                           "policy.c2_pairs: %g for %s-%s, expected 0 or more than their c1 = %g",
                           c2, adatom_element_symbol(species), adatom_element_symbol(element), c1);
    }
    rules->c1_least = fmin(rules->c1_least, c1);
    rules->c1_largest = fmax(rules->c1_largest, c1);
    rules->c2_largest = fmax(rules->c2_largest, c2);
    rules->wants_near[index] = rules->wants_near[index] || c2 > 0;
    return ADATOM_OK;
}

adatom_status adatom_rules_read(const adatom_problem *problem, const adatom_search_options *options,
                                adatom_rules *rules)
{
    adatom_rules read = {.c1 = options->policy_c1,
                         .c2 = options->policy_c2,
                         .c1_pairs = &options->policy_c1_pairs,
                         .c2_pairs = &options->policy_c2_pairs,
                         .c1_least = INFINITY};
    ADATOM_TRY(check_pairs(problem, read.c1_pairs, "c1_pairs"));
    ADATOM_TRY(check_pairs(problem, read.c2_pairs, "c2_pairs"));
    for (int s = 0; s < problem->species_count; s++) {
        for (int t = 0; t < problem->species_count; t++) {
            ADATOM_TRY(take_pair(&read, problem->species[s], problem->species[t], s));
        }
        for (size_t a = 0; a < problem->start->atom_count; a++) {
            ADATOM_TRY(take_pair(&read, problem->species[s], problem->start->atomic_numbers[a], s));
        }
    }
    *rules = read;
    return ADATOM_OK;
}

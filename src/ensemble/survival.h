/* adatom: shares of agents that have succeeded, with what is known of agents that ended before. */
#ifndef ADATOM_ENSEMBLE_SURVIVAL_H
#define ADATOM_ENSEMBLE_SURVIVAL_H

#include "adatom/status.h"

#include <stdbool.h>
#include <stddef.h>

/* Until when an agent was watched: to its success, or (censored) to its end without one. */
typedef struct adatom_lifetime {
    double time; /* >= 0, in any unit */
    bool success;
} adatom_lifetime;

/* What holds from `time` on, up to the next point. */
typedef struct adatom_success_point {
    double time;
    double share;        /* that has succeeded by then */
    double lower, upper; /* 95 % confidence band, for each time by itself */
    size_t at_risk;      /* agents watched that had not succeeded just before */
    size_t successes;    /* so far */
} adatom_success_point;

typedef struct adatom_success_curve {
    size_t count; /* at least 1: the first point is at time 0 */
    adatom_success_point *points;
} adatom_success_curve;

/* Kaplan and Meier's estimate (J. Am. Stat. Assoc. 53, 457 (1958)) of the share of successes: with
 * S = 1 - share, each time with d successes among r at risk multiplies S by 1 - d / r; of equal
 * times successes come first. Where no agent ended early, that is the plain share of all agents.
 *
 * The band is Wilson's binomial interval with the effective number of agents of Rothman (J. Chronic
 * Dis. 31, 557 (1978)), S (1 - S) / var S, var S of Greenwood; where no agent ended early, that is
 * their number. Before the first success it is the number watched until then. */
adatom_status adatom_success_curve_create(const adatom_lifetime *lifetimes, size_t count,
                                          adatom_success_curve *out);
void adatom_success_curve_clear(adatom_success_curve *curve);

/* Wilson's interval for a share of n trials (J. Am. Stat. Assoc. 22, 209 (1927)), 95 %. */
void adatom_wilson_interval(double share, double n, double *lower, double *upper);

typedef struct adatom_median {
    double value;        /* the first time with a share of at least one half */
    double lower, upper; /* 95 %: the first times at which the band reaches one half */
} adatom_median;

/* INFINITY for each that is not reached. */
adatom_median adatom_success_median(const adatom_success_curve *curve);

typedef struct adatom_log_rank {
    double chi_squared; /* one degree of freedom; NaN if there is nothing to compare */
    double p;           /* two-sided */
} adatom_log_rank;

/* Mantel's log-rank test (Cancer Chemother. Rep. 50, 163 (1966)) of two groups having the same rate
 * of success at all times. */
adatom_status adatom_log_rank_test(const adatom_lifetime *first, size_t first_count,
                                   const adatom_lifetime *second, size_t second_count,
                                   adatom_log_rank *out);

#endif

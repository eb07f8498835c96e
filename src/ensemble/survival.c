#include "ensemble/survival.h"

#include "base/error.h"
#include "base/memory.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

/* Of the standard normal distribution: 95 % lie within. */
static const double normal_95 = 1.959963984540054;

/* By time, successes before others. */
static int compare_lifetimes(const void *a, const void *b)
{
    const adatom_lifetime *first = a, *second = b;
    if (first->time != second->time) {
        return first->time < second->time ? -1 : 1;
    }
    return (int)second->success - (int)first->success;
}

static adatom_status sort_copy(const adatom_lifetime *lifetimes, size_t count,
                               adatom_lifetime **out)
{
    ADATOM_TRY(adatom_allocate(count, sizeof **out, out));
    if (count > 0) {
        memcpy(*out, lifetimes, count * sizeof *lifetimes);
        qsort(*out, count, sizeof **out, compare_lifetimes);
    }
    return ADATOM_OK;
}

void adatom_wilson_interval(double share, double n, double *lower, double *upper)
{
    if (!(n > 0)) {
        *lower = 0;
        *upper = 1;
        return;
    }
    const double z2 = normal_95 * normal_95;
    const double middle = (share + z2 / (2 * n)) / (1 + z2 / n);
    const double half = normal_95 / (1 + z2 / n) * sqrt(share * (1 - share) / n + z2 / (4 * n * n));
    *lower = share <= 0 ? 0 : fmax(middle - half, 0);
    *upper = share >= 1 ? 1 : fmin(middle + half, 1);
}

/* -- the curve */

/* What goes along with time. */
typedef struct estimate {
    double survival;  /* S */
    double greenwood; /* sum of d / (r (r - d)) */
    double effective; /* number of agents */
    size_t at_risk, successes;
} estimate;

static void set_effective_number(estimate *now)
{
    const double s = now->survival;
    if (now->successes == 0) {
        now->effective = (double)now->at_risk;
    } else if (s > 0 && now->greenwood > 0) {
        now->effective = (1 - s) / (s * now->greenwood); /* S (1 - S) / (S^2 sum) */
    } /* where all have succeeded, it is that of the time before */
}

static void advance(estimate *now, size_t successes)
{
    const double r = (double)now->at_risk, d = (double)successes;
    if (successes > 0) {
        now->survival = successes == now->at_risk ? 0 : now->survival * (1 - d / r);
        now->greenwood += successes == now->at_risk ? 0 : d / (r * (r - d));
        now->successes += successes;
    }
    set_effective_number(now);
}

static adatom_success_point point_of(const estimate *now, double time)
{
    adatom_success_point point = {.time = time,
                                  .share = 1 - now->survival,
                                  .at_risk = now->at_risk,
                                  .successes = now->successes};
    adatom_wilson_interval(point.share, now->effective, &point.lower, &point.upper);
    return point;
}

static size_t count_at(const adatom_lifetime *sorted, size_t count, size_t from, size_t *successes)
{
    size_t i = from;
    *successes = 0;
    for (; i < count && sorted[i].time == sorted[from].time; i++) {
        *successes += sorted[i].success;
    }
    return i - from;
}

static void fill_points(const adatom_lifetime *sorted, size_t count, adatom_success_curve *curve)
{
    estimate now = {.survival = 1, .effective = (double)count, .at_risk = count};
    curve->points[curve->count++] = point_of(&now, 0);
    for (size_t i = 0; i < count;) {
        size_t successes;
        const size_t ends = count_at(sorted, count, i, &successes);
        advance(&now, successes);
        curve->points[curve->count++] = point_of(&now, sorted[i].time);
        now.at_risk -= ends;
        i += ends;
    }
}

adatom_status adatom_success_curve_create(const adatom_lifetime *lifetimes, size_t count,
                                          adatom_success_curve *out)
{
    adatom_lifetime *sorted;
    adatom_success_curve curve = {.count = 0};
    ADATOM_TRY(sort_copy(lifetimes, count, &sorted));
    const adatom_status status = adatom_allocate(count + 1, sizeof *curve.points, &curve.points);
    if (status == ADATOM_OK) {
        fill_points(sorted, count, &curve);
        *out = curve;
    }
    free(sorted);
    return status;
}

void adatom_success_curve_clear(adatom_success_curve *curve)
{
    free(curve->points);
    *curve = (adatom_success_curve){.count = 0};
}

adatom_median adatom_success_median(const adatom_success_curve *curve)
{
    const double half = 0.5 - 1e-12; /* shares are products of rounded numbers */
    adatom_median median = {INFINITY, INFINITY, INFINITY};
    for (size_t i = curve->count; i-- > 0;) {
        const adatom_success_point *point = &curve->points[i];
        median.value = point->share >= half ? point->time : median.value;
        median.lower = point->upper >= half ? point->time : median.lower;
        median.upper = point->lower >= half ? point->time : median.upper;
    }
    return median;
}

/* -- two groups */

/* A group as the test walks along it. */
typedef struct test_group {
    adatom_lifetime *sorted;
    size_t count, at; /* at: the first that has not ended yet */
} test_group;

static double next_time(const test_group *group)
{
    return group->at < group->count ? group->sorted[group->at].time : INFINITY;
}

/* Goes past the time; returns the successes there. */
static double pass(test_group *group, double time)
{
    size_t successes = 0;
    if (next_time(group) == time) {
        group->at += count_at(group->sorted, group->count, group->at, &successes);
    }
    return (double)successes;
}

/* Expected: each success falls on a group as its share of those at risk; hypergeometric variance.
 */
static adatom_log_rank compare_groups(test_group *first, test_group *second)
{
    double difference = 0, variance = 0;
    for (;;) {
        const double time = fmin(next_time(first), next_time(second));
        if (!isfinite(time)) {
            break;
        }
        const double r1 = (double)(first->count - first->at);
        const double r = r1 + (double)(second->count - second->at);
        const double d1 = pass(first, time), d = d1 + pass(second, time);
        difference += d1 - d * r1 / r;
        if (r > 1) {
            variance += d * (r1 / r) * (1 - r1 / r) * (r - d) / (r - 1);
        }
    }
    const double chi_squared = variance > 0 ? difference * difference / variance : NAN;
    return (adatom_log_rank){.chi_squared = chi_squared, .p = erfc(sqrt(chi_squared / 2))};
}

adatom_status adatom_log_rank_test(const adatom_lifetime *first, size_t first_count,
                                   const adatom_lifetime *second, size_t second_count,
                                   adatom_log_rank *out)
{
    test_group groups[2] = {{.count = first_count}, {.count = second_count}};
    ADATOM_TRY(sort_copy(first, first_count, &groups[0].sorted));
    const adatom_status status = sort_copy(second, second_count, &groups[1].sorted);
    if (status == ADATOM_OK) {
        *out = compare_groups(&groups[0], &groups[1]);
    }
    free(groups[0].sorted);
    free(groups[1].sorted);
    return status;
}

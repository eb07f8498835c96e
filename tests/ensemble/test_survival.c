/* Success curves and their comparison against published numbers and textbook formulas. */
#include "../nn/cmocka_all.h"

#include "ensemble/survival.h"

#include <math.h>
#include <stdlib.h>

/* Weeks of remission of 21 and 21 patients (Freireich et al., Blood 21, 699 (1963)), a data set
 * that every text book of survival analysis uses; negative: censored. */
static const double treated_weeks[] = {6,   6,   6,   -6, 7,  -9,  10,  -10, -11, 13, 16,
                                       -17, -19, -20, 22, 23, -25, -32, -32, -34, -35};
static const double control_weeks[] = {1, 1, 2,  2,  3,  4,  4,  5,  5,  8, 8,
                                       8, 8, 11, 11, 12, 12, 15, 17, 22, 23};
enum { PATIENTS = 21 };

static void fill(const double *weeks, adatom_lifetime lifetimes[PATIENTS])
{
    for (int i = 0; i < PATIENTS; i++) {
        lifetimes[i] = (adatom_lifetime){.time = fabs(weeks[i]), .success = weeks[i] > 0};
    }
}

static const adatom_success_point *at(const adatom_success_curve *curve, double time)
{
    const adatom_success_point *found = &curve->points[0];
    for (size_t i = 0; i < curve->count; i++) {
        found = curve->points[i].time <= time ? &curve->points[i] : found;
    }
    return found;
}

static void wilson_interval_of_8_in_10(void **state)
{
    (void)state;
    double lower, upper;
    /* scipy.stats.binomtest(8, 10).proportion_ci(method='wilson') */
    adatom_wilson_interval(0.8, 10, &lower, &upper);
    assert_float_equal(lower, 0.49016247153664183, 1e-6);
    assert_float_equal(upper, 0.9433178485456247, 1e-6);
    adatom_wilson_interval(0, 20, &lower, &upper);
    assert_float_equal(lower, 0, 0);
    assert_float_equal(upper, 3.841458820694124 / (20 + 3.841458820694124), 1e-9);
}

static void censored_curve_is_that_of_the_text_books(void **state)
{
    (void)state;
    adatom_lifetime treated[PATIENTS];
    adatom_success_curve curve;
    fill(treated_weeks, treated);
    assert_int_equal(adatom_success_curve_create(treated, PATIENTS, &curve), 0);
    /* S and its standard error as published, three digits. */
    const double expected[][3] = {{6, 0.857, 0.0764},  {7, 0.807, 0.0869},  {10, 0.753, 0.0963},
                                  {13, 0.690, 0.1068}, {16, 0.627, 0.1141}, {22, 0.538, 0.1282},
                                  {23, 0.448, 0.1346}};
    for (size_t i = 0; i < sizeof expected / sizeof expected[0]; i++) {
        const adatom_success_point *point = at(&curve, expected[i][0]);
        const double survival = 1 - point->share, error = expected[i][2];
        assert_float_equal(survival, expected[i][1], 6e-4);
        double lower, upper;
        adatom_wilson_interval(point->share, survival * point->share / (error * error), &lower,
                               &upper);
        assert_float_equal(point->lower, lower, 2e-3);
        assert_float_equal(point->upper, upper, 2e-3);
    }
    assert_float_equal(adatom_success_median(&curve).value, 23, 0);
    adatom_success_curve_clear(&curve);
}

static void curve_without_censoring_counts_shares(void **state)
{
    (void)state;
    adatom_lifetime control[PATIENTS];
    adatom_success_curve curve;
    fill(control_weeks, control);
    assert_int_equal(adatom_success_curve_create(control, PATIENTS, &curve), 0);
    assert_float_equal(curve.points[0].share, 0, 0);
    for (size_t i = 1; i < curve.count; i++) {
        const adatom_success_point *point = &curve.points[i];
        double lower, upper;
        const double share = (double)point->successes / PATIENTS;
        adatom_wilson_interval(share, PATIENTS, &lower, &upper);
        assert_float_equal(point->share, share, 1e-12);
        assert_float_equal(point->lower, lower, 1e-12);
        assert_float_equal(point->upper, upper, 1e-12);
    }
    const adatom_median median = adatom_success_median(&curve);
    assert_float_equal(median.value, 8, 0);
    assert_true(median.lower < 8 && median.upper > 8);
    adatom_success_curve_clear(&curve);
}

/* All agents end at the same limit: the share there is that of all. */
static void limit_is_no_loss(void **state)
{
    (void)state;
    const adatom_lifetime lifetimes[] = {{100, false}, {40, true}, {100, false}, {100, true}};
    adatom_success_curve curve;
    double lower, upper;
    assert_int_equal(adatom_success_curve_create(lifetimes, 4, &curve), 0);
    const adatom_success_point *last = &curve.points[curve.count - 1];
    adatom_wilson_interval(0.5, 4, &lower, &upper);
    assert_float_equal(last->share, 0.5, 1e-12);
    assert_float_equal(last->lower, lower, 1e-12);
    assert_float_equal(last->upper, upper, 1e-12);
    assert_float_equal(adatom_success_median(&curve).value, 100, 0);
    assert_true(isinf(adatom_success_median(&curve).upper));
    adatom_success_curve_clear(&curve);
}

static void nobody_succeeds(void **state)
{
    (void)state;
    const adatom_lifetime lifetimes[] = {{100, false}, {100, false}, {50, false}};
    adatom_success_curve curve;
    double lower, upper;
    assert_int_equal(adatom_success_curve_create(lifetimes, 3, &curve), 0);
    adatom_wilson_interval(0, 2, &lower, &upper);
    assert_float_equal(curve.points[curve.count - 1].upper, upper, 1e-12);
    assert_true(isinf(adatom_success_median(&curve).value));
    adatom_success_curve_clear(&curve);
    assert_int_equal(adatom_success_curve_create(NULL, 0, &curve), 0);
    assert_int_equal(curve.count, 1);
    adatom_success_curve_clear(&curve);
}

static void log_rank_test_of_the_text_books(void **state)
{
    (void)state;
    adatom_lifetime treated[PATIENTS], control[PATIENTS];
    adatom_log_rank one, other;
    fill(treated_weeks, treated);
    fill(control_weeks, control);
    assert_int_equal(adatom_log_rank_test(treated, PATIENTS, control, PATIENTS, &one), 0);
    assert_float_equal(one.chi_squared, 16.79, 5e-3);
    assert_float_equal(one.p, 4.17e-5, 5e-8);
    assert_int_equal(adatom_log_rank_test(control, PATIENTS, treated, PATIENTS, &other), 0);
    assert_float_equal(one.p, other.p, 1e-12);
    assert_int_equal(adatom_log_rank_test(control, PATIENTS, control, PATIENTS, &other), 0);
    assert_float_equal(other.p, 1, 1e-12);
    assert_int_equal(adatom_log_rank_test(treated, 0, control, PATIENTS, &other), 0);
    assert_true(isnan(other.p));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(wilson_interval_of_8_in_10),
        cmocka_unit_test(censored_curve_is_that_of_the_text_books),
        cmocka_unit_test(curve_without_censoring_counts_shares),
        cmocka_unit_test(limit_is_no_loss),
        cmocka_unit_test(nobody_succeeds),
        cmocka_unit_test(log_rank_test_of_the_text_books),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

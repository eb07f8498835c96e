/* The optimizers that train dense networks: known minima, known steps, and going on from a kept
 * state. */
#include "cmocka_all.h"

#include "base/random.h"
#include "nn/adam_double.h"
#include "nn/lbfgs.h"
#include "nn/levenberg.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

/* Two steps by hand (arXiv:1412.6980, algorithm 1). */
static void test_adam_by_hand(void **state)
{
    (void)state;
    adatom_adam_double *adam = NULL;
    assert_int_equal(adatom_adam_double_create(1, &adam), ADATOM_OK);
    adam->learning_rate = 0.01;
    const double gradients[2] = {0.5, -0.2};
    double weight = 1, w = 1, m = 0, v = 0;
    for (int t = 1; t <= 2; t++) {
        const double g = gradients[t - 1];
        m = 0.9 * m + 0.1 * g;
        v = 0.999 * v + 0.001 * g * g;
        w -= 0.01 * m / (1 - pow(0.9, t)) / (sqrt(v / (1 - pow(0.999, t))) + 1e-8);
        adatom_adam_double_update(adam, &g, &weight);
        assert_true(fabs(weight - w) < 1e-14);
    }
    adatom_adam_double_free(adam);
}

/* ---- Rosenbrock's valley in many dimensions: residuals 10 (x_{i+1} - x_i^2) and 1 - x_i */

enum { COUNT = 6, ROWS = 2 * (COUNT - 1) };

static void residuals(const double *x, double r[ROWS], double rows[ROWS][COUNT])
{
    memset(rows, 0, sizeof(double) * ROWS * COUNT);
    for (int i = 0; i + 1 < COUNT; i++) {
        r[2 * i] = 10 * (x[i + 1] - x[i] * x[i]);
        rows[2 * i][i + 1] = 10;
        rows[2 * i][i] = -20 * x[i];
        r[2 * i + 1] = 1 - x[i];
        rows[2 * i + 1][i] = -1;
    }
}

static adatom_status valley_gradient(void *context, const double *x, double *loss, double *gradient)
{
    double r[ROWS], rows[ROWS][COUNT];
    residuals(x, r, rows);
    *loss = 0;
    memset(gradient, 0, COUNT * sizeof *gradient);
    for (int k = 0; k < ROWS; k++) {
        *loss += r[k] * r[k];
        for (int i = 0; i < COUNT; i++) {
            gradient[i] += 2 * r[k] * rows[k][i];
        }
    }
    ++*(int *)context;
    return ADATOM_OK;
}

static adatom_status valley_equations(void *context, const double *x, double *squares,
                                      double *products, double *loss)
{
    double r[ROWS], rows[ROWS][COUNT];
    residuals(x, r, rows);
    *loss = 0;
    for (int k = 0; k < ROWS; k++) {
        *loss += r[k] * r[k];
    }
    if (squares != NULL) {
        adatom_levenberg_add_rows(COUNT, ROWS, &rows[0][0], r, NULL, squares, products);
    }
    ++*(int *)context;
    return ADATOM_OK;
}

static const double start[COUNT] = {-1.2, 1, -0.7, 0.5, 2, -1};

static void assert_at_minimum(const double *x)
{
    for (int i = 0; i < COUNT; i++) {
        assert_true(fabs(x[i] - 1) < 1e-6);
    }
}

static void test_lbfgs_finds_the_minimum(void **state)
{
    (void)state;
    adatom_lbfgs *lbfgs = NULL;
    assert_int_equal(adatom_lbfgs_create(COUNT, 5, &lbfgs), ADATOM_OK);
    double x[COUNT], loss = 0, before = INFINITY;
    memcpy(x, start, sizeof x);
    int evaluations = 0;
    bool moved = true;
    for (int i = 0; i < 200 && moved; i++) {
        assert_int_equal(adatom_lbfgs_step(lbfgs, valley_gradient, &evaluations, x, &loss, &moved),
                         ADATOM_OK);
        assert_true(loss <= before);
        before = loss;
    }
    assert_at_minimum(x);
    assert_true(evaluations < 300);
    adatom_lbfgs_free(lbfgs);
}

static void test_levenberg_finds_the_minimum(void **state)
{
    (void)state;
    adatom_levenberg *levenberg = NULL;
    assert_int_equal(adatom_levenberg_create(COUNT, &levenberg), ADATOM_OK);
    double x[COUNT], loss = 0, before = INFINITY;
    memcpy(x, start, sizeof x);
    int evaluations = 0;
    bool moved = true;
    for (int i = 0; i < 100 && moved && before > 1e-20; i++) {
        assert_int_equal(
            adatom_levenberg_step(levenberg, valley_equations, &evaluations, x, &loss, &moved),
            ADATOM_OK);
        assert_true(loss <= before);
        before = loss;
    }
    assert_at_minimum(x);
    adatom_levenberg_free(levenberg);
}

/* A linear problem is solved at once but for the damping. */
static adatom_status line_equations(void *context, const double *w, double *squares,
                                    double *products, double *loss)
{
    (void)context;
    double rows[40][2], r[40];
    *loss = 0;
    for (int k = 0; k < 40; k++) {
        const double x = 0.1 * k;
        rows[k][0] = 1;
        rows[k][1] = x;
        r[k] = w[0] + w[1] * x - (2 - 3 * x);
        *loss += r[k] * r[k];
    }
    if (squares != NULL) {
        adatom_levenberg_add_rows(2, 40, &rows[0][0], r, NULL, squares, products);
    }
    return ADATOM_OK;
}

static void test_levenberg_solves_a_line(void **state)
{
    (void)state;
    adatom_levenberg *levenberg = NULL;
    assert_int_equal(adatom_levenberg_create(2, &levenberg), ADATOM_OK);
    levenberg->damping = 1e-12;
    double w[2] = {0, 0}, loss = 0;
    bool moved = false;
    assert_int_equal(adatom_levenberg_step(levenberg, line_equations, NULL, w, &loss, &moved),
                     ADATOM_OK);
    assert_true(moved && fabs(w[0] - 2) < 1e-9 && fabs(w[1] + 3) < 1e-9);
    adatom_levenberg_free(levenberg);
    assert_int_equal(adatom_levenberg_create(30000, &levenberg), ADATOM_INVALID_INPUT);
}

/* Kept after five iterations and gone on with: bit by bit what would have come. */
static void test_lbfgs_goes_on(void **state)
{
    (void)state;
    double x[2][COUNT], loss;
    int unused = 0;
    bool moved;
    for (int kept = 0; kept < 2; kept++) {
        adatom_lbfgs *lbfgs = NULL;
        assert_int_equal(adatom_lbfgs_create(COUNT, 3, &lbfgs), ADATOM_OK);
        memcpy(x[kept], start, sizeof start);
        for (int i = 0; i < 12; i++) {
            if (kept && i == 5) {
                adatom_lbfgs *other = NULL;
                assert_int_equal(adatom_lbfgs_create(COUNT, 3, &other), ADATOM_OK);
                other->pairs = lbfgs->pairs;
                memcpy(other->steps, lbfgs->steps, sizeof(double) * 3 * COUNT);
                memcpy(other->changes, lbfgs->changes, sizeof(double) * 3 * COUNT);
                adatom_lbfgs_free(lbfgs);
                lbfgs = other;
            }
            assert_int_equal(
                adatom_lbfgs_step(lbfgs, valley_gradient, &unused, x[kept], &loss, &moved),
                ADATOM_OK);
        }
        adatom_lbfgs_free(lbfgs);
    }
    assert_memory_equal(x[0], x[1], sizeof x[0]);
}

/* The same sums for any number of threads. */
static void test_rows_do_not_depend_on_threads(void **state)
{
    (void)state;
    enum { WIDTH = 77, LENGTH = 50 };
    static double rows[LENGTH * WIDTH], r[LENGTH], squares[2][WIDTH * WIDTH], products[2][WIDTH];
    adatom_random random;
    adatom_random_seed(&random, 1, 0);
    for (size_t i = 0; i < LENGTH * WIDTH; i++) {
        rows[i] = adatom_random_normal(&random);
    }
    for (size_t i = 0; i < LENGTH; i++) {
        r[i] = adatom_random_normal(&random);
    }
    adatom_team *team = NULL;
    assert_int_equal(adatom_team_create(3, &team), ADATOM_OK);
    adatom_levenberg_add_rows(WIDTH, LENGTH, rows, r, NULL, squares[0], products[0]);
    adatom_levenberg_add_rows(WIDTH, LENGTH, rows, r, team, squares[1], products[1]);
    adatom_team_free(team);
    assert_memory_equal(squares[0], squares[1], sizeof squares[0]);
    assert_memory_equal(products[0], products[1], sizeof products[0]);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_adam_by_hand),
        cmocka_unit_test(test_lbfgs_finds_the_minimum),
        cmocka_unit_test(test_levenberg_finds_the_minimum),
        cmocka_unit_test(test_levenberg_solves_a_line),
        cmocka_unit_test(test_lbfgs_goes_on),
        cmocka_unit_test(test_rows_do_not_depend_on_threads),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

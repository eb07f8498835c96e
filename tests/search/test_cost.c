/* Spillover weights and the cost of Eq. 2. */
#include "../image/example_grids.h"

#include "base/random.h"
#include "search/cost.h"

static void weights_are_one_eta_and_zero_by_distance(void **state)
{
    (void)state;
    for (int e = 0; e < EXAMPLE_GRID_COUNT; e++) {
        const adatom_grid grid = lay_example(&example_grids[e]);
        adatom_cost cost;
        assert_int_equal(
            adatom_cost_make(&grid, ADATOM_SPILLOVER_SQUARE_OF_SUM, 0.5, 0.1, 1, &cost), ADATOM_OK);
        int found = 0, expected = 0;
        for (int x = 0; x < cost.size[0]; x++) {
            for (int y = 0; y < cost.size[1]; y++) {
                const int dx = x - cost.size[0] / 2, dy = y - cost.size[1] / 2;
                const float weight = cost.weights[x * cost.size[1] + y];
                const bool near = adatom_grid_length(&grid, (double[]){dx, dy, 0}) <= 0.5;
                assert_true(weight == (dx == 0 && dy == 0 ? 1.0f : near ? 0.1f : 0.0f));
                found += weight > 0;
            }
        }
        for (int dx = -40; dx <= 40; dx++) {
            for (int dy = -40; dy <= 40; dy++) {
                expected += adatom_grid_length(&grid, (double[]){dx, dy, 0}) <= 0.5;
            }
        }
        assert_int_equal(found, expected); /* the patch holds the whole disc */
        adatom_cost_clear(&cost);
    }
}

/* The paper's 0.3 Å on the 0.2 Å grid: the eight neighbours, diagonal ones included. */
static void graphene_spills_to_eight_neighbours(void **state)
{
    (void)state;
    const adatom_grid grid = lay_example(&example_grids[1]);
    adatom_cost cost;
    assert_int_equal(adatom_cost_make(&grid, ADATOM_SPILLOVER_SQUARE_OF_SUM, 0.3, 0.1, 1, &cost),
                     ADATOM_OK);
    assert_int_equal(cost.size[0], 3);
    assert_int_equal(cost.size[1], 3);
    for (int i = 0; i < 9; i++) {
        assert_true(cost.weights[i] == (i == 4 ? 1.0f : 0.1f));
    }
    adatom_cost_clear(&cost);
    assert_int_equal(adatom_cost_make(&grid, ADATOM_SPILLOVER_SQUARE_OF_SUM, 0, 0.1, 1, &cost),
                     ADATOM_OK);
    assert_int_equal(cost.size[0] * cost.size[1], 1);
    adatom_cost_clear(&cost);
}

/* Eq. 2 written out for two samples of nine pixels. */
static void value_is_eq_2(void **state)
{
    (void)state;
    const adatom_grid grid = lay_example(&example_grids[1]);
    adatom_cost cost;
    float q[18], gradient[18];
    const int species[2] = {0, 1};
    const double targets[2] = {0.75, -1};
    for (int i = 0; i < 18; i++) {
        q[i] = 0.05f * (float)i - 0.4f;
    }
    for (int kind = 0; kind < 2; kind++) {
        assert_int_equal(adatom_cost_make(&grid, (adatom_spillover)kind, 0.3, 0.1, 2, &cost),
                         ADATOM_OK);
        cost.sample_count = 2;
        cost.species = species;
        cost.targets = targets;
        double found = 0, expected = 0;
        for (int sample = 0; sample < 2; sample++) {
            found += adatom_cost_of_sample(&cost, sample, q, gradient);
            double sum = 0, squares = 0;
            for (int i = 0; i < 9; i++) {
                const double deviation = q[9 * species[sample] + i] - targets[sample];
                sum += (i == 4 ? 1 : 0.1) * deviation;
                squares += (i == 4 ? 1 : 0.1) * deviation * deviation;
            }
            expected += 0.5 * (kind == 0 ? sum * sum : squares);
        }
        assert_true(fabs(found - expected) < 1e-6);
        adatom_cost_clear(&cost);
    }
}

static void gradient_agrees_with_central_differences(void **state)
{
    (void)state;
    adatom_random random;
    adatom_random_seed(&random, 3, 0);
    const adatom_grid grid = lay_example(&example_grids[2]);
    for (int kind = 0; kind < 2; kind++) {
        adatom_cost cost;
        assert_int_equal(adatom_cost_make(&grid, (adatom_spillover)kind, 0.45, 0.1, 3, &cost),
                         ADATOM_OK);
        const int species[1] = {1};
        const double targets[1] = {0.3};
        cost.sample_count = 4;
        cost.species = species;
        cost.targets = targets;
        const int count = 3 * cost.size[0] * cost.size[1];
        float q[256], gradient[256], ignored[256];
        assert_true(count <= 256);
        for (int i = 0; i < count; i++) {
            q[i] = 2 * (float)adatom_random_uniform(&random) - 1;
        }
        adatom_cost_of_sample(&cost, 0, q, gradient);
        for (int i = 0; i < count; i++) {
            const float kept = q[i], step = 0x1p-8f;
            q[i] = kept + step;
            const double above = adatom_cost_of_sample(&cost, 0, q, ignored);
            const float up = q[i];
            q[i] = kept - step;
            const double below = adatom_cost_of_sample(&cost, 0, q, ignored);
            const double difference = (above - below) / ((double)up - q[i]);
            q[i] = kept;
            assert_true(fabs(difference - gradient[i]) < 1e-5);
        }
        adatom_cost_clear(&cost);
    }
}

static void too_wide_a_spillover_is_refused(void **state)
{
    (void)state;
    adatom_grid grid = lay_example(&example_grids[1]);
    for (int i = 0; i < 2; i++) {
        grid.inverse[i][i] *= 100;
    }
    adatom_cost cost;
    assert_int_equal(adatom_cost_make(&grid, ADATOM_SPILLOVER_SQUARE_OF_SUM, 5, 0.1, 1, &cost),
                     ADATOM_INVALID_INPUT);
    assert_string_equal(adatom_error_message(),
                        "training.spillover_radius: 5 Å is more than 127 grid points");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(weights_are_one_eta_and_zero_by_distance),
        cmocka_unit_test(graphene_spills_to_eight_neighbours),
        cmocka_unit_test(value_is_eq_2),
        cmocka_unit_test(gradient_agrees_with_central_differences),
        cmocka_unit_test(too_wide_a_spillover_is_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

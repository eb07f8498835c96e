/* Molecular dynamics: what is conserved, what is reversed, and what temperature does. */
#include "silicon.h"

/* u Å/fs */
static void total_momentum(const adatom_dynamics *dynamics, double momentum[3])
{
    memset(momentum, 0, sizeof(double[3]));
    for (size_t i = 0; i < dynamics->structure->atom_count; i++) {
        for (int x = 0; x < 3; x++) {
            momentum[x] += dynamics->masses[i] * dynamics->velocities[i][x];
        }
    }
}

static void test_constants(void **state)
{
    (void)state;
    assert_near(ADATOM_BOLTZMANN, 8.617333262e-5, 1e-14);
    assert_near(ADATOM_EV_PER_U, 9.6485332e-3, 1e-10);
    /* Each component of the velocity of argon at 300 K spreads by 249.9 m/s. */
    assert_near(sqrt(ADATOM_BOLTZMANN * 300 * ADATOM_EV_PER_U / 39.948), 2.4988e-3, 1e-7);
}

/* Root mean square deviation of the conserved energy from its mean, over 200 fs. */
static double energy_error(adatom_sample_method method, double time_step)
{
    silicon system;
    start_silicon(&system, 0, NULL, true);
    adatom_dynamics_heat(system.dynamics, &system.random, 1200, true);
    adatom_thermostat thermostat = make_thermostat(method, time_step, 600);
    const int steps = (int)lround(200 / time_step);
    double sum = 0, squares = 0;
    const double start = conserved_energy(&system, &thermostat);
    for (int i = 0; i < steps; i++) {
        take_steps(&system, &thermostat, 1);
        const double energy = conserved_energy(&system, &thermostat) - start;
        sum += energy / steps;
        squares += energy * energy / steps;
    }
    end_silicon(&system);
    return sqrt(squares - sum * sum);
}

/* Slope of log(error) over log(time step) by least squares. */
static double error_exponent(adatom_sample_method method)
{
    enum { POINTS = 4 };
    double mean_x = 0, mean_y = 0, xy = 0, xx = 0, x[POINTS], y[POINTS];
    for (int i = 0; i < POINTS; i++) {
        x[i] = log(0.5 * pow(2, i));
        y[i] = log(energy_error(method, exp(x[i])));
        print_message("time step %g fs: energy varies by %.3g eV\n", exp(x[i]), exp(y[i]));
        mean_x += x[i] / POINTS;
        mean_y += y[i] / POINTS;
    }
    for (int i = 0; i < POINTS; i++) {
        xy += (x[i] - mean_x) * (y[i] - mean_y);
        xx += (x[i] - mean_x) * (x[i] - mean_x);
    }
    return xy / xx;
}

static void test_energy_error_falls_with_the_square_of_the_time_step(void **state)
{
    (void)state;
    assert_near(error_exponent(ADATOM_SAMPLE_NVE), 2, 0.1);
    assert_true(energy_error(ADATOM_SAMPLE_NVE, 1) < 64 * 1e-4);
}

static void test_energy_of_the_chain_is_conserved(void **state)
{
    (void)state;
    assert_near(error_exponent(ADATOM_SAMPLE_NOSE_HOOVER), 2, 0.1);
}

static void test_energy_does_not_drift(void **state)
{
    (void)state;
    const adatom_sample_method methods[2] = {ADATOM_SAMPLE_NVE, ADATOM_SAMPLE_NOSE_HOOVER};
    for (int k = 0; k < 2; k++) {
        silicon system;
        start_silicon(&system, 0, NULL, true);
        adatom_dynamics_heat(system.dynamics, &system.random, 1200, true);
        adatom_thermostat thermostat = make_thermostat(methods[k], 1, 600);
        double means[2] = {0, 0}, momentum[3];
        const double start = conserved_energy(&system, &thermostat);
        for (int half = 0; half < 2; half++) {
            for (int i = 0; i < 5000; i++) {
                take_steps(&system, &thermostat, 1);
                means[half] += (conserved_energy(&system, &thermostat) - start) / 5000;
            }
        }
        assert_near(means[1], means[0], 64 * 1e-5);
        total_momentum(system.dynamics, momentum);
        for (int x = 0; x < 3; x++) {
            assert_near(momentum[x], 0, 1e-9);
        }
        end_silicon(&system);
    }
}

static void test_time_can_be_reversed(void **state)
{
    (void)state;
    silicon system;
    start_silicon(&system, 0, NULL, true);
    double start[64][3];
    memcpy(start, system.dynamics->structure->positions, sizeof start);
    adatom_dynamics_heat(system.dynamics, &system.random, 1200, false);
    adatom_thermostat thermostat = make_thermostat(ADATOM_SAMPLE_NVE, 1, 0);
    take_steps(&system, &thermostat, 300);
    double farthest = 0;
    for (size_t i = 0; i < 64; i++) {
        for (int x = 0; x < 3; x++) {
            system.dynamics->velocities[i][x] *= -1;
            farthest =
                fmax(farthest, fabs(system.dynamics->structure->positions[i][x] - start[i][x]));
        }
    }
    assert_true(farthest > 0.2);
    take_steps(&system, &thermostat, 300);
    for (size_t i = 0; i < 64; i++) {
        for (int x = 0; x < 3; x++) {
            assert_near(system.dynamics->structure->positions[i][x], start[i][x], 1e-9);
        }
    }
    end_silicon(&system);
}

/* Mean of the temperature within four standard errors, which block means tell, and its variance
 * 2 T^2 / f for f degrees of freedom. */
static void check_temperature(adatom_sample_method method, size_t fixed_count, const double *normal)
{
    enum { BLOCKS = 80, BLOCK_STEPS = 500 };
    const double target = 600;
    silicon system;
    start_silicon(&system, fixed_count, normal, method != ADATOM_SAMPLE_LANGEVIN);
    adatom_dynamics_heat(system.dynamics, &system.random, 2 * target, false);
    /* The time step lowers the kinetic energy by 1 - (frequency * time step)^2 / 4, here by 0.2 %.
     */
    adatom_thermostat thermostat = make_thermostat(method, 1, target);
    thermostat.friction = 0.05;
    thermostat.time_constant = 10;
    take_steps(&system, &thermostat, 2000);
    double sum = 0, squares = 0, block_squares = 0;
    for (int block = 0; block < BLOCKS; block++) {
        double block_sum = 0;
        for (int i = 0; i < BLOCK_STEPS; i++) {
            take_steps(&system, &thermostat, 1);
            const double temperature = adatom_dynamics_temperature(system.dynamics);
            block_sum += temperature;
            squares += temperature * temperature;
        }
        sum += block_sum;
        block_squares += block_sum * block_sum / BLOCK_STEPS / BLOCK_STEPS;
    }
    const double mean = sum / BLOCKS / BLOCK_STEPS;
    const double variance = squares / BLOCKS / BLOCK_STEPS - mean * mean;
    const double error = sqrt((block_squares / BLOCKS - mean * mean) / (BLOCKS - 1));
    const double expected = 2 * target * target / (double)system.dynamics->degrees_of_freedom;
    print_message("%.2f +- %.2f K, variance %.3f of the canonical one\n", mean, error,
                  variance / expected);
    assert_true(error < 0.01 * target);
    assert_near(mean, target, 4 * error + 0.002 * target);
    assert_near(variance / expected, 1, 0.15);
    end_silicon(&system);
}

static void test_langevin_holds_the_temperature(void **state)
{
    (void)state;
    check_temperature(ADATOM_SAMPLE_LANGEVIN, 0, NULL);
    check_temperature(ADATOM_SAMPLE_LANGEVIN, 6, (const double[3]){0, 0, 1});
}

static void test_the_chain_holds_the_temperature(void **state)
{
    (void)state;
    check_temperature(ADATOM_SAMPLE_NOSE_HOOVER, 0, NULL);
    check_temperature(ADATOM_SAMPLE_NOSE_HOOVER, 6, NULL);
}

/* Without forces between them a velocity is as Maxwell and Boltzmann say: second and fourth moment
 * of its components. */
static void test_velocities_are_those_of_the_temperature(void **state)
{
    (void)state;
    enum { DRAWS = 500 };
    silicon system;
    start_silicon(&system, 1, NULL, true);
    const double variance = ADATOM_BOLTZMANN * 300 * ADATOM_EV_PER_U / 28.085;
    double second = 0, fourth = 0;
    for (int k = 0; k < DRAWS; k++) {
        adatom_dynamics_heat(system.dynamics, &system.random, 300, false);
        for (size_t i = 1; i < 64; i++) {
            for (int x = 0; x < 3; x++) {
                const double square = pow(system.dynamics->velocities[i][x], 2) / variance;
                second += square / (DRAWS * 63 * 3);
                fourth += square * square / (DRAWS * 63 * 3);
            }
        }
    }
    const double numbers = DRAWS * 63 * 3;
    assert_near(second, 1, 4 * sqrt(2 / numbers));
    assert_near(fourth, 3, 4 * sqrt(96 / numbers));
    end_silicon(&system);
}

static void test_initial_velocities(void **state)
{
    (void)state;
    silicon system;
    start_silicon(&system, 0, NULL, true);
    double momentum[3];
    assert_int_equal(system.dynamics->degrees_of_freedom, 3 * 64 - 3);
    for (int k = 0; k < 20; k++) {
        adatom_dynamics_heat(system.dynamics, &system.random, 300, true);
        assert_near(adatom_dynamics_temperature(system.dynamics), 300, 1e-9);
        total_momentum(system.dynamics, momentum);
        for (int x = 0; x < 3; x++) {
            assert_near(momentum[x], 0, 1e-12);
        }
    }
    end_silicon(&system);
}

/* Fixed atoms stay to the last bit; a plane is kept. */
static void test_constraints_hold(void **state)
{
    (void)state;
    const double plane[2][3] = {{0, 0, 1}, {0.48, 0.6, 0.64}};
    for (int k = 0; k < 6; k++) {
        const double *normal = plane[k % 2];
        silicon system;
        start_silicon(&system, 5, normal, true);
        assert_int_equal(system.dynamics->degrees_of_freedom, 2 * 59);
        double start[64][3], moved = 0;
        memcpy(start, system.dynamics->structure->positions, sizeof start);
        adatom_dynamics_heat(system.dynamics, &system.random, 900, true);
        adatom_thermostat thermostat = make_thermostat((adatom_sample_method)(k / 2), 1, 900);
        take_steps(&system, &thermostat, 300);
        for (size_t i = 0; i < 64; i++) {
            double along = 0;
            for (int x = 0; x < 3; x++) {
                const double move = system.dynamics->structure->positions[i][x] - start[i][x];
                assert_true(!system.fixed[i] || move == 0);
                along += move * normal[x];
                moved = fmax(moved, fabs(move));
            }
            assert_near(along, 0, normal[2] == 1 ? 0 : 1e-12);
        }
        assert_true(moved > 0.1);
        end_silicon(&system);
    }
}

/* A translation changes no energy and no force, and leaves the plane. */
static void test_translations_change_nothing(void **state)
{
    (void)state;
    silicon system;
    const double normal[3] = {0, 0, 1};
    start_silicon(&system, 0, normal, true);
    adatom_dynamics_heat(system.dynamics, &system.random, 900, true);
    adatom_thermostat thermostat = make_thermostat(ADATOM_SAMPLE_NVE, 1, 900);
    take_steps(&system, &thermostat, 50);
    adatom_structure *before;
    assert_int_equal(adatom_structure_copy(system.dynamics->structure, &before), ADATOM_OK);
    const double energy = system.dynamics->energy;
    adatom_dynamics_translate(system.dynamics, &system.random);
    double shift[3];
    for (int x = 0; x < 3; x++) {
        shift[x] = system.dynamics->structure->positions[0][x] - before->positions[0][x];
        assert_true(fabs(shift[x]) <= 5.431);
    }
    assert_true(fabs(shift[0]) > 1e-3 && fabs(shift[1]) > 1e-3 && shift[2] == 0);
    for (size_t i = 0; i < 64; i++) {
        for (int x = 0; x < 3; x++) {
            assert_near(system.dynamics->structure->positions[i][x] - before->positions[i][x],
                        shift[x], 1e-12);
        }
    }
    assert_int_equal(adatom_dynamics_evaluate(system.dynamics), ADATOM_OK);
    assert_near(system.dynamics->energy, energy, 1e-9);
    adatom_structure_free(before);
    end_silicon(&system);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_constants),
        cmocka_unit_test(test_energy_error_falls_with_the_square_of_the_time_step),
        cmocka_unit_test(test_energy_of_the_chain_is_conserved),
        cmocka_unit_test(test_energy_does_not_drift),
        cmocka_unit_test(test_time_can_be_reversed),
        cmocka_unit_test(test_langevin_holds_the_temperature),
        cmocka_unit_test(test_the_chain_holds_the_temperature),
        cmocka_unit_test(test_velocities_are_those_of_the_temperature),
        cmocka_unit_test(test_initial_velocities),
        cmocka_unit_test(test_constraints_hold),
        cmocka_unit_test(test_translations_change_nothing),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

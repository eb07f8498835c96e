/* Gradients, forces and virial of every kind of descriptor against central differences. */
#include "specimens.h"

static const double step = 1e-4; /* Å; differences of fourth order */

/* dvalues/dx by (8 (f(h) - f(-h)) - (f(2h) - f(-2h))) / 12 h, where *x is moved. */
static void differentiate(const adatom_descriptor *descriptor, const adatom_structure *structure,
                          double *x, double *slopes)
{
    const size_t count = structure->atom_count * adatom_descriptor_count_max(descriptor);
    const double weights[4] = {8, -8, -1, 1}, moves[4] = {1, -1, 2, -2};
    const double at = *x;
    memset(slopes, 0, count * sizeof *slopes);
    for (int k = 0; k < 4; k++) {
        *x = at + moves[k] * step;
        double *values = describe(descriptor, structure);
        for (size_t v = 0; v < count; v++) {
            slopes[v] += weights[k] * values[v] / (12 * step);
        }
        free(values);
    }
    *x = at;
}

static void check_jacobian(const char *spec, adatom_structure *structure)
{
    adatom_descriptor *descriptor = make_descriptor(spec);
    const size_t columns = adatom_descriptor_count_max(descriptor), atoms = structure->atom_count;
    adatom_descriptor_jacobian *jacobian;
    double *values = calloc(atoms * columns, sizeof *values);
    double *expected = calloc(atoms * columns, sizeof *expected);
    assert_int_equal(adatom_descriptor_jacobian_create(descriptor, structure, 2, values, &jacobian),
                     ADATOM_OK);
    const double scale =
        fmax(1, magnitude(jacobian->blocks[0], 3 * columns * jacobian->block_count));
    for (size_t a = 0; a < atoms; a++) {
        for (int x = 0; x < 3; x++) {
            differentiate(descriptor, structure, &structure->positions[a][x], expected);
            for (size_t b = 0; b < jacobian->block_count; b++) {
                if (jacobian->neighbor[b] == (int)a) {
                    for (size_t v = 0; v < columns; v++) {
                        expected[(size_t)jacobian->center[b] * columns + v] -=
                            jacobian->blocks[b * columns + v][x];
                    }
                }
            }
            for (size_t v = 0; v < atoms * columns; v++) {
                if (fabs(expected[v]) > 1e-7 * scale) {
                    fail_msg("%s: atom %zu, axis %d, value %zu of atom %zu: off by %g of %g", spec,
                             a, x, v % columns, v / columns, expected[v], scale);
                }
            }
        }
    }
    free(values);
    free(expected);
    adatom_descriptor_jacobian_free(jacobian);
    adatom_descriptor_free(descriptor);
}

static void blocks_are_derivatives(void **state)
{
    (void)state;
    for (int s = 0; s < SPEC_COUNT; s++) {
        adatom_structure *cluster = random_structure(9, 5, false, 1);
        adatom_structure *small_cell = random_structure(2, 2.6, true, 2); /* own images inside */
        check_jacobian(all_specs[s], cluster);
        check_jacobian(all_specs[s], small_cell);
        adatom_structure_free(cluster);
        adatom_structure_free(small_cell);
    }
}

/* An "energy" that is not linear in the values, so that slopes matter: sum of sin(values). */
static double energy_of(const adatom_descriptor *descriptor, const adatom_structure *structure)
{
    double *values = describe(descriptor, structure), energy = 0;
    const size_t columns = adatom_descriptor_count_max(descriptor);
    for (size_t i = 0; i < structure->atom_count; i++) {
        for (size_t v = 0; v < columns; v++) {
            energy += sin(values[i * columns + v] * 0.3 + (double)v);
        }
    }
    free(values);
    return energy;
}

static double *slopes_of(const adatom_descriptor *descriptor, const adatom_structure *structure)
{
    double *slopes = describe(descriptor, structure);
    const size_t columns = adatom_descriptor_count_max(descriptor);
    for (size_t i = 0; i < structure->atom_count * columns; i++) {
        slopes[i] = 0.3 * cos(slopes[i] * 0.3 + (double)(i % columns));
    }
    return slopes;
}

/* Positions and cell times 1 + strain e_x e_y, symmetric. */
static void strain(adatom_structure *structure, int x, int y, double amount)
{
    double(*rows[2])[3] = {structure->positions, structure->cell};
    const size_t counts[2] = {structure->atom_count, 3};
    for (int part = 0; part < 2; part++) {
        for (size_t i = 0; i < counts[part]; i++) {
            const double before[3] = {rows[part][i][0], rows[part][i][1], rows[part][i][2]};
            rows[part][i][y] += 0.5 * amount * before[x];
            rows[part][i][x] += 0.5 * amount * before[y];
        }
    }
}

static double strained_energy(const adatom_descriptor *descriptor,
                              const adatom_structure *structure, int x, int y, double amount)
{
    adatom_structure *strained;
    assert_int_equal(adatom_structure_copy(structure, &strained), ADATOM_OK);
    strain(strained, x, y, amount);
    const double energy = energy_of(descriptor, strained);
    adatom_structure_free(strained);
    return energy;
}

static void check_forces(const char *spec, adatom_structure *structure)
{
    adatom_descriptor *descriptor = make_descriptor(spec);
    double(*forces)[3] = calloc(structure->atom_count, sizeof *forces), virial[3][3];
    double *slopes = slopes_of(descriptor, structure);
    assert_int_equal(adatom_descriptor_forces(descriptor, structure, slopes, 2, forces, virial),
                     ADATOM_OK);
    const double scale = fmax(1, magnitude(forces[0], 3 * structure->atom_count));
    for (size_t i = 0; i < structure->atom_count; i++) {
        for (int x = 0; x < 3; x++) {
            const double at = structure->positions[i][x];
            double slope = 0;
            for (int k = -2; k <= 2; k++) {
                const double weights[5] = {1, -8, 0, 8, -1};
                structure->positions[i][x] = at + k * step;
                slope += weights[k + 2] * energy_of(descriptor, structure) / (12 * step);
            }
            structure->positions[i][x] = at;
            assert_close(forces[i][x], -slope, 2e-7 * scale);
        }
    }
    for (int x = 0; x < 3; x++) {
        for (int y = x; y < 3; y++) {
            double slope = 0;
            for (int k = -2; k <= 2; k++) {
                const double weights[5] = {1, -8, 0, 8, -1};
                slope += weights[k + 2] * strained_energy(descriptor, structure, x, y, k * step) /
                         (12 * step);
            }
            assert_close(virial[x][y], -slope, 2e-6 * scale);
            assert_close(virial[x][y], virial[y][x], 1e-12 * scale);
        }
    }
    free(forces);
    free(slopes);
    adatom_descriptor_free(descriptor);
}

static void contracted_forces_and_virial_are_derivatives(void **state)
{
    (void)state;
    for (int s = 0; s < SPEC_COUNT; s++) {
        adatom_structure *crystal = random_structure(4, 4, true, 3);
        check_forces(all_specs[s], crystal);
        adatom_structure_free(crystal);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(blocks_are_derivatives),
        cmocka_unit_test(contracted_forces_and_virial_are_derivatives),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

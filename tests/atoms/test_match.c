/* Distances of structures: none after a turn, a reflection, a move and an exchange of equal atoms;
 * the least of all assignments; known displacements. */
#include "atoms/match.h"
#include "assert_near.h"
#include "base/random.h"

#include <string.h>

enum { ATOMS = 9 };

static adatom_structure *random_structure(adatom_random *random, bool periodic)
{
    adatom_structure *s;
    assert_int_equal(adatom_structure_create(ATOMS, &s), ADATOM_OK);
    for (size_t i = 0; i < ATOMS; i++) {
        s->atomic_numbers[i] = i < 3 ? 8 : 22;
        for (int x = 0; x < 3; x++) {
            s->positions[i][x] = 6 * adatom_random_uniform(random);
        }
    }
    for (int i = 0; i < 3; i++) {
        s->cell[i][i] = i < 2 ? 6 : 7;
        s->periodic[i] = periodic;
    }
    return s;
}

/* x -> y, y -> -x, z -> -z: an improper rotation that also maps the tetragonal cell onto itself;
 * then moved, in another order of the atoms of each element. */
static adatom_structure *disguised(const adatom_structure *s)
{
    adatom_structure *other;
    assert_int_equal(adatom_structure_copy(s, &other), ADATOM_OK);
    for (size_t i = 0; i < ATOMS; i++) {
        const size_t to = i < 3 ? 2 - i : 3 + (i + 2) % 6;
        other->positions[to][0] = s->positions[i][1] + 1.3;
        other->positions[to][1] = -s->positions[i][0] - 0.4;
        other->positions[to][2] = -s->positions[i][2] + 2.2;
    }
    return other;
}

static void check_disguise(bool periodic)
{
    adatom_random random;
    adatom_random_seed(&random, 4, periodic);
    adatom_structure *first = random_structure(&random, periodic), *second = disguised(first);
    double distance;
    assert_int_equal(adatom_structure_distance(first, second, &distance), ADATOM_OK);
    assert_near(distance, 0, 1e-6);
    /* One atom moved by a little: nearly all of it is left. */
    second->positions[4][0] += 0.09;
    assert_int_equal(adatom_structure_distance(first, second, &distance), ADATOM_OK);
    const double least = 0.09 * sqrt(1.0 / ATOMS) * sqrt(1 - 1.0 / ATOMS);
    assert_true(distance <= least + 1e-9);
    assert_true(distance > 0.5 * least);
    adatom_structure_free(first);
    adatom_structure_free(second);
}

static void test_a_disguised_structure_is_known_again(void **state)
{
    (void)state;
    check_disguise(false);
    check_disguise(true);
}

/* A compact cluster, turned at random, mirrored and in another order: a wrong superposition of such
 * a one is easily taken for the best. */
static void check_turned_cluster(adatom_random *random)
{
    adatom_structure *first = random_structure(random, false), *second;
    assert_int_equal(adatom_structure_copy(first, &second), ADATOM_OK);
    double rotation[3][3], points[2][3], targets[2][3], distance;
    for (int k = 0; k < 6; k++) {
        points[k / 3][k % 3] = adatom_random_normal(random);
        targets[k / 3][k % 3] = adatom_random_normal(random);
    }
    adatom_superimpose(2, (const double(*)[3])points, (const double(*)[3])targets, rotation);
    for (size_t i = 0; i < ATOMS; i++) {
        const size_t to = i < 3 ? 2 - i : 3 + (i + 2) % 6;
        for (int x = 0; x < 3; x++) {
            first->positions[i][x] *= 0.6;
        }
        for (int x = 0; x < 3; x++) {
            second->positions[to][x] = 2 - rotation[x][0] * first->positions[i][0] -
                                       rotation[x][1] * first->positions[i][1] -
                                       rotation[x][2] * first->positions[i][2];
        }
    }
    assert_int_equal(adatom_structure_distance(first, second, &distance), ADATOM_OK);
    assert_near(distance, 0, 1e-6);
    adatom_structure_free(first);
    adatom_structure_free(second);
}

static void test_no_superposition_is_missed(void **state)
{
    (void)state;
    adatom_random random;
    adatom_random_seed(&random, 8, 0);
    for (int i = 0; i < 100; i++) {
        check_turned_cluster(&random);
    }
}

/* Strained by 2 % along one lattice vector, in another basis of the lattice and turned: the atoms
 * are where they were, by fractions, and the strain is known. */
static void test_lattices_are_compared_whatever_their_basis(void **state)
{
    (void)state;
    adatom_random random;
    adatom_random_seed(&random, 4, 9);
    adatom_structure *first = random_structure(&random, true), *second = disguised(first);
    double distance, strain;
    for (int x = 0; x < 3; x++) {
        second->cell[1][x] += second->cell[0][x]; /* a sheared basis */
    }
    for (size_t i = 0; i < ATOMS + 3; i++) { /* atoms and lattice vectors: z by 2 %, then x <-> y */
        double *v = i < ATOMS ? second->positions[i] : second->cell[i - ATOMS];
        const double x = v[0];
        v[0] = v[1];
        v[1] = x;
        v[2] *= 1.02;
    }
    assert_int_equal(adatom_structure_compare(second, first, 0.1, &distance, &strain), ADATOM_OK);
    assert_near(distance, 0, 1e-6);
    assert_near(strain, 0.5 * (1.02 * 1.02 - 1), 1e-9);
    assert_int_equal(adatom_structure_compare(second, first, 1e-4, &distance, &strain), ADATOM_OK);
    assert_true(isinf(distance) && isinf(strain));
    assert_int_equal(adatom_structure_distance(second, first, &distance), ADATOM_OK);
    assert_true(isinf(distance));
    adatom_structure_free(first);
    adatom_structure_free(second);
}

/* A face-centred cubic lattice of four atoms, and the same in a cell twice as high as wide. */
static void test_a_crystal_has_many_cells(void **state)
{
    (void)state;
    static const double cube[4][3] = {{0, 0, 0}, {0, 2, 2}, {2, 0, 2}, {2, 2, 0}};
    adatom_structure *first, *second;
    double distance, strain;
    assert_int_equal(adatom_structure_create(4, &first), ADATOM_OK);
    for (size_t i = 0; i < 4; i++) {
        first->atomic_numbers[i] = 29;
        memcpy(first->positions[i], cube[i], sizeof cube[i]);
    }
    for (int i = 0; i < 3; i++) {
        first->cell[i][i] = 4;
        first->periodic[i] = true;
    }
    assert_int_equal(adatom_structure_copy(first, &second), ADATOM_OK);
    const double lattice[3][3] = {{2, 2, 0}, {2, -2, 0}, {0, 0, 8}};
    memcpy(second->cell, lattice, sizeof lattice);
    for (size_t i = 0; i < 4; i++) {
        second->positions[i][0] = i % 2 == 0 ? 0.5 : 2.5;
        second->positions[i][1] = 0;
        second->positions[i][2] = 2 * (double)i;
    }
    assert_int_equal(adatom_structure_compare(first, second, 0.1, &distance, &strain), ADATOM_OK);
    assert_near(distance, 0, 1e-6);
    assert_near(strain, 0, 1e-9);
    adatom_structure_free(first);
    adatom_structure_free(second);
}

static void test_other_formulas_are_infinitely_far(void **state)
{
    (void)state;
    adatom_random random;
    adatom_random_seed(&random, 4, 7);
    adatom_structure *first = random_structure(&random, false), *second = disguised(first);
    second->atomic_numbers[0] = 22;
    double distance;
    assert_int_equal(adatom_structure_distance(first, second, &distance), ADATOM_OK);
    assert_true(isinf(distance));
    adatom_structure_free(first);
    adatom_structure_free(second);
}

/* The least cost over all permutations of the columns from `row` on. */
static double least_cost(size_t count, const double *costs, size_t row, size_t *columns)
{
    double least = row == count ? 0 : INFINITY;
    for (size_t i = row; i < count; i++) {
        const size_t kept = columns[row];
        columns[row] = columns[i];
        columns[i] = kept;
        least = fmin(least, costs[row * count + columns[row]] +
                                least_cost(count, costs, row + 1, columns));
        columns[i] = columns[row];
        columns[row] = kept;
    }
    return least;
}

static void test_assignments_are_the_cheapest(void **state)
{
    (void)state;
    adatom_random random;
    adatom_random_seed(&random, 11, 0);
    for (size_t count = 1; count <= 6; count++) {
        double costs[36], sum = 0;
        size_t columns[6], all[6];
        for (size_t i = 0; i < count * count; i++) {
            costs[i] = adatom_random_normal(&random);
        }
        for (size_t i = 0; i < count; i++) {
            all[i] = i;
        }
        assert_int_equal(adatom_assign(count, costs, columns), ADATOM_OK);
        for (size_t i = 0; i < count; i++) {
            sum += costs[i * count + columns[i]];
        }
        assert_near(sum, least_cost(count, costs, 0, all), 1e-12);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_a_disguised_structure_is_known_again),
        cmocka_unit_test(test_no_superposition_is_missed),
        cmocka_unit_test(test_lattices_are_compared_whatever_their_basis),
        cmocka_unit_test(test_a_crystal_has_many_cells),
        cmocka_unit_test(test_other_formulas_are_infinitely_far),
        cmocka_unit_test(test_assignments_are_the_cheapest),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

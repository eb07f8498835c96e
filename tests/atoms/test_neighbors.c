/* The neighbour list against a plain loop over all images, in cells of all kinds. */
#include "atoms/neighbors.h"
#include "crystals.h"

#include "adatom/status.h"

#include <stdlib.h>

static const bool everywhere[3] = {true, true, true};

/* Vector from atom i to the image of atom j, Å. */
static double image_vector(const adatom_structure *structure, size_t i, size_t j,
                           const int shift[3], double vector[3])
{
    double squared = 0;
    for (int x = 0; x < 3; x++) {
        vector[x] = structure->positions[j][x] - structure->positions[i][x];
        for (int k = 0; k < 3; k++) {
            vector[x] += shift[k] * structure->cell[k][x];
        }
        squared += vector[x] * vector[x];
    }
    return sqrt(squared);
}

/* Pairs nearer than the cutoff among the images up to `range` cells away: their number and the sums
 * of their distances and of their shifts weighted by the atoms. */
typedef struct pair_sums {
    size_t count;
    double distances, shifts;
} pair_sums;

static void add_pair(pair_sums *sums, size_t i, size_t j, const int shift[3], double distance)
{
    sums->count++;
    sums->distances += distance * (double)(i + 1) * sqrt((double)j + 2);
    sums->shifts += (shift[0] + 10.0 * shift[1] + 100.0 * shift[2]) * (double)(3 * i + j);
}

static pair_sums plain_pairs(const adatom_structure *structure, double cutoff_radius, int range)
{
    pair_sums sums = {0, 0, 0};
    int reach[3];
    for (int k = 0; k < 3; k++) {
        reach[k] = structure->periodic[k] ? range : 0;
    }
    for (size_t i = 0; i < structure->atom_count; i++) {
        for (size_t j = 0; j < structure->atom_count; j++) {
            int s[3];
            for (s[0] = -reach[0]; s[0] <= reach[0]; s[0]++) {
                for (s[1] = -reach[1]; s[1] <= reach[1]; s[1]++) {
                    for (s[2] = -reach[2]; s[2] <= reach[2]; s[2]++) {
                        double vector[3];
                        const double distance = image_vector(structure, i, j, s, vector);
                        const bool self = i == j && s[0] == 0 && s[1] == 0 && s[2] == 0;
                        if (!self && distance < cutoff_radius) {
                            add_pair(&sums, i, j, s, distance);
                        }
                    }
                }
            }
        }
    }
    return sums;
}

static pair_sums listed_pairs(const adatom_structure *structure, double cutoff_radius)
{
    adatom_neighbor_list *list;
    assert_int_equal(adatom_neighbor_list_create(structure, cutoff_radius, &list), ADATOM_OK);
    pair_sums sums = {0, 0, 0};
    for (size_t i = 0; i < list->atom_count; i++) {
        for (size_t n = list->first[i]; n < list->first[i + 1]; n++) {
            const adatom_neighbor *neighbor = &list->neighbors[n];
            double vector[3];
            const double distance =
                image_vector(structure, i, neighbor->index, neighbor->shift, vector);
            assert_near(neighbor->distance, distance, 1e-11);
            for (int x = 0; x < 3; x++) {
                assert_near(neighbor->vector[x], vector[x], 1e-11);
            }
            add_pair(&sums, i, neighbor->index, neighbor->shift, distance);
        }
    }
    assert_int_equal(list->first[list->atom_count], sums.count);
    adatom_neighbor_list_free(list);
    return sums;
}

static void expect_plain_pairs(const adatom_structure *structure, double cutoff_radius, int range)
{
    const pair_sums plain = plain_pairs(structure, cutoff_radius, range);
    const pair_sums listed = listed_pairs(structure, cutoff_radius);
    assert_int_equal(listed.count, plain.count);
    assert_near(listed.distances, plain.distances, 1e-9 * (1 + plain.distances));
    assert_near(listed.shifts, plain.shifts, 0);
}

static void test_any_periodicity_in_a_skewed_cell(void **state)
{
    (void)state;
    const double cell[3][3] = {{4, 0.5, -1}, {2.6, 3.5, 0.4}, {-1.9, 1.2, 5}};
    for (int directions = 0; directions < 8; directions++) {
        const bool periodic[3] = {(directions & 1) != 0, (directions & 2) != 0,
                                  (directions & 4) != 0};
        adatom_structure *structure = make_random(12, cell, periodic, (uint64_t)directions);
        expect_plain_pairs(structure, 1.3, 8);
        expect_plain_pairs(structure, 4.1, 8);
        adatom_structure_free(structure);
    }
}

static void test_cells_smaller_than_the_cutoff(void **state)
{
    (void)state;
    const double tiny[3][3] = {{0.9, 0, 0}, {0.3, 1.1, 0}, {-0.4, 0.2, 1.3}};
    adatom_structure *structure = make_random(2, tiny, everywhere, 5);
    expect_plain_pairs(structure, 3.5, 12);
    adatom_structure_free(structure);
    const double one[3][3] = {{1, 0, 0}, {0, 1, 0}, {0, 0, 1}};
    structure = make_random(1, one, everywhere, 6);
    /* Points of the cubic lattice within a sphere of radius 2.05: 6 + 12 + 8 + 6. */
    assert_int_equal(listed_pairs(structure, 2.05).count, 32);
    adatom_structure_free(structure);
}

static void test_many_atoms_in_a_large_cell(void **state)
{
    (void)state;
    const double cell[3][3] = {{15, 0, 0}, {6, 12, 0}, {-5, 3, 14}};
    adatom_structure *structure = make_random(300, cell, everywhere, 7);
    expect_plain_pairs(structure, 2.2, 4);
    adatom_structure_free(structure);
    structure = make_random(300, cell, (bool[3]){false, true, false}, 8);
    expect_plain_pairs(structure, 2.2, 4);
    adatom_structure_free(structure);
}

static void test_missing_lattice_vectors(void **state)
{
    (void)state;
    const double cell[3][3] = {{6, 1, 0}, {1, 5, 2}, {0, 3, 7}};
    adatom_structure *structure = make_random(20, cell, (bool[3]){false, false, false}, 9);
    memset(structure->cell, 0, sizeof structure->cell);
    expect_plain_pairs(structure, 3, 0);
    structure->periodic[1] = true;
    structure->cell[1][1] = 2.5;
    expect_plain_pairs(structure, 3, 10);
    adatom_structure_free(structure);
}

static void test_translation_changes_nothing(void **state)
{
    (void)state;
    const double cell[3][3] = {{4, 0.5, -1}, {2.6, 3.5, 0.4}, {-1.9, 1.2, 5}};
    adatom_structure *structure = make_random(10, cell, everywhere, 10);
    const pair_sums before = listed_pairs(structure, 3);
    for (size_t i = 0; i < structure->atom_count; i++) {
        structure->positions[i][0] += 1.234;
        structure->positions[i][1] -= 77.7;
        structure->positions[i][2] += 3.21;
    }
    const pair_sums after = listed_pairs(structure, 3);
    assert_int_equal(after.count, before.count);
    assert_near(after.distances, before.distances, 1e-9 * before.distances);
    assert_near(after.shifts, before.shifts, 0);
    adatom_structure_free(structure);
}

static void expect_refusal(const adatom_structure *structure, double cutoff, const char *line)
{
    adatom_neighbor_list *list = NULL;
    assert_int_equal(adatom_neighbor_list_create(structure, cutoff, &list), ADATOM_INVALID_INPUT);
    assert_string_equal(adatom_error_message(), line);
    assert_null(list);
}

static void test_bad_input_is_refused(void **state)
{
    (void)state;
    const double cell[3][3] = {{4, 0, 0}, {0, 4, 0}, {0, 0, 4}};
    adatom_structure *structure = make_random(3, cell, everywhere, 11);
    expect_refusal(structure, 0, "a cutoff radius of 0 Å is not above 0");
    expect_refusal(structure, NAN, "a cutoff radius of nan Å is not above 0");
    structure->positions[1][2] = NAN;
    expect_refusal(structure, 3, "atom 2 is not at a finite position");
    structure->positions[1][2] = 1e300;
    expect_refusal(structure, 3, "atom 2 is not at a finite position");
    structure->positions[1][2] = 0;
    structure->cell[2][2] = 1e-6;
    expect_refusal(structure, 3, "the cell is 1e-06 Å thin, far below the cutoff radius of 3 Å");
    structure->cell[2][2] = 0;
    expect_refusal(structure, 3,
                   "singular cell: lattice vector 3 is periodic, but zero or dependent on the "
                   "others");
    adatom_structure_free(structure);
}

static void test_far_atoms_without_periodicity(void **state)
{
    (void)state;
    adatom_structure *structure;
    assert_int_equal(adatom_structure_create(3, &structure), ADATOM_OK);
    structure->positions[1][0] = 1e200;
    structure->positions[2][0] = 0.5;
    assert_int_equal(listed_pairs(structure, 1).count, 2);
    adatom_structure_free(structure);
    assert_int_equal(adatom_structure_create(0, &structure), ADATOM_OK);
    assert_int_equal(listed_pairs(structure, 1).count, 0);
    adatom_structure_free(structure);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_any_periodicity_in_a_skewed_cell),
        cmocka_unit_test(test_cells_smaller_than_the_cutoff),
        cmocka_unit_test(test_many_atoms_in_a_large_cell),
        cmocka_unit_test(test_missing_lattice_vectors),
        cmocka_unit_test(test_translation_changes_nothing),
        cmocka_unit_test(test_bad_input_is_refused),
        cmocka_unit_test(test_far_atoms_without_periodicity),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

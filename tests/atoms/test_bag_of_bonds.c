/* Bags of bonds: by hand, the same for structures that are the same, and far for others. */
#include "adatom/bonds.h"
#include "crystals.h"

static adatom_bag_of_bonds *bag_of(const adatom_structure *structure)
{
    adatom_bag_of_bonds *bag;
    assert_int_equal(adatom_bag_of_bonds_create(structure, &bag), ADATOM_OK);
    return bag;
}

static double distance_of(const adatom_structure *a, const adatom_structure *b)
{
    adatom_bag_of_bonds *bag_a = bag_of(a), *bag_b = bag_of(b);
    const double distance = adatom_bag_of_bonds_distance(bag_a, bag_b);
    assert_near(distance, adatom_bag_of_bonds_distance(bag_b, bag_a), 1e-14);
    adatom_bag_of_bonds_free(bag_a);
    adatom_bag_of_bonds_free(bag_b);
    return distance;
}

/* O in the middle of two H that are 1 and 2 Å away on a line. */
static adatom_structure *make_line(void)
{
    adatom_structure *line;
    assert_int_equal(adatom_structure_create(3, &line), ADATOM_OK);
    line->atomic_numbers[0] = 8;
    line->atomic_numbers[1] = line->atomic_numbers[2] = 1;
    line->positions[1][0] = -2;
    line->positions[2][0] = 1;
    return line;
}

static void test_pairs_by_hand(void **state)
{
    (void)state;
    adatom_structure *line = make_line();
    adatom_bag_of_bonds *bag = bag_of(line);
    assert_int_equal(bag->count, 3);
    const int elements[3] = {1001, 1008, 1008};
    const double values[3] = {1.0 / 3, 8, 4};
    for (int i = 0; i < 3; i++) {
        assert_int_equal(bag->elements[i], elements[i]);
        assert_near(bag->values[i], values[i], 1e-14);
    }
    adatom_bag_of_bonds_free(bag);
    adatom_structure_free(line);
}

/* A pair that the other structure lacks counts as infinitely far. */
static void test_missing_pairs_count_as_zero(void **state)
{
    (void)state;
    adatom_structure *line = make_line(), *shorter = make_line();
    shorter->atom_count = 2;
    assert_near(distance_of(line, shorter), sqrt(16 + 16 + 1.0 / 9), 1e-13);
    shorter->atom_count = 1;
    assert_near(distance_of(line, shorter), sqrt(64 + 16 + 1.0 / 9), 1e-13);
    shorter->atom_count = 3;
    adatom_structure_free(line);
    adatom_structure_free(shorter);
}

static void test_renumbered_turned_and_moved_is_the_same(void **state)
{
    (void)state;
    adatom_structure *line = make_line(), *other = make_line();
    for (int i = 0; i < 3; i++) { /* last atom first, along the diagonal, mirrored, elsewhere */
        other->atomic_numbers[2 - i] = line->atomic_numbers[i];
        for (int k = 0; k < 3; k++) {
            other->positions[2 - i][k] = 5 * k - line->positions[i][0] / sqrt(3);
        }
    }
    assert_near(distance_of(line, other), 0, 1e-13);
    other->positions[0][0] += 0.1;
    assert_true(distance_of(line, other) > 0.01);
    adatom_structure_free(line);
    adatom_structure_free(other);
}

/* The shortest distance of two atoms, by trying many copies. */
static double shortest(const adatom_structure *structure, size_t i, size_t j)
{
    double found = INFINITY;
    for (int code = 0; code < 81 * 81; code++) {
        double square = 0;
        for (int k = 0; k < 3; k++) {
            const double step = structure->positions[j][k] - structure->positions[i][k] +
                                (code % 81 - 40) * structure->cell[0][k] +
                                (code / 81 - 40) * structure->cell[1][k];
            square += step * step;
        }
        found = fmin(found, sqrt(square));
    }
    return found;
}

static void test_shortest_copies_in_a_very_oblique_cell(void **state)
{
    (void)state;
    adatom_random random;
    adatom_random_seed(&random, 7, 0);
    adatom_structure *sheet;
    assert_int_equal(adatom_structure_create(5, &sheet), ADATOM_OK);
    const double cell[3][3] = {{5, 0, 0}, {13.2, 1.9, 0}, {0, 0, 0}};
    memcpy(sheet->cell, cell, sizeof cell);
    sheet->periodic[0] = sheet->periodic[1] = true;
    double expected = 0, found = 0;
    for (size_t i = 0; i < 5; i++) {
        sheet->atomic_numbers[i] = i < 2 ? 5 : 7;
        for (int k = 0; k < 2; k++) {
            sheet->positions[i][k] = 20 * adatom_random_uniform(&random);
        }
        for (size_t j = 0; j < i; j++) {
            expected += sheet->atomic_numbers[i] * sheet->atomic_numbers[j] / shortest(sheet, i, j);
        }
    }
    adatom_bag_of_bonds *bag = bag_of(sheet);
    for (size_t i = 0; i < bag->count; i++) {
        found += bag->values[i];
    }
    assert_near(found, expected, 1e-10 * expected);
    adatom_bag_of_bonds_free(bag);
    adatom_structure_free(sheet);
}

/* The crystal is the same wherever its cell begins; one atom out of its place is far from it. */
static void test_a_sheet_is_the_same_moved_by_any_vector(void **state)
{
    (void)state;
    adatom_structure *sheet = make_graphene(4.27, 7.40 / 3, 2, 3);
    adatom_structure *moved = make_graphene(4.27, 7.40 / 3, 2, 3);
    for (size_t i = 0; i < moved->atom_count; i++) {
        moved->positions[i][0] += 3.21 - (i % 2 == 0 ? moved->cell[0][0] : 0);
        moved->positions[i][1] += 1.23;
    }
    assert_near(distance_of(sheet, moved), 0, 1e-10);
    moved->positions[3][0] += 0.4;
    assert_true(distance_of(sheet, moved) > 5);
    adatom_structure_free(sheet);
    adatom_structure_free(moved);
}

static void test_bad_input_is_refused(void **state)
{
    (void)state;
    adatom_structure *line = make_line();
    adatom_bag_of_bonds *bag = NULL;
    line->positions[1][0] = 1;
    assert_int_equal(adatom_bag_of_bonds_create(line, &bag), ADATOM_INVALID_INPUT);
    assert_string_equal(adatom_error_message(), "atoms 2 and 3 are in the same place");
    line->periodic[0] = true; /* and no lattice vector */
    assert_int_equal(adatom_bag_of_bonds_create(line, &bag), ADATOM_INVALID_INPUT);
    assert_null(bag);
    adatom_bag_of_bonds_free(NULL);
    adatom_structure_free(line);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_pairs_by_hand),
        cmocka_unit_test(test_missing_pairs_count_as_zero),
        cmocka_unit_test(test_renumbered_turned_and_moved_is_the_same),
        cmocka_unit_test(test_shortest_copies_in_a_very_oblique_cell),
        cmocka_unit_test(test_a_sheet_is_the_same_moved_by_any_vector),
        cmocka_unit_test(test_bad_input_is_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

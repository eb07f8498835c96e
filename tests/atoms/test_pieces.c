/* What bonds hold together, and its formula. */
#include "../nn/cmocka_all.h"

#include "atoms/pieces.h"

#include <stdlib.h>

/* Hydrogen far on the left, carbon dioxide, hydrogen on the right: atoms of a piece need not be
 * neighbours in the list. */
static adatom_structure *make_gas(void)
{
    const int numbers[] = {1, 6, 1, 8, 1, 8, 1};
    const double x[] = {-5, 0, -4.26, 1.16, 5, -1.16, 5.74};
    adatom_structure *gas;
    assert_int_equal(adatom_structure_create(7, &gas), ADATOM_OK);
    for (int i = 0; i < 7; i++) {
        gas->atomic_numbers[i] = numbers[i];
        gas->positions[i][0] = x[i];
    }
    return gas;
}

static void pieces_are_numbered_by_their_first_atoms(void **state)
{
    (void)state;
    const size_t expected[] = {0, 1, 0, 1, 2, 1, 2};
    size_t piece[7], count;
    adatom_structure *gas = make_gas();
    adatom_bond_graph *graph;
    assert_int_equal(adatom_bond_graph_create(gas, 0.2, &graph), ADATOM_OK);
    assert_int_equal(adatom_bond_graph_pieces(graph, piece, &count), ADATOM_OK);
    assert_int_equal(count, 3);
    for (int i = 0; i < 7; i++) {
        assert_int_equal(piece[i], expected[i]);
    }
    adatom_bond_graph_free(graph);
    adatom_structure_free(gas);
}

static void formula_counts_equal_pieces(void **state)
{
    (void)state;
    char text[64], small[8];
    adatom_structure *gas = make_gas();
    assert_int_equal(adatom_structure_pieces_formula(gas, text, sizeof text), ADATOM_OK);
    assert_string_equal(text, "CO2 + 2 H2");
    assert_int_equal(adatom_structure_pieces_formula(gas, small, sizeof small), ADATOM_OK);
    assert_string_equal(small, "CO2 + 2");
    adatom_structure_free(gas);
}

static void a_bond_through_the_border_holds(void **state)
{
    (void)state;
    char text[64];
    adatom_structure *pair;
    assert_int_equal(adatom_structure_create(2, &pair), ADATOM_OK);
    for (int k = 0; k < 3; k++) {
        pair->cell[k][k] = 10;
    }
    pair->atomic_numbers[0] = pair->atomic_numbers[1] = 7;
    pair->positions[0][0] = 0.3;
    pair->positions[1][0] = 9.2;
    assert_int_equal(adatom_structure_pieces_formula(pair, text, sizeof text), ADATOM_OK);
    assert_string_equal(text, "2 N");
    pair->periodic[0] = true;
    assert_int_equal(adatom_structure_pieces_formula(pair, text, sizeof text), ADATOM_OK);
    assert_string_equal(text, "N2");
    adatom_structure_free(pair);
}

static void nothing_has_no_pieces(void **state)
{
    (void)state;
    char text[8] = "?";
    adatom_structure *nothing;
    assert_int_equal(adatom_structure_create(0, &nothing), ADATOM_OK);
    assert_int_equal(adatom_structure_pieces_formula(nothing, text, sizeof text), ADATOM_OK);
    assert_string_equal(text, "");
    adatom_structure_free(nothing);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(pieces_are_numbered_by_their_first_atoms),
        cmocka_unit_test(formula_counts_equal_pieces),
        cmocka_unit_test(a_bond_through_the_border_holds),
        cmocka_unit_test(nothing_has_no_pieces),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

/* Bond graphs of known structures, and the rule that decides on a bond. */
#include "adatom/bonds.h"
#include "crystals.h"

#include "adatom/status.h"

static adatom_bond_graph *bonds_of(const adatom_structure *structure, double tolerance)
{
    adatom_bond_graph *graph;
    assert_int_equal(adatom_bond_graph_create(structure, tolerance, &graph), ADATOM_OK);
    assert_int_equal(graph->atom_count, structure->atom_count);
    size_t ends = 0;
    for (size_t i = 0; i < graph->atom_count; i++) {
        ends += (size_t)graph->coordination[i];
    }
    assert_int_equal(ends, 2 * graph->bond_count);
    return graph;
}

static void expect_coordination(adatom_structure *structure, int coordination)
{
    adatom_bond_graph *graph = bonds_of(structure, 0.2);
    for (size_t i = 0; i < graph->atom_count; i++) {
        assert_int_equal(graph->coordination[i], coordination);
    }
    adatom_bond_graph_free(graph);
    adatom_structure_free(structure);
}

static void test_coordination_of_crystals(void **state)
{
    (void)state;
    expect_coordination(make_graphene(4.27, 7.40 / 3, 2, 3), 3);
    expect_coordination(make_oblique_graphene(1, 1), 3);
    expect_coordination(make_diamond(14, 5.431, 1), 4);
    expect_coordination(make_fcc(78, 3.92, 1), 12);
}

/* A chain of one atom per cell: one bond, to its own image, and two ends of it. */
static void test_a_bond_to_the_own_image(void **state)
{
    (void)state;
    adatom_structure *chain;
    assert_int_equal(adatom_structure_create(1, &chain), ADATOM_OK);
    chain->atomic_numbers[0] = 6;
    chain->cell[2][2] = 1.3;
    chain->periodic[2] = true;
    adatom_bond_graph *graph = bonds_of(chain, 0.2);
    assert_int_equal(graph->bond_count, 1);
    assert_int_equal(graph->coordination[0], 2);
    assert_int_equal(graph->bonds[0].shift[2], 1);
    assert_near(graph->bonds[0].length, 1.3, 1e-12);
    adatom_bond_graph_free(graph);
    adatom_structure_free(chain);
}

static size_t bonds_of_pair(int first, int second, double distance, double tolerance)
{
    adatom_structure *pair;
    assert_int_equal(adatom_structure_create(2, &pair), ADATOM_OK);
    pair->atomic_numbers[0] = first;
    pair->atomic_numbers[1] = second;
    pair->positions[1][1] = distance;
    adatom_bond_graph *graph = bonds_of(pair, tolerance);
    const size_t count = graph->bond_count;
    adatom_bond_graph_free(graph);
    adatom_structure_free(pair);
    return count;
}

static void test_bonds_end_at_the_sum_of_radii_and_tolerance(void **state)
{
    (void)state;
    assert_int_equal(bonds_of_pair(6, 6, 0.76 + 0.76 + 0.2 - 1e-9, 0.2), 1);
    assert_int_equal(bonds_of_pair(6, 6, 0.76 + 0.76 + 0.2 + 1e-9, 0.2), 0);
    assert_int_equal(bonds_of_pair(6, 1, 0.76 + 0.31 - 1e-9, 0), 1);
    assert_int_equal(bonds_of_pair(6, 1, 0.76 + 0.31 + 1e-9, 0), 0);
    assert_int_equal(bonds_of_pair(6, 6, 0.1, -5), 0);
}

static void test_bad_input_is_refused(void **state)
{
    (void)state;
    adatom_structure *structure = make_oblique_graphene(1, 1);
    adatom_bond_graph *graph = NULL;
    assert_int_equal(adatom_bond_graph_create(structure, NAN, &graph), ADATOM_INVALID_INPUT);
    assert_string_equal(adatom_error_message(), "the tolerance of a bond is not finite");
    memset(structure->cell[0], 0, sizeof structure->cell[0]);
    assert_int_equal(adatom_bond_graph_create(structure, 0.2, &graph), ADATOM_INVALID_INPUT);
    assert_null(graph);
    adatom_structure_free(structure);
    adatom_bond_graph_free(NULL);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_coordination_of_crystals),
        cmocka_unit_test(test_a_bond_to_the_own_image),
        cmocka_unit_test(test_bonds_end_at_the_sum_of_radii_and_tolerance),
        cmocka_unit_test(test_bad_input_is_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

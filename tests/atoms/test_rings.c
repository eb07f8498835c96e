/* Rings of known networks. A path that only meets a periodic image of its start is no ring, so the
 * count per atom must not depend on the cell. */
#include "adatom/bonds.h"
#include "crystals.h"

/* expected[s] rings of s atoms and no others; frees the structure. */
static void expect_rings(adatom_structure *structure,
                         const size_t expected[ADATOM_RING_SIZE_MAX + 1])
{
    adatom_bond_graph *graph;
    size_t rings[ADATOM_RING_SIZE_MAX + 1];
    assert_int_equal(adatom_bond_graph_create(structure, 0.2, &graph), ADATOM_OK);
    assert_int_equal(adatom_bond_graph_rings(graph, rings), ADATOM_OK);
    for (int size = 0; size <= ADATOM_RING_SIZE_MAX; size++) {
        assert_int_equal(rings[size], expected[size]);
    }
    adatom_bond_graph_free(graph);
    adatom_structure_free(structure);
}

static void expect_hexagons(adatom_structure *structure, size_t count)
{
    size_t expected[ADATOM_RING_SIZE_MAX + 1] = {0};
    expected[6] = count;
    expect_rings(structure, expected);
}

static void test_graphene_is_hexagons_in_any_cell(void **state)
{
    (void)state;
    for (int x = 1; x <= 4; x++) {
        for (int y = 1; y <= 4; y++) {
            expect_hexagons(make_graphene(4.26, 2.46, x, y), (size_t)(2 * x * y));
            expect_hexagons(make_oblique_graphene(x, y), (size_t)(x * y));
        }
    }
    expect_hexagons(make_graphene(4.27, 7.40 / 3, 2, 3), 12);
}

static void test_shaken_and_shifted_graphene_is_still_hexagons(void **state)
{
    (void)state;
    adatom_structure *graphene = make_graphene(4.27, 7.40 / 3, 2, 3);
    shake(graphene, 0.08, 1);
    for (size_t i = 0; i < graphene->atom_count; i++) {
        graphene->positions[i][0] += 8.54 * (double)(i % 3);
        graphene->positions[i][1] -= 3.3;
    }
    expect_hexagons(graphene, 12);
}

/* Turning one bond of graphene by 90 degrees makes four hexagons into two pentagons and two
 * heptagons (Stone and Wales, Chem. Phys. Lett. 128, 501 (1986)). */
static void test_a_turned_bond(void **state)
{
    (void)state;
    adatom_structure *graphene = make_graphene(4.26, 2.46, 3, 5);
    double *a = graphene->positions[1], *b = graphene->positions[2]; /* bound along x */
    const double centre[2] = {(a[0] + b[0]) / 2, (a[1] + b[1]) / 2}, half = (b[0] - a[0]) / 2;
    assert_near(half, 0.71, 1e-9);
    a[0] = b[0] = centre[0];
    a[1] = centre[1] - half;
    b[1] = centre[1] + half;
    size_t expected[ADATOM_RING_SIZE_MAX + 1] = {0};
    expected[5] = expected[7] = 2;
    expected[6] = graphene->atom_count / 2 - 4;
    expect_rings(graphene, expected);
}

/* Each pair of bonds of an atom is on two hexagons: 12 of them at each atom, 2 per atom. */
static void test_diamond(void **state)
{
    (void)state;
    expect_hexagons(make_diamond(6, 3.567, 1), 16);
    expect_hexagons(make_diamond(6, 3.567, 2), 128);
    const double half = 3.567 / 2;
    const double cell[3][3] = {{0, half, half}, {half, 0, half}, {half, half, 0}};
    const double motif[2][3] = {{0, 0, 0}, {0.25, 0.25, 0.25}};
    expect_hexagons(make_crystal(cell, (bool[3]){true, true, true}, motif, 2, 6, (int[3]){1, 1, 1}),
                    4);
}

/* `size` atoms of an element in a circle, 1.4 Å from one to the next. */
static adatom_structure *make_circle(size_t size)
{
    adatom_structure *circle;
    assert_int_equal(adatom_structure_create(size, &circle), ADATOM_OK);
    const double angle = 2 * acos(-1) / (double)size, radius = 0.7 / sin(angle / 2);
    for (size_t i = 0; i < size; i++) {
        circle->atomic_numbers[i] = 6;
        circle->positions[i][0] = radius * cos(angle * (double)i);
        circle->positions[i][1] = radius * sin(angle * (double)i);
    }
    return circle;
}

static void test_one_ring_alone(void **state)
{
    (void)state;
    for (size_t size = 3; size <= ADATOM_RING_SIZE_MAX + 2; size++) {
        size_t expected[ADATOM_RING_SIZE_MAX + 1] = {0};
        if (size <= ADATOM_RING_SIZE_MAX) {
            expected[size] = 1;
        }
        expect_rings(make_circle(size), expected);
    }
}

static void test_benzene(void **state)
{
    (void)state;
    adatom_structure *benzene;
    assert_int_equal(adatom_structure_create(12, &benzene), ADATOM_OK);
    for (size_t i = 0; i < 12; i++) {
        const double angle = acos(-1) / 3 * (double)(i % 6), radius = i < 6 ? 1.395 : 2.48;
        benzene->atomic_numbers[i] = i < 6 ? 6 : 1;
        benzene->positions[i][1] = radius * cos(angle);
        benzene->positions[i][2] = radius * sin(angle);
    }
    expect_hexagons(benzene, 1);
}

/* A zigzag chain bites its own tail only through the periodic boundary. */
static void test_chains_have_no_rings(void **state)
{
    (void)state;
    for (size_t count = 1; count <= 6; count++) {
        adatom_structure *chain;
        assert_int_equal(adatom_structure_create(count, &chain), ADATOM_OK);
        for (size_t i = 0; i < count; i++) {
            chain->atomic_numbers[i] = 6;
            chain->positions[i][0] = 1.3 * (double)i;
        }
        chain->cell[0][0] = 1.3 * (double)count;
        chain->periodic[0] = true;
        const size_t none[ADATOM_RING_SIZE_MAX + 1] = {0};
        expect_rings(chain, none);
    }
}

/* The graph of a cube: six squares; the hexagons around its diagonals are not shortest. */
static void test_cubane(void **state)
{
    (void)state;
    adatom_structure *cube;
    assert_int_equal(adatom_structure_create(8, &cube), ADATOM_OK);
    for (int i = 0; i < 8; i++) {
        cube->atomic_numbers[i] = 6;
        for (int x = 0; x < 3; x++) {
            cube->positions[i][x] = 1.55 * (i >> x & 1);
        }
    }
    size_t expected[ADATOM_RING_SIZE_MAX + 1] = {0};
    expected[4] = 6;
    expect_rings(cube, expected);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_graphene_is_hexagons_in_any_cell),
        cmocka_unit_test(test_shaken_and_shifted_graphene_is_still_hexagons),
        cmocka_unit_test(test_a_turned_bond),
        cmocka_unit_test(test_diamond),
        cmocka_unit_test(test_one_ring_alone),
        cmocka_unit_test(test_benzene),
        cmocka_unit_test(test_chains_have_no_rings),
        cmocka_unit_test(test_cubane),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

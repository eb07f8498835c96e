/* The cloud of atoms and images against the neighbour list that knows the cell. */
#include "../atoms/crystals.h"
#include "atoms/neighbors.h"
#include "energy/cloud.h"

static const double cutoffs[2] = {2.1, 3.4};

static double distance_in(const adatom_cloud *cloud, int from, int to)
{
    double squared = 0;
    for (int x = 0; x < 3; x++) {
        const double step = cloud->coordinates[to][x] - cloud->coordinates[from][x];
        squared += step * step;
    }
    return sqrt(squared);
}

/* The neighbours of each atom: as many, of the same atoms, at the same distances. */
static void expect_same_neighbors(const adatom_cloud *cloud, int table,
                                  const adatom_neighbor_list *list)
{
    for (int i = 0; i < cloud->atom_count; i++) {
        double sum = 0, expected = 0;
        int count = 0;
        const int *neighbors = adatom_cloud_neighbors(cloud, table, i, &count);
        assert_int_equal(count, list->first[i + 1] - list->first[i]);
        for (int n = 0; n < count; n++) {
            sum += distance_in(cloud, i, neighbors[n]) * (cloud->owner[neighbors[n]] + 1);
        }
        for (size_t n = list->first[i]; n < list->first[i + 1]; n++) {
            expected += list->neighbors[n].distance * (double)(list->neighbors[n].index + 1);
        }
        assert_near(sum, expected, 1e-9 * (1 + expected));
    }
}

/* An image that is as near to an atom as the reach of the atom's neighbours has the neighbours that
 * its atom has. */
static void expect_neighbors_of_images(const adatom_cloud *cloud)
{
    int first_count = 0, count = 0, checked = 0;
    const int *first = adatom_cloud_neighbors(cloud, 0, 0, &first_count);
    for (int n = 0; n < first_count; n++) {
        int own_count = 0;
        adatom_cloud_neighbors(cloud, 0, cloud->owner[first[n]], &own_count);
        assert_non_null(adatom_cloud_neighbors(cloud, 0, first[n], &count));
        assert_int_equal(count, own_count);
        checked += first[n] >= cloud->atom_count;
    }
    assert_true(checked > 0);
}

static void expect_as_listed(adatom_cloud *cloud, const adatom_structure *structure)
{
    assert_int_equal(adatom_cloud_build(cloud, structure), ADATOM_OK);
    assert_int_equal(cloud->atom_count, structure->atom_count);
    for (int table = 0; table < 2; table++) {
        adatom_neighbor_list *list;
        assert_int_equal(adatom_neighbor_list_create(structure, cutoffs[table], &list), ADATOM_OK);
        expect_same_neighbors(cloud, table, list);
        adatom_neighbor_list_free(list);
    }
}

static void test_neighbors_are_those_of_the_cell(void **state)
{
    (void)state;
    const adatom_cloud_list lists[2] = {{cutoffs[0], true}, {cutoffs[1], false}};
    adatom_cloud *cloud;
    assert_int_equal(adatom_cloud_create(lists, 2, 2 * cutoffs[1], &cloud), ADATOM_OK);
    const double skewed[3][3] = {{4, 0.5, -1}, {2.6, 3.5, 0.4}, {-1.9, 1.2, 5}};
    const double tiny[3][3] = {{0.9, 0, 0}, {0.3, 1.1, 0}, {-0.4, 0.2, 1.3}};
    for (int directions = 0; directions < 8; directions++) {
        const bool periodic[3] = {(directions & 1) != 0, (directions & 2) != 0,
                                  (directions & 4) != 0};
        adatom_structure *structure = make_random(14, skewed, periodic, (uint64_t)directions);
        expect_as_listed(cloud, structure);
        adatom_structure_free(structure);
        structure = make_random(2, tiny, periodic, (uint64_t)directions);
        expect_as_listed(cloud, structure);
        adatom_structure_free(structure);
    }
    const double large[3][3] = {{16, 0, 0}, {6, 12, 0}, {-5, 3, 14}};
    adatom_structure *structure = make_random(200, large, (bool[3]){true, true, true}, 9);
    expect_as_listed(cloud, structure);
    expect_neighbors_of_images(cloud);
    adatom_structure_free(structure);
    adatom_cloud_free(cloud);
}

static void test_what_was_not_asked_for_is_not_there(void **state)
{
    (void)state;
    const adatom_cloud_list list = {2.1, false};
    adatom_cloud *cloud;
    int count = 0;
    assert_int_equal(adatom_cloud_create(&list, 1, 4, &cloud), ADATOM_OK);
    assert_null(adatom_cloud_neighbors(cloud, 0, 0, &count)); /* nothing is built yet */
    adatom_structure *structure = make_graphene(4.27, 7.40 / 3, 2, 3);
    assert_int_equal(adatom_cloud_build(cloud, structure), ADATOM_OK);
    assert_true(cloud->particle_count > 24);
    assert_non_null(adatom_cloud_neighbors(cloud, 0, 23, &count));
    assert_int_equal(count, 3);
    assert_null(adatom_cloud_neighbors(cloud, 0, 24, &count));
    assert_null(adatom_cloud_neighbors(cloud, 0, -1, &count));
    assert_null(adatom_cloud_neighbors(cloud, 1, 0, &count));
    assert_null(adatom_cloud_neighbors(cloud, -1, 0, &count));
    adatom_structure_free(structure);
    adatom_cloud_free(cloud);
    adatom_cloud_free(NULL);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_neighbors_are_those_of_the_cell),
        cmocka_unit_test(test_what_was_not_asked_for_is_not_there),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

/* Cells: volumes and heights of known cells, the inverse, completion of missing lattice vectors. */
#include "atoms/cell.h"
#include "crystals.h"

#include "adatom/status.h"

static const double skewed[3][3] = {{3, 0.2, -0.4}, {1.7, 4, 0.3}, {-2.5, 1.1, 5}};

static void test_volume_and_heights(void **state)
{
    (void)state;
    const double box[3][3] = {{2, 0, 0}, {0, 3, 0}, {0, 0, 5}};
    assert_near(adatom_cell_volume(box), 30, 1e-13);
    assert_near(adatom_cell_height(box, 1), 3, 1e-13);
    /* Shear keeps the volume and the height above the sheared plane. */
    const double sheared[3][3] = {{2, 0, 0}, {9, 3, 0}, {-7, 4, 5}};
    assert_near(adatom_cell_volume(sheared), 30, 1e-12);
    assert_near(adatom_cell_height(sheared, 2), 5, 1e-12);
    const double left_handed[3][3] = {{0, 3, 0}, {2, 0, 0}, {0, 0, 5}};
    assert_near(adatom_cell_volume(left_handed), 30, 1e-13);
    const double hexagonal[3][3] = {{2, 0, 0}, {1, sqrt(3), 0}, {0, 0, 4}};
    assert_near(adatom_cell_height(hexagonal, 0), sqrt(3), 1e-13);
}

static void test_inverse_gives_fractions(void **state)
{
    (void)state;
    const double fractions[3] = {0.3, -1.2, 2.5};
    double inverse[3][3];
    assert_int_equal(adatom_cell_invert(skewed, inverse), ADATOM_OK);
    for (int k = 0; k < 3; k++) {
        double fraction = 0;
        for (int i = 0; i < 3; i++) {
            double position = 0;
            for (int j = 0; j < 3; j++) {
                position += fractions[j] * skewed[j][i];
            }
            fraction += position * inverse[i][k];
        }
        assert_near(fraction, fractions[k], 1e-13);
    }
}

static void test_singular_cells_are_refused(void **state)
{
    (void)state;
    double result[3][3];
    const double flat[3][3] = {{1, 0, 0}, {0, 1, 0}, {1, 1, 0}};
    assert_int_equal(adatom_cell_invert(flat, result), ADATOM_INVALID_INPUT);
    assert_string_equal(adatom_error_message(), "singular cell: its lattice vectors are dependent");
    assert_int_equal(adatom_cell_complete(flat, (bool[3]){true, true, true}, result),
                     ADATOM_INVALID_INPUT);
    assert_string_equal(adatom_error_message(),
                        "singular cell: lattice vector 3 is periodic, but zero or dependent on "
                        "the others");
    const double none[3][3] = {{0}};
    assert_int_equal(adatom_cell_complete(none, (bool[3]){false, true, false}, result),
                     ADATOM_INVALID_INPUT);
    const double endless[3][3] = {{INFINITY, 0, 0}, {0, 1, 0}, {0, 0, 1}};
    assert_int_equal(adatom_cell_complete(endless, (bool[3]){false, false, false}, result),
                     ADATOM_INVALID_INPUT);
    assert_string_equal(adatom_error_message(), "a lattice vector is not finite");
}

/* What is there stays; what is missing becomes a unit vector perpendicular to the rest. */
static void test_completion(void **state)
{
    (void)state;
    double complete[3][3];
    for (int kept = 0; kept < 8; kept++) {
        double cell[3][3] = {{0}};
        bool periodic[3];
        for (int k = 0; k < 3; k++) {
            periodic[k] = (kept >> k & 1) != 0;
            memcpy(cell[k], skewed[k], periodic[k] ? sizeof cell[k] : 0);
        }
        assert_int_equal(adatom_cell_complete((const double(*)[3])cell, periodic, complete),
                         ADATOM_OK);
        assert_true(adatom_cell_volume((const double(*)[3])complete) > 1e-3);
        for (int k = 0; k < 3; k++) {
            if (periodic[k]) {
                assert_memory_equal(complete[k], cell[k], sizeof cell[k]);
            } else {
                assert_near(adatom_cell_height((const double(*)[3])complete, k), 1, 1e-12);
            }
        }
    }
}

static void test_a_dependent_vector_gives_way_to_a_periodic_one(void **state)
{
    (void)state;
    const double cell[3][3] = {{2, 0, 0}, {0, 3, 0}, {0, 6, 0}};
    double complete[3][3];
    assert_int_equal(adatom_cell_complete(cell, (bool[3]){true, false, true}, complete), ADATOM_OK);
    assert_near(complete[2][1], 6, 0);
    assert_near(fabs(complete[1][2]), 1, 1e-12);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_volume_and_heights),
        cmocka_unit_test(test_inverse_gives_fractions),
        cmocka_unit_test(test_singular_cells_are_refused),
        cmocka_unit_test(test_completion),
        cmocka_unit_test(test_a_dependent_vector_gives_way_to_a_periodic_one),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

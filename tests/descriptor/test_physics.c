/* What descriptors promise: they do not see motion, turning, exchange and units of the cell; they
 * are smooth where an atom comes into reach; and a few closed forms. */
#include "specimens.h"

/* Compares rows of values, those of atom i of the first with those of atom order[i]. */
static void compare(const char *spec, const adatom_structure *a, const adatom_structure *b,
                    const size_t *order, size_t copies)
{
    adatom_descriptor *descriptor = make_descriptor(spec);
    const size_t columns = adatom_descriptor_count_max(descriptor);
    double *values = describe(descriptor, a), *others = describe(descriptor, b);
    const double scale = fmax(1, magnitude(values, a->atom_count * columns));
    for (size_t i = 0; i < a->atom_count * copies; i++) {
        const size_t j = order != NULL ? order[i] : i;
        for (size_t v = 0; v < columns; v++) {
            assert_close(values[i % a->atom_count * columns + v], others[j * columns + v],
                         1e-11 * scale);
        }
    }
    free(values);
    free(others);
    adatom_descriptor_free(descriptor);
}

/* Turns by the quaternion and moves. */
static void turn_and_move(const double q[4], const double move[3], double vector[3])
{
    const double w = q[0], x = q[1], y = q[2], z = q[3];
    const double turn[3][3] = {{1 - 2 * (y * y + z * z), 2 * (x * y - z * w), 2 * (x * z + y * w)},
                               {2 * (x * y + z * w), 1 - 2 * (x * x + z * z), 2 * (y * z - x * w)},
                               {2 * (x * z - y * w), 2 * (y * z + x * w), 1 - 2 * (x * x + y * y)}};
    double result[3];
    for (int i = 0; i < 3; i++) {
        result[i] = move[i];
        for (int k = 0; k < 3; k++) {
            result[i] += turn[i][k] * vector[k];
        }
    }
    memcpy(vector, result, sizeof result);
}

static void motion_and_turning_change_nothing(void **state)
{
    (void)state;
    const double q[4] = {0.5, 0.1, -0.7, sqrt(1 - 0.25 - 0.01 - 0.49)};
    const double move[3] = {13.1, -2.7, 0.4}, none[3] = {0, 0, 0};
    for (int s = 0; s < SPEC_COUNT; s++) {
        adatom_structure *structure = random_structure(4, 4.2, true, 7), *turned;
        assert_int_equal(adatom_structure_copy(structure, &turned), ADATOM_OK);
        for (size_t i = 0; i < 4; i++) {
            turn_and_move(q, move, turned->positions[i]);
        }
        for (int k = 0; k < 3; k++) {
            turn_and_move(q, none, turned->cell[k]);
        }
        compare(all_specs[s], structure, turned, NULL, 1);
        adatom_structure_free(structure);
        adatom_structure_free(turned);
    }
}

static void the_order_of_atoms_changes_nothing(void **state)
{
    (void)state;
    const size_t order[5] = {3, 0, 4, 1, 2};
    for (int s = 0; s < SPEC_COUNT; s++) {
        adatom_structure *structure = random_structure(5, 4.5, true, 8), *other;
        assert_int_equal(adatom_structure_copy(structure, &other), ADATOM_OK);
        for (size_t i = 0; i < 5; i++) {
            memcpy(other->positions[order[i]], structure->positions[i], sizeof(double[3]));
            other->atomic_numbers[order[i]] = structure->atomic_numbers[i];
        }
        compare(all_specs[s], structure, other, order, 1);
        adatom_structure_free(structure);
        adatom_structure_free(other);
    }
}

/* One cell, smaller than the cutoff, and two of them side by side are the same crystal. */
static void a_doubled_cell_is_the_same_crystal(void **state)
{
    (void)state;
    for (int s = 0; s < SPEC_COUNT; s++) {
        adatom_structure *one = random_structure(2, 2.6, true, 9), *two;
        assert_int_equal(adatom_structure_create(4, &two), ADATOM_OK);
        memcpy(two->cell, one->cell, sizeof two->cell);
        memcpy(two->periodic, one->periodic, sizeof two->periodic);
        for (int x = 0; x < 3; x++) {
            two->cell[1][x] *= 2;
            for (size_t i = 0; i < 4; i++) {
                two->positions[i][x] = one->positions[i % 2][x] + (i > 1 ? one->cell[1][x] : 0);
                two->atomic_numbers[i] = one->atomic_numbers[i % 2];
            }
        }
        compare(all_specs[s], one, two, NULL, 2);
        adatom_structure_free(one);
        adatom_structure_free(two);
    }
}

/* ---- at the cutoff */

/* Values of an atom with a fixed neighbour and one at distance r; "inside" gives the cutoff. */
static double *values_at(const adatom_descriptor *descriptor, double r, double *values)
{
    const double vectors[2][3] = {{1.2, 0.9, -1.4}, {0.6 * r, -0.48 * r, 0.64 * r}};
    const int types[2] = {0, 0};
    const adatom_environment environment = {0, 2, vectors, types};
    adatom_descriptor_workspace *workspace;
    assert_int_equal(adatom_descriptor_workspace_create(descriptor, &workspace), ADATOM_OK);
    assert_int_equal(adatom_descriptor_values(descriptor, workspace, &environment, values),
                     ADATOM_OK);
    adatom_descriptor_workspace_free(workspace);
    return values;
}

/* Value, first and second derivative at the cutoff from inside; from outside they are 0. They are
 * found as the limit: the change is of third order in the depth h. */
static void nothing_jumps_as_an_atom_crosses_the_cutoff(void **state)
{
    (void)state;
    static const char *const smooth[] = {
        "bessel:cutoff=4,n_max=4,l_max=4", "bessel:cutoff=4,n_max=4,l_max=4,radial=triangular",
        "soap:cutoff=4,n_max=3,l_max=3,sigma=0.5",
        "acsf:cutoff=4,function=tanh,g2_eta=0.1+1,g3_kappa=1,g4_eta=0.02,g4_lambda=-1+1,g4_zeta=1+"
        "4,"
        "g5_eta=0.02,g5_lambda=-1+1,g5_zeta=1+4",
        "acsf:cutoff=4,function=poly2,g2_eta=0.1,g5_eta=0.02,g5_lambda=1,g5_zeta=2"};
    for (size_t s = 0; s < sizeof smooth / sizeof smooth[0]; s++) {
        adatom_descriptor *descriptor = make_descriptor(smooth[s]);
        const size_t count = adatom_descriptor_count(descriptor, 0);
        double *outside = calloc(count, sizeof *outside), *inside = calloc(count, sizeof *inside);
        double *deeper = calloc(count, sizeof *deeper);
        const double h = 0.004;
        values_at(descriptor, 4.2, outside);
        values_at(descriptor, 4 - h, inside);
        values_at(descriptor, 4 - 2 * h, deeper);
        double largest = 0;
        for (size_t v = 0; v < count; v++) {
            const double change = inside[v] - outside[v], twice = deeper[v] - outside[v];
            /* a + b h + c h^2 + d h^3: where a = b = c = 0, doubling h is 8 times the change. */
            assert_close(twice, 8 * change, 0.25 * fabs(twice) + 1e-12);
            largest = fmax(largest, fabs(twice));
        }
        assert_true(largest > 1e-10); /* and there is a change */
        free(outside);
        free(inside);
        free(deeper);
        adatom_descriptor_free(descriptor);
    }
}

/* ---- closed forms */

/* g_0(r) of the paper. */
static double g_0(double cutoff, double r)
{
    const double x = acos(-1.0) * r / cutoff;
    return 2 * sqrt(2) * acos(-1.0) / sqrt(5) * pow(cutoff, -1.5) *
           (sin(x) / x + sin(2 * x) / (2 * x));
}

/* One neighbour: p_0l = (2 l + 1) / 4 pi g_0(r)^2; two, at an angle: the addition theorem. */
static void one_and_two_neighbors_have_closed_forms(void **state)
{
    (void)state;
    const double pi = acos(-1.0), r = 2.1, s = 2.9, angle = 1.9;
    const double vectors[2][3] = {{0, r, 0}, {s * sin(angle), s * cos(angle), 0}};
    const int types[2] = {0, 0};
    const double c = cos(angle), legendre[4] = {1, c, 1.5 * c * c - 0.5, 2.5 * c * c * c - 1.5 * c};
    adatom_descriptor *descriptor = make_descriptor("bessel:cutoff=3.7711,n_max=0,l_max=3");
    adatom_descriptor_workspace *workspace;
    assert_int_equal(adatom_descriptor_workspace_create(descriptor, &workspace), ADATOM_OK);
    double values[4];
    const double a = g_0(3.7711, r), b = g_0(3.7711, s);
    for (size_t count = 0; count <= 2; count++) {
        const adatom_environment environment = {0, count, vectors, types};
        assert_int_equal(adatom_descriptor_values(descriptor, workspace, &environment, values),
                         ADATOM_OK);
        for (int l = 0; l < 4; l++) {
            const double expected = count == 0   ? 0
                                    : count == 1 ? a * a
                                                 : a * a + b * b + 2 * a * b * legendre[l];
            assert_close(values[l], (2 * l + 1) / (4 * pi) * expected, 1e-14);
        }
    }
    adatom_descriptor_workspace_free(workspace);
    adatom_descriptor_free(descriptor);
}

static void symmetry_functions_have_closed_forms(void **state)
{
    (void)state;
    const double pi = acos(-1.0), r = 2.1, s = 2.9, angle = 1.9, cutoff = 5;
    const double vectors[2][3] = {{0, r, 0}, {s * sin(angle), s * cos(angle), 0}};
    const int types[2] = {0, 1};
    adatom_descriptor *descriptor =
        make_descriptor("acsf:elements Si O;cutoff_type 1;symfunction_short Si 2 Si 0.3 1 5;"
                        "symfunction_short Si 4 O 0.7 5;symfunction_short Si 3 O Si 0.1 -1 4 5;"
                        "symfunction_short Si 9 Si O 0.1 1 2 5;symfunction_short Si 1 O 5");
    adatom_descriptor_workspace *workspace;
    assert_int_equal(adatom_descriptor_workspace_create(descriptor, &workspace), ADATOM_OK);
    const adatom_environment environment = {0, 2, vectors, types};
    double values[5];
    assert_int_equal(adatom_descriptor_values(descriptor, workspace, &environment, values),
                     ADATOM_OK);
    const double fr = 0.5 * (cos(pi * r / cutoff) + 1), fs = 0.5 * (cos(pi * s / cutoff) + 1);
    const double t = sqrt(r * r + s * s - 2 * r * s * cos(angle));
    const double ft = 0.5 * (cos(pi * t / cutoff) + 1);
    assert_close(values[0], exp(-0.3 * (r - 1) * (r - 1)) * fr, 1e-14);
    assert_close(values[1], cos(0.7 * s) * fs, 1e-14);
    assert_close(values[2],
                 pow(2, -3) * pow(1 - cos(angle), 4) * exp(-0.1 * (r * r + s * s + t * t)) * fr *
                     fs * ft,
                 1e-14);
    assert_close(values[3], 0.5 * pow(1 + cos(angle), 2) * exp(-0.1 * (r * r + s * s)) * fr * fs,
                 1e-14);
    assert_close(values[4], fs, 1e-14);
    assert_int_equal(adatom_descriptor_count(descriptor, 1), 0); /* nothing is asked for around O */
    adatom_descriptor_workspace_free(workspace);
    adatom_descriptor_free(descriptor);
}

/* ---- pooling and the kernel */

static void pools_are_taken_column_by_column(void **state)
{
    (void)state;
    const double values[6] = {1, -2, 5, 4, 0, -2};
    double pooled[2];
    adatom_descriptor_pool(ADATOM_POOL_MEAN, values, 3, 2, pooled);
    assert_close(pooled[0], 2, 1e-15);
    assert_close(pooled[1], 0, 1e-15);
    adatom_descriptor_pool(ADATOM_POOL_MAX, values, 3, 2, pooled);
    assert_true(pooled[0] == 5 && pooled[1] == 4);
    adatom_descriptor_pool(ADATOM_POOL_MIN, values, 3, 2, pooled);
    assert_true(pooled[0] == 0 && pooled[1] == -2);
}

/* The scalar product of SOAP vectors is the overlap of the densities, squared, over all turns; here
 * of one neighbour each, without the centre, where only the angle between them is turned. */
static void the_soap_kernel_measures_likeness(void **state)
{
    (void)state;
    adatom_descriptor *descriptor = make_descriptor("soap:cutoff=5,n_max=6,l_max=6,sigma=0.5");
    const size_t count = adatom_descriptor_count(descriptor, 0);
    double *rows[3];
    const double distances[3] = {2, 2.1, 3.5};
    for (int i = 0; i < 3; i++) {
        rows[i] = values_at(descriptor, distances[i], calloc(count, sizeof(double)));
    }
    assert_close(adatom_soap_kernel(rows[0], rows[0], count, 2), 1, 1e-14);
    const double near = adatom_soap_kernel(rows[0], rows[1], count, 1);
    const double far = adatom_soap_kernel(rows[0], rows[2], count, 1);
    assert_true(far < near && near < 1 && far > 0);
    assert_close(adatom_soap_kernel(rows[0], rows[2], count, 4), pow(far, 4), 1e-14);
    for (int i = 0; i < 3; i++) {
        free(rows[i]);
    }
    adatom_descriptor_free(descriptor);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(motion_and_turning_change_nothing),
        cmocka_unit_test(the_order_of_atoms_changes_nothing),
        cmocka_unit_test(a_doubled_cell_is_the_same_crystal),
        cmocka_unit_test(nothing_jumps_as_an_atom_crosses_the_cutoff),
        cmocka_unit_test(one_and_two_neighbors_have_closed_forms),
        cmocka_unit_test(symmetry_functions_have_closed_forms),
        cmocka_unit_test(pools_are_taken_column_by_column),
        cmocka_unit_test(the_soap_kernel_measures_likeness),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

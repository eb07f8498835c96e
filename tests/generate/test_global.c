/* Fingerprints of any descriptor and cell, fixed or free: gradients and normal equations against
 * central differences, for a crystal of two elements. */
#include "base/memory.h"
#include "generate/global.h"
#include "generate/rows.h"
#include "random_cluster.h"

enum { L = ADATOM_POOLED_LANES, ATOMS = 4 };

static adatom_structure *salt(void)
{
    adatom_structure *s;
    assert_int_equal(adatom_structure_create(ATOMS, &s), ADATOM_OK);
    const double cell[3][3] = {{4.1, 0, 0}, {0.3, 4.6, 0}, {0, -0.4, 5.2}};
    memcpy(s->cell, cell, sizeof cell);
    adatom_random random;
    adatom_random_seed(&random, 3, 1);
    for (int i = 0; i < 3; i++) {
        s->periodic[i] = true;
    }
    for (size_t i = 0; i < ATOMS; i++) {
        s->atomic_numbers[i] = i % 2 == 0 ? 11 : 17;
    }
    adatom_random_positions(s, 0, 1.9, &random, s->positions);
    return s;
}

typedef struct specimen {
    adatom_structure *structure;
    adatom_global *fingerprint;
    adatom_global_work *work;
    size_t count; /* of variables */
    double *positions, *target, *losses, *gradient;
    bool idle[L];
} specimen;

static double *lanes(size_t count)
{
    double *array;
    assert_int_equal(adatom_allocate_aligned(count * L, sizeof(double), &array), ADATOM_OK);
    return array;
}

static void make_specimen(const char *descriptor, const char *pools, bool free_cell, specimen *s)
{
    adatom_global_kind kind = {
        .descriptor = descriptor, .by_element = true, .free_cell = free_cell};
    assert_int_equal(adatom_global_pools(pools, &kind), ADATOM_OK);
    s->structure = salt();
    assert_int_equal(adatom_global_create(&kind, s->structure, &s->fingerprint), ADATOM_OK);
    assert_int_equal(adatom_global_work_create(s->fingerprint, &s->work), ADATOM_OK);
    s->count = s->fingerprint->variables;
    s->positions = lanes(s->count);
    s->gradient = lanes(s->count);
    s->losses = lanes(1);
    s->target = lanes(s->fingerprint->columns);
    adatom_random random;
    adatom_random_seed(&random, 9, 9);
    for (size_t c = 0; c < s->fingerprint->columns * L; c++) {
        s->target[c] = adatom_random_uniform(&random);
    }
    for (size_t k = 0; k < s->count * L; k++) {
        const size_t at = k / L; /* a strained cell, too, where it is free */
        s->positions[k] = at < 3 * (size_t)ATOMS ? s->structure->positions[at / 3][at % 3]
                                                 : 0.3 * adatom_random_normal(&random);
    }
    for (int l = 0; l < L; l++) {
        s->idle[l] = l > 0; /* one lane will do: they go one after the other */
    }
}

static void clear_specimen(specimen *s)
{
    adatom_global_work_free(s->work);
    adatom_global_free(s->fingerprint);
    adatom_structure_free(s->structure);
    free(s->positions);
    free(s->gradient);
    free(s->losses);
    free(s->target);
}

static double loss_at(specimen *s, const adatom_pooled_loss *loss)
{
    double *unused = lanes(s->count);
    assert_int_equal(adatom_global_evaluate(s->fingerprint, s->work, s->idle, s->positions, loss,
                                            s->losses, unused),
                     ADATOM_OK);
    free(unused);
    return s->losses[0];
}

static void check_gradient(const char *descriptor, const char *pools, bool squared, bool free_cell)
{
    specimen s;
    make_specimen(descriptor, pools, free_cell, &s);
    const adatom_pooled_loss loss = {s.target, squared, 0, 0, false};
    loss_at(&s, &loss);
    assert_int_equal(adatom_global_evaluate(s.fingerprint, s.work, s.idle, s.positions, &loss,
                                            s.losses, s.gradient),
                     ADATOM_OK);
    for (size_t k = 0; k < s.count; k++) {
        const double here = s.positions[k * L], step = 1e-5;
        s.positions[k * L] = here + step;
        const double above = loss_at(&s, &loss);
        s.positions[k * L] = here - step;
        const double below = loss_at(&s, &loss);
        s.positions[k * L] = here;
        const double slope = (above - below) / (2 * step);
        assert_near(s.gradient[k * L], slope, 1e-6 * (1 + fabs(slope)));
    }
    clear_specimen(&s);
}

static const char *const descriptors[] = {
    "soap:cutoff=4,n_max=2,l_max=2,sigma=0.5",
    "bessel:cutoff=4,n_max=2,l_max=2,blocks=species",
    "acsf:cutoff=4,g2_eta=0.1+1,g5_eta=0.1,g5_lambda=-1+1,g5_zeta=2",
};

static void test_gradients_are_those_of_central_differences(void **state)
{
    (void)state;
    for (size_t d = 0; d < 3; d++) {
        for (int free_cell = 0; free_cell < 2; free_cell++) {
            check_gradient(descriptors[d], "max,min", false, free_cell == 1);
            check_gradient(descriptors[d], "mean", true, free_cell == 1);
            check_gradient(descriptors[d], "none", true, free_cell == 1);
        }
    }
}

static void get_normal(specimen *s, const adatom_pooled_loss *loss, adatom_pooled_normal *normal)
{
    assert_int_equal(
        adatom_global_normal(s->fingerprint, s->work, s->idle, s->positions, loss, normal),
        ADATOM_OK);
}

/* Half the gradient of the sum of squares, the push included, is J^T r. */
static void check_products(const char *descriptor, const char *pools, bool every, bool free_cell)
{
    specimen s;
    make_specimen(descriptor, pools, free_cell, &s);
    const adatom_pooled_loss loss = {s.target, true, 2.9, 0.5, every};
    adatom_pooled_normal normal = {lanes(s.count * s.count), lanes(s.count), lanes(1), lanes(1)};
    adatom_pooled_normal near = {lanes(s.count * s.count), lanes(s.count), lanes(1), lanes(1)};
    get_normal(&s, &loss, &normal);
    for (size_t k = 0; k < s.count; k++) {
        const double here = s.positions[k * L], step = 1e-5;
        s.positions[k * L] = here + step;
        get_normal(&s, &loss, &near);
        const double above = near.objectives[0];
        s.positions[k * L] = here - step;
        get_normal(&s, &loss, &near);
        s.positions[k * L] = here;
        const double half = 0.5 * (above - near.objectives[0]) / (2 * step);
        assert_near(normal.products[k * L], half, 1e-6 * (1 + fabs(half)));
    }
    double *const arrays[] = {normal.squares, normal.products, normal.losses, normal.objectives,
                              near.squares,   near.products,   near.losses,   near.objectives};
    for (size_t i = 0; i < sizeof arrays / sizeof arrays[0]; i++) {
        free(arrays[i]);
    }
    clear_specimen(&s);
}

static void test_normal_equations_have_the_gradient(void **state)
{
    (void)state;
    for (size_t d = 0; d < 3; d++) {
        for (int free_cell = 0; free_cell < 2; free_cell++) {
            check_products(descriptors[d], "max,min", false, free_cell == 1);
            check_products(descriptors[d], "max,min", true, free_cell == 1);
            check_products(descriptors[d], "mean,max", false, free_cell == 1);
            check_products(descriptors[d], "none", false, free_cell == 1);
        }
    }
}

/* Eight free clusters of one element. */
static void make_clusters(specimen *s)
{
    adatom_global_kind kind = {.descriptor = small_functions, .by_element = true};
    assert_int_equal(adatom_global_pools("max,min", &kind), ADATOM_OK);
    s->structure = random_cluster(5, 1);
    assert_int_equal(adatom_global_create(&kind, s->structure, &s->fingerprint), ADATOM_OK);
    s->count = s->fingerprint->variables;
    s->positions = lanes(s->count);
    s->gradient = lanes(s->count);
    s->losses = lanes(1);
    s->target = lanes(s->fingerprint->columns);
    for (size_t l = 0; l < L; l++) {
        adatom_structure *cluster = random_cluster(5, l + 2);
        double *values = test_malloc(s->fingerprint->columns * sizeof *values);
        assert_int_equal(adatom_global_values(s->fingerprint, cluster, values), ADATOM_OK);
        for (size_t c = 0; c < s->fingerprint->columns; c++) {
            s->target[c * L + l] = values[c];
        }
        for (size_t k = 0; k < s->count; k++) {
            s->positions[k * L + l] =
                s->structure->positions[k / 3][k % 3] + 0.01 * (double)(k * l);
        }
        test_free(values);
        adatom_structure_free(cluster);
    }
    memset(s->idle, 0, sizeof s->idle);
}

static void test_clusters_side_by_side_are_as_one_by_one(void **state)
{
    (void)state;
    for (int every = 0; every < 2; every++) {
        specimen s;
        make_clusters(&s);
        const adatom_pooled_loss loss = {s.target, true, 2.9, 0.5, every == 1};
        adatom_pooled_normal fast = {lanes(s.count * s.count), lanes(s.count), lanes(1), lanes(1)};
        adatom_pooled_normal slow = {lanes(s.count * s.count), lanes(s.count), lanes(1), lanes(1)};
        assert_non_null(s.fingerprint->fast);
        assert_int_equal(adatom_global_work_create(s.fingerprint, &s.work), ADATOM_OK);
        get_normal(&s, &loss, &fast);
        adatom_global_work_free(s.work);
        adatom_pooled_free(s.fingerprint->fast);
        s.fingerprint->fast = NULL;
        assert_int_equal(adatom_global_work_create(s.fingerprint, &s.work), ADATOM_OK);
        get_normal(&s, &loss, &slow);
        for (size_t l = 0; l < L; l++) {
            assert_near(fast.losses[l], slow.losses[l], 1e-10);
            assert_near(fast.objectives[l], slow.objectives[l], 1e-9 * slow.objectives[l]);
            for (size_t i = 0; i < s.count; i++) {
                assert_near(fast.products[i * L + l], slow.products[i * L + l], 1e-9);
                for (size_t j = 0; j <= i; j++) {
                    const size_t at = (i * s.count + j) * L + l;
                    assert_near(fast.squares[at], slow.squares[at], 1e-9);
                }
            }
        }
        double *const arrays[] = {fast.squares, fast.products, fast.losses, fast.objectives,
                                  slow.squares, slow.products, slow.losses, slow.objectives};
        for (size_t i = 0; i < sizeof arrays / sizeof arrays[0]; i++) {
            free(arrays[i]);
        }
        clear_specimen(&s);
    }
}

static void test_rows_tell_equal_atoms_apart(void **state)
{
    (void)state;
    specimen s;
    adatom_rows *rows;
    make_specimen(descriptors[0], "none", false, &s);
    double *target = test_malloc(s.fingerprint->columns * sizeof *target);
    assert_int_equal(adatom_global_values(s.fingerprint, s.structure, target), ADATOM_OK);
    assert_int_equal(adatom_rows_create(s.fingerprint, target, &rows), ADATOM_OK);
    for (size_t k = 0; k < s.count; k++) { /* the third atom is of the first's element */
        const size_t other = k / 3 == 0 ? k + 6 : k / 3 == 2 ? k - 6 : k;
        s.positions[k * L] = s.structure->positions[other / 3][other % 3];
    }
    adatom_structure *scratch;
    assert_int_equal(adatom_structure_copy(s.structure, &scratch), ADATOM_OK);
    assert_int_equal(adatom_rows_assign(rows, scratch, s.positions, 0), ADATOM_OK);
    for (size_t k = 0; k < s.count; k++) {
        assert_near(s.positions[k * L], s.structure->positions[k / 3][k % 3], 0);
    }
    adatom_rows_free(rows);
    adatom_structure_free(scratch);
    test_free(target);
    clear_specimen(&s);
    make_specimen(descriptors[0], "max", false, &s);
    assert_int_equal(adatom_rows_create(s.fingerprint, s.target, &rows), ADATOM_OK);
    assert_null(rows);
    clear_specimen(&s);
}

/* A cell that is strained as a whole, with its atoms, is the same as one made so. */
static void test_variables_mean_a_strained_crystal(void **state)
{
    (void)state;
    specimen s;
    make_specimen(descriptors[0], "none", true, &s);
    double *const cell = s.positions + 3 * (size_t)ATOMS * L;
    for (size_t k = 0; k < ADATOM_STRAIN_COUNT; k++) {
        cell[k * L] = k == 0 ? 0.1 * s.fingerprint->strain.length : 0;
    }
    adatom_structure *strained;
    assert_int_equal(adatom_structure_copy(s.structure, &strained), ADATOM_OK);
    adatom_global_place(s.fingerprint, s.positions, 0, strained);
    assert_near(strained->cell[0][0], 1.1 * 4.1, 1e-12);
    assert_near(strained->cell[1][0], 1.1 * 0.3, 1e-12);
    assert_near(strained->cell[2][2], 5.2, 1e-12);
    for (size_t i = 0; i < ATOMS; i++) {
        assert_near(strained->positions[i][0], 1.1 * s.structure->positions[i][0], 1e-12);
        assert_near(strained->positions[i][1], s.structure->positions[i][1], 1e-12);
    }
    cell[0] = -0.8 * s.fingerprint->strain.length; /* a fifth of the volume */
    adatom_strain_guard(&s.fingerprint->strain, s.positions, 0);
    double matrix[3][3];
    adatom_strain_matrix(&s.fingerprint->strain, s.positions, 0, matrix);
    assert_near(matrix[0][0] * matrix[1][1] * matrix[2][2], 0.5, 1e-12);
    adatom_structure_free(strained);
    clear_specimen(&s);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_gradients_are_those_of_central_differences),
        cmocka_unit_test(test_normal_equations_have_the_gradient),
        cmocka_unit_test(test_clusters_side_by_side_are_as_one_by_one),
        cmocka_unit_test(test_rows_tell_equal_atoms_apart),
        cmocka_unit_test(test_variables_mean_a_strained_crystal),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

/* Fingerprints of any descriptor and cell: gradients and normal equations against central
 * differences, for a crystal of two elements. */
#include "base/memory.h"
#include "generate/global.h"
#include "random_cluster.h"

enum { L = ADATOM_POOLED_LANES, ATOMS = 4, COUNT = 3 * ATOMS };

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
    double *positions, *target, *losses, *gradient;
    bool idle[L];
} specimen;

static double *lanes(size_t count)
{
    double *array;
    assert_int_equal(adatom_allocate_aligned(count * L, sizeof(double), &array), ADATOM_OK);
    return array;
}

static void make_specimen(const char *descriptor, const char *pools, specimen *s)
{
    adatom_global_kind kind = {.descriptor = descriptor, .by_element = true};
    assert_int_equal(adatom_global_pools(pools, &kind), ADATOM_OK);
    s->structure = salt();
    assert_int_equal(adatom_global_create(&kind, s->structure, &s->fingerprint), ADATOM_OK);
    assert_int_equal(adatom_global_work_create(s->fingerprint, &s->work), ADATOM_OK);
    s->positions = lanes(COUNT);
    s->gradient = lanes(COUNT);
    s->losses = lanes(1);
    s->target = lanes(s->fingerprint->columns);
    adatom_random random;
    adatom_random_seed(&random, 9, 9);
    for (size_t c = 0; c < s->fingerprint->columns * L; c++) {
        s->target[c] = adatom_random_uniform(&random);
    }
    for (size_t k = 0; k < COUNT * L; k++) {
        s->positions[k] = s->structure->positions[k / L / 3][k / L % 3];
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
    double *unused = lanes(COUNT);
    assert_int_equal(adatom_global_evaluate(s->fingerprint, s->work, s->idle, s->positions, loss,
                                            s->losses, unused),
                     ADATOM_OK);
    free(unused);
    return s->losses[0];
}

static void check_gradient(const char *descriptor, const char *pools, bool squared)
{
    specimen s;
    make_specimen(descriptor, pools, &s);
    const adatom_pooled_loss loss = {s.target, squared, 0, 0};
    loss_at(&s, &loss);
    assert_int_equal(adatom_global_evaluate(s.fingerprint, s.work, s.idle, s.positions, &loss,
                                            s.losses, s.gradient),
                     ADATOM_OK);
    for (size_t k = 0; k < COUNT; k++) {
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
        check_gradient(descriptors[d], "max,min", false);
        check_gradient(descriptors[d], "mean", true);
        check_gradient(descriptors[d], "none", true);
    }
}

static void check_products(const char *descriptor, const char *pools)
{
    specimen s;
    make_specimen(descriptor, pools, &s);
    const double columns = (double)s.fingerprint->columns;
    adatom_pooled_normal normal = {lanes(COUNT * COUNT), lanes(COUNT), lanes(1), lanes(1)};
    const adatom_pooled_loss loss = {s.target, true, 2.6, 0.5};
    const adatom_pooled_loss mean = {s.target, true, 2.6, 0.5 / columns};
    assert_int_equal(
        adatom_global_normal(s.fingerprint, s.work, s.idle, s.positions, &loss, &normal),
        ADATOM_OK);
    assert_int_equal(adatom_global_evaluate(s.fingerprint, s.work, s.idle, s.positions, &mean,
                                            s.losses, s.gradient),
                     ADATOM_OK);
    for (size_t k = 0; k < COUNT; k++) {
        const double half = 0.5 * columns * s.gradient[k * L];
        assert_near(normal.products[k * L], half, 1e-9 * (1 + fabs(half)));
    }
    free(normal.squares);
    free(normal.products);
    free(normal.losses);
    free(normal.objectives);
    clear_specimen(&s);
}

static void test_normal_equations_have_the_gradient(void **state)
{
    (void)state;
    for (size_t d = 0; d < 3; d++) {
        check_products(descriptors[d], "max,min");
        check_products(descriptors[d], "none");
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_gradients_are_those_of_central_differences),
        cmocka_unit_test(test_normal_equations_have_the_gradient),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

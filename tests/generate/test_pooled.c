/* The fast fingerprint against the plain one, its gradients against central differences, its normal
 * equations against its gradients; clusters of odd sizes, every kind of pool. */
#include "base/memory.h"
#include "generate/pooled.h"
#include "random_cluster.h"

enum { L = ADATOM_POOLED_LANES };

typedef struct specimen {
    adatom_descriptor *descriptor;
    adatom_pooled *pooled;
    adatom_pooled_work *work;
    adatom_structure *clusters[L];
    size_t columns, count;
    double *positions, *target, *values, *losses, *gradient;
} specimen;

static double *lanes(size_t count)
{
    double *array;
    assert_int_equal(adatom_allocate_aligned(count * L, sizeof(double), &array), ADATOM_OK);
    return array;
}

static const adatom_pooling all_pools[] = {ADATOM_POOL_MAX, ADATOM_POOL_MEAN, ADATOM_POOL_MIN};

static void make_specimen(size_t atoms, specimen *s)
{
    const int platinum = 78;
    adatom_random random;
    assert_int_equal(adatom_descriptor_create(small_functions, &platinum, 1, &s->descriptor),
                     ADATOM_OK);
    assert_int_equal(adatom_pooled_create(s->descriptor, all_pools, 3, (int)atoms, &s->pooled),
                     ADATOM_OK);
    assert_non_null(s->pooled);
    assert_int_equal(adatom_pooled_work_create(s->pooled, &s->work), ADATOM_OK);
    s->columns = adatom_pooled_columns(s->pooled);
    s->count = 3 * atoms;
    s->positions = lanes(s->count);
    s->gradient = lanes(s->count);
    s->target = lanes(s->columns);
    s->values = lanes(s->columns);
    s->losses = lanes(1);
    adatom_random_seed(&random, 1, 2);
    for (size_t c = 0; c < s->columns * L; c++) {
        s->target[c] = 4 * adatom_random_uniform(&random);
    }
    for (size_t l = 0; l < L; l++) {
        s->clusters[l] = random_cluster(atoms, l);
        for (size_t k = 0; k < s->count; k++) {
            s->positions[k * L + l] = s->clusters[l]->positions[k / 3][k % 3];
        }
    }
}

static void clear_specimen(specimen *s)
{
    for (size_t l = 0; l < L; l++) {
        adatom_structure_free(s->clusters[l]);
    }
    adatom_pooled_work_free(s->work);
    adatom_pooled_free(s->pooled);
    adatom_descriptor_free(s->descriptor);
    free(s->positions);
    free(s->gradient);
    free(s->target);
    free(s->values);
    free(s->losses);
}

static const size_t sizes[] = {2, 3, 5, 10};

static void check_values(size_t atoms)
{
    specimen s;
    make_specimen(atoms, &s);
    const adatom_pooled_loss loss = {s.target, false, 0, 0, false};
    adatom_pooled_evaluate(s.pooled, s.work, s.positions, &loss, s.losses, s.gradient, s.values);
    const size_t width = s.columns / 3;
    double *plain = test_malloc(atoms * width * sizeof *plain);
    double *pooled = test_malloc(width * sizeof *pooled);
    for (size_t l = 0; l < L; l++) {
        double sum = 0;
        assert_int_equal(adatom_descriptor_describe(s.descriptor, s.clusters[l], 1, plain),
                         ADATOM_OK);
        for (size_t p = 0; p < 3; p++) {
            adatom_descriptor_pool(all_pools[p], plain, atoms, width, pooled);
            for (size_t v = 0; v < width; v++) {
                assert_near(s.values[(p * width + v) * L + l], pooled[v], 1e-12);
                sum += fabs(pooled[v] - s.target[(p * width + v) * L + l]);
            }
        }
        assert_near(s.losses[l], sum / (double)s.columns, 1e-12);
    }
    test_free(plain);
    test_free(pooled);
    clear_specimen(&s);
}

static void test_values_are_those_of_the_plain_descriptor(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof sizes / sizeof sizes[0]; i++) {
        check_values(sizes[i]);
    }
}

/* The loss and the push together, of a lane. */
static double objective(specimen *s, const adatom_pooled_loss *loss, size_t lane, double *scratch)
{
    adatom_pooled_evaluate(s->pooled, s->work, s->positions, loss, s->losses, scratch, NULL);
    double sum = s->losses[lane];
    for (size_t i = 0; i < s->count / 3; i++) {
        for (size_t j = i + 1; j < s->count / 3; j++) {
            double square = 0;
            for (size_t x = 0; x < 3; x++) {
                const double d =
                    s->positions[(3 * j + x) * L + lane] - s->positions[(3 * i + x) * L + lane];
                square += d * d;
            }
            const double near = loss->minimum_distance - sqrt(square);
            sum += near > 0 ? loss->push * near * near : 0;
        }
    }
    return sum;
}

static void check_gradient(size_t atoms, bool squared)
{
    specimen s;
    make_specimen(atoms, &s);
    const adatom_pooled_loss loss = {s.target, squared, 2.5, 0.7, false};
    double *scratch = lanes(s.count);
    adatom_pooled_evaluate(s.pooled, s.work, s.positions, &loss, s.losses, s.gradient, NULL);
    for (size_t k = 0; k < s.count; k++) {
        const size_t lane = k % L, at = k * L + lane;
        const double here = s.positions[at], step = 1e-6;
        s.positions[at] = here + step;
        const double above = objective(&s, &loss, lane, scratch);
        s.positions[at] = here - step;
        const double below = objective(&s, &loss, lane, scratch);
        s.positions[at] = here;
        assert_near(s.gradient[at], (above - below) / (2 * step), 2e-7);
    }
    free(scratch);
    clear_specimen(&s);
}

static void test_gradients_are_those_of_central_differences(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof sizes / sizeof sizes[0]; i++) {
        check_gradient(sizes[i], false);
        check_gradient(sizes[i], true);
    }
}

/* Half the gradient of the sum of squares is J^T r; J^T J is its change where r is linear: for a
 * target that equals the values, J^T r changes by J^T J step. */
static void test_normal_equations(void **state)
{
    (void)state;
    specimen s;
    make_specimen(6, &s);
    adatom_pooled_normal normal = {lanes(s.count * s.count), lanes(s.count), lanes(1), lanes(1)};
    adatom_pooled_normal moved = {lanes(s.count * s.count), lanes(s.count), lanes(1), lanes(1)};
    adatom_pooled_loss loss = {s.target, true, 2.5, 0.7, false};
    adatom_pooled_normal_equations(s.pooled, s.work, s.positions, &loss, &normal);
    adatom_pooled_loss mean = loss;
    mean.push = 0.7 / (double)s.columns;
    adatom_pooled_evaluate(s.pooled, s.work, s.positions, &mean, s.losses, s.gradient, s.values);
    for (size_t k = 0; k < s.count * L; k++) {
        assert_near(normal.products[k], 0.5 * (double)s.columns * s.gradient[k], 1e-10);
    }
    const double step = 1e-6;
    const size_t moving = 4;
    loss = (adatom_pooled_loss){s.values, true, 0, 0, false};
    adatom_pooled_normal_equations(s.pooled, s.work, s.positions, &loss, &normal);
    for (size_t l = 0; l < L; l++) {
        assert_near(normal.objectives[l], 0, 1e-20);
        s.positions[moving * L + l] += step;
    }
    adatom_pooled_normal_equations(s.pooled, s.work, s.positions, &loss, &moved);
    for (size_t k = moving; k < s.count; k++) {
        for (size_t l = 0; l < L; l++) {
            const double square = normal.squares[(k * s.count + moving) * L + l];
            assert_near(moved.products[k * L + l] / step, square, 1e-4 * (1 + fabs(square)));
        }
    }
    double *const arrays[] = {normal.squares, normal.products, normal.losses, normal.objectives,
                              moved.squares,  moved.products,  moved.losses,  moved.objectives};
    for (size_t i = 0; i < sizeof arrays / sizeof arrays[0]; i++) {
        free(arrays[i]);
    }
    clear_specimen(&s);
}

static void test_every_instruction_set_agrees(void **state)
{
    (void)state;
    static const char *const names[] = {"avx512", "avx2", "portable"};
    specimen s;
    make_specimen(7, &s);
    const adatom_pooled_loss loss = {s.target, true, 2.5, 0.7, false};
    double *first = lanes(s.count);
    adatom_pooled_evaluate(s.pooled, s.work, s.positions, &loss, s.losses, first, NULL);
    for (size_t i = 0; i < 3; i++) {
        setenv("ADATOM_ISA", names[i], 1);
        adatom_pooled_evaluate(s.pooled, s.work, s.positions, &loss, s.losses, s.gradient, NULL);
        for (size_t k = 0; k < s.count * L; k++) {
            assert_near(s.gradient[k], first[k], 1e-12);
        }
    }
    unsetenv("ADATOM_ISA");
    free(first);
    clear_specimen(&s);
}

static void test_other_descriptors_are_left_to_others(void **state)
{
    (void)state;
    static const char *const specs[] = {"soap:cutoff=5", "acsf:cutoff=5,g2_eta=1,function=tanh",
                                        "acsf:cutoff=5,g4_eta=1,g4_lambda=1,g4_zeta=1",
                                        "acsf:cutoff=5,g5_eta=1,g5_lambda=1,g5_zeta=1.5"};
    const int platinum = 78;
    for (size_t i = 0; i < sizeof specs / sizeof specs[0]; i++) {
        adatom_descriptor *descriptor;
        adatom_pooled *pooled;
        assert_int_equal(adatom_descriptor_create(specs[i], &platinum, 1, &descriptor), ADATOM_OK);
        assert_int_equal(adatom_pooled_create(descriptor, all_pools, 3, 4, &pooled), ADATOM_OK);
        assert_null(pooled);
        adatom_descriptor_free(descriptor);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_values_are_those_of_the_plain_descriptor),
        cmocka_unit_test(test_gradients_are_those_of_central_differences),
        cmocka_unit_test(test_normal_equations),
        cmocka_unit_test(test_every_instruction_set_agrees),
        cmocka_unit_test(test_other_descriptors_are_left_to_others),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

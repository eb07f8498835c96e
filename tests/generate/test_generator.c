/* The networks of the generation: gradients against central differences and against the plain
 * loops, files, scaling, furthest points, principal axes. */
#include "base/memory.h"
#include "generate/components.h"
#include "generate/lesson_plain.h"
#include "random_cluster.h"

#include <stdio.h>
#include <unistd.h>

enum { ROWS = 12, COLUMNS = 5 };

static void make_features(adatom_features *f)
{
    adatom_random random;
    adatom_random_seed(&random, 8, 0);
    f->count = ROWS;
    f->columns = COLUMNS;
    f->rows = test_malloc(ROWS * COLUMNS * sizeof(double));
    f->property = test_malloc(ROWS * sizeof(double));
    for (size_t i = 0; i < ROWS * COLUMNS; i++) {
        f->rows[i] = 3 + 2 * adatom_random_normal(&random);
    }
    for (size_t r = 0; r < ROWS; r++) {
        f->rows[r * COLUMNS + 3] = 1.5; /* does not change */
    }
    for (size_t r = 0; r < ROWS; r++) {
        f->property[r] = f->rows[r * COLUMNS] - 0.5 * f->rows[r * COLUMNS + 1];
    }
}

static void clear_features(adatom_features *f)
{
    test_free(f->rows);
    test_free(f->property);
}

static adatom_generator_options small_options(void)
{
    adatom_generator_options options = adatom_generator_options_default();
    options.network_hidden = (adatom_numbers){2, {6, 4}};
    options.network_latent = 3;
    options.network_activation = ADATOM_ACTIVATION_TANH;
    return options;
}

/* A surrogate, a cvae, and a cvae that learns to agree with two members of another surrogate, which
 * scales its columns in another way. */
typedef struct subject {
    adatom_features features;
    adatom_generator *generator, *judge;
    adatom_lesson_terms terms;
} subject;

enum { SUBJECTS = 3 };

static void make_subject(int which, subject *s)
{
    adatom_generator_options options = small_options();
    *s = (subject){.terms = {.beta = 0.7}};
    make_features(&s->features);
    assert_int_equal(adatom_generator_create(&options, which > 0, &s->features, "", &s->generator),
                     ADATOM_OK);
    if (which == 2) {
        options.network_members = 2;
        options.data_scaling = 1;
        options.run_seed = 9;
        assert_int_equal(adatom_generator_create(&options, false, &s->features, "", &s->judge),
                         ADATOM_OK);
        s->terms.consistency = 1.3;
        s->terms.judge = s->judge;
    }
}

static void clear_subject(subject *s)
{
    adatom_generator_free(s->generator);
    adatom_generator_free(s->judge);
    clear_features(&s->features);
}

static const size_t places[] = {3, 0, 7, 7};

static double plain_loss(adatom_lesson_plain *lesson, double *gradient)
{
    adatom_random random; /* the same noise each time */
    adatom_random_seed(&random, 1, 1);
    return adatom_lesson_plain_loss(lesson, 4, places, &random, gradient);
}

static void test_gradients_are_those_of_central_differences(void **state)
{
    (void)state;
    for (int which = 0; which < SUBJECTS; which++) {
        subject s;
        adatom_lesson_plain *lesson;
        make_subject(which, &s);
        assert_int_equal(adatom_lesson_plain_create(s.generator, &s.terms, &s.features, 4, &lesson),
                         ADATOM_OK);
        const size_t count = adatom_generator_weights(s.generator);
        double *gradient = test_calloc(count, sizeof *gradient);
        plain_loss(lesson, gradient);
        for (size_t w = 0; w < count; w++) {
            const double here = s.generator->weights[w], step = 1e-5;
            s.generator->weights[w] = here + step;
            const double above = plain_loss(lesson, NULL);
            s.generator->weights[w] = here - step;
            const double below = plain_loss(lesson, NULL);
            s.generator->weights[w] = here;
            const double slope = (above - below) / (2 * step);
            assert_near(gradient[w], slope, 1e-6 * (1 + fabs(slope)));
        }
        test_free(gradient);
        adatom_lesson_plain_free(lesson);
        clear_subject(&s);
    }
}

/* The gradient as the plain loops have it; the loss is returned. */
static double fast_gradient(const subject *s, adatom_team *team, double *gradient)
{
    adatom_lesson *lesson;
    adatom_random random;
    adatom_random_seed(&random, 1, 1);
    assert_int_equal(adatom_lesson_create(s->generator, &s->terms, &s->features, 4, team, &lesson),
                     ADATOM_OK);
    const size_t count = adatom_lesson_count(lesson);
    float *weights = test_calloc(2 * count, sizeof *weights);
    adatom_lesson_pack(lesson, 0, weights);
    const double loss = adatom_lesson_loss(lesson, weights, 4, places, &random, weights + count);
    adatom_generator into = *s->generator;
    into.weights = gradient;
    adatom_lesson_unpack(lesson, weights + count, 0, &into);
    test_free(weights);
    adatom_lesson_free(lesson);
    return loss;
}

static void test_fast_losses_are_those_of_the_plain_loops(void **state)
{
    (void)state;
    static const char *const sets[] = {"portable", "avx2", "avx512"};
    for (int which = 0; which < SUBJECTS * ADATOM_ACTIVATION_COUNT * 3; which++) {
        subject s;
        adatom_lesson_plain *lesson;
        setenv("ADATOM_ISA", sets[which % 3], 1);
        make_subject(which / 3 % SUBJECTS, &s);
        for (int l = 0; l + 1 < s.generator->decoder.layer_count; l++) {
            s.generator->decoder.layers[l].activation = (adatom_activation)(which / 3 / SUBJECTS);
        }
        assert_int_equal(adatom_lesson_plain_create(s.generator, &s.terms, &s.features, 4, &lesson),
                         ADATOM_OK);
        const size_t count = adatom_generator_weights(s.generator);
        double *plain = test_calloc(count, sizeof *plain), *fast = test_calloc(count, sizeof *fast);
        const double loss = plain_loss(lesson, plain);
        assert_near(fast_gradient(&s, NULL, fast), loss, 2e-6 * (1 + loss));
        for (size_t w = 0; w < count; w++) {
            assert_near(fast[w], plain[w], 1e-5 * (5 + fabs(plain[w])));
        }
        test_free(plain);
        test_free(fast);
        adatom_lesson_plain_free(lesson);
        clear_subject(&s);
    }
    unsetenv("ADATOM_ISA");
}

static void test_a_model_is_read_back(void **state)
{
    (void)state;
    adatom_features features;
    adatom_generator *written, *read;
    char path[] = "/tmp/adatom-generator-XXXXXX";
    const adatom_generator_options options = small_options();
    const int file = mkstemp(path);
    assert_true(file >= 0);
    close(file);
    make_features(&features);
    for (int cvae = 0; cvae < 2; cvae++) {
        double first[2 * COLUMNS], second[2 * COLUMNS];
        assert_int_equal(adatom_generator_create(&options, cvae, &features, "seed: 1\n", &written),
                         ADATOM_OK);
        assert_int_equal(adatom_generator_write(written, path), ADATOM_OK);
        assert_int_equal(adatom_generator_read(path, !cvae, &read), ADATOM_INVALID_INPUT);
        assert_int_equal(adatom_generator_read(path, cvae, &read), ADATOM_OK);
        assert_string_equal(read->settings, "seed: 1\n");
        if (cvae) {
            adatom_random random, same;
            adatom_random_seed(&random, 1, 0);
            same = random;
            assert_int_equal(adatom_generator_sample(written, 1, 2, &random, first), ADATOM_OK);
            assert_int_equal(adatom_generator_sample(read, 1, 2, &same, second), ADATOM_OK);
            assert_memory_equal(first, second, sizeof first);
        } else {
            assert_int_equal(adatom_generator_predict(written, 2, features.rows, first), ADATOM_OK);
            assert_int_equal(adatom_generator_predict(read, 2, features.rows, second), ADATOM_OK);
            assert_memory_equal(first, second, 2 * sizeof(double));
        }
        adatom_generator_free(written);
        adatom_generator_free(read);
    }
    unlink(path);
    clear_features(&features);
}

static void test_scaling_goes_both_ways(void **state)
{
    (void)state;
    const double values[] = {1, 7, 3, 7, 5, 7}; /* the second column does not change */
    for (int range = 0; range < 2; range++) {
        adatom_scaling scaling;
        double scaled[2], back[2];
        assert_int_equal(adatom_scaling_create(3, 2, values, range, &scaling), ADATOM_OK);
        adatom_scale(&scaling, values + 4, scaled);
        assert_near(scaled[0], range ? 1 : 2 / sqrt(8.0 / 3), 1e-14);
        assert_near(scaled[1], 0, 1e-14);
        scaled[1] = 0.3; /* what a network makes of it */
        adatom_unscale(&scaling, scaled, back);
        assert_near(back[0], 5, 1e-14);
        assert_near(back[1], 7, 1e-14);
        adatom_scaling_clear(&scaling);
    }
}

static void test_furthest_points(void **state)
{
    (void)state;
    double line[] = {0, 0.1, 5, 4.8, 10, 2.4};
    const adatom_matrix rows = {6, 1, line};
    size_t chosen[6];
    assert_int_equal(adatom_furthest_points(&rows, 6, chosen), ADATOM_OK);
    /* The mean is 3.7: first 4.8, the furthest from that is 10, then 0, then 2.4. */
    const size_t expected[] = {3, 4, 0, 5};
    for (size_t i = 0; i < 4; i++) {
        assert_int_equal(chosen[i], expected[i]);
    }
}

/* Of many rows of several columns, against the definition: each is the furthest from those before.
 */
static void test_furthest_points_of_many(void **state)
{
    (void)state;
    enum { COUNT = 300, WIDTH = 11, WANTED = 40 };
    adatom_random random;
    adatom_random_seed(&random, 4, 0);
    double *values = test_malloc(COUNT * WIDTH * sizeof *values);
    for (size_t i = 0; i < COUNT * WIDTH; i++) {
        values[i] = adatom_random_normal(&random) * (i % WIDTH < 3 ? 3 : 0.1);
    }
    const adatom_matrix rows = {COUNT, WIDTH, values};
    adatom_scaling scaling;
    size_t chosen[WANTED];
    assert_int_equal(adatom_furthest_points(&rows, WANTED, chosen), ADATOM_OK);
    assert_int_equal(adatom_scaling_create(COUNT, WIDTH, values, false, &scaling), ADATOM_OK);
    for (size_t r = 0; r < COUNT; r++) {
        adatom_scale(&scaling, values + r * WIDTH, values + r * WIDTH);
    }
    for (size_t k = 1; k < WANTED; k++) {
        double furthest = 0, its = INFINITY;
        for (size_t r = 0; r < COUNT; r++) {
            double nearest = INFINITY;
            for (size_t before = 0; before < k; before++) {
                double sum = 0;
                for (size_t c = 0; c < WIDTH; c++) {
                    const double d = values[r * WIDTH + c] - values[chosen[before] * WIDTH + c];
                    sum += d * d;
                }
                nearest = fmin(nearest, sum);
            }
            furthest = fmax(furthest, nearest);
            its = r == chosen[k] ? nearest : its;
        }
        assert_near(its, furthest, 1e-9 * furthest);
    }
    adatom_scaling_clear(&scaling);
    test_free(values);
}

static void test_principal_axes(void **state)
{
    (void)state;
    adatom_random random;
    adatom_random_seed(&random, 2, 0);
    double rows[400][3], axes[2][3];
    for (size_t r = 0; r < 400; r++) {
        const double a = 5 * adatom_random_normal(&random), b = adatom_random_normal(&random);
        rows[r][0] = 0.6 * a - 0.8 * b;
        rows[r][1] = 0.8 * a + 0.6 * b;
        rows[r][2] = 0.05 * adatom_random_normal(&random);
    }
    assert_int_equal(adatom_principal_axes(400, 3, rows[0], axes[0]), ADATOM_OK);
    assert_near(axes[0][0], 0.6, 0.02);
    assert_near(axes[0][1], 0.8, 0.02);
    assert_near(fabs(axes[1][0]), 0.8, 0.02);
    assert_near(axes[0][0] * axes[1][0] + axes[0][1] * axes[1][1] + axes[0][2] * axes[1][2], 0,
                1e-12);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_gradients_are_those_of_central_differences),
        cmocka_unit_test(test_fast_losses_are_those_of_the_plain_loops),
        cmocka_unit_test(test_a_model_is_read_back),
        cmocka_unit_test(test_scaling_goes_both_ways),
        cmocka_unit_test(test_furthest_points),
        cmocka_unit_test(test_furthest_points_of_many),
        cmocka_unit_test(test_principal_axes),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

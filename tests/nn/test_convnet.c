/* Convolutional networks: every instruction set against plain loops, gradients against central
 * differences of those, the same bits for any number of threads, translations. */
#include "cmocka_all.h"

#include "nn/convnet.h"

#include "base/random.h"
#include "nn/conv_kernels.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { BATCH = 13 };

#define CONV(filters, wide, step, wraps, h)                                                        \
    {                                                                                              \
        .kind = ADATOM_CONVNET_CONVOLUTION, .outputs = filters, .width = wide, .stride = step,     \
        .periodic = wraps, .activation = ADATOM_CONVNET_##h                                        \
    }
#define DENSE(neurons, h)                                                                          \
    {                                                                                              \
        .kind = ADATOM_CONVNET_DENSE, .outputs = neurons, .activation = ADATOM_CONVNET_##h         \
    }
#define SUM                                                                                        \
    {                                                                                              \
        .kind = ADATOM_CONVNET_SUM                                                                 \
    }

static const adatom_convnet networks[] = {
    /* reducing and non-reducing layers, odd sizes */
    {.dimensions = 2,
     .channels = 1,
     .size = {11, 14, 1},
     .layer_count = 5,
     .layers = {CONV(20, 3, 2, false, TANH), CONV(16, 4, 1, false, SQUAREPLUS),
                CONV(66, 2, 2, false, TANH), DENSE(17, TANH), DENSE(1, LINEAR)}},
    /* convolutions by tiles of every width, which do not divide the plane */
    {.dimensions = 2,
     .channels = 1,
     .size = {7, 8, 1},
     .layer_count = 5,
     .layers = {CONV(18, 2, 1, false, TANH), CONV(5, 3, 1, true, TANH), CONV(7, 5, 1, true, TANH),
                CONV(3, 4, 1, true, TANH), DENSE(1, LINEAR)}},
    {.dimensions = 2,
     .channels = 1,
     .size = {14, 16, 1},
     .layer_count = 5,
     .layers = {CONV(4, 3, 2, false, TANH), CONV(17, 3, 1, false, TANH), CONV(5, 4, 1, false, TANH),
                CONV(3, 5, 1, false, LINEAR), SUM}},
    /* shifted copies, with tiles */
    {.dimensions = 2,
     .copies = true,
     .channels = 1,
     .size = {10, 12, 1},
     .layer_count = 3,
     .layers = {CONV(5, 2, 2, false, TANH), CONV(4, 4, 1, false, TANH), DENSE(2, LINEAR)}},
    /* shifted copies */
    {.dimensions = 2,
     .copies = true,
     .channels = 2,
     .size = {8, 6, 1},
     .layer_count = 4,
     .layers = {CONV(5, 3, 2, false, LEAKY), CONV(4, 4, 1, false, TANH), DENSE(6, TANH),
                DENSE(2, LINEAR)}},
    /* a sum of local contributions on a torus */
    {.dimensions = 2,
     .channels = 3,
     .size = {7, 9, 1},
     .layer_count = 4,
     .layers = {CONV(18, 5, 1, true, SQUAREPLUS), CONV(3, 1, 1, true, LINEAR), SUM,
                DENSE(1, LINEAR)}},
    /* space */
    {.dimensions = 3,
     .channels = 1,
     .size = {5, 6, 4},
     .layer_count = 3,
     .layers = {CONV(7, 3, 2, false, TANH), CONV(4, 2, 1, true, TANH), DENSE(1, LINEAR)}},
    {.dimensions = 3,
     .copies = true,
     .channels = 1,
     .size = {4, 4, 6},
     .layer_count = 2,
     .layers = {CONV(3, 2, 2, true, TANH), DENSE(1, LINEAR)}}};

enum { NETWORKS = sizeof networks / sizeof networks[0] };

typedef struct example {
    adatom_convnet network;
    size_t pixels;
    int outputs;
    float *weights, *images, *slopes;
    double *plain; /* [BATCH][outputs] */
} example;

static void copy_image(void *context, int item, int thread, float *image)
{
    const example *e = context;
    (void)thread;
    memcpy(image, e->images + (size_t)item * e->pixels, e->pixels * sizeof *image);
}

static float *random_numbers(size_t count, uint64_t stream)
{
    adatom_random random;
    adatom_random_seed(&random, 5, stream);
    float *values = calloc(count, sizeof *values);
    for (size_t i = 0; i < count; i++) {
        values[i] = (float)adatom_random_normal(&random);
    }
    return values;
}

static void compute_plain(const example *e, const float *weights, const float *images,
                          double *outputs)
{
    double *w = calloc(e->network.weight_count, sizeof *w), *x = calloc(e->pixels, sizeof *x);
    for (size_t i = 0; i < e->network.weight_count; i++) {
        w[i] = (double)weights[i];
    }
    for (int s = 0; s < BATCH; s++) {
        for (size_t i = 0; i < e->pixels; i++) {
            x[i] = (double)images[(size_t)s * e->pixels + i];
        }
        assert_int_equal(adatom_convnet_plain(&e->network, w, x, outputs + s * e->outputs),
                         ADATOM_OK);
    }
    free(w);
    free(x);
}

static void make_example(int which, example *e)
{
    e->network = networks[which];
    assert_int_equal(adatom_convnet_resolve(&e->network), ADATOM_OK);
    e->pixels = adatom_convnet_places(&e->network) * (size_t)e->network.channels;
    e->outputs = adatom_convnet_outputs(&e->network);
    e->weights = calloc(e->network.weight_count, sizeof *e->weights);
    adatom_convnet_start(&e->network, 4, e->weights);
    for (int l = 0; l < e->network.layer_count; l++) { /* biases that matter */
        const adatom_convnet_layer *layer = &e->network.layers[l];
        for (int o = 0; layer->kind != ADATOM_CONVNET_SUM && o < layer->outputs; o++) {
            e->weights[layer->biases_at + (size_t)o] = 0.1f * (float)(o % 3) - 0.1f;
        }
    }
    e->images = random_numbers(BATCH * e->pixels, 1);
    e->slopes = random_numbers((size_t)(BATCH * e->outputs), 2);
    e->plain = calloc((size_t)(BATCH * e->outputs), sizeof *e->plain);
    compute_plain(e, e->weights, e->images, e->plain);
}

static void clear_example(example *e)
{
    free(e->weights);
    free(e->images);
    free(e->slopes);
    free(e->plain);
}

typedef struct computed {
    float *outputs, *gradient, *image_gradient;
} computed;

static computed compute(example *e, int threads, int count)
{
    computed c = {calloc((size_t)(BATCH * e->outputs), sizeof(float)),
                  calloc(e->network.weight_count, sizeof(float)),
                  calloc(BATCH * e->pixels, sizeof(float))};
    adatom_team *team;
    adatom_convnet_run *run;
    assert_int_equal(adatom_team_create(threads, &team), ADATOM_OK);
    assert_int_equal(adatom_convnet_run_create(&e->network, BATCH, true, team, &run), ADATOM_OK);
    for (int repeat = 0; repeat < 2; repeat++) { /* nothing is left of an earlier call */
        adatom_convnet_forward(run, e->weights, count, copy_image, e, c.outputs);
        adatom_convnet_backward(run, e->weights, e->slopes, c.gradient, c.image_gradient);
    }
    adatom_convnet_run_free(run);
    adatom_team_free(team);
    return c;
}

static void clear_computed(computed *c)
{
    free(c->outputs);
    free(c->gradient);
    free(c->image_gradient);
}

static double score(const example *e, const float *weights, const float *images)
{
    double *outputs = calloc((size_t)(BATCH * e->outputs), sizeof *outputs), sum = 0;
    compute_plain(e, weights, images, outputs);
    for (int i = 0; i < BATCH * e->outputs; i++) {
        sum += (double)e->slopes[i] * outputs[i];
    }
    free(outputs);
    return sum;
}

/* The derivative by values[index]. */
static double difference(const example *e, float *values, size_t index)
{
    const float step = 0x1p-12f, kept = values[index];
    values[index] = kept + step;
    const double above = score(e, e->weights, e->images);
    values[index] = kept - step;
    const double below = score(e, e->weights, e->images);
    const double width = (double)(kept + step) - (double)(kept - step);
    values[index] = kept;
    return (above - below) / width;
}

static void check_against_plain(example *e)
{
    computed c = compute(e, 1, BATCH);
    for (int i = 0; i < BATCH * e->outputs; i++) {
        assert_true(fabs((double)c.outputs[i] - e->plain[i]) < 2e-5);
    }
    clear_computed(&c);
}

static void test_every_instruction_set_agrees_with_plain_loops(void **state)
{
    (void)state;
    for (int which = 0; which < NETWORKS; which++) {
        example e;
        make_example(which, &e);
        for (int isa = 0; adatom_conv_kernels_available(isa) != NULL; isa++) {
            setenv("ADATOM_ISA", adatom_conv_kernels_available(isa)->name, 1);
            check_against_plain(&e);
        }
        unsetenv("ADATOM_ISA");
        clear_example(&e);
    }
}

enum { TRIALS = 5 };

/* Derivatives by plain loops at places chosen at random. */
typedef struct sample {
    size_t weight[TRIALS], pixel[TRIALS];
    double by_weight[TRIALS], by_pixel[TRIALS];
} sample;

static sample sample_gradients(example *e)
{
    sample s;
    adatom_random random;
    adatom_random_seed(&random, 6, 0);
    for (int t = 0; t < TRIALS; t++) {
        do { /* filling is 0 and stays 0, whatever plain loops would make of it */
            s.weight[t] = adatom_random_below(&random, e->network.weight_count);
        } while (e->weights[s.weight[t]] == 0);
        s.pixel[t] = adatom_random_below(&random, BATCH * e->pixels);
        s.by_weight[t] = difference(e, e->weights, s.weight[t]);
        s.by_pixel[t] = difference(e, e->images, s.pixel[t]);
    }
    return s;
}

static void check_filling(const example *e, const float *gradient)
{
    const adatom_convnet_layer *layer = &e->network.layers[0];
    for (size_t w = 0; w < layer->biases_at; w++) {
        const size_t o =
            w / layer->inputs / ADATOM_CONV_BLOCK * ADATOM_CONV_BLOCK + w % ADATOM_CONV_BLOCK;
        assert_true(o < (size_t)layer->outputs || gradient[w] == 0);
    }
}

static void check_gradients(example *e, const sample *s)
{
    computed c = compute(e, 2, BATCH);
    for (int t = 0; t < TRIALS; t++) {
        assert_true(fabs((double)c.gradient[s->weight[t]] - s->by_weight[t]) <
                    3e-3 * (1 + fabs(s->by_weight[t])));
        assert_true(fabs((double)c.image_gradient[s->pixel[t]] - s->by_pixel[t]) <
                    3e-3 * (1 + fabs(s->by_pixel[t])));
    }
    check_filling(e, c.gradient);
    clear_computed(&c);
}

static void test_gradients_are_those_of_plain_loops(void **state)
{
    (void)state;
    for (int which = 0; which < NETWORKS; which++) {
        example e;
        make_example(which, &e);
        const sample s = sample_gradients(&e);
        for (int isa = 0; adatom_conv_kernels_available(isa) != NULL; isa++) {
            setenv("ADATOM_ISA", adatom_conv_kernels_available(isa)->name, 1);
            check_gradients(&e, &s);
        }
        unsetenv("ADATOM_ISA");
        clear_example(&e);
    }
}

static void test_threads_do_not_change_a_bit(void **state)
{
    (void)state;
    for (int which = 0; which < NETWORKS; which++) {
        example e;
        make_example(which, &e);
        computed one = compute(&e, 1, BATCH), three = compute(&e, 3, BATCH);
        assert_memory_equal(one.outputs, three.outputs,
                            (size_t)(BATCH * e.outputs) * sizeof(float));
        assert_memory_equal(one.gradient, three.gradient, e.network.weight_count * sizeof(float));
        assert_memory_equal(one.image_gradient, three.image_gradient,
                            BATCH * e.pixels * sizeof(float));
        computed few = compute(&e, 2, 3); /* nor do the other images of a batch */
        assert_memory_equal(one.outputs, few.outputs, (size_t)(3 * e.outputs) * sizeof(float));
        clear_computed(&one);
        clear_computed(&three);
        clear_computed(&few);
        clear_example(&e);
    }
}

static void predict(const adatom_convnet *network, const float *weights, example *images,
                    float *outputs, int count)
{
    adatom_team *team;
    adatom_convnet_run *run;
    assert_int_equal(adatom_team_create(2, &team), ADATOM_OK);
    assert_int_equal(adatom_convnet_run_create(network, count, false, team, &run), ADATOM_OK);
    adatom_convnet_forward(run, weights, count, copy_image, images, outputs);
    adatom_convnet_run_free(run);
    adatom_team_free(team);
}

/* But for rounding, which differs with the place of a pixel in its tile. */
static void test_a_sum_on_a_torus_does_not_see_translations_and_grows_with_the_cell(void **state)
{
    (void)state;
    const adatom_convnet start = {
        .dimensions = 2,
        .channels = 2,
        .size = {9, 8, 1},
        .layer_count = 3,
        .layers = {CONV(16, 4, 1, true, RELU), CONV(1, 3, 1, true, LINEAR), SUM}};
    adatom_convnet small = start, large = start;
    large.size[0] *= 2;
    assert_int_equal(adatom_convnet_resolve(&small), ADATOM_OK);
    assert_int_equal(adatom_convnet_resolve(&large), ADATOM_OK);
    assert_int_equal(small.weight_count, large.weight_count);
    float *weights = calloc(small.weight_count, sizeof *weights);
    adatom_convnet_start(&small, 9, weights);
    const size_t places = 72, pixels = 144;
    float *image = random_numbers(pixels, 7), *both = calloc(2 * pixels, sizeof *both);
    for (size_t c = 0; c < 2; c++) {
        for (size_t p = 0; p < places; p++) { /* the second is moved by (4, 3) */
            const size_t moved = (p / 8 + 4) % 9 * 8 + (p % 8 + 3) % 8;
            both[c * places + p] = image[c * places + p];
            both[pixels + c * places + moved] = image[c * places + p];
        }
    }
    example e = {.network = small, .pixels = pixels, .images = both};
    float outputs[2], twice;
    predict(&small, weights, &e, outputs, 2);
    assert_true(fabsf(outputs[0] - outputs[1]) <= 1e-5f * fabsf(outputs[0]));
    for (size_t c = 0; c < 2; c++) { /* two cells one behind the other */
        memcpy(both + c * 2 * places, image + c * places, places * sizeof *both);
        memcpy(both + (c * 2 + 1) * places, image + c * places, places * sizeof *both);
    }
    e.pixels = 2 * pixels;
    predict(&large, weights, &e, &twice, 1);
    assert_true(fabsf(twice - 2 * outputs[0]) <= 1e-5f * fabsf(twice));
    free(weights);
    free(image);
    free(both);
}

static void test_impossible_networks_are_refused(void **state)
{
    (void)state;
    adatom_convnet bad[] = {
        {.dimensions = 2,
         .channels = 1,
         .size = {8, 8, 1},
         .layer_count = 1,
         .layers = {DENSE(1, LINEAR)}},
        {.dimensions = 2,
         .channels = 1,
         .size = {8, 8, 1},
         .layer_count = 1,
         .layers = {CONV(1, 1, 1, false, LINEAR)}},
        {.dimensions = 2,
         .channels = 1,
         .size = {9, 8, 1},
         .layer_count = 2,
         .layers = {CONV(1, 3, 2, true, LINEAR), SUM}},
        {.dimensions = 2,
         .copies = true,
         .channels = 1,
         .size = {8, 8, 1},
         .layer_count = 2,
         .layers = {CONV(1, 3, 2, true, LINEAR), SUM}},
        {.dimensions = 2,
         .channels = 1,
         .size = {8, 8, 1},
         .layer_count = 3,
         .layers = {CONV(1, 1, 1, false, LINEAR), SUM, CONV(1, 1, 1, false, LINEAR)}},
        {.dimensions = 3,
         .channels = 1,
         .size = {1024, 1024, 1024},
         .layer_count = 2,
         .layers = {CONV(16, 1, 1, false, LINEAR), DENSE(1000, RELU)}}};
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        assert_int_equal(adatom_convnet_resolve(&bad[i]), ADATOM_INVALID_INPUT);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_every_instruction_set_agrees_with_plain_loops),
        cmocka_unit_test(test_gradients_are_those_of_plain_loops),
        cmocka_unit_test(test_threads_do_not_change_a_bit),
        cmocka_unit_test(test_a_sum_on_a_torus_does_not_see_translations_and_grows_with_the_cell),
        cmocka_unit_test(test_impossible_networks_are_refused)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}

/* The gradient of a step that learns from forces is that of the loss, which energies and forces of
 * the model say, by central differences along random directions of the weights. */
#include "predict/force_lesson.h"

#include "base/random.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

enum { SAMPLES = 3, ATOMS = 4, WEIGHTS_MAX = 8192, DIRECTIONS = 3 };

typedef struct example {
    adatom_image_training training;
    adatom_image_model model;
    adatom_structure *structures[SAMPLES];
    const adatom_structure *known[SAMPLES];
    double targets[SAMPLES];
    double forces[SAMPLES][ATOMS][3];
    double (*force_list[SAMPLES])[3];
    int order[SAMPLES];
    float outputs[SAMPLES], slopes[SAMPLES];
    float weights[WEIGHTS_MAX], gradient[WEIGHTS_MAX];
} example;

#define CONV(filters, wide, step, h)                                                               \
    {                                                                                              \
        .kind = ADATOM_CONVNET_CONVOLUTION, .outputs = filters, .width = wide, .stride = step,     \
        .periodic = true, .activation = ADATOM_CONVNET_##h                                         \
    }

static void make_structures(example *e)
{
    adatom_random random;
    adatom_random_seed(&random, 6, 0);
    for (int s = 0; s < SAMPLES; s++) {
        assert_int_equal(adatom_structure_create(ATOMS, &e->structures[s]), ADATOM_OK);
        e->known[s] = e->structures[s];
        memcpy(e->structures[s]->cell, (const double[3][3]){{4, 0, 0}, {0, 3, 0}, {0, 0, 9}},
               sizeof e->structures[s]->cell);
        e->structures[s]->periodic[0] = e->structures[s]->periodic[1] = true;
        for (int a = 0; a < ATOMS; a++) {
            e->structures[s]->atomic_numbers[a] = 1;
            for (int k = 0; k < 3; k++) {
                e->structures[s]->positions[a][k] = 4 * adatom_random_uniform(&random);
                e->forces[s][a][k] = adatom_random_normal(&random);
            }
        }
        e->force_list[s] = e->forces[s];
        e->targets[s] = adatom_random_normal(&random);
        e->order[s] = s;
    }
}

static void make_model(example *e)
{
    const adatom_convnet_layer layers[4] = {CONV(16, 4, 2, SQUAREPLUS),
                                            CONV(8, 3, 1, TANH),
                                            CONV(1, 1, 1, LINEAR),
                                            {.kind = ADATOM_CONVNET_SUM}};
    e->model = (adatom_image_model){
        .image = {.dimensions = 2, .grid = {12, 10}, .width = 0.4}, .scale = 0.7, .per_atom = true};
    e->model.network =
        (adatom_convnet){.dimensions = 2, .channels = 1, .size = {12, 10, 1}, .layer_count = 4};
    memcpy(e->model.network.layers, layers, sizeof layers);
    assert_int_equal(adatom_convnet_resolve(&e->model.network), ADATOM_OK);
    assert_true(e->model.network.weight_count <= WEIGHTS_MAX);
    adatom_convnet_start(&e->model.network, 3, e->weights);
    e->model.weights = e->weights;
}

static void make_training(example *e)
{
    adatom_image_training *training = &e->training;
    training->options = adatom_image_options_default();
    training->options.optimizer_batch = SAMPLES;
    training->options.loss_forces = 0.8;
    training->options.data_move = training->options.data_turn = true;
    training->samples.count = training->samples.set_counts[ADATOM_SET_TRAIN] = SAMPLES;
    training->samples.structures = e->known;
    training->samples.targets = e->targets;
    training->samples.forces = e->force_list;
    training->samples.sets[ADATOM_SET_TRAIN] = e->order;
    training->samples.most_atoms = ATOMS;
    training->model = &e->model;
    training->outputs = e->outputs;
    training->slopes = e->slopes;
    training->gradient = e->gradient;
    assert_int_equal(adatom_team_create(2, &training->team), ADATOM_OK);
    assert_int_equal(adatom_force_lesson_create(training, &training->forces), ADATOM_OK);
}

/* What the gradient is that of, from the sums that a step adds up. */
static double loss(example *e)
{
    double square = 0;
    for (int s = 0; s < SAMPLES; s++) {
        for (int a = 0; a < ATOMS; a++) {
            square += pow(e->forces[s][a][0], 2) + pow(e->forces[s][a][1], 2);
        }
    }
    square /= SAMPLES * ATOMS * 2;
    adatom_image_training *training = &e->training;
    training->sums = (adatom_image_errors){0};
    adatom_force_lesson_descend(training->forces, e->order, SAMPLES);
    const adatom_image_errors *sums = &training->sums;
    return sums->loss / sums->count +
           training->options.loss_forces * sums->force_squares / sums->force_count / square;
}

static double slope_by_differences(example *e, const float *direction)
{
    const double step = 2e-3;
    const size_t count = e->model.network.weight_count;
    double losses[2];
    for (int side = 0; side < 2; side++) {
        const double move = side == 0 ? step : -step;
        for (size_t w = 0; w < count; w++) {
            e->weights[w] += (float)(move * (double)direction[w]);
        }
        losses[side] = loss(e);
        for (size_t w = 0; w < count; w++) {
            e->weights[w] -= (float)(move * (double)direction[w]);
        }
    }
    return (losses[0] - losses[1]) / (2 * step);
}

static void test_gradient(void **state)
{
    (void)state;
    example *e = calloc(1, sizeof *e);
    assert_non_null(e);
    make_structures(e);
    make_model(e);
    make_training(e);
    const size_t count = e->model.network.weight_count;
    static float gradient[WEIGHTS_MAX], direction[WEIGHTS_MAX];
    loss(e);
    memcpy(gradient, e->gradient, count * sizeof *gradient);
    adatom_random random;
    adatom_random_seed(&random, 12, 0);
    for (int n = 0; n < DIRECTIONS; n++) {
        double norm = 0, expected = 0;
        for (size_t w = 0; w < count; w++) {
            /* along the gradient to one half, so that the slope is well above rounding */
            direction[w] = (float)adatom_random_normal(&random);
            norm += (double)gradient[w] * (double)gradient[w];
        }
        for (size_t w = 0; w < count; w++) {
            direction[w] = 0.05f * direction[w] + gradient[w] / (float)sqrt(norm);
            expected += (double)gradient[w] * (double)direction[w];
        }
        assert_float_equal(slope_by_differences(e, direction), expected, 0.01 * fabs(expected));
    }
    adatom_force_lesson_free(e->training.forces);
    adatom_team_free(e->training.team);
    for (int s = 0; s < SAMPLES; s++) {
        adatom_structure_free(e->structures[s]);
    }
    free(e);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_gradient)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}

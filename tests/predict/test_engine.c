/* Predictions of many structures at once: the numbers of one by one, images of several sizes, and
 * which structure an error is about. */
#include "predict/model.h"

#include "base/error.h"
#include "base/random.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

enum { STRUCTURES = 45, ATOMS = 3 };

/* A sum of local contributions of carbon, a pixel each 0.5 Å. */
static adatom_image_model *make_model(void)
{
    adatom_image_model *model = calloc(1, sizeof *model);
    assert_non_null(model);
    model->image = (adatom_potential_image){.dimensions = 2, .spacing = 0.5, .width = 0.6};
    model->network =
        (adatom_convnet){.dimensions = 2,
                         .channels = 1,
                         .size = {8, 8, 1},
                         .layer_count = 3,
                         .layers = {{.outputs = 16, .width = 3, .stride = 1, .periodic = true},
                                    {.outputs = 1,
                                     .width = 3,
                                     .stride = 1,
                                     .periodic = true,
                                     .activation = ADATOM_CONVNET_LINEAR},
                                    {.kind = ADATOM_CONVNET_SUM}}};
    assert_int_equal(adatom_convnet_resolve(&model->network), ADATOM_OK);
    model->weights = calloc(model->network.weight_count, sizeof *model->weights);
    adatom_convnet_start(&model->network, 3, model->weights);
    model->scale = 0.7;
    model->offset = -1;
    model->shares[6] = 0.25;
    return model;
}

/* Cells of two sizes, a few of each after the other. */
static void make_structures(adatom_structure *structures[STRUCTURES])
{
    adatom_random random;
    adatom_random_seed(&random, 8, 0);
    for (int s = 0; s < STRUCTURES; s++) {
        assert_int_equal(adatom_structure_create(ATOMS, &structures[s]), ADATOM_OK);
        structures[s]->cell[0][0] = s % 29 < 25 ? 4 : 6;
        structures[s]->cell[1][1] = 5;
        structures[s]->periodic[0] = structures[s]->periodic[1] = true;
        for (int a = 0; a < ATOMS; a++) {
            structures[s]->atomic_numbers[a] = 6;
            for (int k = 0; k < 2; k++) {
                structures[s]->positions[a][k] = 4 * adatom_random_uniform(&random);
            }
        }
    }
}

static void free_structures(adatom_structure *structures[STRUCTURES])
{
    for (int s = 0; s < STRUCTURES; s++) {
        adatom_structure_free(structures[s]);
    }
}

static void check_threads(const adatom_image_model *model, adatom_structure **structures,
                          int threads)
{
    adatom_image_engine *engine;
    double together[STRUCTURES], alone, with_forces, forces[ATOMS][3];
    size_t failed;
    assert_int_equal(adatom_image_engine_create(model, threads, &engine), ADATOM_OK);
    assert_int_equal(adatom_image_engine_predict(engine,
                                                 (const adatom_structure *const *)structures,
                                                 STRUCTURES, together, &failed),
                     ADATOM_OK);
    for (int s = 0; s < STRUCTURES; s++) {
        assert_int_equal(adatom_image_engine_compute(engine, structures[s], &alone, NULL),
                         ADATOM_OK);
        assert_int_equal(adatom_image_engine_compute(engine, structures[s], &with_forces, forces),
                         ADATOM_OK);
        assert_true(together[s] == alone && with_forces == alone);
        assert_true(s == 0 || together[s] != together[s - 1]);
    }
    adatom_image_engine_free(engine);
}

static void test_many_at_once_are_the_numbers_of_one_by_one(void **state)
{
    (void)state;
    adatom_image_model *model = make_model();
    adatom_structure *structures[STRUCTURES];
    make_structures(structures);
    check_threads(model, structures, 1);
    check_threads(model, structures, 3);
    free_structures(structures);
    adatom_image_model_free(model);
}

static void test_an_error_says_which_structure(void **state)
{
    (void)state;
    adatom_image_model *model = make_model();
    adatom_structure *structures[STRUCTURES];
    adatom_image_engine *engine;
    double values[STRUCTURES];
    size_t failed = 0;
    make_structures(structures);
    memset(structures[31]->cell, 0, sizeof structures[31]->cell);
    assert_int_equal(adatom_image_engine_create(model, 2, &engine), ADATOM_OK);
    assert_int_equal(adatom_image_engine_predict(engine,
                                                 (const adatom_structure *const *)structures,
                                                 STRUCTURES, values, &failed),
                     ADATOM_INVALID_INPUT);
    assert_int_equal(failed, 31);
    assert_true(adatom_error_message()[0] != '\0');
    adatom_image_engine_free(engine);
    free_structures(structures);
    adatom_image_model_free(model);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_many_at_once_are_the_numbers_of_one_by_one),
        cmocka_unit_test(test_an_error_says_which_structure)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}

/* What a model says of structures. */
#include "predict/model.h"

#include "base/error.h"
#include "base/memory.h"

#include <stdlib.h>
#include <string.h>

enum { FEWEST_TOGETHER = 16, TOGETHER_PER_THREAD = 4 };

struct adatom_image_engine {
    const adatom_image_model *model;
    adatom_team *team;
    adatom_convnet network;   /* for the size of the latest structures */
    adatom_convnet_run *run;  /* of `together` images at most, without gradients */
    adatom_convnet_run *slow; /* of one image, with its gradient */
    int together;
    float *slopes, *gradient;                  /* by the pixels; by the weights, not used */
    float *outputs;                            /* [most_together] */
    const adatom_structure *const *structures; /* of the images that are drawn */
};

static int most_together(const adatom_image_engine *engine)
{
    const int wanted = TOGETHER_PER_THREAD * adatom_team_size(engine->team);
    return wanted > FEWEST_TOGETHER ? wanted : FEWEST_TOGETHER;
}

adatom_status adatom_image_engine_create(const adatom_image_model *model, int threads,
                                         adatom_image_engine **out)
{
    adatom_image_engine *engine;
    ADATOM_TRY(adatom_allocate(1, sizeof *engine, &engine));
    engine->model = model;
    adatom_status status = adatom_team_create(threads, &engine->team);
    if (status == ADATOM_OK) {
        status = adatom_allocate(model->network.weight_count, sizeof(float), &engine->gradient);
    }
    if (status == ADATOM_OK) {
        status = adatom_allocate((size_t)most_together(engine), sizeof(float), &engine->outputs);
    }
    if (status != ADATOM_OK) {
        adatom_image_engine_free(engine);
        return status;
    }
    *out = engine;
    return ADATOM_OK;
}

/* What depends on the size of the images. */
static void forget_size(adatom_image_engine *engine)
{
    adatom_convnet_run_free(engine->run);
    adatom_convnet_run_free(engine->slow);
    free(engine->slopes);
    engine->run = engine->slow = NULL;
    engine->slopes = NULL;
    engine->together = 0;
    engine->network = (adatom_convnet){0};
}

void adatom_image_engine_free(adatom_image_engine *engine)
{
    if (engine == NULL) {
        return;
    }
    forget_size(engine);
    adatom_team_free(engine->team);
    free(engine->gradient);
    free(engine->outputs);
    free(engine);
}

static adatom_status resize(adatom_image_engine *engine, const int size[3])
{
    adatom_convnet network = engine->model->network;
    if (memcmp(engine->network.size, size, sizeof network.size) == 0) {
        return ADATOM_OK;
    }
    if (!adatom_image_model_is_extensive(engine->model) &&
        memcmp(network.size, size, sizeof network.size) != 0) {
        return adatom_fail(ADATOM_INVALID_INPUT,
                           "the image has %d x %d x %d pixels, the network wants %d x %d x %d",
                           size[0], size[1], size[2], network.size[0], network.size[1],
                           network.size[2]);
    }
    memcpy(network.size, size, sizeof network.size);
    ADATOM_TRY(adatom_convnet_resolve(&network));
    forget_size(engine);
    engine->network = network;
    return ADATOM_OK;
}

/* A run for so many images of the latest size. */
static adatom_status prepare(adatom_image_engine *engine, int count)
{
    if (count <= engine->together) {
        return ADATOM_OK;
    }
    adatom_convnet_run_free(engine->run);
    engine->run = NULL;
    engine->together = 0;
    ADATOM_TRY(
        adatom_convnet_run_create(&engine->network, count, false, engine->team, &engine->run));
    engine->together = count;
    return ADATOM_OK;
}

static adatom_status prepare_forces(adatom_image_engine *engine)
{
    const adatom_convnet *network = &engine->network;
    if (engine->slow != NULL) {
        return ADATOM_OK;
    }
    if (engine->slopes == NULL) {
        ADATOM_TRY(adatom_allocate(adatom_convnet_places(network) * (size_t)network->channels,
                                   sizeof(float), &engine->slopes));
    }
    return adatom_convnet_run_create(network, 1, true, engine->team, &engine->slow);
}

static void draw(void *context, int item, int thread, float *image)
{
    const adatom_image_engine *engine = context;
    (void)thread;
    adatom_potential_image_draw(&engine->model->image, engine->structures[item],
                                engine->network.size, image);
}

/* Of count <= most_together structures whose images have the latest size. */
static adatom_status predict(adatom_image_engine *engine, const adatom_structure *const *structures,
                             size_t count, double *values)
{
    const adatom_image_model *model = engine->model;
    ADATOM_TRY(prepare(engine, (int)count));
    engine->structures = structures;
    adatom_convnet_forward(engine->run, model->weights, (int)count, draw, engine, engine->outputs);
    for (size_t i = 0; i < count; i++) {
        values[i] = model->scale * (double)engine->outputs[i] +
                    adatom_image_model_known(model, structures[i]);
    }
    return ADATOM_OK;
}

adatom_status adatom_image_engine_compute(adatom_image_engine *engine,
                                          const adatom_structure *structure, double *value,
                                          double (*forces)[3])
{
    const adatom_image_model *model = engine->model;
    int size[3];
    ADATOM_TRY(adatom_potential_image_size(&model->image, structure, size));
    ADATOM_TRY(resize(engine, size));
    if (forces == NULL) {
        return predict(engine, &structure, 1, value);
    }
    float output;
    const float slope = (float)model->scale;
    ADATOM_TRY(prepare_forces(engine));
    engine->structures = &structure;
    adatom_convnet_forward(engine->slow, model->weights, 1, draw, engine, &output);
    adatom_convnet_backward(engine->slow, model->weights, &slope, engine->gradient, engine->slopes);
    adatom_potential_image_forces(&model->image, structure, size, engine->slopes, forces);
    *value = model->scale * (double)output + adatom_image_model_known(model, structure);
    return ADATOM_OK;
}

adatom_status adatom_image_engine_predict(adatom_image_engine *engine,
                                          const adatom_structure *const *structures, size_t count,
                                          double *values, size_t *failed)
{
    const size_t most = (size_t)most_together(engine);
    for (size_t first = 0, next; first < count; first = next) {
        int size[3], other[3];
        *failed = first;
        ADATOM_TRY(adatom_potential_image_size(&engine->model->image, structures[first], size));
        ADATOM_TRY(resize(engine, size));
        for (next = first + 1; next < count && next < first + most; next++) {
            *failed = next;
            ADATOM_TRY(adatom_potential_image_size(&engine->model->image, structures[next], other));
            if (memcmp(size, other, sizeof size) != 0) {
                break;
            }
        }
        ADATOM_TRY(predict(engine, structures + first, next - first, values + first));
    }
    return ADATOM_OK;
}

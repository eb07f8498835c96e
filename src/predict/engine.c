/* What a model says of one structure after the other. */
#include "predict/model.h"

#include "base/error.h"
#include "base/memory.h"

#include <stdlib.h>
#include <string.h>

struct adatom_image_engine {
    const adatom_image_model *model;
    adatom_team *team;
    adatom_convnet network; /* for the size of the latest structure */
    adatom_convnet_run *run;
    float *slopes, *gradient; /* by the pixels; by the weights, not used */
    const adatom_structure *structure;
};

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
    if (status != ADATOM_OK) {
        adatom_image_engine_free(engine);
        return status;
    }
    *out = engine;
    return ADATOM_OK;
}

void adatom_image_engine_free(adatom_image_engine *engine)
{
    if (engine == NULL) {
        return;
    }
    adatom_convnet_run_free(engine->run);
    adatom_team_free(engine->team);
    free(engine->slopes);
    free(engine->gradient);
    free(engine);
}

static adatom_status resize(adatom_image_engine *engine, const int size[3])
{
    adatom_convnet network = engine->model->network;
    if (!adatom_image_model_is_extensive(engine->model) &&
        memcmp(network.size, size, sizeof network.size) != 0) {
        return adatom_fail(ADATOM_INVALID_INPUT,
                           "the image has %d x %d x %d pixels, the network wants %d x %d x %d",
                           size[0], size[1], size[2], network.size[0], network.size[1],
                           network.size[2]);
    }
    memcpy(network.size, size, sizeof network.size);
    ADATOM_TRY(adatom_convnet_resolve(&network));
    adatom_convnet_run_free(engine->run);
    free(engine->slopes);
    engine->run = NULL;
    engine->slopes = NULL;
    engine->network = network;
    ADATOM_TRY(adatom_allocate(adatom_convnet_places(&network) * (size_t)network.channels,
                               sizeof(float), &engine->slopes));
    return adatom_convnet_run_create(&engine->network, 1, true, engine->team, &engine->run);
}

static void draw(void *context, int item, int thread, float *image)
{
    const adatom_image_engine *engine = context;
    (void)item;
    (void)thread;
    adatom_potential_image_draw(&engine->model->image, engine->structure, engine->network.size,
                                image);
}

adatom_status adatom_image_engine_compute(adatom_image_engine *engine,
                                          const adatom_structure *structure, double *value,
                                          double (*forces)[3])
{
    const adatom_image_model *model = engine->model;
    int size[3];
    ADATOM_TRY(adatom_potential_image_size(&model->image, structure, size));
    if (engine->run == NULL || memcmp(size, engine->network.size, sizeof size) != 0) {
        ADATOM_TRY(resize(engine, size));
    }
    float output;
    engine->structure = structure;
    adatom_convnet_forward(engine->run, model->weights, 1, draw, engine, &output);
    *value = model->scale * (double)output + adatom_image_model_known(model, structure);
    if (forces != NULL) {
        const float slope = (float)model->scale;
        adatom_convnet_backward(engine->run, model->weights, &slope, engine->gradient,
                                engine->slopes);
        adatom_potential_image_forces(&model->image, structure, size, engine->slopes, forces);
    }
    return ADATOM_OK;
}

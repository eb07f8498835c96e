/* Starts a training from the weights of another model. */
#include "predict/image_spec.h"
#include "predict/network_text.h"
#include "predict/training.h"

#include "base/error.h"
#include "base/memory.h"

#include <stdlib.h>
#include <string.h>

typedef adatom_status model_text(const adatom_image_model *model, char **out);

static adatom_status print_image(const adatom_image_model *model, char **out)
{
    return adatom_image_spec_print(&model->image, out);
}

static adatom_status print_network(const adatom_image_model *model, char **out)
{
    return adatom_network_text_print(&model->network, out);
}

static adatom_status have_same(model_text *print, const adatom_image_model *a,
                               const adatom_image_model *b, bool *same)
{
    char *of_a, *of_b;
    ADATOM_TRY(print(a, &of_a));
    const adatom_status status = print(b, &of_b);
    if (status == ADATOM_OK) {
        *same = strcmp(of_a, of_b) == 0;
        free(of_b);
    }
    free(of_a);
    return status;
}

static adatom_status check(const adatom_image_model *model, const adatom_image_model *start,
                           const char *path)
{
    bool image = false, network = false;
    ADATOM_TRY(have_same(print_image, model, start, &image));
    ADATOM_TRY(have_same(print_network, model, start, &network));
    if (!image || !network || model->network.weight_count != start->network.weight_count) {
        return adatom_fail(ADATOM_INVALID_INPUT, "%s has another %s", path,
                           image ? "network" : "image");
    }
    return ADATOM_OK;
}

static adatom_status take(adatom_image_training *training, const adatom_image_model *start)
{
    adatom_image_model *model = training->model;
    const size_t count = training->samples.set_counts[ADATOM_SET_TRAIN];
    adatom_image_errors errors;
    double *learned;
    ADATOM_TRY(adatom_allocate(count + 1, sizeof *learned, &learned));
    memcpy(model->weights, start->weights, model->network.weight_count * sizeof *model->weights);
    model->scale = start->scale;
    model->offset = 0;
    memset(model->shares, 0, sizeof model->shares);
    adatom_image_predict_set(training, training->samples.sets[ADATOM_SET_TRAIN], count, learned,
                             &errors);
    const adatom_status status = adatom_samples_fit_rest(
        &training->samples, training->options.data_composition, learned, model);
    free(learned);
    return status;
}

adatom_status adatom_image_start_from(adatom_image_training *training)
{
    const char *path = training->options.network_start;
    adatom_image_model *start;
    ADATOM_TRY(adatom_image_model_read(path, &start));
    adatom_status status = check(training->model, start, path);
    if (status == ADATOM_OK) {
        status = take(training, start);
    }
    adatom_image_model_free(start);
    return status;
}

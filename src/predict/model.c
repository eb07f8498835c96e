/* Model files of the kind image. */
#include "predict/model.h"

#include "adatom/version.h"
#include "base/error.h"
#include "base/memory.h"
#include "io/hdf5_file.h"
#include "predict/image_spec.h"
#include "predict/network_text.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { FORMAT = 1 };

static const size_t share_count = ADATOM_ELEMENT_COUNT + 1, numbers = 2, size_count = 3;

bool adatom_image_model_is_extensive(const adatom_image_model *model)
{
    return model->network.layers[model->network.layer_count - 1].kind == ADATOM_CONVNET_SUM;
}

double adatom_image_model_known(const adatom_image_model *model, const adatom_structure *structure)
{
    double sum = model->offset;
    for (size_t i = 0; i < structure->atom_count; i++) {
        sum += model->shares[structure->atomic_numbers[i]];
    }
    return sum;
}

const char *adatom_image_model_unit(const adatom_image_model *model)
{
    return model->unit;
}

const char *adatom_image_model_target(const adatom_image_model *model)
{
    return model->target;
}

void adatom_image_model_free(adatom_image_model *model)
{
    if (model != NULL) {
        free(model->weights);
        free(model->provenance);
        free(model);
    }
}

/* ---- writing */

static adatom_status put_texts(adatom_hdf5_writer *writer, const adatom_image_model *model)
{
    ADATOM_TRY(adatom_hdf5_put_text(writer, "kind", "image"));
    ADATOM_TRY(adatom_hdf5_put_text(writer, "version", adatom_version()));
    ADATOM_TRY(adatom_hdf5_put_text(writer, "target", model->target));
    ADATOM_TRY(adatom_hdf5_put_text(writer, "unit", model->unit));
    ADATOM_TRY(adatom_hdf5_put_text(writer, "provenance", model->provenance));
    char *text;
    ADATOM_TRY(adatom_image_spec_print(&model->image, &text));
    adatom_status status = adatom_hdf5_put_text(writer, "image", text);
    free(text);
    ADATOM_TRY(status);
    ADATOM_TRY(adatom_network_text_print(&model->network, &text));
    status = adatom_hdf5_put_text(writer, "network", text);
    free(text);
    return status;
}

static adatom_status put_all(adatom_hdf5_writer *writer, const adatom_image_model *model)
{
    const int32_t format = FORMAT, per_atom = model->per_atom;
    const double scales[2] = {model->scale, model->offset};
    const int32_t size[3] = {model->network.size[0], model->network.size[1],
                             model->network.size[2]};
    ADATOM_TRY(put_texts(writer, model));
    ADATOM_TRY(adatom_hdf5_put(writer, "format", ADATOM_HDF5_INT32, 0, NULL, &format));
    ADATOM_TRY(adatom_hdf5_put(writer, "per_atom", ADATOM_HDF5_INT32, 0, NULL, &per_atom));
    ADATOM_TRY(adatom_hdf5_put(writer, "size", ADATOM_HDF5_INT32, 1, &size_count, size));
    ADATOM_TRY(
        adatom_hdf5_put(writer, "scale_and_offset", ADATOM_HDF5_DOUBLE, 1, &numbers, scales));
    ADATOM_TRY(
        adatom_hdf5_put(writer, "shares", ADATOM_HDF5_DOUBLE, 1, &share_count, model->shares));
    return adatom_hdf5_put(writer, "weights", ADATOM_HDF5_FLOAT, 1, &model->network.weight_count,
                           model->weights);
}

adatom_status adatom_image_model_write(const adatom_image_model *model, const char *path)
{
    adatom_hdf5_writer *writer;
    ADATOM_TRY(adatom_hdf5_create(path, &writer));
    const adatom_status status = put_all(writer, model);
    if (status != ADATOM_OK) {
        adatom_hdf5_abandon(writer);
        return status;
    }
    return adatom_hdf5_commit(writer);
}

/* ---- reading */

static adatom_status get_name(adatom_hdf5_reader *reader, const char *name,
                              char out[ADATOM_IMAGE_NAME_SIZE])
{
    char *text;
    ADATOM_TRY(adatom_hdf5_get_text(reader, name, &text));
    snprintf(out, ADATOM_IMAGE_NAME_SIZE, "%s", text);
    free(text);
    return ADATOM_OK;
}

static adatom_status get_texts(adatom_hdf5_reader *reader, adatom_image_model *model)
{
    ADATOM_TRY(get_name(reader, "target", model->target));
    ADATOM_TRY(get_name(reader, "unit", model->unit));
    ADATOM_TRY(adatom_hdf5_get_text(reader, "provenance", &model->provenance));
    char *text;
    ADATOM_TRY(adatom_hdf5_get_text(reader, "image", &text));
    adatom_status status = adatom_image_spec_read(text, NULL, &model->image);
    free(text);
    ADATOM_TRY(status);
    ADATOM_TRY(adatom_hdf5_get_text(reader, "network", &text));
    status = adatom_network_text_read(text, strlen(text), "network", &model->network);
    free(text);
    return status;
}

static adatom_status get_shape(adatom_hdf5_reader *reader, adatom_image_model *model)
{
    int32_t size[3], per_atom;
    ADATOM_TRY(adatom_hdf5_get(reader, "per_atom", ADATOM_HDF5_INT32, 0, NULL, &per_atom));
    ADATOM_TRY(adatom_hdf5_get(reader, "size", ADATOM_HDF5_INT32, 1, &size_count, size));
    for (int d = 0; d < 3; d++) {
        if (size[d] < 1 || size[d] > ADATOM_IMAGE_SIZE_MAX) {
            return adatom_fail(ADATOM_INVALID_INPUT, "the size of the image is damaged");
        }
        model->network.size[d] = size[d];
    }
    model->per_atom = per_atom != 0;
    model->network.dimensions = model->image.dimensions;
    model->network.channels = adatom_potential_image_channels(&model->image);
    ADATOM_TRY(adatom_convnet_resolve(&model->network));
    if (adatom_convnet_outputs(&model->network) != 1) {
        return adatom_fail(ADATOM_INVALID_INPUT, "the network has %d outputs, expected 1",
                           adatom_convnet_outputs(&model->network));
    }
    return ADATOM_OK;
}

static adatom_status get_numbers(adatom_hdf5_reader *reader, adatom_image_model *model)
{
    double scales[2];
    ADATOM_TRY(
        adatom_hdf5_get(reader, "scale_and_offset", ADATOM_HDF5_DOUBLE, 1, &numbers, scales));
    ADATOM_TRY(
        adatom_hdf5_get(reader, "shares", ADATOM_HDF5_DOUBLE, 1, &share_count, model->shares));
    model->scale = scales[0];
    model->offset = scales[1];
    size_t count;
    ADATOM_TRY(adatom_hdf5_shape(reader, "weights", 1, &count));
    if (count != model->network.weight_count) {
        return adatom_fail(ADATOM_INVALID_INPUT, "%zu weights, expected %zu", count,
                           model->network.weight_count);
    }
    ADATOM_TRY(adatom_allocate(count, sizeof *model->weights, &model->weights));
    ADATOM_TRY(adatom_hdf5_get(reader, "weights", ADATOM_HDF5_FLOAT, 1, &count, model->weights));
    double sum = model->scale + model->offset;
    for (size_t i = 0; i < share_count; i++) {
        sum += model->shares[i];
    }
    for (size_t i = 0; i < count; i++) {
        sum += (double)model->weights[i];
    }
    return isfinite(sum) ? ADATOM_OK
                         : adatom_fail(ADATOM_INVALID_INPUT, "the weights hold what is no number");
}

static adatom_status get_all(adatom_hdf5_reader *reader, adatom_image_model *model)
{
    char kind[ADATOM_IMAGE_NAME_SIZE];
    int32_t format;
    ADATOM_TRY(get_name(reader, "kind", kind));
    if (strcmp(kind, "image") != 0) {
        return adatom_fail(ADATOM_INVALID_INPUT, "the kind is %s, expected image", kind);
    }
    ADATOM_TRY(adatom_hdf5_get(reader, "format", ADATOM_HDF5_INT32, 0, NULL, &format));
    if (format != FORMAT) {
        return adatom_fail(ADATOM_INVALID_INPUT, "format %d, expected %d", (int)format, FORMAT);
    }
    ADATOM_TRY(get_texts(reader, model));
    ADATOM_TRY(get_shape(reader, model));
    return get_numbers(reader, model);
}

bool adatom_image_model_is_at(const char *path)
{
    adatom_hdf5_reader *reader;
    if (adatom_hdf5_open(path, &reader) != ADATOM_OK) {
        return false;
    }
    char kind[ADATOM_IMAGE_NAME_SIZE] = "";
    const bool is = get_name(reader, "kind", kind) == ADATOM_OK && strcmp(kind, "image") == 0;
    adatom_hdf5_close(reader);
    return is;
}

adatom_status adatom_image_model_read(const char *path, adatom_image_model **out)
{
    adatom_hdf5_reader *reader;
    adatom_image_model *model;
    ADATOM_TRY(adatom_hdf5_open(path, &reader));
    adatom_status status = adatom_allocate(1, sizeof *model, &model);
    if (status == ADATOM_OK) {
        status = get_all(reader, model);
        if (status != ADATOM_OK) {
            status = adatom_fail_in(status, "%s", path);
            adatom_image_model_free(model);
        } else {
            *out = model;
        }
    }
    adatom_hdf5_close(reader);
    return status;
}

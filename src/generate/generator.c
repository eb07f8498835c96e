#include "generate/generator.h"

#include "base/error.h"
#include "base/memory.h"
#include "io/hdf5_file.h"

#include <stdlib.h>
#include <string.h>

enum { CHUNK = 64, MEMBERS_MAX = 1000 };

size_t adatom_generator_weights(const adatom_generator *g)
{
    return (g->cvae ? g->encoder.weight_count : 0) + g->decoder.weight_count;
}

void adatom_generator_free(adatom_generator *g)
{
    if (g != NULL) {
        adatom_scaling_clear(&g->columns);
        adatom_scaling_clear(&g->property);
        free(g->weights);
        free(g->settings);
        free(g);
    }
}

/* ---- shapes */

static adatom_status make_network(int inputs, int hidden_count, const int *hidden,
                                  adatom_activation activation, int outputs, adatom_dense *out)
{
    int sizes[ADATOM_DENSE_LAYERS_MAX + 1];
    adatom_activation activations[ADATOM_DENSE_LAYERS_MAX];
    if (hidden_count + 1 > ADATOM_DENSE_LAYERS_MAX) {
        return adatom_fail(ADATOM_INVALID_INPUT, "network.hidden: expected fewer than %d layers",
                           ADATOM_DENSE_LAYERS_MAX);
    }
    sizes[0] = inputs;
    for (int l = 0; l < hidden_count; l++) {
        sizes[l + 1] = hidden[l];
        activations[l] = activation;
    }
    sizes[hidden_count + 1] = outputs;
    activations[hidden_count] = ADATOM_ACTIVATION_LINEAR;
    return adatom_dense_create(hidden_count + 1, sizes, activations, out);
}

static adatom_status make_networks(adatom_generator *g, int hidden_count, const int *hidden,
                                   adatom_activation activation)
{
    const int columns = (int)g->columns.count;
    if (!g->cvae) {
        ADATOM_TRY(make_network(columns, hidden_count, hidden, activation, 1, &g->decoder));
    } else {
        ADATOM_TRY(make_network(columns + 1, hidden_count, hidden, activation, 2 * g->latent,
                                &g->encoder));
        ADATOM_TRY(
            make_network(g->latent + 1, hidden_count, hidden, activation, columns, &g->decoder));
    }
    return adatom_allocate_aligned((size_t)g->members * adatom_generator_weights(g), sizeof(double),
                                   &g->weights);
}

static adatom_status fill(const adatom_generator_options *options, const adatom_features *features,
                          const char *settings, adatom_generator *g)
{
    const adatom_numbers *layers = &options->network_hidden;
    int hidden[ADATOM_NUMBERS_MAX] = {128, 128, 128};
    for (int l = 0; l < layers->count; l++) {
        hidden[l] = (int)layers->values[l];
    }
    g->latent = (int)options->network_latent;
    g->members = g->cvae ? 1 : (int)options->network_members;
    ADATOM_TRY(adatom_duplicate_text(settings, &g->settings));
    ADATOM_TRY(adatom_scaling_create(features->count, features->columns, features->rows,
                                     options->data_scaling == 1, &g->columns));
    ADATOM_TRY(adatom_scaling_create(features->count, 1, features->property, false, &g->property));
    ADATOM_TRY(make_networks(g, layers->count > 0 ? layers->count : 3, hidden,
                             (adatom_activation)options->network_activation));
    adatom_random random;
    adatom_random_seed(&random, (uint64_t)options->run_seed, 1);
    double *weights = g->weights;
    for (int m = 0; m < g->members; m++) {
        if (g->cvae) {
            adatom_dense_initialize(&g->encoder, &random, weights);
            weights += g->encoder.weight_count;
        }
        adatom_dense_initialize(&g->decoder, &random, weights);
        weights += g->decoder.weight_count;
    }
    return ADATOM_OK;
}

adatom_status adatom_generator_create(const adatom_generator_options *options, bool cvae,
                                      const adatom_features *features, const char *settings,
                                      adatom_generator **out)
{
    adatom_generator *g;
    ADATOM_TRY(adatom_allocate(1, sizeof *g, &g));
    g->cvae = cvae;
    const adatom_status status = fill(options, features, settings, g);
    if (status != ADATOM_OK) {
        adatom_generator_free(g);
        return status;
    }
    *out = g;
    return ADATOM_OK;
}

/* ---- files */

static const char *kind_name(bool cvae)
{
    return cvae ? "cvae" : "surrogate";
}

static adatom_status put(adatom_hdf5_writer *writer, const char *name, size_t count,
                         const double *values)
{
    return adatom_hdf5_put(writer, name, ADATOM_HDF5_DOUBLE, 1, &count, values);
}

static adatom_status put_all(adatom_hdf5_writer *writer, const adatom_generator *g)
{
    int64_t shape[ADATOM_DENSE_LAYERS_MAX + 2] = {g->latent, g->decoder.layers[0].activation};
    const size_t layers = (size_t)g->decoder.layer_count - 1, numbers = layers + 2;
    for (size_t l = 0; l < layers; l++) {
        shape[l + 2] = g->decoder.layers[l].outputs;
    }
    ADATOM_TRY(adatom_hdf5_put_text(writer, "kind", kind_name(g->cvae)));
    ADATOM_TRY(adatom_hdf5_put_text(writer, "settings", g->settings));
    ADATOM_TRY(adatom_hdf5_put(writer, "shape", ADATOM_HDF5_INT64, 1, &numbers, shape));
    ADATOM_TRY(put(writer, "columns/offsets", g->columns.count, g->columns.offsets));
    ADATOM_TRY(put(writer, "columns/factors", g->columns.count, g->columns.factors));
    ADATOM_TRY(put(writer, "property/offset", 1, g->property.offsets));
    ADATOM_TRY(put(writer, "property/factor", 1, g->property.factors));
    return put(writer, "weights", (size_t)g->members * adatom_generator_weights(g), g->weights);
}

adatom_status adatom_generator_write(const adatom_generator *g, const char *path)
{
    adatom_hdf5_writer *writer;
    ADATOM_TRY(adatom_hdf5_create(path, &writer));
    const adatom_status status = put_all(writer, g);
    if (status != ADATOM_OK) {
        adatom_hdf5_abandon(writer);
        return status;
    }
    return adatom_hdf5_commit(writer);
}

static adatom_status get(adatom_hdf5_reader *reader, const char *name, size_t count, double *values)
{
    return adatom_hdf5_get(reader, name, ADATOM_HDF5_DOUBLE, 1, &count, values);
}

static adatom_status get_scaling(adatom_hdf5_reader *reader, const char *offsets,
                                 const char *factors, adatom_scaling *scaling)
{
    ADATOM_TRY(adatom_hdf5_shape(reader, offsets, 1, &scaling->count));
    ADATOM_TRY(adatom_allocate(scaling->count, sizeof(double), &scaling->offsets));
    ADATOM_TRY(adatom_allocate(scaling->count, sizeof(double), &scaling->factors));
    ADATOM_TRY(get(reader, offsets, scaling->count, scaling->offsets));
    return get(reader, factors, scaling->count, scaling->factors);
}

static adatom_status get_shape(adatom_hdf5_reader *reader, const char *path, adatom_generator *g)
{
    size_t numbers;
    int64_t shape[ADATOM_DENSE_LAYERS_MAX + 2];
    int hidden[ADATOM_DENSE_LAYERS_MAX];
    ADATOM_TRY(adatom_hdf5_shape(reader, "shape", 1, &numbers));
    if (numbers < 2 || numbers > ADATOM_DENSE_LAYERS_MAX + 1) {
        return adatom_fail(ADATOM_INVALID_INPUT, "%s: a network of %zu layers", path, numbers);
    }
    ADATOM_TRY(adatom_hdf5_get(reader, "shape", ADATOM_HDF5_INT64, 1, &numbers, shape));
    bool fits = shape[0] >= 1 && shape[0] <= 10000 && shape[1] >= 0 &&
                shape[1] < ADATOM_ACTIVATION_COUNT && g->columns.count < ADATOM_DENSE_SIZE_MAX;
    for (size_t l = 2; l < numbers; l++) {
        fits = fits && shape[l] >= 1 && shape[l] <= 10000;
        hidden[l - 2] = (int)shape[l];
    }
    if (!fits) {
        return adatom_fail(ADATOM_INVALID_INPUT, "%s: numbers out of range in shape", path);
    }
    g->latent = (int)shape[0];
    g->members = 1;
    return make_networks(g, (int)numbers - 2, hidden, (adatom_activation)shape[1]);
}

/* As many members as there are weights for. */
static adatom_status get_weights(adatom_hdf5_reader *reader, const char *path, adatom_generator *g)
{
    const size_t each = adatom_generator_weights(g);
    size_t count;
    ADATOM_TRY(adatom_hdf5_shape(reader, "weights", 1, &count));
    if (count == 0 || count % each != 0 || count / each > (g->cvae ? 1 : MEMBERS_MAX)) {
        return adatom_fail(ADATOM_INVALID_INPUT, "%s: %zu weights, expected %zu for each member",
                           path, count, each);
    }
    free(g->weights);
    g->weights = NULL;
    g->members = (int)(count / each);
    ADATOM_TRY(adatom_allocate_aligned(count, sizeof(double), &g->weights));
    return get(reader, "weights", count, g->weights);
}

static adatom_status get_all(adatom_hdf5_reader *reader, const char *path, adatom_generator *g)
{
    char *kind = NULL;
    ADATOM_TRY(adatom_hdf5_get_text(reader, "kind", &kind));
    const bool right = strcmp(kind, kind_name(g->cvae)) == 0;
    free(kind);
    if (!right) {
        return adatom_fail(ADATOM_INVALID_INPUT, "%s: expected a model of the kind %s", path,
                           kind_name(g->cvae));
    }
    ADATOM_TRY(adatom_hdf5_get_text(reader, "settings", &g->settings));
    ADATOM_TRY(get_scaling(reader, "columns/offsets", "columns/factors", &g->columns));
    ADATOM_TRY(get_scaling(reader, "property/offset", "property/factor", &g->property));
    if (g->property.count != 1) {
        return adatom_fail(ADATOM_INVALID_INPUT, "%s: expected one property", path);
    }
    ADATOM_TRY(get_shape(reader, path, g));
    return get_weights(reader, path, g);
}

adatom_status adatom_generator_read(const char *path, bool cvae, adatom_generator **out)
{
    adatom_hdf5_reader *reader;
    adatom_generator *g;
    ADATOM_TRY(adatom_hdf5_open(path, &reader));
    adatom_status status = adatom_allocate(1, sizeof *g, &g);
    if (status == ADATOM_OK) {
        g->cvae = cvae;
        status = get_all(reader, path, g);
        if (status == ADATOM_OK) {
            *out = g;
        } else {
            adatom_generator_free(g);
        }
    }
    adatom_hdf5_close(reader);
    return status;
}

/* ---- use */

/* Of scaled rows the mean over the members. */
static void predict_some(const adatom_generator *g, adatom_dense_work *work, size_t some,
                         const double *scaled, double *property)
{
    for (int m = 0; m < g->members; m++) {
        const double *weights = g->weights + (size_t)m * adatom_generator_weights(g);
        const double *outputs = adatom_dense_forward(&g->decoder, weights, work, (int)some, scaled);
        for (size_t r = 0; r < some; r++) {
            double one;
            adatom_unscale(&g->property, outputs + r, &one);
            property[r] = (m > 0 ? property[r] : 0) + one / g->members;
        }
    }
}

adatom_status adatom_generator_predict(const adatom_generator *g, size_t count, const double *rows,
                                       double *property)
{
    const size_t columns = g->columns.count;
    adatom_dense_work *work;
    double *scaled;
    ADATOM_TRY(adatom_allocate(CHUNK * columns, sizeof(double), &scaled));
    adatom_status status = adatom_dense_work_create(&g->decoder, CHUNK, &work);
    if (status != ADATOM_OK) {
        free(scaled);
        return status;
    }
    for (size_t first = 0; first < count; first += CHUNK) {
        const size_t some = count - first < CHUNK ? count - first : CHUNK;
        for (size_t r = 0; r < some; r++) {
            adatom_scale(&g->columns, rows + (first + r) * columns, scaled + r * columns);
        }
        predict_some(g, work, some, scaled, property + first);
    }
    adatom_dense_work_free(work);
    free(scaled);
    return ADATOM_OK;
}

adatom_status adatom_generator_sample(const adatom_generator *g, double property, size_t count,
                                      adatom_random *random, double *rows)
{
    const size_t columns = g->columns.count, width = (size_t)g->latent + 1;
    const double *weights = g->weights + g->encoder.weight_count;
    adatom_dense_work *work;
    double *inputs, condition;
    adatom_scale(&g->property, &property, &condition);
    ADATOM_TRY(adatom_allocate(CHUNK * width, sizeof(double), &inputs));
    const adatom_status status = adatom_dense_work_create(&g->decoder, CHUNK, &work);
    if (status != ADATOM_OK) {
        free(inputs);
        return status;
    }
    for (size_t first = 0; first < count; first += CHUNK) {
        const size_t some = count - first < CHUNK ? count - first : CHUNK;
        for (size_t k = 0; k < some * width; k++) {
            inputs[k] = k % width + 1 < width ? adatom_random_normal(random) : condition;
        }
        const double *outputs = adatom_dense_forward(&g->decoder, weights, work, (int)some, inputs);
        for (size_t r = 0; r < some; r++) {
            adatom_unscale(&g->columns, outputs + r * columns, rows + (first + r) * columns);
        }
    }
    adatom_dense_work_free(work);
    free(inputs);
    return ADATOM_OK;
}

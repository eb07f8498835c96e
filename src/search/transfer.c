#include "search/transfer.h"

#include "base/error.h"
#include "base/memory.h"
#include "io/hdf5_file.h"
#include "nn/input.h"
#include "search/checkpoint.h"
#include "search/resume_options.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

/* By which share the distances of neighbouring pixels may differ. */
static const double spacing_tolerance = 0.05;

/* The other agent. */
typedef struct donor {
    char path[ADATOM_PATH_SIZE];
    int32_t channels[ADATOM_CHANNELS_MAX]; /* atomic numbers; first the placed ones */
    size_t channel_count;
    int32_t layers[ADATOM_LAYERS_MAX][4]; /* filters and widths */
    size_t layer_count;
    bool stops;           /* its last map is that of stopping */
    double vectors[3][3]; /* of a pixel, Å */
    float *weights;
    size_t weight_count;
} donor;

/* -- reading */

static adatom_status find_checkpoint(const char *given, char path[ADATOM_PATH_SIZE])
{
    struct stat found;
    if (stat(given, &found) == 0 && S_ISDIR(found.st_mode)) {
        return adatom_folder_path(given, ADATOM_RUN_CHECKPOINT, path);
    }
    snprintf(path, ADATOM_PATH_SIZE, "%s", given);
    return ADATOM_OK;
}

static adatom_status read_shapes(adatom_hdf5_reader *reader, donor *d)
{
    size_t dims[2];
    const size_t vectors[2] = {3, 3};
    if (!adatom_hdf5_has(reader, "/agent/channels") || !adatom_hdf5_has(reader, "/agent/layers")) {
        return adatom_fail(ADATOM_INVALID_INPUT,
                           "is of a version of adatom that knew no transfer; `adatom resume` of "
                           "that run writes it anew");
    }
    ADATOM_TRY(adatom_hdf5_shape(reader, "/agent/channels", 1, &d->channel_count));
    ADATOM_TRY(adatom_hdf5_shape(reader, "/agent/layers", 2, dims));
    if (d->channel_count < 1 || d->channel_count > ADATOM_CHANNELS_MAX || dims[0] < 1 ||
        dims[0] > ADATOM_LAYERS_MAX || dims[1] != 4) {
        return adatom_fail(ADATOM_INVALID_INPUT, "the shape of its network is damaged");
    }
    d->layer_count = dims[0];
    ADATOM_TRY(adatom_hdf5_get(reader, "/agent/channels", ADATOM_HDF5_INT32, 1, &d->channel_count,
                               d->channels));
    ADATOM_TRY(adatom_hdf5_get(reader, "/agent/layers", ADATOM_HDF5_INT32, 2, dims, d->layers));
    return adatom_hdf5_get(reader, "/grid/vectors", ADATOM_HDF5_DOUBLE, 2, vectors, d->vectors);
}

static adatom_status read_weights(adatom_hdf5_reader *reader, donor *d)
{
    ADATOM_TRY(adatom_hdf5_shape(reader, "/agent/weights", 1, &d->weight_count));
    ADATOM_TRY(adatom_allocate(d->weight_count, sizeof *d->weights, &d->weights));
    return adatom_hdf5_get(reader, "/agent/weights", ADATOM_HDF5_FLOAT, 1, &d->weight_count,
                           d->weights);
}

static adatom_status read_donor(donor *d)
{
    adatom_hdf5_reader *reader;
    ADATOM_TRY(adatom_hdf5_open(d->path, &reader));
    adatom_status status = read_shapes(reader, d);
    if (status == ADATOM_OK) {
        status = read_weights(reader, d);
    }
    adatom_hdf5_close(reader);
    return status;
}

/* -- what must fit */

static adatom_status check_image(const adatom_search_options *mine, const char *text, size_t length,
                                 adatom_search_options *other)
{
    const adatom_option_table *table = adatom_search_option_table();
    *other = adatom_search_options_default();
    ADATOM_TRY(adatom_options_parse(table, text, length, "its settings", NULL, NULL, 0, other));
    for (size_t i = 0; i < table->count; i++) {
        const adatom_option_field *field = &table->fields[i];
        const bool counts = strncmp(field->path, "image.", 6) == 0 ||
                            strcmp(field->path, "network.leak") == 0 ||
                            strcmp(field->path, "network.biases") == 0;
        const void *a = (const char *)mine + field->offset,
                   *b = (const char *)other + field->offset;
        if (counts && !adatom_option_same_value(field, a, b)) {
            return adatom_fail(ADATOM_INVALID_INPUT, "%s is another in this search", field->path);
        }
    }
    return ADATOM_OK;
}

/* As adatom_problem_create reads them. */
static bool number_varies(const adatom_search_options *options)
{
    const adatom_element_numbers *least = &options->system_place_least;
    const adatom_composition *place = &options->system_place;
    for (int i = 0; i < least->count; i++) {
        for (int k = 0; k < place->count; k++) {
            if (place->atomic_numbers[k] == least->atomic_numbers[i][0] &&
                least->values[i] < place->amounts[k]) {
                return true;
            }
        }
    }
    return false;
}

static adatom_status check_options(const adatom_search_options *mine, donor *d)
{
    char *text;
    adatom_search_options *other;
    ADATOM_TRY(adatom_checkpoint_options(d->path, &text));
    adatom_status status = adatom_allocate(1, sizeof *other, &other);
    if (status == ADATOM_OK) {
        status = check_image(mine, text, strlen(text), other);
        d->stops = status == ADATOM_OK && number_varies(other);
        free(other);
    }
    free(text);
    return status;
}

static double product(const double a[3], const double b[3])
{
    return a[0] * b[0] + a[1] * b[1] + a[2] * b[2];
}

static adatom_status check_spacing(const adatom_grid *grid, const donor *d)
{
    for (int i = 0; i < grid->dimensions; i++) {
        for (int j = 0; j <= i; j++) {
            const double mine = product(grid->vectors[i], grid->vectors[j]);
            const double other = product(d->vectors[i], d->vectors[j]);
            const double scale = sqrt(product(grid->vectors[i], grid->vectors[i]) *
                                      product(grid->vectors[j], grid->vectors[j]));
            if (!(fabs(mine - other) <= 2 * spacing_tolerance * scale)) {
                return adatom_fail(
                    ADATOM_INVALID_INPUT,
                    "its grid points are %.4g and %.4g Å apart, those of this search %.4g and "
                    "%.4g Å, expected the same distances and angle within %g %%",
                    sqrt(product(d->vectors[0], d->vectors[0])),
                    sqrt(product(d->vectors[1], d->vectors[1])),
                    sqrt(product(grid->vectors[0], grid->vectors[0])),
                    sqrt(product(grid->vectors[1], grid->vectors[1])), 100 * spacing_tolerance);
            }
        }
    }
    return ADATOM_OK;
}

static adatom_status check_layers(const adatom_network *network, const donor *d)
{
    if (d->layer_count != (size_t)network->layer_count) {
        return adatom_fail(ADATOM_INVALID_INPUT, "it has %zu convolutions, this search has %d",
                           d->layer_count, network->layer_count);
    }
    for (int l = 0; l < network->layer_count; l++) {
        const adatom_layer *layer = &network->layers[l];
        const int32_t *other = d->layers[l];
        const bool last = l == network->layer_count - 1;
        if (!last && other[0] != layer->filters) {
            return adatom_fail(ADATOM_INVALID_INPUT,
                               "it has %d filters in convolution %d, this search has %d",
                               (int)other[0], l + 1, layer->filters);
        }
        for (int i = 0; i < 3; i++) {
            if (other[1 + i] != layer->width[i]) {
                return adatom_fail(ADATOM_INVALID_INPUT,
                                   "its filters of convolution %d are %d x %d x %d pixels wide, "
                                   "those of this search %d x %d x %d",
                                   l + 1, (int)other[1], (int)other[2], (int)other[3],
                                   layer->width[0], layer->width[1], layer->width[2]);
            }
        }
    }
    return ADATOM_OK;
}

/* The first `count` channels of the donor: the one of the element, or -1. */
static int channel_of(const donor *d, size_t count, int element)
{
    for (size_t c = 0; c < count; c++) {
        if (d->channels[c] == element) {
            return (int)c;
        }
    }
    return -1;
}

static size_t placed_species(const donor *d)
{
    const size_t maps = (size_t)d->layers[d->layer_count - 1][0];
    return d->stops && maps > 0 ? maps - 1 : maps;
}

static adatom_status check_species(const adatom_problem *problem, const donor *d)
{
    const size_t all = (size_t)d->layers[d->layer_count - 1][0], maps = placed_species(d);
    if (all < 1 || maps < 1 || maps > d->channel_count) {
        return adatom_fail(ADATOM_INVALID_INPUT, "the shape of its network is damaged");
    }
    for (int s = 0; s < problem->species_count; s++) {
        if (channel_of(d, maps, problem->species[s]) < 0) {
            return adatom_fail(ADATOM_INVALID_INPUT, "it has never placed %s",
                               adatom_element_symbol(problem->species[s]));
        }
    }
    return ADATOM_OK;
}

/* -- taking the weights */

typedef struct taking {
    const adatom_network *network;
    const adatom_problem *problem;
    const donor *d;
    float *weights;
    size_t offset; /* in the donor's weights */
} taking;

/* Channels of the image per kind of atom. */
static int parts(const adatom_network *network)
{
    return network->input_channels / network->point_kinds;
}

/* The donor's input of the first layer that stands for ours, or -1. */
static int input_of(const taking *t, int input)
{
    const int each = parts(t->network);
    const int channel = channel_of(t->d, t->d->channel_count, t->problem->channels[input / each]);
    return channel < 0 ? -1 : channel * each + input % each;
}

/* The donor's filter of a layer that stands for ours; -1: there is none. Of the last layer each
 * filter makes the map of a species, or that of stopping. */
static int filter_of(const taking *t, int l, int filter)
{
    const size_t species = placed_species(t->d);
    if (l < t->network->layer_count - 1) {
        return filter;
    }
    if (filter == t->problem->species_count) {
        return t->d->stops ? (int)species : -1;
    }
    return channel_of(t->d, species, t->problem->species[filter]);
}

static void take_layer(taking *t, int l)
{
    const adatom_network *network = t->network;
    const adatom_layer *layer = &network->layers[l];
    const size_t area = adatom_width_area(layer->width);
    const int mine = adatom_network_inputs(network, l);
    const int theirs = l == 0 ? (int)t->d->channel_count * parts(network) : mine;
    const int their_filters = (int)t->d->layers[l][0];
    const float *biases = t->d->weights + t->offset + (size_t)their_filters * (size_t)theirs * area;
    for (int f = 0; f < layer->filters; f++) {
        const int from = filter_of(t, l, f);
        for (int i = 0; from >= 0 && i < mine; i++) {
            const int input = l == 0 ? input_of(t, i) : i;
            if (input >= 0) {
                memcpy(t->weights + network->filter_offset[l] + (size_t)(f * mine + i) * area,
                       t->d->weights + t->offset + (size_t)(from * theirs + input) * area,
                       area * sizeof *t->weights);
            }
        }
        if (from >= 0) {
            t->weights[network->bias_offset[l] + (size_t)f] = biases[from];
        }
    }
    t->offset += (size_t)their_filters * ((size_t)theirs * area + 1);
}

/* One number for each channel of the image, `per` times. */
static void take_channels(taking *t, size_t offset, int per)
{
    const int each = parts(t->network) * per;
    for (int c = 0; c < t->network->point_kinds; c++) {
        const int from = channel_of(t->d, t->d->channel_count, t->problem->channels[c]);
        if (from >= 0) {
            memcpy(t->weights + offset + (size_t)(c * each),
                   t->d->weights + t->offset + (size_t)(from * each),
                   (size_t)each * sizeof *t->weights);
        }
    }
    t->offset += t->d->channel_count * (size_t)each;
}

static void take_image(taking *t)
{
    const adatom_network *network = t->network;
    if (!adatom_input_is_trained(network)) {
        return;
    }
    if (network->kernel.form == ADATOM_KERNEL_EXPANDED) {
        take_channels(t, network->coefficient_offset, network->kernel.basis_count);
    }
    take_channels(t, network->scale_offset, 1);
    take_channels(t, network->shift_offset, 1);
    take_channels(t, network->mean_offset, 1);
    take_channels(t, network->variance_offset, 1);
    t->weights[network->share_offset] = t->d->weights[t->offset++];
}

/* How many weights the donor must have. */
static size_t expected_count(const adatom_network *network, const donor *d)
{
    size_t count = 0, inputs = d->channel_count * (size_t)parts(network);
    for (int l = 0; l < network->layer_count; l++) {
        const size_t filters = (size_t)d->layers[l][0];
        count += filters * (inputs * adatom_width_area(network->layers[l].width) + 1);
        inputs = filters;
    }
    if (adatom_input_is_trained(network)) {
        const bool expanded = network->kernel.form == ADATOM_KERNEL_EXPANDED;
        count += expanded ? d->channel_count * (size_t)network->kernel.basis_count : 0;
        count += 4 * d->channel_count * (size_t)parts(network) + 1;
    }
    return count;
}

static adatom_status take(adatom_agent *agent, const adatom_search_options *options, donor *d)
{
    ADATOM_TRY(check_options(options, d));
    ADATOM_TRY(read_donor(d));
    ADATOM_TRY(check_spacing(&agent->problem->grid, d));
    ADATOM_TRY(check_layers(agent->network, d));
    ADATOM_TRY(check_species(agent->problem, d));
    if (d->weight_count != expected_count(agent->network, d)) {
        return adatom_fail(ADATOM_INVALID_INPUT, "it has %zu weights, expected %zu",
                           d->weight_count, expected_count(agent->network, d));
    }
    taking t = {
        .network = agent->network, .problem = agent->problem, .d = d, .weights = agent->weights};
    for (int l = 0; l < agent->network->layer_count; l++) {
        take_layer(&t, l);
    }
    take_image(&t);
    return ADATOM_OK;
}

adatom_status adatom_transfer(adatom_agent *agent, const adatom_search_options *options)
{
    if (options->run_transfer[0] == '\0') {
        return ADATOM_OK;
    }
    donor *d;
    ADATOM_TRY(adatom_allocate(1, sizeof *d, &d));
    adatom_status status = find_checkpoint(options->run_transfer, d->path);
    if (status == ADATOM_OK) {
        status = take(agent, options, d);
        status = status == ADATOM_OK ? status : adatom_fail_in(status, "transfer: %s", d->path);
    }
    free(d->weights);
    free(d);
    return status;
}

#include "report/representation.h"

#include "base/error.h"
#include "base/memory.h"
#include "io/hdf5_file.h"

#include <math.h>
#include <stdlib.h>

enum { ELEMENTS_MAX = 128, RINGS_MAX = 1024, CHANNELS_MAX = 4096 };

static adatom_status unsound(const char *what)
{
    return adatom_fail(ADATOM_INVALID_INPUT, "checkpoint: %s of the image is not sound", what);
}

static adatom_status read_head(adatom_hdf5_reader *reader, adatom_representation *out)
{
    const size_t one = 1;
    int32_t kind;
    ADATOM_TRY(adatom_hdf5_get(reader, "/image/kind", ADATOM_HDF5_INT32, 1, &one, &kind));
    ADATOM_TRY(adatom_hdf5_get(reader, "/image/bias", ADATOM_HDF5_DOUBLE, 1, &one, &out->bias));
    if (kind < 0 || kind >= ADATOM_REPRESENTATION_COUNT || !isfinite(out->bias)) {
        return unsound("the kind");
    }
    out->kind = (adatom_representation_kind)kind;
    return ADATOM_OK;
}

static adatom_status read_rings(adatom_hdf5_reader *reader, adatom_representation *out)
{
    size_t dims[2];
    ADATOM_TRY(adatom_hdf5_shape(reader, "/image/elements", 1, &out->element_count));
    ADATOM_TRY(adatom_hdf5_shape(reader, "/image/rings", 2, dims));
    if (out->element_count < 1 || out->element_count > ELEMENTS_MAX || dims[0] > RINGS_MAX ||
        dims[1] != 3) {
        return unsound("the list of kernels");
    }
    out->ring_count = dims[0];
    ADATOM_TRY(adatom_allocate(out->element_count, sizeof *out->elements, &out->elements));
    ADATOM_TRY(adatom_allocate(dims[0], sizeof *out->rings, &out->rings));
    ADATOM_TRY(adatom_hdf5_get(reader, "/image/elements", ADATOM_HDF5_INT32, 1, &out->element_count,
                               out->elements));
    ADATOM_TRY(adatom_hdf5_get(reader, "/image/rings", ADATOM_HDF5_DOUBLE, 2, dims, out->rings));
    for (size_t k = 0; k < dims[0]; k++) {
        const double *ring = out->rings[k];
        if (!(ring[0] > 0) || !isfinite(ring[0] + ring[1] + ring[2])) {
            return unsound("a kernel");
        }
    }
    return ADATOM_OK;
}

static adatom_status read_trained(adatom_hdf5_reader *reader, adatom_representation *out)
{
    size_t dims[2] = {out->element_count, out->ring_count};
    const bool expanded =
        out->kind == ADATOM_REPRESENTATION_AGR || out->kind == ADATOM_REPRESENTATION_DISPLACED;
    if (expanded) {
        ADATOM_TRY(
            adatom_allocate(dims[0] * dims[1], sizeof *out->coefficients, &out->coefficients));
        ADATOM_TRY(adatom_hdf5_get(reader, "/image/coefficients", ADATOM_HDF5_FLOAT, 2, dims,
                                   out->coefficients));
    }
    if (expanded || out->kind == ADATOM_REPRESENTATION_ANGULAR) {
        ADATOM_TRY(adatom_hdf5_shape(reader, "/image/normalization", 2, dims));
        const size_t channels = out->element_count * (expanded ? 1 : out->ring_count);
        if (dims[0] != 4 || dims[1] != channels || dims[1] > CHANNELS_MAX) {
            return unsound("the normalization");
        }
        out->channel_count = dims[1];
        ADATOM_TRY(adatom_allocate(4 * dims[1], sizeof *out->normalization, &out->normalization));
        ADATOM_TRY(adatom_hdf5_get(reader, "/image/normalization", ADATOM_HDF5_FLOAT, 2, dims,
                                   out->normalization));
    }
    return ADATOM_OK;
}

static adatom_status read_all(adatom_hdf5_reader *reader, adatom_representation *out)
{
    ADATOM_TRY(read_head(reader, out));
    ADATOM_TRY(read_rings(reader, out));
    return read_trained(reader, out);
}

adatom_status adatom_representation_read(const char *path, adatom_representation *out)
{
    adatom_hdf5_reader *reader;
    adatom_representation found = {0};
    ADATOM_TRY(adatom_hdf5_open(path, &reader));
    adatom_status status = ADATOM_OK;
    if (adatom_hdf5_has(reader, "/image/kind")) {
        status = read_all(reader, &found);
        found.known = status == ADATOM_OK;
    }
    adatom_hdf5_close(reader);
    if (status != ADATOM_OK) {
        adatom_representation_clear(&found);
        return status;
    }
    *out = found;
    return ADATOM_OK;
}

void adatom_representation_clear(adatom_representation *representation)
{
    free(representation->elements);
    free(representation->rings);
    free(representation->coefficients);
    free(representation->normalization);
    *representation = (adatom_representation){0};
}

static double ring_at(const double ring[3], double distance)
{
    const double step = (distance - ring[1]) / ring[0];
    return exp(-0.5 * step * step);
}

double adatom_representation_kernel(const adatom_representation *representation, size_t index,
                                    double distance)
{
    const size_t count = representation->ring_count;
    if (representation->coefficients != NULL) {
        double sum = 0;
        for (size_t k = 0; k < count; k++) {
            sum += (double)representation->coefficients[index * count + k] *
                   ring_at(representation->rings[k], distance);
        }
        return sum;
    }
    if (count == 0) {
        return distance == 0 ? 1 : 0;
    }
    return ring_at(representation->rings[count == 1 ? 0 : index % count], distance);
}

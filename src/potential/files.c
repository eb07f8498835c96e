#include "potential/files.h"

#include "adatom/version.h"
#include "base/error.h"
#include "base/memory.h"
#include "io/hdf5_file.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { FORMAT = 1, NAME_SIZE = 64 };

static const char units[] = "energy eV, length Angstrom";

/* ---- writing */

static adatom_status put_doubles(adatom_hdf5_writer *writer, const char *symbol, const char *what,
                                 int rank, const size_t *dims, const double *values)
{
    char name[NAME_SIZE];
    snprintf(name, sizeof name, "elements/%s/%s", symbol, what);
    return adatom_hdf5_put(writer, name, ADATOM_HDF5_DOUBLE, rank, dims, values);
}

static adatom_status put_element(adatom_hdf5_writer *writer, const adatom_potential *potential,
                                 const adatom_potential_element *element)
{
    const char *symbol = adatom_element_symbol(element->atomic_number);
    const size_t weights[2] = {(size_t)potential->member_count, element->dense.weight_count};
    ADATOM_TRY(put_doubles(writer, symbol, "means", 1, &element->count, element->means));
    ADATOM_TRY(put_doubles(writer, symbol, "factors", 1, &element->count, element->factors));
    ADATOM_TRY(put_doubles(writer, symbol, "offset", 0, NULL, &element->offset));
    return put_doubles(writer, symbol, "weights", 2, weights, element->weights);
}

static adatom_status put_shape(adatom_hdf5_writer *writer, const adatom_potential *potential)
{
    const adatom_dense *dense = &potential->elements[0].dense;
    int32_t hidden[ADATOM_DENSE_LAYERS_MAX] = {0}, species[ADATOM_POTENTIAL_ELEMENTS_MAX];
    const size_t hidden_count = (size_t)dense->layer_count - 1;
    for (size_t l = 0; l < hidden_count; l++) {
        hidden[l] = dense->layers[l].outputs;
    }
    for (size_t type = 0; type < potential->element_count; type++) {
        species[type] = potential->elements[type].atomic_number;
    }
    const int32_t format = FORMAT, members = potential->member_count;
    ADATOM_TRY(adatom_hdf5_put(writer, "format", ADATOM_HDF5_INT32, 0, NULL, &format));
    ADATOM_TRY(adatom_hdf5_put(writer, "members", ADATOM_HDF5_INT32, 0, NULL, &members));
    ADATOM_TRY(adatom_hdf5_put(writer, "species", ADATOM_HDF5_INT32, 1, &potential->element_count,
                               species));
    ADATOM_TRY(adatom_hdf5_put(writer, "hidden", ADATOM_HDF5_INT32, 1, &hidden_count, hidden));
    ADATOM_TRY(adatom_hdf5_put(writer, "energy_factor", ADATOM_HDF5_DOUBLE, 0, NULL,
                               &potential->energy_factor));
    return adatom_hdf5_put_text(writer, "activation",
                                adatom_activation_name(dense->layers[0].activation));
}

static adatom_status put_all(adatom_hdf5_writer *writer, const adatom_potential *potential)
{
    ADATOM_TRY(adatom_hdf5_put_text(writer, "kind", "potential"));
    ADATOM_TRY(adatom_hdf5_put_text(writer, "version", adatom_version()));
    ADATOM_TRY(adatom_hdf5_put_text(writer, "units", units));
    ADATOM_TRY(
        adatom_hdf5_put_text(writer, "descriptor", adatom_descriptor_spec(potential->descriptor)));
    ADATOM_TRY(adatom_hdf5_put_text(writer, "provenance", potential->provenance));
    ADATOM_TRY(put_shape(writer, potential));
    for (size_t type = 0; type < potential->element_count; type++) {
        ADATOM_TRY(put_element(writer, potential, &potential->elements[type]));
    }
    return ADATOM_OK;
}

adatom_status adatom_potential_write(const adatom_potential *potential, const char *path)
{
    adatom_hdf5_writer *writer;
    ADATOM_TRY(adatom_hdf5_create(path, &writer));
    const adatom_status status = put_all(writer, potential);
    if (status != ADATOM_OK) {
        adatom_hdf5_abandon(writer);
        return status;
    }
    return adatom_hdf5_commit(writer);
}

/* ---- reading */

static adatom_status get_doubles(adatom_hdf5_reader *reader, const char *symbol, const char *what,
                                 int rank, const size_t *dims, double *values)
{
    char name[NAME_SIZE];
    snprintf(name, sizeof name, "elements/%s/%s", symbol, what);
    ADATOM_TRY(adatom_hdf5_get(reader, name, ADATOM_HDF5_DOUBLE, rank, dims, values));
    size_t count = 1;
    for (int d = 0; d < rank; d++) {
        count *= dims[d];
    }
    for (size_t i = 0; i < count; i++) {
        if (!isfinite(values[i])) {
            return adatom_fail(ADATOM_INVALID_INPUT, "%s holds what is no number", name);
        }
    }
    return ADATOM_OK;
}

static adatom_status get_element(adatom_hdf5_reader *reader, const adatom_potential *potential,
                                 adatom_potential_element *element)
{
    const char *symbol = adatom_element_symbol(element->atomic_number);
    const size_t weights[2] = {(size_t)potential->member_count, element->dense.weight_count};
    ADATOM_TRY(get_doubles(reader, symbol, "means", 1, &element->count, element->means));
    ADATOM_TRY(get_doubles(reader, symbol, "factors", 1, &element->count, element->factors));
    ADATOM_TRY(get_doubles(reader, symbol, "offset", 0, NULL, &element->offset));
    return get_doubles(reader, symbol, "weights", 2, weights, element->weights);
}

/* What adatom_potential_create is given. */
typedef struct shape {
    char *descriptor, *activation_name;
    size_t species_count, hidden_count;
    int32_t species[ADATOM_POTENTIAL_ELEMENTS_MAX], hidden[ADATOM_DENSE_LAYERS_MAX], members;
    adatom_activation activation;
} shape;

static adatom_status get_list(adatom_hdf5_reader *reader, const char *name, size_t maximum,
                              size_t *count, int32_t *values)
{
    ADATOM_TRY(adatom_hdf5_shape(reader, name, 1, count));
    if (*count > maximum) {
        return adatom_fail(ADATOM_INVALID_INPUT, "%s has %zu entries, expected at most %zu", name,
                           *count, maximum);
    }
    return adatom_hdf5_get(reader, name, ADATOM_HDF5_INT32, 1, count, values);
}

static adatom_status get_shape(adatom_hdf5_reader *reader, shape *out)
{
    int32_t format;
    ADATOM_TRY(adatom_hdf5_get(reader, "format", ADATOM_HDF5_INT32, 0, NULL, &format));
    if (format != FORMAT) {
        return adatom_fail(ADATOM_UNSUPPORTED, "format %d of potentials, expected %d", format,
                           FORMAT);
    }
    ADATOM_TRY(adatom_hdf5_get(reader, "members", ADATOM_HDF5_INT32, 0, NULL, &out->members));
    ADATOM_TRY(get_list(reader, "species", ADATOM_POTENTIAL_ELEMENTS_MAX, &out->species_count,
                        out->species));
    ADATOM_TRY(
        get_list(reader, "hidden", ADATOM_DENSE_LAYERS_MAX - 1, &out->hidden_count, out->hidden));
    ADATOM_TRY(adatom_hdf5_get_text(reader, "descriptor", &out->descriptor));
    ADATOM_TRY(adatom_hdf5_get_text(reader, "activation", &out->activation_name));
    return adatom_activation_find(out->activation_name, &out->activation);
}

static adatom_status check_kind(adatom_hdf5_reader *reader)
{
    char *kind = NULL;
    ADATOM_TRY(adatom_hdf5_get_text(reader, "kind", &kind));
    const bool right = strcmp(kind, "potential") == 0;
    const adatom_status status =
        right
            ? ADATOM_OK
            : adatom_fail(ADATOM_INVALID_INPUT, "a model of kind %.40s, expected potential", kind);
    free(kind);
    return status;
}

static adatom_status get_all(adatom_hdf5_reader *reader, shape *found, adatom_potential **potential)
{
    ADATOM_TRY(check_kind(reader));
    ADATOM_TRY(get_shape(reader, found));
    ADATOM_TRY(adatom_potential_create(found->descriptor, found->species, found->species_count,
                                       (int)found->hidden_count, found->hidden, found->activation,
                                       found->members, potential));
    ADATOM_TRY(adatom_hdf5_get(reader, "energy_factor", ADATOM_HDF5_DOUBLE, 0, NULL,
                               &(*potential)->energy_factor));
    char *provenance;
    ADATOM_TRY(adatom_hdf5_get_text(reader, "provenance", &provenance));
    free((*potential)->provenance);
    (*potential)->provenance = provenance;
    for (size_t type = 0; type < (*potential)->element_count; type++) {
        ADATOM_TRY(get_element(reader, *potential, &(*potential)->elements[type]));
    }
    return ADATOM_OK;
}

adatom_status adatom_potential_read(const char *path, adatom_potential **out)
{
    adatom_hdf5_reader *reader;
    ADATOM_TRY(adatom_hdf5_open(path, &reader));
    shape found = {.descriptor = NULL};
    adatom_potential *potential = NULL;
    const adatom_status status = get_all(reader, &found, &potential);
    adatom_hdf5_close(reader);
    free(found.descriptor);
    free(found.activation_name);
    if (status != ADATOM_OK) {
        adatom_potential_free(potential);
        return adatom_fail_in(status, "%s", path);
    }
    *out = potential;
    return ADATOM_OK;
}

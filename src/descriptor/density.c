#include "descriptor/density.h"

#include "base/error.h"
#include "base/memory.h"
#include "descriptor/density_kernel.h"
#include "descriptor/keys.h"
#include "descriptor/kind.h"
#include "io/number_text.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* As the choices of the key blocks. */
typedef enum blocks { TOTAL, WEIGHTED, BOTH, SPECIES, PAIRS } blocks;

/* ---- channels */

/* The list "1+0.5", one number for each species, in the last channel. */
static adatom_status read_weights(adatom_density *density, const char *list)
{
    double *weights = density->weights + (density->channel_count - 1) * density->species_count;
    const char *at = list;
    int count = 0;
    while (at != NULL && count < density->species_count) {
        const size_t length = strcspn(at, "+");
        if (!adatom_number_from_text(at, length, &weights[count++])) {
            count = -1;
            break;
        }
        at = at[length] == '+' ? at + length + 1 : NULL;
    }
    if (count != density->species_count || at != NULL) {
        return adatom_fail(ADATOM_INVALID_INPUT,
                           "descriptor bessel: weights=%.40s, expected %d numbers with \"+\" "
                           "between, one for each species",
                           list, density->species_count);
    }
    return ADATOM_OK;
}

static adatom_status prepare_channels(adatom_density *density, blocks choice, const char *weights)
{
    const bool separate = choice == SPECIES || choice == PAIRS;
    density->channel_count = separate ? density->species_count : choice == BOTH ? 2 : 1;
    density->separate = separate || (choice == TOTAL && density->species_count == 1);
    density->pairs = choice == PAIRS ? ADATOM_DENSITY_CHANNELS : ADATOM_DENSITY_SAME;
    const bool weighted = choice == WEIGHTED || choice == BOTH;
    if (weighted != (weights[0] != '\0')) {
        return adatom_fail(ADATOM_INVALID_INPUT,
                           weighted ? "descriptor bessel: weights= is missing"
                                    : "descriptor bessel: weights= is for blocks=weighted or both");
    }
    ADATOM_TRY(adatom_allocate((size_t)(density->channel_count * density->species_count),
                               sizeof *density->weights, &density->weights));
    for (int k = 0; k < density->channel_count; k++) {
        for (int s = 0; s < density->species_count; s++) {
            density->weights[k * density->species_count + s] = separate ? k == s : 1;
        }
    }
    return weighted ? read_weights(density, weights) : ADATOM_OK;
}

/* ---- terms */

/* Without terms it only counts. */
static void add_term(adatom_density *density, int l, int a, int b, double factor)
{
    if (density->terms != NULL) {
        density->terms[density->term_count] = (adatom_density_term){l, a, b, factor};
    }
    density->term_count++;
}

/* p_nl for one pair of channels. */
static void add_diagonal(adatom_density *density, int k, int other)
{
    const int stride = density->radial->stride;
    for (int n = 0; n < density->n_count; n++) {
        for (int l = 0; l < density->l_count && (!density->triangular || l <= n); l++) {
            const int row = density->triangular ? n - l : n;
            add_term(density, l, k * stride + row, other * stride + row, 1);
        }
    }
}

/* sqrt(8 pi^2 / (2 l + 1)), and the square root of 2 for terms that stand for (a, b) and (b, a). */
static void add_all(adatom_density *density, int k, int other)
{
    const double pi = acos(-1.0);
    const int stride = density->radial->stride;
    for (int n = 0; n < density->n_count; n++) {
        for (int m = k == other ? n : 0; m < density->n_count; m++) {
            for (int l = 0; l < density->l_count; l++) {
                const double twice = k == other && n == m ? 1 : 2;
                add_term(density, l, k * stride + n, other * stride + m,
                         pi * sqrt(8 * twice / (2 * l + 1)));
            }
        }
    }
}

static void add_terms(adatom_density *density)
{
    density->term_count = 0;
    for (int k = 0; k < density->channel_count; k++) {
        const int last = density->pairs == ADATOM_DENSITY_SAME ? k : density->channel_count - 1;
        for (int other = k; other <= last; other++) {
            if (density->pairs == ADATOM_DENSITY_ALL) {
                add_all(density, k, other);
            } else {
                add_diagonal(density, k, other);
            }
        }
    }
}

static adatom_status prepare_terms(adatom_density *density)
{
    adatom_harmonics_prepare(density->l_count, &density->harmonics);
    add_terms(density);
    ADATOM_TRY(adatom_allocate(density->term_count, sizeof *density->terms, &density->terms));
    add_terms(density);
    return ADATOM_OK;
}

/* ---- the two kinds */

static void density_free(void *state)
{
    adatom_density *density = state;
    if (density == NULL) {
        return;
    }
    free(density->weights);
    free(density->terms);
    free(density->center_values);
    adatom_radial_free(density->radial);
    free(density);
}

static adatom_status create_bessel(adatom_descriptor *descriptor, const adatom_keys *keys)
{
    adatom_density *density = descriptor->state;
    density->n_count = (int)adatom_keys_number(keys, "bessel", "n_max") + 1;
    density->l_count = (int)adatom_keys_number(keys, "bessel", "l_max") + 1;
    density->triangular = adatom_keys_number(keys, "bessel", "radial") > 0;
    if (density->triangular && density->l_count > density->n_count) {
        density->l_count = density->n_count; /* l <= n */
    }
    ADATOM_TRY(prepare_channels(density, (blocks)adatom_keys_number(keys, "bessel", "blocks"),
                                adatom_keys_list(keys, "bessel", "weights")));
    ADATOM_TRY(adatom_radial_create_bessel(descriptor->cutoff, density->n_count, density->l_count,
                                           density->triangular, &density->radial));
    return prepare_terms(density);
}

/* The centre's own Gaussian: Y_00 and the radial integrals of l = 0 at r = 0. */
static adatom_status prepare_center(adatom_density *density)
{
    const adatom_radial *radial = density->radial;
    const size_t row = (size_t)(radial->set_count * radial->stride);
    double *values;
    ADATOM_TRY(adatom_allocate(3 * row, sizeof *values, &values));
    density->center_values = values;
    adatom_radial_exact(radial, 0, values, values + row, values + 2 * row);
    for (size_t i = 0; i < row; i++) {
        values[i] *= density->center * density->harmonics.diagonal[0];
    }
    return ADATOM_OK;
}

static adatom_status create_soap(adatom_descriptor *descriptor, const adatom_keys *keys)
{
    adatom_density *density = descriptor->state;
    const double fade = adatom_keys_number(keys, "soap", "fade");
    density->n_count = (int)adatom_keys_number(keys, "soap", "n_max") + 1;
    density->l_count = (int)adatom_keys_number(keys, "soap", "l_max") + 1;
    density->center = adatom_keys_number(keys, "soap", "center");
    if (fade > descriptor->cutoff) {
        return adatom_fail(ADATOM_INVALID_INPUT,
                           "descriptor soap: fade=%g, expected at most the cutoff", fade);
    }
    const double sigma = adatom_keys_number(keys, "soap", "sigma"), finest = 200;
    if (descriptor->cutoff > finest * sigma) {
        return adatom_fail(ADATOM_INVALID_INPUT,
                           "descriptor soap: sigma=%g, expected at least the cutoff / %g", sigma,
                           finest);
    }
    ADATOM_TRY(prepare_channels(density, SPECIES, ""));
    density->pairs = ADATOM_DENSITY_ALL;
    ADATOM_TRY(adatom_radial_create_soap(descriptor->cutoff, density->n_count, density->l_count,
                                         adatom_keys_number(keys, "soap", "sigma"),
                                         adatom_keys_number(keys, "soap", "basis") > 0
                                             ? ADATOM_RADIAL_BESSEL
                                             : ADATOM_RADIAL_POLYNOMIAL,
                                         fade, &density->radial));
    ADATOM_TRY(prepare_terms(density));
    return prepare_center(density);
}

static adatom_status create_with(adatom_descriptor *descriptor, const adatom_keys *keys)
{
    const char *kind = descriptor->kind->name;
    char species[ADATOM_SPECIES_TEXT_SIZE];
    adatom_density *density;
    ADATOM_TRY(adatom_descriptor_take_species(descriptor, adatom_keys_list(keys, kind, "species")));
    ADATOM_TRY(adatom_allocate(1, sizeof *density, &density));
    descriptor->state = density;
    descriptor->cutoff = adatom_keys_number(keys, kind, "cutoff");
    density->species_count = (int)descriptor->species_count;
    ADATOM_TRY(descriptor->kind == &adatom_descriptor_bessel ? create_bessel(descriptor, keys)
                                                             : create_soap(descriptor, keys));
    for (size_t i = 0; i < descriptor->species_count; i++) {
        descriptor->counts[i] = density->term_count;
    }
    adatom_descriptor_print_species(descriptor, species);
    return adatom_keys_print(keys, kind, species, &descriptor->spec);
}

static adatom_status create(adatom_descriptor *descriptor, const char *text)
{
    adatom_keys keys;
    ADATOM_TRY(adatom_keys_read(descriptor->kind->name, text, &keys));
    const adatom_status status = create_with(descriptor, &keys);
    adatom_keys_clear(&keys);
    return status;
}

const adatom_density *adatom_density_of(const adatom_descriptor *descriptor)
{
    return descriptor->state;
}

/* ---- labels */

static void label(const adatom_descriptor *descriptor, int type, size_t index, char *text,
                  size_t size)
{
    (void)type;
    const adatom_density *density = descriptor->state;
    const adatom_density_term *term = &density->terms[index];
    const int stride = density->radial->stride;
    const int k = term->a / stride, other = term->b / stride;
    char channel[32] = "";
    if (density->channel_count > 1 && density->channel_count == density->species_count &&
        density->weights[1] == 0) {
        snprintf(channel, sizeof channel, "%s%s%s ", adatom_element_symbol(descriptor->species[k]),
                 density->pairs != ADATOM_DENSITY_SAME ? "-" : "",
                 density->pairs != ADATOM_DENSITY_SAME
                     ? adatom_element_symbol(descriptor->species[other])
                     : "");
    } else if (density->channel_count > 1) {
        snprintf(channel, sizeof channel, "%s ", k == 0 ? "total" : "weighted");
    }
    const int n = term->a % stride + (density->triangular ? term->l : 0);
    if (density->pairs == ADATOM_DENSITY_ALL) {
        snprintf(text, size, "%sn=%d n'=%d l=%d", channel, n, term->b % stride, term->l);
    } else {
        snprintf(text, size, "%sn=%d l=%d", channel, n, term->l);
    }
}

#define DENSITY_KIND(NAME)                                                                         \
    {                                                                                              \
        .name = NAME, .create = create, .free = density_free,                                      \
        .workspace_create = adatom_density_workspace_create,                                       \
        .workspace_free = adatom_density_workspace_free, .values = adatom_density_values,          \
        .contract = adatom_density_contract, .gradients = adatom_density_gradients, .label = label \
    }

const adatom_descriptor_kind adatom_descriptor_bessel = DENSITY_KIND("bessel");
const adatom_descriptor_kind adatom_descriptor_soap = DENSITY_KIND("soap");

#include "descriptor/acsf.h"

#include "base/error.h"
#include "base/memory.h"
#include "descriptor/keys.h"
#include "io/number_text.h"
#include "io/text_file.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* ---- from keys: every function for every element and its neighbours */

enum { LIST_MAX = 64 };

typedef struct number_list {
    size_t count;
    double numbers[LIST_MAX];
} number_list;

static adatom_status read_list(const adatom_keys *keys, const char *name, double minimum,
                               double maximum, number_list *list)
{
    const char *at = adatom_keys_list(keys, "acsf", name);
    list->count = 0;
    while (at != NULL && at[0] != '\0') {
        const size_t length = strcspn(at, "+");
        double number;
        if (list->count == LIST_MAX || !adatom_number_from_text(at, length, &number) ||
            number < minimum || number > maximum) {
            return adatom_fail(ADATOM_INVALID_INPUT,
                               "descriptor acsf: %s=%.40s, expected up to %d numbers from %g to "
                               "%g with \"+\" between",
                               name, adatom_keys_list(keys, "acsf", name), LIST_MAX, minimum,
                               maximum);
        }
        list->numbers[list->count++] = number;
        at = at[length] == '+' ? at + length + 1 : NULL;
    }
    return ADATOM_OK;
}

/* For all neighbours, or all pairs of them: the products of the three lists. */
static adatom_status add_products(adatom_acsf *acsf, adatom_acsf_function function,
                                  const number_list lists[3])
{
    const bool triple = function.type == ADATOM_ACSF_G4 || function.type == ADATOM_ACSF_G5;
    const int species = acsf->species_count;
    for (int pair = 0; pair < (triple ? species * species : species); pair++) {
        function.first = triple ? pair / species : pair;
        function.second = triple ? pair % species : -1;
        if (triple && function.first > function.second) {
            continue;
        }
        for (size_t i = 0; i < lists[0].count; i++) {
            for (size_t j = 0; j < lists[1].count; j++) {
                for (size_t k = 0; k < lists[2].count; k++) {
                    function.eta = lists[0].numbers[i];
                    function.shift = triple ? 0 : lists[1].numbers[j];
                    function.lambda = triple ? lists[1].numbers[j] : 0;
                    function.zeta = triple ? lists[2].numbers[k] : 0;
                    ADATOM_TRY(adatom_acsf_add(acsf, &function));
                }
            }
        }
    }
    return ADATOM_OK;
}

/* The functions of one type for one centre. */
static adatom_status add_type(adatom_acsf *acsf, const adatom_keys *keys,
                              adatom_acsf_function function)
{
    const double large = 1e6;
    const number_list one = {1, {0}};
    number_list lists[3] = {one, one, one};
    if (function.type == ADATOM_ACSF_G2) {
        ADATOM_TRY(read_list(keys, "g2_eta", 0, large, &lists[0]));
        ADATOM_TRY(read_list(keys, "g2_shift", 0, large, &lists[1]));
        if (lists[1].count == 0) {
            lists[1] = one;
        }
    } else if (function.type == ADATOM_ACSF_G3) {
        ADATOM_TRY(read_list(keys, "g3_kappa", -large, large, &lists[0]));
    } else {
        const bool narrow = function.type == ADATOM_ACSF_G4;
        ADATOM_TRY(read_list(keys, narrow ? "g4_eta" : "g5_eta", 0, large, &lists[0]));
        ADATOM_TRY(read_list(keys, narrow ? "g4_lambda" : "g5_lambda", -1, 1, &lists[1]));
        ADATOM_TRY(read_list(keys, narrow ? "g4_zeta" : "g5_zeta", 1, 1000, &lists[2]));
    }
    return add_products(acsf, function, lists);
}

static adatom_status add_from_keys(adatom_acsf *acsf, adatom_descriptor *descriptor,
                                   const adatom_keys *keys)
{
    const adatom_acsf_type types[] = {ADATOM_ACSF_G2, ADATOM_ACSF_G3, ADATOM_ACSF_G4,
                                      ADATOM_ACSF_G5};
    ADATOM_TRY(
        adatom_descriptor_take_species(descriptor, adatom_keys_list(keys, "acsf", "species")));
    acsf->fade = (adatom_acsf_fade)adatom_keys_number(keys, "acsf", "function");
    acsf->alpha = adatom_keys_number(keys, "acsf", "alpha");
    acsf->species_count = (int)descriptor->species_count;
    for (int s = 0; s < acsf->species_count; s++) {
        for (size_t t = 0; t < sizeof types / sizeof types[0]; t++) {
            const adatom_acsf_function function = {.type = types[t],
                                                   .center = s,
                                                   .cutoff =
                                                       adatom_keys_number(keys, "acsf", "cutoff")};
            ADATOM_TRY(add_type(acsf, keys, function));
        }
    }
    if (acsf->function_count == 0) {
        return adatom_fail(ADATOM_INVALID_INPUT, "descriptor acsf: no function is asked for; "
                                                 "g2_eta= and g5_eta= are such");
    }
    return ADATOM_OK;
}

static adatom_status read_keys(adatom_acsf *acsf, adatom_descriptor *descriptor, const char *text)
{
    adatom_keys keys;
    ADATOM_TRY(adatom_keys_read("acsf", text, &keys));
    const adatom_status status = add_from_keys(acsf, descriptor, &keys);
    adatom_keys_clear(&keys);
    return status;
}

/* ---- from lines, in a file or in the spec */

static adatom_status read_file(adatom_acsf *acsf, adatom_descriptor *descriptor, const char *path,
                               double unit)
{
    const size_t largest = 1 << 24;
    char *text;
    size_t length;
    ADATOM_TRY(adatom_text_file_read(path, largest, &text, &length));
    const adatom_status status = adatom_acsf_read(acsf, descriptor, text, length, path, unit);
    free(text);
    return status;
}

/* Cuts a last ",unit=bohr" or ",unit=angstrom" off. */
static adatom_status cut_unit(char *text, double *unit)
{
    const double bohr = 0.529177210903; /* Å (CODATA 2018) */
    char *comma = strrchr(text, ',');
    *unit = 1;
    if (comma == NULL || strncmp(comma, ",unit=", 6) != 0) {
        return ADATOM_OK;
    }
    *unit = strcmp(comma + 6, "bohr") == 0 ? bohr : 1;
    if (*unit == 1 && strcmp(comma + 6, "angstrom") != 0) {
        return adatom_fail(ADATOM_INVALID_INPUT,
                           "descriptor acsf: unit=%.40s, expected angstrom or bohr", comma + 6);
    }
    *comma = '\0';
    return ADATOM_OK;
}

static adatom_status read_lines(adatom_acsf *acsf, adatom_descriptor *descriptor, const char *text)
{
    char *copy;
    double unit;
    ADATOM_TRY(adatom_duplicate_text(text, &copy));
    adatom_status status = cut_unit(copy, &unit);
    if (status == ADATOM_OK) {
        status = strstr(copy, "symfunction_short ") != NULL
                     ? adatom_acsf_read(acsf, descriptor, copy, strlen(copy), "acsf", unit)
                     : read_file(acsf, descriptor, copy, unit);
    }
    free(copy);
    return status;
}

/* ---- back to lines */

static void print_number(FILE *stream, double number)
{
    char text[ADATOM_NUMBER_TEXT_SIZE];
    adatom_number_to_text(number, text);
    fprintf(stream, " %s", text);
}

static void print_function(FILE *stream, const adatom_descriptor *descriptor,
                           const adatom_acsf_function *function)
{
    const int *species = descriptor->species;
    fprintf(stream, ";symfunction_short %s %d %s", adatom_element_symbol(species[function->center]),
            (int)function->type, adatom_element_symbol(species[function->first]));
    if (function->second >= 0) {
        fprintf(stream, " %s", adatom_element_symbol(species[function->second]));
        print_number(stream, function->eta);
        print_number(stream, function->lambda);
        print_number(stream, function->zeta);
        print_number(stream, function->cutoff);
        print_number(stream, function->shift);
        return;
    }
    if (function->type != ADATOM_ACSF_G1) {
        print_number(stream, function->eta);
    }
    if (function->type == ADATOM_ACSF_G2) {
        print_number(stream, function->shift);
    }
    print_number(stream, function->cutoff);
}

adatom_status adatom_acsf_print(const adatom_acsf *acsf, const adatom_descriptor *descriptor,
                                char **out)
{
    char *text = NULL;
    size_t length;
    FILE *stream = open_memstream(&text, &length);
    if (stream == NULL) {
        return adatom_fail(ADATOM_OUT_OF_MEMORY, "out of memory for a descriptor's spec");
    }
    fputs("acsf:elements", stream);
    for (size_t s = 0; s < descriptor->species_count; s++) {
        fprintf(stream, " %s", adatom_element_symbol(descriptor->species[s]));
    }
    fprintf(stream, ";cutoff_type %d", (int)acsf->fade);
    print_number(stream, acsf->alpha);
    for (size_t f = 0; f < acsf->function_count; f++) {
        print_function(stream, descriptor, &acsf->functions[f]);
    }
    if (fclose(stream) != 0) {
        free(text);
        return adatom_fail(ADATOM_OUT_OF_MEMORY, "out of memory for a descriptor's spec");
    }
    *out = text;
    return ADATOM_OK;
}

/* ---- the kind */

static adatom_status create(adatom_descriptor *descriptor, const char *text)
{
    adatom_acsf *acsf;
    ADATOM_TRY(adatom_allocate(1, sizeof *acsf, &acsf));
    descriptor->state = acsf;
    acsf->fade = ADATOM_FADE_COS;
    const bool keys = strncmp(text, "cutoff=", 7) == 0 || strstr(text, ",cutoff=") != NULL;
    ADATOM_TRY(keys ? read_keys(acsf, descriptor, text) : read_lines(acsf, descriptor, text));
    acsf->species_count = (int)descriptor->species_count;
    ADATOM_TRY(adatom_acsf_sort(acsf));
    descriptor->cutoff = acsf->cutoff;
    for (int s = 0; s < acsf->species_count; s++) {
        descriptor->counts[s] = (size_t)acsf->centers[s].value_count;
    }
    return adatom_acsf_print(acsf, descriptor, &descriptor->spec);
}

static void label(const adatom_descriptor *descriptor, int type, size_t index, char *text,
                  size_t size)
{
    const adatom_acsf *acsf = descriptor->state;
    const adatom_acsf_function *function = acsf->functions;
    for (size_t seen = 0; function->center != type || seen++ < index;) {
        function++;
    }
    const char *first = adatom_element_symbol(descriptor->species[function->first]);
    if (function->second >= 0) {
        snprintf(text, size, "%s %s-%s eta=%g lambda=%g zeta=%g shift=%g cutoff=%g",
                 function->type == ADATOM_ACSF_G4 ? "G4" : "G5", first,
                 adatom_element_symbol(descriptor->species[function->second]), function->eta,
                 function->lambda, function->zeta, function->shift, function->cutoff);
    } else {
        snprintf(text, size, "%s %s %s=%g shift=%g cutoff=%g",
                 function->type == ADATOM_ACSF_G1   ? "G1"
                 : function->type == ADATOM_ACSF_G2 ? "G2"
                                                    : "G3",
                 first, function->type == ADATOM_ACSF_G3 ? "kappa" : "eta", function->eta,
                 function->shift, function->cutoff);
    }
}

const adatom_descriptor_kind adatom_descriptor_acsf = {
    .name = "acsf",
    .create = create,
    .free = adatom_acsf_free,
    .workspace_create = adatom_acsf_workspace_create,
    .workspace_free = adatom_acsf_workspace_free,
    .values = adatom_acsf_values,
    .contract = adatom_acsf_contract,
    .gradients = adatom_acsf_gradients,
    .label = label,
};

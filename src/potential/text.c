#include "potential/text.h"

#include "base/error.h"
#include "base/memory.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

/* ---- writing */

static void print_numbers(FILE *stream, const char *name, const double *numbers, size_t count)
{
    fprintf(stream, "%s\n", name);
    for (size_t i = 0; i < count; i++) {
        fprintf(stream, "%.17g%c", numbers[i], i % 8 == 7 || i + 1 == count ? '\n' : ' ');
    }
}

static void print_element(const adatom_potential_element *element, int members, FILE *stream)
{
    fprintf(stream, "element %d %zu %.17g\n", element->atomic_number, element->count,
            element->offset);
    print_numbers(stream, "means", element->means, element->count);
    print_numbers(stream, "factors", element->factors, element->count);
    print_numbers(stream, "weights", element->weights,
                  (size_t)members * element->dense.weight_count);
}

void adatom_potential_print(const adatom_potential *potential, FILE *stream)
{
    const char *spec = adatom_descriptor_spec(potential->descriptor);
    const adatom_dense *dense = &potential->elements[0].dense;
    fprintf(stream, "adatom-potential 1\ndescriptor %zu\n%s\nspecies %zu", strlen(spec), spec,
            potential->element_count);
    for (size_t type = 0; type < potential->element_count; type++) {
        fprintf(stream, " %d", potential->elements[type].atomic_number);
    }
    fprintf(stream, "\nhidden %d", dense->layer_count - 1);
    for (int l = 0; l + 1 < dense->layer_count; l++) {
        fprintf(stream, " %d", dense->layers[l].outputs);
    }
    fprintf(stream, "\nactivation %s\nmembers %d\nenergy_factor %.17g\n",
            adatom_activation_name(dense->layers[0].activation), potential->member_count,
            potential->energy_factor);
    for (size_t type = 0; type < potential->element_count; type++) {
        print_element(&potential->elements[type], potential->member_count, stream);
    }
}

/* ---- reading */

/* The place in the text; the first failure stays. */
typedef struct cursor {
    const char *at, *name;
    adatom_status status;
} cursor;

static void refuse(cursor *c, const char *expected)
{
    if (c->status == ADATOM_OK) {
        c->status = adatom_fail(ADATOM_INVALID_INPUT,
                                "%s: not a potential of adatom: expected %s at \"%.20s\"", c->name,
                                expected, c->at);
    }
}

static void take_word(cursor *c, const char *word)
{
    c->at += strspn(c->at, " \t\r\n");
    const size_t length = strlen(word);
    if (strncmp(c->at, word, length) != 0) {
        refuse(c, word);
    } else if (c->status == ADATOM_OK) {
        c->at += length;
    }
}

static double take_number(cursor *c)
{
    char *end;
    const double number = strtod(c->at, &end);
    if (end == c->at || !isfinite(number)) {
        refuse(c, "a number");
        return 0;
    }
    if (c->status == ADATOM_OK) {
        c->at = end;
    }
    return number;
}

static int take_integer(cursor *c, int minimum, int maximum)
{
    char *end;
    const long number = strtol(c->at, &end, 10);
    if (end == c->at || number < minimum || number > maximum) {
        refuse(c, "a whole number in its range");
        return minimum;
    }
    if (c->status == ADATOM_OK) {
        c->at = end;
    }
    return (int)number;
}

static void take_numbers(cursor *c, const char *name, double *numbers, size_t count)
{
    take_word(c, name);
    for (size_t i = 0; i < count && c->status == ADATOM_OK; i++) {
        numbers[i] = take_number(c);
    }
}

/* What stands before the elements. */
typedef struct header {
    char *descriptor;
    int species_count, species[ADATOM_POTENTIAL_ELEMENTS_MAX];
    int hidden_count, hidden[ADATOM_DENSE_LAYERS_MAX];
    adatom_activation activation;
    int members;
    double energy_factor;
} header;

static void take_descriptor(cursor *c, header *out)
{
    take_word(c, "descriptor");
    const size_t length = (size_t)take_integer(c, 1, 1 << 24);
    if (c->status != ADATOM_OK) {
        return;
    }
    if (*c->at != '\n' || memchr(c->at + 1, '\0', length) != NULL) {
        refuse(c, "the spec of the descriptor");
        return;
    }
    c->status = adatom_allocate(length + 1, 1, &out->descriptor);
    if (c->status == ADATOM_OK) {
        memcpy(out->descriptor, c->at + 1, length);
        c->at += 1 + length;
    }
}

static void take_activation(cursor *c, header *out)
{
    char name[32];
    take_word(c, "activation");
    c->at += strspn(c->at, " ");
    const size_t length = strcspn(c->at, " \t\r\n");
    snprintf(name, sizeof name, "%.*s", (int)(length < 31 ? length : 31), c->at);
    if (c->status == ADATOM_OK) {
        c->status = adatom_activation_find(name, &out->activation);
        c->at += length;
    }
}

static adatom_status take_header(cursor *c, header *out)
{
    take_word(c, "adatom-potential");
    take_integer(c, 1, 1);
    take_descriptor(c, out);
    take_word(c, "species");
    out->species_count = take_integer(c, 1, ADATOM_POTENTIAL_ELEMENTS_MAX);
    for (int i = 0; i < out->species_count; i++) {
        out->species[i] = take_integer(c, 1, ADATOM_ELEMENT_COUNT);
    }
    take_word(c, "hidden");
    out->hidden_count = take_integer(c, 0, ADATOM_DENSE_LAYERS_MAX - 1);
    for (int i = 0; i < out->hidden_count; i++) {
        out->hidden[i] = take_integer(c, 1, ADATOM_DENSE_SIZE_MAX);
    }
    take_activation(c, out);
    take_word(c, "members");
    out->members = take_integer(c, 1, ADATOM_POTENTIAL_MEMBERS_MAX);
    take_word(c, "energy_factor");
    out->energy_factor = take_number(c);
    return c->status;
}

static void take_element(cursor *c, int members, adatom_potential_element *element)
{
    take_word(c, "element");
    const int number = take_integer(c, 1, ADATOM_ELEMENT_COUNT);
    const int count = take_integer(c, 1, ADATOM_DENSE_SIZE_MAX);
    element->offset = take_number(c);
    if (number != element->atomic_number || (size_t)count != element->count) {
        refuse(c, "an element as the descriptor has it");
    }
    take_numbers(c, "means", element->means, element->count);
    take_numbers(c, "factors", element->factors, element->count);
    take_numbers(c, "weights", element->weights, (size_t)members * element->dense.weight_count);
}

adatom_status adatom_potential_parse(const char *text, const char *name, adatom_potential **out)
{
    cursor c = {.at = text, .name = name};
    header head = {.descriptor = NULL};
    adatom_potential *potential = NULL;
    adatom_status status = take_header(&c, &head);
    if (status == ADATOM_OK) {
        status = adatom_potential_create(head.descriptor, head.species, (size_t)head.species_count,
                                         head.hidden_count, head.hidden, head.activation,
                                         head.members, &potential);
    }
    free(head.descriptor);
    if (status != ADATOM_OK) {
        return status;
    }
    potential->energy_factor = head.energy_factor;
    for (size_t type = 0; type < potential->element_count; type++) {
        take_element(&c, head.members, &potential->elements[type]);
    }
    if (c.status != ADATOM_OK) {
        adatom_potential_free(potential);
        return c.status;
    }
    *out = potential;
    return ADATOM_OK;
}

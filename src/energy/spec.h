/* adatom: the parts of an evaluator's spec, "kind:key=value,key=value" or "kind:value". */
#ifndef ADATOM_ENERGY_SPEC_H
#define ADATOM_ENERGY_SPEC_H

#include "adatom/sys/evaluator.h"

typedef struct adatom_spec {
    char *kind;
    adatom_spec_argument *arguments;
    size_t argument_count;
} adatom_spec;

/* A text without "=" after the colon is one bare value, commas and all. A key that comes twice is
 * INVALID_INPUT. The arguments point into one copy of the text. */
adatom_status adatom_spec_parse(const char *text, adatom_spec **out);
void adatom_spec_free(adatom_spec *spec);

#endif

/* adatom: the parts of an evaluator's spec, "kind:key=value,key=value" or "kind:value". */
#ifndef ADATOM_ENERGY_SPEC_H
#define ADATOM_ENERGY_SPEC_H

#include "adatom/sys/evaluator.h"

typedef struct adatom_spec {
    char *kind;
    char *text; /* after the colon, "" if there is none */
    adatom_spec_argument *arguments;
    size_t argument_count;
} adatom_spec;

/* Cuts the kind off; there are no arguments yet. */
adatom_status adatom_spec_parse(const char *text, adatom_spec **out);
/* Cuts the text into arguments, which point into it; called once. A text without "=" is one bare
 * value, commas and all; with whole_text every text is. Otherwise the first part alone may be bare.
 * A key that comes twice is INVALID_INPUT. */
adatom_status adatom_spec_split(adatom_spec *spec, bool whole_text);
void adatom_spec_free(adatom_spec *spec);

#endif

/* The options of an ensemble, made from the one list in adatom/ensemble_options.def. */
#include "adatom/ensemble.h"

#include <string.h>

#define PREFIX_run ""
#define PREFIX_target "target."

#define OPTIONS_TYPE adatom_ensemble_options

adatom_ensemble_options adatom_ensemble_options_default(void)
{
    adatom_ensemble_options options;
    memset(&options, 0, sizeof options);
#include "adatom/option_defaults.def"
#include "adatom/ensemble_options.def"
#include "adatom/option_end.def"
    return options;
}

static const adatom_option_field ensemble_fields[] = {
#include "adatom/option_fields.def"
#include "adatom/ensemble_options.def"
#include "adatom/option_end.def"
};

const adatom_option_table *adatom_ensemble_option_table(void)
{
    static const adatom_option_table table = {
        .fields = ensemble_fields,
        .count = sizeof ensemble_fields / sizeof ensemble_fields[0],
        .size = sizeof(adatom_ensemble_options),
    };
    return &table;
}

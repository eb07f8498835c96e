/* The options of adatom sample, made from the one list in adatom/sample_options.def. */
#include "adatom/sample.h"

#include <string.h>

/* How a section's name starts the paths of its entries; those of `run` stand at the top level. */
#define PREFIX_system "system."
#define PREFIX_run ""
#define PREFIX_dynamics "dynamics."
#define PREFIX_restart "restart."
#define PREFIX_sampling "sampling."
#define PREFIX_relax "relax."

#define OPTIONS_TYPE adatom_sample_options

adatom_sample_options adatom_sample_options_default(void)
{
    adatom_sample_options options;
    memset(&options, 0, sizeof options);
#include "adatom/option_defaults.def"
#include "adatom/sample_options.def"
#include "adatom/option_end.def"
    return options;
}

static const adatom_option_field sample_fields[] = {
#include "adatom/option_fields.def"
#include "adatom/sample_options.def"
#include "adatom/option_end.def"
};

const adatom_option_table *adatom_sample_option_table(void)
{
    static const adatom_option_table table = {
        .fields = sample_fields,
        .count = sizeof sample_fields / sizeof sample_fields[0],
        .size = sizeof(adatom_sample_options),
    };
    return &table;
}

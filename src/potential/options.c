/* The settings of the kind potential, made from the one list in adatom/potential_options.def. */
#include "adatom/train.h"

#include <string.h>

/* How a section's name starts the paths of its entries; those of `run` stand at the top level. */
#define PREFIX_run ""
#define PREFIX_data "data."
#define PREFIX_network "network."
#define PREFIX_committee "committee."
#define PREFIX_loss "loss."
#define PREFIX_optimizer "optimizer."
#define PREFIX_stop "stop."

#define OPTIONS_TYPE adatom_potential_options

adatom_potential_options adatom_potential_options_default(void)
{
    adatom_potential_options options;
    memset(&options, 0, sizeof options);
#include "adatom/option_defaults.def"
#include "adatom/potential_options.def"
#include "adatom/option_end.def"
    return options;
}

static const adatom_option_field potential_fields[] = {
#include "adatom/option_fields.def"
#include "adatom/potential_options.def"
#include "adatom/option_end.def"
};

const adatom_option_table *adatom_potential_option_table(void)
{
    static const adatom_option_table table = {
        .fields = potential_fields,
        .count = sizeof potential_fields / sizeof potential_fields[0],
        .size = sizeof(adatom_potential_options),
    };
    return &table;
}

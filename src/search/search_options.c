/* The options of a search, made from the one list in adatom/search_options.def. */
#include "adatom/search.h"

#include <string.h>

/* How a section's name starts the paths of its entries; those of `run` stand at the top level. */
#define PREFIX_system "system."
#define PREFIX_grid "grid."
#define PREFIX_run ""
#define PREFIX_image "image."
#define PREFIX_network "network."
#define PREFIX_policy "policy."
#define PREFIX_relax "relax."
#define PREFIX_evaluation "evaluation."
#define PREFIX_start "start."
#define PREFIX_reward "reward."
#define PREFIX_design "design."
#define PREFIX_punishment "punishment."
#define PREFIX_training "training."
#define PREFIX_stop "stop."

#define OPTIONS_TYPE adatom_search_options

adatom_search_options adatom_search_options_default(void)
{
    adatom_search_options options;
    memset(&options, 0, sizeof options);
#include "adatom/option_defaults.def"
#include "adatom/search_options.def"
#include "adatom/option_end.def"
    return options;
}

static const adatom_option_field search_fields[] = {
#include "adatom/option_fields.def"
#include "adatom/search_options.def"
#include "adatom/option_end.def"
};

const adatom_option_table *adatom_search_option_table(void)
{
    static const adatom_option_table table = {
        .fields = search_fields,
        .count = sizeof search_fields / sizeof search_fields[0],
        .size = sizeof(adatom_search_options),
        .shorthand = "relax.steps",
    };
    return &table;
}

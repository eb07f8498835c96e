/* The options of adatom reconstruct, made from the one list in adatom/reconstruct_options.def. */
#include "adatom/reconstruct.h"

#include <string.h>

/* How a section's name starts the paths of its entries; those of `run` stand at the top level. */
#define PREFIX_run ""
#define PREFIX_target "target."
#define PREFIX_fingerprint "fingerprint."
#define PREFIX_system "system."
#define PREFIX_optimizer "optimizer."
#define PREFIX_verdict "verdict."

#define OPTIONS_TYPE adatom_reconstruct_options

adatom_reconstruct_options adatom_reconstruct_options_default(void)
{
    adatom_reconstruct_options options;
    memset(&options, 0, sizeof options);
#include "adatom/option_defaults.def"
#include "adatom/reconstruct_options.def"
#include "adatom/option_end.def"
    return options;
}

static const adatom_option_field reconstruct_fields[] = {
#include "adatom/option_fields.def"
#include "adatom/reconstruct_options.def"
#include "adatom/option_end.def"
};

const adatom_option_table *adatom_reconstruct_option_table(void)
{
    static const adatom_option_table table = {
        .fields = reconstruct_fields,
        .count = sizeof reconstruct_fields / sizeof reconstruct_fields[0],
        .size = sizeof(adatom_reconstruct_options),
    };
    return &table;
}

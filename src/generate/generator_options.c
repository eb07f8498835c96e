/* The settings of the kinds surrogate and cvae and of adatom generate, made from the lists in
 * adatom/generator_options.def and adatom/generate_options.def. */
#include "adatom/generate.h"

#include <string.h>

/* How a section's name starts the paths of its entries; those of `run` stand at the top level. */
#define PREFIX_run ""
#define PREFIX_data "data."
#define PREFIX_fingerprint "fingerprint."
#define PREFIX_network "network."
#define PREFIX_loss "loss."
#define PREFIX_optimizer "optimizer."
#define PREFIX_model "model."
#define PREFIX_target "target."
#define PREFIX_screen "screen."
#define PREFIX_check "check."

#define OPTIONS_TYPE adatom_generator_options

adatom_generator_options adatom_generator_options_default(void)
{
    adatom_generator_options options;
    memset(&options, 0, sizeof options);
#include "adatom/option_defaults.def"
#include "adatom/generator_options.def"
#include "adatom/option_end.def"
    return options;
}

static const adatom_option_field generator_fields[] = {
#include "adatom/option_fields.def"
#include "adatom/generator_options.def"
#include "adatom/option_end.def"
};

const adatom_option_table *adatom_generator_option_table(void)
{
    static const adatom_option_table table = {
        .fields = generator_fields,
        .count = sizeof generator_fields / sizeof generator_fields[0],
        .size = sizeof(adatom_generator_options),
    };
    return &table;
}

#undef OPTIONS_TYPE
#define OPTIONS_TYPE adatom_generate_options

adatom_generate_options adatom_generate_options_default(void)
{
    adatom_generate_options options;
    memset(&options, 0, sizeof options);
#include "adatom/option_defaults.def"
#include "adatom/generate_options.def"
#include "adatom/option_end.def"
    return options;
}

static const adatom_option_field generate_fields[] = {
#include "adatom/option_fields.def"
#include "adatom/generate_options.def"
#include "adatom/option_end.def"
};

const adatom_option_table *adatom_generate_option_table(void)
{
    static const adatom_option_table table = {
        .fields = generate_fields,
        .count = sizeof generate_fields / sizeof generate_fields[0],
        .size = sizeof(adatom_generate_options),
    };
    return &table;
}

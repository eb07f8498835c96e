/* The settings of the kind image, made from the one list in adatom/image_options.def. */
#include "adatom/image.h"

#include <string.h>

/* How a section's name starts the paths of its entries; those of `run` stand at the top level. */
#define PREFIX_run ""
#define PREFIX_data "data."
#define PREFIX_loss "loss."
#define PREFIX_network "network."
#define PREFIX_optimizer "optimizer."
#define PREFIX_stop "stop."

#define OPTIONS_TYPE adatom_image_options

adatom_image_options adatom_image_options_default(void)
{
    adatom_image_options options;
    memset(&options, 0, sizeof options);
#include "adatom/option_defaults.def"
#include "adatom/image_options.def"
#include "adatom/option_end.def"
    return options;
}

static const adatom_option_field image_fields[] = {
#include "adatom/option_fields.def"
#include "adatom/image_options.def"
#include "adatom/option_end.def"
};

const adatom_option_table *adatom_image_option_table(void)
{
    static const adatom_option_table table = {
        .fields = image_fields,
        .count = sizeof image_fields / sizeof image_fields[0],
        .size = sizeof(adatom_image_options),
    };
    return &table;
}

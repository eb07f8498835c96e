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

#define PLACE(section, name)                                                                       \
    .path = PREFIX_##section #name, .offset = offsetof(adatom_sample_options, section##_##name)

adatom_sample_options adatom_sample_options_default(void)
{
    adatom_sample_options options;
    memset(&options, 0, sizeof options);
#define INTEGER(section, name, standard, ...) options.section##_##name = standard;
#define NUMBER(section, name, standard, ...) options.section##_##name = standard;
#define FLAG(section, name, standard, ...) options.section##_##name = standard;
#define TEXT(section, name, standard, ...)                                                         \
    memcpy(options.section##_##name, standard, sizeof(standard));
#define PATH(section, name, standard, ...)                                                         \
    memcpy(options.section##_##name, standard, sizeof(standard));
#define CHOICE(section, name, standard, ...) options.section##_##name = standard;
#define NUMBERS(section, name, ...)
#define ROWS(section, name, ...)
#include "adatom/sample_options.def"
#undef INTEGER
#undef NUMBER
#undef FLAG
#undef TEXT
#undef PATH
#undef CHOICE
#undef NUMBERS
#undef ROWS
    return options;
}

static const adatom_option_field sample_fields[] = {
#define INTEGER(section, name, standard, low, high, of_unit, in_paper, text)                       \
    {PLACE(section, name), .type = ADATOM_OPTION_INTEGER,                                          \
     .minimum = low,       .maximum = high,                                                        \
     .unit = of_unit,      .symbol = in_paper,                                                     \
     .description = text},
#define NUMBER(section, name, standard, low, high, of_unit, in_paper, text)                        \
    {PLACE(section, name), .type = ADATOM_OPTION_NUMBER, .minimum = low,     .maximum = high,      \
     .unit = of_unit,      .symbol = in_paper,           .description = text},
#define FLAG(section, name, standard, in_paper, text)                                              \
    {PLACE(section, name), .type = ADATOM_OPTION_FLAG, .unit = "", .symbol = in_paper,             \
     .description = text},
#define TEXT(section, name, standard, text)                                                        \
    {PLACE(section, name), .type = ADATOM_OPTION_TEXT, .unit = "", .symbol = "",                   \
     .description = text},
#define PATH(section, name, standard, text)                                                        \
    {PLACE(section, name), .type = ADATOM_OPTION_PATH, .unit = "", .symbol = "",                   \
     .description = text},
#define CHOICE(section, name, standard, names, in_paper, text)                                     \
    {PLACE(section, name), .type = ADATOM_OPTION_CHOICE, .choices = names,                         \
     .unit = "",           .symbol = in_paper,           .description = text},
#define NUMBERS(section, name, low, high, of_unit, in_paper, text)                                 \
    {PLACE(section, name), .type = ADATOM_OPTION_NUMBERS,                                          \
     .minimum = low,       .maximum = high,                                                        \
     .unit = of_unit,      .symbol = in_paper,                                                     \
     .description = text},
#define ROWS(section, name, width, low, high, of_unit, in_paper, text)                             \
    {PLACE(section, name), .type = ADATOM_OPTION_ROWS,                                             \
     .columns = width,     .minimum = low,                                                         \
     .maximum = high,      .unit = of_unit,                                                        \
     .symbol = in_paper,   .description = text},
#include "adatom/sample_options.def"
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

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
#define PREFIX_reward "reward."
#define PREFIX_training "training."
#define PREFIX_stop "stop."

#define PLACE(section, name)                                                                       \
    .path = PREFIX_##section #name, .offset = offsetof(adatom_search_options, section##_##name)

adatom_search_options adatom_search_options_default(void)
{
    adatom_search_options options;
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
#define COMPOSITION(section, name, ...)
#include "adatom/search_options.def"
#undef INTEGER
#undef NUMBER
#undef FLAG
#undef TEXT
#undef PATH
#undef CHOICE
#undef NUMBERS
#undef ROWS
#undef COMPOSITION
    return options;
}

static const adatom_option_field search_fields[] = {
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
#define COMPOSITION(section, name, in_paper, text)                                                 \
    {PLACE(section, name), .type = ADATOM_OPTION_COMPOSITION, .unit = "", .symbol = in_paper,      \
     .description = text},
#include "adatom/search_options.def"
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

/* A small table with a field of each type, for the tests of the option reader. */
#ifndef ADATOM_TESTS_OPTIONS_EXAMPLE_H
#define ADATOM_TESTS_OPTIONS_EXAMPLE_H

#include "adatom/options.h"

typedef struct example_options {
    int64_t seed;
    double epsilon_0, nu, energy;
    bool reflections;
    char evaluator[ADATOM_TEXT_SIZE], template[ADATOM_TEXT_SIZE];
    int plane;
    adatom_numbers filters, boxes;
    adatom_composition place;
    adatom_element_numbers potentials, pairs;
    int64_t steps;
} example_options;

#define EXAMPLE(path_, type_, member, low, high)                                                   \
    .path = path_, .type = type_, .offset = offsetof(example_options, member), .minimum = low,     \
    .maximum = high, .unit = "Å", .symbol = "", .description = "What it is: \"quoted\", # and so."

static const adatom_option_field example_fields[] = {
    {EXAMPLE("system.template", ADATOM_OPTION_PATH, template, 0, 0)},
    {EXAMPLE("system.place", ADATOM_OPTION_COMPOSITION, place, 0, 0)},
    {EXAMPLE("system.potentials", ADATOM_OPTION_ELEMENTS, potentials, -100, 100), .columns = 1},
    {EXAMPLE("system.pairs", ADATOM_OPTION_ELEMENTS, pairs, 0, 10), .columns = 2},
    {EXAMPLE("policy.epsilon_0", ADATOM_OPTION_NUMBER, epsilon_0, 0, 1)},
    {EXAMPLE("policy.nu", ADATOM_OPTION_NUMBER, nu, 0, 1)},
    {EXAMPLE("evaluator", ADATOM_OPTION_SPEC, evaluator, 0, 0)},
    {EXAMPLE("grid.plane", ADATOM_OPTION_CHOICE, plane, 0, 0), .choices = "ab|ac|bc"},
    {EXAMPLE("grid.boxes", ADATOM_OPTION_ROWS, boxes, -10, 10), .columns = 4},
    {EXAMPLE("network.filters", ADATOM_OPTION_NUMBERS, filters, 1, 256)},
    {EXAMPLE("training.reflections", ADATOM_OPTION_FLAG, reflections, 0, 0)},
    {EXAMPLE("relax.steps", ADATOM_OPTION_INTEGER, steps, 0, 10000)},
    {EXAMPLE("stop.energy", ADATOM_OPTION_NUMBER, energy, -1e300, 1e300)},
    {EXAMPLE("seed", ADATOM_OPTION_INTEGER, seed, 0, 9007199254740992.0)},
};

static const adatom_option_table example_table = {
    .fields = example_fields,
    .count = sizeof example_fields / sizeof example_fields[0],
    .size = sizeof(example_options),
    .shorthand = "relax.steps",
};

#endif

/* adatom: new structures for a property: settings of the networks and of the generation.
 * docs/generate.md defines the method. */
#ifndef ADATOM_GENERATE_H
#define ADATOM_GENERATE_H

#include "adatom/options.h"

/* The settings of the kinds surrogate and cvae of `adatom train`. */
typedef struct adatom_generator_options {
#include "adatom/option_members.def"
#include "adatom/generator_options.def"
#include "adatom/option_end.def"
} adatom_generator_options;

ADATOM_API adatom_generator_options adatom_generator_options_default(void);
ADATOM_API const adatom_option_table *adatom_generator_option_table(void);

/* The settings of `adatom generate`. */
typedef struct adatom_generate_options {
#include "adatom/option_members.def"
#include "adatom/generate_options.def"
#include "adatom/option_end.def"
} adatom_generate_options;

ADATOM_API adatom_generate_options adatom_generate_options_default(void);
ADATOM_API const adatom_option_table *adatom_generate_option_table(void);

/* How one target came out; errors are mean absolute ones, shares from 0 to 1, NAN where nothing was
 * counted. */
typedef struct adatom_generate_target {
    double property;
    size_t draws, passed;                     /* fingerprints, and those that passed the screen */
    double surrogate_error, surrogate_within; /* of all draws: what table 1 of the paper counts */
    size_t strayed;                           /* reconstructed, and left out by screen.structure */
    size_t structures;                        /* reconstructed, and kept */
    size_t solved, doubtful, invalid, duplicates;
    size_t evaluated;                         /* without failure */
    double evaluated_error, evaluated_within; /* of these: table 2 */
} adatom_generate_target;

typedef struct adatom_generate_callbacks {
    void *context;
    void (*target)(void *context, const adatom_generate_target *target); /* each that is done */
    bool (*stop)(void *context); /* true ends the work as INTERRUPTED, nothing is written */
} adatom_generate_callbacks;

/* Draws, screens, reconstructs and checks, then writes into the folder, which is made if need be:
 * generated.extxyz (target, predicted, evaluated, loss, verdict, duplicate for each structure),
 * fingerprints.csv and structures.csv (a row for each target) and draws.csv (the data and up to
 * 1000 draws of each target: the property in the eyes of the surrogate and, with data.features,
 * distance and principal components). adatom_report_write draws them. INVALID_INPUT names the
 * option or the file that does not fit. */
ADATOM_API adatom_status adatom_generate(const adatom_generate_options *options, const char *folder,
                                         const adatom_generate_callbacks *callbacks);

#endif

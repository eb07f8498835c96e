/* adatom: training of models, and what trained models predict. docs/potential.md */
#ifndef ADATOM_TRAIN_H
#define ADATOM_TRAIN_H

#include "adatom/options.h"

/* The settings of the kind potential. */
typedef struct adatom_potential_options {
#include "adatom/option_members.def"
#include "adatom/potential_options.def"
#include "adatom/option_end.def"
} adatom_potential_options;

ADATOM_API adatom_potential_options adatom_potential_options_default(void);
ADATOM_API const adatom_option_table *adatom_potential_option_table(void);

/* Where a training stands, told after every epoch at least; texts hold until the callback returns.
 */
typedef struct adatom_train_state {
    int member, members;   /* of a committee, from 1 */
    int64_t epoch, epochs; /* from 1 */
    const char *line;      /* the errors, for people */
} adatom_train_state;

enum { ADATOM_TRAIN_RESULT_SIZE = 4096 };

/* What came out, for people: lines "name<tab>value". */
typedef struct adatom_train_result {
    char text[ADATOM_TRAIN_RESULT_SIZE];
    char table[ADATOM_TRAIN_RESULT_SIZE]; /* a file that adatom_report_predictions draws, or "" */
} adatom_train_result;

/* All may be NULL. */
typedef struct adatom_train_callbacks {
    void *context;
    void (*progress)(void *context, const adatom_train_state *state);
    bool (*stop)(void *context); /* asked after every epoch at least; true ends the training as
                                    INTERRUPTED, to be gone on with */
    void (*say)(void *context, const char *line); /* what the user should know */
} adatom_train_callbacks;

/* Trains as the YAML file says, whose key `kind` says what, and writes the model to output, an HDF5
 * file. Beside it stand OUTPUT.csv, the learning curve, and, until it is done, OUTPUT.checkpoint,
 * from which the next call with the same settings goes on, to the same result. overrides as in
 * adatom_options_read. INVALID_INPUT, "FILE:LINE: what was expected". */
ADATOM_API adatom_status adatom_train(const char *path, const char *const *overrides,
                                      size_t override_count, const char *output,
                                      const adatom_train_callbacks *callbacks,
                                      adatom_train_result *result);

/* Predicts for every structure of the extended XYZ file input with a trained model of any kind and
 * writes what it gives to output: for a potential, energy, forces, the atoms' energies and, of a
 * committee, the spreads energy_std and forces_std. */
ADATOM_API adatom_status adatom_predict(const char *model, const char *input, const char *output,
                                        int threads, adatom_train_result *result);

/* The kinds that can be trained, one line each. */
ADATOM_API const char *adatom_train_kinds(void);

#endif

/* adatom: the training of one network per element: epoch after epoch, with all that a resume needs.
 */
#ifndef ADATOM_POTENTIAL_FIT_H
#define ADATOM_POTENTIAL_FIT_H

#include "adatom/train.h"
#include "base/random.h"
#include "io/hdf5_file.h"
#include "nn/adam_double.h"
#include "nn/lbfgs.h"
#include "nn/levenberg.h"
#include "potential/loss.h"

/* The values of optimizer.method, in the order of the table's names. */
typedef enum adatom_fit_method {
    ADATOM_FIT_LEVENBERG,
    ADATOM_FIT_LBFGS,
    ADATOM_FIT_ADAM
} adatom_fit_method;

/* One line of the learning curve. Errors are root mean squares, energies in eV per atom, forces in
 * eV/Å; 0 where there are none. */
typedef struct adatom_learning_row {
    double member, epoch;
    double loss;
    double energy, forces; /* of the data trained on */
    double validation_energy, validation_forces;
    double rate; /* Adam's learning rate, Levenberg-Marquardt's damping */
    double seconds;
} adatom_learning_row;

enum { ADATOM_LEARNING_COLUMNS = sizeof(adatom_learning_row) / sizeof(double) };

typedef struct adatom_fit {
    const adatom_potential_options *options;
    adatom_loss *loss;
    double energy_factor;
    size_t count; /* of weights */
    size_t train_count, validation_count;
    size_t *train, *validation; /* groups */
    double *weights, *gradient; /* [count] */
    adatom_random random;       /* of the order of the data */
    int64_t epoch;              /* epochs done */
    bool finished;
    double *best; /* [count], the weights of the lowest validation */
    double best_score;
    int64_t best_epoch;
    /* The one of the method; the others are NULL. */
    adatom_levenberg *levenberg;
    adatom_lbfgs *lbfgs;
    adatom_adam_double *adam;
    adatom_training_errors errors; /* of the last evaluation on the data trained on */
} adatom_fit;

/* Member `member` of a committee, from 0: its first weights and its share of the groups. */
adatom_status adatom_fit_create(const adatom_potential_options *options,
                                const adatom_potential *potential, adatom_loss *loss,
                                size_t group_count, int member, adatom_fit **out);
void adatom_fit_free(adatom_fit *fit);

/* One epoch; row gets its errors, but for member and seconds. */
adatom_status adatom_fit_epoch(adatom_fit *fit, adatom_learning_row *row);

/* The state between two epochs, as arrays of a checkpoint. */
adatom_status adatom_fit_put(const adatom_fit *fit, adatom_hdf5_writer *writer);
adatom_status adatom_fit_get(adatom_fit *fit, adatom_hdf5_reader *reader);

/* Errors as a row shows them. */
double adatom_fit_energy_error(const adatom_training_errors *errors, double energy_factor);
double adatom_fit_force_error(const adatom_training_errors *errors, double energy_factor);

#endif

/* adatom: a training of a surrogate or a cvae from its settings to the model: what its parts share.
 */
#ifndef ADATOM_GENERATE_TRAINING_H
#define ADATOM_GENERATE_TRAINING_H

#include "adatom/sys/train.h"
#include "generate/lesson.h"
#include "nn/adam_float.h"

/* A line of the learning curve; numbers, so that a checkpoint keeps them as a table. */
typedef struct adatom_generator_row {
    double member, epoch; /* from 1 */
    double loss, validation, rate, seconds;
} adatom_generator_row;

enum { ADATOM_GENERATOR_ROW_COLUMNS = 6 };

typedef struct adatom_generator_training {
    const adatom_train_job *job;
    adatom_generator_options options;
    char *settings; /* the options as YAML: a checkpoint is of these */
    adatom_features features;
    adatom_generator *judge; /* or NULL */
    adatom_generator *generator;
    adatom_team *team;
    adatom_lesson *lesson;
    size_t *order;  /* [features.count]: those that are validated on come last */
    size_t trained; /* those before */

    /* the member that is trained, from 0; those before are in the generator */
    int member;
    int64_t epoch; /* done */
    size_t count;  /* of a member's weights in the layout of the lesson */
    float *weights, *best, *gradient;
    double best_loss;
    adatom_adam_float *adam;
    adatom_random random;

    adatom_generator_row *rows; /* [row_count], of all members so far */
    size_t row_count, row_capacity;
    double started, saved; /* seconds of the clock */
    double seconds_before; /* of training, before it was resumed */
} adatom_generator_training;

/* First weights, moments and random numbers of training->member. */
void adatom_generator_start_member(adatom_generator_training *training);
/* Trains and validates for an epoch and adds a row. INVALID_INPUT if the loss becomes infinite. */
adatom_status adatom_generator_run_epoch(adatom_generator_training *training);

/* Writes the checkpoint and the learning curve. */
adatom_status adatom_generator_save(adatom_generator_training *training);
/* Goes on from the checkpoint if there is one: *resumed. INVALID_INPUT if it is of other settings
 * or data. */
adatom_status adatom_generator_resume(adatom_generator_training *training, bool *resumed);
adatom_status adatom_generator_write_curve(const adatom_generator_training *training);

/* The share of the rows that is trained on comes first in a random order. */
void adatom_generator_shuffle(adatom_random *random, size_t count, size_t *order);

#endif

/* adatom: a training of a potential from its settings to the model: what its parts share. */
#ifndef ADATOM_POTENTIAL_TRAINING_H
#define ADATOM_POTENTIAL_TRAINING_H

#include "adatom/sys/train.h"
#include "potential/fit.h"

typedef struct adatom_training {
    const adatom_train_job *job;
    adatom_potential_options options;
    char *settings; /* the options as YAML: a checkpoint is of these */
    adatom_team *team;
    adatom_frames frames, test_frames;
    adatom_potential *potential;
    adatom_dataset *dataset, *test_dataset; /* the latter may be NULL */
    adatom_loss *loss, *test_loss;
    int member; /* the one that is trained, from 0; those before are in the potential */
    adatom_fit *fit;
    adatom_learning_row *rows; /* [row_count], of all members so far */
    size_t row_count, row_capacity;
    double started, saved; /* seconds of the clock */
    double seconds_before; /* of training, before it was resumed */
} adatom_training;

/* Writes the checkpoint and the learning curve. */
adatom_status adatom_training_save(adatom_training *training);
/* Goes on from the checkpoint if there is one: *resumed. INVALID_INPUT if it is of other settings
 * or data. */
adatom_status adatom_training_resume(adatom_training *training, bool *resumed);
adatom_status adatom_training_write_curve(const adatom_training *training);
/* The weights of a member into the potential. */
void adatom_training_keep_member(adatom_training *training, int member, const double *weights);

#endif

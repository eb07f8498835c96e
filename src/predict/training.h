/* adatom: a training of a network on images: what its parts share. */
#ifndef ADATOM_PREDICT_TRAINING_H
#define ADATOM_PREDICT_TRAINING_H

#include "adatom/sys/train.h"
#include "base/random.h"
#include "nn/adam.h"
#include "predict/samples.h"
#include "predict/variation.h"

/* A row of the learning curve, as in the file: errors in the unit of the data. */
typedef struct adatom_image_row {
    double epoch, loss, error, mean_error, validation_error, validation_mean_error, rate, seconds;
} adatom_image_row;

enum { ADATOM_IMAGE_ROW_COLUMNS = 8 };

/* Sums over samples. */
typedef struct adatom_image_errors {
    double count, squares, absolute, largest;
    double loss; /* in the units of training */
    double force_count, force_squares;
} adatom_image_errors;

enum { ADATOM_IMAGE_ERROR_NUMBERS = 7 };

/* What the threads draw. */
typedef struct adatom_image_drawing {
    const int *samples;      /* image i is of samples[i / each] */
    int each;                /* images of a sample */
    double (**positions)[3]; /* of each image; NULL: those of the sample, varied or not */
    bool varied;
} adatom_image_drawing;

typedef struct adatom_force_lesson adatom_force_lesson;

typedef struct adatom_image_training {
    const adatom_train_job *job;
    adatom_image_options options;
    char *settings; /* the options and the network as YAML: a checkpoint is of these */
    adatom_samples samples;
    adatom_image_model *model; /* its weights are those that are trained */
    adatom_team *team;
    adatom_convnet_run *run;
    adatom_adam *adam;
    float *best, *gradient;      /* [weight_count] */
    float *outputs, *slopes;     /* [batch] */
    int *order;                  /* of the samples of this epoch */
    double (**positions)[3];     /* of each thread: varied atoms */
    adatom_force_lesson *forces; /* NULL: the energy alone is learned from */
    /* the state that a checkpoint holds besides */
    adatom_random random;     /* as it was at the start of the epoch */
    int64_t epoch, batch;     /* the next ones */
    adatom_image_errors sums; /* of this epoch so far */
    double best_error;
    int64_t best_epoch;
    adatom_image_row *rows;
    size_t row_count, row_capacity;
    double started, saved, seconds_before;
    adatom_image_drawing drawing;
} adatom_image_training;

adatom_status adatom_image_save(adatom_image_training *training);
/* Goes on from the checkpoint if there is one: *resumed. */
adatom_status adatom_image_resume(adatom_image_training *training, bool *resumed);
adatom_status adatom_image_write_curve(const adatom_image_training *training);

/* Starts from the weights of options.network_start. INVALID_INPUT: another image or network. */
adatom_status adatom_image_start_from(adatom_image_training *training);

/* The order of the samples of this epoch, from training->random; returns the random numbers behind.
 */
adatom_random adatom_image_shuffle(adatom_image_training *training);

/* How the sample looks in this epoch. */
adatom_variation adatom_image_variation(const adatom_image_training *training, int sample);
/* Draws an image of training->drawing; an adatom_convnet_image. */
void adatom_image_draw_sample(void *context, int item, int thread, float *image);
/* Adds the errors that the outputs mean for samples[count], to the values too unless NULL; slopes
 * become the derivatives of the loss by the outputs. */
void adatom_image_judge(adatom_image_training *training, const int *samples, int count,
                        adatom_image_errors *errors, double *values);

/* Predicts samples[count] with the weights of the model; values may be NULL. */
void adatom_image_predict_set(adatom_image_training *training, const int *samples, size_t count,
                              double *values, adatom_image_errors *errors);

/* The predict of the kind image. */
adatom_status adatom_image_predict(const adatom_predict_job *job);

#endif

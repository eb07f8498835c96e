/* adatom: structures with numbers to learn, split by trajectories. */
#ifndef ADATOM_PREDICT_SAMPLES_H
#define ADATOM_PREDICT_SAMPLES_H

#include "predict/model.h"

typedef enum adatom_sample_set {
    ADATOM_SET_TRAIN,
    ADATOM_SET_VALIDATION,
    ADATOM_SET_TEST,
    ADATOM_SET_COUNT
} adatom_sample_set;

typedef struct adatom_samples {
    adatom_frames frames, test_frames;   /* the latter may be empty */
    size_t count;                        /* of both */
    const adatom_structure **structures; /* [count] */
    double *targets;                     /* [count] */
    double (**forces)[3];                /* [count], each [atom_count] or NULL; of the frames */
    size_t set_counts[ADATOM_SET_COUNT];
    int *sets[ADATOM_SET_COUNT]; /* indices of samples, in the order of the files */
    size_t most_atoms;
} adatom_samples;

/* Reads the files of the options and splits them; INVALID_INPUT names the file and the structure.
 */
adatom_status adatom_samples_read(const adatom_image_options *options, adatom_samples *out);
void adatom_samples_clear(adatom_samples *samples);

/* The number of a frame under the key; false if it has none. */
bool adatom_samples_target(const adatom_frame *frame, const char *key, double *out);
/* What errors of the structure are divided by: its atoms, or 1. */
double adatom_samples_unit(const adatom_image_model *model, const adatom_structure *structure);

/* Fits scale, offset and shares of the model to the samples that are trained on. */
adatom_status adatom_samples_fit(const adatom_samples *samples, bool composition,
                                 adatom_image_model *model);
/* Fits offset and shares alone to what the network leaves of them: learned[set_counts[TRAIN]] is
 * its part of the prediction. */
adatom_status adatom_samples_fit_rest(const adatom_samples *samples, bool composition,
                                      const double *learned, adatom_image_model *model);

#endif

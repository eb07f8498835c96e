/* adatom: the networks of the generation: a surrogate, from a fingerprint to a property, and a
 * conditional variational autoencoder, from a property and random numbers to a fingerprint (Kingma
 * and Welling, arXiv:1312.6114; Sohn, Lee and Yan, NeurIPS 28 (2015)). */
#ifndef ADATOM_GENERATE_GENERATOR_H
#define ADATOM_GENERATE_GENERATOR_H

#include "base/random.h"
#include "generate/features.h"
#include "nn/dense.h"

typedef struct adatom_generator {
    bool cvae; /* or a surrogate */
    int latent, members;
    adatom_scaling columns, property;
    /* cvae: encoder (scaled columns, property) -> means and logarithms of the variances of the
     * latent numbers; decoder (latent numbers, property) -> scaled columns. surrogate: the decoder
     * alone, from scaled columns to the scaled property. */
    adatom_dense encoder, decoder;
    double *weights; /* [members]: of the encoder, then of the decoder */
    char *settings;  /* of its training, as YAML */
} adatom_generator;

/* Of one member. */
size_t adatom_generator_weights(const adatom_generator *generator);
/* The networks' shapes and first weights; scalings are of the features. settings is copied. */
adatom_status adatom_generator_create(const adatom_generator_options *options, bool cvae,
                                      const adatom_features *features, const char *settings,
                                      adatom_generator **out);
void adatom_generator_free(adatom_generator *generator);
adatom_status adatom_generator_write(const adatom_generator *generator, const char *path);
/* INVALID_INPUT if the file is no such model, or not of the kind that is wanted. */
adatom_status adatom_generator_read(const char *path, bool cvae, adatom_generator **out);

/* What the surrogate says of rows[count][columns]: property[count], the mean over its members. */
adatom_status adatom_generator_predict(const adatom_generator *surrogate, size_t count,
                                       const double *rows, double *property);
/* rows[count][columns] for one value of the property. */
adatom_status adatom_generator_sample(const adatom_generator *cvae, double property, size_t count,
                                      adatom_random *random, double *rows);

#endif

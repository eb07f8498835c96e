/* adatom: the generation from its settings to its tables: what its parts share. */
#ifndef ADATOM_GENERATE_PIPELINE_H
#define ADATOM_GENERATE_PIPELINE_H

#include "adatom/evaluator.h"
#include "adatom/extxyz.h"
#include "adatom/generate.h"
#include "generate/generator.h"
#include "generate/invert.h"

/* A structure that was generated. */
typedef struct adatom_generated {
    size_t target; /* index */
    double predicted, distance, loss, evaluated, energy;
    double given; /* to the cvae */
    double own;   /* what the surrogate says of its own fingerprint; NAN for one that failed */
    adatom_verdict verdict;
    bool has_energy, duplicate;
    adatom_structure *structure;
} adatom_generated;

/* A fingerprint that was drawn, as the pictures show it: the distance from the nearest row of the
 * data and the first two principal components are NAN without data. */
typedef struct adatom_drawn {
    double target, predicted, distance, components[2];
} adatom_drawn;

typedef struct adatom_pipeline {
    const adatom_generate_options *options;
    const adatom_generate_callbacks *callbacks;
    adatom_reconstruct_options reconstruct;
    adatom_generator *cvae, *surrogate;
    adatom_matrix data; /* scaled by its own standard deviations; no rows where there is none */
    adatom_scaling scaling;
    double *axes;          /* [2][columns], of the data */
    double *data_property; /* [data.rows], what the surrogate says of them */
    adatom_global *global;
    adatom_team *team;
    adatom_evaluator_pool *pool; /* or NULL */
    adatom_random random;
    size_t target_count;
    adatom_generate_target *targets; /* [target_count] */
    size_t reconstructed;            /* so far, those that were left out included */
    size_t count, capacity;
    adatom_generated *structures; /* [count] */
    double offset; /* added to what the surrogate says of the structures of a target */
    double given;  /* to the cvae for the draws */
    double *draws; /* [draws][columns] of one target */
    double *predicted, *distances; /* [draws] */
    size_t drawn_count, drawn_capacity;
    adatom_drawn *drawn; /* [drawn_count], some of each target */
} adatom_pipeline;

/* Along the two principal axes of the data. */
void adatom_pipeline_components(const adatom_pipeline *pipeline, const double *scaled,
                                double components[2]);

/* The files of the folder. */
adatom_status adatom_pipeline_write(const adatom_pipeline *pipeline, const char *folder);

#endif

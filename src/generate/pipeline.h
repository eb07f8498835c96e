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
    adatom_verdict verdict;
    bool has_energy, duplicate;
    adatom_structure *structure;
} adatom_generated;

typedef struct adatom_pipeline {
    const adatom_generate_options *options;
    const adatom_generate_callbacks *callbacks;
    adatom_reconstruct_options reconstruct;
    adatom_generator *cvae, *surrogate;
    adatom_matrix data; /* scaled by its own standard deviations; no rows where there is none */
    adatom_scaling scaling;
    double *axes; /* [2][columns], of the data */
    adatom_global *global;
    adatom_team *team;
    adatom_evaluator_pool *pool; /* or NULL */
    adatom_random random;
    size_t target_count;
    adatom_generate_target *targets; /* [target_count] */
    size_t count, capacity;
    adatom_generated *structures;  /* [count] */
    double *draws;                 /* [draws][columns] of one target */
    double *predicted, *distances; /* [draws] */
    size_t point_count, point_capacity;
    double (*points)[3]; /* target, first and second component of draws */
} adatom_pipeline;

/* The files of the folder. */
adatom_status adatom_pipeline_write(const adatom_pipeline *pipeline, const char *folder);

#endif

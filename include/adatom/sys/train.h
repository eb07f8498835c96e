/* adatom: for people who add a kind of model to `adatom train` and `adatom predict`. A kind ends in
 * one const adatom_train_kind, and one line in src/train/kinds.h names and describes it. */
#ifndef ADATOM_SYS_TRAIN_H
#define ADATOM_SYS_TRAIN_H

#include "adatom/train.h"

typedef struct adatom_train_job {
    const char *path; /* the YAML file; the kind reads it with a table of its own, in which `kind`
                         is an option */
    const char *const *overrides; /* [override_count] */
    size_t override_count;
    const char *output;
    const adatom_train_callbacks *callbacks; /* none of its functions is NULL */
    adatom_train_result *result;
} adatom_train_job;

typedef struct adatom_predict_job {
    const char *model, *input, *output;
    int threads; /* >= 1 */
    adatom_train_result *result;
} adatom_predict_job;

typedef struct adatom_train_kind {
    adatom_status (*train)(const adatom_train_job *job);
    /* For models whose text `kind` is the name of the kind. */
    adatom_status (*predict)(const adatom_predict_job *job);
} adatom_train_kind;

#endif

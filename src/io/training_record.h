/* adatom: what every kind of training writes beside its model: names of files, results, provenance,
 * and whose checkpoint it is. */
#ifndef ADATOM_IO_TRAINING_RECORD_H
#define ADATOM_IO_TRAINING_RECORD_H

#include "io/hdf5_file.h"

#include "adatom/train.h"

/* "OUTPUTending"; free with free(). */
adatom_status adatom_training_record_path(const char *output, const char *ending, char **out);

/* Appends a line "name: value" to what is told at the end. */
void adatom_training_record_add(adatom_train_result *result, const char *name, const char *value);

/* What a model keeps of its making: the heading, the results as comments, and the settings, as
 * YAML; free with free(). */
adatom_status adatom_training_record_provenance(const adatom_train_result *result,
                                                const char *heading, const char *settings,
                                                char **out);

/* A checkpoint belongs to settings and to data; of the data, numbers that others would change. */
adatom_status adatom_training_record_put(adatom_hdf5_writer *writer, const char *settings,
                                         const double *data, size_t count);
/* INVALID_INPUT if the checkpoint at the path is of other settings or data. */
adatom_status adatom_training_record_check(adatom_hdf5_reader *reader, const char *path,
                                           const char *settings, const double *data, size_t count);

#endif

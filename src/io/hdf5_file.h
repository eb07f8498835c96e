/* adatom: named arrays in an HDF5 file that is never half written. */
#ifndef ADATOM_IO_HDF5_FILE_H
#define ADATOM_IO_HDF5_FILE_H

#include "adatom/status.h"

#include <stddef.h>
#include <stdint.h>

typedef struct adatom_hdf5_writer adatom_hdf5_writer;
typedef struct adatom_hdf5_reader adatom_hdf5_reader;

enum { ADATOM_HDF5_RANK_MAX = 8 };

typedef enum adatom_hdf5_type {
    ADATOM_HDF5_FLOAT,  /* float */
    ADATOM_HDF5_DOUBLE, /* double */
    ADATOM_HDF5_INT32,
    ADATOM_HDF5_INT64,
    ADATOM_HDF5_UINT64,
    ADATOM_HDF5_UINT8
} adatom_hdf5_type;

/* Collects the arrays in memory. Nothing is seen at path before adatom_hdf5_commit. */
adatom_status adatom_hdf5_create(const char *path, adatom_hdf5_writer **out);
/* name may hold slashes: the groups are made. A dims entry of 0 is allowed. Arrays of rank 1 and
 * more carry checksums: damage is INVALID_INPUT when they are read. */
adatom_status adatom_hdf5_put(adatom_hdf5_writer *writer, const char *name, adatom_hdf5_type type,
                              int rank, const size_t *dims, const void *values);
adatom_status adatom_hdf5_put_text(adatom_hdf5_writer *writer, const char *name, const char *text);
/* Writes a new file beside path, flushes it to the disk and renames it to path; frees the writer in
 * any case. IO_FAILED leaves what was at path as it was. */
adatom_status adatom_hdf5_commit(adatom_hdf5_writer *writer);
/* Gives up: removes the new file, frees the writer. NULL allowed. */
void adatom_hdf5_abandon(adatom_hdf5_writer *writer);

/* INVALID_INPUT with one line if path is missing, cut short or not HDF5. */
adatom_status adatom_hdf5_open(const char *path, adatom_hdf5_reader **out);
void adatom_hdf5_close(adatom_hdf5_reader *reader);
/* 1 if the name exists. */
int adatom_hdf5_has(adatom_hdf5_reader *reader, const char *name);
/* The shape; INVALID_INPUT if the name is missing or the rank is not the expected one. */
adatom_status adatom_hdf5_shape(adatom_hdf5_reader *reader, const char *name, int rank,
                                size_t *dims);
/* Reads an array whose shape must be exactly dims. */
adatom_status adatom_hdf5_get(adatom_hdf5_reader *reader, const char *name, adatom_hdf5_type type,
                              int rank, const size_t *dims, void *values);
/* Free with free(). */
adatom_status adatom_hdf5_get_text(adatom_hdf5_reader *reader, const char *name, char **text);

#endif

/* adatom: what the HDF5 writer and reader share. */
#ifndef ADATOM_IO_HDF5_PRIVATE_H
#define ADATOM_IO_HDF5_PRIVATE_H

#include "io/hdf5_file.h"

#include <hdf5.h>
#include <stdbool.h>

/* While it holds, HDF5 does not print its errors. Pass to adatom_hdf5_loud what adatom_hdf5_quiet
 * gave. */
typedef struct adatom_hdf5_printing {
    H5E_auto2_t print;
    void *context;
} adatom_hdf5_printing;

adatom_hdf5_printing adatom_hdf5_quiet(void);
void adatom_hdf5_loud(adatom_hdf5_printing printing);

typedef struct adatom_hdf5_type_traits {
    const char *name;
    size_t size; /* bytes */
    bool is_float, is_signed;
} adatom_hdf5_type_traits;

/* How values stand in memory; owned by HDF5. */
hid_t adatom_hdf5_memory_type(adatom_hdf5_type type);
adatom_hdf5_type_traits adatom_hdf5_traits(adatom_hdf5_type type);

/* "[4, 10, 15]", cut at size. */
void adatom_hdf5_shape_text(int rank, const hsize_t *dims, char *text, size_t size);

#endif

#include "io/hdf5_private.h"

#include <stdio.h>

adatom_hdf5_printing adatom_hdf5_quiet(void)
{
    adatom_hdf5_printing printing = {NULL, NULL};
    (void)H5Eget_auto2(H5E_DEFAULT, &printing.print, &printing.context);
    (void)H5Eset_auto2(H5E_DEFAULT, NULL, NULL);
    return printing;
}

void adatom_hdf5_loud(adatom_hdf5_printing printing)
{
    (void)H5Eclear2(H5E_DEFAULT);
    (void)H5Eset_auto2(H5E_DEFAULT, printing.print, printing.context);
}

hid_t adatom_hdf5_memory_type(adatom_hdf5_type type)
{
    switch (type) {
    case ADATOM_HDF5_FLOAT:
        return H5T_NATIVE_FLOAT;
    case ADATOM_HDF5_DOUBLE:
        return H5T_NATIVE_DOUBLE;
    case ADATOM_HDF5_INT32:
        return H5T_NATIVE_INT32;
    case ADATOM_HDF5_INT64:
        return H5T_NATIVE_INT64;
    case ADATOM_HDF5_UINT64:
        return H5T_NATIVE_UINT64;
    case ADATOM_HDF5_UINT8:
        return H5T_NATIVE_UINT8;
    }
    return H5I_INVALID_HID;
}

adatom_hdf5_type_traits adatom_hdf5_traits(adatom_hdf5_type type)
{
    static const adatom_hdf5_type_traits traits[] = {
        [ADATOM_HDF5_FLOAT] = {"float", 4, true, true},
        [ADATOM_HDF5_DOUBLE] = {"double", 8, true, true},
        [ADATOM_HDF5_INT32] = {"int32", 4, false, true},
        [ADATOM_HDF5_INT64] = {"int64", 8, false, true},
        [ADATOM_HDF5_UINT64] = {"uint64", 8, false, false},
        [ADATOM_HDF5_UINT8] = {"uint8", 1, false, false}};
    return traits[type];
}

void adatom_hdf5_shape_text(int rank, const hsize_t *dims, char *text, size_t size)
{
    size_t used = (size_t)snprintf(text, size, "[");
    for (int i = 0; i < rank && used < size; i++) {
        used += (size_t)snprintf(text + used, size - used, "%s%llu", i > 0 ? ", " : "",
                                 (unsigned long long)dims[i]);
    }
    if (used < size) {
        snprintf(text + used, size - used, "]");
    }
}

#include "io/hdf5_private.h"

#include "base/error.h"
#include "base/memory.h"
#include "io/text_file.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { MEMORY_STEP = 1 << 20 };

/* The file is made in memory: HDF5 itself never meets a full disk, from which it does not recover.
 */
struct adatom_hdf5_writer {
    char *path;
    hid_t file;
    hid_t make_groups; /* link creation: with the groups in between */
    hid_t plain_array; /* data set creation: no times, so that equal content gives equal bytes */
};

static adatom_status out_of_order(const char *path, const char *what)
{
    return adatom_fail(ADATOM_OUT_OF_MEMORY, "%s: HDF5 cannot make %s in memory", path, what);
}

static hid_t create_in_memory(const void *unique)
{
    char name[64];
    snprintf(name, sizeof name, "adatom-in-memory-%p",
             unique); /* HDF5 tells open files apart by name */
    const hid_t access = H5Pcreate(H5P_FILE_ACCESS);
    hid_t file = H5I_INVALID_HID;
    if (access >= 0 && H5Pset_fapl_core(access, MEMORY_STEP, false) >= 0) {
        file = H5Fcreate(name, H5F_ACC_TRUNC, H5P_DEFAULT, access);
    }
    (void)H5Pclose(access);
    return file;
}

static adatom_status open_writer(const char *path, adatom_hdf5_writer *writer)
{
    writer->file = writer->make_groups = writer->plain_array = H5I_INVALID_HID;
    ADATOM_TRY(adatom_duplicate_text(path, &writer->path));
    writer->file = create_in_memory(writer);
    writer->make_groups = H5Pcreate(H5P_LINK_CREATE);
    writer->plain_array = H5Pcreate(H5P_DATASET_CREATE);
    if (writer->file < 0 || H5Pset_create_intermediate_group(writer->make_groups, 1) < 0 ||
        H5Pset_obj_track_times(writer->plain_array, false) < 0) {
        return out_of_order(path, "a file");
    }
    return ADATOM_OK;
}

static void free_writer(adatom_hdf5_writer *writer)
{
    if (writer->plain_array >= 0) {
        (void)H5Pclose(writer->plain_array);
    }
    if (writer->make_groups >= 0) {
        (void)H5Pclose(writer->make_groups);
    }
    if (writer->file >= 0) {
        (void)H5Fclose(writer->file);
    }
    free(writer->path);
    free(writer);
}

adatom_status adatom_hdf5_create(const char *path, adatom_hdf5_writer **out)
{
    adatom_hdf5_writer *writer;
    ADATOM_TRY(adatom_allocate(1, sizeof *writer, &writer));
    const adatom_hdf5_printing printing = adatom_hdf5_quiet();
    const adatom_status status = open_writer(path, writer);
    if (status == ADATOM_OK) {
        *out = writer;
    } else {
        free_writer(writer);
    }
    adatom_hdf5_loud(printing);
    return status;
}

/* Arrays are kept in chunks with a checksum each, so that damage is noticed when they are read. */
static hid_t checked_array(hid_t plain_array, hid_t space)
{
    const hsize_t chunk_most = (hsize_t)1 << 24; /* elements; HDF5 wants less than 4 GiB */
    hsize_t chunk[ADATOM_HDF5_RANK_MAX], size = 1;
    const int rank = H5Sget_simple_extent_dims(space, chunk, NULL);
    const hid_t checked = H5Pcopy(plain_array);
    if (rank < 1 || H5Sget_simple_extent_npoints(space) == 0) {
        return checked;
    }
    for (int i = rank - 1; i >= 0; i--) {
        chunk[i] = chunk[i] > chunk_most / size ? chunk_most / size : chunk[i];
        size *= chunk[i];
    }
    if (H5Pset_chunk(checked, rank, chunk) < 0 || H5Pset_fletcher32(checked) < 0) {
        (void)H5Pclose(checked);
        return H5I_INVALID_HID;
    }
    return checked;
}

/* Takes over `space`. values may be NULL where there are none. */
static adatom_status write_array(adatom_hdf5_writer *writer, const char *name, hid_t type,
                                 hid_t space, const void *values)
{
    hid_t array = H5I_INVALID_HID;
    const hid_t checked = space >= 0 ? checked_array(writer->plain_array, space) : H5I_INVALID_HID;
    if (checked >= 0) {
        array =
            H5Dcreate2(writer->file, name, type, space, writer->make_groups, checked, H5P_DEFAULT);
        (void)H5Pclose(checked);
    }
    const bool empty = space >= 0 && H5Sget_simple_extent_npoints(space) == 0;
    const bool good =
        array >= 0 && (empty || H5Dwrite(array, type, H5S_ALL, H5S_ALL, H5P_DEFAULT, values) >= 0);
    if (array >= 0) {
        (void)H5Dclose(array);
    }
    if (space >= 0) {
        (void)H5Sclose(space);
    }
    return good ? ADATOM_OK : out_of_order(writer->path, name);
}

adatom_status adatom_hdf5_put(adatom_hdf5_writer *writer, const char *name, adatom_hdf5_type type,
                              int rank, const size_t *dims, const void *values)
{
    if (rank < 0 || rank > ADATOM_HDF5_RANK_MAX) {
        return adatom_fail(ADATOM_INVALID_INPUT, "%s: %s: rank %d, expected 0 to %d", writer->path,
                           name, rank, ADATOM_HDF5_RANK_MAX);
    }
    hsize_t extents[ADATOM_HDF5_RANK_MAX];
    for (int i = 0; i < rank; i++) {
        extents[i] = dims[i];
    }
    const adatom_hdf5_printing printing = adatom_hdf5_quiet();
    const hid_t space = rank == 0 ? H5Screate(H5S_SCALAR) : H5Screate_simple(rank, extents, NULL);
    const adatom_status status =
        write_array(writer, name, adatom_hdf5_memory_type(type), space, values);
    adatom_hdf5_loud(printing);
    return status;
}

adatom_status adatom_hdf5_put_text(adatom_hdf5_writer *writer, const char *name, const char *text)
{
    const size_t length = strlen(text);
    const adatom_hdf5_printing printing = adatom_hdf5_quiet();
    const hid_t type = H5Tcopy(H5T_C_S1);
    adatom_status status;
    if (H5Tset_size(type, length > 0 ? length : 1) < 0 ||
        H5Tset_strpad(type, H5T_STR_NULLPAD) < 0 || H5Tset_cset(type, H5T_CSET_UTF8) < 0) {
        status = out_of_order(writer->path, name);
    } else {
        status = write_array(writer, name, type, H5Screate(H5S_SCALAR), text);
    }
    (void)H5Tclose(type);
    adatom_hdf5_loud(printing);
    return status;
}

/* The bytes that the file has on the disk. */
static adatom_status take_image(const adatom_hdf5_writer *writer, unsigned char **image,
                                size_t *size)
{
    if (H5Fflush(writer->file, H5F_SCOPE_GLOBAL) < 0) {
        return out_of_order(writer->path, "the file");
    }
    const ssize_t length = H5Fget_file_image(writer->file, NULL, 0);
    if (length <= 0) {
        return out_of_order(writer->path, "the file");
    }
    ADATOM_TRY(adatom_allocate((size_t)length, 1, image));
    if (H5Fget_file_image(writer->file, *image, (size_t)length) != length) {
        return out_of_order(writer->path, "the file");
    }
    *size = (size_t)length;
    return ADATOM_OK;
}

adatom_status adatom_hdf5_commit(adatom_hdf5_writer *writer)
{
    unsigned char *image = NULL;
    size_t size = 0;
    const adatom_hdf5_printing printing = adatom_hdf5_quiet();
    adatom_status status = take_image(writer, &image, &size);
    if (status == ADATOM_OK) {
        status = adatom_text_file_write(writer->path, image, size);
    }
    free(image);
    free_writer(writer);
    adatom_hdf5_loud(printing);
    return status;
}

void adatom_hdf5_abandon(adatom_hdf5_writer *writer)
{
    if (writer != NULL) {
        const adatom_hdf5_printing printing = adatom_hdf5_quiet();
        free_writer(writer);
        adatom_hdf5_loud(printing);
    }
}

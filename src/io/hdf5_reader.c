#include "io/hdf5_private.h"

#include "base/error.h"
#include "base/memory.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

enum { SHAPE_TEXT_SIZE = 128, NAME_SIZE = 256 };

struct adatom_hdf5_reader {
    char *path;
    hid_t file;
};

/* An array of the file while it is looked at. */
typedef struct opened_array {
    hid_t array, type, space, creation;
    int rank;
    hsize_t dims[H5S_MAX_RANK];
} opened_array;

/* ---- the file */

static adatom_status check_file(const char *path)
{
    struct stat file;
    if (stat(path, &file) != 0) {
        return adatom_fail(ADATOM_INVALID_INPUT, "%s: cannot open: %s", path, strerror(errno));
    }
    if (!S_ISREG(file.st_mode)) {
        return adatom_fail(ADATOM_INVALID_INPUT, "%s: expected an HDF5 file", path);
    }
    return ADATOM_OK;
}

static adatom_status open_reader(const char *path, adatom_hdf5_reader *reader)
{
    reader->file = H5I_INVALID_HID;
    ADATOM_TRY(adatom_duplicate_text(path, &reader->path));
    ADATOM_TRY(check_file(path));
    const hid_t access = H5Pcreate(H5P_FILE_ACCESS);
    /* Files are replaced whole, never changed: locks would only fail where there are none. */
    (void)H5Pset_file_locking(access, false, true);
    const bool is_hdf5 = H5Fis_hdf5(path) > 0;
    if (is_hdf5) {
        reader->file = H5Fopen(path, H5F_ACC_RDONLY, access);
    }
    (void)H5Pclose(access);
    if (reader->file < 0) {
        return adatom_fail(ADATOM_INVALID_INPUT,
                           is_hdf5 ? "%s: the HDF5 file is cut short or damaged"
                                   : "%s: expected an HDF5 file",
                           path);
    }
    return ADATOM_OK;
}

static void free_reader(adatom_hdf5_reader *reader)
{
    if (reader->file >= 0) {
        (void)H5Fclose(reader->file);
    }
    free(reader->path);
    free(reader);
}

adatom_status adatom_hdf5_open(const char *path, adatom_hdf5_reader **out)
{
    adatom_hdf5_reader *reader;
    ADATOM_TRY(adatom_allocate(1, sizeof *reader, &reader));
    const adatom_hdf5_printing printing = adatom_hdf5_quiet();
    const adatom_status status = open_reader(path, reader);
    if (status == ADATOM_OK) {
        *out = reader;
    } else {
        free_reader(reader);
    }
    adatom_hdf5_loud(printing);
    return status;
}

void adatom_hdf5_close(adatom_hdf5_reader *reader)
{
    if (reader != NULL) {
        const adatom_hdf5_printing printing = adatom_hdf5_quiet();
        free_reader(reader);
        adatom_hdf5_loud(printing);
    }
}

/* ---- names */

/* Soft and external links are not followed: a file must not lead to other files. */
static bool is_plain_link(hid_t file, const char *name)
{
    H5L_info_t link;
    return H5Lexists(file, name, H5P_DEFAULT) > 0 &&
           H5Lget_info(file, name, &link, H5P_DEFAULT) >= 0 && link.type == H5L_TYPE_HARD;
}

/* HDF5 wants each group on the way looked up by itself. */
static bool name_exists(hid_t file, const char *name)
{
    char part[NAME_SIZE];
    const size_t length = strlen(name);
    if (length == 0 || length >= sizeof part) {
        return false;
    }
    for (size_t i = 1; i <= length; i++) {
        if (name[i] == '/' || name[i] == '\0') {
            memcpy(part, name, i);
            part[i] = '\0';
            if (!is_plain_link(file, part)) {
                return false;
            }
        }
    }
    return true;
}

int adatom_hdf5_has(adatom_hdf5_reader *reader, const char *name)
{
    const adatom_hdf5_printing printing = adatom_hdf5_quiet();
    const bool exists = name_exists(reader->file, name);
    adatom_hdf5_loud(printing);
    return exists ? 1 : 0;
}

/* ---- arrays */

static adatom_status damaged(const adatom_hdf5_reader *reader, const char *name)
{
    return adatom_fail(ADATOM_INVALID_INPUT, "%s: %s cannot be read, the file is damaged",
                       reader->path, name);
}

static void close_array(opened_array *opened)
{
    if (opened->creation >= 0) {
        (void)H5Pclose(opened->creation);
    }
    if (opened->space >= 0) {
        (void)H5Sclose(opened->space);
    }
    if (opened->type >= 0) {
        (void)H5Tclose(opened->type);
    }
    if (opened->array >= 0) {
        (void)H5Oclose(opened->array);
    }
}

/* A shape is only what the file claims: the bytes must be there before memory is asked for. No
 * compression of HDF5's own makes arrays more than about a thousand times smaller. */
static bool is_backed_by_bytes(const opened_array *opened)
{
    const H5D_layout_t layout = H5Pget_layout(opened->creation);
    const hsize_t packing = layout == H5D_CHUNKED ? 1100 : 1;
    const hsize_t stored = H5Dget_storage_size(opened->array);
    hsize_t needed = H5Tget_size(opened->type);
    for (int i = 0; i < opened->rank; i++) {
        if (opened->dims[i] == 0) {
            return true;
        }
    }
    for (int i = 0; i < opened->rank; i++) {
        if (opened->dims[i] > UINT64_MAX / needed) {
            return false;
        }
        needed *= opened->dims[i];
    }
    return (layout == H5D_CHUNKED || layout == H5D_CONTIGUOUS || layout == H5D_COMPACT) &&
           H5Pget_external_count(opened->creation) == 0 && needed / packing <= stored;
}

static adatom_status fill_opened(const adatom_hdf5_reader *reader, const char *name,
                                 opened_array *opened)
{
    opened->array = H5Oopen(reader->file, name, H5P_DEFAULT);
    if (opened->array < 0) {
        return damaged(reader, name);
    }
    if (H5Iget_type(opened->array) != H5I_DATASET) {
        return adatom_fail(ADATOM_INVALID_INPUT, "%s: %s: expected an array", reader->path, name);
    }
    opened->type = H5Dget_type(opened->array);
    opened->space = H5Dget_space(opened->array);
    opened->creation = H5Dget_create_plist(opened->array);
    if (opened->type < 0 || opened->space < 0 || opened->creation < 0) {
        return damaged(reader, name);
    }
    opened->rank = H5Sget_simple_extent_dims(opened->space, opened->dims, NULL);
    if (opened->rank < 0 || H5Sget_simple_extent_type(opened->space) == H5S_NULL ||
        !is_backed_by_bytes(opened)) {
        return damaged(reader, name);
    }
    return ADATOM_OK;
}

static adatom_status open_array(const adatom_hdf5_reader *reader, const char *name,
                                opened_array *opened)
{
    *opened = (opened_array){.array = H5I_INVALID_HID,
                             .type = H5I_INVALID_HID,
                             .space = H5I_INVALID_HID,
                             .creation = H5I_INVALID_HID};
    if (!name_exists(reader->file, name)) {
        return adatom_fail(ADATOM_INVALID_INPUT, "%s: %s is missing", reader->path, name);
    }
    const adatom_status status = fill_opened(reader, name, opened);
    if (status != ADATOM_OK) {
        close_array(opened);
    }
    return status;
}

static adatom_status check_rank(const adatom_hdf5_reader *reader, const char *name,
                                const opened_array *opened, int rank)
{
    if (opened->rank != rank) {
        char shape[SHAPE_TEXT_SIZE];
        adatom_hdf5_shape_text(opened->rank, opened->dims, shape, sizeof shape);
        return adatom_fail(ADATOM_INVALID_INPUT,
                           "%s: %s: expected %d dimension%s, found the shape %s", reader->path,
                           name, rank, rank == 1 ? "" : "s", shape);
    }
    return ADATOM_OK;
}

adatom_status adatom_hdf5_shape(adatom_hdf5_reader *reader, const char *name, int rank,
                                size_t *dims)
{
    const adatom_hdf5_printing printing = adatom_hdf5_quiet();
    opened_array opened;
    adatom_status status = open_array(reader, name, &opened);
    if (status == ADATOM_OK) {
        status = check_rank(reader, name, &opened, rank);
        for (int i = 0; i < rank && status == ADATOM_OK; i++) {
            dims[i] = (size_t)opened.dims[i];
        }
        close_array(&opened);
    }
    adatom_hdf5_loud(printing);
    return status;
}

static adatom_status check_shape(const adatom_hdf5_reader *reader, const char *name,
                                 const opened_array *opened, int rank, const size_t *dims)
{
    bool same = opened->rank == rank;
    hsize_t expected[ADATOM_HDF5_RANK_MAX];
    for (int i = 0; i < rank; i++) {
        expected[i] = dims[i];
        same = same && opened->dims[i] == expected[i];
    }
    if (!same) {
        char found_text[SHAPE_TEXT_SIZE], expected_text[SHAPE_TEXT_SIZE];
        adatom_hdf5_shape_text(opened->rank, opened->dims, found_text, sizeof found_text);
        adatom_hdf5_shape_text(rank, expected, expected_text, sizeof expected_text);
        return adatom_fail(ADATOM_INVALID_INPUT, "%s: %s: expected the shape %s, found %s",
                           reader->path, name, expected_text, found_text);
    }
    return ADATOM_OK;
}

/* No silent conversion: a double read as float would not be what was saved. */
static adatom_status check_type(const adatom_hdf5_reader *reader, const char *name,
                                const opened_array *opened, adatom_hdf5_type type)
{
    const adatom_hdf5_type_traits expected = adatom_hdf5_traits(type);
    const H5T_class_t kind = H5Tget_class(opened->type);
    const size_t size = H5Tget_size(opened->type);
    const bool is_signed = kind != H5T_INTEGER || H5Tget_sign(opened->type) != H5T_SGN_NONE;
    if (kind != (expected.is_float ? H5T_FLOAT : H5T_INTEGER) || size != expected.size ||
        is_signed != expected.is_signed) {
        return adatom_fail(ADATOM_INVALID_INPUT, "%s: %s: expected values of type %s", reader->path,
                           name, expected.name);
    }
    return ADATOM_OK;
}

static adatom_status read_array(const adatom_hdf5_reader *reader, const char *name,
                                const opened_array *opened, adatom_hdf5_type type, int rank,
                                const size_t *dims, void *values)
{
    ADATOM_TRY(check_shape(reader, name, opened, rank, dims));
    ADATOM_TRY(check_type(reader, name, opened, type));
    if (H5Sget_simple_extent_npoints(opened->space) > 0 &&
        H5Dread(opened->array, adatom_hdf5_memory_type(type), H5S_ALL, H5S_ALL, H5P_DEFAULT,
                values) < 0) {
        return damaged(reader, name);
    }
    return ADATOM_OK;
}

adatom_status adatom_hdf5_get(adatom_hdf5_reader *reader, const char *name, adatom_hdf5_type type,
                              int rank, const size_t *dims, void *values)
{
    if (rank < 0 || rank > ADATOM_HDF5_RANK_MAX) {
        return adatom_fail(ADATOM_INVALID_INPUT, "%s: %s: rank %d, expected 0 to %d", reader->path,
                           name, rank, ADATOM_HDF5_RANK_MAX);
    }
    const adatom_hdf5_printing printing = adatom_hdf5_quiet();
    opened_array opened;
    adatom_status status = open_array(reader, name, &opened);
    if (status == ADATOM_OK) {
        status = read_array(reader, name, &opened, type, rank, dims, values);
        close_array(&opened);
    }
    adatom_hdf5_loud(printing);
    return status;
}

/* ---- text */

static adatom_status read_text(const adatom_hdf5_reader *reader, const char *name,
                               const opened_array *opened, char **text)
{
    if (opened->rank != 0 || H5Tget_class(opened->type) != H5T_STRING ||
        H5Tis_variable_str(opened->type) != 0) {
        return adatom_fail(ADATOM_INVALID_INPUT, "%s: %s: expected a text", reader->path, name);
    }
    char *copy;
    ADATOM_TRY(adatom_allocate(H5Tget_size(opened->type) + 1, 1, &copy));
    if (H5Dread(opened->array, opened->type, H5S_ALL, H5S_ALL, H5P_DEFAULT, copy) < 0) {
        free(copy);
        return damaged(reader, name);
    }
    *text = copy;
    return ADATOM_OK;
}

adatom_status adatom_hdf5_get_text(adatom_hdf5_reader *reader, const char *name, char **text)
{
    const adatom_hdf5_printing printing = adatom_hdf5_quiet();
    opened_array opened;
    adatom_status status = open_array(reader, name, &opened);
    if (status == ADATOM_OK) {
        status = read_text(reader, name, &opened, text);
        close_array(&opened);
    }
    adatom_hdf5_loud(printing);
    return status;
}

#include "io/matrix.h"

#include "base/error.h"
#include "base/memory.h"
#include "io/hdf5_file.h"
#include "io/number_text.h"
#include "io/text_file.h"

#include <math.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

static const size_t largest_file = (size_t)1 << 34;

void adatom_matrix_clear(adatom_matrix *matrix)
{
    free(matrix->values);
    *matrix = (adatom_matrix){0};
}

static bool ends_in(const char *path, const char *ending)
{
    const size_t length = strlen(path), own = strlen(ending);
    return length >= own && strcmp(path + length - own, ending) == 0;
}

/* ---- text */

static const char *const separators = ",; \t\r";

/* Appends the numbers of a line; *bad is the text of what is none. */
static adatom_status read_line(const char *line, size_t length, double **values, size_t *capacity,
                               size_t *count, const char **bad, size_t *bad_length)
{
    const char *end = line + length;
    *bad = NULL;
    while (line < end) {
        if (strchr(separators, *line) != NULL) {
            line++;
            continue;
        }
        size_t word = 0;
        while (line + word < end && strchr(separators, line[word]) == NULL) {
            word++;
        }
        double value;
        if (!adatom_number_from_text(line, word, &value)) {
            *bad = line;
            *bad_length = word;
            return ADATOM_OK;
        }
        ADATOM_TRY(adatom_grow(values, capacity, *count + 1, sizeof **values));
        (*values)[(*count)++] = value;
        line += word;
    }
    return ADATOM_OK;
}

static adatom_status check_row(const char *path, size_t line, size_t found, adatom_matrix *m)
{
    if (found == 0) {
        return ADATOM_OK;
    }
    if (m->rows > 0 && found != m->columns) {
        return adatom_fail(ADATOM_INVALID_INPUT, "%s:%zu: %zu numbers, expected %zu as above", path,
                           line, found, m->columns);
    }
    m->columns = found;
    m->rows++;
    return ADATOM_OK;
}

static adatom_status parse_text(const char *path, const char *text, size_t length, adatom_matrix *m)
{
    size_t capacity = 0, count = 0, line = 1;
    const char *at = text, *end = text + length;
    for (; at < end; line++) {
        const char *stop = memchr(at, '\n', (size_t)(end - at));
        const size_t size = (size_t)((stop != NULL ? stop : end) - at), before = count;
        const char *bad = NULL;
        size_t bad_length = 0;
        if (size > 0 && *at != '#') {
            ADATOM_TRY(read_line(at, size, &m->values, &capacity, &count, &bad, &bad_length));
        }
        if (bad != NULL && line == 1) {
            count = before; /* the names of the columns */
        } else if (bad != NULL) {
            char shown[ADATOM_TEXT_SHOWN_SIZE];
            adatom_text_shown(bad, bad_length, shown);
            return adatom_fail(ADATOM_INVALID_INPUT, "%s:%zu: \"%s\", expected a number", path,
                               line, shown);
        }
        ADATOM_TRY(check_row(path, line, count - before, m));
        at = stop != NULL ? stop + 1 : end;
    }
    return ADATOM_OK;
}

static adatom_status parse_plain_text(const char *path, const char *text, size_t length,
                                      adatom_matrix *m)
{
    adatom_plain_numbers numbers = adatom_plain_numbers_begin();
    const adatom_status status = parse_text(path, text, length, m);
    adatom_plain_numbers_end(&numbers);
    return status;
}

/* ---- NumPy */

typedef struct npy_header {
    char type;     /* f, i or u */
    size_t size;   /* of a number, bytes */
    size_t offset; /* of the numbers */
} npy_header;

/* The value after 'key': in the dictionary of the header. */
static const char *find_key(const char *dictionary, const char *key)
{
    const char *at = strstr(dictionary, key);
    if (at == NULL) {
        return NULL;
    }
    at += strlen(key);
    return at + strspn(at, ": ");
}

static bool read_shape(const char *text, adatom_matrix *m)
{
    if (text == NULL || *text != '(') {
        return false;
    }
    char *end;
    m->rows = strtoull(text + 1, &end, 10);
    m->columns = 1;
    if (end == text + 1 || *end != ',') {
        return false;
    }
    end += strspn(end, ", ");
    if (*end != ')') {
        char *last;
        m->columns = strtoull(end, &last, 10);
        return last != end && last[strspn(last, ", ")] == ')';
    }
    return true;
}

static bool read_header(const unsigned char *bytes, size_t length, npy_header *header,
                        adatom_matrix *m)
{
    if (length < 12 || memcmp(bytes, "\x93NUMPY", 6) != 0 || bytes[6] < 1 || bytes[6] > 3) {
        return false;
    }
    const size_t prefix = bytes[6] == 1 ? 10 : 12;
    size_t size = (size_t)bytes[8] | (size_t)bytes[9] << 8;
    size |= bytes[6] == 1 ? 0 : (size_t)bytes[10] << 16 | (size_t)bytes[11] << 24;
    char text[1024];
    if (size >= sizeof text || prefix + size > length) {
        return false;
    }
    memcpy(text, bytes + prefix, size);
    text[size] = '\0';
    const char *type = find_key(text, "'descr'"), *order = find_key(text, "'fortran_order'");
    if (type == NULL || order == NULL || strncmp(order, "False", 5) != 0 ||
        !read_shape(find_key(text, "'shape'"), m)) {
        return false;
    }
    if (strncmp(type, "'<f8'", 5) != 0 && strncmp(type, "'<f4'", 5) != 0 &&
        strncmp(type, "'<i8'", 5) != 0 && strncmp(type, "'<i4'", 5) != 0) {
        return false;
    }
    header->offset = prefix + size;
    header->type = type[2];
    header->size = (size_t)(type[3] - '0');
    return m->rows < SIZE_MAX / 16 &&
           (m->columns == 0 || m->rows <= (length - header->offset) / header->size / m->columns);
}

static double npy_number(const npy_header *header, const unsigned char *at)
{
    uint64_t bits = 0;
    for (size_t b = 0; b < header->size; b++) {
        bits |= (uint64_t)at[b] << 8 * b;
    }
    if (header->type == 'i') {
        return header->size == 8 ? (double)(int64_t)bits : (double)(int32_t)bits;
    }
    if (header->size == 4) {
        const uint32_t half = (uint32_t)bits;
        float number;
        memcpy(&number, &half, sizeof number);
        return (double)number;
    }
    double number;
    memcpy(&number, &bits, sizeof number);
    return number;
}

static adatom_status parse_npy(const char *path, const char *bytes, size_t length, adatom_matrix *m)
{
    npy_header header;
    adatom_matrix shape = {0};
    if (!read_header((const unsigned char *)bytes, length, &header, &shape)) {
        return adatom_fail(ADATOM_INVALID_INPUT,
                           "%s: expected a NumPy array of rank 1 or 2 of numbers, in C order and "
                           "whole",
                           path);
    }
    const size_t count = shape.rows * shape.columns;
    ADATOM_TRY(adatom_allocate(count, sizeof(double), &shape.values));
    for (size_t i = 0; i < count; i++) {
        shape.values[i] =
            npy_number(&header, (const unsigned char *)bytes + header.offset + i * header.size);
    }
    *m = shape;
    return ADATOM_OK;
}

/* ---- HDF5 */

static adatom_status get_hdf5(adatom_hdf5_reader *reader, const char *name, adatom_matrix *m)
{
    size_t dims[2] = {0, 1};
    int rank = 2;
    if (adatom_hdf5_shape(reader, name, 2, dims) != ADATOM_OK) {
        rank = 1;
        dims[1] = 1;
        ADATOM_TRY(adatom_hdf5_shape(reader, name, 1, dims));
    }
    ADATOM_TRY(adatom_allocate(dims[0] * dims[1], sizeof(double), &m->values));
    m->rows = dims[0];
    m->columns = dims[1];
    return adatom_hdf5_get(reader, name, ADATOM_HDF5_DOUBLE, rank, dims, m->values);
}

static adatom_status read_hdf5(const char *path, const char *name, adatom_matrix *m)
{
    adatom_hdf5_reader *reader;
    ADATOM_TRY(adatom_hdf5_open(path, &reader));
    const adatom_status status = get_hdf5(reader, name, m);
    adatom_hdf5_close(reader);
    return status;
}

/* ---- */

static adatom_status check(const char *path, const adatom_matrix *m)
{
    if (m->rows == 0 || m->columns == 0) {
        return adatom_fail(ADATOM_INVALID_INPUT, "%s: expected rows of numbers, found none", path);
    }
    for (size_t i = 0; i < m->rows * m->columns; i++) {
        if (!isfinite(m->values[i])) {
            return adatom_fail(ADATOM_INVALID_INPUT,
                               "%s: row %zu, column %zu: expected a finite number", path,
                               i / m->columns + 1, i % m->columns + 1);
        }
    }
    return ADATOM_OK;
}

static adatom_status keep(const char *path, adatom_status status, adatom_matrix *m,
                          adatom_matrix *out)
{
    if (status == ADATOM_OK) {
        status = check(path, m);
    }
    if (status != ADATOM_OK) {
        adatom_matrix_clear(m);
        return status;
    }
    *out = *m;
    return ADATOM_OK;
}

adatom_status adatom_matrix_parse(const char *path, const char *bytes, size_t length,
                                  adatom_matrix *out)
{
    adatom_matrix m = {0};
    const adatom_status status = ends_in(path, ".npy") ? parse_npy(path, bytes, length, &m)
                                                       : parse_plain_text(path, bytes, length, &m);
    return keep(path, status, &m, out);
}

adatom_status adatom_matrix_read(const char *path, const char *name, adatom_matrix *out)
{
    if (ends_in(path, ".h5") || ends_in(path, ".hdf5")) {
        adatom_matrix m = {0};
        return keep(path, read_hdf5(path, name, &m), &m, out);
    }
    char *bytes;
    size_t length;
    ADATOM_TRY(adatom_text_file_read(path, largest_file, &bytes, &length));
    const adatom_status status = adatom_matrix_parse(path, bytes, length, out);
    free(bytes);
    return status;
}

#include "io/npy.h"

#include "base/error.h"
#include "io/text_file.h"

#include <stdint.h>
#include <stdio.h>
#include <string.h>

/* Magic, version, length of the rest, and a Python dictionary, filled up to a multiple of 64. */
static size_t make_header(adatom_npy_type type, int rank, const size_t *dims, char header[320])
{
    static const char magic[8] = {'\x93', 'N', 'U', 'M', 'P', 'Y', 1, 0};
    static const char *const types[] = {"f8", "i8", "f4"};
    const uint16_t one = 1;
    const char order = *(const char *)&one == 1 ? '<' : '>';
    memset(header, ' ', 320);
    memcpy(header, magic, sizeof magic);
    size_t length = 10;
    length += (size_t)snprintf(header + length, 320 - length,
                               "{'descr': '%c%s', 'fortran_order': False, 'shape': (", order,
                               types[type]);
    for (int i = 0; i < rank; i++) {
        length += (size_t)snprintf(header + length, 320 - length, "%zu,%s", dims[i],
                                   i + 1 < rank ? " " : "");
    }
    length += (size_t)snprintf(header + length, 320 - length, "), }");
    header[length] = ' ';
    const size_t size = (length + 1 + 63) / 64 * 64;
    header[size - 1] = '\n';
    header[8] = (char)((size - 10) & 0xff);
    header[9] = (char)((size - 10) >> 8);
    return size;
}

adatom_status adatom_npy_write(const char *path, adatom_npy_type type, int rank, const size_t *dims,
                               const void *values)
{
    char header[320];
    size_t count = 1;
    for (int i = 0; i < rank; i++) {
        count *= dims[i];
    }
    adatom_text_file *file;
    ADATOM_TRY(adatom_text_file_create(path, &file));
    FILE *stream = adatom_text_file_stream(file);
    const size_t size = make_header(type, rank, dims, header);
    /* What could not be written shows at commit. */
    if (fwrite(header, 1, size, stream) == size && count > 0) {
        fwrite(values, type == ADATOM_NPY_FLOAT ? 4 : 8, count, stream);
    }
    return adatom_text_file_commit(file);
}

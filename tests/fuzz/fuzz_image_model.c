/* A model file of a network on images, whose entries the input lists as lines NAME=VALUE, is
 * refused with one line or read; and a model that was read can be written and reads back the same.
 * The input makes the entries, not the bytes of the file: those are the HDF5 library's. */
#include "predict/model.h"

#include "base/error.h"
#include "io/hdf5_file.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size);

enum { NUMBERS_MAX = 4096 };

static void require(bool condition)
{
    if (!condition) {
        abort();
    }
}

/* Numbers of a value such as "8 8 1" or, the last one repeated, "0.5 x 100". */
static size_t read_numbers(const char *value, double numbers[NUMBERS_MAX])
{
    size_t count = 0, wanted;
    for (char *end; count < NUMBERS_MAX; value = end, count++) {
        numbers[count] = strtod(value, &end);
        if (end == value) {
            break;
        }
    }
    if (count == 0 || sscanf(value, " x %zu", &wanted) != 1) {
        return count;
    }
    for (; count < wanted && count < NUMBERS_MAX; count++) {
        numbers[count] = numbers[count - 1];
    }
    return count;
}

static int32_t whole(double number)
{
    return fabs(number) < 2147483647 ? (int32_t)number : -1;
}

static adatom_status put_numbers(adatom_hdf5_writer *writer, const char *name, const char *value)
{
    static double numbers[NUMBERS_MAX];
    static float singles[NUMBERS_MAX];
    static int32_t integers[NUMBERS_MAX];
    const size_t count = read_numbers(value, numbers);
    for (size_t i = 0; i < count; i++) {
        singles[i] = (float)numbers[i];
        integers[i] = whole(numbers[i]);
    }
    if (strcmp(name, "weights") == 0) {
        return adatom_hdf5_put(writer, name, ADATOM_HDF5_FLOAT, 1, &count, singles);
    }
    if (strcmp(name, "size") == 0) {
        return adatom_hdf5_put(writer, name, ADATOM_HDF5_INT32, 1, &count, integers);
    }
    if (strcmp(name, "format") == 0 || strcmp(name, "per_atom") == 0) {
        return adatom_hdf5_put(writer, name, ADATOM_HDF5_INT32, 0, NULL, integers);
    }
    return adatom_hdf5_put(writer, name, ADATOM_HDF5_DOUBLE, 1, &count, numbers);
}

static adatom_status put_line(adatom_hdf5_writer *writer, char *line)
{
    static const char *const texts[] = {"kind", "target", "unit", "provenance", "image", "network"};
    char *value = strchr(line, '=');
    if (value == NULL || value == line || strchr(line, '/') != NULL) {
        return ADATOM_OK;
    }
    *value++ = '\0';
    for (size_t t = 0; t < sizeof texts / sizeof texts[0]; t++) {
        if (strcmp(line, texts[t]) == 0) {
            for (char *c = value; *c != '\0'; c++) {
                *c = *c == ';' ? '\n' : *c;
            }
            return adatom_hdf5_put_text(writer, line, value);
        }
    }
    return put_numbers(writer, line, value);
}

static bool write_entries(const char *path, char *text)
{
    adatom_hdf5_writer *writer;
    require(adatom_hdf5_create(path, &writer) == ADATOM_OK);
    char *rest = text;
    for (char *line; (line = strsep(&rest, "\n")) != NULL;) {
        if (put_line(writer, line) != ADATOM_OK) { /* one name twice, for instance */
            adatom_hdf5_abandon(writer);
            return false;
        }
    }
    return adatom_hdf5_commit(writer) == ADATOM_OK;
}

static void check_round_trip(const char *path, const adatom_image_model *model)
{
    adatom_image_model *back;
    require(adatom_image_model_write(model, path) == ADATOM_OK);
    require(adatom_image_model_read(path, &back) == ADATOM_OK);
    require(back->network.weight_count == model->network.weight_count);
    require(memcmp(back->weights, model->weights, model->network.weight_count * sizeof(float)) ==
            0);
    require(back->scale == model->scale && back->offset == model->offset);
    require(memcmp(back->shares, model->shares, sizeof model->shares) == 0);
    require(strcmp(back->target, model->target) == 0 && strcmp(back->unit, model->unit) == 0);
    adatom_image_model_free(back);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
    char path[64], *text = malloc(size + 1);
    require(text != NULL);
    memcpy(text, bytes, size);
    text[size] = '\0';
    snprintf(path, sizeof path, "/dev/shm/fuzz-image-model-%d", (int)getpid());
    if (write_entries(path, text)) {
        adatom_image_model *model;
        const adatom_status status = adatom_image_model_read(path, &model);
        if (status == ADATOM_OK) {
            check_round_trip(path, model);
            adatom_image_model_free(model);
        } else {
            require(status == ADATOM_INVALID_INPUT && adatom_error_message()[0] != '\0');
            require(strchr(adatom_error_message(), '\n') == NULL);
        }
        unlink(path);
    }
    free(text);
    return 0;
}

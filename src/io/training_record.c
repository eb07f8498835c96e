#include "io/training_record.h"

#include "base/error.h"
#include "base/memory.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

adatom_status adatom_training_record_path(const char *output, const char *ending, char **out)
{
    const size_t size = strlen(output) + strlen(ending) + 1;
    ADATOM_TRY(adatom_allocate(size, 1, out));
    snprintf(*out, size, "%s%s", output, ending);
    return ADATOM_OK;
}

void adatom_training_record_add(adatom_train_result *result, const char *name, const char *value)
{
    const size_t used = strlen(result->text);
    snprintf(result->text + used, sizeof result->text - used, "%s\t%s\n", name, value);
}

adatom_status adatom_training_record_provenance(const adatom_train_result *result,
                                                const char *heading, const char *settings,
                                                char **out)
{
    char *text = NULL;
    size_t size;
    FILE *stream = open_memstream(&text, &size);
    if (stream == NULL) {
        return adatom_fail(ADATOM_OUT_OF_MEMORY, "out of memory");
    }
    fputs(heading, stream);
    for (const char *line = result->text; *line != '\0';) {
        const int name = (int)strcspn(line, "\t"), rest = (int)strcspn(line, "\n");
        fprintf(stream, "# %.*s: %.*s\n", name, line, rest - name - 1, line + name + 1);
        line += rest + (line[rest] != '\0');
    }
    fputs(settings, stream);
    fclose(stream);
    *out = text;
    return ADATOM_OK;
}

adatom_status adatom_training_record_put(adatom_hdf5_writer *writer, const char *settings,
                                         const double *data, size_t count)
{
    ADATOM_TRY(adatom_hdf5_put_text(writer, "settings", settings));
    return adatom_hdf5_put(writer, "data", ADATOM_HDF5_DOUBLE, 1, &count, data);
}

adatom_status adatom_training_record_check(adatom_hdf5_reader *reader, const char *path,
                                           const char *settings, const double *data, size_t count)
{
    char *text;
    ADATOM_TRY(adatom_hdf5_get_text(reader, "settings", &text));
    const bool same = strcmp(text, settings) == 0;
    free(text);
    double *then;
    ADATOM_TRY(adatom_allocate(count, sizeof *then, &then));
    const adatom_status status =
        adatom_hdf5_get(reader, "data", ADATOM_HDF5_DOUBLE, 1, &count, then);
    const bool equal = status == ADATOM_OK && memcmp(data, then, count * sizeof *then) == 0;
    free(then);
    ADATOM_TRY(status);
    if (!same || !equal) {
        return adatom_fail(ADATOM_INVALID_INPUT,
                           "%s is of a training with other %s: remove it, or choose another -o",
                           path, same ? "data" : "settings");
    }
    return ADATOM_OK;
}

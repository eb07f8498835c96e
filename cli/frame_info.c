#include "frame_info.h"

#include <stdlib.h>
#include <string.h>

const char *cli_frame_info(const adatom_frame *frame, const char *key)
{
    for (size_t i = 0; i < frame->info_count; i++) {
        if (strcmp(frame->info_keys[i], key) == 0) {
            return frame->info_values[i];
        }
    }
    return NULL;
}

adatom_status cli_frame_add_info(adatom_frame *frame, const char *key, const char *value)
{
    const size_t size = (frame->info_count + 1) * sizeof(char *);
    char **keys = realloc(frame->info_keys, size);
    frame->info_keys = keys != NULL ? keys : frame->info_keys;
    char **values = realloc(frame->info_values, size);
    frame->info_values = values != NULL ? values : frame->info_values;
    char *own_key = strdup(key), *own_value = strdup(value);
    if (keys == NULL || values == NULL || own_key == NULL || own_value == NULL) {
        free(own_key);
        free(own_value);
        return ADATOM_OUT_OF_MEMORY;
    }
    frame->info_keys[frame->info_count] = own_key;
    frame->info_values[frame->info_count++] = own_value;
    return ADATOM_OK;
}

void cli_frame_drop_info(adatom_frame *frame, const char *key)
{
    size_t kept = 0;
    for (size_t i = 0; i < frame->info_count; i++) {
        if (strcmp(frame->info_keys[i], key) == 0) {
            free(frame->info_keys[i]);
            free(frame->info_values[i]);
            continue;
        }
        frame->info_keys[kept] = frame->info_keys[i];
        frame->info_values[kept++] = frame->info_values[i];
    }
    frame->info_count = kept;
}

void cli_frame_clear_infos(adatom_frame *frame)
{
    for (size_t i = 0; i < frame->info_count; i++) {
        free(frame->info_keys[i]);
        free(frame->info_values[i]);
    }
    free(frame->info_keys);
    free(frame->info_values);
    frame->info_keys = frame->info_values = NULL;
    frame->info_count = 0;
}

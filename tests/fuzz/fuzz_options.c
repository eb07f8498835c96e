/* Any bytes as a file of settings, or as a --set: refused with one line or read; and what was read
 * can be written and reads back to the same bits. */
#include "../io/options_example.h"

#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size);

static void require(bool condition)
{
    if (!condition) {
        abort();
    }
}

static void check_round_trip(const example_options *options)
{
    char *text = NULL;
    size_t length = 0;
    FILE *stream = open_memstream(&text, &length);
    require(stream != NULL);
    require(adatom_options_write(&example_table, options, stream) == ADATOM_OK);
    fclose(stream);
    example_options back;
    memset(&back, 0, sizeof back);
    require(adatom_options_parse(&example_table, text, length, "back", NULL, NULL, 0, &back) ==
            ADATOM_OK);
    require(memcmp(&back, options, sizeof back) == 0);
    free(text);
}

/* A first byte '=' makes the rest a --set. */
static adatom_status read_input(const char *text, size_t size, example_options *options)
{
    if (size > 0 && text[0] == '=') {
        const char *override = text + 1;
        return adatom_options_parse(&example_table, NULL, 0, "", NULL, &override, 1, options);
    }
    return adatom_options_parse(&example_table, text, size, "fuzz", "/folder", NULL, 0, options);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
    char *text = malloc(size + 1);
    require(text != NULL);
    memcpy(text, bytes, size);
    text[size] = '\0';
    example_options options;
    memset(&options, 0, sizeof options);
    const adatom_status status = read_input(text, size, &options);
    if (status == ADATOM_OK) {
        check_round_trip(&options);
    } else {
        require(status == ADATOM_INVALID_INPUT && adatom_error_message()[0] != '\0');
        require(strchr(adatom_error_message(), '\n') == NULL);
    }
    free(text);
    return 0;
}

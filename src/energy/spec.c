#include "energy/spec.h"

#include "base/error.h"
#include "base/memory.h"

#include <stdlib.h>
#include <string.h>

/* Cuts one "key=value" in two; its text ends with a zero byte. */
static adatom_status split_argument(char *text, adatom_spec_argument *argument)
{
    char *equals = strchr(text, '=');
    if (equals == NULL || equals == text || equals[1] == '\0') {
        return adatom_fail(ADATOM_INVALID_INPUT, "evaluator argument \"%s\" is not key=value",
                           text);
    }
    *equals = '\0';
    *argument = (adatom_spec_argument){text, equals + 1};
    return ADATOM_OK;
}

static adatom_status add_argument(adatom_spec *spec, adatom_spec_argument argument)
{
    for (size_t i = 0; i < spec->argument_count; i++) {
        if (strcmp(spec->arguments[i].key, argument.key) == 0) {
            return adatom_fail(ADATOM_INVALID_INPUT, "evaluator argument \"%s\" is given twice",
                               argument.key);
        }
    }
    spec->arguments[spec->argument_count++] = argument;
    return ADATOM_OK;
}

adatom_status adatom_spec_split(adatom_spec *spec, bool whole_text)
{
    char *text = spec->text;
    size_t most = 1;
    for (const char *c = text; *c != '\0'; c++) {
        most += *c == ',';
    }
    ADATOM_TRY(adatom_allocate(most, sizeof *spec->arguments, &spec->arguments));
    if (whole_text || strchr(text, '=') == NULL) {
        return *text == '\0' ? ADATOM_OK : add_argument(spec, (adatom_spec_argument){"", text});
    }
    for (bool first = true; text != NULL; first = false) {
        char *comma = strchr(text, ',');
        if (comma != NULL) {
            *comma = '\0';
        }
        adatom_spec_argument argument = {"", text};
        if (!first || strchr(text, '=') != NULL || *text == '\0') {
            ADATOM_TRY(split_argument(text, &argument));
        }
        ADATOM_TRY(add_argument(spec, argument));
        text = comma != NULL ? comma + 1 : NULL;
    }
    return ADATOM_OK;
}

static adatom_status cut_kind_off(adatom_spec *spec, const char *text)
{
    ADATOM_TRY(adatom_duplicate_text(text, &spec->kind));
    char *colon = strchr(spec->kind, ':');
    spec->text = colon != NULL ? colon + 1 : spec->kind + strlen(spec->kind);
    if (colon != NULL) {
        *colon = '\0';
    }
    return ADATOM_OK;
}

adatom_status adatom_spec_parse(const char *text, adatom_spec **out)
{
    adatom_spec *spec;
    ADATOM_TRY(adatom_allocate(1, sizeof *spec, &spec));
    const adatom_status status = cut_kind_off(spec, text);
    if (status != ADATOM_OK) {
        adatom_spec_free(spec);
        return status;
    }
    *out = spec;
    return ADATOM_OK;
}

void adatom_spec_free(adatom_spec *spec)
{
    if (spec == NULL) {
        return;
    }
    free(spec->kind);
    free(spec->arguments);
    free(spec);
}

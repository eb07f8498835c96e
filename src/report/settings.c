#include "report/settings.h"

#include "adatom/structure.h"
#include "base/error.h"
#include "base/memory.h"
#include "io/number_text.h"
#include "io/text_file.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <yaml.h>

enum { DEPTH_MAX = 6, PATH_SIZE = 256, VALUE_SIZE = 2048, SETTINGS_MAX = 2000 };
static const size_t file_limit = 1 << 20;

static adatom_status add_setting(adatom_run_settings *out, const char *path, const char *value)
{
    if (out->count >= SETTINGS_MAX) {
        return ADATOM_OK;
    }
    ADATOM_TRY(adatom_grow(&out->settings, &out->capacity, out->count + 1, sizeof *out->settings));
    adatom_run_setting *setting = &out->settings[out->count];
    ADATOM_TRY(adatom_duplicate_text(path, &setting->path));
    const adatom_status status = adatom_duplicate_text(value, &setting->value);
    if (status != ADATOM_OK) {
        free(setting->path);
        *setting = (adatom_run_setting){0};
        return status;
    }
    out->count++;
    return ADATOM_OK;
}

static const char *scalar_text(const yaml_node_t *node)
{
    return node != NULL && node->type == YAML_SCALAR_NODE ? (const char *)node->data.scalar.value
                                                          : "";
}

static void append(char *text, const char *addition)
{
    const size_t length = strlen(text);
    (void)snprintf(text + length, VALUE_SIZE - length, "%s", addition);
}

/* A list as one text; lists in lists too. */
static void join_list(yaml_document_t *document, const yaml_node_t *list, int depth, char *text)
{
    append(text, "[");
    for (const yaml_node_item_t *item = list->data.sequence.items.start;
         item < list->data.sequence.items.top; item++) {
        const yaml_node_t *node = yaml_document_get_node(document, *item);
        append(text, item == list->data.sequence.items.start ? "" : ", ");
        if (node != NULL && node->type == YAML_SEQUENCE_NODE && depth < DEPTH_MAX) {
            join_list(document, node, depth + 1, text);
        } else {
            append(text, scalar_text(node));
        }
    }
    append(text, "]");
}

static adatom_status flatten(yaml_document_t *document, const yaml_node_t *node, const char *path,
                             int depth, adatom_run_settings *out)
{
    if (node == NULL || depth > DEPTH_MAX) {
        return ADATOM_OK;
    }
    if (node->type == YAML_SCALAR_NODE) {
        return add_setting(out, path, scalar_text(node));
    }
    if (node->type == YAML_SEQUENCE_NODE) {
        char value[VALUE_SIZE] = "";
        join_list(document, node, depth, value);
        return add_setting(out, path, value);
    }
    for (const yaml_node_pair_t *pair = node->data.mapping.pairs.start;
         node->type == YAML_MAPPING_NODE && pair < node->data.mapping.pairs.top; pair++) {
        char name[PATH_SIZE];
        const char *key = scalar_text(yaml_document_get_node(document, pair->key));
        const int length =
            snprintf(name, sizeof name, "%s%s%s", path, path[0] == '\0' ? "" : ".", key);
        if (length > 0 && (size_t)length < sizeof name) {
            ADATOM_TRY(flatten(document, yaml_document_get_node(document, pair->value), name,
                               depth + 1, out));
        }
    }
    return ADATOM_OK;
}

static adatom_status parse_settings(const char *path, size_t length, adatom_run_settings *out)
{
    yaml_parser_t parser;
    yaml_document_t document;
    if (!yaml_parser_initialize(&parser)) {
        return adatom_fail(ADATOM_OUT_OF_MEMORY, "out of memory");
    }
    yaml_parser_set_input_string(&parser, (const unsigned char *)out->text, length);
    adatom_status status = ADATOM_OK;
    if (!yaml_parser_load(&parser, &document)) {
        status = adatom_fail(ADATOM_INVALID_INPUT, "%s:%zu: %s", path, parser.problem_mark.line + 1,
                             parser.problem != NULL ? parser.problem : "no YAML");
    } else {
        status = flatten(&document, yaml_document_get_root_node(&document), "", 0, out);
        yaml_document_delete(&document);
    }
    yaml_parser_delete(&parser);
    return status;
}

adatom_status adatom_run_settings_read(const char *path, adatom_run_settings *out)
{
    size_t length = 0;
    *out = (adatom_run_settings){0};
    ADATOM_TRY(adatom_text_file_read(path, file_limit, &out->text, &length));
    return parse_settings(path, length, out);
}

void adatom_run_settings_clear(adatom_run_settings *settings)
{
    for (size_t i = 0; i < settings->count; i++) {
        free(settings->settings[i].path);
        free(settings->settings[i].value);
    }
    free(settings->settings);
    free(settings->text);
    *settings = (adatom_run_settings){0};
}

const char *adatom_run_settings_text(const adatom_run_settings *settings, const char *path)
{
    for (size_t i = 0; i < settings->count; i++) {
        if (strcmp(settings->settings[i].path, path) == 0) {
            const char *value = settings->settings[i].value;
            return value[0] != '\0' && strcmp(value, "[]") != 0 ? value : NULL;
        }
    }
    return NULL;
}

double adatom_run_settings_number(const adatom_run_settings *settings, const char *path,
                                  double fallback)
{
    const char *text = adatom_run_settings_text(settings, path);
    double value = fallback;
    return text != NULL && adatom_number_from_text(text, strlen(text), &value) ? value : fallback;
}

bool adatom_run_settings_flag(const adatom_run_settings *settings, const char *path)
{
    const char *text = adatom_run_settings_text(settings, path);
    return text != NULL && (strcmp(text, "true") == 0 || strcmp(text, "yes") == 0);
}

int adatom_run_settings_species(const adatom_run_settings *settings, size_t position)
{
    static const char prefix[] = "system.place.";
    for (size_t i = 0; i < settings->count; i++) {
        const char *path = settings->settings[i].path;
        if (strncmp(path, prefix, sizeof prefix - 1) == 0 && position-- == 0) {
            return adatom_element_number(path + sizeof prefix - 1);
        }
    }
    return 0;
}

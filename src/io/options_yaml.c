/* Reads YAML event by event: what the table does not know is refused where it stands, so that no
 * input, however deep or long, is ever built in memory. */
#include "io/options_internal.h"

#include "base/error.h"
#include "base/memory.h"

#include <stdlib.h>
#include <string.h>
#include <yaml.h>

typedef struct yaml_reader {
    yaml_parser_t parser;
    yaml_event_t event;
    adatom_option_place place;
    bool in_file;
    const adatom_option_table *table;
    const char *folder;
    void *options;
    size_t *field_lines;   /* [count], where each field was given; 0 not yet */
    size_t *section_lines; /* [count], the same for the section that starts with the field */
} yaml_reader;

static adatom_status syntax_error(yaml_reader *reader)
{
    const yaml_parser_t *parser = &reader->parser;
    if (parser->error == YAML_MEMORY_ERROR) {
        return adatom_fail(ADATOM_OUT_OF_MEMORY, "out of memory");
    }
    const bool has_mark = parser->error == YAML_SCANNER_ERROR || parser->error == YAML_PARSER_ERROR;
    if (reader->in_file) {
        reader->place.line = (has_mark ? parser->problem_mark.line : parser->mark.line) + 1;
    }
    const char *context = parser->context != NULL ? parser->context : "";
    if (parser->error == YAML_SCANNER_ERROR && parser->buffer.pointer < parser->buffer.last &&
        *parser->buffer.pointer == '\t') {
        return adatom_option_fail(&reader->place, NULL, "not YAML: a tab, expected spaces");
    }
    return adatom_option_fail(&reader->place, NULL, "not YAML: %s%s%s",
                              parser->problem != NULL ? parser->problem : "unreadable",
                              context[0] != '\0' ? " " : "", context);
}

/* Anchors and tags have no use here; refusing them keeps small files small. */
static adatom_status refuse_extras(const yaml_reader *reader)
{
    const yaml_event_t *event = &reader->event;
    const void *anchor = NULL, *tag = NULL;
    switch (event->type) {
    case YAML_ALIAS_EVENT:
        anchor = event->data.alias.anchor;
        break;
    case YAML_SCALAR_EVENT:
        anchor = event->data.scalar.anchor;
        tag = event->data.scalar.tag;
        break;
    case YAML_SEQUENCE_START_EVENT:
        anchor = event->data.sequence_start.anchor;
        tag = event->data.sequence_start.tag;
        break;
    case YAML_MAPPING_START_EVENT:
        anchor = event->data.mapping_start.anchor;
        tag = event->data.mapping_start.tag;
        break;
    default:
        break;
    }
    if (anchor != NULL) {
        return adatom_option_fail(&reader->place, NULL,
                                  "anchors and aliases (& and *) are not read");
    }
    if (tag != NULL) {
        return adatom_option_fail(&reader->place, NULL, "tags (!) are not read");
    }
    return ADATOM_OK;
}

static adatom_status advance(yaml_reader *reader)
{
    yaml_event_delete(&reader->event);
    if (!yaml_parser_parse(&reader->parser, &reader->event)) {
        return syntax_error(reader);
    }
    if (reader->in_file) {
        reader->place.line = reader->event.start_mark.line + 1;
    }
    return refuse_extras(reader);
}

static adatom_option_scalar scalar_of(const yaml_event_t *event)
{
    return (adatom_option_scalar){.text = (const char *)event->data.scalar.value,
                                  .length = event->data.scalar.length,
                                  .plain = event->data.scalar.style == YAML_PLAIN_SCALAR_STYLE};
}

static bool at_null(const yaml_reader *reader)
{
    const adatom_option_scalar scalar = scalar_of(&reader->event);
    return reader->event.type == YAML_SCALAR_EVENT && adatom_option_is_null(&scalar);
}

/* What stands there, for a message. */
static void show_event(const yaml_event_t *event, char *text, size_t size)
{
    if (event->type == YAML_SCALAR_EVENT) {
        const adatom_option_scalar scalar = scalar_of(event);
        adatom_option_show(&scalar, text, size);
    } else {
        snprintf(text, size, "%s",
                 event->type == YAML_SEQUENCE_START_EVENT  ? "a list"
                 : event->type == YAML_MAPPING_START_EVENT ? "a mapping {...}"
                                                           : "nothing");
    }
}

static adatom_status unexpected(const yaml_reader *reader, const adatom_option_field *field)
{
    char given[128];
    show_event(&reader->event, given, sizeof given);
    return adatom_option_mismatch(&reader->place, field, given);
}

/* Numbers of one list, the current event being its start. */
static adatom_status read_numbers(yaml_reader *reader, const adatom_option_field *field,
                                  adatom_numbers *numbers)
{
    if (reader->event.type != YAML_SEQUENCE_START_EVENT) {
        return unexpected(reader, field);
    }
    for (;;) {
        ADATOM_TRY(advance(reader));
        if (reader->event.type == YAML_SEQUENCE_END_EVENT) {
            return ADATOM_OK;
        }
        if (reader->event.type != YAML_SCALAR_EVENT) {
            return unexpected(reader, field);
        }
        const adatom_option_scalar scalar = scalar_of(&reader->event);
        ADATOM_TRY(adatom_option_append(&reader->place, field, &scalar, numbers));
    }
}

static adatom_status read_rows(yaml_reader *reader, const adatom_option_field *field,
                               adatom_numbers *numbers)
{
    if (reader->event.type != YAML_SEQUENCE_START_EVENT) {
        return unexpected(reader, field);
    }
    for (int row = 1;; row++) {
        ADATOM_TRY(advance(reader));
        if (reader->event.type == YAML_SEQUENCE_END_EVENT) {
            return ADATOM_OK;
        }
        const int before = numbers->count;
        ADATOM_TRY(read_numbers(reader, field, numbers));
        if (numbers->count - before != field->columns) {
            return adatom_option_fail(&reader->place, field->path,
                                      "%d numbers in row %d, expected %d", numbers->count - before,
                                      row, field->columns);
        }
    }
}

/* Appends one entry of a mapping to what it is read into. */
typedef adatom_status append_entry(const adatom_option_place *place,
                                   const adatom_option_field *field,
                                   const adatom_option_scalar *key,
                                   const adatom_option_scalar *value, void *entries);

static adatom_status append_element(const adatom_option_place *place,
                                    const adatom_option_field *field,
                                    const adatom_option_scalar *key,
                                    const adatom_option_scalar *value, void *entries)
{
    return adatom_option_append_element(place, field, key, value, entries);
}

static adatom_status append_pair(const adatom_option_place *place, const adatom_option_field *field,
                                 const adatom_option_scalar *key, const adatom_option_scalar *value,
                                 void *entries)
{
    return adatom_option_append_pair(place, field, key, value, entries);
}

static adatom_status read_entries(yaml_reader *reader, const adatom_option_field *field,
                                  append_entry *append, void *entries)
{
    if (reader->event.type != YAML_MAPPING_START_EVENT) {
        return unexpected(reader, field);
    }
    for (;;) {
        ADATOM_TRY(advance(reader));
        if (reader->event.type == YAML_MAPPING_END_EVENT) {
            return ADATOM_OK;
        }
        if (reader->event.type != YAML_SCALAR_EVENT) {
            return unexpected(reader, field);
        }
        char text[ADATOM_OPTION_PATH_SIZE];
        const adatom_option_scalar name = scalar_of(&reader->event);
        snprintf(text, sizeof text, "%s", name.text);
        const bool whole = strlen(text) == name.length;
        const adatom_option_scalar key = {whole ? text : "?", whole ? name.length : 1, true};
        ADATOM_TRY(advance(reader));
        if (reader->event.type != YAML_SCALAR_EVENT) {
            return unexpected(reader, field);
        }
        const adatom_option_scalar value = scalar_of(&reader->event);
        ADATOM_TRY(append(&reader->place, field, &key, &value, entries));
    }
}

/* Mappings, as lists, are read aside. */
static adatom_status read_composition(yaml_reader *reader, const adatom_option_field *field)
{
    adatom_composition composition;
    memset(&composition, 0, sizeof composition);
    ADATOM_TRY(read_entries(reader, field, append_element, &composition));
    memcpy((char *)reader->options + field->offset, &composition, sizeof composition);
    return ADATOM_OK;
}

static adatom_status read_elements(yaml_reader *reader, const adatom_option_field *field)
{
    adatom_element_numbers numbers;
    memset(&numbers, 0, sizeof numbers);
    ADATOM_TRY(read_entries(reader, field, append_pair, &numbers));
    memcpy((char *)reader->options + field->offset, &numbers, sizeof numbers);
    return ADATOM_OK;
}

/* Lists are read aside, so that an entry of the file replaces the default as a whole. */
static adatom_status read_list(yaml_reader *reader, const adatom_option_field *field)
{
    adatom_numbers numbers;
    memset(&numbers, 0, sizeof numbers);
    ADATOM_TRY(field->type == ADATOM_OPTION_ROWS ? read_rows(reader, field, &numbers)
                                                 : read_numbers(reader, field, &numbers));
    memcpy((char *)reader->options + field->offset, &numbers, sizeof numbers);
    return ADATOM_OK;
}

static adatom_status read_field(yaml_reader *reader, const adatom_option_field *field)
{
    if (field->type == ADATOM_OPTION_NUMBERS || field->type == ADATOM_OPTION_ROWS) {
        return read_list(reader, field);
    }
    if (field->type == ADATOM_OPTION_COMPOSITION) {
        return read_composition(reader, field);
    }
    if (field->type == ADATOM_OPTION_ELEMENTS) {
        return read_elements(reader, field);
    }
    if (reader->event.type != YAML_SCALAR_EVENT) {
        return unexpected(reader, field);
    }
    const adatom_option_scalar scalar = scalar_of(&reader->event);
    return adatom_option_store(&reader->place, field, &scalar, reader->folder, reader->options);
}

/* Remembers the line; a key that is given twice is a mistake that YAML forbids. */
static adatom_status first_time(const yaml_reader *reader, const char *path, size_t *line)
{
    if (*line > 0) {
        return adatom_option_fail(&reader->place, path, "given twice, first on line %zu", *line);
    }
    *line = reader->event.start_mark.line + 1;
    return ADATOM_OK;
}

static adatom_status read_entry(yaml_reader *reader, const char *path);

/* The entries of a mapping, the current event being its start. */
static adatom_status read_mapping(yaml_reader *reader, const char *path)
{
    for (;;) {
        ADATOM_TRY(advance(reader));
        if (reader->event.type == YAML_MAPPING_END_EVENT) {
            return ADATOM_OK;
        }
        if (reader->event.type != YAML_SCALAR_EVENT) {
            return adatom_option_fail(&reader->place, path, "a list or mapping, expected a key");
        }
        const adatom_option_scalar key = scalar_of(&reader->event);
        if (strlen(key.text) != key.length || !adatom_option_text_is_clean(key.text)) {
            return adatom_option_fail(&reader->place, path, "unknown key");
        }
        char full[ADATOM_OPTION_PATH_SIZE];
        snprintf(full, sizeof full, "%s%s%.160s", path, path[0] != '\0' ? "." : "", key.text);
        ADATOM_TRY(read_entry(reader, full));
    }
}

static const adatom_option_field *shorthand_of(const adatom_option_table *table,
                                               const char *section)
{
    const size_t length = strlen(section);
    const char *path = table->shorthand;
    const bool fits = path != NULL && strncmp(path, section, length) == 0 && path[length] == '.';
    return fits ? adatom_option_find(table, path) : NULL;
}

/* The value of a section: a mapping, nothing, or the value of its one shorthand field. */
static adatom_status read_section(yaml_reader *reader, const char *path, int first)
{
    if (reader->event.type == YAML_MAPPING_START_EVENT) {
        return read_mapping(reader, path);
    }
    if (at_null(reader)) {
        return ADATOM_OK;
    }
    const adatom_option_field *field = shorthand_of(reader->table, path);
    if (field != NULL) {
        ADATOM_TRY(
            first_time(reader, field->path, &reader->field_lines[field - reader->table->fields]));
        return read_field(reader, field);
    }
    char given[128];
    show_event(&reader->event, given, sizeof given);
    const char *key = reader->table->fields[first].path + strlen(path) + 1;
    return adatom_option_fail(&reader->place, path, "%s, expected a mapping {%s: ...}", given, key);
}

/* One entry, the current event being its key; with --set, the event before its value. */
static adatom_status read_entry(yaml_reader *reader, const char *path)
{
    const adatom_option_field *field = adatom_option_find(reader->table, path);
    const int section = adatom_option_section(reader->table, path);
    if (field != NULL) {
        size_t *line = &reader->field_lines[field - reader->table->fields];
        ADATOM_TRY(first_time(reader, path, line));
        ADATOM_TRY(advance(reader));
        return read_field(reader, field);
    }
    if (section < 0) {
        return adatom_option_unknown(&reader->place, reader->table, path);
    }
    ADATOM_TRY(first_time(reader, path, &reader->section_lines[section]));
    ADATOM_TRY(advance(reader));
    return read_section(reader, path, section);
}

/* Past the end of the one document. */
static adatom_status finish(yaml_reader *reader)
{
    ADATOM_TRY(advance(reader));
    ADATOM_TRY(advance(reader));
    if (reader->event.type != YAML_STREAM_END_EVENT) {
        return adatom_option_fail(&reader->place, NULL, "a second YAML document, expected one");
    }
    return ADATOM_OK;
}

/* Up to the start of the document; false in *found if there is none. */
static adatom_status start(yaml_reader *reader, bool *found)
{
    ADATOM_TRY(advance(reader));
    ADATOM_TRY(advance(reader));
    *found = reader->event.type == YAML_DOCUMENT_START_EVENT;
    return ADATOM_OK;
}

static adatom_status empty_file(const yaml_reader *reader)
{
    return adatom_fail(ADATOM_INVALID_INPUT, "%s: the file is empty, expected keys such as %s",
                       reader->place.name, reader->table->fields[0].path);
}

static adatom_status read_whole(yaml_reader *reader)
{
    bool found;
    ADATOM_TRY(start(reader, &found));
    if (!found) {
        return empty_file(reader);
    }
    ADATOM_TRY(advance(reader));
    if (at_null(reader)) {
        return empty_file(reader);
    }
    if (reader->event.type != YAML_MAPPING_START_EVENT) {
        char given[128];
        show_event(&reader->event, given, sizeof given);
        return adatom_option_fail(&reader->place, NULL, "%s, expected keys with values such as %s",
                                  given, "seed: 1");
    }
    ADATOM_TRY(read_mapping(reader, ""));
    return finish(reader);
}

static adatom_status read_value(yaml_reader *reader, const char *path)
{
    bool found;
    ADATOM_TRY(start(reader, &found));
    if (!found) {
        const adatom_option_field *field = adatom_option_find(reader->table, path);
        if (field != NULL) {
            return unexpected(reader, field);
        }
    }
    ADATOM_TRY(read_entry(reader, path));
    return found ? finish(reader) : ADATOM_OK;
}

static adatom_status open_reader(yaml_reader *reader, const char *text, size_t length)
{
    const size_t count = reader->table->count;
    const bool marked = length >= 3 && memcmp(text, "\xef\xbb\xbf", 3) == 0; /* byte order mark */
    const size_t skipped = marked ? 3 : 0;
    ADATOM_TRY(adatom_allocate(count, sizeof *reader->field_lines, &reader->field_lines));
    ADATOM_TRY(adatom_allocate(count, sizeof *reader->section_lines, &reader->section_lines));
    if (!yaml_parser_initialize(&reader->parser)) {
        return adatom_fail(ADATOM_OUT_OF_MEMORY, "out of memory");
    }
    yaml_parser_set_encoding(&reader->parser, YAML_UTF8_ENCODING);
    yaml_parser_set_input_string(&reader->parser, (const unsigned char *)text + skipped,
                                 length - skipped);
    return ADATOM_OK;
}

static void close_reader(yaml_reader *reader)
{
    yaml_event_delete(&reader->event);
    yaml_parser_delete(&reader->parser);
    free(reader->field_lines);
    free(reader->section_lines);
}

adatom_status adatom_option_read_file(const adatom_option_table *table, const char *text,
                                      size_t length, const char *name, const char *folder,
                                      void *options)
{
    yaml_reader reader = {.place = {.name = name},
                          .in_file = true,
                          .table = table,
                          .folder = folder,
                          .options = options};
    adatom_status status = open_reader(&reader, text, length);
    if (status == ADATOM_OK) {
        status = read_whole(&reader);
    }
    close_reader(&reader);
    return status;
}

adatom_status adatom_option_read_override(const adatom_option_table *table, const char *text,
                                          const char *folder, void *options)
{
    const adatom_option_place place = {.name = "--set"};
    const char *equals = strchr(text, '=');
    const size_t length = equals != NULL ? (size_t)(equals - text) : 0;
    if (length == 0 || length >= ADATOM_OPTION_PATH_SIZE) {
        return adatom_option_fail(&place, NULL, "%.60s: expected KEY=VALUE, such as policy.nu=0.05",
                                  text);
    }
    char path[ADATOM_OPTION_PATH_SIZE] = {0};
    memcpy(path, text, length);
    if (adatom_option_find(table, path) == NULL && adatom_option_section(table, path) < 0) {
        return adatom_option_unknown(&place, table, path);
    }
    yaml_reader reader = {.place = place, .table = table, .folder = folder, .options = options};
    adatom_status status = open_reader(&reader, equals + 1, strlen(equals + 1));
    if (status == ADATOM_OK) {
        status = read_value(&reader, path);
    }
    close_reader(&reader);
    return status;
}

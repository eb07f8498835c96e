#include "io/extxyz_text.h"

#include "base/error.h"
#include "base/memory.h"

#include <stdlib.h>
#include <string.h>

/* Taking a comment line apart. Written texts go one after the other into `storage`, which is made
 * large enough for any line of this length. */
typedef struct comment_reader {
    const char *text;
    size_t length, position;
    char *storage;
    size_t used;
    const char *problem; /* what was expected, once something went wrong */
} comment_reader;

static bool at_end(const comment_reader *reader)
{
    return reader->position >= reader->length;
}

static char next_character(comment_reader *reader)
{
    return reader->text[reader->position++];
}

static void keep(comment_reader *reader, char c)
{
    reader->storage[reader->used++] = c;
}

static void skip_spaces(comment_reader *reader)
{
    while (!at_end(reader) && adatom_extxyz_is_space(reader->text[reader->position])) {
        reader->position++;
    }
}

static char closing_character(char c)
{
    switch (c) {
    case '"':
    case '\'':
        return c;
    case '[':
        return ']';
    case '{':
        return '}';
    default:
        return '\0';
    }
}

/* What stands between the opening character, already read, and its closing one. Brackets nest. */
static void read_enclosed(comment_reader *reader, char opening, char closing)
{
    size_t depth = 1;
    while (!at_end(reader)) {
        const char c = next_character(reader);
        if (c == '\\' && !at_end(reader)) {
            keep(reader, next_character(reader));
            continue;
        }
        if (c == closing && --depth == 0) {
            return;
        }
        if (c == opening) {
            depth++;
        }
        keep(reader, c);
    }
    reader->problem = closing == ']'   ? "a closing ]"
                      : closing == '}' ? "a closing }"
                      : closing == '"' ? "a closing \""
                                       : "a closing '";
}

/* A key ends at white space or '=', a value at white space only. */
static const char *read_text(comment_reader *reader, bool is_key)
{
    const char *start = reader->storage + reader->used;
    while (!at_end(reader)) {
        const char c = reader->text[reader->position];
        if (adatom_extxyz_is_space(c) || (is_key && c == '=')) {
            break;
        }
        reader->position++;
        if (closing_character(c) != '\0') {
            read_enclosed(reader, c, closing_character(c));
        } else if (c != '\\') {
            keep(reader, c);
        } else if (!at_end(reader)) {
            keep(reader, next_character(reader));
        }
    }
    keep(reader, '\0');
    return start;
}

static adatom_extxyz_pair read_pair(comment_reader *reader, bool *is_pair)
{
    adatom_extxyz_pair pair = {.key = read_text(reader, true), .value = "T"};
    skip_spaces(reader);
    if (!at_end(reader) && reader->text[reader->position] == '=') {
        reader->position++;
        skip_spaces(reader);
        pair.value = read_text(reader, false);
        *is_pair = true;
    }
    if (pair.key[0] == '\0' && reader->problem == NULL) {
        reader->problem = "a key before =";
    }
    return pair;
}

static adatom_status read_pairs(comment_reader *reader, adatom_extxyz_comment *comment,
                                bool *any_pair)
{
    size_t capacity = 0;
    skip_spaces(reader);
    while (!at_end(reader) && reader->problem == NULL) {
        ADATOM_TRY(
            adatom_grow(&comment->pairs, &capacity, comment->count + 1, sizeof *comment->pairs));
        comment->pairs[comment->count++] = read_pair(reader, any_pair);
        skip_spaces(reader);
    }
    return ADATOM_OK;
}

static bool holds(adatom_extxyz_span line, const char *word)
{
    return memmem(line.text, line.length, word, strlen(word)) != NULL;
}

/* Plain XYZ has any text on its second line: it is kept as it stands. */
static adatom_status keep_as_plain(adatom_extxyz_comment *comment, adatom_extxyz_span line)
{
    while (line.length > 0 && adatom_extxyz_is_space(line.text[0])) {
        line.text++;
        line.length--;
    }
    while (line.length > 0 && adatom_extxyz_is_space(line.text[line.length - 1])) {
        line.length--;
    }
    comment->count = 0;
    if (line.length == 0) {
        return ADATOM_OK;
    }
    size_t capacity = 0;
    free(comment->pairs);
    comment->pairs = NULL;
    ADATOM_TRY(adatom_grow(&comment->pairs, &capacity, 1, sizeof *comment->pairs));
    memcpy(comment->storage, line.text, line.length);
    comment->storage[line.length] = '\0';
    comment->pairs[0] = (adatom_extxyz_pair){.key = "comment", .value = comment->storage};
    comment->count = 1;
    return ADATOM_OK;
}

static adatom_status parse_line(const adatom_extxyz_source *source, adatom_extxyz_span line,
                                adatom_extxyz_comment *comment)
{
    /* At worst every character is a key or value of its own, each with its final 0. */
    ADATOM_TRY(adatom_allocate(line.length + 1, 3, &comment->storage));
    comment_reader reader = {.text = line.text, .length = line.length, .storage = comment->storage};
    bool any_pair = false;
    ADATOM_TRY(read_pairs(&reader, comment, &any_pair));
    const bool is_extended = holds(line, "Properties=") || holds(line, "Lattice=");
    if (reader.problem != NULL && is_extended) {
        return adatom_extxyz_fail(source, "expected %s in the comment line", reader.problem);
    }
    return reader.problem == NULL && any_pair ? ADATOM_OK : keep_as_plain(comment, line);
}

adatom_status adatom_extxyz_comment_parse(const adatom_extxyz_source *source,
                                          adatom_extxyz_span line, adatom_extxyz_comment *comment)
{
    *comment = (adatom_extxyz_comment){0};
    const adatom_status status = parse_line(source, line, comment);
    if (status != ADATOM_OK) {
        adatom_extxyz_comment_clear(comment);
    }
    return status;
}

void adatom_extxyz_comment_clear(adatom_extxyz_comment *comment)
{
    free(comment->storage);
    free(comment->pairs);
    *comment = (adatom_extxyz_comment){0};
}

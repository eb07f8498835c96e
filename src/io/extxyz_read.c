#include "io/extxyz_text.h"

#include "base/error.h"
#include "base/memory.h"
#include "io/number_text.h"
#include "io/text_file.h"

#include <ctype.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const size_t file_size_limit = (size_t)4 << 30;

/* ---- lines and words */

adatom_status adatom_extxyz_fail(const adatom_extxyz_source *source, const char *format, ...)
{
    char message[512];
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(message, sizeof message, format, arguments);
    va_end(arguments);
    return adatom_fail(ADATOM_INVALID_INPUT, "%s:%zu: %s", source->name, source->line, message);
}

bool adatom_extxyz_next_line(adatom_extxyz_source *source, adatom_extxyz_span *line)
{
    if (source->position >= source->length) {
        return false;
    }
    const char *start = source->text + source->position;
    const size_t left = source->length - source->position;
    const char *end = memchr(start, '\n', left);
    size_t length = end != NULL ? (size_t)(end - start) : left;
    source->position += end != NULL ? length + 1 : length;
    source->line++;
    if (length > 0 && start[length - 1] == '\r') {
        length--;
    }
    *line = (adatom_extxyz_span){start, length};
    return true;
}

size_t adatom_extxyz_lines_left(const adatom_extxyz_source *source, size_t most)
{
    adatom_extxyz_source ahead = *source;
    adatom_extxyz_span line;
    size_t count = 0;
    while (count < most && adatom_extxyz_next_line(&ahead, &line)) {
        count++;
    }
    return count;
}

bool adatom_extxyz_is_space(char c)
{
    return c == ' ' || c == '\t' || c == '\r' || c == '\v' || c == '\f' || c == '\n';
}

static bool separates(char c, const char *separators)
{
    return adatom_extxyz_is_space(c) || (c != '\0' && strchr(separators, c) != NULL);
}

bool adatom_extxyz_next_word(adatom_extxyz_span *rest, const char *separators,
                             adatom_extxyz_span *word)
{
    size_t start = 0;
    while (start < rest->length && separates(rest->text[start], separators)) {
        start++;
    }
    size_t end = start;
    while (end < rest->length && !separates(rest->text[end], separators)) {
        end++;
    }
    *word = (adatom_extxyz_span){rest->text + start, end - start};
    rest->text += end;
    rest->length -= end;
    return end > start;
}

static bool is_blank(adatom_extxyz_span line)
{
    adatom_extxyz_span word;
    return !adatom_extxyz_next_word(&line, "", &word);
}

/* ---- atoms */

static adatom_status read_real(const adatom_extxyz_source *source, adatom_extxyz_span word,
                               const char *what, double *value)
{
    if (adatom_number_from_text(word.text, word.length, value)) {
        return ADATOM_OK;
    }
    char shown[ADATOM_TEXT_SHOWN_SIZE];
    adatom_text_shown(word.text, word.length, shown);
    return adatom_extxyz_fail(source, "%s: expected a finite number, found \"%s\"", what, shown);
}

/* Symbols are taken in upper and lower case, as ASE does. */
static adatom_status read_species(const adatom_extxyz_source *source, adatom_extxyz_span word,
                                  int *atomic_number)
{
    char symbol[4] = "";
    for (size_t i = 0; i < word.length && word.length < sizeof symbol; i++) {
        const unsigned char c = (unsigned char)word.text[i];
        symbol[i] = (char)(i == 0 ? toupper(c) : tolower(c));
    }
    const int number = adatom_element_number(symbol);
    if (number == 0) {
        char shown[ADATOM_TEXT_SHOWN_SIZE];
        adatom_text_shown(word.text, word.length, shown);
        return adatom_extxyz_fail(source, "expected the symbol of an element, found \"%s\"", shown);
    }
    *atomic_number = number;
    return ADATOM_OK;
}

static adatom_status read_atomic_number(const adatom_extxyz_source *source, adatom_extxyz_span word,
                                        int *atomic_number)
{
    size_t number;
    if (!adatom_count_from_text(word.text, word.length, &number) || number < 1 ||
        number > ADATOM_ELEMENT_COUNT) {
        char shown[ADATOM_TEXT_SHOWN_SIZE];
        adatom_text_shown(word.text, word.length, shown);
        return adatom_extxyz_fail(source, "expected an atomic number from 1 to %d, found \"%s\"",
                                  ADATOM_ELEMENT_COUNT, shown);
    }
    *atomic_number = (int)number;
    return ADATOM_OK;
}

static bool belongs_to(size_t column, size_t first)
{
    return first != ADATOM_EXTXYZ_ABSENT && column >= first && column - first < 3;
}

static adatom_status read_value(const adatom_extxyz_source *source,
                                const adatom_extxyz_columns *columns, size_t column,
                                adatom_extxyz_span word, size_t atom, adatom_frame *frame)
{
    adatom_structure *structure = frame->structure;
    if (column == columns->number) {
        return read_atomic_number(source, word, &structure->atomic_numbers[atom]);
    }
    if (column == columns->species && columns->number == ADATOM_EXTXYZ_ABSENT) {
        return read_species(source, word, &structure->atomic_numbers[atom]);
    }
    if (belongs_to(column, columns->position)) {
        return read_real(source, word, "position",
                         &structure->positions[atom][column - columns->position]);
    }
    if (belongs_to(column, columns->forces)) {
        return read_real(source, word, "force", &frame->forces[atom][column - columns->forces]);
    }
    if (column == columns->energies) {
        return read_real(source, word, "energy", &frame->energies[atom]);
    }
    return ADATOM_OK;
}

static adatom_status read_atom(const adatom_extxyz_source *source,
                               const adatom_extxyz_columns *columns, adatom_extxyz_span line,
                               size_t atom, adatom_frame *frame)
{
    for (size_t column = 0; column < columns->total; column++) {
        adatom_extxyz_span word;
        if (!adatom_extxyz_next_word(&line, "", &word)) {
            char shown[ADATOM_TEXT_SHOWN_SIZE];
            adatom_text_shown(columns->description, strlen(columns->description), shown);
            return adatom_extxyz_fail(
                source, "atom %zu of %zu: expected %zu columns (%s), found %zu", atom + 1,
                frame->structure->atom_count, columns->total, shown, column);
        }
        ADATOM_TRY(read_value(source, columns, column, word, atom, frame));
    }
    return ADATOM_OK;
}

static adatom_status read_atoms(adatom_extxyz_source *source, const adatom_extxyz_columns *columns,
                                adatom_frame *frame)
{
    adatom_extxyz_span line;
    for (size_t i = 0; i < frame->structure->atom_count && adatom_extxyz_next_line(source, &line);
         i++) {
        ADATOM_TRY(read_atom(source, columns, line, i, frame));
    }
    return ADATOM_OK;
}

/* ---- one frame */

/* Lines "VEC1 x y z" after the atoms, an older way to give the cell. */
static adatom_status read_vectors(adatom_extxyz_source *source, const adatom_extxyz_header *header,
                                  adatom_frame *frame)
{
    for (size_t i = 0;; i++) {
        const adatom_extxyz_source before = *source;
        adatom_extxyz_span line, word;
        if (!adatom_extxyz_next_line(source, &line) || !adatom_extxyz_next_word(&line, "", &word) ||
            word.length < 3 || memcmp(word.text, "VEC", 3) != 0) {
            *source = before;
            return ADATOM_OK;
        }
        size_t number;
        if (i >= 3 || !adatom_count_from_text(word.text + 3, word.length - 3, &number) ||
            number != i + 1) {
            return adatom_extxyz_fail(source, "expected at most VEC1, VEC2, VEC3 in this order");
        }
        if (header->has_cell) {
            return adatom_extxyz_fail(source, "expected Lattice or VEC lines, found both");
        }
        for (int k = 0; k < 3; k++) {
            (void)adatom_extxyz_next_word(&line, "", &word);
            ADATOM_TRY(read_real(source, word, "lattice vector", &frame->structure->cell[i][k]));
        }
        frame->structure->periodic[i] = true;
    }
}

static adatom_status keep_info(const adatom_extxyz_comment *comment,
                               const adatom_extxyz_header *header, adatom_frame *frame)
{
    ADATOM_TRY(adatom_allocate(comment->count, sizeof *frame->info_keys, &frame->info_keys));
    ADATOM_TRY(adatom_allocate(comment->count, sizeof *frame->info_values, &frame->info_values));
    for (size_t i = 0; i < comment->count; i++) {
        const adatom_extxyz_pair *pair = &comment->pairs[i];
        if (!adatom_extxyz_is_header_pair(header, pair)) {
            const size_t index = frame->info_count++;
            ADATOM_TRY(adatom_duplicate_text(pair->key, &frame->info_keys[index]));
            ADATOM_TRY(adatom_duplicate_text(pair->value, &frame->info_values[index]));
        }
    }
    return ADATOM_OK;
}

static adatom_status fill_frame(adatom_extxyz_source *source, const adatom_extxyz_comment *comment,
                                size_t atom_count, adatom_frame *frame)
{
    adatom_extxyz_header header;
    ADATOM_TRY(adatom_extxyz_header_read(source, comment, &header));
    ADATOM_TRY(adatom_structure_create(atom_count, &frame->structure));
    if (header.columns.forces != ADATOM_EXTXYZ_ABSENT) {
        ADATOM_TRY(adatom_allocate(atom_count, sizeof *frame->forces, &frame->forces));
    }
    if (header.columns.energies != ADATOM_EXTXYZ_ABSENT) {
        ADATOM_TRY(adatom_allocate(atom_count, sizeof *frame->energies, &frame->energies));
    }
    memcpy(frame->structure->cell, header.cell, sizeof header.cell);
    memcpy(frame->structure->periodic, header.periodic, sizeof header.periodic);
    frame->has_energy = header.energy != NULL;
    frame->energy = header.energy_value;
    frame->has_stress = header.has_stress;
    memcpy(frame->stress, header.stress, sizeof frame->stress);
    ADATOM_TRY(keep_info(comment, &header, frame));
    ADATOM_TRY(read_atoms(source, &header.columns, frame));
    return read_vectors(source, &header, frame);
}

static adatom_status read_count(const adatom_extxyz_source *source, adatom_extxyz_span line,
                                size_t *count)
{
    adatom_extxyz_span rest = line, word, second;
    if (!adatom_extxyz_next_word(&rest, "", &word) || adatom_extxyz_next_word(&rest, "", &second) ||
        !adatom_count_from_text(word.text, word.length, count)) {
        char shown[ADATOM_TEXT_SHOWN_SIZE];
        adatom_text_shown(line.text, line.length, shown);
        return adatom_extxyz_fail(source, "expected the number of atoms, found \"%s\"", shown);
    }
    return ADATOM_OK;
}

/* The lines must be there before memory is asked for: a count can be anything. */
static adatom_status check_lines(adatom_extxyz_source *source, size_t atom_count)
{
    const size_t lines = adatom_extxyz_lines_left(source, atom_count);
    if (lines < atom_count) {
        source->line += lines;
        return adatom_extxyz_fail(source, "expected %zu atoms, the file ends after %zu", atom_count,
                                  lines);
    }
    return ADATOM_OK;
}

static adatom_status read_frame(adatom_extxyz_source *source, adatom_extxyz_span count_line,
                                adatom_frame *frame)
{
    size_t atom_count;
    ADATOM_TRY(read_count(source, count_line, &atom_count));
    adatom_extxyz_span line;
    if (!adatom_extxyz_next_line(source, &line)) {
        return adatom_extxyz_fail(source,
                                  "expected the comment line after this line, the file ends");
    }
    const size_t comment_line = source->line;
    ADATOM_TRY(check_lines(source, atom_count));
    if (memchr(line.text, '\0', line.length) != NULL) {
        return adatom_extxyz_fail(source, "expected text, found a zero byte");
    }
    source->line = comment_line;
    adatom_extxyz_comment comment;
    ADATOM_TRY(adatom_extxyz_comment_parse(source, line, &comment));
    const adatom_status status = fill_frame(source, &comment, atom_count, frame);
    adatom_extxyz_comment_clear(&comment);
    return status;
}

/* ---- all frames */

static adatom_status read_frames(adatom_extxyz_source *source, adatom_frames *frames)
{
    static const char byte_order_mark[3] = "\xef\xbb\xbf"; /* some editors put it first */
    size_t capacity = 0;
    adatom_extxyz_span line;
    if (source->length >= 3 && memcmp(source->text, byte_order_mark, 3) == 0) {
        source->position = 3;
    }
    while (adatom_extxyz_next_line(source, &line)) {
        if (is_blank(line)) {
            continue;
        }
        ADATOM_TRY(
            adatom_grow(&frames->frames, &capacity, frames->count + 1, sizeof *frames->frames));
        ADATOM_TRY(read_frame(source, line, &frames->frames[frames->count++]));
    }
    if (frames->count == 0) {
        source->line = 1;
        return adatom_extxyz_fail(source, "expected the number of atoms, the file is empty");
    }
    return ADATOM_OK;
}

static adatom_status parse(const char *text, size_t length, const char *name,
                           const adatom_extxyz_keys *keys, adatom_frames *out)
{
    adatom_extxyz_source source = {.name = name, .text = text, .length = length, .keys = keys};
    adatom_frames frames = {0};
    adatom_plain_numbers numbers = adatom_plain_numbers_begin();
    const adatom_status status = read_frames(&source, &frames);
    adatom_plain_numbers_end(&numbers);
    if (status != ADATOM_OK) {
        adatom_frames_clear(&frames);
        return status;
    }
    *out = frames;
    return ADATOM_OK;
}

adatom_status adatom_extxyz_parse(const char *text, size_t length, const char *name,
                                  adatom_frames *out)
{
    return parse(text, length, name, NULL, out);
}

adatom_status adatom_extxyz_read(const char *path, adatom_frames *out)
{
    return adatom_extxyz_read_keys(path, NULL, out);
}

adatom_status adatom_extxyz_read_keys(const char *path, const adatom_extxyz_keys *keys,
                                      adatom_frames *out)
{
    char *text;
    size_t length;
    ADATOM_TRY(adatom_text_file_read(path, file_size_limit, &text, &length));
    const adatom_status status = parse(text, length, path, keys, out);
    free(text);
    return status;
}

void adatom_frames_clear(adatom_frames *frames)
{
    for (size_t i = 0; i < frames->count; i++) {
        adatom_frame *frame = &frames->frames[i];
        adatom_structure_free(frame->structure);
        free(frame->forces);
        free(frame->energies);
        for (size_t k = 0; k < frame->info_count; k++) {
            free(frame->info_keys[k]);
            free(frame->info_values[k]);
        }
        free(frame->info_keys);
        free(frame->info_values);
    }
    free(frames->frames);
    *frames = (adatom_frames){0};
}

/* One structure out, one structure with its results back, as extended XYZ. The reader of files in
 * the room of files is of no use here: energies do not stand on files, and here the frame must be
 * whole, alone, and of the very atoms that were sent. */
#include "energy/command.h"

#include <math.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* ---- writing */

static void write_wishes(FILE *stream, const adatom_properties *wanted)
{
    const bool more = wanted->forces != NULL || wanted->virial != NULL || wanted->energies != NULL;
    fprintf(stream, "compute=%senergy%s%s%s%s", more ? "\"" : "",
            wanted->forces != NULL ? " forces" : "", wanted->virial != NULL ? " stress" : "",
            wanted->energies != NULL ? " energies" : "", more ? "\"" : "");
}

static void write_comment(FILE *stream, const adatom_structure *structure,
                          const adatom_properties *wanted)
{
    const bool *periodic = structure->periodic;
    bool has_cell = false;
    for (int i = 0; i < 9; i++) {
        has_cell = has_cell || fpclassify(structure->cell[i / 3][i % 3]) != FP_ZERO;
    }
    for (int i = 0; has_cell && i < 9; i++) {
        fprintf(stream, "%s%.17g", i == 0 ? "Lattice=\"" : " ", structure->cell[i / 3][i % 3]);
    }
    fprintf(stream, "%sProperties=species:S:1:pos:R:3 ", has_cell ? "\" " : "");
    write_wishes(stream, wanted);
    fprintf(stream, " pbc=\"%c %c %c\"\n", periodic[0] ? 'T' : 'F', periodic[1] ? 'T' : 'F',
            periodic[2] ? 'T' : 'F');
}

adatom_status adatom_command_write(const adatom_structure *structure,
                                   const adatom_properties *wanted, char **text, size_t *length)
{
    FILE *stream = open_memstream(text, length);
    if (stream != NULL) {
        fprintf(stream, "%zu\n", structure->atom_count);
        write_comment(stream, structure, wanted);
        for (size_t i = 0; i < structure->atom_count; i++) {
            const double *place = structure->positions[i];
            fprintf(stream, "%-2s %.17g %.17g %.17g\n",
                    adatom_element_symbol(structure->atomic_numbers[i]), place[0], place[1],
                    place[2]);
        }
        if (fclose(stream) == 0) {
            return ADATOM_OK;
        }
        free(*text);
    }
    return adatom_sys_fail(ADATOM_OUT_OF_MEMORY, "command: no memory for the structure");
}

/* ---- reading: lines and words */

typedef struct span {
    const char *start, *end;
} span;

typedef struct frame_reader {
    const char *program;
    span rest;
    size_t line; /* number of the line read last */
    const adatom_structure *structure;
} frame_reader;

static adatom_status complain(const frame_reader *reader, const char *format, ...)
    ADATOM_PRINTF(2, 3);
static adatom_status complain(const frame_reader *reader, const char *format, ...)
{
    char what[256];
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(what, sizeof what, format, arguments);
    va_end(arguments);
    return adatom_sys_fail(ADATOM_EVALUATION_FAILED, "the output of %s, line %zu: %s",
                           reader->program, reader->line, what);
}

/* A word of the program's made fit for a message: cut, and only printable characters. */
typedef struct shown {
    char text[32];
} shown;

static shown show(span word)
{
    shown made;
    size_t length = 0;
    for (const char *c = word.start; c < word.end && length < sizeof made.text - 1; c++) {
        made.text[length++] = *c >= ' ' && *c <= '~' ? *c : '?';
    }
    made.text[length] = '\0';
    return made;
}

/* A line without its end is cut. */
static adatom_status next_line(frame_reader *reader, span *line)
{
    const size_t left = (size_t)(reader->rest.end - reader->rest.start);
    const char *end = left > 0 ? memchr(reader->rest.start, '\n', left) : NULL;
    reader->line++;
    if (end == NULL) {
        return complain(reader,
                        "the output is cut here; %zu lines, each with its end, were expected",
                        reader->structure->atom_count + 2);
    }
    *line = (span){reader->rest.start, end};
    reader->rest.start = end + 1;
    return ADATOM_OK;
}

static bool is_space(char c)
{
    return c == ' ' || (c >= '\t' && c <= '\r');
}

static void skip_spaces(span *text)
{
    while (text->start < text->end && is_space(*text->start)) {
        text->start++;
    }
}

/* The next word between white space and separators; false at the end. */
static bool next_word(span *text, char separator, span *word)
{
    skip_spaces(text);
    word->start = text->start;
    while (text->start < text->end && !is_space(*text->start) && *text->start != separator) {
        text->start++;
    }
    word->end = text->start;
    const bool separated = text->start < text->end && *text->start == separator;
    text->start += separated;
    return word->end > word->start || separated;
}

static bool is(span word, const char *text)
{
    const size_t length = (size_t)(word.end - word.start);
    return length == strlen(text) && memcmp(word.start, text, length) == 0;
}

static bool read_number(span word, double *number)
{
    char copy[64], *end;
    const size_t length = (size_t)(word.end - word.start);
    if (length == 0 || length >= sizeof copy) {
        return false;
    }
    memcpy(copy, word.start, length);
    copy[length] = '\0';
    *number = strtod(copy, &end);
    return end == copy + length;
}

/* A whole number up to most. */
static bool read_count(span word, size_t most, size_t *count)
{
    double number;
    if (!read_number(word, &number) || !(number >= 0 && number <= (double)most)) {
        return false;
    }
    *count = (size_t)number;
    return (double)*count >= number;
}

/* ---- reading: the comment line */

static char closing_character(char c)
{
    return (char)(c == '"' || c == '\'' ? c : c == '[' ? ']' : c == '{' ? '}' : '\0');
}

/* A key or a value, which quotes or brackets may hold together; they are no part of it. */
static span next_text(span *line, bool is_key)
{
    span text = {line->start, line->end};
    const char closing = (char)(line->start < line->end ? closing_character(*line->start) : '\0');
    if (closing != '\0') {
        text.start = ++line->start;
        while (line->start < line->end && *line->start != closing) {
            line->start += *line->start == '\\' && line->start + 1 < line->end ? 2 : 1;
        }
        text.end = line->start;
        line->start += line->start < line->end;
        return text;
    }
    while (line->start < line->end && !is_space(*line->start) && !(is_key && *line->start == '=')) {
        line->start++;
    }
    text.end = line->start;
    return text;
}

/* The next key=value; a key alone has an empty value. False at the end. */
static bool next_pair(span *line, span *key, span *value)
{
    skip_spaces(line);
    if (line->start == line->end) {
        return false;
    }
    *key = next_text(line, true);
    *value = (span){line->start, line->start};
    skip_spaces(line);
    if (line->start < line->end && *line->start == '=') {
        line->start++;
        skip_spaces(line);
        *value = next_text(line, false);
    }
    return true;
}

/* Where the columns that matter start, counted from 0. */
typedef struct frame_columns {
    size_t total, species, position, forces, energies;
} frame_columns;

static const size_t absent = SIZE_MAX;

/* The group name:type:count starts at column columns->total. */
static adatom_status add_group(const frame_reader *reader, const span group[3],
                               frame_columns *columns)
{
    enum { COLUMNS_MAX = 10000 };
    size_t count = 0;
    if (!read_count(group[2], COLUMNS_MAX, &count) || columns->total > COLUMNS_MAX) {
        return complain(reader, "Properties: \"%s\" is no number of columns", show(group[2]).text);
    }
    if (is(group[0], "species") && count == 1) {
        columns->species = columns->total;
    } else if (is(group[0], "pos") && count == 3) {
        columns->position = columns->total;
    } else if ((is(group[0], "forces") || is(group[0], "force")) && count == 3) {
        columns->forces = columns->total;
    } else if (is(group[0], "energies") && count == 1) {
        columns->energies = columns->total;
    }
    columns->total += count;
    return ADATOM_OK;
}

static adatom_status read_columns(const frame_reader *reader, span text, frame_columns *columns)
{
    *columns = (frame_columns){0, absent, absent, absent, absent};
    span group[3];
    while (next_word(&text, ':', &group[0])) {
        if (!next_word(&text, ':', &group[1]) || !next_word(&text, ':', &group[2])) {
            return complain(reader, "Properties: name:type:count is expected for \"%s\"",
                            show(group[0]).text);
        }
        ADATOM_SYS_TRY(add_group(reader, group, columns));
    }
    if (columns->species == absent || columns->position == absent) {
        return complain(reader, "Properties: species:S:1 and pos:R:3 are expected");
    }
    return ADATOM_OK;
}

/* The virial -volume * stress, of nine numbers or six in the order of Voigt. */
static adatom_status read_stress(const frame_reader *reader, span text,
                                 adatom_properties *properties)
{
    static const int voigt[3][3] = {{0, 5, 4}, {5, 1, 3}, {4, 3, 2}};
    const double unit[3][3] = {{-1, 0, 0}, {0, -1, 0}, {0, 0, -1}};
    double numbers[9], per_volume[3][3];
    span word;
    int count = 0;
    for (; next_word(&text, ',', &word); count++) {
        double number;
        if (!read_number(word, &number) || count == 9) {
            return complain(reader, "the stress is not 6 or 9 numbers");
        }
        numbers[count] = number;
    }
    if (count != 6 && count != 9) {
        return complain(reader, "the stress has %d numbers, not 6 or 9", count);
    }
    properties->has_virial = properties->virial != NULL &&
                             adatom_stress_from_virial(reader->structure, unit, per_volume);
    for (int i = 0; i < 9 && properties->has_virial; i++) {
        const int x = i / 3, y = i % 3;
        const double stress =
            count == 6 ? numbers[voigt[x][y]] : (numbers[3 * x + y] + numbers[3 * y + x]) / 2;
        properties->virial[x][y] = -stress / per_volume[0][0];
    }
    return ADATOM_OK;
}

static adatom_status read_comment(const frame_reader *reader, span line,
                                  adatom_properties *properties, frame_columns *columns)
{
    static const char usual[] = "species:S:1:pos:R:3";
    span layout = {usual, usual + strlen(usual)}, key, value;
    bool has_energy = false;
    while (next_pair(&line, &key, &value)) {
        if (is(key, "Properties")) {
            layout = value;
        } else if (is(key, "energy")) {
            has_energy = true;
            if (!read_number(value, &properties->energy)) {
                return complain(reader, "the energy \"%s\" is not a number", show(value).text);
            }
        } else if (is(key, "stress") && properties->virial != NULL) {
            ADATOM_SYS_TRY(read_stress(reader, value, properties));
        }
    }
    if (!has_energy) {
        return complain(reader, "there is no energy; energy=..., in eV, is expected");
    }
    return read_columns(reader, layout, columns);
}

/* ---- reading: the atoms */

/* Forces of atoms that were sorted, wrapped or turned would be those of others. */
static adatom_status check_atom(const frame_reader *reader, size_t atom, span species,
                                const double place[3])
{
    const double tolerance = 1e-3; /* Å, for programs that write few digits */
    const adatom_structure *structure = reader->structure;
    const char *symbol = adatom_element_symbol(structure->atomic_numbers[atom]);
    if (!is(species, symbol)) {
        return complain(reader, "atom %zu is \"%s\"; the structure has %s there", atom + 1,
                        show(species).text, symbol);
    }
    for (int x = 0; x < 3; x++) {
        const double sent = structure->positions[atom][x];
        if (!(fabs(place[x] - sent) <= tolerance)) {
            return complain(reader, "atom %zu is not where it was: %c is %g, not %g Å", atom + 1,
                            "xyz"[x], place[x], sent);
        }
    }
    return ADATOM_OK;
}

static adatom_status read_atom(const frame_reader *reader, span line, const frame_columns *columns,
                               size_t atom, double force[3], double *energy)
{
    span species = {NULL, NULL}, word;
    double place[3] = {NAN, NAN, NAN};
    size_t column = 0;
    for (; next_word(&line, '\0', &word); column++) {
        double *number = column - columns->position < 3 ? &place[column - columns->position]
                         : column - columns->forces < 3 && columns->forces != absent
                             ? &force[column - columns->forces]
                         : column == columns->energies ? energy
                                                       : NULL;
        if (number != NULL && !read_number(word, number)) {
            return complain(reader, "\"%s\" is not a number", show(word).text);
        }
        species = column == columns->species ? word : species;
    }
    if (column != columns->total) {
        return complain(reader, "%zu columns; Properties has %zu", column, columns->total);
    }
    return check_atom(reader, atom, species, place);
}

static adatom_status read_atoms(frame_reader *reader, const frame_columns *columns,
                                adatom_properties *properties)
{
    span line = reader->rest;
    double(*const forces)[3] = properties->forces, *const energies = properties->energies;
    double unused[3];
    for (size_t i = 0; i < reader->structure->atom_count; i++) {
        ADATOM_SYS_TRY(next_line(reader, &line));
        ADATOM_SYS_TRY(read_atom(reader, line, columns, i, forces != NULL ? forces[i] : unused,
                                 energies != NULL ? &energies[i] : unused));
    }
    skip_spaces(&reader->rest);
    if (reader->rest.start < reader->rest.end) {
        reader->line++;
        return complain(reader, "nothing is expected after the atoms");
    }
    properties->has_energies = energies != NULL && columns->energies != absent;
    return ADATOM_OK;
}

static adatom_status read_atom_count(frame_reader *reader)
{
    span line = reader->rest, word = {NULL, NULL};
    size_t count = 0;
    ADATOM_SYS_TRY(next_line(reader, &line));
    next_word(&line, '\0', &word);
    skip_spaces(&line);
    if (line.start < line.end || !read_count(word, (size_t)1 << 40, &count)) {
        return complain(reader, "the number of atoms is expected, not \"%s\"", show(word).text);
    }
    if (count != reader->structure->atom_count) {
        return complain(reader, "%zu atoms; the structure has %zu", count,
                        reader->structure->atom_count);
    }
    return ADATOM_OK;
}

adatom_status adatom_command_read(const char *program, const char *text, size_t length,
                                  const adatom_structure *structure, adatom_properties *properties)
{
    frame_reader reader = {program, {text, text + length}, 0, structure};
    frame_columns columns = {0};
    span line = reader.rest;
    ADATOM_SYS_TRY(read_atom_count(&reader));
    ADATOM_SYS_TRY(next_line(&reader, &line));
    ADATOM_SYS_TRY(read_comment(&reader, line, properties, &columns));
    if (properties->forces != NULL && columns.forces == absent) {
        return complain(&reader, "there are no forces; forces:R:3, in eV/Å, is expected in "
                                 "Properties (or forces=no in the evaluator)");
    }
    return read_atoms(&reader, &columns, properties);
}

/* ---- reading: other numbers */

bool adatom_command_number(const char *text, size_t length, const char *name, double *value)
{
    const char *end = text + length, *start = memchr(text, '\n', length);
    span line = {start != NULL ? start + 1 : end, end}, key, found;
    const char *line_end = memchr(line.start, '\n', (size_t)(end - line.start));
    line.end = line_end != NULL ? line_end : end;
    while (next_pair(&line, &key, &found)) {
        if (is(key, name)) {
            return read_number(found, value);
        }
    }
    return false;
}

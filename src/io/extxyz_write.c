#include "adatom/extxyz.h"

#include "base/error.h"
#include "io/extxyz_text.h"
#include "io/number_text.h"
#include "io/text_file.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

/* ---- what can be written */

static bool all_finite(const double (*values)[3], size_t count)
{
    for (size_t i = 0; i < count; i++) {
        if (!isfinite(values[i][0]) || !isfinite(values[i][1]) || !isfinite(values[i][2])) {
            return false;
        }
    }
    return true;
}

static const char *problem_of_info(const adatom_frame *frame)
{
    static const char *const taken[] = {"Lattice", "pbc", "Properties", "energy", "stress"};
    for (size_t i = 0; i < frame->info_count; i++) {
        const char *key = frame->info_keys[i];
        if (key[0] == '\0' || strpbrk(key, "\r\n") != NULL ||
            strpbrk(frame->info_values[i], "\r\n") != NULL) {
            return "a key is empty or a text holds a line break";
        }
        for (size_t k = 0; k < sizeof taken / sizeof taken[0]; k++) {
            if (strcmp(key, taken[k]) == 0) {
                return "Lattice, pbc, Properties, energy and stress cannot be further keys";
            }
        }
    }
    return NULL;
}

static const char *problem_of(const adatom_frame *frame)
{
    const adatom_structure *structure = frame->structure;
    const size_t count = structure->atom_count;
    for (size_t i = 0; i < count; i++) {
        if (adatom_element_symbol(structure->atomic_numbers[i]) == NULL) {
            return "an atom is of no known element";
        }
    }
    if (!all_finite((const double(*)[3])structure->positions, count)) {
        return "a position is not finite";
    }
    if (!all_finite(structure->cell, 3)) {
        return "the cell is not finite";
    }
    if (frame->has_energy && !isfinite(frame->energy)) {
        return "the energy is not finite";
    }
    if (frame->forces != NULL && !all_finite((const double(*)[3])frame->forces, count)) {
        return "a force is not finite";
    }
    if (frame->has_stress && !all_finite(frame->stress, 3)) {
        return "the stress is not finite";
    }
    for (size_t i = 0; frame->energies != NULL && i < count; i++) {
        if (!isfinite(frame->energies[i])) {
            return "the energy of an atom is not finite";
        }
    }
    return problem_of_info(frame);
}

adatom_status adatom_extxyz_check(const char *name, const adatom_frame *frames, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        const char *problem = problem_of(&frames[i]);
        if (problem != NULL) {
            return adatom_fail(ADATOM_INVALID_INPUT, "%s: structure %zu cannot be written: %s",
                               name, i + 1, problem);
        }
    }
    return ADATOM_OK;
}

/* ---- writing; the stream keeps errors until the file is committed */

static void write_text(FILE *stream, const char *text)
{
    if (text[0] != '\0' && strpbrk(text, " \t\v\f\"'{}[]=\\") == NULL) {
        fputs(text, stream);
        return;
    }
    fputc('"', stream);
    for (const char *c = text; *c != '\0'; c++) {
        if (*c == '"' || *c == '\\') {
            fputc('\\', stream);
        }
        fputc(*c, stream);
    }
    fputc('"', stream);
}

static void write_matrix(FILE *stream, const char *key, const double matrix[3][3])
{
    fprintf(stream, "%s=\"", key);
    for (int i = 0; i < 9; i++) {
        char text[ADATOM_NUMBER_TEXT_SIZE];
        adatom_number_to_text(matrix[i / 3][i % 3], text);
        fprintf(stream, "%s%s", i > 0 ? " " : "", text);
    }
    fputc('"', stream);
}

static void write_lattice(FILE *stream, const adatom_structure *structure)
{
    bool any = false;
    for (int i = 0; i < 9; i++) {
        any = any || fpclassify(structure->cell[i / 3][i % 3]) != FP_ZERO;
    }
    if (!any) {
        return;
    }
    write_matrix(stream, "Lattice", structure->cell);
    fputc(' ', stream);
}

static void write_comment(FILE *stream, const adatom_frame *frame)
{
    const bool *periodic = frame->structure->periodic;
    write_lattice(stream, frame->structure);
    fprintf(stream, "Properties=species:S:1:pos:R:3%s%s",
            frame->forces != NULL ? ":forces:R:3" : "",
            frame->energies != NULL ? ":energies:R:1" : "");
    if (frame->has_energy) {
        char text[ADATOM_NUMBER_TEXT_SIZE];
        adatom_number_to_text(frame->energy, text);
        fprintf(stream, " energy=%s", text);
    }
    if (frame->has_stress) {
        fputc(' ', stream);
        write_matrix(stream, "stress", frame->stress);
    }
    for (size_t i = 0; i < frame->info_count; i++) {
        fputc(' ', stream);
        write_text(stream, frame->info_keys[i]);
        fputc('=', stream);
        write_text(stream, frame->info_values[i]);
    }
    fprintf(stream, " pbc=\"%c %c %c\"\n", periodic[0] ? 'T' : 'F', periodic[1] ? 'T' : 'F',
            periodic[2] ? 'T' : 'F');
}

static void write_numbers(FILE *stream, const double *numbers, int count)
{
    for (int k = 0; k < count; k++) {
        char text[ADATOM_NUMBER_TEXT_SIZE];
        adatom_number_to_text(numbers[k], text);
        fprintf(stream, " %20s", text);
    }
}

static void write_frame(FILE *stream, const adatom_frame *frame)
{
    const adatom_structure *structure = frame->structure;
    fprintf(stream, "%zu\n", structure->atom_count);
    write_comment(stream, frame);
    for (size_t i = 0; i < structure->atom_count; i++) {
        fprintf(stream, "%-2s", adatom_element_symbol(structure->atomic_numbers[i]));
        write_numbers(stream, structure->positions[i], 3);
        if (frame->forces != NULL) {
            write_numbers(stream, frame->forces[i], 3);
        }
        if (frame->energies != NULL) {
            write_numbers(stream, &frame->energies[i], 1);
        }
        fputc('\n', stream);
    }
}

void adatom_extxyz_print(FILE *stream, const adatom_frame *frames, size_t count)
{
    adatom_plain_numbers numbers = adatom_plain_numbers_begin();
    for (size_t i = 0; i < count; i++) {
        write_frame(stream, &frames[i]);
    }
    adatom_plain_numbers_end(&numbers);
}

adatom_status adatom_extxyz_write(const char *path, const adatom_frame *frames, size_t count)
{
    ADATOM_TRY(adatom_extxyz_check(path, frames, count));
    adatom_text_file *file;
    ADATOM_TRY(adatom_text_file_create(path, &file));
    adatom_extxyz_print(adatom_text_file_stream(file), frames, count);
    return adatom_text_file_commit(file);
}

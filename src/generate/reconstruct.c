/* From the options of a reconstruction to its results. */
#include "adatom/reconstruct.h"

#include "adatom/extxyz.h"
#include "atoms/match.h"
#include "base/error.h"
#include "base/memory.h"
#include "base/threads.h"
#include "generate/invert.h"
#include "io/matrix.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

/* Targets that are worked on before their results are told. */
enum { CHUNK = 64 };

/* Lattices that were looked for are held against the original's within this share of the products
 * of the lattice vectors. */
static const double lattice_tolerance = 0.1;

typedef struct reconstruction {
    const adatom_reconstruct_options *options;
    const adatom_reconstruct_callbacks *callbacks;
    adatom_team *team;
    adatom_global_kind kind;
    size_t count; /* of targets */
    size_t *rows; /* [count]: where they are from */
    adatom_matrix matrix;
    adatom_frames frames;
    adatom_global *fingerprint; /* of the rows of a matrix */
} reconstruction;

const char *adatom_verdict_name(adatom_verdict verdict)
{
    static const char *const names[] = {"solved", "doubtful", "no such structure"};
    return names[verdict];
}

/* ---- the atoms of a row */

static adatom_status set_cell(const adatom_reconstruct_options *options, adatom_structure *s)
{
    const int numbers = options->system_cell.count, flags = options->system_pbc.count;
    if ((numbers != 0 && numbers != 9) || (flags != 0 && flags != 3)) {
        return adatom_fail(ADATOM_INVALID_INPUT,
                           "system.cell and system.pbc: expected three vectors and three numbers");
    }
    for (int k = 0; k < numbers; k++) {
        s->cell[k / 3][k % 3] = options->system_cell.values[k];
    }
    for (int i = 0; i < 3; i++) {
        s->periodic[i] = flags > 0 ? options->system_pbc.values[i] != 0 : numbers > 0;
        if (s->periodic[i] && numbers == 0) {
            return adatom_fail(ADATOM_INVALID_INPUT, "system.pbc: expected system.cell with it");
        }
    }
    return ADATOM_OK;
}

adatom_status adatom_reconstruct_structure(const adatom_reconstruct_options *options,
                                           adatom_structure **out)
{
    const adatom_composition *composition = &options->system_composition;
    size_t atoms = 0;
    for (int e = 0; e < composition->count; e++) {
        atoms += (size_t)composition->amounts[e];
    }
    if (atoms == 0) {
        return adatom_fail(ADATOM_INVALID_INPUT,
                           "system.composition: expected atoms, such as {Pt: 10}");
    }
    adatom_structure *s;
    ADATOM_TRY(adatom_structure_create(atoms, &s));
    size_t at = 0;
    for (int e = 0; e < composition->count; e++) {
        for (int k = 0; k < composition->amounts[e]; k++) {
            s->atomic_numbers[at++] = composition->atomic_numbers[e];
        }
    }
    const adatom_status status = set_cell(options, s);
    if (status != ADATOM_OK) {
        adatom_structure_free(s);
        return status;
    }
    *out = s;
    return ADATOM_OK;
}

static adatom_status read_fingerprints(reconstruction *r)
{
    const adatom_reconstruct_options *options = r->options;
    adatom_structure *structure = NULL;
    ADATOM_TRY(adatom_matrix_read(options->target_fingerprints, "values", &r->matrix));
    ADATOM_TRY(adatom_reconstruct_structure(options, &structure));
    const adatom_status status = adatom_global_create(&r->kind, structure, &r->fingerprint);
    adatom_structure_free(structure);
    ADATOM_TRY(status);
    if (r->matrix.columns != r->fingerprint->columns) {
        return adatom_fail(ADATOM_INVALID_INPUT,
                           "%s: %zu columns, expected %zu: the descriptor has %zu values for each "
                           "atom",
                           options->target_fingerprints, r->matrix.columns, r->fingerprint->columns,
                           r->fingerprint->value_count);
    }
    return ADATOM_OK;
}

/* ---- the targets */

static adatom_status choose_rows(reconstruction *r, size_t available)
{
    const adatom_numbers *rows = &r->options->target_rows;
    r->count = rows->count > 0 ? (size_t)rows->count : available;
    ADATOM_TRY(adatom_allocate(r->count, sizeof *r->rows, &r->rows));
    for (size_t i = 0; i < r->count; i++) {
        const double row = rows->count > 0 ? rows->values[i] : (double)i;
        if (row != floor(row) || row >= (double)available) {
            return adatom_fail(ADATOM_INVALID_INPUT,
                               "target.rows: %g, expected whole numbers below %zu", row, available);
        }
        r->rows[i] = (size_t)row;
    }
    return ADATOM_OK;
}

static adatom_status prepare(reconstruction *r)
{
    const adatom_reconstruct_options *options = r->options;
    const bool table = options->target_fingerprints[0] != '\0';
    if (table == (options->target_structures[0] != '\0')) {
        return adatom_fail(ADATOM_INVALID_INPUT,
                           "expected one of target.fingerprints and target.structures");
    }
    if (options->run_descriptor[0] == '\0') {
        return adatom_fail(ADATOM_INVALID_INPUT, "descriptor: expected one, such as soap:cutoff=5");
    }
    r->kind.descriptor = options->run_descriptor;
    r->kind.by_element = options->fingerprint_by_element;
    r->kind.free_cell = options->system_free_cell;
    ADATOM_TRY(adatom_global_pools(options->fingerprint_pool, &r->kind));
    ADATOM_TRY(table ? read_fingerprints(r)
                     : adatom_extxyz_read(options->target_structures, &r->frames));
    ADATOM_TRY(choose_rows(r, table ? r->matrix.rows : r->frames.count));
    const int threads =
        options->run_threads > 0 ? (int)options->run_threads : adatom_available_cores();
    return adatom_team_create(threads, &r->team);
}

/* ---- some targets at a time */

typedef struct chunk {
    adatom_inversion inversions[CHUNK];
    adatom_global *own[CHUNK]; /* of structures */
    double *targets[CHUNK];
    size_t count;
} chunk;

static void clear_chunk(chunk *c)
{
    for (size_t i = 0; i < c->count; i++) {
        adatom_structure_free(c->inversions[i].structure);
        adatom_global_free(c->own[i]);
        free(c->targets[i]);
    }
}

static adatom_status add_structure(const reconstruction *r, size_t row, chunk *c)
{
    const size_t i = c->count++;
    const adatom_structure *structure = r->frames.frames[row].structure;
    if (structure->atom_count == 0) {
        return adatom_fail(ADATOM_INVALID_INPUT, "expected atoms");
    }
    ADATOM_TRY(adatom_global_create(&r->kind, structure, &c->own[i]));
    ADATOM_TRY(adatom_allocate(c->own[i]->columns, sizeof(double), &c->targets[i]));
    c->inversions[i].fingerprint = c->own[i];
    c->inversions[i].target = c->targets[i];
    c->inversions[i].stream = row;
    return adatom_global_values(c->own[i], structure, c->targets[i]);
}

static adatom_status add_target(const reconstruction *r, size_t row, chunk *c)
{
    if (r->fingerprint == NULL) {
        const adatom_status status = add_structure(r, row, c);
        return status == ADATOM_OK ? status
                                   : adatom_fail_in(status, "%s: structure %zu",
                                                    r->options->target_structures, row + 1);
    }
    c->inversions[c->count++] =
        (adatom_inversion){.fingerprint = r->fingerprint,
                           .target = r->matrix.values + row * r->matrix.columns,
                           .stream = row};
    return ADATOM_OK;
}

static adatom_status tell(const reconstruction *r, size_t row, const adatom_inversion *inversion)
{
    const adatom_reconstruct_options *options = r->options;
    adatom_reconstruction result = {.target = row,
                                    .structure = inversion->structure,
                                    .loss = inversion->loss,
                                    .shortest = inversion->shortest,
                                    .iterations = inversion->iterations,
                                    .free_cell = options->system_free_cell};
    result.verdict = inversion->loss < options->verdict_solved      ? ADATOM_VERDICT_SOLVED
                     : inversion->loss <= options->verdict_doubtful ? ADATOM_VERDICT_DOUBTFUL
                                                                    : ADATOM_VERDICT_NONE;
    if (r->fingerprint == NULL && isfinite(inversion->loss)) {
        result.has_rmsd = true;
        const adatom_structure *original = r->frames.frames[row].structure;
        const double tolerance = options->system_free_cell ? lattice_tolerance : 1e-4;
        ADATOM_TRY(adatom_structure_compare(inversion->structure, original, tolerance, &result.rmsd,
                                            &result.strain));
    }
    return r->callbacks->result(r->callbacks->context, &result);
}

static adatom_status run_chunk(const reconstruction *r, size_t first, chunk *c)
{
    for (size_t i = first; i < r->count && i < first + CHUNK; i++) {
        ADATOM_TRY(add_target(r, r->rows[i], c));
    }
    ADATOM_TRY(adatom_invert(r->options, r->team, c->inversions, c->count, r->callbacks->stop,
                             r->callbacks->context));
    for (size_t i = 0; i < c->count; i++) {
        ADATOM_TRY(tell(r, r->rows[first + i], &c->inversions[i]));
    }
    return ADATOM_OK;
}

static adatom_status run_all(reconstruction *r)
{
    ADATOM_TRY(prepare(r));
    chunk *c;
    ADATOM_TRY(adatom_allocate(1, sizeof *c, &c));
    adatom_status status = ADATOM_OK;
    for (size_t first = 0; first < r->count && status == ADATOM_OK; first += CHUNK) {
        memset(c, 0, sizeof *c);
        status = run_chunk(r, first, c);
        clear_chunk(c);
    }
    free(c);
    return status;
}

adatom_status adatom_reconstruct(const adatom_reconstruct_options *options,
                                 const adatom_reconstruct_callbacks *callbacks)
{
    reconstruction r = {.options = options, .callbacks = callbacks};
    const adatom_status status = run_all(&r);
    adatom_team_free(r.team);
    adatom_global_free(r.fingerprint);
    adatom_matrix_clear(&r.matrix);
    adatom_frames_clear(&r.frames);
    free(r.rows);
    return status;
}

#include "generate/starts.h"

#include "base/error.h"
#include "base/memory.h"
#include "generate/hop.h"
#include "generate/invert.h"
#include "generate/rows.h"
#include "generate/start.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

/* Descents of each lane that are the first; names of optimizer.extremes. */
enum { L = ADATOM_POOLED_LANES, FIRST = 4, EXTREMES_FIRST = 0, EXTREMES_ALL = 2 };

/* How far below the minimum distance a solution may be: the push against it is soft. */
static const double tolerated = 0.97;

typedef struct search {
    adatom_starts *starts;
    adatom_descent *descent;
    adatom_structure *scratch;
    adatom_rows *rows; /* or NULL */
    double *target;    /* [columns][L] */
    double *best;      /* [variables][L] */
    double best_losses[L];
    int64_t descents; /* begun so far */
    double minimum;   /* Å */
    double low;       /* sum of squares that is always worth going on for: of ten times the loss of
                         what is solved, so that others are found beside what is nearly right */
    adatom_random random[L];
    adatom_status status; /* of what was done between descents */
} search;

/* Does every atom beyond the target count in the descents that begin now? */
static bool counts_every(const search *s)
{
    const adatom_reconstruct_options *options = s->starts->options;
    if (options->optimizer_method != ADATOM_DESCENT_LEVENBERG ||
        adatom_global_has_mean(s->starts->fingerprint)) {
        return false;
    }
    return options->optimizer_extremes == EXTREMES_ALL ||
           (options->optimizer_extremes == EXTREMES_FIRST && s->descents < FIRST * L);
}

/* ---- the beginning */

static adatom_status draw_start(search *s, size_t l)
{
    const adatom_reconstruct_options *options = s->starts->options;
    const adatom_global *fingerprint = s->starts->fingerprint;
    double *variables = s->descent->positions;
    const size_t places = 3 * s->scratch->atom_count;
    adatom_random_seed(&s->random[l], (uint64_t)options->run_seed,
                       s->starts->stream << 32 | (s->starts->batch * L + l));
    memcpy(s->scratch->cell, fingerprint->structure->cell, sizeof s->scratch->cell);
    adatom_random_positions(s->scratch, options->optimizer_radius, s->minimum, &s->random[l],
                            s->scratch->positions);
    for (size_t k = 0; k < places; k++) {
        variables[k * L + l] = s->scratch->positions[k / 3][k % 3];
    }
    for (size_t k = 0; fingerprint->free_cell && k < ADATOM_STRAIN_COUNT; k++) {
        variables[(places + k) * L + l] = fingerprint->strain.length * options->system_strain *
                                          adatom_random_normal(&s->random[l]);
    }
    s->best_losses[l] = INFINITY;
    adatom_descent_guard(s->descent, variables, (int)l);
    return adatom_rows_assign(s->rows, s->scratch, variables, (int)l);
}

static adatom_status prepare(search *s)
{
    const adatom_global *fingerprint = s->starts->fingerprint;
    s->minimum = adatom_inversion_minimum(s->starts->options, fingerprint->structure);
    s->starts->loss = INFINITY;
    const double difference = 10 * s->starts->options->verdict_solved;
    s->low = (double)fingerprint->columns * difference * difference;
    ADATOM_TRY(adatom_allocate_aligned(fingerprint->columns * L, sizeof(double), &s->target));
    ADATOM_TRY(adatom_allocate_aligned(fingerprint->variables * L, sizeof(double), &s->best));
    ADATOM_TRY(adatom_structure_copy(fingerprint->structure, &s->scratch));
    ADATOM_TRY(
        adatom_descent_create(fingerprint, s->starts->options, s->minimum, s->target, &s->descent));
    ADATOM_TRY(adatom_rows_create(fingerprint, s->starts->target, &s->rows));
    for (size_t c = 0; c < fingerprint->columns * L; c++) {
        s->target[c] = s->starts->target[c / L];
    }
    for (size_t l = 0; l < L; l++) {
        ADATOM_TRY(draw_start(s, l));
    }
    s->descents = L;
    s->descent->loss.every = counts_every(s);
    return ADATOM_OK;
}

/* ---- between descents */

static adatom_status keep_best(search *s, double loss)
{
    adatom_structure *copy;
    ADATOM_TRY(adatom_structure_copy(s->scratch, &copy));
    adatom_structure_free(s->starts->structure);
    s->starts->structure = copy;
    s->starts->loss = loss;
    return ADATOM_OK;
}

/* A lane that came lower is kept unless its atoms are too near: then it is somewhere to hop from,
 * no more, and that only where there is nothing better. */
static adatom_status keep_lane(search *s, size_t l)
{
    const adatom_descent *descent = s->descent;
    const double loss = descent->losses[l];
    double shortest;
    if (!(loss < s->best_losses[l])) {
        return ADATOM_OK;
    }
    adatom_global_place(s->starts->fingerprint, descent->positions, (int)l, s->scratch);
    ADATOM_TRY(adatom_shortest_distance(s->scratch, s->minimum, &shortest));
    const bool near = shortest < tolerated * s->minimum;
    if (near && isfinite(s->best_losses[l])) {
        return ADATOM_OK;
    }
    for (size_t k = 0; k < descent->count; k++) {
        s->best[k * L + l] = descent->positions[k * L + l];
    }
    s->best_losses[l] = near ? 1e300 : loss;
    s->descent->goals[l] = fmax(descent->objectives[l], s->low);
    return !near && loss < s->starts->loss ? keep_best(s, loss) : ADATOM_OK;
}

/* From the lane's best. */
static adatom_status hop(search *s, size_t l)
{
    double *variables = s->descent->positions;
    for (size_t k = 0; k < s->descent->count; k++) {
        variables[k * L + l] = s->best[k * L + l];
    }
    adatom_hop(s->starts->fingerprint, s->starts->options->optimizer_noise, &s->random[l],
               s->scratch, variables, (int)l);
    adatom_descent_guard(s->descent, variables, (int)l);
    return adatom_rows_assign(s->rows, s->scratch, variables, (int)l);
}

/* See adatom_descent_next: keeps what the lane came to and lets it hop. */
static bool finish_lane(void *context, int lane)
{
    search *s = context;
    const adatom_reconstruct_options *options = s->starts->options;
    s->status = keep_lane(s, (size_t)lane);
    if (s->status != ADATOM_OK || s->starts->loss < adatom_descent_enough(options) ||
        s->starts->is_over(s->starts->context)) {
        s->descent->stop = true;
        return false;
    }
    if (s->descents >= options->optimizer_hops * L) {
        return false;
    }
    s->descents++;
    s->descent->loss.every = counts_every(s);
    s->status = hop(s, (size_t)lane);
    s->descent->stop = s->status != ADATOM_OK;
    return !s->descent->stop;
}

/* ---- */

adatom_status adatom_starts_run(adatom_starts *starts)
{
    search s = {.starts = starts};
    adatom_status status = prepare(&s);
    if (status == ADATOM_OK) {
        status = adatom_descent_run(s.descent, finish_lane, &s);
        starts->iterations = s.descent->steps;
    }
    if (status == ADATOM_OK) {
        status = s.status;
    }
    adatom_descent_free(s.descent);
    adatom_structure_free(s.scratch);
    adatom_rows_free(s.rows);
    free(s.target);
    free(s.best);
    return status;
}

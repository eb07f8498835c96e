#include "generate/invert.h"

#include "atoms/neighbors.h"
#include "base/error.h"
#include "base/memory.h"
#include "base/random.h"
#include "generate/descent.h"
#include "generate/start.h"

#include <math.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { L = ADATOM_POOLED_LANES };

/* How far below the minimum distance a solution may be: the push against it is soft. */
static const double tolerated = 0.97;

/* What eight starts of a target came to. */
typedef struct start_batch {
    adatom_status status;
    char message[512];
    double loss, iterations;
    double (*positions)[3]; /* of the best, or NULL */
} start_batch;

typedef struct inversion_work {
    const adatom_reconstruct_options *options;
    adatom_inversion *inversions;
    size_t count, batch_count;
    start_batch *batches; /* [batch_count][count] */
    atomic_size_t *first; /* [count]: the first batch that solved the target so far */
    bool (*stop)(void *context);
    void *context;
    atomic_bool stopped;
} inversion_work;

/* ---- distances */

double adatom_inversion_minimum(const adatom_reconstruct_options *options,
                                const adatom_structure *structure)
{
    if (options->system_minimum_distance > 0) {
        return options->system_minimum_distance;
    }
    double smallest[2] = {INFINITY, INFINITY};
    for (size_t i = 0; i < structure->atom_count; i++) {
        const double r = adatom_element_covalent_radius(structure->atomic_numbers[i]);
        if (r < smallest[0]) {
            smallest[1] = smallest[0];
            smallest[0] = r;
        } else if (r < smallest[1]) {
            smallest[1] = r;
        }
    }
    return isfinite(smallest[1]) ? 0.7 * (smallest[0] + smallest[1]) : 1.4 * smallest[0];
}

adatom_status adatom_shortest_distance(const adatom_structure *structure, double reach,
                                       double *shortest)
{
    adatom_neighbor_list *list;
    ADATOM_TRY(adatom_neighbor_list_create(structure, reach, &list));
    double found = INFINITY;
    for (size_t n = 0; n < list->first[list->atom_count]; n++) {
        found = fmin(found, list->neighbors[n].distance);
    }
    adatom_neighbor_list_free(list);
    *shortest = found;
    return ADATOM_OK;
}

/* ---- eight starts */

typedef struct start_run {
    const inversion_work *work;
    const adatom_inversion *inversion;
    adatom_descent *descent;
    adatom_structure *scratch;
    double *target; /* [columns][L] */
    double *best;   /* [count][L] */
    double best_losses[L];
    double minimum;
    adatom_random random[L];
    double loss; /* of the best lane */
    double (*positions)[3];
} start_run;

static void spread_target(start_run *run)
{
    for (size_t c = 0; c < run->inversion->fingerprint->columns; c++) {
        for (size_t l = 0; l < L; l++) {
            run->target[c * L + l] = run->inversion->target[c];
        }
    }
}

static adatom_status prepare_run(start_run *run, size_t batch)
{
    const adatom_reconstruct_options *options = run->work->options;
    const adatom_global *fingerprint = run->inversion->fingerprint;
    const size_t atoms = fingerprint->structure->atom_count;
    run->minimum = adatom_inversion_minimum(options, fingerprint->structure);
    run->loss = INFINITY;
    ADATOM_TRY(adatom_allocate_aligned(fingerprint->columns * L, sizeof(double), &run->target));
    ADATOM_TRY(adatom_allocate_aligned(3 * atoms * L, sizeof(double), &run->best));
    ADATOM_TRY(adatom_allocate(atoms, sizeof *run->positions, &run->positions));
    ADATOM_TRY(adatom_structure_copy(fingerprint->structure, &run->scratch));
    ADATOM_TRY(
        adatom_descent_create(fingerprint, options, run->minimum, run->target, &run->descent));
    spread_target(run);
    for (size_t l = 0; l < L; l++) {
        const uint64_t stream = run->inversion->stream << 32 | (batch * L + l);
        adatom_random_seed(&run->random[l], (uint64_t)options->run_seed, stream);
        run->best_losses[l] = INFINITY;
        adatom_random_positions(run->scratch, options->optimizer_radius, run->minimum,
                                &run->random[l], run->scratch->positions);
        for (size_t k = 0; k < 3 * atoms; k++) {
            run->descent->positions[k * L + l] = run->scratch->positions[k / 3][k % 3];
        }
    }
    return ADATOM_OK;
}

/* A lane that came lower is kept unless its atoms are too near. */
static adatom_status keep_lane(start_run *run, size_t l)
{
    const adatom_descent *descent = run->descent;
    const double loss = descent->losses[l];
    double shortest;
    if (!(loss < run->best_losses[l])) {
        return ADATOM_OK;
    }
    for (size_t k = 0; k < descent->count; k++) {
        run->scratch->positions[k / 3][k % 3] = descent->positions[k * L + l];
    }
    ADATOM_TRY(adatom_shortest_distance(run->scratch, run->minimum, &shortest));
    if (shortest < tolerated * run->minimum && isfinite(run->best_losses[l])) {
        return ADATOM_OK;
    }
    for (size_t k = 0; k < descent->count; k++) {
        run->best[k * L + l] = descent->positions[k * L + l];
    }
    if (shortest < tolerated * run->minimum) { /* somewhere to hop from, no more */
        run->best_losses[l] = 1e300;
        return ADATOM_OK;
    }
    run->best_losses[l] = loss;
    if (loss < run->loss) {
        run->loss = loss;
        memcpy(run->positions, run->scratch->positions,
               run->scratch->atom_count * sizeof *run->positions);
    }
    return ADATOM_OK;
}

static void hop(start_run *run)
{
    const double noise = run->work->options->optimizer_noise;
    for (size_t l = 0; l < L; l++) {
        for (size_t k = 0; k < run->descent->count; k++) {
            run->descent->positions[k * L + l] =
                run->best[k * L + l] + noise * adatom_random_normal(&run->random[l]);
        }
    }
}

/* A batch before this one has solved the target, or nobody wants it any more. */
static bool is_over(inversion_work *work, size_t target, size_t batch)
{
    if (work->stop != NULL && work->stop(work->context)) {
        atomic_store(&work->stopped, true);
    }
    return atomic_load(&work->stopped) || atomic_load(&work->first[target]) < batch;
}

static adatom_status run_hops(inversion_work *work, start_run *run, size_t target, size_t batch)
{
    for (int64_t hops = 0; hops < work->options->optimizer_hops; hops++) {
        if (is_over(work, target, batch)) {
            return ADATOM_OK;
        }
        if (hops > 0) {
            hop(run);
        }
        ADATOM_TRY(adatom_descent_run(run->descent));
        for (size_t l = 0; l < L; l++) {
            ADATOM_TRY(keep_lane(run, l));
        }
        if (run->loss < work->options->verdict_solved) {
            size_t first = atomic_load(&work->first[target]);
            while (batch < first &&
                   !atomic_compare_exchange_weak(&work->first[target], &first, batch)) {
            }
            return ADATOM_OK;
        }
    }
    return ADATOM_OK;
}

static void run_batch(void *context, int item, int thread)
{
    (void)thread;
    inversion_work *work = context;
    const size_t target = (size_t)item % work->count, batch = (size_t)item / work->count;
    start_batch *result = &work->batches[item];
    start_run run = {.work = work, .inversion = &work->inversions[target]};
    if (is_over(work, target, batch)) {
        return;
    }
    result->status = prepare_run(&run, batch);
    if (result->status == ADATOM_OK) {
        result->status = run_hops(work, &run, target, batch);
    }
    if (result->status != ADATOM_OK) {
        snprintf(result->message, sizeof result->message, "%s", adatom_error_message());
    }
    if (result->status == ADATOM_OK && isfinite(run.loss)) {
        result->positions = run.positions;
        run.positions = NULL;
    }
    result->loss = run.loss;
    result->iterations = run.descent != NULL ? run.descent->steps : 0;
    adatom_descent_free(run.descent);
    adatom_structure_free(run.scratch);
    free(run.positions);
    free(run.target);
    free(run.best);
}

/* ---- */

/* The best of the batches up to the first that solved the target: what was tried beyond that
 * depends on the threads, and does not count. */
static adatom_status collect(const inversion_work *work, size_t target)
{
    adatom_inversion *inversion = &work->inversions[target];
    const start_batch *best = NULL;
    inversion->iterations = 0;
    inversion->loss = inversion->shortest = INFINITY;
    const size_t last = atomic_load(&work->first[target]);
    for (size_t b = 0; b < work->batch_count && b <= last; b++) {
        const start_batch *batch = &work->batches[b * work->count + target];
        if (batch->status != ADATOM_OK) {
            return adatom_fail(batch->status, "%s", batch->message);
        }
        inversion->iterations += batch->iterations;
        if (batch->positions != NULL && (best == NULL || batch->loss < best->loss)) {
            best = batch;
        }
    }
    ADATOM_TRY(adatom_structure_copy(inversion->fingerprint->structure, &inversion->structure));
    if (best != NULL) {
        inversion->loss = best->loss;
        memcpy(inversion->structure->positions, best->positions,
               inversion->structure->atom_count * sizeof *best->positions);
    }
    const double reach = 3 * adatom_inversion_minimum(work->options, inversion->structure);
    return adatom_shortest_distance(inversion->structure, reach, &inversion->shortest);
}

adatom_status adatom_invert(const adatom_reconstruct_options *options, adatom_team *team,
                            adatom_inversion *inversions, size_t count, bool (*stop)(void *context),
                            void *context)
{
    inversion_work work = {.options = options,
                           .inversions = inversions,
                           .count = count,
                           .stop = stop,
                           .context = context};
    work.batch_count = ((size_t)options->optimizer_starts + L - 1) / L;
    ADATOM_TRY(adatom_allocate(work.batch_count * count, sizeof *work.batches, &work.batches));
    adatom_status status = adatom_allocate(count, sizeof *work.first, &work.first);
    if (status == ADATOM_OK) {
        for (size_t t = 0; t < count; t++) {
            atomic_init(&work.first[t], SIZE_MAX);
        }
        adatom_team_run(team, (int)(work.batch_count * count), run_batch, &work);
        if (atomic_load(&work.stopped)) {
            status = adatom_fail(ADATOM_INTERRUPTED, "stopped on request");
        }
        for (size_t t = 0; t < count && status == ADATOM_OK; t++) {
            status = collect(&work, t);
        }
    }
    for (size_t i = 0; i < work.batch_count * count; i++) {
        free(work.batches[i].positions);
    }
    free(work.batches);
    free(work.first);
    return status;
}

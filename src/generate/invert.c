#include "generate/invert.h"

#include "atoms/neighbors.h"
#include "base/error.h"
#include "base/memory.h"
#include "generate/starts.h"

#include <math.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>

enum { L = ADATOM_POOLED_LANES };

/* What eight starts of a target came to. */
typedef struct start_batch {
    adatom_status status;
    char message[512];
    adatom_starts starts;
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

/* ---- eight starts of a target at a time */

typedef struct batch_context {
    inversion_work *work;
    size_t target, batch;
} batch_context;

/* A batch before this one has solved the target, or nobody wants it any more. */
static bool is_over(void *context)
{
    const batch_context *of = context;
    inversion_work *work = of->work;
    if (work->stop != NULL && work->stop(work->context)) {
        atomic_store(&work->stopped, true);
    }
    return atomic_load(&work->stopped) || atomic_load(&work->first[of->target]) < of->batch;
}

static void note_solved(inversion_work *work, size_t target, size_t batch)
{
    size_t first = atomic_load(&work->first[target]);
    while (batch < first && !atomic_compare_exchange_weak(&work->first[target], &first, batch)) {
    }
}

static void run_batch(void *context, int item, int thread)
{
    (void)thread;
    inversion_work *work = context;
    batch_context of = {work, (size_t)item % work->count, (size_t)item / work->count};
    const adatom_inversion *inversion = &work->inversions[of.target];
    start_batch *result = &work->batches[item];
    result->starts = (adatom_starts){.options = work->options,
                                     .fingerprint = inversion->fingerprint,
                                     .target = inversion->target,
                                     .stream = inversion->stream,
                                     .batch = of.batch,
                                     .is_over = is_over,
                                     .context = &of};
    if (is_over(&of)) {
        return;
    }
    result->status = adatom_starts_run(&result->starts);
    if (result->status != ADATOM_OK) {
        snprintf(result->message, sizeof result->message, "%s", adatom_error_message());
    } else if (result->starts.loss < adatom_descent_enough(work->options)) {
        note_solved(work, of.target, of.batch);
    }
}

/* ---- */

/* The best of the batches up to the first that solved the target: what was tried beyond that
 * depends on the threads, and does not count. */
static adatom_status collect(const inversion_work *work, size_t target)
{
    adatom_inversion *inversion = &work->inversions[target];
    const start_batch *best = NULL;
    inversion->iterations = 0;
    inversion->shortest = INFINITY;
    const size_t last = atomic_load(&work->first[target]);
    for (size_t b = 0; b < work->batch_count && b <= last; b++) {
        const start_batch *batch = &work->batches[b * work->count + target];
        if (batch->status != ADATOM_OK) {
            return adatom_fail(batch->status, "%s", batch->message);
        }
        inversion->iterations += batch->starts.iterations;
        if (batch->starts.structure != NULL &&
            (best == NULL || batch->starts.loss < best->starts.loss)) {
            best = batch;
        }
    }
    ADATOM_TRY(adatom_structure_copy(best != NULL ? best->starts.structure
                                                  : inversion->fingerprint->structure,
                                     &inversion->structure));
    inversion->loss = best != NULL ? best->starts.loss : INFINITY;
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
        adatom_structure_free(work.batches[i].starts.structure);
    }
    free(work.batches);
    free(work.first);
    return status;
}

#include "generate/pipeline.h"

#include "base/error.h"
#include "base/memory.h"
#include "generate/components.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

/* Draws of each target that are kept for the pictures; structures after which what the cvae is
 * given is corrected. */
enum { DRAWN_KEPT = 1000, TOGETHER = 8 };

/* ---- the beginning */

static adatom_status read_data(adatom_pipeline *p)
{
    if (p->options->data_features[0] == '\0') {
        return p->options->screen_distance > 0
                   ? adatom_fail(ADATOM_INVALID_INPUT,
                                 "screen.distance: expected data.features with it")
                   : ADATOM_OK;
    }
    ADATOM_TRY(adatom_matrix_read(p->options->data_features, "values", &p->data));
    if (p->data.columns != p->cvae->columns.count) {
        return adatom_fail(ADATOM_INVALID_INPUT, "%s: %zu columns, expected %zu as the cvae has",
                           p->options->data_features, p->data.columns, p->cvae->columns.count);
    }
    ADATOM_TRY(adatom_allocate(p->data.rows, sizeof(double), &p->data_property));
    ADATOM_TRY(
        adatom_generator_predict(p->surrogate, p->data.rows, p->data.values, p->data_property));
    ADATOM_TRY(
        adatom_scaling_create(p->data.rows, p->data.columns, p->data.values, false, &p->scaling));
    for (size_t r = 0; r < p->data.rows; r++) {
        double *row = p->data.values + r * p->data.columns;
        adatom_scale(&p->scaling, row, row);
    }
    ADATOM_TRY(adatom_allocate(2 * p->data.columns, sizeof(double), &p->axes));
    return adatom_principal_axes(p->data.rows, p->data.columns, p->data.values, p->axes);
}

static adatom_status prepare_reconstruction(adatom_pipeline *p)
{
    adatom_structure *structure = NULL;
    adatom_global_kind kind = {.descriptor = p->reconstruct.run_descriptor,
                               .by_element = p->reconstruct.fingerprint_by_element};
    if (p->options->run_reconstruction[0] == '\0') {
        return adatom_fail(ADATOM_INVALID_INPUT,
                           "reconstruction: expected a YAML file of adatom reconstruct");
    }
    ADATOM_TRY(adatom_options_read(adatom_reconstruct_option_table(),
                                   p->options->run_reconstruction, NULL, 0, &p->reconstruct));
    p->reconstruct.run_seed = p->options->run_seed;
    ADATOM_TRY(adatom_global_pools(p->reconstruct.fingerprint_pool, &kind));
    ADATOM_TRY(adatom_reconstruct_structure(&p->reconstruct, &structure));
    const adatom_status status = adatom_global_create(&kind, structure, &p->global);
    adatom_structure_free(structure);
    ADATOM_TRY(status);
    if (p->global->columns != p->cvae->columns.count) {
        return adatom_fail(
            ADATOM_INVALID_INPUT, "%s: fingerprints of %zu values, expected %zu as the cvae has",
            p->options->run_reconstruction, p->global->columns, p->cvae->columns.count);
    }
    return ADATOM_OK;
}

static adatom_status prepare(adatom_pipeline *p)
{
    const adatom_generate_options *options = p->options;
    const size_t draws = (size_t)options->target_draws;
    if (options->target_property.count == 0) {
        return adatom_fail(ADATOM_INVALID_INPUT, "target.property: expected numbers");
    }
    if (options->model_cvae[0] == '\0' || options->model_surrogate[0] == '\0') {
        return adatom_fail(ADATOM_INVALID_INPUT, "model: expected cvae and surrogate");
    }
    p->reconstruct = adatom_reconstruct_options_default();
    ADATOM_TRY(adatom_generator_read(options->model_cvae, true, &p->cvae));
    ADATOM_TRY(adatom_generator_read(options->model_surrogate, false, &p->surrogate));
    if (p->surrogate->columns.count != p->cvae->columns.count) {
        return adatom_fail(ADATOM_INVALID_INPUT, "%s: %zu columns, expected %zu as the cvae has",
                           options->model_surrogate, p->surrogate->columns.count,
                           p->cvae->columns.count);
    }
    ADATOM_TRY(read_data(p));
    ADATOM_TRY(prepare_reconstruction(p));
    const int threads =
        options->run_threads > 0 ? (int)options->run_threads : adatom_available_cores();
    ADATOM_TRY(adatom_team_create(threads, &p->team));
    if (options->run_evaluator[0] != '\0') {
        ADATOM_TRY(adatom_evaluator_pool_create(options->run_evaluator, threads, &p->pool));
    }
    p->target_count = (size_t)options->target_property.count;
    ADATOM_TRY(adatom_allocate(p->target_count, sizeof *p->targets, &p->targets));
    ADATOM_TRY(adatom_allocate(draws * p->cvae->columns.count, sizeof(double), &p->draws));
    ADATOM_TRY(adatom_allocate(draws, sizeof(double), &p->predicted));
    return adatom_allocate(draws, sizeof(double), &p->distances);
}

/* ---- fingerprints */

/* Root mean square distance of a scaled row from the nearest row of the data. */
static double nearest_distance(const adatom_pipeline *p, const double *scaled)
{
    const size_t columns = p->data.columns;
    double nearest = INFINITY;
    for (size_t r = 0; r < p->data.rows; r++) {
        const double *row = p->data.values + r * columns;
        double sum = 0;
        for (size_t c = 0; c < columns; c++) {
            sum += (scaled[c] - row[c]) * (scaled[c] - row[c]);
        }
        nearest = fmin(nearest, sum);
    }
    return sqrt(nearest / (double)columns);
}

void adatom_pipeline_components(const adatom_pipeline *p, const double *scaled,
                                double components[2])
{
    for (size_t a = 0; a < 2; a++) {
        components[a] = 0;
        for (size_t c = 0; c < p->data.columns; c++) {
            components[a] += scaled[c] * p->axes[a * p->data.columns + c];
        }
    }
}

static adatom_status keep_drawn(adatom_pipeline *p, size_t d, double target, const double *scaled)
{
    ADATOM_TRY(adatom_grow(&p->drawn, &p->drawn_capacity, p->drawn_count + 1, sizeof *p->drawn));
    adatom_drawn *drawn = &p->drawn[p->drawn_count++];
    *drawn = (adatom_drawn){target, p->predicted[d], p->distances[d], {NAN, NAN}};
    if (p->data.rows > 0) {
        adatom_pipeline_components(p, scaled, drawn->components);
    }
    return ADATOM_OK;
}

/* Distances from the data; with keep, the pictures' points, too. */
static adatom_status measure_distances(adatom_pipeline *p, double target, size_t draws, bool keep)
{
    double *scaled;
    const size_t columns = p->data.columns;
    ADATOM_TRY(adatom_allocate(columns, sizeof(double), &scaled));
    adatom_status status = ADATOM_OK;
    for (size_t d = 0; d < draws && status == ADATOM_OK; d++) {
        p->distances[d] = NAN;
        if (p->data.rows > 0) {
            adatom_scale(&p->scaling, p->draws + d * columns, scaled);
            p->distances[d] = nearest_distance(p, scaled);
        }
        if (keep && d < DRAWN_KEPT) {
            status = keep_drawn(p, d, target, scaled);
        }
    }
    free(scaled);
    return status;
}

/* Draws for p->given. */
static adatom_status sample(adatom_pipeline *p)
{
    const size_t draws = (size_t)p->options->target_draws;
    ADATOM_TRY(adatom_generator_sample(p->cvae, p->given, draws, &p->random, p->draws));
    return adatom_generator_predict(p->surrogate, draws, p->draws, p->predicted);
}

static adatom_status draw(adatom_pipeline *p, adatom_generate_target *target)
{
    const size_t draws = (size_t)p->options->target_draws;
    target->draws = draws;
    target->surrogate_error = target->surrogate_within = 0;
    p->given = target->property;
    ADATOM_TRY(sample(p));
    for (size_t d = 0; d < draws; d++) {
        const double error = fabs(p->predicted[d] - target->property);
        target->surrogate_error += error / (double)draws;
        target->surrogate_within += (error <= p->options->check_within) / (double)draws;
    }
    return measure_distances(p, target->property, draws, true);
}

static bool passes(const adatom_pipeline *p, size_t d)
{
    const adatom_generate_options *options = p->options;
    const double error = fabs(p->predicted[d] - p->given);
    return (options->screen_tolerance == 0 || error <= options->screen_tolerance) &&
           (options->screen_distance == 0 || p->distances[d] <= options->screen_distance);
}

/* ---- structures */

static adatom_status add_structure(adatom_pipeline *p, size_t target, size_t d)
{
    ADATOM_TRY(adatom_grow(&p->structures, &p->capacity, p->count + 1, sizeof *p->structures));
    p->structures[p->count++] = (adatom_generated){.target = target,
                                                   .given = p->given,
                                                   .predicted = p->predicted[d],
                                                   .distance = p->distances[d],
                                                   .loss = INFINITY};
    return ADATOM_OK;
}

static adatom_verdict judge(const adatom_pipeline *p, double loss)
{
    return loss < p->reconstruct.verdict_solved      ? ADATOM_VERDICT_SOLVED
           : loss <= p->reconstruct.verdict_doubtful ? ADATOM_VERDICT_DOUBTFUL
                                                     : ADATOM_VERDICT_NONE;
}

static adatom_status reconstruct(adatom_pipeline *p, size_t first, const size_t *places)
{
    const size_t some = p->count - first, columns = p->cvae->columns.count;
    adatom_inversion *inversions;
    ADATOM_TRY(adatom_allocate(some, sizeof *inversions, &inversions));
    for (size_t i = 0; i < some; i++) {
        inversions[i] = (adatom_inversion){.fingerprint = p->global,
                                           .target = p->draws + places[i] * columns,
                                           .stream = p->reconstructed + i + 1};
    }
    const adatom_status status = adatom_invert(&p->reconstruct, p->team, inversions, some,
                                               p->callbacks->stop, p->callbacks->context);
    for (size_t i = 0; i < some; i++) {
        adatom_generated *s = &p->structures[first + i];
        s->structure = inversions[i].structure;
        s->loss = inversions[i].loss;
        s->verdict = judge(p, s->loss);
    }
    p->reconstructed += some;
    free(inversions);
    return status;
}

static adatom_status find_duplicates(adatom_pipeline *p, size_t first)
{
    for (size_t i = first; i < p->count; i++) {
        for (size_t j = first; j < i && !p->structures[i].duplicate; j++) {
            double rmsd;
            ADATOM_TRY(adatom_structure_distance(p->structures[i].structure,
                                                 p->structures[j].structure, &rmsd));
            p->structures[i].duplicate = rmsd < p->options->check_duplicate;
        }
    }
    return ADATOM_OK;
}

static double reference_energy(const adatom_pipeline *p, const adatom_structure *structure)
{
    const adatom_element_numbers *reference = &p->options->check_reference;
    double sum = 0;
    for (size_t i = 0; i < structure->atom_count; i++) {
        for (int e = 0; e < reference->count; e++) {
            if (reference->atomic_numbers[e][0] == structure->atomic_numbers[i]) {
                sum += reference->values[e];
            }
        }
    }
    return sum;
}

static adatom_status evaluate(adatom_pipeline *p, size_t first)
{
    adatom_evaluator_job *jobs;
    const size_t some = p->count - first;
    if (p->pool == NULL || some == 0) {
        return ADATOM_OK;
    }
    ADATOM_TRY(adatom_allocate(some, sizeof *jobs, &jobs));
    for (size_t i = 0; i < some; i++) {
        jobs[i].structure = p->structures[first + i].structure;
    }
    const adatom_status status = adatom_evaluator_pool_compute(p->pool, jobs, some);
    for (size_t i = 0; i < some; i++) {
        adatom_generated *s = &p->structures[first + i];
        s->has_energy = jobs[i].status == ADATOM_OK && isfinite(s->loss);
        s->energy = jobs[i].energy;
        s->evaluated =
            (jobs[i].energy - reference_energy(p, s->structure)) / (double)s->structure->atom_count;
    }
    free(jobs);
    return status;
}

static void count_structures(const adatom_pipeline *p, size_t first, adatom_generate_target *target)
{
    double error = 0, within = 0;
    for (size_t i = first; i < p->count; i++) {
        const adatom_generated *s = &p->structures[i];
        target->structures++;
        target->solved += s->verdict == ADATOM_VERDICT_SOLVED;
        target->doubtful += s->verdict == ADATOM_VERDICT_DOUBTFUL;
        target->invalid += s->verdict == ADATOM_VERDICT_NONE;
        target->duplicates += s->duplicate;
        if (s->has_energy) {
            target->evaluated++;
            error += fabs(s->evaluated - target->property);
            within += fabs(s->evaluated - target->property) <= p->options->check_within;
        }
    }
    const bool any = target->evaluated > 0;
    target->evaluated_error = any ? error / (double)target->evaluated : NAN;
    target->evaluated_within = any ? within / (double)target->evaluated : NAN;
}

/* What the surrogate says of the structures themselves. */
static adatom_status predict_own(adatom_pipeline *p, size_t first)
{
    double *row;
    ADATOM_TRY(adatom_allocate(p->global->columns, sizeof *row, &row));
    adatom_status status = ADATOM_OK;
    for (size_t i = first; i < p->count && status == ADATOM_OK; i++) {
        adatom_generated *s = &p->structures[i];
        s->own = NAN;
        if (isfinite(s->loss)) {
            status = adatom_global_values(p->global, s->structure, row);
        }
        if (isfinite(s->loss) && status == ADATOM_OK) {
            status = adatom_generator_predict(p->surrogate, 1, row, &s->own);
        }
    }
    free(row);
    return status;
}

/* Drops those among the structures from first on that strayed from the target. */
static void drop_strayed(adatom_pipeline *p, size_t first, adatom_generate_target *target)
{
    size_t kept = first;
    if (p->options->screen_structure == 0) {
        return;
    }
    for (size_t i = first; i < p->count; i++) {
        adatom_generated *s = &p->structures[i];
        if (fabs(s->own + p->offset - target->property) <= p->options->screen_structure) {
            p->structures[kept++] = *s;
        } else {
            adatom_structure_free(s->structure);
            target->strayed++;
        }
    }
    p->count = kept;
}

/* Moves what the cvae is given by the mean of the structures' deviations from the target, a first
 * time wholly and then less each time (Robbins and Monro, Ann. Math. Stat. 22, 400 (1951)), and
 * draws anew. */
static adatom_status correct(adatom_pipeline *p, size_t first, const adatom_generate_target *target,
                             int round)
{
    double sum = 0, count = 0;
    for (size_t i = first; i < p->count; i++) {
        if (isfinite(p->structures[i].own)) {
            sum += p->structures[i].own + p->offset - target->property;
            count++;
        }
    }
    if (count == 0) {
        return ADATOM_OK;
    }
    p->given -= sum / count / round;
    ADATOM_TRY(sample(p));
    return measure_distances(p, target->property, target->draws, false);
}

/* Reconstructs draws from *next on that pass, at most so many, and looks at what came of them. */
static adatom_status make_some(adatom_pipeline *p, size_t t, size_t most, size_t *next,
                               size_t *places)
{
    const size_t before = p->count;
    for (; *next < p->targets[t].draws && p->count - before < most; ++*next) {
        if (passes(p, *next)) {
            places[p->count - before] = *next;
            ADATOM_TRY(add_structure(p, t, *next));
        }
    }
    if (p->count == before) {
        return ADATOM_OK;
    }
    ADATOM_TRY(reconstruct(p, before, places));
    return predict_own(p, before);
}

/* By how much the surrogate was wrong about the structures of a target, on average, as far as they
 * were evaluated. */
static void learn_offset(adatom_pipeline *p, size_t first)
{
    double sum = 0, count = 0;
    for (size_t i = first; i < p->count; i++) {
        if (p->structures[i].has_energy) {
            sum += p->structures[i].evaluated - p->structures[i].own;
            count++;
        }
    }
    p->offset = count > 0 ? sum / count : 0;
}

/* One draw after the other, until as many structures as are wanted are there. */
static adatom_status make_structures(adatom_pipeline *p, size_t t, size_t *places)
{
    adatom_generate_target *target = &p->targets[t];
    const size_t first = p->count, wanted = (size_t)p->options->target_structures;
    int round = 0;
    p->offset = 0;
    for (size_t d = 0; d < target->draws && p->count - first < wanted;) {
        const size_t before = p->count, left = wanted - (before - first);
        const bool few = p->options->target_correct && left > TOGETHER;
        ADATOM_TRY(make_some(p, t, few ? TOGETHER : left, &d, places));
        if (p->options->target_correct) {
            ADATOM_TRY(correct(p, before, target, ++round));
        }
        drop_strayed(p, before, target);
        ADATOM_TRY(evaluate(p, before));
        if (p->options->target_correct) {
            learn_offset(p, first);
        }
    }
    return ADATOM_OK;
}

static adatom_status run_target(adatom_pipeline *p, size_t t)
{
    adatom_generate_target *target = &p->targets[t];
    const size_t first = p->count;
    size_t *places;
    target->property = p->options->target_property.values[t];
    ADATOM_TRY(draw(p, target));
    for (size_t d = 0; d < target->draws; d++) {
        target->passed += passes(p, d);
    }
    ADATOM_TRY(adatom_allocate((size_t)p->options->target_structures, sizeof *places, &places));
    const adatom_status status = make_structures(p, t, places);
    free(places);
    ADATOM_TRY(status);
    ADATOM_TRY(find_duplicates(p, first));
    count_structures(p, first, target);
    p->callbacks->target(p->callbacks->context, target);
    return ADATOM_OK;
}

/* ---- */

static void clear(adatom_pipeline *p)
{
    for (size_t i = 0; i < p->count; i++) {
        adatom_structure_free(p->structures[i].structure);
    }
    adatom_generator_free(p->cvae);
    adatom_generator_free(p->surrogate);
    adatom_matrix_clear(&p->data);
    adatom_scaling_clear(&p->scaling);
    adatom_global_free(p->global);
    adatom_team_free(p->team);
    adatom_evaluator_pool_free(p->pool);
    free(p->axes);
    free(p->targets);
    free(p->structures);
    free(p->draws);
    free(p->predicted);
    free(p->distances);
    free(p->drawn);
    free(p->data_property);
}

adatom_status adatom_generate(const adatom_generate_options *options, const char *folder,
                              const adatom_generate_callbacks *callbacks)
{
    adatom_pipeline *p;
    ADATOM_TRY(adatom_allocate(1, sizeof *p, &p));
    p->options = options;
    p->callbacks = callbacks;
    adatom_random_seed(&p->random, (uint64_t)options->run_seed, 0);
    adatom_status status = prepare(p);
    for (size_t t = 0; status == ADATOM_OK && t < p->target_count; t++) {
        status = run_target(p, t);
    }
    if (status == ADATOM_OK) {
        status = adatom_pipeline_write(p, folder);
    }
    clear(p);
    free(p);
    return status;
}

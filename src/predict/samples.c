#include "predict/samples.h"

#include "base/error.h"
#include "base/memory.h"
#include "base/random.h"
#include "io/number_text.h"

#include <limits.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { SPLIT_STREAM = 21 };

double adatom_samples_unit(const adatom_image_model *model, const adatom_structure *structure)
{
    return model->per_atom && structure->atom_count > 0 ? (double)structure->atom_count : 1;
}

/* ---- reading */

static const char *find_info(const adatom_frame *frame, const char *key, size_t length)
{
    for (size_t i = 0; i < frame->info_count; i++) {
        if (strlen(frame->info_keys[i]) == length &&
            strncmp(frame->info_keys[i], key, length) == 0) {
            return frame->info_values[i];
        }
    }
    return NULL;
}

bool adatom_samples_target(const adatom_frame *frame, const char *key, double *out)
{
    if (strcmp(key, "energy") == 0) {
        *out = frame->energy;
        return frame->has_energy;
    }
    const char *text = find_info(frame, key, strlen(key));
    return text != NULL && adatom_number_from_text(text, strlen(text), out) && isfinite(*out);
}

static adatom_status take_frames(const adatom_image_options *options, adatom_samples *samples,
                                 const adatom_frames *frames, const char *path)
{
    const char *key = options->data_target;
    for (size_t f = 0; f < frames->count; f++, samples->count++) {
        const adatom_frame *frame = &frames->frames[f];
        const size_t atoms = frame->structure->atom_count;
        if (!adatom_samples_target(frame, key, &samples->targets[samples->count])) {
            return adatom_fail(ADATOM_INVALID_INPUT, "%s: structure %zu has no number %s", path,
                               f + 1, key);
        }
        if (options->loss_forces > 0 && frame->forces == NULL) {
            return adatom_fail(ADATOM_INVALID_INPUT, "%s: structure %zu has no forces", path,
                               f + 1);
        }
        samples->forces[samples->count] = frame->forces;
        samples->structures[samples->count] = frame->structure;
        samples->most_atoms = atoms > samples->most_atoms ? atoms : samples->most_atoms;
    }
    return ADATOM_OK;
}

/* ---- trajectories */

/* True if both have the same values under all of the keys "a+b", and at least one of them. */
static bool is_same_trajectory(const adatom_frame *a, const adatom_frame *b, const char *keys)
{
    bool any = false;
    for (const char *at = keys; at != NULL;) {
        const size_t length = strcspn(at, "+");
        const char *of_a = find_info(a, at, length), *of_b = find_info(b, at, length);
        if ((of_a == NULL) != (of_b == NULL) || (of_a != NULL && strcmp(of_a, of_b) != 0)) {
            return false;
        }
        any = any || of_a != NULL;
        at = at[length] == '+' ? at + length + 1 : NULL;
    }
    return any;
}

/* The trajectory of each frame, numbered as they come; *count gets their number. firsts[count] are
 * their first frames. Frames of a trajectory nearly always stand together. */
static void number_trajectories(const adatom_frames *frames, const char *keys, int *numbers,
                                size_t *firsts, size_t *count)
{
    *count = 0;
    for (size_t f = 0; f < frames->count; f++) {
        size_t g = *count;
        const adatom_frame *frame = &frames->frames[f];
        const bool named = is_same_trajectory(frame, frame, keys);
        if (named && f > 0 && is_same_trajectory(frame, &frame[-1], keys)) {
            g = (size_t)numbers[f - 1];
        } else if (named) {
            for (g = 0; g < *count; g++) {
                if (is_same_trajectory(frame, &frames->frames[firsts[g]], keys)) {
                    break;
                }
            }
        }
        if (g == *count) {
            firsts[(*count)++] = f;
        }
        numbers[f] = (int)g;
    }
}

static void shuffle(int *values, size_t count, adatom_random *random)
{
    for (size_t i = count; i > 1; i--) {
        const size_t j = adatom_random_below(random, i);
        const int kept = values[i - 1];
        values[i - 1] = values[j];
        values[j] = kept;
    }
}

/* set_of[trajectory]: whole trajectories, in random order, until the shares are reached. */
static void draw_sets(const adatom_image_options *options, const int *numbers, size_t frame_count,
                      int *order, size_t *sizes, int *set_of, size_t count)
{
    adatom_random random;
    adatom_random_seed(&random, (uint64_t)options->run_seed, SPLIT_STREAM);
    for (size_t g = 0; g < count; g++) {
        order[g] = (int)g;
        sizes[g] = 0;
    }
    for (size_t f = 0; f < frame_count; f++) {
        sizes[numbers[f]]++;
    }
    shuffle(order, count, &random);
    const double test = options->data_test[0] != '\0' ? 0 : options->data_test_share;
    const double limits[2] = {test * (double)frame_count,
                              (1 - test) * options->data_validation * (double)frame_count};
    const adatom_sample_set sets[2] = {ADATOM_SET_TEST, ADATOM_SET_VALIDATION};
    size_t at = 0;
    for (int s = 0; s < 2; s++) {
        for (double taken = 0; taken < limits[s] && at + 1 < count; at++) {
            set_of[order[at]] = (int)sets[s];
            taken += (double)sizes[order[at]];
        }
    }
    for (; at < count; at++) {
        set_of[order[at]] = ADATOM_SET_TRAIN;
    }
}

static void add_to_set(adatom_samples *samples, int set, size_t sample)
{
    samples->sets[set][samples->set_counts[set]++] = (int)sample;
}

static adatom_status split(const adatom_image_options *options, adatom_samples *samples)
{
    const size_t count = samples->frames.count;
    int *numbers;
    size_t *firsts;
    ADATOM_TRY(adatom_allocate(3 * count + 1, sizeof *numbers, &numbers));
    adatom_status status = adatom_allocate(2 * count + 1, sizeof *firsts, &firsts);
    if (status == ADATOM_OK) {
        size_t trajectories;
        int *order = numbers + count, *set_of = numbers + 2 * count;
        number_trajectories(&samples->frames, options->data_trajectory, numbers, firsts,
                            &trajectories);
        draw_sets(options, numbers, count, order, firsts + count, set_of, trajectories);
        for (size_t f = 0; f < count; f++) {
            add_to_set(samples, set_of[numbers[f]], f);
        }
        for (size_t f = count; f < samples->count; f++) {
            add_to_set(samples, ADATOM_SET_TEST, f);
        }
        free(firsts);
    }
    free(numbers);
    return status;
}

static adatom_status read_all(const adatom_image_options *options, adatom_samples *out)
{
    ADATOM_TRY(adatom_extxyz_read(options->data_structures, &out->frames));
    if (options->data_test[0] != '\0') {
        ADATOM_TRY(adatom_extxyz_read(options->data_test, &out->test_frames));
    }
    const size_t count = out->frames.count + out->test_frames.count;
    if (out->frames.count == 0 || count > INT_MAX / 4) {
        return adatom_fail(ADATOM_INVALID_INPUT, "%s: %zu structures to learn from",
                           options->data_structures, count);
    }
    ADATOM_TRY(adatom_allocate(count, sizeof *out->targets, &out->targets));
    ADATOM_TRY(adatom_allocate(count, sizeof *out->structures, &out->structures));
    ADATOM_TRY(adatom_allocate(count, sizeof *out->forces, &out->forces));
    for (int s = 0; s < ADATOM_SET_COUNT; s++) {
        ADATOM_TRY(adatom_allocate(count, sizeof(int), &out->sets[s]));
    }
    ADATOM_TRY(take_frames(options, out, &out->frames, options->data_structures));
    ADATOM_TRY(take_frames(options, out, &out->test_frames, options->data_test));
    return split(options, out);
}

adatom_status adatom_samples_read(const adatom_image_options *options, adatom_samples *out)
{
    adatom_samples samples = {.count = 0};
    const adatom_status status = read_all(options, &samples);
    if (status != ADATOM_OK) {
        adatom_samples_clear(&samples);
        return status;
    }
    *out = samples;
    return ADATOM_OK;
}

void adatom_samples_clear(adatom_samples *samples)
{
    adatom_frames_clear(&samples->frames);
    adatom_frames_clear(&samples->test_frames);
    free(samples->structures);
    free(samples->targets);
    free(samples->forces);
    for (int s = 0; s < ADATOM_SET_COUNT; s++) {
        free(samples->sets[s]);
    }
    *samples = (adatom_samples){.count = 0};
}

/* ---- what is known without a network */

enum { TERMS = ADATOM_ELEMENT_COUNT + 1 };

/* Solves matrix x = right for a symmetric positive matrix of the first `count` terms. */
static void solve(size_t count, double (*matrix)[TERMS], double *right)
{
    for (size_t i = 0; i < count; i++) {
        for (size_t r = i + 1; r < count; r++) {
            const double factor = matrix[r][i] / matrix[i][i];
            for (size_t c = i; c < count; c++) {
                matrix[r][c] -= factor * matrix[i][c];
            }
            right[r] -= factor * right[i];
        }
    }
    for (size_t i = count; i-- > 0;) {
        for (size_t c = i + 1; c < count; c++) {
            right[i] -= matrix[i][c] * right[c];
        }
        right[i] /= matrix[i][i];
    }
}

static size_t list_elements(const adatom_samples *samples, int column_of[TERMS])
{
    bool seen[TERMS] = {false};
    for (size_t i = 0; i < samples->count; i++) {
        for (size_t a = 0; a < samples->structures[i]->atom_count; a++) {
            seen[samples->structures[i]->atomic_numbers[a]] = true;
        }
    }
    size_t count = 0;
    for (int z = 0; z < TERMS; z++) {
        column_of[z] = seen[z] ? (int)count++ : -1;
    }
    return count;
}

/* Least squares by the numbers of atoms of each element, held near 0 where they do not tell. */
static adatom_status fit_shares(const adatom_samples *samples, const double *learned,
                                double shares[TERMS])
{
    int column_of[TERMS];
    const size_t count = list_elements(samples, column_of);
    double(*matrix)[TERMS], right[TERMS] = {0};
    ADATOM_TRY(adatom_allocate(TERMS, sizeof *matrix, &matrix));
    for (size_t s = 0; s < samples->set_counts[ADATOM_SET_TRAIN]; s++) {
        const int sample = samples->sets[ADATOM_SET_TRAIN][s];
        const adatom_structure *structure = samples->structures[sample];
        double amounts[TERMS] = {0};
        for (size_t a = 0; a < structure->atom_count; a++) {
            amounts[column_of[structure->atomic_numbers[a]]]++;
        }
        for (size_t r = 0; r < count; r++) {
            for (size_t c = 0; c < count; c++) {
                matrix[r][c] += amounts[r] * amounts[c];
            }
            right[r] += amounts[r] * (samples->targets[sample] - learned[s]);
        }
    }
    for (size_t r = 0; r < count; r++) {
        matrix[r][r] = matrix[r][r] * (1 + 1e-9) + 1e-9;
    }
    solve(count, matrix, right);
    free(matrix);
    for (int z = 0; z < TERMS; z++) {
        shares[z] = column_of[z] >= 0 ? right[column_of[z]] : 0;
    }
    return ADATOM_OK;
}

/* *squares: the mean square of what is left. */
static adatom_status fit_known(const adatom_samples *samples, bool composition,
                               const double *learned, adatom_image_model *model, double *squares)
{
    const size_t count = samples->set_counts[ADATOM_SET_TRAIN];
    model->offset = 0;
    memset(model->shares, 0, sizeof model->shares);
    if (composition) {
        ADATOM_TRY(fit_shares(samples, learned, model->shares));
    }
    double sum = 0, all = 0;
    for (size_t s = 0; s < count; s++) {
        const int sample = samples->sets[ADATOM_SET_TRAIN][s];
        const double rest = samples->targets[sample] - learned[s] -
                            adatom_image_model_known(model, samples->structures[sample]);
        sum += rest;
        all += rest * rest;
    }
    const double mean = sum / (double)count;
    model->offset = composition ? 0 : mean; /* a sum of local shares has no constant */
    *squares = composition ? all / (double)count : all / (double)count - mean * mean;
    return ADATOM_OK;
}

adatom_status adatom_samples_fit_rest(const adatom_samples *samples, bool composition,
                                      const double *learned, adatom_image_model *model)
{
    double squares;
    return fit_known(samples, composition, learned, model, &squares);
}

adatom_status adatom_samples_fit(const adatom_samples *samples, bool composition,
                                 adatom_image_model *model)
{
    double *learned, variance = 0;
    ADATOM_TRY(
        adatom_allocate(samples->set_counts[ADATOM_SET_TRAIN] + 1, sizeof *learned, &learned));
    const adatom_status status = fit_known(samples, composition, learned, model, &variance);
    free(learned);
    ADATOM_TRY(status);
    model->scale = variance > 0 ? sqrt(variance) : 1;
    if (adatom_image_model_is_extensive(model)) { /* so many places add up */
        model->scale /= sqrt((double)adatom_convnet_places(&model->network));
    }
    return ADATOM_OK;
}

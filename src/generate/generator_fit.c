/* The epochs of a training. */
#include "base/clock.h"
#include "base/error.h"
#include "base/memory.h"
#include "generate/training.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

/* Streams of random numbers; each further member has one of its own. */
enum { FIRST_STREAM = 2, VALIDATION_STREAM = 3, MEMBER_STREAM = 16 };

void adatom_generator_shuffle(adatom_random *random, size_t count, size_t *order)
{
    for (size_t i = count; i > 1; i--) {
        const size_t j = (size_t)adatom_random_below(random, i), kept = order[i - 1];
        order[i - 1] = order[j];
        order[j] = kept;
    }
}

/* The split comes from the first member's stream, which goes on with its epochs. */
void adatom_generator_start_member(adatom_generator_training *t)
{
    const size_t size = t->count * sizeof(float);
    const uint64_t seed = (uint64_t)t->options.run_seed;
    if (t->member > 0) {
        adatom_random_seed(&t->random, seed, (uint64_t)(MEMBER_STREAM + t->member));
    } else {
        adatom_random_seed(&t->random, seed, FIRST_STREAM);
        for (size_t i = 0; i < t->features.count; i++) {
            t->order[i] = i;
        }
        adatom_generator_shuffle(&t->random, t->features.count, t->order);
    }
    adatom_lesson_pack(t->lesson, t->member, t->weights);
    memcpy(t->best, t->weights, size);
    memset(t->adam->mean, 0, size);
    memset(t->adam->variance, 0, size);
    t->adam->step = 0;
    t->epoch = 0;
    t->best_loss = INFINITY;
}

static double learn(adatom_generator_training *t, double rate)
{
    const size_t batch = (size_t)t->options.optimizer_batch;
    double sum = 0;
    adatom_generator_shuffle(&t->random, t->trained, t->order);
    for (size_t first = 0; first < t->trained; first += batch) {
        const size_t left = t->trained - first, some = left < batch ? left : batch;
        sum += adatom_lesson_loss(t->lesson, t->weights, some, t->order + first, &t->random,
                                  t->gradient);
        adatom_adam_float_update(t->adam, rate, 1 / (double)some, t->options.optimizer_weight_decay,
                                 t->gradient, t->weights);
    }
    return sum / (double)t->trained;
}

/* Mean over the rows that are not trained on, with the same noise in every epoch. */
static double validate(adatom_generator_training *t)
{
    const size_t batch = (size_t)t->options.optimizer_batch;
    adatom_random random;
    adatom_random_seed(&random, (uint64_t)t->options.run_seed, VALIDATION_STREAM);
    double sum = 0;
    for (size_t first = t->trained; first < t->features.count; first += batch) {
        const size_t left = t->features.count - first, some = left < batch ? left : batch;
        sum += adatom_lesson_loss(t->lesson, t->weights, some, t->order + first, &random, NULL);
    }
    return sum / (double)(t->features.count - t->trained);
}

static void tell(const adatom_generator_training *t, const adatom_generator_row *row)
{
    char line[128];
    const int used = snprintf(line, sizeof line, "loss %.4g", row->loss);
    if (t->trained < t->features.count) {
        snprintf(line + used, sizeof line - (size_t)used, ", validation %.4g", row->validation);
    }
    const adatom_train_state state = {t->member + 1, t->generator->members, t->epoch,
                                      t->options.optimizer_epochs, line};
    t->job->callbacks->progress(t->job->callbacks->context, &state);
}

adatom_status adatom_generator_run_epoch(adatom_generator_training *t)
{
    const int64_t epochs = t->options.optimizer_epochs;
    const double first = t->options.optimizer_learning_rate;
    const double fall = t->options.optimizer_final_rate / first;
    ADATOM_TRY(adatom_grow(&t->rows, &t->row_capacity, t->row_count + 1, sizeof *t->rows));
    adatom_generator_row *row = &t->rows[t->row_count++];
    row->member = t->member + 1;
    row->rate = first * pow(fall, epochs > 1 ? (double)t->epoch / (double)(epochs - 1) : 0);
    row->loss = learn(t, row->rate);
    row->validation = t->trained < t->features.count ? validate(t) : row->loss;
    row->seconds = t->seconds_before + adatom_clock() - t->started;
    row->epoch = (double)++t->epoch;
    if (row->validation < t->best_loss) {
        t->best_loss = row->validation;
        memcpy(t->best, t->weights, t->count * sizeof *t->best);
    }
    if (!isfinite(row->loss)) {
        return adatom_fail(ADATOM_INVALID_INPUT,
                           "the loss became infinite in epoch %lld; a smaller "
                           "optimizer.learning_rate may help",
                           (long long)t->epoch);
    }
    tell(t, row);
    return ADATOM_OK;
}

#include "potential/fit.h"

#include "base/error.h"
#include "base/memory.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

/* Streams of random numbers, members counted on. */
enum { STREAM_SPLIT = 1000, STREAM_WEIGHTS = 2000, STREAM_ORDER = 3000 };

/* ---- creation */

static void shuffle(size_t *values, size_t count, adatom_random *random)
{
    for (size_t i = count; i > 1; i--) {
        const size_t other = adatom_random_below(random, i), kept = values[i - 1];
        values[i - 1] = values[other];
        values[other] = kept;
    }
}

static adatom_status split_groups(adatom_fit *fit, size_t group_count, int member)
{
    const adatom_potential_options *options = fit->options;
    size_t *order;
    ADATOM_TRY(adatom_allocate(group_count, sizeof *order, &order));
    for (size_t g = 0; g < group_count; g++) {
        order[g] = g;
    }
    adatom_random random;
    adatom_random_seed(&random, (uint64_t)options->run_seed,
                       STREAM_SPLIT + (options->committee_own_split ? (uint64_t)member : 0));
    shuffle(order, group_count, &random);
    fit->validation_count = (size_t)(options->data_validation * (double)group_count + 0.5);
    if (fit->validation_count == 0 && options->data_validation > 0 && group_count > 1) {
        fit->validation_count = 1;
    }
    fit->train_count = group_count - fit->validation_count;
    fit->validation = order; /* one allocation for both */
    fit->train = order + fit->validation_count;
    return ADATOM_OK;
}

static adatom_status create_optimizer(adatom_fit *fit)
{
    switch (fit->options->optimizer_method) {
    case ADATOM_FIT_LEVENBERG:
        return adatom_levenberg_create(fit->count, &fit->levenberg);
    case ADATOM_FIT_LBFGS:
        return adatom_lbfgs_create(fit->count, (int)fit->options->optimizer_pairs, &fit->lbfgs);
    default:
        return adatom_adam_double_create(fit->count, &fit->adam);
    }
}

static adatom_status fill_fit(adatom_fit *fit, const adatom_potential *potential,
                              size_t group_count, int member)
{
    ADATOM_TRY(split_groups(fit, group_count, member));
    if (fit->train_count == 0) {
        return adatom_fail(ADATOM_INVALID_INPUT, "data.validation leaves nothing to train on");
    }
    ADATOM_TRY(adatom_allocate_aligned(fit->count, sizeof(double), &fit->weights));
    ADATOM_TRY(adatom_allocate_aligned(fit->count, sizeof(double), &fit->gradient));
    ADATOM_TRY(adatom_allocate_aligned(fit->count, sizeof(double), &fit->best));
    ADATOM_TRY(create_optimizer(fit));
    adatom_random random;
    const uint64_t seed = (uint64_t)fit->options->run_seed, number = (uint64_t)member;
    adatom_random_seed(&random, seed, STREAM_WEIGHTS + number);
    for (size_t t = 0; t < potential->element_count; t++) {
        adatom_dense_initialize(&potential->elements[t].dense, &random,
                                fit->weights + adatom_loss_offset(fit->loss, t));
    }
    memcpy(fit->best, fit->weights, fit->count * sizeof(double));
    adatom_random_seed(&fit->random, seed, STREAM_ORDER + number);
    return ADATOM_OK;
}

adatom_status adatom_fit_create(const adatom_potential_options *options,
                                const adatom_potential *potential, adatom_loss *loss,
                                size_t group_count, int member, adatom_fit **out)
{
    adatom_fit *fit;
    ADATOM_TRY(adatom_allocate(1, sizeof *fit, &fit));
    fit->options = options;
    fit->loss = loss;
    fit->energy_factor = potential->energy_factor;
    fit->count = adatom_loss_weight_count(loss);
    fit->best_score = INFINITY;
    const adatom_status status = fill_fit(fit, potential, group_count, member);
    if (status != ADATOM_OK) {
        adatom_fit_free(fit);
        return status;
    }
    *out = fit;
    return ADATOM_OK;
}

void adatom_fit_free(adatom_fit *fit)
{
    if (fit == NULL) {
        return;
    }
    free(fit->validation);
    free(fit->weights);
    free(fit->gradient);
    free(fit->best);
    adatom_levenberg_free(fit->levenberg);
    adatom_lbfgs_free(fit->lbfgs);
    adatom_adam_double_free(fit->adam);
    free(fit);
}

/* ---- what the optimizers ask for */

static adatom_group_list train_list(const adatom_fit *fit)
{
    return (adatom_group_list){fit->train_count, fit->train};
}

static adatom_status loss_and_gradient(void *context, const double *weights, double *loss,
                                       double *gradient)
{
    adatom_fit *fit = context;
    ADATOM_TRY(
        adatom_loss_gradient_of(fit->loss, train_list(fit), weights, gradient, &fit->errors));
    *loss = fit->errors.loss;
    return ADATOM_OK;
}

static adatom_status equations(void *context, const double *weights, double *squares,
                               double *products, double *loss)
{
    adatom_fit *fit = context;
    if (squares != NULL) {
        return adatom_loss_equations(fit->loss, train_list(fit), weights, squares, products, loss);
    }
    ADATOM_TRY(adatom_loss_errors(fit->loss, train_list(fit), weights, &fit->errors));
    *loss = fit->errors.loss;
    return ADATOM_OK;
}

/* ---- an epoch */

static double learning_rate(const adatom_fit *fit)
{
    const adatom_potential_options *options = fit->options;
    const double steps = (double)options->optimizer_epochs - 1;
    const double part = steps > 0 ? (double)fit->epoch / steps : 0;
    return options->optimizer_learning_rate *
           pow(options->optimizer_final_rate / options->optimizer_learning_rate, part);
}

static void add_errors(adatom_training_errors *sum, const adatom_training_errors *more,
                       double weight)
{
    sum->energy_squares += more->energy_squares;
    sum->force_squares += more->force_squares;
    sum->energies += more->energies;
    sum->force_components += more->force_components;
    sum->loss += weight * more->loss;
}

/* The errors are those that each step started from. */
static adatom_status adam_epoch(adatom_fit *fit)
{
    size_t *order;
    ADATOM_TRY(adatom_allocate(fit->train_count, sizeof *order, &order));
    memcpy(order, fit->train, fit->train_count * sizeof *order);
    shuffle(order, fit->train_count, &fit->random);
    fit->adam->learning_rate = learning_rate(fit);
    adatom_training_errors sum = {0};
    adatom_status status = ADATOM_OK;
    const size_t batch = (size_t)fit->options->optimizer_batch;
    for (size_t first = 0; first < fit->train_count && status == ADATOM_OK; first += batch) {
        const size_t left = fit->train_count - first, count = left < batch ? left : batch;
        adatom_training_errors errors = {0};
        status = adatom_loss_gradient_of(fit->loss, (adatom_group_list){count, order + first},
                                         fit->weights, fit->gradient, &errors);
        adatom_adam_double_update(fit->adam, fit->gradient, fit->weights);
        add_errors(&sum, &errors, (double)count / (double)fit->train_count);
    }
    free(order);
    fit->errors = sum;
    return status;
}

static adatom_status optimize(adatom_fit *fit)
{
    bool moved = true;
    double loss;
    if (fit->levenberg != NULL) {
        ADATOM_TRY(
            adatom_levenberg_step(fit->levenberg, equations, fit, fit->weights, &loss, &moved));
    } else if (fit->lbfgs != NULL) {
        ADATOM_TRY(
            adatom_lbfgs_step(fit->lbfgs, loss_and_gradient, fit, fit->weights, &loss, &moved));
    } else {
        ADATOM_TRY(adam_epoch(fit));
    }
    if (!moved) {
        fit->finished = true;
        return adatom_loss_errors(fit->loss, train_list(fit), fit->weights, &fit->errors);
    }
    return ADATOM_OK;
}

double adatom_fit_energy_error(const adatom_training_errors *errors, double energy_factor)
{
    return errors->energies > 0
               ? energy_factor * sqrt(errors->energy_squares / (double)errors->energies)
               : 0;
}

double adatom_fit_force_error(const adatom_training_errors *errors, double energy_factor)
{
    return errors->force_components > 0
               ? energy_factor * sqrt(errors->force_squares / (double)errors->force_components)
               : 0;
}

/* Keeps the weights if they are the best so far, and sees whether that is long ago. */
static void judge(adatom_fit *fit, double score)
{
    if (score < fit->best_score) {
        fit->best_score = score;
        fit->best_epoch = fit->epoch;
        memcpy(fit->best, fit->weights, fit->count * sizeof(double));
    }
    const int64_t patience = fit->options->stop_patience;
    if (fit->epoch >= fit->options->optimizer_epochs ||
        (patience > 0 && fit->epoch - fit->best_epoch >= patience)) {
        fit->finished = true;
    }
}

adatom_status adatom_fit_epoch(adatom_fit *fit, adatom_learning_row *row)
{
    ADATOM_TRY(optimize(fit));
    const double factor = fit->energy_factor;
    *row = (adatom_learning_row){.epoch = (double)++fit->epoch,
                                 .loss = fit->errors.loss,
                                 .energy = adatom_fit_energy_error(&fit->errors, factor),
                                 .forces = adatom_fit_force_error(&fit->errors, factor),
                                 .rate = fit->levenberg != NULL ? fit->levenberg->damping
                                         : fit->adam != NULL    ? fit->adam->learning_rate
                                                                : 0};
    double score = fit->errors.loss;
    if (fit->validation_count > 0) {
        adatom_training_errors errors;
        const adatom_group_list list = {fit->validation_count, fit->validation};
        ADATOM_TRY(adatom_loss_errors(fit->loss, list, fit->weights, &errors));
        row->validation_energy = adatom_fit_energy_error(&errors, factor);
        row->validation_forces = adatom_fit_force_error(&errors, factor);
        score = errors.loss;
    }
    if (!isfinite(score) || !isfinite(fit->errors.loss)) {
        return adatom_fail(ADATOM_EVALUATION_FAILED,
                           "the loss is no number any more: a lower optimizer.learning_rate");
    }
    judge(fit, score);
    return ADATOM_OK;
}

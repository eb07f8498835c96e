#include "predict/force_lesson.h"

#include "base/error.h"
#include "base/memory.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

static const double displacement = 0.02; /* of the atom that moves most, Å */

struct adatom_force_lesson {
    adatom_image_training *training;
    adatom_convnet_run *run; /* for twice the batch */
    int batch;
    double scale;            /* root mean square of the components in the data, eV/Å */
    double (**positions)[3]; /* [2 batch] of the images */
    double (**varied)[3];    /* [batch] as drawn */
    double (**errors)[3];    /* [batch] F - F0, eV/Å */
    double (**truths)[3];    /* [batch] F0 of what is drawn */
    double *largest;         /* [batch] length of the largest error of an atom */
    float *outputs, *slopes; /* [2 batch] */
    float *image_slopes;     /* [batch][channel][place] */
    const int *samples;      /* for the threads */
};

/* ---- memory */

static adatom_status create_tables(size_t count, size_t atoms, double (***out)[3])
{
    ADATOM_TRY(adatom_allocate(count, sizeof **out, out));
    for (size_t i = 0; i < count; i++) {
        ADATOM_TRY(adatom_allocate(atoms, sizeof(double[3]), &(*out)[i]));
    }
    return ADATOM_OK;
}

static void free_tables(size_t count, double (**tables)[3])
{
    for (size_t i = 0; tables != NULL && i < count; i++) {
        free(tables[i]);
    }
    free(tables);
}

/* Directions that the image shows. */
static int dimensions_of(const adatom_force_lesson *lesson)
{
    return lesson->training->model->image.dimensions;
}

static double mean_square_force(const adatom_force_lesson *lesson)
{
    const adatom_samples *samples = &lesson->training->samples;
    const int dimensions = dimensions_of(lesson);
    double sum = 0, count = 0;
    for (size_t s = 0; s < samples->set_counts[ADATOM_SET_TRAIN]; s++) {
        const int sample = samples->sets[ADATOM_SET_TRAIN][s];
        for (size_t a = 0; a < samples->structures[sample]->atom_count; a++) {
            for (int k = 0; k < dimensions; k++, count++) {
                sum += samples->forces[sample][a][k] * samples->forces[sample][a][k];
            }
        }
    }
    return count > 0 ? sum / count : 0;
}

static adatom_status fill(adatom_force_lesson *lesson)
{
    const adatom_image_training *training = lesson->training;
    const adatom_convnet *network = &training->model->network;
    const size_t batch = (size_t)lesson->batch, atoms = training->samples.most_atoms;
    const double square = mean_square_force(lesson);
    lesson->scale = square > 0 ? sqrt(square) : 1;
    ADATOM_TRY(
        adatom_convnet_run_create(network, 2 * lesson->batch, true, training->team, &lesson->run));
    ADATOM_TRY(create_tables(2 * batch, atoms, &lesson->positions));
    ADATOM_TRY(create_tables(batch, atoms, &lesson->varied));
    ADATOM_TRY(create_tables(batch, atoms, &lesson->errors));
    ADATOM_TRY(create_tables(batch, atoms, &lesson->truths));
    ADATOM_TRY(adatom_allocate(batch, sizeof(double), &lesson->largest));
    ADATOM_TRY(adatom_allocate(2 * batch, sizeof(float), &lesson->outputs));
    ADATOM_TRY(adatom_allocate(2 * batch, sizeof(float), &lesson->slopes));
    return adatom_allocate(batch * adatom_convnet_places(network) * (size_t)network->channels,
                           sizeof(float), &lesson->image_slopes);
}

adatom_status adatom_force_lesson_create(adatom_image_training *training, adatom_force_lesson **out)
{
    adatom_force_lesson *lesson;
    ADATOM_TRY(adatom_allocate(1, sizeof *lesson, &lesson));
    lesson->training = training;
    lesson->batch = (int)training->options.optimizer_batch;
    const adatom_status status = fill(lesson);
    if (status != ADATOM_OK) {
        adatom_force_lesson_free(lesson);
        return status;
    }
    *out = lesson;
    return ADATOM_OK;
}

void adatom_force_lesson_free(adatom_force_lesson *lesson)
{
    if (lesson == NULL) {
        return;
    }
    const size_t batch = (size_t)lesson->batch;
    adatom_convnet_run_free(lesson->run);
    free_tables(2 * batch, lesson->positions);
    free_tables(batch, lesson->varied);
    free_tables(batch, lesson->errors);
    free_tables(batch, lesson->truths);
    free(lesson->largest);
    free(lesson->outputs);
    free(lesson->slopes);
    free(lesson->image_slopes);
    free(lesson);
}

/* ---- forces */

static void take_view(adatom_force_lesson *lesson, int item, bool varied)
{
    const adatom_image_training *training = lesson->training;
    const int sample = lesson->samples[item];
    const adatom_structure *structure = training->samples.structures[sample];
    adatom_variation variation = {.turn = {{1, 0, 0}, {0, 1, 0}, {0, 0, 1}}};
    if (varied) {
        variation = adatom_image_variation(training, sample);
    }
    adatom_variation_positions(&variation, structure->atom_count, structure->positions,
                               lesson->varied[item]);
    adatom_variation_vectors(&variation, structure->atom_count, training->samples.forces[sample],
                             lesson->truths[item]);
}

/* Of one image: F - F0, and the largest of them. */
static void compare_forces(void *context, int item, int thread)
{
    adatom_force_lesson *lesson = context;
    const adatom_image_model *model = lesson->training->model;
    const size_t pixels = adatom_convnet_places(&model->network) * (size_t)model->network.channels;
    adatom_structure structure = *lesson->training->samples.structures[lesson->samples[item]];
    double(*errors)[3] = lesson->errors[item];
    double largest = 0;
    (void)thread;
    structure.positions = lesson->varied[item];
    adatom_potential_image_forces(&model->image, &structure, model->network.size,
                                  lesson->image_slopes + (size_t)item * pixels, errors);
    for (size_t a = 0; a < structure.atom_count; a++) {
        double square = 0;
        for (int k = 0; k < 3; k++) {
            errors[a][k] = k < dimensions_of(lesson)
                               ? model->scale * errors[a][k] - lesson->truths[item][a][k]
                               : 0;
            square += errors[a][k] * errors[a][k];
        }
        largest = fmax(largest, square);
    }
    lesson->largest[item] = sqrt(largest);
}

/* Forward and the forces' errors of samples[count]. */
static void compute_forces(adatom_force_lesson *lesson, const int *samples, int count, bool varied,
                           adatom_image_errors *errors)
{
    adatom_image_training *training = lesson->training;
    lesson->samples = samples;
    for (int i = 0; i < count; i++) {
        take_view(lesson, i, varied);
        lesson->slopes[i] = 1;
    }
    training->drawing =
        (adatom_image_drawing){.samples = samples, .each = 1, .positions = lesson->varied};
    adatom_convnet_forward(lesson->run, training->model->weights, count, adatom_image_draw_sample,
                           training, training->outputs);
    adatom_convnet_backward(lesson->run, training->model->weights, lesson->slopes,
                            training->gradient, lesson->image_slopes);
    adatom_team_run(training->team, count, compare_forces, lesson);
    for (int i = 0; i < count; i++) {
        const size_t atoms = training->samples.structures[samples[i]]->atom_count;
        for (size_t a = 0; a < atoms; a++) {
            for (int k = 0; k < dimensions_of(lesson); k++) {
                errors->force_squares += lesson->errors[i][a][k] * lesson->errors[i][a][k];
                errors->force_count++;
            }
        }
    }
}

/* Images 2 i and 2 i + 1: displaced along the errors, and against them. */
static void displace(adatom_force_lesson *lesson, int i)
{
    const adatom_structure *structure = lesson->training->samples.structures[lesson->samples[i]];
    const double step = lesson->largest[i] > 0 ? displacement / lesson->largest[i] : 0;
    for (size_t a = 0; a < structure->atom_count; a++) {
        for (int k = 0; k < 3; k++) {
            const double moved = step * lesson->errors[i][a][k];
            lesson->positions[2 * i][a][k] = lesson->varied[i][a][k] + moved;
            lesson->positions[2 * i + 1][a][k] = lesson->varied[i][a][k] - moved;
        }
    }
}

/* training->slopes are those of the energies' errors. */
static void weigh(adatom_force_lesson *lesson, int i, int count)
{
    const adatom_image_training *training = lesson->training;
    const size_t atoms = training->samples.structures[lesson->samples[i]]->atom_count;
    const double components = (double)atoms * dimensions_of(lesson) * count;
    const double weight =
        training->options.loss_forces / (components * lesson->scale * lesson->scale);
    const double pull = weight * lesson->largest[i] / displacement * training->model->scale;
    const double energy = (double)training->slopes[i] / 2;
    lesson->slopes[2 * i] = (float)(energy - pull);
    lesson->slopes[2 * i + 1] = (float)(energy + pull);
}

void adatom_force_lesson_descend(adatom_force_lesson *lesson, const int *samples, int count)
{
    adatom_image_training *training = lesson->training;
    const bool varied = training->options.data_move || training->options.data_turn;
    compute_forces(lesson, samples, count, varied, &training->sums);
    adatom_image_judge(training, samples, count, &training->sums, NULL);
    for (int i = 0; i < count; i++) {
        displace(lesson, i);
        weigh(lesson, i, count);
    }
    training->drawing =
        (adatom_image_drawing){.samples = samples, .each = 2, .positions = lesson->positions};
    adatom_convnet_forward(lesson->run, training->model->weights, 2 * count,
                           adatom_image_draw_sample, training, lesson->outputs);
    adatom_convnet_backward(lesson->run, training->model->weights, lesson->slopes,
                            training->gradient, NULL);
}

void adatom_force_lesson_errors(adatom_force_lesson *lesson, const int *samples, size_t count,
                                adatom_image_errors *errors)
{
    for (size_t first = 0; first < count; first += (size_t)lesson->batch) {
        const size_t left = count - first;
        const int size = left < (size_t)lesson->batch ? (int)left : lesson->batch;
        compute_forces(lesson, samples + first, size, false, errors);
    }
}

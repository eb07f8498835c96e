/* What a training draws, and what the outputs of the network mean. */
#include "predict/training.h"

#include <math.h>

enum { VARIATION_STREAM = 1000 };

adatom_variation adatom_image_variation(const adatom_image_training *training, int sample)
{
    adatom_random random;
    adatom_random_seed(&random, (uint64_t)training->options.run_seed,
                       (uint64_t)VARIATION_STREAM +
                           (uint64_t)training->epoch * training->samples.count + (uint64_t)sample);
    return adatom_variation_draw(training->samples.structures[sample],
                                 training->model->image.dimensions, training->options.data_move,
                                 training->options.data_turn, &random);
}

void adatom_image_draw_sample(void *context, int item, int thread, float *image)
{
    const adatom_image_training *training = context;
    const adatom_image_drawing *drawing = &training->drawing;
    const int sample = drawing->samples[item / drawing->each];
    adatom_structure structure = *training->samples.structures[sample];
    if (drawing->positions != NULL) {
        structure.positions = drawing->positions[item];
    } else if (drawing->varied) {
        const adatom_variation variation = adatom_image_variation(training, sample);
        adatom_variation_positions(&variation, structure.atom_count, structure.positions,
                                   training->positions[thread]);
        structure.positions = training->positions[thread];
    }
    adatom_potential_image_draw(&training->model->image, &structure, training->model->network.size,
                                image);
}

void adatom_image_judge(adatom_image_training *training, const int *samples, int count,
                        adatom_image_errors *errors, double *values)
{
    const adatom_image_model *model = training->model;
    for (int i = 0; i < count; i++) {
        const adatom_structure *structure = training->samples.structures[samples[i]];
        const double known = adatom_image_model_known(model, structure);
        const double value = known + model->scale * (double)training->outputs[i];
        const double atoms = adatom_samples_unit(model, structure);
        const double error = (value - training->samples.targets[samples[i]]) / atoms;
        const double weighed = error / model->scale;
        errors->count++;
        errors->squares += error * error;
        errors->absolute += fabs(error);
        errors->largest = fmax(errors->largest, fabs(error));
        errors->loss += weighed * weighed;
        training->slopes[i] = (float)(2 * weighed / atoms / count);
        if (values != NULL) {
            values[i] = value;
        }
    }
}

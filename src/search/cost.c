#include "search/cost.h"

#include "base/error.h"
#include "base/memory.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { PATCH_MOST = 255 };

adatom_status adatom_cost_make(const adatom_grid *grid, adatom_spillover kind, double radius,
                               double eta, int outputs, adatom_cost *cost)
{
    adatom_cost made = {.kind = kind, .outputs = outputs};
    double box[3];
    adatom_grid_ball_box(grid, radius + 1e-9, box);
    for (int i = 0; i < 3; i++) {
        if (box[i] > PATCH_MOST / 2) {
            return adatom_fail(ADATOM_INVALID_INPUT,
                               "training.spillover_radius: %g Å is more than %d grid points",
                               radius, PATCH_MOST / 2);
        }
        made.size[i] = 2 * (int)floor(box[i]) + 1;
    }
    const int area = made.size[0] * made.size[1] * made.size[2];
    ADATOM_TRY(adatom_allocate((size_t)area, sizeof *made.weights, &made.weights));
    for (int i = 0; i < area; i++) {
        const int column = i / made.size[2];
        const double step[3] = {column / made.size[1] - made.size[0] / 2,
                                column % made.size[1] - made.size[1] / 2,
                                i % made.size[2] - made.size[2] / 2};
        made.weights[i] = adatom_grid_length(grid, step) <= radius + 1e-9 ? (float)eta : 0;
    }
    made.weights[area / 2] = 1;
    *cost = made;
    return ADATOM_OK;
}

void adatom_cost_clear(adatom_cost *cost)
{
    free(cost->weights);
    *cost = (adatom_cost){0};
}

double adatom_cost_of_sample(void *context, int sample, const float *output, float *gradient)
{
    const adatom_cost *cost = context;
    const int area = cost->size[0] * cost->size[1] * cost->size[2];
    const float *q = output + cost->species[sample] * area;
    float *g = gradient + cost->species[sample] * area;
    const double target = cost->targets[sample], share = 1 / (double)cost->sample_count;
    double sum = 0, squares = 0;
    memset(gradient, 0, (size_t)(cost->outputs * area) * sizeof *gradient);
    for (int i = 0; i < area; i++) {
        const double deviation = q[i] - target;
        sum += cost->weights[i] * deviation;
        squares += cost->weights[i] * deviation * deviation;
        g[i] = (float)(2 * share * cost->weights[i] * deviation);
    }
    if (cost->kind == ADATOM_SPILLOVER_SUM_OF_SQUARES) {
        return share * squares;
    }
    for (int i = 0; i < area; i++) {
        g[i] = (float)(2 * share * cost->weights[i] * sum);
    }
    return share * sum * sum;
}

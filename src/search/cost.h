/* adatom: how far the Q-values around an action are from the reward.
 *
 * J. Chem. Phys. 151, 054111 (2019), Eq. 2: J = 1/m sum_i [Q - t + sum_j eta (Q_j - t)]^2, j over
 * the grid points within the spillover radius of the action. */
#ifndef ADATOM_SEARCH_COST_H
#define ADATOM_SEARCH_COST_H

#include "image/grid.h"

#include <stddef.h>

typedef enum adatom_spillover {
    ADATOM_SPILLOVER_SQUARE_OF_SUM, /* as printed */
    ADATOM_SPILLOVER_SUM_OF_SQUARES /* (Q - t)^2 + sum_j eta (Q_j - t)^2 */
} adatom_spillover;

typedef struct adatom_cost {
    adatom_spillover kind;
    int size[3]; /* of the patch around an action, odd */
    int outputs; /* maps of the network, one per species */
    float
        *weights; /* [size[0]][size[1]][size[2]]: 1 at the action, eta within the radius, else 0 */
    size_t sample_count;   /* m */
    const int *species;    /* [sample_count], the map that the action is on */
    const double *targets; /* [sample_count] */
} adatom_cost;

/* The patch and weights for a radius in Å on the grid; samples are set later by the caller. */
adatom_status adatom_cost_make(const adatom_grid *grid, adatom_spillover kind, double radius,
                               double eta, int outputs, adatom_cost *cost);
void adatom_cost_clear(adatom_cost *cost);

/* An adatom_sample_cost with the adatom_cost as its context: the sample's share of J. */
double adatom_cost_of_sample(void *context, int sample, const float *output, float *gradient);

#endif

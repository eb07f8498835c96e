/* adatom: what a search is about: the atoms that are there, those to place, and the grid for them.
 */
#ifndef ADATOM_SEARCH_PROBLEM_H
#define ADATOM_SEARCH_PROBLEM_H

#include "adatom/search.h"
#include "image/grid.h"
#include "image/view.h"

/* Where an atom is put; actions are numbered species * pixels + the number of the pixel. The action
 * of stopping (search/stop.h) stands at the place of one more species. */
typedef struct adatom_placement {
    int species, pixel[3];
} adatom_placement;

typedef struct adatom_problem {
    adatom_structure *start; /* the template: its atoms (maybe none), cell and directions */
    adatom_grid grid;
    int species_count;             /* of placed atoms */
    int species[ADATOM_PARTS_MAX]; /* atomic numbers */
    int amounts[ADATOM_PARTS_MAX]; /* atoms to place of each, at most */
    int step_count;                /* atoms to place in all, at most; steps of a build */
    int least[ADATOM_PARTS_MAX];   /* atoms to place of each, at least */
    int least_count;               /* in all */
    bool varies;                   /* fewer than step_count are a whole build, too */
    int map_count;     /* of Q-values: one per species, and that of stopping if varies */
    int channel_count; /* of the image: placed species, then others of the template */
    int channels[ADATOM_CHANNELS_MAX]; /* [channel_count], atomic numbers */
    size_t seen_count;                 /* template atoms in the image */
    adatom_image_atom *seen;           /* [seen_count] */
    size_t *seen_atoms;                /* [seen_count]: which atoms of the template they are */
} adatom_problem;

/* Reads the template and lays the grid. INVALID_INPUT names the option. */
adatom_status adatom_problem_create(const adatom_search_options *options, adatom_problem **out);
void adatom_problem_free(adatom_problem *problem);

int adatom_problem_pixels(const adatom_problem *problem);
int adatom_problem_action(const adatom_problem *problem, adatom_placement placement);
adatom_placement adatom_problem_placement(const adatom_problem *problem, int action);

/* The template and the atoms of the first `count` actions in order of placement, up to a stop. */
adatom_status adatom_problem_structure(const adatom_problem *problem, const int *actions, int count,
                                       adatom_structure **out);

#endif

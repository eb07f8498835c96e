/* adatom: which atom may be placed where, while a structure is built.
 *
 * A grid point is open to a species if it lies in the allowed region, no atom (periodic images
 * included, in three dimensions) is nearer than c1 times the mean of the two covalent radii, and,
 * where c2 > 0 and there is an atom at all, some atom is nearer than c2 times that mean. */
#ifndef ADATOM_SEARCH_BUILDER_H
#define ADATOM_SEARCH_BUILDER_H

#include "search/problem.h"

#include <stdint.h>

typedef struct adatom_builder adatom_builder;

/* Checks the template against c1 and that the grid has room. The problem must outlive the builder.
 */
adatom_status adatom_builder_create(const adatom_problem *problem,
                                    const adatom_search_options *options, adatom_builder **out);
void adatom_builder_free(adatom_builder *builder);

/* Back to the template. */
void adatom_builder_reset(adatom_builder *builder);
/* Places an atom; whether it is allowed is the caller's business. */
void adatom_builder_place(adatom_builder *builder, adatom_placement placement);
int adatom_builder_remaining(const adatom_builder *builder, int species);
/* In the region and far enough from all atoms (c1), whether or not near enough to one (c2). */
bool adatom_builder_is_open(const adatom_builder *builder, adatom_placement placement);
/* The build may end here, although there are atoms left to place. */
bool adatom_builder_may_stop(const adatom_builder *builder);
/* Writes the allowed places of atoms in rising order; returns how many. actions holds species *
 * pixels. */
int adatom_builder_actions(const adatom_builder *builder, int *actions);
/* 1 for the allowed actions, 0 else; allowed [species][x][y][z]. */
void adatom_builder_mask(const adatom_builder *builder, uint8_t *allowed);

#endif

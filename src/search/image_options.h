/* adatom: the image that the options of a search describe. */
#ifndef ADATOM_SEARCH_IMAGE_OPTIONS_H
#define ADATOM_SEARCH_IMAGE_OPTIONS_H

#include "image/kernel.h"
#include "search/problem.h"

/* Fills in what J. Chem. Phys. 153, 044107 (2020) has where a list is empty. */
adatom_status adatom_search_image(const adatom_problem *problem,
                                  const adatom_search_options *options,
                                  adatom_image_options *image);

#endif

/* adatom: fingerprints with a property, as a network learns them. */
#ifndef ADATOM_GENERATE_FEATURES_H
#define ADATOM_GENERATE_FEATURES_H

#include "adatom/generate.h"
#include "io/matrix.h"

typedef struct adatom_features {
    size_t count, columns;
    double *rows;     /* [count][columns] */
    double *property; /* [count] */
} adatom_features;

/* As data.* say; those that data.furthest leaves out are gone. */
adatom_status adatom_features_read(const adatom_generator_options *options, adatom_features *out);
void adatom_features_clear(adatom_features *features);

/* Furthest-point sampling (Gonzalez, Theor. Comput. Sci. 38, 293 (1985)): chosen[wanted], each the
 * row furthest from those chosen before, in units of each column's standard deviation; the first is
 * the one nearest the mean. wanted <= rows. */
adatom_status adatom_furthest_points(const adatom_matrix *rows, size_t wanted, size_t *chosen);

/* scaled = (value - offset) * factor. */
typedef struct adatom_scaling {
    size_t count;
    double *offsets, *factors; /* [count] */
} adatom_scaling;

/* Of the columns of values[rows][columns]; range: from 0 to 1, otherwise mean 0 and deviation 1. A
 * column that does not change gets the factor 0: scaled, it is 0, and from any scaled value it
 * comes back as what it was. */
adatom_status adatom_scaling_create(size_t rows, size_t columns, const double *values, bool range,
                                    adatom_scaling *out);
void adatom_scaling_clear(adatom_scaling *scaling);
void adatom_scale(const adatom_scaling *scaling, const double *values, double *scaled);
void adatom_unscale(const adatom_scaling *scaling, const double *scaled, double *values);

#endif

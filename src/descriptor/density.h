/* adatom: descriptors that are power spectra of the density of the neighbours.
 *
 * c^k_nlm = sum_j w^k(species of j) R_nl(r_j) Y_lm(direction of j), in channels k; a value is
 * factor * sum_m c_alm c_blm, where a and b stand for a channel and an n. */
#ifndef ADATOM_DESCRIPTOR_DENSITY_H
#define ADATOM_DESCRIPTOR_DENSITY_H

#include "adatom/descriptor.h"
#include "descriptor/harmonics.h"
#include "descriptor/radial.h"

/* One value. */
typedef struct adatom_density_term {
    int l, a, b; /* rows: channel * stride + n, the stride that of the radial functions */
    double factor;
} adatom_density_term;

typedef enum adatom_density_pairs {
    ADATOM_DENSITY_SAME,     /* a = b */
    ADATOM_DENSITY_CHANNELS, /* the same n in two channels */
    ADATOM_DENSITY_ALL       /* all a <= b */
} adatom_density_pairs;

typedef struct adatom_density {
    int n_count, l_count;
    int channel_count, species_count;
    double *weights; /* [channel_count][species_count] */
    bool separate;   /* channel k is species k with weight 1 */
    double center;   /* weight of the centre itself in its species' density, 0: none */
    bool triangular; /* n counts from l: value n, l has the radial function n - l */
    adatom_density_pairs pairs;
    adatom_radial *radial;
    adatom_harmonics harmonics;
    size_t term_count;
    adatom_density_term *terms;
    double *center_values; /* [l_count sets][stride]: R_n0(0) of the centre; other l are 0 */
} adatom_density;

/* For tests: what stands behind a descriptor of these kinds. */
const adatom_density *adatom_density_of(const adatom_descriptor *descriptor);

/* Plain reference, straight from the definition with exact radial functions; values[term_count],
 * gradients[count * term_count][3] or NULL. Neighbours at or beyond the cutoff are passed over. */
adatom_status adatom_density_plain(const adatom_density *density,
                                   const adatom_environment *environment, double *values,
                                   double (*gradients)[3]);

#endif

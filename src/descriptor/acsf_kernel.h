/* adatom: the kernels of the symmetry functions, compiled once per instruction set. */
#ifndef ADATOM_DESCRIPTOR_ACSF_KERNEL_H
#define ADATOM_DESCRIPTOR_ACSF_KERNEL_H

#include "descriptor/acsf.h"

typedef struct adatom_acsf_isa adatom_acsf_isa;

/* The neighbours inside the cutoff stand in slots, those of one type together. */
typedef struct adatom_acsf_lanes {
    const adatom_acsf *acsf;
    const adatom_acsf_isa *isa;
    size_t capacity, count; /* slots that there are, and that are used */
    size_t widest;          /* the most factors of a centre */
    size_t *first;          /* [species_count + 1]: where each type begins */
    size_t *place;          /* [capacity]: in the environment */
    double *geometry;       /* [5][capacity]: the unit vector, r, 1 / r */
    double *factors;        /* [widest][2][capacity]: values and slopes in r */
    double *forces;         /* [3][capacity] */
    double *across;         /* [widest][2][8]: factors between neighbours */
    double *sums;           /* [most values of a centre][8] */
} adatom_acsf_lanes;

struct adatom_acsf_isa {
    const char *name;
    void (*values)(adatom_acsf_lanes *lanes, const adatom_environment *environment, double *values);
    void (*contract)(adatom_acsf_lanes *lanes, const adatom_environment *environment,
                     const double *slopes, double (*forces)[3]);
};

extern const adatom_acsf_isa adatom_acsf_portable;
#ifdef ADATOM_X86_KERNELS
extern const adatom_acsf_isa adatom_acsf_avx2;
extern const adatom_acsf_isa adatom_acsf_avx512;
#endif

/* The kernels that this processor can run, fastest first; NULL beyond the last. */
const adatom_acsf_isa *adatom_acsf_isa_available(int index);

adatom_status adatom_acsf_lanes_create(const adatom_acsf *acsf, adatom_acsf_lanes **out);
void adatom_acsf_lanes_free(adatom_acsf_lanes *lanes);
/* Puts the neighbours into slots. */
adatom_status adatom_acsf_lanes_place(adatom_acsf_lanes *lanes,
                                      const adatom_environment *environment);

#endif

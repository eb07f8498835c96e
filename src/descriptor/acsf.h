/* adatom: atom-centred symmetry functions.
 *
 * Behler and Parrinello, Phys. Rev. Lett. 98, 146401 (2007); Behler, J. Chem. Phys. 134, 074106
 * (2011). Their numbers in files are those of RuNNer and n2p2. */
#ifndef ADATOM_DESCRIPTOR_ACSF_H
#define ADATOM_DESCRIPTOR_ACSF_H

#include "descriptor/kind.h"

typedef enum adatom_acsf_type {
    ADATOM_ACSF_G1 = 1, /* sum_j fc(r) */
    ADATOM_ACSF_G2 = 2, /* sum_j exp(-eta (r - shift)^2) fc(r) */
    ADATOM_ACSF_G4 = 3, /* "narrow": as G5, times exp(-eta (r_jk - shift)^2) fc(r_jk) */
    ADATOM_ACSF_G3 = 4, /* sum_j cos(eta r) fc(r), eta is called kappa */
    ADATOM_ACSF_G5 = 9  /* "wide": sum_(j<k) 2^(1 - zeta) (1 + lambda cos theta)^zeta
                         * exp(-eta ((r_ij - shift)^2 + (r_ik - shift)^2)) fc(r_ij) fc(r_ik) */
} adatom_acsf_type;

/* Cutoff functions of x = (r - alpha r_c) / (r_c - alpha r_c), 1 where x < 0; the numbers of n2p2.
 */
typedef enum adatom_acsf_fade {
    ADATOM_FADE_HARD,
    ADATOM_FADE_COS,   /* (cos(pi x) + 1) / 2 */
    ADATOM_FADE_TANHU, /* tanh^3(1 - r / r_c), whatever alpha */
    ADATOM_FADE_TANH,  /* the same over tanh^3(1) */
    ADATOM_FADE_EXP,   /* exp(1 - 1 / (1 - x^2)) */
    ADATOM_FADE_POLY1, /* the polynomials of degree 3, 5, 7, 9 that are flat at both ends */
    ADATOM_FADE_POLY2,
    ADATOM_FADE_POLY3,
    ADATOM_FADE_POLY4
} adatom_acsf_fade;

typedef struct adatom_acsf_function {
    adatom_acsf_type type;
    int center, first, second; /* types of atoms; second is -1 for functions of one neighbour */
    double eta, shift, lambda, zeta, cutoff; /* Å */
} adatom_acsf_function;

/* exp(-eta (r - shift)^2) fc(r), or cos(eta r) fc(r): what one distance gives. */
typedef struct adatom_acsf_factor {
    adatom_acsf_type type; /* G2 or G3 */
    double eta, shift, cutoff;
    bool narrow; /* is also needed between neighbours */
} adatom_acsf_factor;

typedef struct adatom_acsf_angle {
    double lambda, zeta, scale; /* 2^(1 - zeta) */
    int power;                  /* zeta if it is whole and small, else 0 */
} adatom_acsf_angle;

/* A function of two neighbours: angle and factor are places in the lists of its centre. */
typedef struct adatom_acsf_triple {
    int value, factor, angle;
    bool narrow;
    double cutoff;
} adatom_acsf_triple;

/* The functions of one element, sorted for their computation. */
typedef struct adatom_acsf_center {
    int value_count, factor_count, angle_count;
    adatom_acsf_factor *factors;
    adatom_acsf_angle *angles;
    int *pair_value, *pair_factor; /* functions of one neighbour, by the neighbour's type */
    int *first_pair;               /* [species_count + 1] */
    adatom_acsf_triple *triples;   /* by the types of the two, smaller * species_count + larger */
    int *first_triple;             /* [species_count^2 + 1] */
} adatom_acsf_center;

typedef struct adatom_acsf {
    adatom_acsf_fade fade;
    double alpha;
    int species_count;
    size_t function_count, capacity;
    adatom_acsf_function *functions; /* in the order of the values of each centre */
    adatom_acsf_center centers[ADATOM_ELEMENT_COUNT];
    double cutoff; /* the largest, Å */
} adatom_acsf;

/* Reads lines of an input.nn (separated by line breaks or ";"): elements, cutoff_type,
 * symfunction_short; other keywords are read over. name stands for the text in messages; lengths
 * are times unit Å. The species of the descriptor are taken from the lines. */
adatom_status adatom_acsf_read(adatom_acsf *acsf, adatom_descriptor *descriptor, const char *text,
                               size_t length, const char *name, double unit);
adatom_status adatom_acsf_add(adatom_acsf *acsf, const adatom_acsf_function *function);
/* Sorts the functions into the centres. */
adatom_status adatom_acsf_sort(adatom_acsf *acsf);
void adatom_acsf_free(void *acsf);
/* The lines again, as a spec. Free with free(). */
adatom_status adatom_acsf_print(const adatom_acsf *acsf, const adatom_descriptor *descriptor,
                                char **out);

/* The cutoff function and its derivative; 0 from the cutoff on. */
void adatom_acsf_fade_at(const adatom_acsf *acsf, double cutoff, double r, double fade[2]);

/* As the calls of adatom/descriptor.h. */
adatom_status adatom_acsf_workspace_create(const void *acsf, void **out);
void adatom_acsf_workspace_free(void *workspace);
adatom_status adatom_acsf_values(const void *acsf, void *workspace,
                                 const adatom_environment *environment, double *values);
void adatom_acsf_contract(const void *acsf, void *workspace, const adatom_environment *environment,
                          const double *slopes, double (*forces)[3]);
void adatom_acsf_gradients(const void *acsf, void *workspace, const adatom_environment *environment,
                           double (*gradients)[3]);

/* The same by plain loops, for tests; contract after plain_values. */
adatom_status adatom_acsf_plain_values(const void *acsf, void *workspace,
                                       const adatom_environment *environment, double *values);
void adatom_acsf_plain_contract(const void *acsf, void *workspace,
                                const adatom_environment *environment, const double *slopes,
                                double (*forces)[3]);

#endif

/* adatom: the kernels of the density descriptors, compiled once per instruction set. */
#ifndef ADATOM_DESCRIPTOR_DENSITY_KERNEL_H
#define ADATOM_DESCRIPTOR_DENSITY_KERNEL_H

#include "descriptor/density.h"

typedef struct adatom_density_isa adatom_density_isa;

/* Neighbours stand in slots, those of one type together; each type begins at a multiple of 8. */
typedef struct adatom_density_workspace {
    const adatom_density *density;
    const adatom_density_isa *isa;
    size_t row;           /* numbers of all radial functions: sets times stride */
    size_t channel;       /* numbers of one channel or species: lm times stride */
    size_t *first, *last; /* [species_count]: slots of each type */
    size_t capacity;      /* slots */
    size_t *place;        /* [capacity]: in the environment */
    double *geometry;     /* [6][capacity]: the unit vector, 1 / r, and two numbers of r */
    double *harmonics;    /* [capacity / lanes][lm][lanes] */
    double *radial;       /* [capacity][row] */
    double *slopes;       /* [capacity][row] */
    bool slopes_known;
    double *coefficients; /* [species_count][lm][stride] */
    double *mixed;        /* [channel_count][lm][stride]; the same where channels are species */
    double *adjoint;      /* [channel_count][lm][stride]: dE/dmixed */
    double *adjoint_of_species; /* [species_count][lm][stride] */
    size_t product_count;
    double *products;   /* sums over m, for pairs of rows */
    size_t *product_of; /* [term_count]: where the sum of each term stands */
    size_t *mirror_of;  /* [term_count]: that with a and b exchanged, where all pairs are */
    double *turns;      /* [lm][3][8]: gradients of the harmonics of some neighbours */
    double *contracted; /* [4][l_count][channel_count * stride] for gradients */
    /* g_n r pi / r_c = alpha_n sin((n + 1) x) + beta_n sin((n + 2) x) + gamma_n times the one
     * before, x = pi r / r_c; [3][n_count], where there is one set of Bessel functions. */
    double *recursion;
} adatom_density_workspace;

struct adatom_density_isa {
    const char *name;
    void (*values)(adatom_density_workspace *workspace, const adatom_environment *environment,
                   double *values);
    void (*contract)(adatom_density_workspace *workspace, const adatom_environment *environment,
                     const double *slopes, double (*forces)[3]);
    void (*gradients)(adatom_density_workspace *workspace, const adatom_environment *environment,
                      double (*gradients)[3]);
};

extern const adatom_density_isa adatom_density_portable;
#ifdef ADATOM_X86_KERNELS
extern const adatom_density_isa adatom_density_avx2;
extern const adatom_density_isa adatom_density_avx512;
#endif

/* The kernels that this processor can run, fastest first; NULL beyond the last. */
const adatom_density_isa *adatom_density_isa_available(int index);

/* As the calls of adatom/descriptor.h, by the fastest kernels or those that the environment
 * variable ADATOM_ISA names. */
adatom_status adatom_density_workspace_create(const void *density, void **out);
void adatom_density_workspace_free(void *workspace);
adatom_status adatom_density_values(const void *density, void *workspace,
                                    const adatom_environment *environment, double *values);
void adatom_density_contract(const void *density, void *workspace,
                             const adatom_environment *environment, const double *slopes,
                             double (*forces)[3]);
void adatom_density_gradients(const void *density, void *workspace,
                              const adatom_environment *environment, double (*gradients)[3]);

#endif

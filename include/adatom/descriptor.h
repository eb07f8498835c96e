/* adatom: descriptors of the surroundings of an atom: numbers that do not change when the structure
 * is moved or turned or equal atoms are exchanged. docs/descriptors.md has the formulas.
 *
 * Units: Å. A descriptor is const: threads share it, each with a workspace of its own. */
#ifndef ADATOM_DESCRIPTOR_H
#define ADATOM_DESCRIPTOR_H

#include "adatom/extxyz.h"
#include "adatom/structure.h"

typedef struct adatom_descriptor adatom_descriptor;
typedef struct adatom_descriptor_workspace adatom_descriptor_workspace;

/* ---- the descriptor */

/* spec is "kind:key=value,key=value", such as
 *   bessel:cutoff=3.7711,n_max=4,l_max=4
 *   soap:cutoff=6,n_max=4,l_max=4,sigma=0.5
 *   acsf:cutoff=6,g2_eta=0.1+1,g5_eta=0.1,g5_lambda=-1+1,g5_zeta=1+4
 *   acsf:FILE                     symmetry functions as in an input.nn of n2p2; ",unit=bohr" behind
 *   acsf:symfunction_short ...    the same lines themselves, separated by ";" or line breaks
 * species are the atomic numbers that are to be told apart, in the order of their types 0, 1, ...;
 * if the spec itself says species=Si+O, or the symmetry functions name elements, those must hold
 * all of them, and theirs is the order. INVALID_INPUT says which key or line is wrong. */
ADATOM_API adatom_status adatom_descriptor_create(const char *spec, const int *species,
                                                  size_t species_count, adatom_descriptor **out);
ADATOM_API void adatom_descriptor_free(adatom_descriptor *descriptor);

/* The spec with every value as resolved: it makes the same descriptor again, with no file needed.
 */
ADATOM_API const char *adatom_descriptor_spec(const adatom_descriptor *descriptor);
/* No atom at or beyond this distance has any influence, Å. */
ADATOM_API double adatom_descriptor_cutoff(const adatom_descriptor *descriptor);
/* The atomic number of each type; *species_count gets their number. */
ADATOM_API const int *adatom_descriptor_species(const adatom_descriptor *descriptor,
                                                size_t *species_count);
/* The type of an element, -1 if the descriptor does not know it. */
ADATOM_API int adatom_descriptor_type(const adatom_descriptor *descriptor, int atomic_number);
/* Number of values of a centre of this type. Symmetry functions may have another number for each
 * element, the others have the same for all. */
ADATOM_API size_t adatom_descriptor_count(const adatom_descriptor *descriptor, int type);
/* The largest of them: the row length of tables over all atoms. */
ADATOM_API size_t adatom_descriptor_count_max(const adatom_descriptor *descriptor);
/* What value `index` of a centre of this type is, such as "n=1 l=3"; cut at size. */
ADATOM_API void adatom_descriptor_label(const adatom_descriptor *descriptor, int type, size_t index,
                                        char *text, size_t size);

/* ---- one centre, its neighbours given: what simulators that bring their own lists call */

typedef struct adatom_environment {
    int type;                   /* of the centre */
    size_t count;               /* of the neighbours */
    const double (*vectors)[3]; /* [count][3], from the centre to each neighbour, Å, not 0. Those
                                 * beyond the cutoff are passed over. */
    const int *types;           /* [count]; one that is below 0 is passed over */
} adatom_environment;

ADATOM_API adatom_status adatom_descriptor_workspace_create(const adatom_descriptor *descriptor,
                                                            adatom_descriptor_workspace **out);
ADATOM_API void adatom_descriptor_workspace_free(adatom_descriptor_workspace *workspace);

/* values[count]. The workspace keeps what the two calls below need of this environment. Fails with
 * OUT_OF_MEMORY alone, and only where there are more neighbours than ever before. */
ADATOM_API adatom_status adatom_descriptor_values(const adatom_descriptor *descriptor,
                                                  adatom_descriptor_workspace *workspace,
                                                  const adatom_environment *environment,
                                                  double *values);

/* For the environment last given to adatom_descriptor_values, with dE/dvalue in slopes[count]:
 * forces[j] = dE/d(position of neighbour j), [neighbours][3], is written (0 for those passed over).
 * That of the centre is minus their sum; the virial sum_j vector_j x forces[j]. The fast path:
 * nothing is stored per value. */
ADATOM_API void adatom_descriptor_contract(const adatom_descriptor *descriptor,
                                           adatom_descriptor_workspace *workspace,
                                           const adatom_environment *environment,
                                           const double *slopes, double (*forces)[3]);

/* For the same: gradients[j * count + v] = d(value v)/d(position of neighbour j), [3]. */
ADATOM_API void adatom_descriptor_gradients(const adatom_descriptor *descriptor,
                                            adatom_descriptor_workspace *workspace,
                                            const adatom_environment *environment,
                                            double (*gradients)[3]);

/* ---- whole structures: any cell, any periodicity, also where a neighbour is one's own image */

/* values[atom_count][count_max]; what a row does not use is 0. threads >= 1; their number does not
 * change the result. INVALID_INPUT if an element is not among the species. */
ADATOM_API adatom_status adatom_descriptor_describe(const adatom_descriptor *descriptor,
                                                    const adatom_structure *structure, int threads,
                                                    double *values);

/* With dE/dvalue in slopes[atom_count][count_max]: forces[atom_count][3] = -dE/dposition, eV/Å if E
 * is in eV, and the virial[3][3] = -dE/dstrain (NULL: not wanted), symmetric, where position ->
 * position (1 + strain) and the cell with it; stress = -virial / volume. */
ADATOM_API adatom_status adatom_descriptor_forces(const adatom_descriptor *descriptor,
                                                  const adatom_structure *structure,
                                                  const double *slopes, int threads,
                                                  double (*forces)[3], double virial[3][3]);

/* dG_i/dr_j in sparse form. Block b says how the values of atom center[b] change when atom
 * neighbor[b] of the cell `shift[b]` lattice vectors away moves. Blocks come by centres, each
 * beginning with that of the centre itself (shift 0), minus the sum of its others. When all images
 * of an atom move together, the sum of its blocks counts. */
typedef struct adatom_descriptor_jacobian {
    size_t block_count, column_count; /* columns: count_max */
    int *center, *neighbor;           /* [block_count] */
    int (*shift)[3];                  /* [block_count] */
    double (*vector)[3];              /* [block_count], from the centre to the neighbour, Å */
    double (*blocks)[3];              /* [block_count * column_count][3], 1/Å */
} adatom_descriptor_jacobian;

/* values as in adatom_descriptor_describe, or NULL. */
ADATOM_API adatom_status adatom_descriptor_jacobian_create(const adatom_descriptor *descriptor,
                                                           const adatom_structure *structure,
                                                           int threads, double *values,
                                                           adatom_descriptor_jacobian **out);
ADATOM_API void adatom_descriptor_jacobian_free(adatom_descriptor_jacobian *jacobian);

/* ---- from atoms to structures */

typedef enum adatom_pooling { ADATOM_POOL_MEAN, ADATOM_POOL_MAX, ADATOM_POOL_MIN } adatom_pooling;

/* One row of values[rows][columns]: each column's mean, largest or smallest; rows > 0. */
ADATOM_API void adatom_descriptor_pool(adatom_pooling pooling, const double *values, size_t rows,
                                       size_t columns, double *pooled);

/* The SOAP kernel (|a.b| / |a||b|)^exponent of two rows of values; 0 where one is all 0. */
ADATOM_API double adatom_soap_kernel(const double *a, const double *b, size_t count,
                                     double exponent);

/* ---- files */

enum { ADATOM_POOL_COUNT_MAX = 4 };

typedef struct adatom_describe_options {
    const char *spec;
    bool gradients; /* the Jacobian, too; not with pools. Default false */
    int pool_count; /* 0 .. ADATOM_POOL_COUNT_MAX: 0, the default, keeps a row for each atom */
    adatom_pooling pools[ADATOM_POOL_COUNT_MAX]; /* their columns one after the other */
    int threads;                                 /* 0: all cores; default 1 */
} adatom_describe_options;

ADATOM_API adatom_describe_options adatom_describe_options_default(void);

/* What was written. */
typedef struct adatom_describe_summary {
    size_t rows, columns, block_count;
} adatom_describe_summary;

/* Describes the frames and writes the table: to path ending in .h5 an HDF5 file, otherwise NumPy
 * arrays; docs/descriptors.md lists the arrays. The species are those of all frames, by atomic
 * number. summary may be NULL. */
ADATOM_API adatom_status adatom_describe_frames(const adatom_describe_options *options,
                                                const adatom_frames *frames, const char *path,
                                                adatom_describe_summary *summary);

#endif

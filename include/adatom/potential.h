/* adatom: neural-network potentials: reading, computing with them, handing them to other programs.
 * `adatom train` makes them (adatom/train.h). docs/potentials.md defines them.
 *
 * Units: eV, Å. */
#ifndef ADATOM_POTENTIAL_H
#define ADATOM_POTENTIAL_H

#include "adatom/structure.h"

typedef struct adatom_potential adatom_potential;

/* Reads MODEL.h5 as `adatom train` writes it. INVALID_INPUT says what is wrong with the file. */
ADATOM_API adatom_status adatom_potential_read(const char *path, adatom_potential **out);
ADATOM_API void adatom_potential_free(adatom_potential *potential);

/* No atom at or beyond this distance has any influence on the energy of an atom, Å. */
ADATOM_API double adatom_potential_cutoff(const adatom_potential *potential);
/* The atomic numbers of the elements that it knows; *count of them. */
ADATOM_API const int *adatom_potential_species(const adatom_potential *potential, size_t *count);
/* Networks per element. */
ADATOM_API int adatom_potential_members(const adatom_potential *potential);
/* The spec of its descriptor, with every value. */
ADATOM_API const char *adatom_potential_descriptor(const adatom_potential *potential);
/* Where it comes from: lines "key: value", the settings of its training among them. */
ADATOM_API const char *adatom_potential_provenance(const adatom_potential *potential);

/* What is wanted of a structure; arrays are the caller's, NULL: not wanted. */
typedef struct adatom_potential_result {
    double energy;       /* eV */
    double (*forces)[3]; /* [atom_count][3], eV/Å, or NULL */
    double *energies;    /* [atom_count], eV, the atoms' own, or NULL */
    double (*virial)[3]; /* [3][3], eV: -dE/d(strain), symmetric; or NULL */
} adatom_potential_result;

/* Computes with one potential, which must outlive it, in `threads` threads; their number does not
 * change a bit of what it gives. One call at a time. */
typedef struct adatom_potential_engine adatom_potential_engine;
ADATOM_API adatom_status adatom_potential_engine_create(const adatom_potential *potential,
                                                        int threads, adatom_potential_engine **out);
ADATOM_API void adatom_potential_engine_free(adatom_potential_engine *engine);
/* By one member, 0 .. members - 1, or with member -1 their mean. INVALID_INPUT if the potential
 * does not know an element of the structure. */
ADATOM_API adatom_status adatom_potential_compute(adatom_potential_engine *engine,
                                                  const adatom_structure *structure, int member,
                                                  adatom_potential_result *result);

/* Writes the folder FOLDER/NAME, a portable model of the KIM API on adatom's model driver
 * (docs/potentials.md says how both are installed). NAME must be a C identifier. */
ADATOM_API adatom_status adatom_potential_export_kim(const adatom_potential *potential,
                                                     const char *name, const char *folder);

#endif

/* adatom: what a potential is trained on, with all that does not change while weights do. */
#ifndef ADATOM_POTENTIAL_DATASET_H
#define ADATOM_POTENTIAL_DATASET_H

#include "adatom/extxyz.h"
#include "base/threads.h"
#include "potential/model.h"

/* Atoms whose energies and forces are computed together: a structure, or a draw of atoms that each
 * have a target of their own. Rows are sorted by type; targets are in units of the potential's
 * energy_factor, without offsets. */
typedef struct adatom_training_group {
    size_t row_count;
    size_t *first_row;   /* [elements + 1], rows of a type */
    size_t *first_input; /* [elements], where the inputs of a type start */
    double *inputs;      /* standardised, [rows of the type][count of the type] each */
    bool has_energy;
    double energy;   /* of the structure */
    double *targets; /* [row_count], the atoms' own energies, or NULL */
    double *forces;  /* [row_count * 3] by atom of the structure, or NULL */
    /* Where there are forces: how inputs change. Blocks of row r: first_block[r] ..
     * first_block[r + 1] - 1; block b is d(inputs of its row)/d(position of atom block_atoms[b]),
     * [3][count of the row], from block_starts[b] on. */
    size_t *first_block; /* [row_count + 1] */
    size_t *block_atoms, *block_starts;
    double *blocks;
} adatom_training_group;

typedef struct adatom_dataset {
    size_t element_count;
    size_t group_count;
    adatom_training_group *groups;
    size_t structures;         /* with an energy as target */
    size_t force_components;   /* as targets */
    size_t atoms;              /* with an energy of their own as target */
    double mean_square_energy; /* of the targets: per atom of a structure, or of atoms */
    double mean_square_force;
} adatom_dataset;

/* Which targets are taken from the frames, and how. */
typedef struct adatom_dataset_request {
    const char *name; /* of the file, for messages */
    const adatom_frames *frames;
    bool atom_energies; /* atoms' own energies; else energies of structures and, with_forces, forces
                         */
    bool with_forces;
    size_t environments; /* with atom_energies: drawn at random, 0: all */
    double memory;       /* bytes at most */
    uint64_t seed;
    bool fit; /* sets means, factors, offsets and energy_factor of the potential; else they hold */
} adatom_dataset_request;

/* INVALID_INPUT names the frame that lacks something. */
adatom_status adatom_dataset_create(const adatom_dataset_request *request,
                                    adatom_potential *potential, adatom_team *team,
                                    adatom_dataset **out);
void adatom_dataset_free(adatom_dataset *dataset);

/* The elements of the frames in increasing order, [ADATOM_ELEMENT_COUNT] at most. */
size_t adatom_dataset_species(const adatom_frames *frames, int *species);

#endif

/* adatom: the atoms of a structure together with their periodic images nearby, for energy programs
 * that know no cell. */
#ifndef ADATOM_ENERGY_CLOUD_H
#define ADATOM_ENERGY_CLOUD_H

#include "adatom/structure.h"

/* Neighbour lists that a program asks for. */
typedef struct adatom_cloud_list {
    double cutoff_radius; /* Å */
    bool for_images;      /* images have lists too, not only the atoms */
} adatom_cloud_list;

/* Particles 0 .. atom_count - 1 are the atoms, moved into the cell; the images follow. The memory
 * is kept from one structure to the next. */
typedef struct adatom_cloud {
    int atom_count, particle_count;
    double (*coordinates)[3]; /* [particle_count][3], Å */
    int *owner; /* [particle_count], the atom that the particle is or is an image of */
    struct adatom_cloud_scratch *scratch;
} adatom_cloud;

/* Images are made within image_distance (Å) of the atoms. */
adatom_status adatom_cloud_create(const adatom_cloud_list *lists, int list_count,
                                  double image_distance, adatom_cloud **out);
void adatom_cloud_free(adatom_cloud *cloud);

/* Takes the atoms of the structure, makes the images and the lists. INVALID_INPUT if the cell is
 * singular or so small that millions of images would be needed. */
adatom_status adatom_cloud_build(adatom_cloud *cloud, const adatom_structure *structure);

/* The particles nearer to a particle than the cutoff of the list, itself not included; *count of
 * them. NULL if there is no such list. Valid until the next build. */
const int *adatom_cloud_neighbors(const adatom_cloud *cloud, int list, int particle, int *count);

#endif

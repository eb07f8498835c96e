/* adatom: what a kind of descriptor is, and what all have. */
#ifndef ADATOM_DESCRIPTOR_KIND_H
#define ADATOM_DESCRIPTOR_KIND_H

#include "adatom/descriptor.h"

typedef struct adatom_descriptor_kind {
    const char *name;
    /* Reads what stands behind "name:" and fills state, spec, cutoff and counts; may change the
     * species. On failure what it made is freed by `free`. */
    adatom_status (*create)(adatom_descriptor *descriptor, const char *text);
    void (*free)(void *state); /* NULL allowed */
    adatom_status (*workspace_create)(const void *state, void **out);
    void (*workspace_free)(void *workspace);
    /* As the calls of adatom/descriptor.h. */
    adatom_status (*values)(const void *state, void *workspace,
                            const adatom_environment *environment, double *values);
    void (*contract)(const void *state, void *workspace, const adatom_environment *environment,
                     const double *slopes, double (*forces)[3]);
    void (*gradients)(const void *state, void *workspace, const adatom_environment *environment,
                      double (*gradients)[3]);
    void (*label)(const adatom_descriptor *descriptor, int type, size_t index, char *text,
                  size_t size);
} adatom_descriptor_kind;

struct adatom_descriptor {
    const adatom_descriptor_kind *kind;
    void *state;
    char *spec;
    double cutoff; /* Å */
    int species[ADATOM_ELEMENT_COUNT];
    size_t species_count;
    size_t counts[ADATOM_ELEMENT_COUNT]; /* [species_count] */
};

extern const adatom_descriptor_kind adatom_descriptor_acsf;
extern const adatom_descriptor_kind adatom_descriptor_bessel;
extern const adatom_descriptor_kind adatom_descriptor_soap;

/* If the list "Si+O" is not empty, its elements become the species; those there were must be among
 * them. */
adatom_status adatom_descriptor_take_species(adatom_descriptor *descriptor, const char *list);
/* Fewer than 118 symbols with "+" between. */
enum { ADATOM_SPECIES_TEXT_SIZE = 4 * ADATOM_ELEMENT_COUNT };
void adatom_descriptor_print_species(const adatom_descriptor *descriptor,
                                     char text[ADATOM_SPECIES_TEXT_SIZE]);

#endif

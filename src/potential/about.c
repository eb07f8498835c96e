/* What a potential says of itself. */
#include "adatom/potential.h"

#include "potential/model.h"

double adatom_potential_cutoff(const adatom_potential *potential)
{
    return adatom_descriptor_cutoff(potential->descriptor);
}

const int *adatom_potential_species(const adatom_potential *potential, size_t *count)
{
    return adatom_descriptor_species(potential->descriptor, count);
}

int adatom_potential_members(const adatom_potential *potential)
{
    return potential->member_count;
}

const char *adatom_potential_descriptor(const adatom_potential *potential)
{
    return adatom_descriptor_spec(potential->descriptor);
}

const char *adatom_potential_provenance(const adatom_potential *potential)
{
    return potential->provenance;
}

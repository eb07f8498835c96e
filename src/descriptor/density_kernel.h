/* adatom: the kernels of the density descriptors. */
#ifndef ADATOM_DESCRIPTOR_DENSITY_KERNEL_H
#define ADATOM_DESCRIPTOR_DENSITY_KERNEL_H

#include "descriptor/density.h"

/* As the calls of adatom/descriptor.h. */
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

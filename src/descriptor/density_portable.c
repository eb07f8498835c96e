/* adatom: the kernels of the density descriptors in plain vector code, for any processor. */
#define ADATOM_DOUBLES 2
#include "descriptor/lanes/gradients.h"

const adatom_density_isa adatom_density_portable = ADATOM_DENSITY_ISA("portable");

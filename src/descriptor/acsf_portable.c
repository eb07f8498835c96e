/* adatom: the kernels of the symmetry functions in plain vector code, for any processor. */
#define ADATOM_DOUBLES 2
#include "descriptor/lanes/acsf.h"

const adatom_acsf_isa adatom_acsf_portable = ADATOM_ACSF_ISA("portable");

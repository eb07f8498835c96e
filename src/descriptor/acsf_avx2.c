/* adatom: the kernels of the symmetry functions for AVX2. */
#ifdef ADATOM_X86_KERNELS
#define ADATOM_DOUBLES 4
#include "descriptor/lanes/acsf.h"

const adatom_acsf_isa adatom_acsf_avx2 = ADATOM_ACSF_ISA("avx2");
#else
typedef int adatom_acsf_avx2_is_for_x86;
#endif

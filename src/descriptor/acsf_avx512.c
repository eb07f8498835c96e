/* adatom: the kernels of the symmetry functions for AVX512. */
#ifdef ADATOM_X86_KERNELS
#define ADATOM_DOUBLES 8
#include "descriptor/lanes/acsf.h"

const adatom_acsf_isa adatom_acsf_avx512 = ADATOM_ACSF_ISA("avx512");
#else
typedef int adatom_acsf_avx512_is_for_x86;
#endif

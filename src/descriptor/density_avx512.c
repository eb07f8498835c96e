/* adatom: the kernels of the density descriptors for AVX-512. */
#ifdef ADATOM_X86_KERNELS
#define ADATOM_DOUBLES 8
#include "descriptor/lanes/gradients.h"

const adatom_density_isa adatom_density_avx512 = ADATOM_DENSITY_ISA("avx512");
#else
typedef int adatom_density_avx512_is_for_x86;
#endif

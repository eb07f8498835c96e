/* adatom: the kernels of the density descriptors for AVX2. */
#ifdef ADATOM_X86_KERNELS
#define ADATOM_DOUBLES 4
#include "descriptor/lanes/gradients.h"

const adatom_density_isa adatom_density_avx2 = ADATOM_DENSITY_ISA("avx2");
#else
typedef int adatom_density_avx2_is_for_x86;
#endif

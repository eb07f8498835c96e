/* adatom: the kernels of dense networks for AVX-512. */
#ifdef ADATOM_X86_KERNELS
#define ADATOM_DOUBLES 8
#include "nn/lanes/dense_single.h"

const adatom_dense_kernels adatom_dense_avx512 = ADATOM_DENSE_KERNELS("avx512");
#else
typedef int adatom_dense_avx512_is_for_x86;
#endif

/* adatom: the kernels of dense networks for AVX2. */
#ifdef ADATOM_X86_KERNELS
#define ADATOM_DOUBLES 4
#include "nn/lanes/dense_single.h"

const adatom_dense_kernels adatom_dense_avx2 = ADATOM_DENSE_KERNELS("avx2");
#else
typedef int adatom_dense_avx2_is_for_x86;
#endif

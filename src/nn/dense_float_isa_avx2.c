/* adatom: the kernels of dense networks in single precision for AVX2. */
#ifdef ADATOM_X86_KERNELS
#define ADATOM_FLOATS 8
#include "nn/lanes/dense_float.h"

const adatom_dense_float_kernels adatom_dense_float_avx2 = ADATOM_DENSE_FLOAT_KERNELS("avx2");
#else
typedef int adatom_dense_float_avx2_is_for_x86;
#endif

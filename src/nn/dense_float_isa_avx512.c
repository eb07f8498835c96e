/* adatom: the kernels of dense networks in single precision for AVX-512. */
#ifdef ADATOM_X86_KERNELS
#define ADATOM_FLOATS 16
#include "nn/lanes/dense_float.h"

const adatom_dense_float_kernels adatom_dense_float_avx512 = ADATOM_DENSE_FLOAT_KERNELS("avx512");
#else
typedef int adatom_dense_float_avx512_is_for_x86;
#endif

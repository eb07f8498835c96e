/* adatom: the kernels of convolutional networks for AVX2. */
#ifdef ADATOM_X86_KERNELS
#define ADATOM_LANES 8
#include "nn/lanes/conv.h"

const adatom_conv_kernels adatom_conv_avx2 = ADATOM_CONV_KERNELS("avx2");
#else
typedef int adatom_conv_avx2_is_for_x86;
#endif

/* adatom: the kernels of convolutional networks for AVX-512. */
#ifdef ADATOM_X86_KERNELS
#define ADATOM_LANES 16
#include "nn/lanes/conv.h"

const adatom_conv_kernels adatom_conv_avx512 = ADATOM_CONV_KERNELS("avx512");
#else
typedef int adatom_conv_avx512_is_for_x86;
#endif

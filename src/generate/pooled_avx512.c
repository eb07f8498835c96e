/* adatom: the fast fingerprint for AVX-512. */
#ifdef ADATOM_X86_KERNELS
#define ADATOM_POOLED_KERNEL adatom_pooled_avx512
#define ADATOM_POOLED_NORMAL adatom_pooled_normal_avx512
#include "generate/lanes/pooled_normal.h"
#else
typedef int adatom_pooled_avx512_is_for_x86;
#endif

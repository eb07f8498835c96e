/* adatom: the fast fingerprint for AVX2. */
#ifdef ADATOM_X86_KERNELS
#define ADATOM_POOLED_KERNEL adatom_pooled_avx2
#define ADATOM_POOLED_NORMAL adatom_pooled_normal_avx2
#include "generate/lanes/pooled_normal.h"
#else
typedef int adatom_pooled_avx2_is_for_x86;
#endif

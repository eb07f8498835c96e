/* adatom: the kernels for AVX-512. */
#ifdef ADATOM_X86_KERNELS
#define ADATOM_LANES 16
#include "nn/lanes/map.h"
#include "nn/lanes/trainer.h"
#include "nn/lanes/isa_table.h"

const adatom_isa adatom_isa_avx512 = ADATOM_ISA_TABLE("avx512");
#else
typedef int adatom_isa_avx512_is_for_x86;
#endif

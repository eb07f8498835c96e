/* adatom: the kernels for AVX2 and FMA. */
#ifdef ADATOM_X86_KERNELS
#define ADATOM_LANES 8
#include "nn/lanes/map.h"
#include "nn/lanes/trainer.h"
#include "nn/lanes/isa_table.h"

const adatom_isa adatom_isa_avx2 = ADATOM_ISA_TABLE("avx2");
#else
typedef int adatom_isa_avx2_is_for_x86;
#endif

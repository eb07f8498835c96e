/* adatom: the kernels in plain vector code, for any processor. */
#define ADATOM_LANES 4
#include "nn/lanes/map.h"
#include "nn/lanes/trainer.h"
#include "nn/lanes/isa_table.h"

const adatom_isa adatom_isa_portable = ADATOM_ISA_TABLE("portable");

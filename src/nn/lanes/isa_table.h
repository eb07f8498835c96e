/* adatom: the entry of one instruction set in the list of nn/isa.h. */
#ifndef ADATOM_NN_LANES_ISA_TABLE_H
#define ADATOM_NN_LANES_ISA_TABLE_H

#include "nn/isa.h"

#define ADATOM_ISA_TABLE(NAME)                                                                     \
    {                                                                                              \
        .name = NAME, .lanes = LANES, .map_create = map_create, .map_free = map_free,              \
        .map_prepare = map_prepare, .map_clear = map_clear, .map_add = map_add,                    \
        .map_evaluate = map_evaluate, .trainer_create = trainer_create,                            \
        .trainer_free = trainer_free, .trainer_gradient = trainer_gradient                         \
    }

#endif

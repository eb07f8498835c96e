#include "base/instruction_set.h"
#include "nn/dense_float_kernels.h"

const adatom_dense_float_kernels *adatom_dense_float_kernels_chosen(void)
{
    static const adatom_dense_float_kernels *const kernels[] = {ADATOM_KERNELS(adatom_dense_float)};
    return kernels[adatom_instruction_set_chosen()];
}

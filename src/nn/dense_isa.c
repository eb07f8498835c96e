#include "base/instruction_set.h"
#include "nn/dense_kernels.h"

const adatom_dense_kernels *adatom_dense_kernels_chosen(void)
{
    static const adatom_dense_kernels *const kernels[] = {ADATOM_KERNELS(adatom_dense)};
    return kernels[adatom_instruction_set_chosen()];
}

#include "base/instruction_set.h"
#include "nn/conv_kernels.h"

static const adatom_conv_kernels *const kernels[] = {ADATOM_KERNELS(adatom_conv)};

const adatom_conv_kernels *adatom_conv_kernels_available(int index)
{
    const int set = adatom_instruction_set_available(index);
    return set >= 0 ? kernels[set] : NULL;
}

const adatom_conv_kernels *adatom_conv_kernels_chosen(void)
{
    return kernels[adatom_instruction_set_chosen()];
}

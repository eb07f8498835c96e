#include "nn/isa.h"

#include "base/instruction_set.h"

static const adatom_isa *const kernels[] = {ADATOM_KERNELS(adatom_isa)};

const adatom_isa *adatom_isa_available(int index)
{
    const int set = adatom_instruction_set_available(index);
    return set >= 0 ? kernels[set] : NULL;
}

const adatom_isa *adatom_isa_chosen(void)
{
    return kernels[adatom_instruction_set_chosen()];
}

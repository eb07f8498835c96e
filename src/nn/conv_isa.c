#include "nn/conv_kernels.h"

#include <stdlib.h>
#include <string.h>

const adatom_conv_kernels *adatom_conv_kernels_available(int index)
{
    const adatom_conv_kernels *available[3] = {NULL};
    int count = 0;
#ifdef ADATOM_X86_KERNELS
    __builtin_cpu_init();
    if (__builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512dq")) {
        available[count++] = &adatom_conv_avx512;
    }
    if (__builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma")) {
        available[count++] = &adatom_conv_avx2;
    }
#endif
    available[count++] = &adatom_conv_portable;
    return index >= 0 && index < count ? available[index] : NULL;
}

const adatom_conv_kernels *adatom_conv_kernels_chosen(void)
{
    const char *wanted = getenv("ADATOM_ISA");
    for (int i = 0; wanted != NULL && adatom_conv_kernels_available(i) != NULL; i++) {
        if (strcmp(adatom_conv_kernels_available(i)->name, wanted) == 0) {
            return adatom_conv_kernels_available(i);
        }
    }
    return adatom_conv_kernels_available(0);
}

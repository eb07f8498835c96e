#include "nn/dense_kernels.h"

#include <stdlib.h>
#include <string.h>

const adatom_dense_kernels *adatom_dense_kernels_chosen(void)
{
    const adatom_dense_kernels *available[3] = {NULL};
    int count = 0;
#ifdef ADATOM_X86_KERNELS
    __builtin_cpu_init();
    if (__builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512dq")) {
        available[count++] = &adatom_dense_avx512;
    }
    if (__builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma")) {
        available[count++] = &adatom_dense_avx2;
    }
#endif
    available[count++] = &adatom_dense_portable;
    const char *wanted = getenv("ADATOM_ISA");
    for (int i = 0; wanted != NULL && i < count; i++) {
        if (strcmp(available[i]->name, wanted) == 0) {
            return available[i];
        }
    }
    return available[0];
}

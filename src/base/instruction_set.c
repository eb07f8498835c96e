#include "base/instruction_set.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

static bool is_available(adatom_instruction_set set)
{
#ifdef ADATOM_X86_KERNELS
    __builtin_cpu_init();
    switch (set) {
    case ADATOM_AVX512:
        return __builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512dq");
    case ADATOM_AVX2:
        return __builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma");
    case ADATOM_PORTABLE:
        return true;
    }
#endif
    return set == ADATOM_PORTABLE;
}

int adatom_instruction_set_available(int index)
{
    for (int set = ADATOM_AVX512; set >= ADATOM_PORTABLE && index >= 0; set--) {
        if (is_available((adatom_instruction_set)set) && index-- == 0) {
            return set;
        }
    }
    return -1;
}

adatom_instruction_set adatom_instruction_set_chosen(void)
{
    const char *wanted = getenv("ADATOM_ISA");
    for (int i = 0; wanted != NULL && adatom_instruction_set_available(i) >= 0; i++) {
        const adatom_instruction_set set =
            (adatom_instruction_set)adatom_instruction_set_available(i);
        if (strcmp(adatom_instruction_set_name(set), wanted) == 0) {
            return set;
        }
    }
    return (adatom_instruction_set)adatom_instruction_set_available(0);
}

const char *adatom_instruction_set_name(adatom_instruction_set set)
{
    static const char *const names[] = {"portable", "avx2", "avx512"};
    return names[set];
}

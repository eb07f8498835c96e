/* adatom: which of the kernels that are compiled once per instruction set run here.
 *
 * A family of kernels is a struct of functions, FAMILY_portable, FAMILY_avx2 and FAMILY_avx512;
 * its table is {ADATOM_KERNELS(FAMILY)}, indexed by adatom_instruction_set. */
#ifndef ADATOM_BASE_INSTRUCTION_SET_H
#define ADATOM_BASE_INSTRUCTION_SET_H

typedef enum adatom_instruction_set {
    ADATOM_PORTABLE,
    ADATOM_AVX2,
    ADATOM_AVX512
} adatom_instruction_set;

#ifdef ADATOM_X86_KERNELS
#define ADATOM_KERNELS(family) &family##_portable, &family##_avx2, &family##_avx512
#else
#define ADATOM_KERNELS(family) &family##_portable
#endif

/* The index-th that this processor has, fastest first; -1 beyond the last, ADATOM_PORTABLE. */
int adatom_instruction_set_available(int index);
/* The one that the environment variable ADATOM_ISA names (portable, avx2, avx512) if it is
 * available, otherwise the fastest. */
adatom_instruction_set adatom_instruction_set_chosen(void);
const char *adatom_instruction_set_name(adatom_instruction_set set);

#endif

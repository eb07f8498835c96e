/* adatom: checked allocation. */
#ifndef ADATOM_BASE_MEMORY_H
#define ADATOM_BASE_MEMORY_H

#include "adatom/status.h"

#include <stddef.h>

/* count * size zeroed bytes in *out; INVALID_INPUT-free: fails with OUT_OF_MEMORY on overflow too.
 * A count of 0 gives a valid pointer. Free with free(). */
adatom_status adatom_allocate(size_t count, size_t size, void *out);

/* Grows *array (elements of `size` bytes) to hold at least `needed` elements; *capacity is updated.
 * New elements are zeroed. On failure the array is as before. */
adatom_status adatom_grow(void *array, size_t *capacity, size_t needed, size_t size);

/* Zeroed, aligned to 64 bytes (to 2 MiB with a huge-page hint when large). Free with free(). */
adatom_status adatom_allocate_aligned(size_t count, size_t size, void *out);

/* A copy of the text; free with free(). */
adatom_status adatom_duplicate_text(const char *text, char **out);

#endif

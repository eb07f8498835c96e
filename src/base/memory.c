#include "base/memory.h"

#include "base/error.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

static adatom_status out_of_memory(size_t count, size_t size)
{
    return adatom_fail(ADATOM_OUT_OF_MEMORY, "out of memory: %zu x %zu bytes were asked for", count,
                       size);
}

adatom_status adatom_allocate(size_t count, size_t size, void *out)
{
    void *memory = calloc(count > 0 ? count : 1, size > 0 ? size : 1);
    if (memory == NULL) {
        return out_of_memory(count, size);
    }
    memcpy(out, &memory, sizeof memory);
    return ADATOM_OK;
}

adatom_status adatom_grow(void *array, size_t *capacity, size_t needed, size_t size)
{
    if (needed <= *capacity) {
        return ADATOM_OK;
    }
    size_t wanted = *capacity > SIZE_MAX / 4 ? needed : *capacity * 2;
    wanted = wanted < needed ? needed : wanted;
    if (wanted > SIZE_MAX / 2 / (size > 0 ? size : 1)) {
        return out_of_memory(wanted, size);
    }
    void *memory;
    memcpy(&memory, array, sizeof memory);
    memory = realloc(memory, wanted * size);
    if (memory == NULL) {
        return out_of_memory(wanted, size);
    }
    memset((char *)memory + *capacity * size, 0, (wanted - *capacity) * size);
    memcpy(array, &memory, sizeof memory);
    *capacity = wanted;
    return ADATOM_OK;
}

adatom_status adatom_allocate_aligned(size_t count, size_t size, void *out)
{
    const size_t huge_page = (size_t)2 << 20;
    if (size > 0 && count > (SIZE_MAX / 2 - huge_page) / size) {
        return out_of_memory(count, size);
    }
    const size_t bytes = count * size;
    const size_t alignment = bytes >= huge_page ? huge_page : 64;
    const size_t padded = (bytes + alignment) / alignment * alignment;
    void *memory = aligned_alloc(alignment, padded);
    if (memory == NULL) {
        return out_of_memory(count, size);
    }
    if (alignment == huge_page) {
        (void)madvise(memory, padded,
                      MADV_HUGEPAGE); /* a hint: fewer misses in strided transforms */
    }
    memset(memory, 0, padded);
    memcpy(out, &memory, sizeof memory);
    return ADATOM_OK;
}

adatom_status adatom_duplicate_text(const char *text, char **out)
{
    const size_t length = strlen(text) + 1;
    char *copy = NULL;
    ADATOM_TRY(adatom_allocate(length, 1, &copy));
    memcpy(copy, text, length);
    *out = copy;
    return ADATOM_OK;
}

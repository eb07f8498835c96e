/* Specs of descriptors: any lines of symmetry functions are read or refused, and what is read
 * prints as a spec that reads the same. */
#include "adatom/descriptor.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size);

static void read_again(const adatom_descriptor *descriptor)
{
    adatom_descriptor *again = NULL;
    if (adatom_descriptor_create(adatom_descriptor_spec(descriptor), NULL, 0, &again) !=
            ADATOM_OK ||
        strcmp(adatom_descriptor_spec(descriptor), adatom_descriptor_spec(again)) != 0) {
        abort();
    }
    adatom_descriptor_free(again);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
    char *spec = calloc(size + 6, 1);
    adatom_descriptor *descriptor = NULL;
    memcpy(spec, "acsf:", 5);
    memcpy(spec + 5, bytes, size);
    /* Without these words the text would be the name of a file. */
    if (strstr(spec, "symfunction_short ") != NULL && strstr(spec, "cutoff=") == NULL &&
        adatom_descriptor_create(spec, NULL, 0, &descriptor) == ADATOM_OK) {
        read_again(descriptor);
    }
    adatom_descriptor_free(descriptor);
    free(spec);
    return 0;
}

/* The answer of an energy program: any text is read or refused, with one printable line. */
#include "energy/command.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size);

static void require(bool condition)
{
    if (!condition) {
        abort();
    }
}

static void check_message(void)
{
    const char *message = adatom_error_message();
    require(strncmp(message, "the output of fuzz, line ", 25) == 0);
    for (; *message != '\0'; message++) {
        require((unsigned char)*message >= ' ' && *message != 0x7f);
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
    int numbers[3] = {6, 1, 17};
    double positions[3][3] = {{0, 0, 0}, {1, 0, 0}, {0, -2.5, 1e-3}}, forces[3][3];
    double energies[3], virial[3][3];
    const adatom_structure structure = {.atom_count = 3,
                                        .atomic_numbers = numbers,
                                        .positions = positions,
                                        .cell = {{4, 0, 0}, {0, 5, 0}, {1, 0, 6}},
                                        .periodic = {true, true, true}};
    adatom_properties all = {.forces = forces, .energies = energies, .virial = virial}, few = {0};
    /* In memory of just this size, so that a byte beyond it is noticed. */
    char *text = malloc(size > 0 ? size : 1);
    require(text != NULL);
    memcpy(text, bytes, size);
    const adatom_status status = adatom_command_read("fuzz", text, size, &structure, &all);
    const adatom_status without = adatom_command_read("fuzz", text, size, &structure, &few);
    require(status == ADATOM_OK || status == ADATOM_EVALUATION_FAILED);
    require(without == ADATOM_OK || status == ADATOM_EVALUATION_FAILED);
    if (without != ADATOM_OK) {
        check_message();
    }
    free(text);
    return 0;
}

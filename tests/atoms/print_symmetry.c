/* Prints the symmetry of each structure of a file: print_symmetry FILE TOLERANCE. */
#include "adatom/extxyz.h"
#include "adatom/symmetry.h"

#include <stdio.h>
#include <stdlib.h>

int main(int count, char **words)
{
    adatom_frames frames;
    if (count != 3 || adatom_extxyz_read(words[1], &frames) != ADATOM_OK) {
        fprintf(stderr, "%s\n", adatom_error_message());
        return 1;
    }
    for (size_t i = 0; i < frames.count; i++) {
        char text[64];
        const adatom_status status = adatom_structure_symmetry(
            frames.frames[i].structure, strtod(words[2], NULL), text, sizeof text);
        printf("%s\n", status == ADATOM_OK ? text : adatom_error_message());
    }
    adatom_frames_clear(&frames);
    return 0;
}

/* Reads an extended XYZ file; prints the formula of each frame and its Lennard-Jones energy. */
#include <adatom/adatom.h>

#include <stdio.h>

int main(int argc, char **argv)
{
    adatom_frames frames = {0};
    adatom_evaluator *evaluator = NULL;
    adatom_status status = adatom_extxyz_read(argc > 1 ? argv[1] : "", &frames);
    if (status == ADATOM_OK) {
        status = adatom_evaluator_create("lj:epsilon=0.01,sigma=3.4,cutoff=12", &evaluator);
    }
    for (size_t i = 0; status == ADATOM_OK && i < frames.count; i++) {
        char formula[64];
        double energy = 0;
        adatom_structure_formula(frames.frames[i].structure, formula, sizeof formula);
        status = adatom_evaluator_compute(evaluator, frames.frames[i].structure, &energy, NULL);
        printf("%s %.6f eV, adatom %s\n", formula, energy, adatom_version());
    }
    adatom_evaluator_free(evaluator);
    adatom_frames_clear(&frames);
    if (status != ADATOM_OK) {
        fprintf(stderr, "%s\n", adatom_error_message());
    }
    return adatom_status_exit(status);
}

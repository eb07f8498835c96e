#include "potential/frames.h"

static const char *given(const char *key)
{
    return key[0] != '\0' ? key : NULL;
}

adatom_status adatom_training_read_frames(const adatom_potential_options *options, const char *path,
                                          adatom_frames *out)
{
    const adatom_extxyz_keys keys = {.energy = given(options->data_energy_key),
                                     .forces = given(options->data_forces_key),
                                     .energies = given(options->data_energies_key)};
    return adatom_extxyz_read_keys(path, &keys, out);
}

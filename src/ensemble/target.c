#include "ensemble/target.h"

#include "adatom/extxyz.h"
#include "base/error.h"

static adatom_status read_structure(const char *path, adatom_target *target)
{
    adatom_frames frames;
    ADATOM_TRY(adatom_extxyz_read(path, &frames));
    const adatom_status status =
        frames.count == 0 ? adatom_fail(ADATOM_INVALID_INPUT, "%s: expected a structure", path)
                          : adatom_fingerprint_create(frames.frames[frames.count - 1].structure,
                                                      &target->fingerprint);
    adatom_frames_clear(&frames);
    target->has_structure = status == ADATOM_OK;
    return status;
}

adatom_status adatom_target_create(const adatom_ensemble_options *options, adatom_target *out)
{
    adatom_target target = {.maximise = options->target_maximise};
    switch (options->target_kind) {
    case ADATOM_TARGET_STOP:
    case ADATOM_TARGET_ENERGY:
        target.has_energy = true;
        target.energy = options->target_energy;
        break;
    case ADATOM_TARGET_STRUCTURE:
        ADATOM_TRY(read_structure(options->target_structure, &target));
        break;
    default:
        break;
    }
    *out = target;
    return ADATOM_OK;
}

void adatom_target_clear(adatom_target *target)
{
    adatom_fingerprint_clear(&target->fingerprint);
}

/* adatom: the options held against a structure. */
#ifndef ADATOM_SAMPLE_MOTION_H
#define ADATOM_SAMPLE_MOTION_H

#include "adatom/sample.h"
#include "sample/dynamics.h"

/* What may move, as the options say. INVALID_INPUT where they name atoms that the structure does
 * not have, or methods that do not go together. Clear it also after a failure. */
adatom_status adatom_motion_make(const adatom_sample_options *options,
                                 const adatom_structure *structure, adatom_motion *motion);
void adatom_motion_clear(adatom_motion *motion);

#endif

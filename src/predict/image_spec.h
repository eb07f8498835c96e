/* adatom: the spec of an image: "image:grid=64+64,width=0.2,channels=species,species=B+C+N". */
#ifndef ADATOM_PREDICT_IMAGE_SPEC_H
#define ADATOM_PREDICT_IMAGE_SPEC_H

#include "adatom/extxyz.h"
#include "image/potential_image.h"

/* The species are those of the spec, or, if it names none, those of the frames by atomic number;
 * frames may be NULL. INVALID_INPUT says which key is wrong. */
adatom_status adatom_image_spec_read(const char *spec, const adatom_frames *frames,
                                     adatom_potential_image *out);
/* With every value as resolved; free with free(). */
adatom_status adatom_image_spec_print(const adatom_potential_image *image, char **out);

#endif

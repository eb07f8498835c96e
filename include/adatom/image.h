/* adatom: images of structures, the input of convolutional networks. docs/images.md */
#ifndef ADATOM_IMAGE_H
#define ADATOM_IMAGE_H

#include "adatom/extxyz.h"
#include "adatom/options.h"

/* What was written. */
typedef struct adatom_image_summary {
    int channels, size[3]; /* size[2] is 1 in the plane */
} adatom_image_summary;

/* Draws each frame as `spec` says, such as
 *   image:grid=64+64,width=0.2            2D: one channel, sum of Z exp(-r^2 / (2 width^2))
 *   image:grid=64+64+64,channels=species  3D: a channel for each element
 *   image:spacing=0.2,dimensions=2        as many pixels as come next to that spacing, Å
 * and writes [frame][channel][x][y] or [frame][channel][x][y][z], in single precision: to a path
 * ending in .h5 the arrays images and the text image of an HDF5 file, otherwise a NumPy array. All
 * frames must have the same grid. threads 0: all cores. summary may be NULL. INVALID_INPUT names
 * the key or the frame. */
ADATOM_API adatom_status adatom_describe_images(const char *spec, const adatom_frames *frames,
                                                int threads, const char *path,
                                                adatom_image_summary *summary);

/* ---- networks on images */

/* The settings of the kind image of adatom_train. */
typedef struct adatom_image_options {
#include "adatom/option_members.def"
#include "adatom/image_options.def"
#include "adatom/option_end.def"
} adatom_image_options;

ADATOM_API adatom_image_options adatom_image_options_default(void);
ADATOM_API const adatom_option_table *adatom_image_option_table(void);

typedef struct adatom_image_model adatom_image_model;
typedef struct adatom_image_engine adatom_image_engine;

/* A model file of the kind image. INVALID_INPUT says what is wrong with it. */
ADATOM_API adatom_status adatom_image_model_read(const char *path, adatom_image_model **out);
/* True if the file says that it is of the kind image. */
ADATOM_API bool adatom_image_model_is_at(const char *path);
ADATOM_API void adatom_image_model_free(adatom_image_model *model);
/* "eV", "\303\205" ...: the unit of what is predicted, and its key in extended XYZ. */
ADATOM_API const char *adatom_image_model_unit(const adatom_image_model *model);
ADATOM_API const char *adatom_image_model_target(const adatom_image_model *model);

/* For one call at a time; the model must outlive it. */
ADATOM_API adatom_status adatom_image_engine_create(const adatom_image_model *model, int threads,
                                                    adatom_image_engine **out);
ADATOM_API void adatom_image_engine_free(adatom_image_engine *engine);
/* The prediction, and forces[atom_count][3], minus its derivative by the positions, or NULL.
 * INVALID_INPUT if the structure cannot be drawn, or is not of the size that the network needs. */
ADATOM_API adatom_status adatom_image_engine_compute(adatom_image_engine *engine,
                                                     const adatom_structure *structure,
                                                     double *value, double (*forces)[3]);
/* The predictions of many structures, values[count], by all threads of the engine: the same numbers
 * as one by one. If one cannot be computed *failed is its index. */
ADATOM_API adatom_status adatom_image_engine_predict(adatom_image_engine *engine,
                                                     const adatom_structure *const *structures,
                                                     size_t count, double *values, size_t *failed);

#endif

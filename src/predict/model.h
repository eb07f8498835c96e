/* adatom: a network on images with all that makes a number of its output:
 *
 *   prediction = scale output + offset + sum of the shares of the atoms (by element) */
#ifndef ADATOM_PREDICT_MODEL_H
#define ADATOM_PREDICT_MODEL_H

#include "adatom/image.h"
#include "image/potential_image.h"
#include "nn/convnet.h"

enum { ADATOM_IMAGE_NAME_SIZE = 64 };

struct adatom_image_model {
    adatom_potential_image image;
    adatom_convnet network; /* resolved for the size that it was trained on */
    float *weights;         /* [network.weight_count] */
    double scale, offset;
    double shares[ADATOM_ELEMENT_COUNT + 1]; /* by atomic number */
    bool per_atom;                           /* errors are told so */
    char target[ADATOM_IMAGE_NAME_SIZE], unit[ADATOM_IMAGE_NAME_SIZE];
    char *provenance; /* how it was trained, for people */
};

/* Ends in a sum, so that any size will do. */
bool adatom_image_model_is_extensive(const adatom_image_model *model);
/* What is known without the network. */
double adatom_image_model_known(const adatom_image_model *model, const adatom_structure *structure);

adatom_status adatom_image_model_write(const adatom_image_model *model, const char *path);

#endif

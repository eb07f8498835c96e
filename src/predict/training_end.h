/* adatom: what is done when a training on images is over. */
#ifndef ADATOM_PREDICT_TRAINING_END_H
#define ADATOM_PREDICT_TRAINING_END_H

#include "predict/training.h"

/* Tests, writes OUTPUT, OUTPUT.csv and OUTPUT.predictions.csv, removes the checkpoint. */
adatom_status adatom_image_finish(adatom_image_training *training);

#endif

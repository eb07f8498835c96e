/* adatom: structures of training and prediction in extended XYZ. */
#ifndef ADATOM_POTENTIAL_FRAMES_H
#define ADATOM_POTENTIAL_FRAMES_H

#include "adatom/extxyz.h"
#include "adatom/sys/train.h"

/* Reads with the key names of the options. */
adatom_status adatom_training_read_frames(const adatom_potential_options *options, const char *path,
                                          adatom_frames *out);

/* The predict of the kind potential. */
adatom_status adatom_potential_predict(const adatom_predict_job *job);

#endif

/* adatom: all kinds of models that can be trained, one line each.
 *
 *   X(name, description)
 *
 * The file of the kind defines adatom_train_NAME, an adatom_train_kind. */
#ifndef ADATOM_TRAIN_KINDS_H
#define ADATOM_TRAIN_KINDS_H

#include "adatom/sys/train.h"

#define ADATOM_TRAIN_KINDS(X)                                                                      \
    X(potential, "energies and forces as a sum over atoms")                                        \
    X(image, "a number of a structure, from an image of it")                                       \
    X(surrogate, "a property from a fingerprint")                                                  \
    X(cvae, "fingerprints for a property")

#define ADATOM_DECLARE_TRAIN_KIND(name, description)                                               \
    extern const adatom_train_kind adatom_train_##name;
ADATOM_TRAIN_KINDS(ADATOM_DECLARE_TRAIN_KIND)
#undef ADATOM_DECLARE_TRAIN_KIND

#endif

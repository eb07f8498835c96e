/* adatom: learning from forces, too.
 *
 * The loss has the term  c |F - F0|^2  with F = -dE/dx. Its derivative by a weight w is
 * -2 c d . d(dE/dx)/dw with d = F - F0 held fixed, and that is a derivative of dE/dw along d, which
 * two images say whose atoms are displaced by +h d and -h d:
 *
 *   -(c / h) [dE/dw(x + h d) - dE/dw(x - h d)] + O(h^2).
 *
 * So three passes of the network, one at x for F and two for this, replace second derivatives; the
 * two also give that of the energy's error, to the same order. */
#ifndef ADATOM_PREDICT_FORCE_LESSON_H
#define ADATOM_PREDICT_FORCE_LESSON_H

#include "predict/training.h"

/* For batches of the training, whose team, run, model and samples are used. */
adatom_status adatom_force_lesson_create(adatom_image_training *training,
                                         adatom_force_lesson **out);
void adatom_force_lesson_free(adatom_force_lesson *lesson);

/* training->gradient becomes that of the loss for samples[count <= batch], varied as the options
 * say; adds to training->sums. */
void adatom_force_lesson_descend(adatom_force_lesson *lesson, const int *samples, int count);

/* Adds the errors of energies and forces for samples[count], as they are. */
void adatom_force_lesson_errors(adatom_force_lesson *lesson, const int *samples, size_t count,
                                adatom_image_errors *errors);

#endif

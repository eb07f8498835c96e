/* adatom: what the pool needs to know of an evaluator. */
#ifndef ADATOM_ENERGY_EVALUATOR_H
#define ADATOM_ENERGY_EVALUATOR_H

#include "adatom/sys/evaluator.h"

/* Whether several instances are of use only in processes of their own. */
bool adatom_evaluator_is_alone(const adatom_evaluator *evaluator);
/* Whether it has compute_many, which works on jobs whose structures were checked. */
bool adatom_evaluator_has_batches(const adatom_evaluator *evaluator);
adatom_status adatom_evaluator_compute_many(adatom_evaluator *evaluator,
                                            adatom_evaluator_job *const *jobs, size_t count,
                                            const adatom_batch_watch *watch);

/* INVALID_INPUT unless it has atoms, all of known elements in finite places. */
adatom_status adatom_evaluator_check_structure(const adatom_structure *structure);
/* EVALUATION_FAILED unless all numbers are finite, of count atoms; what is NULL, or not there, is
 * not looked at. */
adatom_status adatom_evaluator_check_result(const adatom_properties *result, size_t count);

#endif

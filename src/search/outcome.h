/* adatom: what a built structure is worth. */
#ifndef ADATOM_SEARCH_OUTCOME_H
#define ADATOM_SEARCH_OUTCOME_H

#include "search/agent.h"
#include "search/evaluation.h"

typedef struct adatom_outcome {
    adatom_structure *structure; /* as built, or relaxed; freed by the caller */
    double energy;               /* eV, of that structure; INFINITY if the evaluation failed */
    double property;             /* in its own unit and direction; NAN if the evaluation failed */
    double value;                /* what is made low: adatom_property_find; INFINITY then */
    double (*forces)[3];         /* eV/Å, where it was relaxed, else NULL; freed by the caller */
    adatom_evaluation_cost cost;
} adatom_outcome;

/* That of an episode without a structure. */
adatom_outcome adatom_outcome_none(void);

/* Evaluates the structure of all actions, after relaxation in the plane where options ask for it.
 * Then actions become those that lead to the relaxed atoms snapped to the nearest grid points,
 * order kept, if that structure could be built; else they stay. A failed evaluation is no failure
 * of this call: the energy is INFINITY and adatom_error_message() says why. INVALID_INPUT and
 * UNSUPPORTED (an element that the evaluator does not know) are. */
adatom_status adatom_outcome_find(adatom_agent *agent, adatom_evaluation *evaluation, int *actions,
                                  adatom_outcome *outcome);
void adatom_outcome_clear(adatom_outcome *outcome);

/* Fails as adatom_outcome_find would where the evaluator does not know one of the elements. */
adatom_status adatom_outcome_check_elements(adatom_agent *agent, adatom_evaluator *evaluator);

#endif

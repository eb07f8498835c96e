/* adatom: which atom is which, where a fingerprint has a row for each atom. */
#ifndef ADATOM_GENERATE_ROWS_H
#define ADATOM_GENERATE_ROWS_H

#include "generate/global.h"

typedef struct adatom_rows adatom_rows;

/* *out stays NULL where atoms have no rows of their own. target[columns] must outlive it. */
adatom_status adatom_rows_create(const adatom_global *fingerprint, const double *target,
                                 adatom_rows **out);
void adatom_rows_free(adatom_rows *rows);
/* Lets equal atoms of a lane change places so that their rows are nearest to the target's: to
 * descend to a permutation is many times harder. NULL: does nothing. scratch is a structure of
 * these atoms. */
adatom_status adatom_rows_assign(adatom_rows *rows, adatom_structure *scratch, double *variables,
                                 int lane);

#endif

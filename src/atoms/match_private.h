/* adatom: the comparison of two structures, for its parts. */
#ifndef ADATOM_ATOMS_MATCH_PRIVATE_H
#define ADATOM_ATOMS_MATCH_PRIVATE_H

#include "atoms/match.h"

/* Rounds of assignment and superposition from each beginning at most. */
enum { ADATOM_MATCH_ROUNDS = 30 };

typedef struct adatom_comparison {

    size_t count;
    const int *first_numbers, *second_numbers;
    double (*first)[3], (*second)[3]; /* free: from the centres; periodic: fractional */
    double (*turned)[3], (*paired)[3];
    double *costs;
    size_t *column_of;
    double best;   /* mean square */
    double strain; /* of the best */
} adatom_comparison;

/* Added to the squares, Å^2, of unequal atoms: larger than any sum, so that they are never paired.
 */
#define ADATOM_MATCH_FORBIDDEN 1e12

/* How far translations of a crystal may be off, and below what a superposition will do, Å. */
#define ADATOM_MATCH_SAME 0.1

/* Lower `best` as far as they can; structures of the same elements. */
adatom_status adatom_compare_free(adatom_comparison *comparison, const adatom_structure *first,
                                  const adatom_structure *second);
adatom_status adatom_compare_periodic(adatom_comparison *comparison, const adatom_structure *first,
                                      const adatom_structure *second, double tolerance);

#endif

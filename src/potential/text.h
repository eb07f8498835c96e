/* adatom: a potential as plain text, which the KIM model driver reads: it needs no library.
 *
 *   adatom-potential 1
 *   descriptor BYTES          the spec follows on a line of its own
 *   species N Z1 ...          atomic numbers, in the order of the types
 *   hidden N SIZE1 ...
 *   activation NAME
 *   members N
 *   energy_factor NUMBER      eV
 *   element Z COUNT OFFSET    for each element: number of values, offset in eV; then
 *   means ... factors ...     [count] each
 *   weights ...               [members][weights] */
#ifndef ADATOM_POTENTIAL_TEXT_H
#define ADATOM_POTENTIAL_TEXT_H

#include "potential/model.h"

#include <stdio.h>

/* All digits are written: what is read back is the same to the bit. */
void adatom_potential_print(const adatom_potential *potential, FILE *stream);
/* text[length] is 0. name stands for the file in messages. */
adatom_status adatom_potential_parse(const char *text, const char *name, adatom_potential **out);

#endif

/* adatom: what libxtb may be given as a cell. */
#ifndef ADATOM_ENERGY_XTB_CELL_H
#define ADATOM_ENERGY_XTB_CELL_H

#include "adatom/structure.h"

typedef struct adatom_xtb_cell {
    bool periodic[3];     /* none: a molecule, and no lattice */
    double lattice[3][3]; /* rows are lattice vectors, Å */
} adatom_xtb_cell;

/* Places a structure for GFN`method`-xTB, method 0, 1 or 2: positions [atom_count][3] (Å) are those
 * of the structure, moved into the cell along its periodic directions.
 *
 * libxtb 6.5.1 knows molecules and crystals. A slab is given to it as a crystal with so much empty
 * space that more changes nothing (GFN0 only). Its sums over images end silently at lengths that
 * follow from the cell's shape; UNSUPPORTED, with the reason, where they would leave out neighbours
 * or where there is no such mode. INVALID_INPUT if the cell is flat. */
adatom_status adatom_xtb_place(int method, const adatom_structure *structure, adatom_xtb_cell *cell,
                               double (*positions)[3]);

#endif

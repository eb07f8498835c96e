/* adatom: the Q-maps that a run keeps in its checkpoint, for the report. */
#ifndef ADATOM_REPORT_SNAPSHOTS_H
#define ADATOM_REPORT_SNAPSHOTS_H

#include "adatom/status.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { ADATOM_SNAPSHOT_STEPS = 3 }; /* the first, a middle and the last one */

typedef struct adatom_run_grid {
    bool known;
    int dimensions; /* 2: a plane, shape[2] is 1; 3: space */
    int shape[3];
    double origin[3];     /* centre of pixel 0, 0, 0, Å */
    double vectors[3][3]; /* from pixel to pixel, Å */
    bool periodic[3];
} adatom_run_grid;

typedef struct adatom_snapshot {
    int64_t episode;
    int steps[ADATOM_SNAPSHOT_STEPS]; /* atoms placed before the action */
    int species_count;
    float *q;                             /* [steps][species][nx][ny][nz] */
    uint8_t *allowed;                     /* the same shape, 1 where an atom may be placed */
    int action[ADATOM_SNAPSHOT_STEPS][4]; /* species index, x, y, z */
    size_t atom_count;
    double (*positions)[3]; /* [atom_count][3], Å: template, then in order of placement */
    int *numbers;           /* [atom_count], atomic numbers */
} adatom_snapshot;

typedef struct adatom_snapshots {
    adatom_run_grid grid;
    size_t template_count;
    size_t count, capacity;
    adatom_snapshot *snapshots; /* by episode */
} adatom_snapshots;

/* Reads the grid and all whole snapshots of a checkpoint. INVALID_INPUT if there is no such file or
 * the grid is not in it; damaged snapshots fail too. *out is filled as far as it could be read, on
 * failure too: the grid is useful without Q-maps. */
adatom_status adatom_snapshots_read(const char *path, adatom_snapshots *out);
void adatom_snapshots_clear(adatom_snapshots *snapshots);

#endif

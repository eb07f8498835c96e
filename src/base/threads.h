/* adatom: a team of threads for loops over independent items. */
#ifndef ADATOM_BASE_THREADS_H
#define ADATOM_BASE_THREADS_H

#include "adatom/status.h"

typedef struct adatom_team adatom_team;

/* One item of a loop. `thread` is 0 .. size - 1 and picks the caller's scratch memory. */
typedef void adatom_team_item(void *context, int item, int thread);

/* size >= 1 threads, the calling one included. */
adatom_status adatom_team_create(int size, adatom_team **out);
void adatom_team_free(adatom_team *team);
int adatom_team_size(const adatom_team *team);

/* Runs body for items 0 .. count - 1 and returns when all are done. Which thread takes which item
 * is not fixed: a body must write only what belongs to its item, then results do not depend on it.
 */
void adatom_team_run(adatom_team *team, int count, adatom_team_item *body, void *context);

/* Cores that this process may use, at least 1. */
int adatom_available_cores(void);

#endif

/* adatom: who works on what, among processes that share nothing but a folder.
 *
 * A claim on PATH is a file PATH.1, PATH.2 ...: the one with the highest number counts. It is made
 * with link(), which gives the number to one process only, on network file systems too. Files are
 * never taken away by another, so that no two processes can believe that they hold the claim
 * because one of them was slow. The owner writes signs of life into its file, and that it lets go.
 */
#ifndef ADATOM_ENSEMBLE_CLAIM_H
#define ADATOM_ENSEMBLE_CLAIM_H

#include "ensemble/files.h"

enum { ADATOM_CLAIM_TEXT_SIZE = 256 };

/* Zero: held by nobody here. */
typedef struct adatom_claim {
    char path[ADATOM_ENSEMBLE_PATH_SIZE];
    int number;
    int64_t beat;
    int descriptor;
    bool held;
} adatom_claim;

/* What another's claim said, and since when by our clock: a lease has run out when its text has not
 * changed for so long. Starts as zero. */
typedef struct adatom_claim_watch {
    char text[ADATOM_CLAIM_TEXT_SIZE];
    double since; /* s */
} adatom_claim_watch;

/* Takes the claim if it is free, let go, or its owner is gone: a process of this machine that no
 * longer runs, or a lease that has run out. claim->held says whether that worked. */
adatom_status adatom_claim_try(const char *path, double lease, adatom_claim_watch *watch,
                               adatom_claim *claim);
/* The same until it works. */
adatom_status adatom_claim_wait(const char *path, double lease, adatom_claim *claim);
/* A sign of life. Sets claim->held to false if another has taken over. */
adatom_status adatom_claim_beat(adatom_claim *claim);
/* Lets go, if held. */
void adatom_claim_release(adatom_claim *claim);

#endif

/* adatom: what stands where in the folder of an ensemble. */
#ifndef ADATOM_ENSEMBLE_FILES_H
#define ADATOM_ENSEMBLE_FILES_H

#include "adatom/ensemble.h"

enum { ADATOM_ENSEMBLE_PATH_SIZE = 4096, ADATOM_ENSEMBLE_NOTE_SIZE = 1024 };

#define ADATOM_ENSEMBLE_OPTIONS "ensemble.yaml"
#define ADATOM_ENSEMBLE_STATE                                                                      \
    "state" /* a folder: who works on which agent, and which have ended                            \
             */

enum adatom_ensemble_target {
    ADATOM_TARGET_NONE,
    ADATOM_TARGET_STOP,
    ADATOM_TARGET_ENERGY,
    ADATOM_TARGET_STRUCTURE
};

/* "FOLDER/NAME"; INVALID_INPUT if it is too long. */
adatom_status adatom_ensemble_path(const char *folder, const char *name,
                                   char path[ADATOM_ENSEMBLE_PATH_SIZE]);
/* "FOLDER/agent-0001" for agent 1, or, with a name, "FOLDER/agent-0001/NAME". */
adatom_status adatom_ensemble_agent_path(const char *folder, int agent, const char *name,
                                         char path[ADATOM_ENSEMBLE_PATH_SIZE]);
/* "FOLDER/state/agent-0001.ENDING". */
adatom_status adatom_ensemble_state_path(const char *folder, int agent, const char *ending,
                                         char path[ADATOM_ENSEMBLE_PATH_SIZE]);

adatom_status adatom_ensemble_write_options(const char *folder,
                                            const adatom_ensemble_options *options);

/* How it stands with an agent that nobody need work on. */
typedef enum adatom_agent_standing {
    ADATOM_AGENT_OPEN,    /* not ended, or ended at a limit that is no longer one */
    ADATOM_AGENT_REACHED, /* ended at stop.energy */
    ADATOM_AGENT_LIMIT,   /* ended at another limit of stop */
    ADATOM_AGENT_FAILED   /* given up */
} adatom_agent_standing;

/* limits: the section stop as text, without line breaks; an end under other limits counts as open;
 * NULL: any limits. note: why it failed, or "". */
adatom_agent_standing adatom_ensemble_standing(const char *folder, int agent, const char *limits,
                                               char note[ADATOM_ENSEMBLE_NOTE_SIZE]);
/* Keeps the standing; text is limits, or why it failed. ADATOM_AGENT_OPEN takes back a failure. */
adatom_status adatom_ensemble_settle(const char *folder, int agent, adatom_agent_standing standing,
                                     const char *text);

#endif

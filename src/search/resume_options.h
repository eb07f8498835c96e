/* adatom: the settings with which a run goes on. */
#ifndef ADATOM_SEARCH_RESUME_OPTIONS_H
#define ADATOM_SEARCH_RESUME_OPTIONS_H

#include "adatom/search.h"

/* Settings from run.yaml and the overrides. What they may change against the checkpoint is stop.*,
 * threads and checkpoint_seconds: anything else is INVALID_INPUT and names the key. If run.yaml is
 * gone it is taken from the checkpoint. Nothing is written. */
adatom_status adatom_resume_options(const char *folder, const char *const *overrides,
                                    size_t override_count, adatom_search_options *options);

#endif

/* adatom: the settings with which a run goes on. */
#ifndef ADATOM_SEARCH_RESUME_OPTIONS_H
#define ADATOM_SEARCH_RESUME_OPTIONS_H

#include "adatom/search.h"

/* Whether two values of the field are the same, to the last bit. */
bool adatom_option_same_value(const adatom_option_field *field, const void *a, const void *b);

/* Settings from run.yaml and the overrides. What they may change against the checkpoint is stop.*,
 * threads, checkpoint_seconds and what is done about failures: anything else is INVALID_INPUT and
 * names the key. If run.yaml is gone it is taken from the checkpoint. Nothing is written. */
adatom_status adatom_resume_options(const char *folder, const char *const *overrides,
                                    size_t override_count, adatom_search_options *options);

/* Whether that setting may change when a run goes on; path need not end after length. */
#define ADATOM_RESUME_MAY_CHANGE                                                                   \
    "stop.*, threads, checkpoint_seconds, evaluation.retries and evaluation.on_failure"
bool adatom_resume_may_change(const char *path, size_t length);
/* The path of the first setting that differs and may not; NULL if there is none. */
const char *adatom_resume_changed(const adatom_search_options *before,
                                  const adatom_search_options *now);

#endif

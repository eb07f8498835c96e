/* adatom: the text of the last failure, kept per thread. */
#ifndef ADATOM_BASE_ERROR_H
#define ADATOM_BASE_ERROR_H

#include "adatom/status.h"

/* Keeps the formatted line for adatom_error_message() and returns status. The place that finds the
 * failure calls it once; callers above only pass the status on. */
adatom_status adatom_fail(adatom_status status, const char *format, ...) ADATOM_PRINTF(2, 3);

/* Puts "context: " before the kept line and returns status, for a caller that knows the file. */
adatom_status adatom_fail_in(adatom_status status, const char *format, ...) ADATOM_PRINTF(2, 3);

/* Returns from the calling function if the call failed. */
#define ADATOM_TRY(call)                                                                           \
    do {                                                                                           \
        const adatom_status adatom_try_status_ = (call);                                           \
        if (adatom_try_status_ != ADATOM_OK) {                                                     \
            return adatom_try_status_;                                                             \
        }                                                                                          \
    } while (0)

/* Jumps to the clean-up label if the call failed; `status` must be a variable in scope. */
#define ADATOM_TRY_ELSE(status, label, call)                                                       \
    do {                                                                                           \
        (status) = (call);                                                                         \
        if ((status) != ADATOM_OK) {                                                               \
            goto label;                                                                            \
        }                                                                                          \
    } while (0)

#endif

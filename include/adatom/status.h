/* adatom: how calls report failure.
 *
 * Every fallible call returns an adatom_status. Results come through out-pointers and are written
 * only on success. One line that says what went wrong (file, line, what was expected) is kept per
 * thread and read with adatom_error_message(). */
#ifndef ADATOM_STATUS_H
#define ADATOM_STATUS_H

#include "adatom/export.h"

/* X(name, exit status of the command line, what it means) */
#define ADATOM_STATUS_LIST(X)                                                                      \
    X(OK, 0, "success")                                                                            \
    X(INVALID_INPUT, 2, "bad input or wrong use")                                                  \
    X(UNSUPPORTED, 2, "not available in this build or for this input")                             \
    X(IO_FAILED, 1, "a file could not be read or written")                                         \
    X(OUT_OF_MEMORY, 1, "out of memory")                                                           \
    X(EVALUATION_FAILED, 1, "the energy program failed")                                           \
    X(INTERRUPTED, 1, "stopped on request")

typedef enum adatom_status {
#define ADATOM_STATUS_ENUM(name, exit_status, text) ADATOM_##name,
    ADATOM_STATUS_LIST(ADATOM_STATUS_ENUM)
#undef ADATOM_STATUS_ENUM
} adatom_status;

/* What the status means, in a few words. */
ADATOM_API const char *adatom_status_text(adatom_status status);

/* Exit status of a program that ends with this status: 0 done, 1 failed, 2 bad input. */
ADATOM_API int adatom_status_exit(adatom_status status);

/* One line on this thread's last failure, without a newline; "" if none. Valid until the next
 * adatom call on this thread. */
ADATOM_API const char *adatom_error_message(void);

#endif

/* What the authors of back-ends are given. */
#include "adatom/sys/evaluator.h"

#include "base/error.h"
#include "base/memory.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

adatom_status adatom_sys_fail(adatom_status status, const char *format, ...)
{
    char line[1024];
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(line, sizeof line, format, arguments);
    va_end(arguments);
    return adatom_fail(status, "%s", line);
}

adatom_status adatom_sys_allocate(size_t count, size_t size, void *out)
{
    return adatom_allocate(count, size, out);
}

adatom_status adatom_sys_grow(void *array, size_t *capacity, size_t needed, size_t size)
{
    return adatom_grow(array, capacity, needed, size);
}

adatom_status adatom_sys_number(const adatom_spec_argument *argument, double minimum,
                                double maximum, double *out)
{
    char *end;
    const double value = strtod(argument->value, &end);
    if (end == argument->value || *end != '\0' || !(value >= minimum && value <= maximum)) {
        return adatom_fail(ADATOM_INVALID_INPUT,
                           "evaluator argument %s=%s is not a number from %g to %g", argument->key,
                           argument->value, minimum, maximum);
    }
    *out = value;
    return ADATOM_OK;
}

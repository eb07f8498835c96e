/* assert_near(actual, expected, tolerance) for doubles; NaN is near nothing. */
#ifndef ADATOM_TESTS_ASSERT_NEAR_H
#define ADATOM_TESTS_ASSERT_NEAR_H

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

static inline void assert_near_at(double actual, double expected, double tolerance,
                                  const char *file, int line)
{
    if (!(fabs(actual - expected) <= tolerance)) {
        print_error("%.17g is not %.17g within %g\n", actual, expected, tolerance);
        _fail(file, line);
    }
}

#define assert_near(actual, expected, tolerance)                                                   \
    assert_near_at((actual), (expected), (tolerance), __FILE__, __LINE__)

#endif

/* cmocka wants these headers before its own. */
#ifndef ADATOM_TESTS_CMOCKA_ALL_H
#define ADATOM_TESTS_CMOCKA_ALL_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#endif

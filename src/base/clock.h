/* adatom: the time that has passed. */
#ifndef ADATOM_BASE_CLOCK_H
#define ADATOM_BASE_CLOCK_H

/* Seconds from some moment on; never set back. */
double adatom_clock(void);

#endif

/* adatom: the KIM API library as a whole: its log and the models that are installed. */
#ifndef ADATOM_ENERGY_KIM_LIBRARY_H
#define ADATOM_ENERGY_KIM_LIBRARY_H

#include "adatom/status.h"

/* Between the two calls the thread has the library's process-wide state to itself, and objects made
 * there are silent for life: the library would write a file kim.log in the working directory. */
void adatom_kim_enter(void);
void adatom_kim_leave(void);

/* The full name of an installed portable model, as in "LJ_..._Ar__MO_123456789012_003", for that
 * name or for its part before "__MO_" (the latest version then). Free with free(). INVALID_INPUT
 * names the package that has the models and the nearest installed name; UNSUPPORTED for models that
 * only a certain simulator can run. Call between enter and leave. */
adatom_status adatom_kim_find_model(const char *name, char **full_name);

#endif

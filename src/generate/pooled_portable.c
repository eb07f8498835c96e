/* adatom: the fast fingerprint for any processor. */
#define ADATOM_POOLED_KERNEL adatom_pooled_portable
#define ADATOM_POOLED_NORMAL adatom_pooled_normal_portable
#include "generate/lanes/pooled_normal.h"

/* adatom: the kernels of dense networks for any processor. */
#define ADATOM_DOUBLES 2
#include "nn/lanes/dense_single.h"

const adatom_dense_kernels adatom_dense_portable = ADATOM_DENSE_KERNELS("portable");

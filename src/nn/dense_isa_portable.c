/* adatom: the kernels of dense networks for any processor. */
#include "nn/lanes/dense.h"

const adatom_dense_kernels adatom_dense_portable = ADATOM_DENSE_KERNELS("portable");

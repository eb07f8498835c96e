/* adatom: the kernels of dense networks in single precision for any processor. */
#define ADATOM_FLOATS 4
#include "nn/lanes/dense_float.h"

const adatom_dense_float_kernels adatom_dense_float_portable =
    ADATOM_DENSE_FLOAT_KERNELS("portable");

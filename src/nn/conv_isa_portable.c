/* adatom: the kernels of convolutional networks for any processor. */
#define ADATOM_LANES 4
#include "nn/lanes/conv.h"

const adatom_conv_kernels adatom_conv_portable = ADATOM_CONV_KERNELS("portable");

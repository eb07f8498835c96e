/* adatom: convolutions of stride 1 in the plane by tiles (nn/conv_kernels.h), which takes a third
 * to a quarter of the multiplications of the sum over taps. */
#ifndef ADATOM_NN_CONVNET_TILES_H
#define ADATOM_NN_CONVNET_TILES_H

#include "nn/conv_kernels.h"
#include "nn/convnet_private.h"

enum { ADATOM_CONVNET_TILES = 48 }; /* that are computed at once */

/* How a convolution is divided into tiles. The gradient by its input is a convolution of the slopes
 * by the filters turned around, with the same tiles. */
typedef struct adatom_convnet_tiling {
    size_t count;                     /* tiles of an image; 0: it is not */
    int32_t *sources, *slope_sources; /* [tile][ADATOM_CONV_POINTS]; the latter when training */
    int32_t *targets;                 /* [tile][m m] */
    float *filters;                   /* [point][N / 16][K][16] */
    float *turned;                    /* [point][K / 16][N][16], when training */
} adatom_convnet_tiling;

/* Whether tiles are worth it: a matter of the layer's shape alone. */
bool adatom_convnet_is_tiled(const adatom_convnet *network, int layer);

adatom_status adatom_convnet_tiling_create(const adatom_convnet *network, int layer, bool training,
                                           adatom_convnet_tiling *out);
void adatom_convnet_tiling_clear(adatom_convnet_tiling *tiling);

/* Memory for the tiles of the widest layer; *tiles is NULL if there is none. */
adatom_status adatom_convnet_tiles_create(const adatom_convnet *network, float **tiles);

struct adatom_convnet_run;
struct adatom_convnet_values;

/* The filters at the points: of run->weights, and of run->turned. */
void adatom_convnet_tile_filters(const struct adatom_convnet_run *run, int layer);
void adatom_convnet_tile_turned(const struct adatom_convnet_run *run, int layer);

/* The values of the layer; those of tanh and squareplus before the activation. */
void adatom_convnet_convolve_tiles(const struct adatom_convnet_run *run, int layer, int images,
                                   int thread, struct adatom_convnet_values *values);
/* The gradient by the weights, [K / 16][N][16], and the slopes of the input; all are written. */
void adatom_convnet_deconvolve_tiles(const struct adatom_convnet_run *run, int layer, int images,
                                     int thread, const struct adatom_convnet_values *values,
                                     adatom_conv_table slopes, adatom_conv_table in,
                                     float *gradient);

#endif

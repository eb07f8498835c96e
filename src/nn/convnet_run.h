/* adatom: the state of a computation by a convolutional network. */
#ifndef ADATOM_NN_CONVNET_RUN_H
#define ADATOM_NN_CONVNET_RUN_H

#include "nn/conv_kernels.h"
#include "nn/convnet_private.h"
#include "nn/convnet_tiles.h"

enum { ADATOM_CONVNET_ROWS = 48 }; /* places whose patches are made at once */

/* The values of the convolutions of a few images: rows are [image][copy][place]. */
typedef struct adatom_convnet_values {
    float *image;                                        /* [row][channel] */
    adatom_conv_table layers[ADATOM_CONVNET_LAYERS_MAX]; /* of each convolution */
} adatom_convnet_values;

typedef struct adatom_convnet_thread {
    float *image;                      /* [channel][place], as it comes */
    adatom_conv_table patches, slopes; /* ADATOM_CONVNET_ROWS rows */
    float *gradients[2];               /* with respect to the values of a layer */
    float *turned;                     /* weights of a dense layer */
    float *tiles[2];                   /* values and results of a few tiles */
    float *point_products; /* products of a convolution by tiles: [point][K / 16][N][16] */
} adatom_convnet_thread;

struct adatom_convnet_run {
    const adatom_convnet *network;
    const adatom_conv_kernels *kernels;
    adatom_team *team;
    bool training;
    int batch, count;      /* images at most, and of the latest batch */
    int slot_images;       /* images of the latest batch that are done one after the other */
    int slots;             /* of the latest batch */
    int convolutions;      /* the first layers */
    size_t gradient_count; /* weights of the convolutions */
    int32_t *sources[ADATOM_CONVNET_LAYERS_MAX];
    float *turned[ADATOM_CONVNET_LAYERS_MAX]; /* weights [K / 16][N][16], when training */
    adatom_convnet_tiling tilings[ADATOM_CONVNET_LAYERS_MAX];
    adatom_convnet_values *values; /* of each slot when training, or of each thread */
    int value_count;
    adatom_convnet_thread *threads;
    adatom_conv_table dense[ADATOM_CONVNET_LAYERS_MAX + 1]; /* rows are images; [convolutions] is
                                                               what the first of them sees */
    adatom_conv_table dense_slopes[ADATOM_CONVNET_LAYERS_MAX + 1];
    float *slot_gradients; /* [slot][gradient_count]; of weights [K / 16][N][16], but in the first
                              layer, and of biases */
    /* arguments of the latest calls, for the threads */
    const float *weights;
    adatom_convnet_image *fill;
    void *context;
    float *gradient, *image_gradient;
    int layer;
};

static inline size_t adatom_convnet_dense_work(const adatom_convnet_run *run,
                                               const adatom_convnet_layer *layer)
{
    return (size_t)run->count * layer->inputs * layer->blocks * ADATOM_CONV_BLOCK;
}

static inline adatom_conv_table adatom_conv_table_row(adatom_conv_table table, size_t row)
{
    return (adatom_conv_table){table.values + row * ADATOM_CONV_BLOCK, table.stride};
}

/* Number of slots and images of each, which the number of images alone decides. */
int adatom_convnet_slots(int count);

/* The patches of rows first .. first + rows - 1 of a layer, from the values of its input. */
void adatom_convnet_gather(const adatom_convnet_run *run, int layer,
                           const adatom_convnet_values *values, size_t first, size_t rows,
                           adatom_conv_table patches);
/* Adds patches of slopes to the slopes of the input, [column block][row][16] with that stride; for
 * the first layer [row][channel]. */
void adatom_convnet_scatter(const adatom_convnet_run *run, int layer, adatom_conv_table patches,
                            size_t first, size_t rows, float *slopes, size_t stride);

/* Rows of the input and the output of a convolution for so many images. */
size_t adatom_convnet_in_rows(const adatom_convnet_run *run, int layer, int images);
size_t adatom_convnet_out_rows(const adatom_convnet_run *run, int layer, int images);

/* Does items of work: shares them among the team if there is enough of it, in multiplications. */
void adatom_convnet_share(adatom_convnet_run *run, int items, size_t work, adatom_team_item *body);

#endif

/* Network 1 of Ryczko et al. (2018), made of MODULES modules, on images of SIZE x SIZE pixels: CPU
 * time of inference and of training (without the step of Adam) for an image of a batch of 16, on
 * one core, and of the drawing of an image of two atoms.
 *
 *   bench_images SIZE MODULES REPEATS */
#include "image/potential_image.h"
#include "nn/convnet.h"

#include "timing.h"

#include <stdio.h>
#include <stdlib.h>

enum { BATCH = 16, REPEATS_MAX = 1000 };

static void fill(void *context, int item, int thread, float *image)
{
    const size_t places = adatom_convnet_places(context);
    (void)thread;
    for (size_t p = 0; p < places; p++) {
        image[p] = (p * 7 + (size_t)item) % 31 == 0 ? 0.1f : 0.0f;
    }
}

static void add_layer(adatom_convnet *network, int filters, int width, int stride)
{
    network->layers[network->layer_count++] = (adatom_convnet_layer){
        .outputs = filters, .width = width, .stride = stride, .activation = ADATOM_CONVNET_RELU};
}

static adatom_status make_network(int size, int modules, adatom_convnet *out)
{
    *out = (adatom_convnet){.dimensions = 2, .channels = 1, .size = {size, size, 1}};
    for (int m = 0; m < modules; m++) {
        add_layer(out, 64, 3, 2);
        add_layer(out, 16, 4, 1);
        add_layer(out, 16, 4, 1);
    }
    const adatom_convnet_layer hidden = {.kind = ADATOM_CONVNET_DENSE, .outputs = 1024};
    const adatom_convnet_layer last = {
        .kind = ADATOM_CONVNET_DENSE, .outputs = 1, .activation = ADATOM_CONVNET_LINEAR};
    out->layers[out->layer_count++] = hidden;
    out->layers[out->layer_count++] = last;
    return adatom_convnet_resolve(out);
}

static int time_network(adatom_convnet *network, int repeats)
{
    adatom_team *team;
    adatom_convnet_run *run;
    float *weights = malloc(network->weight_count * sizeof *weights), outputs[BATCH];
    float *gradient = malloc(network->weight_count * sizeof *gradient);
    static double forward[REPEATS_MAX], training[REPEATS_MAX];
    if (weights == NULL || gradient == NULL || adatom_team_create(1, &team) != ADATOM_OK ||
        adatom_convnet_run_create(network, BATCH, true, team, &run) != ADATOM_OK) {
        return 1;
    }
    adatom_convnet_start(network, 1, weights);
    for (int r = -1; r < repeats; r++) {
        const double start = seconds();
        adatom_convnet_forward(run, weights, BATCH, fill, network, outputs);
        const double middle = seconds();
        adatom_convnet_backward(run, weights, outputs, gradient, NULL);
        if (r >= 0) {
            forward[r] = middle - start;
            training[r] = seconds() - start;
        }
    }
    printf("inference %.4g ms\ntraining %.4g ms\n", 1e3 * median(forward, repeats) / BATCH,
           1e3 * median(training, repeats) / BATCH);
    adatom_convnet_run_free(run);
    adatom_team_free(team);
    free(weights);
    free(gradient);
    return 0;
}

/* Two atoms in a square of 10 Å. */
static int time_drawing(int size)
{
    enum { DRAWN = 2000 };
    const adatom_potential_image image = {.dimensions = 2, .grid = {size, size}, .width = 0.2};
    adatom_structure *structure;
    int found[3];
    float *pixels = malloc((size_t)size * (size_t)size * sizeof *pixels);
    if (pixels == NULL || adatom_structure_create(2, &structure) != ADATOM_OK) {
        return 1;
    }
    structure->cell[0][0] = structure->cell[1][1] = 10;
    structure->atomic_numbers[0] = structure->atomic_numbers[1] = 1;
    structure->positions[0][0] = structure->positions[0][1] = 4.2;
    structure->positions[1][0] = structure->positions[1][1] = 5.7;
    if (adatom_potential_image_size(&image, structure, found) != ADATOM_OK) {
        return 1;
    }
    const double start = seconds();
    for (int i = 0; i < DRAWN; i++) {
        adatom_potential_image_draw(&image, structure, found, pixels);
    }
    printf("drawing %.4g ms\n", 1e3 * (seconds() - start) / DRAWN);
    adatom_structure_free(structure);
    free(pixels);
    return 0;
}

int main(int count, char **words)
{
    adatom_convnet network;
    const int size = count > 1 ? atoi(words[1]) : 64, modules = count > 2 ? atoi(words[2]) : 6;
    const int repeats = count > 3 ? atoi(words[3]) : 10;
    if (size < 1 || size > 1024 || modules < 1 || modules > 10 || repeats < 1 ||
        repeats > REPEATS_MAX || make_network(size, modules, &network) != ADATOM_OK) {
        return 2;
    }
    return time_network(&network, repeats) + time_drawing(size);
}

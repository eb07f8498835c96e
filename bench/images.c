/* Network 1 of Ryczko et al. (2018), made of MODULES modules, on images of SIZE x SIZE pixels: time
 * of inference or of training (without the step of Adam) for an image of a batch of 16, and peak
 * memory; or time of the drawing of an image of two atoms.
 *
 *   bench_images inference|training|drawing SIZE MODULES REPEATS THREADS */
#include "image/potential_image.h"
#include "nn/convnet.h"

#include "timing.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

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

static double wall_seconds(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (double)now.tv_sec + 1e-9 * (double)now.tv_nsec;
}

/* MB; of this program alone, while getrusage counts what started it, too. */
static double peak_memory(void)
{
    char line[256];
    double kilobytes = 0;
    FILE *status = fopen("/proc/self/status", "r");
    while (status != NULL && fgets(line, sizeof line, status) != NULL) {
        sscanf(line, "VmHWM: %lf", &kilobytes);
    }
    if (status != NULL) {
        fclose(status);
    }
    return kilobytes / 1024;
}

typedef struct work {
    bool training;
    adatom_convnet *network;
    adatom_convnet_run *run;
    float *weights, *gradient, outputs[BATCH];
} work;

static void do_batch(work *w)
{
    adatom_convnet_forward(w->run, w->weights, BATCH, fill, w->network, w->outputs);
    if (w->training) {
        adatom_convnet_backward(w->run, w->weights, w->outputs, w->gradient, NULL);
    }
}

static void time_batches(work *w, int repeats)
{
    static double cpu[REPEATS_MAX];
    double shortest = 1e300;
    do_batch(w);
    for (int r = 0; r < repeats; r++) {
        const double start = seconds(), wall_start = wall_seconds();
        do_batch(w);
        const double wall = wall_seconds() - wall_start;
        cpu[r] = seconds() - start;
        shortest = wall < shortest ? wall : shortest;
    }
    printf("cpu %.4g ms\nwall %.4g ms\nmemory %.4g MB\n", 1e3 * median(cpu, repeats) / BATCH,
           1e3 * shortest / BATCH, peak_memory());
}

static int time_network(adatom_convnet *network, bool training, int repeats, int threads)
{
    adatom_team *team;
    work w = {.training = training, .network = network};
    w.weights = malloc(network->weight_count * sizeof *w.weights);
    w.gradient = malloc((training ? network->weight_count : 1) * sizeof *w.gradient);
    if (w.weights == NULL || w.gradient == NULL ||
        adatom_team_create(threads, &team) != ADATOM_OK ||
        adatom_convnet_run_create(network, BATCH, training, team, &w.run) != ADATOM_OK) {
        return 1;
    }
    adatom_convnet_start(network, 1, w.weights);
    time_batches(&w, repeats);
    adatom_convnet_run_free(w.run);
    adatom_team_free(team);
    free(w.weights);
    free(w.gradient);
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
    printf("cpu %.4g ms\n", 1e3 * (seconds() - start) / DRAWN);
    adatom_structure_free(structure);
    free(pixels);
    return 0;
}

int main(int count, char **words)
{
    if (count != 6) {
        return 2;
    }
    adatom_convnet network;
    const int size = atoi(words[2]), modules = atoi(words[3]);
    const int repeats = atoi(words[4]), threads = atoi(words[5]);
    if (size < 1 || size > 1024 || modules < 1 || modules > 10 || repeats < 1 ||
        repeats > REPEATS_MAX || threads < 1 ||
        make_network(size, modules, &network) != ADATOM_OK) {
        return 2;
    }
    return strcmp(words[1], "drawing") == 0
               ? time_drawing(size)
               : time_network(&network, strcmp(words[1], "training") == 0, repeats, threads);
}

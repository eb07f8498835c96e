/* Times the engine on one core: building (one map per placed atom), training (one gradient and Adam
 * step of a batch) and whole episodes without the energy program. Prints "name value unit" lines
 * (medians); bench/engine.py lays them beside PyTorch and sgemm in the same run.
 *
 *   engine [grid_x grid_y filter_width filters samples repeats] */
#include "nn/adam.h"
#include "nn/isa.h"
#include "nn/map.h"
#include "nn/trainer.h"

#include "timing.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>

enum { PLACED = 23, KERNEL = 25 };

static adatom_network *make_network(int width, int filters)
{
    float values[KERNEL * KERNEL];
    for (int i = 0; i < KERNEL * KERNEL; i++) {
        const int x = i / KERNEL - KERNEL / 2, y = i % KERNEL - KERNEL / 2;
        values[i] = expf(-0.5f * (float)(x * x + y * y) / (1.2f * 1.2f));
    }
    const adatom_kernel kernel = {.width = {KERNEL, KERNEL}, .values = values, .bias = -0.1f};
    const adatom_layer layers[4] = {{filters, {width, width}},
                                    {filters, {width, width}},
                                    {filters, {width, width}},
                                    {1, {width, width}}};
    adatom_network *network = NULL;
    if (adatom_network_create(1, layers, 4, &kernel, 0.2f, 0, &network) != ADATOM_OK) {
        fprintf(stderr, "%s\n", adatom_error_message());
        exit(2);
    }
    return network;
}

/* One build: the map before each placement, and the new atom's stamp. */
static double time_build(adatom_map *map, const float *weights, const int grid[3],
                         adatom_random *random, double *prepare)
{
    float *q = malloc(sizeof(float) * (size_t)(grid[0] * grid[1]));
    const double start = seconds();
    adatom_map_prepare(map, weights);
    *prepare = seconds() - start;
    for (int t = 0; t < PLACED; t++) {
        adatom_map_add(map,
                       (adatom_point){.x = (int)adatom_random_below(random, (uint64_t)grid[0]),
                                      .y = (int)adatom_random_below(random, (uint64_t)grid[1])});
        adatom_map_evaluate(map, q);
    }
    const double elapsed = seconds() - start;
    free(q);
    return elapsed;
}

/* As Eq. 2 with a spillover of 0.1: all output pixels towards one target. */
static double cost_of_sample(void *context, int sample, const float *output, float *gradient)
{
    const int count = *(const int *)context;
    const float target = sample % 2 == 0 ? 0.5f : -0.5f;
    float sum = 0;
    for (int i = 0; i < count; i++) {
        sum += (i == count / 2 ? 1.0f : 0.1f) * (output[i] - target);
    }
    for (int i = 0; i < count; i++) {
        gradient[i] = 2 * sum * (i == count / 2 ? 1.0f : 0.1f);
    }
    return (double)(sum * sum);
}

static double time_update(adatom_trainer *trainer, adatom_adam *adam, float *weights,
                          float *gradient, const adatom_sample *samples, int count)
{
    int outputs = 9;
    double cost;
    const double start = seconds();
    adatom_trainer_gradient(trainer, weights, samples, count, cost_of_sample, &outputs, gradient,
                            &cost);
    adatom_adam_update(adam, gradient, weights);
    return seconds() - start;
}

static adatom_sample *make_samples(const adatom_network *network, int count, adatom_random *random)
{
    /* 24 atoms in 41 x 36 pixels, seen as far as the network reaches */
    const int reach = adatom_network_reach(network, 0) + 1,
              points = (2 * reach + 1) * (2 * reach + 1) * 12 / (41 * 36);
    adatom_sample *samples = malloc(sizeof *samples * (size_t)count);
    for (int s = 0; s < count; s++) {
        adatom_point *list = malloc(sizeof *list * (size_t)points);
        for (int i = 0; i < points; i++) {
            list[i] = (adatom_point){
                .x = (int)adatom_random_below(random, (uint64_t)(2 * reach + 1)) - reach,
                .y = (int)adatom_random_below(random, (uint64_t)(2 * reach + 1)) - reach};
        }
        samples[s] = (adatom_sample){list, (size_t)points};
    }
    return samples;
}

static int argument(int count, char **values, int index, int otherwise)
{
    return count > index ? atoi(values[index]) : otherwise;
}

int main(int argc, char **argv)
{
    const int grid[3] = {argument(argc, argv, 1, 41), argument(argc, argv, 2, 36), 1};
    const int width = argument(argc, argv, 3, 15), filters = argument(argc, argv, 4, 10);
    const int count = argument(argc, argv, 5, 64), repeats = argument(argc, argv, 6, 21);
    adatom_random random;
    adatom_random_seed(&random, 1, 0);
    adatom_network *network = make_network(width, filters);
    float *weights = malloc(sizeof(float) * network->weight_count),
          *gradient = malloc(sizeof(float) * network->weight_count);
    adatom_network_initialize(network, &random, weights);
    adatom_map *map = NULL;
    adatom_team *team = NULL;
    adatom_trainer *trainer = NULL;
    adatom_adam *adam = NULL;
    if (adatom_map_create(network, grid, (bool[]){true, true, false}, &map) != ADATOM_OK ||
        adatom_team_create(1, &team) != ADATOM_OK ||
        adatom_trainer_create(network, (int[]){3, 3, 1}, team, &trainer) != ADATOM_OK ||
        adatom_adam_create(network->weight_count, &adam) != ADATOM_OK) {
        fprintf(stderr, "%s\n", adatom_error_message());
        return 1;
    }
    adatom_sample *samples = make_samples(network, count, &random);
    double *build = malloc(sizeof(double) * (size_t)repeats),
           *prepare = malloc(sizeof(double) * (size_t)repeats);
    double *train = malloc(sizeof(double) * (size_t)repeats);
    for (int i = -2; i < repeats; i++) { /* the first two warm up */
        double preparation;
        const double b = time_build(map, weights, grid, &random, &preparation);
        const double t = time_update(trainer, adam, weights, gradient, samples, count);
        if (i >= 0) {
            build[i] = b;
            prepare[i] = preparation;
            train[i] = t;
        }
    }
    const double b = median(build, repeats), p = median(prepare, repeats),
                 t = median(train, repeats);
    printf("isa %s -\n", adatom_isa_chosen()->name);
    printf("weights %zu -\n", network->weight_count);
    printf("prepare %.4f ms\n", 1e3 * p);
    printf("map %.4f ms\n", 1e3 * (b - p) / PLACED);
    printf("map_with_prepare %.4f ms\n", 1e3 * b / PLACED);
    printf("train_sample %.4f ms\n", 1e3 * t / count);
    printf("episode %.3f ms\n", 1e3 * (b + t));
    return 0;
}

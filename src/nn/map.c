#include "nn/map.h"

#include "base/error.h"
#include "base/memory.h"
#include "nn/isa.h"

#include <stdlib.h>

struct adatom_map {
    const adatom_isa *isa;
    adatom_axes axes;
    adatom_network network; /* in the order of the axes */
    void *kernels;
};

adatom_status adatom_map_create(const adatom_network *network, const int shape[3],
                                const bool periodic[3], adatom_map **out)
{
    return adatom_map_create_on(adatom_isa_chosen(), network, shape, periodic, out);
}

adatom_status adatom_map_create_on(const adatom_isa *isa, const adatom_network *network,
                                   const int shape[3], const bool periodic[3], adatom_map **out)
{
    adatom_map *map = NULL;
    ADATOM_TRY(adatom_allocate(1, sizeof *map, &map));
    map->isa = isa;
    map->axes = adatom_axes_of(network, shape);
    map->network = adatom_axes_lay_network(&map->axes, network);
    const int *order = map->axes.order,
              laid[3] = {shape[order[0]], shape[order[1]], shape[order[2]]};
    const bool periods[3] = {periodic[order[0]], periodic[order[1]], periodic[order[2]]};
    const adatom_status status = isa->map_create(&map->network, laid, periods, &map->kernels);
    if (status != ADATOM_OK) {
        free(map);
        return status;
    }
    *out = map;
    return ADATOM_OK;
}

void adatom_map_free(adatom_map *map)
{
    if (map != NULL) {
        map->isa->map_free(map->kernels);
        free(map);
    }
}

void adatom_map_prepare(adatom_map *map, const float *weights)
{
    map->isa->map_prepare(map->kernels, weights);
}

void adatom_map_clear(adatom_map *map)
{
    map->isa->map_clear(map->kernels);
}

void adatom_map_add(adatom_map *map, adatom_point point)
{
    const int natural[3] = {point.x, point.y, point.z};
    int at[3];
    adatom_axes_lay(&map->axes, natural, at);
    map->isa->map_add(map->kernels, point.channel, at);
}

void adatom_map_evaluate(adatom_map *map, float *q)
{
    map->isa->map_evaluate(map->kernels, q);
}

#include "descriptor/density_kernel.h"

#include "base/error.h"
#include "base/memory.h"

#include <stdlib.h>
#include <string.h>

typedef struct density_workspace {
    size_t capacity;
    double (*gradients)[3];
} density_workspace;

adatom_status adatom_density_workspace_create(const void *density, void **out)
{
    (void)density;
    density_workspace *workspace;
    ADATOM_TRY(adatom_allocate(1, sizeof *workspace, &workspace));
    *out = workspace;
    return ADATOM_OK;
}

void adatom_density_workspace_free(void *workspace)
{
    free(((density_workspace *)workspace)->gradients);
    free(workspace);
}

adatom_status adatom_density_values(const void *density, void *workspace,
                                    const adatom_environment *environment, double *values)
{
    const adatom_density *of = density;
    density_workspace *kept = workspace;
    ADATOM_TRY(adatom_grow(&kept->gradients, &kept->capacity, environment->count * of->term_count,
                           sizeof *kept->gradients));
    return adatom_density_plain(of, environment, values, kept->gradients);
}

void adatom_density_contract(const void *density, void *workspace,
                             const adatom_environment *environment, const double *slopes,
                             double (*forces)[3])
{
    const size_t count = ((const adatom_density *)density)->term_count;
    const density_workspace *kept = workspace;
    memset(forces, 0, environment->count * sizeof *forces);
    for (size_t j = 0; j < environment->count; j++) {
        for (size_t v = 0; v < count; v++) {
            for (int x = 0; x < 3; x++) {
                forces[j][x] += slopes[v] * kept->gradients[j * count + v][x];
            }
        }
    }
}

void adatom_density_gradients(const void *density, void *workspace,
                              const adatom_environment *environment, double (*gradients)[3])
{
    const size_t count = ((const adatom_density *)density)->term_count;
    const density_workspace *kept = workspace;
    memcpy(gradients, kept->gradients, environment->count * count * sizeof *gradients);
}

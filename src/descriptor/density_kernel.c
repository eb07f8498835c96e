#include "descriptor/density_kernel.h"

#include "base/error.h"
#include "base/instruction_set.h"
#include "base/memory.h"

#include <stdlib.h>

static const adatom_density_isa *const kernels[] = {ADATOM_KERNELS(adatom_density)};

const adatom_density_isa *adatom_density_isa_available(int index)
{
    const int set = adatom_instruction_set_available(index);
    return set >= 0 ? kernels[set] : NULL;
}

static const adatom_density_isa *chosen_isa(void)
{
    return kernels[adatom_instruction_set_chosen()];
}

/* ---- workspace */

/* Where the sums of the terms stand: all pairs of rows, or n of a pair of channels. */
static void place_products(adatom_density_workspace *workspace)
{
    const adatom_density *density = workspace->density;
    const size_t stride = (size_t)density->radial->stride;
    const size_t channels = (size_t)density->channel_count, rows = channels * stride;
    const bool all = density->pairs == ADATOM_DENSITY_ALL;
    const size_t of_one_l = all ? rows * rows : channels * channels * stride;
    workspace->product_count = (size_t)density->l_count * of_one_l;
    for (size_t v = 0; v < density->term_count; v++) {
        const adatom_density_term *term = &density->terms[v];
        const size_t a = (size_t)term->a, b = (size_t)term->b;
        const size_t from = (size_t)term->l * of_one_l;
        workspace->product_of[v] =
            from +
            (all ? a * rows + b : (a / stride * channels + b / stride) * stride + a % stride);
        workspace->mirror_of[v] = from + b * rows + a;
    }
}

static void prepare_recursion(adatom_density_workspace *workspace)
{
    const adatom_radial *radial = workspace->density->radial;
    const int count = radial->n_count;
    double *alpha = workspace->recursion, *beta = alpha + count, *gamma = beta + count;
    for (int n = 0; n < count; n++) {
        const double *row = radial->coefficients + n * (count + 1), *before = row - (count + 1);
        gamma[n] = n > 0 ? row[n - 1] / before[n - 1] : 0;
        alpha[n] = (row[n] - (n > 0 ? gamma[n] * before[n] : 0)) / (n + 1);
        beta[n] = row[n + 1] / (n + 2);
    }
}

static adatom_status allocate_fixed(adatom_density_workspace *workspace)
{
    const adatom_density *density = workspace->density;
    const size_t stride = (size_t)density->radial->stride, l_count = (size_t)density->l_count;
    const size_t species = (size_t)density->species_count;
    const size_t channels = (size_t)density->channel_count;
    workspace->row = (size_t)density->radial->set_count * stride;
    workspace->channel = l_count * l_count * stride;
    ADATOM_TRY(adatom_allocate(species, sizeof(size_t), &workspace->first));
    ADATOM_TRY(adatom_allocate(species, sizeof(size_t), &workspace->last));
    ADATOM_TRY(adatom_allocate_aligned(species * workspace->channel, sizeof(double),
                                       &workspace->coefficients));
    workspace->mixed = workspace->coefficients;
    ADATOM_TRY(adatom_allocate_aligned(channels * workspace->channel, sizeof(double),
                                       &workspace->adjoint));
    workspace->adjoint_of_species = workspace->adjoint;
    if (!density->separate) {
        workspace->mixed = workspace->adjoint_of_species = NULL;
        ADATOM_TRY(adatom_allocate_aligned(channels * workspace->channel, sizeof(double),
                                           &workspace->mixed));
        ADATOM_TRY(adatom_allocate_aligned(species * workspace->channel, sizeof(double),
                                           &workspace->adjoint_of_species));
    }
    ADATOM_TRY(adatom_allocate(density->term_count, sizeof(size_t), &workspace->product_of));
    ADATOM_TRY(adatom_allocate(density->term_count, sizeof(size_t), &workspace->mirror_of));
    place_products(workspace);
    ADATOM_TRY(
        adatom_allocate_aligned(workspace->product_count, sizeof(double), &workspace->products));
    ADATOM_TRY(
        adatom_allocate_aligned(l_count * l_count * 3 * 8, sizeof(double), &workspace->turns));
    ADATOM_TRY(adatom_allocate_aligned(4 * l_count * channels * stride, sizeof(double),
                                       &workspace->contracted));
    return adatom_allocate(3 * (size_t)density->n_count, sizeof(double), &workspace->recursion);
}

void adatom_density_workspace_free(void *state)
{
    adatom_density_workspace *workspace = state;
    if (workspace == NULL) {
        return;
    }
    if (!workspace->density->separate) {
        free(workspace->mixed);
        free(workspace->adjoint_of_species);
    }
    free(workspace->first);
    free(workspace->last);
    free(workspace->place);
    free(workspace->geometry);
    free(workspace->harmonics);
    free(workspace->radial);
    free(workspace->slopes);
    free(workspace->coefficients);
    free(workspace->adjoint);
    free(workspace->products);
    free(workspace->product_of);
    free(workspace->mirror_of);
    free(workspace->turns);
    free(workspace->contracted);
    free(workspace->recursion);
    free(workspace);
}

adatom_status adatom_density_workspace_create(const void *density, void **out)
{
    adatom_density_workspace *workspace;
    ADATOM_TRY(adatom_allocate(1, sizeof *workspace, &workspace));
    workspace->density = density;
    workspace->isa = chosen_isa();
    const adatom_status status = allocate_fixed(workspace);
    if (status != ADATOM_OK) {
        adatom_density_workspace_free(workspace);
        return status;
    }
    if (workspace->density->radial->coefficients != NULL &&
        workspace->density->radial->table == NULL) {
        prepare_recursion(workspace);
    }
    *out = workspace;
    return ADATOM_OK;
}

/* ---- neighbours */

static adatom_status replace(size_t count, double **array)
{
    double *larger;
    ADATOM_TRY(adatom_allocate_aligned(count, sizeof *larger, &larger));
    free(*array);
    *array = larger;
    return ADATOM_OK;
}

/* Room for so many neighbours; what was there is lost. */
static adatom_status reserve(adatom_density_workspace *workspace, size_t count)
{
    const size_t slots = (count + 8 * (size_t)workspace->density->species_count + 7) / 8 * 8;
    const size_t lm = (size_t)(workspace->density->l_count * workspace->density->l_count);
    if (slots <= workspace->capacity) {
        return ADATOM_OK;
    }
    size_t *place;
    ADATOM_TRY(replace(6 * slots, &workspace->geometry));
    ADATOM_TRY(replace(lm * slots, &workspace->harmonics));
    ADATOM_TRY(replace(workspace->row * slots, &workspace->radial));
    ADATOM_TRY(replace(workspace->row * slots, &workspace->slopes));
    ADATOM_TRY(adatom_allocate(slots, sizeof *place, &place));
    free(workspace->place);
    workspace->place = place;
    workspace->capacity = slots;
    return ADATOM_OK;
}

/* Puts the neighbours of one type that are inside the cutoff from slot `at` on and fills the slots
 * up to the next multiple of 8 with ones at the cutoff, whose results nobody reads. */
static size_t place_type(adatom_density_workspace *workspace, const adatom_environment *environment,
                         int type, size_t at)
{
    const double cutoff = workspace->density->radial->cutoff, limit = cutoff * cutoff;
    double *x = workspace->geometry, *y = x + workspace->capacity, *z = y + workspace->capacity;
    for (size_t j = 0; j < environment->count; j++) {
        const double *v = environment->vectors[j];
        const double squared = v[0] * v[0] + v[1] * v[1] + v[2] * v[2];
        x[at] = v[0];
        y[at] = v[1];
        z[at] = v[2];
        workspace->place[at] = j;
        at += environment->types[j] == type && squared < limit;
    }
    for (size_t pad = at; pad % 8 != 0; pad++) {
        x[pad] = y[pad] = 0;
        z[pad] = cutoff;
    }
    return at;
}

static void place_neighbors(adatom_density_workspace *workspace,
                            const adatom_environment *environment)
{
    size_t at = 0;
    for (int s = 0; s < workspace->density->species_count; s++) {
        workspace->first[s] = at;
        workspace->last[s] = place_type(workspace, environment, s, at);
        at = (workspace->last[s] + 7) / 8 * 8;
    }
}

/* ---- what is asked for */

adatom_status adatom_density_values(const void *density, void *state,
                                    const adatom_environment *environment, double *values)
{
    (void)density;
    adatom_density_workspace *workspace = state;
    ADATOM_TRY(reserve(workspace, environment->count));
    place_neighbors(workspace, environment);
    workspace->slopes_known = false;
    workspace->isa->values(workspace, environment, values);
    return ADATOM_OK;
}

void adatom_density_contract(const void *density, void *state,
                             const adatom_environment *environment, const double *slopes,
                             double (*forces)[3])
{
    (void)density;
    adatom_density_workspace *workspace = state;
    workspace->isa->contract(workspace, environment, slopes, forces);
}

void adatom_density_gradients(const void *density, void *state,
                              const adatom_environment *environment, double (*gradients)[3])
{
    (void)density;
    adatom_density_workspace *workspace = state;
    workspace->isa->gradients(workspace, environment, gradients);
}

/* adatom: derivatives of all values, neighbour by neighbour. Lanes are the rows n of channels. */
#ifndef ADATOM_DESCRIPTOR_LANES_GRADIENTS_H
#define ADATOM_DESCRIPTOR_LANES_GRADIENTS_H

#include "descriptor/lanes/contract.h"

/* The gradients of the harmonics of LANES neighbours with respect to their positions:
 * turns[lm][3][LANES]. */
static void find_turns(adatom_density_workspace *workspace, size_t slot)
{
    const adatom_harmonics *harmonics = &workspace->density->harmonics;
    const int l_count = workspace->density->l_count;
    const vec x = vec_load(geometry_of(workspace, UNIT_X, slot));
    const vec y = vec_load(geometry_of(workspace, UNIT_Y, slot));
    const vec z = vec_load(geometry_of(workspace, UNIT_Z, slot));
    const vec inverse = vec_load(geometry_of(workspace, INVERSE, slot));
    harmonic_parts parts;
    find_harmonic_parts(harmonics, l_count, x, y, z, &parts);
    for (int l = 0; l < l_count; l++) {
        for (int m = -l; m <= l; m++) {
            const int k = m < 0 ? -m : m;
            vec free[3] = {vec_set(0), vec_set(0), vec_set(0)};
            if (k > 0) {
                const vec scaled = k * parts.q[l][k];
                free[0] = scaled * (m > 0 ? parts.real[k - 1] : parts.imaginary[k - 1]);
                free[1] = scaled * (m > 0 ? -parts.imaginary[k - 1] : parts.real[k - 1]);
            }
            free[2] = harmonics->slope[l][k] * parts.q[l][k + 1] *
                      (m < 0 ? parts.imaginary[k] : parts.real[k]);
            const vec along = free[0] * x + free[1] * y + free[2] * z;
            double *to = workspace->turns + (l * l + l + m) * 3 * LANES;
            vec_store(to, (free[0] - along * x) * inverse);
            vec_store(to + LANES, (free[1] - along * y) * inverse);
            vec_store(to + 2 * LANES, (free[2] - along * z) * inverse);
        }
    }
}

/* contracted[0..3][l][row] = sum_m c_row,lm times Y_lm, and times its gradient, of the neighbour in
 * lane i. */
static void contract_harmonics(adatom_density_workspace *workspace, size_t slot, size_t i)
{
    const adatom_density *density = workspace->density;
    const size_t stride = (size_t)density->radial->stride;
    const size_t rows = (size_t)density->channel_count * stride;
    const size_t part = (size_t)density->l_count * rows;
    const double *harmonics = harmonics_of(workspace, slot, density->l_count) + i;
    const double *turns = workspace->turns + i;
    for (size_t l = 0; l < (size_t)density->l_count; l++) {
        for (size_t row = 0; row < rows; row += LANES) {
            const double *coefficients =
                workspace->mixed + row / stride * workspace->channel + row % stride;
            vec sums[4] = {vec_set(0), vec_set(0), vec_set(0), vec_set(0)};
            for (size_t lm = l * l; lm < (l + 1) * (l + 1); lm++) {
                const vec c = vec_load(coefficients + lm * stride);
                sums[0] += c * harmonics[lm * LANES];
                sums[1] += c * turns[lm * 3 * LANES];
                sums[2] += c * turns[(lm * 3 + 1) * LANES];
                sums[3] += c * turns[(lm * 3 + 2) * LANES];
            }
            for (size_t k = 0; k < 4; k++) {
                vec_store(workspace->contracted + k * part + l * rows + row, sums[k]);
            }
        }
    }
}

/* The change of sum_m c_alm c_blm by that of the first factor. */
static void add_half(const adatom_density_workspace *workspace, size_t slot, int type, size_t l,
                     size_t a, size_t b, double factor, double gradient[3])
{
    const adatom_density *density = workspace->density;
    const size_t stride = (size_t)density->radial->stride;
    const size_t rows = (size_t)density->channel_count * stride;
    const size_t part = (size_t)density->l_count * rows;
    const double weight =
        factor * density->weights[a / stride * (size_t)density->species_count + (size_t)type];
    if (weight == 0) {
        return;
    }
    const size_t at =
        slot * workspace->row + (workspace->row > stride ? l * stride : 0) + a % stride;
    const double *sums = workspace->contracted + l * rows + b;
    const double along = weight * workspace->slopes[at] * sums[0];
    const double turned = weight * workspace->radial[at];
    for (size_t x = 0; x < 3; x++) {
        gradient[x] +=
            along * *geometry_of(workspace, (int)x, slot) + turned * sums[(x + 1) * part];
    }
}

static void density_gradients(adatom_density_workspace *workspace,
                              const adatom_environment *environment, double (*gradients)[3])
{
    const adatom_density *density = workspace->density;
    memset(gradients, 0, environment->count * density->term_count * sizeof *gradients);
    find_slopes(workspace);
    for (int s = 0; s < density->species_count; s++) {
        for (size_t slot = workspace->first[s]; slot < workspace->last[s]; slot++) {
            const size_t i = (slot - workspace->first[s]) % LANES;
            if (i == 0) {
                find_turns(workspace, slot);
            }
            contract_harmonics(workspace, slot - i, i);
            double(*to)[3] = gradients + workspace->place[slot] * density->term_count;
            for (size_t v = 0; v < density->term_count; v++) {
                const adatom_density_term *term = &density->terms[v];
                const size_t a = (size_t)term->a, b = (size_t)term->b, l = (size_t)term->l;
                add_half(workspace, slot, s, l, a, b, term->factor, to[v]);
                add_half(workspace, slot, s, l, b, a, term->factor, to[v]);
            }
        }
    }
}

#define ADATOM_DENSITY_ISA(NAME)                                                                   \
    {                                                                                              \
        .name = NAME, .values = density_values, .contract = density_contract,                      \
        .gradients = density_gradients                                                             \
    }

#endif

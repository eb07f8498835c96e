#include "image/view.h"

#include "base/error.h"
#include "base/memory.h"

#include <math.h>
#include <stdlib.h>

void adatom_point_list_clear(adatom_point_list *list)
{
    free(list->points);
    *list = (adatom_point_list){0};
}

adatom_image_atom adatom_image_atom_on(int channel, const int pixel[3])
{
    return (adatom_image_atom){.channel = channel,
                               .place = {pixel[0], pixel[1], pixel[2]},
                               .pixel = {pixel[0], pixel[1], pixel[2]}};
}

adatom_image_atom adatom_image_atom_at(const adatom_grid *grid, int channel,
                                       const double position[3])
{
    adatom_image_atom atom = {.channel = channel};
    int pixel[3];
    adatom_grid_coordinates(grid, position, atom.place);
    adatom_grid_nearest(grid, atom.place, pixel);
    for (int i = 0; i < 3; i++) {
        atom.pixel[i] = pixel[i];
        /* The place goes with the pixel into the grid. */
        if (grid->periodic[i]) {
            atom.place[i] -= grid->shape[i] * round((atom.place[i] - pixel[i]) / grid->shape[i]);
        }
    }
    return atom;
}

/* Steps of a whole period that keep start + n period within [low, high]. */
static void copies_between(bool repeated, double period, double start, double low, double high,
                           int n[2])
{
    n[0] = repeated ? (int)ceil((low - start) / period) : 0;
    n[1] = repeated ? (int)floor((high - start) / period) : 0;
}

static bool within(const double place[3], const double low[3], const double high[3])
{
    bool inside = true;
    for (int i = 0; i < 3; i++) {
        inside = inside && place[i] >= low[i] && place[i] <= high[i];
    }
    return inside;
}

/* The next set of whole numbers n[i] in range[i][0] .. range[i][1], the last running fastest; false
 * behind the last one. */
static bool next_copy(const int range[3][2], int n[3])
{
    for (int i = 2; i >= 0; i--) {
        if (++n[i] <= range[i][1]) {
            return true;
        }
        n[i] = range[i][0];
    }
    return false;
}

adatom_status adatom_view_whole(const adatom_grid *grid, const adatom_image_atom *atom,
                                const int reach[3], adatom_point_list *list)
{
    double low[3], high[3];
    int range[3][2], n[3];
    for (int i = 0; i < 3; i++) {
        low[i] = -reach[i] - 0.5;
        high[i] = grid->shape[i] - 0.5 + reach[i];
        copies_between(grid->images[i] && !grid->periodic[i], grid->repeat[i], atom->pixel[i],
                       low[i], high[i], range[i]);
        if (range[i][1] < range[i][0]) {
            return ADATOM_OK;
        }
        n[i] = range[i][0];
    }
    do {
        const double place[3] = {atom->pixel[0] + n[0] * grid->repeat[0],
                                 atom->pixel[1] + n[1] * grid->repeat[1],
                                 atom->pixel[2] + n[2] * grid->repeat[2]};
        if (!within(place, low, high)) {
            continue;
        }
        ADATOM_TRY(
            adatom_grow(&list->points, &list->capacity, list->count + 1, sizeof *list->points));
        list->points[list->count++] = (adatom_point){.channel = atom->channel,
                                                     .x = (int)floor(place[0] + 0.5),
                                                     .y = (int)floor(place[1] + 0.5),
                                                     .z = (int)floor(place[2] + 0.5)};
    } while (next_copy((const int(*)[2])range, n));
    return ADATOM_OK;
}

/* What the copies of an atom share while they are looked at from one pixel. */
typedef struct view {
    const adatom_grid *grid;
    const adatom_turn *turn;
    const int *reach;
    double bounds[3]; /* of unturned steps that can come to lie in reach */
    bool skewed;
    double seen[3]; /* of turned steps that can be rounded to a pixel in reach */
} view;

/* The longest of the steps (+-x, +-y, +-z). */
static double corner_length(const adatom_grid *grid, double x, double y, double z)
{
    double longest = 0;
    for (int signs = 0; signs < 4; signs++) {
        const double step[3] = {x, signs & 1 ? -y : y, signs & 2 ? -z : z};
        longest = fmax(longest, adatom_grid_length(grid, step));
    }
    return longest;
}

static bool turns_nothing(const adatom_turn *turn)
{
    bool nothing = true;
    for (int i = 0; i < 3; i++) {
        for (int k = 0; k < 3; k++) {
            nothing = nothing && turn->matrix[i][k] == (i == k);
        }
    }
    return nothing;
}

static void set_bounds(view *v)
{
    const adatom_grid *grid = v->grid;
    const double half = grid->dimensions == 3 ? 0.5 : 0;
    const double off_axis =
        fabs(grid->pixel[1][0]) + fabs(grid->pixel[2][0]) + fabs(grid->pixel[2][1]);
    v->skewed = v->turn->regrid && off_axis > 1e-9;
    /* No place is farther from its nearest pixel than half of a diagonal. */
    const double rounding = corner_length(grid, 0.5, 0.5, half);
    adatom_grid_ball_box(grid, rounding, v->seen);
    for (int i = 0; i < 3; i++) {
        v->seen[i] += v->reach[i] + 1e-6;
        v->bounds[i] = v->reach[i] + 1;
    }
    if (!turns_nothing(v->turn)) {
        /* turns keep lengths, those that the pixels allow to 1 in 1000 */
        const double farthest =
            1.002 * corner_length(grid, v->reach[0], v->reach[1], v->reach[2]) + rounding;
        adatom_grid_ball_box(grid, farthest, v->bounds);
    }
}

static void append_copy(const view *v, int channel, const double step[3], adatom_point_list *list)
{
    const double(*m)[3] = v->turn->matrix;
    double turned[3], nearest[3];
    for (int k = 0; k < 3; k++) {
        turned[k] = step[0] * m[0][k] + step[1] * m[1][k] + step[2] * m[2][k];
        if (fabs(turned[k]) > v->seen[k]) {
            return;
        }
        nearest[k] = floor(turned[k] + 0.5);
    }
    if (v->skewed) {
        adatom_grid_round(v->grid, turned, nearest);
    }
    if (fabs(nearest[0]) <= v->reach[0] && fabs(nearest[1]) <= v->reach[1] &&
        fabs(nearest[2]) <= v->reach[2]) {
        list->points[list->count++] = (adatom_point){
            .channel = channel, .x = (int)nearest[0], .y = (int)nearest[1], .z = (int)nearest[2]};
    }
}

static adatom_status append_copies(const view *v, int channel, const double start[3],
                                   adatom_point_list *list)
{
    const adatom_grid *grid = v->grid;
    int range[3][2], n[3];
    size_t most = 1;
    for (int i = 0; i < 3; i++) {
        copies_between(grid->images[i], grid->repeat[i], start[i], -v->bounds[i], v->bounds[i],
                       range[i]);
        if (range[i][1] < range[i][0]) {
            return ADATOM_OK;
        }
        most *= (size_t)(range[i][1] - range[i][0] + 1);
        n[i] = range[i][0];
    }
    ADATOM_TRY(
        adatom_grow(&list->points, &list->capacity, list->count + most, sizeof *list->points));
    do {
        const double step[3] = {start[0] + n[0] * grid->repeat[0],
                                start[1] + n[1] * grid->repeat[1],
                                start[2] + n[2] * grid->repeat[2]};
        append_copy(v, channel, step, list);
    } while (next_copy((const int(*)[2])range, n));
    return ADATOM_OK;
}

adatom_status adatom_view_around(const adatom_grid *grid, const adatom_image_atom *atoms,
                                 size_t atom_count, const int centre[3], const adatom_turn *turn,
                                 const int reach[3], adatom_point_list *list)
{
    view v = {.grid = grid, .turn = turn, .reach = reach};
    set_bounds(&v);
    for (size_t a = 0; a < atom_count; a++) {
        const double *from = turn->regrid ? atoms[a].place : atoms[a].pixel;
        const double start[3] = {from[0] - centre[0], from[1] - centre[1], from[2] - centre[2]};
        ADATOM_TRY(append_copies(&v, atoms[a].channel, start, list));
    }
    return ADATOM_OK;
}

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

adatom_image_atom adatom_image_atom_on(int channel, int x, int y)
{
    return (adatom_image_atom){.channel = channel, .place = {x, y}, .pixel = {x, y}};
}

adatom_image_atom adatom_image_atom_at(const adatom_grid *grid, int channel,
                                       const double position[3])
{
    adatom_image_atom atom = {.channel = channel};
    int pixel[2];
    adatom_grid_coordinates(grid, position, atom.place);
    adatom_grid_nearest(grid, atom.place, pixel);
    for (int i = 0; i < 2; i++) {
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

static bool within(double value, double low, double high)
{
    return value >= low && value <= high;
}

adatom_status adatom_view_whole(const adatom_grid *grid, const adatom_image_atom *atom,
                                const int reach[2], adatom_point_list *list)
{
    double low[2], high[2];
    int n[2][2];
    for (int i = 0; i < 2; i++) {
        low[i] = -reach[i] - 0.5;
        high[i] = grid->shape[i] - 0.5 + reach[i];
        copies_between(grid->images[i] && !grid->periodic[i], grid->repeat[i], atom->pixel[i],
                       low[i], high[i], n[i]);
    }
    for (int i = n[0][0]; i <= n[0][1]; i++) {
        for (int j = n[1][0]; j <= n[1][1]; j++) {
            const double x = atom->pixel[0] + i * grid->repeat[0];
            const double y = atom->pixel[1] + j * grid->repeat[1];
            if (!within(x, low[0], high[0]) || !within(y, low[1], high[1])) {
                continue;
            }
            ADATOM_TRY(
                adatom_grow(&list->points, &list->capacity, list->count + 1, sizeof *list->points));
            list->points[list->count++] = (adatom_point){
                .channel = atom->channel, .x = (int)floor(x + 0.5), .y = (int)floor(y + 0.5)};
        }
    }
    return ADATOM_OK;
}

/* What the copies of an atom share while they are looked at from one pixel. */
typedef struct view {
    const adatom_grid *grid;
    const adatom_turn *turn;
    const int *reach;
    double bounds[2]; /* of unturned steps that can come to lie in reach */
    bool skewed;
    double seen[2]; /* of turned steps that can be rounded to a pixel in reach */
} view;

static double corner_length(const adatom_grid *grid, double x, double y)
{
    return fmax(adatom_grid_length(grid, x, y), adatom_grid_length(grid, x, -y));
}

static void set_bounds(view *v)
{
    v->skewed = v->turn->regrid && fabs(v->grid->pixel[1][0]) > 1e-9;
    /* No place is farther from its nearest pixel than half of a diagonal. */
    const double rounding = corner_length(v->grid, 0.5, 0.5);
    adatom_grid_disc_box(v->grid, rounding, v->seen);
    for (int i = 0; i < 2; i++) {
        v->seen[i] += v->reach[i] + 1e-6;
        v->bounds[i] = v->reach[i] + 1;
    }
    const double(*m)[2] = v->turn->matrix;
    if (m[0][0] != 1 || m[1][1] != 1 || m[0][1] != 0 || m[1][0] != 0) {
        /* turns keep lengths, those that the pixels allow to 1 in 1000 */
        const double farthest = 1.002 * corner_length(v->grid, v->reach[0], v->reach[1]) + rounding;
        adatom_grid_disc_box(v->grid, farthest, v->bounds);
    }
}

static void append_copy(const view *v, int channel, double dx, double dy, adatom_point_list *list)
{
    const double(*m)[2] = v->turn->matrix;
    const double x = dx * m[0][0] + dy * m[1][0], y = dx * m[0][1] + dy * m[1][1];
    if (fabs(x) > v->seen[0] || fabs(y) > v->seen[1]) {
        return;
    }
    int px = (int)floor(x + 0.5), py = (int)floor(y + 0.5);
    if (v->skewed) {
        double nearest[2];
        adatom_grid_round(v->grid, (const double[2]){x, y}, nearest);
        px = (int)nearest[0];
        py = (int)nearest[1];
    }
    if (abs(px) <= v->reach[0] && abs(py) <= v->reach[1]) {
        list->points[list->count++] = (adatom_point){.channel = channel, .x = px, .y = py};
    }
}

static adatom_status append_copies(const view *v, int channel, const double start[2],
                                   adatom_point_list *list)
{
    const adatom_grid *grid = v->grid;
    int n[2][2];
    for (int i = 0; i < 2; i++) {
        copies_between(grid->images[i], grid->repeat[i], start[i], -v->bounds[i], v->bounds[i],
                       n[i]);
    }
    if (n[0][1] < n[0][0] || n[1][1] < n[1][0]) {
        return ADATOM_OK;
    }
    const size_t most = (size_t)(n[0][1] - n[0][0] + 1) * (size_t)(n[1][1] - n[1][0] + 1);
    ADATOM_TRY(
        adatom_grow(&list->points, &list->capacity, list->count + most, sizeof *list->points));
    for (int i = n[0][0]; i <= n[0][1]; i++) {
        for (int j = n[1][0]; j <= n[1][1]; j++) {
            append_copy(v, channel, start[0] + i * grid->repeat[0], start[1] + j * grid->repeat[1],
                        list);
        }
    }
    return ADATOM_OK;
}

adatom_status adatom_view_around(const adatom_grid *grid, const adatom_image_atom *atoms,
                                 size_t atom_count, const int centre[2], const adatom_turn *turn,
                                 const int reach[2], adatom_point_list *list)
{
    view v = {.grid = grid, .turn = turn, .reach = reach};
    set_bounds(&v);
    for (size_t a = 0; a < atom_count; a++) {
        const double *from = turn->regrid ? atoms[a].place : atoms[a].pixel;
        const double start[2] = {from[0] - centre[0], from[1] - centre[1]};
        ADATOM_TRY(append_copies(&v, atoms[a].channel, start, list));
    }
    return ADATOM_OK;
}

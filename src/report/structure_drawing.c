#include "report/structure_drawing.h"

#include "base/error.h"
#include "base/memory.h"

#include <math.h>
#include <stdlib.h>

static const double margin = 1.1;         /* Å around the cell, where images are seen */
static const double radius_share = 0.62;  /* of the covalent radius, so that bonds are seen */
static const double image_opacity = 0.22; /* of periodic images */
static const double bond_width = 0.24;    /* Å */

/* How far images are drawn along each lattice vector. */
typedef struct image_range {
    int last[3]; /* -last .. last */
} image_range;

static double drawn_radius(int atomic_number)
{
    return radius_share * adatom_element_covalent_radius(atomic_number);
}

static void shift_position(const adatom_structure *structure, size_t atom, const int shift[3],
                           double position[3])
{
    for (int j = 0; j < 3; j++) {
        position[j] = structure->positions[atom][j];
        for (int k = 0; k < 3; k++) {
            position[j] += shift[k] * structure->cell[k][j];
        }
    }
}

static adatom_view_point project_image(const adatom_structure_drawing *drawing, size_t atom,
                                       const int shift[3])
{
    double position[3];
    shift_position(drawing->specimen->structure, atom, shift, position);
    return adatom_view_project(&drawing->view, position);
}

/* Images go along lattice vectors that lie in the plane rather than across it. */
static image_range choose_range(const adatom_structure_drawing *drawing)
{
    const adatom_structure *structure = drawing->specimen->structure;
    image_range range = {{0, 0, 0}};
    for (int k = 0; k < 3; k++) {
        const adatom_view_point vector = adatom_view_project(&drawing->view, structure->cell[k]);
        const double inside = hypot(vector.x, vector.y);
        if (structure->periodic[k] && inside > 0.5 && inside > fabs(vector.height)) {
            range.last[k] = inside > 3 ? 1 : 3;
        }
    }
    return range;
}

static bool is_home(const int shift[3])
{
    return shift[0] == 0 && shift[1] == 0 && shift[2] == 0;
}

static void include_cell(adatom_structure_drawing *drawing)
{
    const double(*cell)[3] = (const double(*)[3])drawing->specimen->structure->cell;
    for (int corner = 0; corner < 8; corner++) {
        double position[3];
        for (int j = 0; j < 3; j++) {
            position[j] = (corner & 1) * cell[0][j] + (corner >> 1 & 1) * cell[1][j] +
                          (corner >> 2 & 1) * cell[2][j];
        }
        adatom_view_box_include(&drawing->box, adatom_view_project(&drawing->view, position),
                                margin);
    }
}

/* Shows more images where the picture would be narrower or lower than its limits. */
static void fill_limits(adatom_structure_drawing *drawing, double width, double height)
{
    enum { MOST = 3 /* Å on each side */ };
    const image_range range = choose_range(drawing);
    if (range.last[0] + range.last[1] + range.last[2] == 0) {
        return;
    }
    adatom_view_box *box = &drawing->box;
    const double x = box->x_max - box->x_min, y = box->y_max - box->y_min;
    const double more_x = fmin(fmax(0.5 * (y * width / height - x), 0), MOST);
    const double more_y = fmin(fmax(0.5 * (x * height / width - y), 0), MOST);
    box->x_min -= more_x;
    box->x_max += more_x;
    box->y_min -= more_y;
    box->y_max += more_y;
}

typedef struct atom_height {
    double height;
    size_t atom;
} atom_height;

static int compare_heights(const void *first, const void *second)
{
    const double a = ((const atom_height *)first)->height;
    const double b = ((const atom_height *)second)->height;
    return (a > b) - (a < b);
}

static adatom_status sort_by_height(adatom_structure_drawing *drawing)
{
    const adatom_structure *structure = drawing->specimen->structure;
    const size_t count = structure->atom_count;
    atom_height *heights = NULL;
    ADATOM_TRY(adatom_allocate(count, sizeof *heights, &heights));
    const adatom_status status = adatom_allocate(count, sizeof *drawing->order, &drawing->order);
    for (size_t i = 0; status == ADATOM_OK && i < count; i++) {
        heights[i].atom = i;
        heights[i].height = adatom_view_project(&drawing->view, structure->positions[i]).height;
    }
    if (status == ADATOM_OK) {
        qsort(heights, count, sizeof *heights, compare_heights);
    }
    for (size_t i = 0; status == ADATOM_OK && i < count; i++) {
        drawing->order[i] = heights[i].atom;
        drawing->lowest = heights[0].height;
        drawing->highest = heights[count - 1].height;
    }
    free(heights);
    return status;
}

adatom_status adatom_structure_drawing_create(const adatom_specimen *specimen,
                                              const adatom_run_grid *grid, size_t template_count,
                                              double width_limit, double height_limit,
                                              adatom_structure_drawing *out)
{
    const adatom_structure *structure = specimen->structure;
    adatom_structure_drawing drawing = {.specimen = specimen, .template_count = template_count};
    drawing.view = adatom_view_choose(grid, (const double(*)[3])structure->cell);
    drawing.box = adatom_view_box_empty();
    include_cell(&drawing);
    for (size_t i = 0; i < structure->atom_count; i++) {
        adatom_view_box_include(&drawing.box,
                                adatom_view_project(&drawing.view, structure->positions[i]),
                                1.3 * drawn_radius(structure->atomic_numbers[i]));
    }
    fill_limits(&drawing, width_limit, height_limit);
    const double x = drawing.box.x_max - drawing.box.x_min;
    const double y = drawing.box.y_max - drawing.box.y_min;
    const double scale = fmin(width_limit / x, height_limit / y);
    drawing.width = fmax(scale * x, 8);
    drawing.height = fmax(scale * y, 8);
    ADATOM_TRY(sort_by_height(&drawing));
    *out = drawing;
    return ADATOM_OK;
}

void adatom_structure_drawing_clear(adatom_structure_drawing *drawing)
{
    free(drawing->order);
    *drawing = (adatom_structure_drawing){0};
}

static void draw_cell(cairo_t *cairo, const adatom_structure_drawing *drawing)
{
    const double(*cell)[3] = (const double(*)[3])drawing->specimen->structure->cell;
    cairo_set_line_width(cairo, 0.055);
    cairo_set_line_join(cairo, CAIRO_LINE_JOIN_ROUND);
    adatom_set_color(cairo, adatom_color_muted, 1);
    for (int first = 0; first < 3; first++) {
        for (int second = first + 1; second < 3; second++) {
            const adatom_view_point a = adatom_view_project(&drawing->view, cell[first]);
            const adatom_view_point b = adatom_view_project(&drawing->view, cell[second]);
            if (fabs(a.x * b.y - a.y * b.x) < 1e-6) {
                continue;
            }
            cairo_move_to(cairo, 0, 0);
            cairo_line_to(cairo, a.x, a.y);
            cairo_line_to(cairo, a.x + b.x, a.y + b.y);
            cairo_line_to(cairo, b.x, b.y);
            cairo_close_path(cairo);
        }
    }
    cairo_stroke(cairo);
}

/* From an atom to the middle of its bond, in the colour of the atom. */
static void draw_half_bond(cairo_t *cairo, adatom_view_point from, adatom_view_point to,
                           int atomic_number, double opacity)
{
    const adatom_color white = {1, 1, 1}, black = {0, 0, 0};
    const adatom_color color = adatom_color_element(atomic_number);
    const double x = 0.5 * (from.x + to.x), y = 0.5 * (from.y + to.y);
    cairo_set_line_cap(cairo, CAIRO_LINE_CAP_BUTT);
    cairo_move_to(cairo, from.x, from.y);
    cairo_line_to(cairo, x, y);
    cairo_set_line_width(cairo, bond_width);
    adatom_set_color(cairo, adatom_color_mix(color, black, 0.4), opacity);
    cairo_stroke_preserve(cairo);
    cairo_set_line_width(cairo, 0.55 * bond_width);
    adatom_set_color(cairo, adatom_color_mix(color, white, 0.3), opacity);
    cairo_stroke(cairo);
}

static bool is_visible(const adatom_structure_drawing *drawing, adatom_view_point place,
                       double radius)
{
    const adatom_view_box *box = &drawing->box;
    return place.x > box->x_min - radius && place.x < box->x_max + radius &&
           place.y > box->y_min - radius && place.y < box->y_max + radius;
}

static void draw_bond(cairo_t *cairo, const adatom_structure_drawing *drawing,
                      const adatom_bond *bond, const int shift[3], bool images)
{
    const int *numbers = drawing->specimen->structure->atomic_numbers;
    const int other[3] = {shift[0] + bond->shift[0], shift[1] + bond->shift[1],
                          shift[2] + bond->shift[2]};
    const adatom_view_point first = project_image(drawing, bond->first, shift);
    const adatom_view_point second = project_image(drawing, bond->second, other);
    if (!is_visible(drawing, first, margin) && !is_visible(drawing, second, margin)) {
        return;
    }
    if (is_home(shift) != images) {
        draw_half_bond(cairo, first, second, numbers[bond->first], images ? image_opacity : 1);
    }
    if (is_home(other) != images) {
        draw_half_bond(cairo, second, first, numbers[bond->second], images ? image_opacity : 1);
    }
}

static void draw_atoms(cairo_t *cairo, const adatom_structure_drawing *drawing, const int shift[3])
{
    const adatom_structure *structure = drawing->specimen->structure;
    const double opacity = is_home(shift) ? 1 : image_opacity;
    const double depth = fmax(drawing->highest - drawing->lowest, 2);
    for (size_t i = 0; i < structure->atom_count; i++) {
        const size_t atom = drawing->order[i];
        const int number = structure->atomic_numbers[atom];
        const double radius = drawn_radius(number);
        const adatom_view_point place = project_image(drawing, atom, shift);
        if (is_visible(drawing, place, radius)) {
            if (is_home(shift)) {
                adatom_draw_ball(cairo, place, radius, number,
                                 0.55 * (drawing->highest - place.height) / depth);
            } else {
                adatom_draw_disk(cairo, place, radius, number, opacity);
            }
            if (atom < drawing->template_count) {
                adatom_draw_template_mark(cairo, place, radius, opacity);
            }
        }
    }
}

static int range_size(const image_range *range)
{
    return (2 * range->last[0] + 1) * (2 * range->last[1] + 1) * (2 * range->last[2] + 1);
}

static void range_shift(const image_range *range, int place, int shift[3])
{
    for (int k = 0; k < 3; k++) {
        const int length = 2 * range->last[k] + 1;
        shift[k] = place % length - range->last[k];
        place /= length;
    }
}

/* Draws the cell's own atoms and bonds, or those of the images around it. */
static void draw_layer(cairo_t *cairo, const adatom_structure_drawing *drawing, bool images)
{
    const adatom_bond_graph *graph = drawing->specimen->graph;
    const image_range range = choose_range(drawing);
    int shift[3];
    for (int place = 0; place < range_size(&range); place++) {
        range_shift(&range, place, shift);
        for (size_t b = 0; b < graph->bond_count; b++) {
            draw_bond(cairo, drawing, &graph->bonds[b], shift, images);
        }
    }
    for (int place = 0; place < range_size(&range); place++) {
        range_shift(&range, place, shift);
        if (is_home(shift) != images) {
            draw_atoms(cairo, drawing, shift);
        }
    }
}

void adatom_structure_drawing_draw(cairo_t *cairo, const void *context)
{
    const adatom_structure_drawing *drawing = context;
    adatom_set_color(cairo, adatom_color_pale, 1);
    cairo_paint(cairo);
    adatom_view_set(cairo, &drawing->box, drawing->width);
    draw_layer(cairo, drawing, true);
    draw_cell(cairo, drawing);
    draw_layer(cairo, drawing, false);
}

#include "report/qmap_drawing.h"

#include "adatom/structure.h"

#include <math.h>

static const double atom_share = 0.42; /* of the covalent radius: the map stays visible */

static const int *shape_of(const adatom_qmap_drawing *drawing)
{
    return drawing->run->grid.shape;
}

/* In space what is drawn is the slice in which the next atom is placed. */
static int slice_of(const adatom_qmap_drawing *drawing)
{
    return drawing->snapshot->action[drawing->step][3];
}

static size_t value_index(const adatom_qmap_drawing *drawing, int species, int x, int y)
{
    const int *shape = shape_of(drawing);
    const size_t map =
        (size_t)drawing->step * (size_t)drawing->snapshot->species_count + (size_t)species;
    const size_t column = (map * (size_t)shape[0] + (size_t)x) * (size_t)shape[1] + (size_t)y;
    return column * (size_t)shape[2] + (size_t)slice_of(drawing);
}

/* A place of the grid in pixels from its lower left corner, on the drawing. */
static adatom_view_point grid_point(const adatom_qmap_drawing *drawing, double x, double y)
{
    const adatom_run_grid *grid = &drawing->run->grid;
    double position[3];
    for (int j = 0; j < 3; j++) {
        position[j] = grid->origin[j] + (x - 0.5) * grid->vectors[0][j] +
                      (y - 0.5) * grid->vectors[1][j] + slice_of(drawing) * grid->vectors[2][j];
    }
    return adatom_view_project(&drawing->view, position);
}

adatom_qmap_drawing adatom_qmap_drawing_plan(const adatom_snapshots *run,
                                             const adatom_snapshot *snapshot, int step, int species,
                                             double width_limit, double height_limit)
{
    adatom_qmap_drawing drawing = {
        .run = run, .snapshot = snapshot, .step = step, .species = species};
    drawing.view = adatom_view_from_vectors(run->grid.vectors[0], run->grid.vectors[1]);
    drawing.box = adatom_view_box_empty();
    for (int corner = 0; corner < 4; corner++) {
        adatom_view_box_include(&drawing.box,
                                grid_point(&drawing, (corner & 1) * run->grid.shape[0],
                                           (corner >> 1) * run->grid.shape[1]),
                                0);
    }
    const double x = drawing.box.x_max - drawing.box.x_min;
    const double y = drawing.box.y_max - drawing.box.y_min;
    const double scale = fmin(width_limit / x, height_limit / y);
    drawing.width = fmax(scale * x, 8);
    drawing.height = fmax(scale * y, 8);
    return drawing;
}

static bool is_allowed(const adatom_qmap_drawing *drawing, int x, int y)
{
    const size_t index = value_index(drawing, drawing->species, x, y);
    return drawing->snapshot->allowed[index] != 0 && isfinite(drawing->snapshot->q[index]);
}

/* Clear where no atom may be placed: the hatched ground is seen there. */
static uint32_t pixel_color(const adatom_qmap_drawing *drawing, int x, int y)
{
    if (!is_allowed(drawing, x, y)) {
        return 0;
    }
    const size_t index = value_index(drawing, drawing->species, x, y);
    const adatom_color color = adatom_color_diverging(drawing->snapshot->q[index]);
    return 0xff000000u | (uint32_t)(color.red * 255 + 0.5) << 16 |
           (uint32_t)(color.green * 255 + 0.5) << 8 | (uint32_t)(color.blue * 255 + 0.5);
}

/* Pixels of the image for a number of grid points: several each, so that no program blurs them, and
 * fewer where there are too many to be seen. */
static int image_length(int points)
{
    enum { AIM = 280, MOST = 512 };
    return points >= AIM ? (points < MOST ? points : MOST) : points * ((AIM + points - 1) / points);
}

/* The map as an image, its first row at the lowest y. */
static cairo_surface_t *map_surface(const adatom_qmap_drawing *drawing)
{
    const int *shape = shape_of(drawing);
    const int width = image_length(shape[0]), height = image_length(shape[1]);
    cairo_surface_t *surface = cairo_image_surface_create(CAIRO_FORMAT_ARGB32, width, height);
    if (cairo_surface_status(surface) != CAIRO_STATUS_SUCCESS) {
        return surface;
    }
    unsigned char *bytes = cairo_image_surface_get_data(surface);
    const int stride = cairo_image_surface_get_stride(surface);
    for (int y = 0; y < height; y++) {
        uint32_t *row = (uint32_t *)(void *)(bytes + (size_t)y * (size_t)stride);
        for (int x = 0; x < width; x++) {
            row[x] = pixel_color(drawing, x * shape[0] / width, y * shape[1] / height);
        }
    }
    cairo_surface_mark_dirty(surface);
    return surface;
}

/* From grid points to Å of the drawing: also for skewed grids. */
static cairo_matrix_t grid_matrix(const adatom_qmap_drawing *drawing)
{
    const adatom_view_point corner = grid_point(drawing, 0, 0);
    const adatom_view_point x = grid_point(drawing, 1, 0), y = grid_point(drawing, 0, 1);
    cairo_matrix_t matrix;
    cairo_matrix_init(&matrix, x.x - corner.x, x.y - corner.y, y.x - corner.x, y.y - corner.y,
                      corner.x, corner.y);
    return matrix;
}

static void trace_map(cairo_t *cairo, const adatom_qmap_drawing *drawing)
{
    const cairo_matrix_t matrix = grid_matrix(drawing);
    cairo_save(cairo);
    cairo_transform(cairo, &matrix);
    cairo_rectangle(cairo, 0, 0, shape_of(drawing)[0], shape_of(drawing)[1]);
    cairo_restore(cairo);
}

/* From pixels of a map_surface to Å of the drawing. */
static cairo_matrix_t image_matrix(const adatom_qmap_drawing *drawing)
{
    const int *shape = shape_of(drawing);
    cairo_matrix_t matrix = grid_matrix(drawing);
    cairo_matrix_scale(&matrix, (double)shape[0] / image_length(shape[0]),
                       (double)shape[1] / image_length(shape[1]));
    return matrix;
}

static void draw_map(cairo_t *cairo, const adatom_qmap_drawing *drawing)
{
    const cairo_matrix_t matrix = image_matrix(drawing);
    cairo_surface_t *surface = map_surface(drawing);
    cairo_save(cairo);
    cairo_transform(cairo, &matrix);
    cairo_set_source_surface(cairo, surface, 0, 0);
    cairo_pattern_set_filter(cairo_get_source(cairo), CAIRO_FILTER_NEAREST);
    cairo_paint(cairo);
    cairo_restore(cairo);
    cairo_surface_destroy(surface);
}

/* Grey with diagonal lines, a few pixels of the drawing apart. */
static void draw_ground(cairo_t *cairo, const adatom_qmap_drawing *drawing)
{
    const double scale = (drawing->box.x_max - drawing->box.x_min) / drawing->width;
    cairo_save(cairo);
    trace_map(cairo, drawing);
    cairo_clip(cairo);
    cairo_set_source_rgb(cairo, 0.80, 0.81, 0.83);
    cairo_paint(cairo);
    cairo_translate(cairo, drawing->box.x_min, drawing->box.y_max);
    cairo_scale(cairo, scale, -scale);
    for (double at = -drawing->height; at < drawing->width; at += 6) {
        cairo_move_to(cairo, at, drawing->height);
        cairo_line_to(cairo, at + drawing->height, 0);
    }
    cairo_set_line_width(cairo, 1);
    cairo_set_source_rgb(cairo, 0.64, 0.66, 0.69);
    cairo_stroke(cairo);
    cairo_restore(cairo);
}

static void draw_atom(cairo_t *cairo, const adatom_qmap_drawing *drawing, adatom_view_point place,
                      double plane_height, size_t atom)
{
    const adatom_snapshot *snapshot = drawing->snapshot;
    const double radius = atom_share * adatom_element_covalent_radius(snapshot->numbers[atom]);
    const adatom_view_box *box = &drawing->box;
    if (place.x < box->x_min - 2 || place.x > box->x_max + 2 || place.y < box->y_min - 2 ||
        place.y > box->y_max + 2) {
        return;
    }
    const double opacity = fabs(place.height - plane_height) > 1 ? 0.45 : 1;
    cairo_new_path(cairo);
    cairo_arc(cairo, place.x, place.y, 1.22 * radius, 0, 2 * M_PI);
    cairo_set_source_rgba(cairo, 1, 1, 1, 0.9 * opacity);
    cairo_fill(cairo);
    if (drawing->relevance != NULL) {
        const double largest = drawing->largest > 0 ? drawing->largest : 1;
        adatom_draw_colored_disk(cairo, place, 1.22 * radius,
                                 adatom_color_diverging(drawing->relevance[atom] / largest),
                                 opacity);
    } else {
        adatom_draw_disk(cairo, place, radius, snapshot->numbers[atom], opacity);
    }
    if (atom < drawing->run->template_count) {
        adatom_draw_template_mark(cairo, place, radius, opacity);
    }
}

/* The atoms that are there at this step, with their images along the periodic directions. */
static void draw_atoms(cairo_t *cairo, const adatom_qmap_drawing *drawing)
{
    const adatom_run_grid *grid = &drawing->run->grid;
    const adatom_view_point origin = grid_point(drawing, 0, 0);
    const adatom_view_point a = grid_point(drawing, grid->shape[0], 0);
    const adatom_view_point b = grid_point(drawing, 0, grid->shape[1]);
    const int last_a = grid->periodic[0] ? 1 : 0, last_b = grid->periodic[1] ? 1 : 0;
    const size_t count =
        drawing->run->template_count + (size_t)drawing->snapshot->steps[drawing->step];
    for (size_t i = 0; i < count; i++) {
        const adatom_view_point home =
            adatom_view_project(&drawing->view, drawing->snapshot->positions[i]);
        for (int m = -last_a; m <= last_a; m++) {
            for (int n = -last_b; n <= last_b; n++) {
                const adatom_view_point place = {
                    home.x + m * (a.x - origin.x) + n * (b.x - origin.x),
                    home.y + m * (a.y - origin.y) + n * (b.y - origin.y), home.height};
                draw_atom(cairo, drawing, place, origin.height, i);
            }
        }
    }
}

/* A cross that can be seen on any colour. */
static void draw_action(cairo_t *cairo, const adatom_qmap_drawing *drawing)
{
    const int *action = drawing->snapshot->action[drawing->step];
    const adatom_view_point place = grid_point(drawing, action[1] + 0.5, action[2] + 0.5);
    const double pixel = (drawing->box.x_max - drawing->box.x_min) / drawing->width;
    const double arm = 6.5 * pixel;
    for (int layer = 0; layer < 2; layer++) {
        cairo_move_to(cairo, place.x - arm, place.y - arm);
        cairo_line_to(cairo, place.x + arm, place.y + arm);
        cairo_move_to(cairo, place.x - arm, place.y + arm);
        cairo_line_to(cairo, place.x + arm, place.y - arm);
        cairo_set_line_cap(cairo, CAIRO_LINE_CAP_ROUND);
        cairo_set_line_width(cairo, (layer == 0 ? 6 : 2.6) * pixel);
        cairo_set_source_rgb(cairo, layer == 0, layer == 0, layer == 0);
        cairo_stroke(cairo);
    }
}

void adatom_qmap_drawing_draw(cairo_t *cairo, const void *context)
{
    const adatom_qmap_drawing *drawing = context;
    const adatom_run_grid *grid = &drawing->run->grid;
    adatom_view_set(cairo, &drawing->box, drawing->width);
    if (drawing->relevance == NULL) {
        draw_ground(cairo, drawing);
        draw_map(cairo, drawing);
    }
    cairo_save(cairo);
    if (grid->periodic[0] && grid->periodic[1]) {
        trace_map(cairo, drawing);
        cairo_clip(cairo);
    }
    draw_atoms(cairo, drawing);
    cairo_restore(cairo);
    if (drawing->snapshot->action[drawing->step][0] == drawing->species) {
        draw_action(cairo, drawing);
    }
}

bool adatom_qmap_range(const adatom_qmap_drawing *drawing, double *least, double *largest)
{
    double low = HUGE_VAL, high = -HUGE_VAL;
    for (int x = 0; x < shape_of(drawing)[0]; x++) {
        for (int y = 0; y < shape_of(drawing)[1]; y++) {
            if (is_allowed(drawing, x, y)) {
                const double q = drawing->snapshot->q[value_index(drawing, drawing->species, x, y)];
                low = fmin(low, q);
                high = fmax(high, q);
            }
        }
    }
    if (low > high) {
        return false;
    }
    *least = low;
    *largest = high;
    return true;
}

double adatom_qmap_chosen(const adatom_qmap_drawing *drawing)
{
    const int *action = drawing->snapshot->action[drawing->step];
    return drawing->snapshot->q[value_index(drawing, action[0], action[1], action[2])];
}

void adatom_qmap_draw_scale(cairo_t *cairo, const void *context)
{
    (void)context;
    const double left = 16, width = 448, top = 4, height = 16;
    for (int i = 0; i < 224; i++) {
        adatom_set_color(cairo, adatom_color_diverging((i + 0.5) / 112 - 1), 1);
        cairo_rectangle(cairo, left + 2 * i, top, i < 223 ? 2.6 : 2, height);
        cairo_fill(cairo);
    }
    static const char *const labels[] = {"\u22121", "\u22120.5", "0", "0.5", "1"};
    for (int i = 0; i < 5; i++) {
        const double x = left + width * i / 4;
        adatom_set_color(cairo, adatom_color_muted, 1);
        cairo_set_line_width(cairo, 1);
        cairo_move_to(cairo, x, top + height);
        cairo_line_to(cairo, x, top + height + 4);
        cairo_stroke(cairo);
        adatom_draw_text(cairo, x, top + height + 18, 0.5, 12.5, labels[i]);
    }
}

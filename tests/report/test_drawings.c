/* Pictures show what they say: places, colours and ranges. */
#include "report/energy_range.h"
#include "report/qmap_drawing.h"

#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>

#include <math.h>
#include <string.h>

enum { NX = 7, NY = 5 };

/* A skewed, tilted grid with one map in which every point has another value. */
typedef struct example {
    adatom_snapshots run;
    adatom_snapshot snapshot;
    float q[ADATOM_SNAPSHOT_STEPS * NX * NY];
    uint8_t allowed[ADATOM_SNAPSHOT_STEPS * NX * NY];
} example;

static void make_example(example *e)
{
    memset(e, 0, sizeof *e);
    e->run.grid = (adatom_run_grid){.known = true,
                                    .dimensions = 2,
                                    .shape = {NX, NY, 1},
                                    .origin = {3, -2, 1},
                                    .vectors = {{0.3, 0.1, 0}, {0.1, 0.3, 0.2}}};
    for (int i = 0; i < ADATOM_SNAPSHOT_STEPS * NX * NY; i++) {
        e->q[i] = (float)(i % (NX * NY)) / (NX * NY - 1) * 2 - 1;
        e->allowed[i] = i % 4 != 0;
    }
    e->snapshot.species_count = 1;
    e->snapshot.q = e->q;
    e->snapshot.allowed = e->allowed;
    e->snapshot.action[0][0] = -1; /* no cross over the pixels */
}

static double color_distance(uint32_t pixel, adatom_color color)
{
    const double red = (pixel >> 16 & 255) / 255.0 - color.red;
    const double green = (pixel >> 8 & 255) / 255.0 - color.green;
    const double blue = (pixel & 255) / 255.0 - color.blue;
    return sqrt(red * red + green * green + blue * blue);
}

static uint32_t pixel_at(cairo_surface_t *surface, double x, double y)
{
    cairo_surface_flush(surface);
    const unsigned char *bytes = cairo_image_surface_get_data(surface);
    uint32_t pixel;
    memcpy(&pixel, bytes + (int)y * cairo_image_surface_get_stride(surface) + 4 * (int)x, 4);
    return pixel;
}

/* Every allowed point of the grid has the colour of its value at the place where an atom put there
 * would be drawn; forbidden ones are grey. */
static void test_map_pixels_lie_under_their_atoms(void **state)
{
    (void)state;
    example e;
    make_example(&e);
    const adatom_qmap_drawing drawing =
        adatom_qmap_drawing_plan(&e.run, &e.snapshot, 0, 0, 400, 400);
    cairo_surface_t *surface = cairo_image_surface_create(
        CAIRO_FORMAT_ARGB32, (int)drawing.width + 1, (int)drawing.height + 1);
    cairo_t *cairo = cairo_create(surface);
    adatom_qmap_drawing_draw(cairo, &drawing);
    const double scale = drawing.width / (drawing.box.x_max - drawing.box.x_min);
    for (int x = 0; x < NX; x++) {
        for (int y = 0; y < NY; y++) {
            double position[3];
            for (int j = 0; j < 3; j++) {
                position[j] = e.run.grid.origin[j] + x * e.run.grid.vectors[0][j] +
                              y * e.run.grid.vectors[1][j];
            }
            const adatom_view_point place = adatom_view_project(&drawing.view, position);
            const uint32_t pixel = pixel_at(surface, scale * (place.x - drawing.box.x_min),
                                            scale * (drawing.box.y_max - place.y));
            const adatom_color color = adatom_color_diverging(e.q[x * NY + y]);
            const adatom_color grey = {0.73, 0.74, 0.77}; /* of ground and hatch */
            assert_true(color_distance(pixel, e.allowed[x * NY + y] ? color : grey) < 0.15);
            assert_true(!e.allowed[x * NY + y] || color_distance(pixel, color) < 0.01);
        }
    }
    cairo_destroy(cairo);
    cairo_surface_destroy(surface);
}

static void test_range_leaves_out_forbidden_places(void **state)
{
    (void)state;
    example e;
    double least = 0, largest = 0;
    make_example(&e);
    memset(e.allowed, 0, sizeof e.allowed);
    const adatom_qmap_drawing drawing =
        adatom_qmap_drawing_plan(&e.run, &e.snapshot, 1, 0, 100, 100);
    assert_false(adatom_qmap_range(&drawing, &least, &largest));
    e.allowed[NX * NY + 3] = e.allowed[NX * NY + 20] = 1;
    assert_true(adatom_qmap_range(&drawing, &least, &largest));
    assert_true(least == e.q[3] && largest == e.q[20]);
}

/* Relative luminance (ITU-R BT.709) of an sRGB colour. */
static double luminance(adatom_color color)
{
    return 0.2126 * pow(color.red, 2.2) + 0.7152 * pow(color.green, 2.2) +
           0.0722 * pow(color.blue, 2.2);
}

/* Lightness falls from 0 to both ends, alike: no value looks more than it is. */
static void test_colors_diverge_evenly(void **state)
{
    (void)state;
    for (int i = 0; i < 50; i++) {
        const double value = i / 50.0, next = (i + 1) / 50.0;
        assert_true(luminance(adatom_color_diverging(next)) <
                    luminance(adatom_color_diverging(value)));
        assert_true(luminance(adatom_color_diverging(-next)) <
                    luminance(adatom_color_diverging(-value)));
        assert_true(fabs(luminance(adatom_color_diverging(next)) -
                         luminance(adatom_color_diverging(-next))) < 0.09);
    }
    assert_true(adatom_color_diverging(1).red > 2 * adatom_color_diverging(1).blue);
    assert_true(adatom_color_diverging(-1).blue > 2 * adatom_color_diverging(-1).red);
}

/* The view keeps lengths and angles of the plane, whatever way it lies. */
static void test_view_keeps_distances(void **state)
{
    (void)state;
    const double a[3] = {1, 2, 0.5}, b[3] = {-0.4, 1, 2};
    const adatom_view view = adatom_view_from_vectors(a, b);
    const adatom_view_point p = adatom_view_project(&view, a), q = adatom_view_project(&view, b);
    assert_true(fabs(p.y) < 1e-12 && fabs(p.height) < 1e-12 && fabs(q.height) < 1e-12);
    assert_true(p.x > 0 && q.y > 0);
    assert_true(fabs(hypot(p.x, p.y) - sqrt(5.25)) < 1e-12);
    assert_true(fabs(p.x * q.x + p.y * q.y - (-0.4 + 2 + 1)) < 1e-12);
}

/* A thousand episodes between 0 and 2, with some at 1e6: the axis ends near 2, and where a run
 * converged fast it still shows where it came from. */
static void test_outliers_do_not_set_the_axis(void **state)
{
    (void)state;
    enum { COUNT = 1000 };
    double values[COUNT];
    for (int i = 0; i < COUNT; i++) {
        values[i] = i % 50 == 7 ? 1e6 : 2.0 * (i % 100) / 100;
    }
    const double top = adatom_energy_range(values, COUNT);
    assert_true(top > 1.9 && top < 8);
    for (int i = 0; i < COUNT; i++) {
        values[i] = i < 100 ? 1 : 0.2 * (i % 10) / 10;
    }
    assert_true(adatom_energy_range(values, COUNT) > 1);
    assert_true(adatom_energy_range(values, 0) > 0);
    values[0] = 0;
    assert_true(adatom_energy_range(values, 1) > 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_map_pixels_lie_under_their_atoms),
        cmocka_unit_test(test_range_leaves_out_forbidden_places),
        cmocka_unit_test(test_colors_diverge_evenly),
        cmocka_unit_test(test_view_keeps_distances),
        cmocka_unit_test(test_outliers_do_not_set_the_axis),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

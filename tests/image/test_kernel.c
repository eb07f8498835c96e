/* Kernels of atoms and widths of filters. */
#include "example_grids.h"

#include "image/kernel.h"

static void one_hot_is_a_single_one(void **state)
{
    (void)state;
    const adatom_grid grid = lay_example(&example_grids[1]);
    const adatom_image_options options = {.kind = ADATOM_IMAGE_ONE_HOT, .size = 25};
    adatom_kernel kernel;
    assert_int_equal(adatom_image_kernel_make(&grid, &options, 2, &kernel), ADATOM_OK);
    assert_int_equal(kernel.width[0] * kernel.width[1], 1);
    assert_true(kernel.values[0] == 1 && kernel.values[1] == 1 && kernel.bias == 0);
    adatom_image_kernel_clear(&kernel);
}

/* Eq. 1 of 000 in Cartesian distance: a turn by 60 degrees maps the hexagonal kernel onto itself.
 */
static void gaussian_is_round_on_skewed_pixels(void **state)
{
    (void)state;
    const adatom_grid grid = lay_example(&example_grids[2]);
    const adatom_image_options options = {.kind = ADATOM_IMAGE_GAUSSIAN,
                                          .size = 9,
                                          .bias = -0.1,
                                          .ring_count = 1,
                                          .rings = {{.width = 0.25}}};
    adatom_kernel kernel;
    assert_int_equal(adatom_image_kernel_make(&grid, &options, 1, &kernel), ADATOM_OK);
    assert_true(kernel.bias == -0.1f);
    for (int x = -2; x <= 2; x++) {
        for (int y = -2; y <= 2; y++) {
            /* a -> b, b -> b - a */
            const int tx = -y, ty = x + y;
            const float here = kernel.values[(x + 4) * 9 + y + 4],
                        there = kernel.values[(tx + 4) * 9 + ty + 4];
            assert_true(fabsf(here - there) < 1e-6f);
            const double r = adatom_grid_length(&grid, (double[]){x, y, 0});
            assert_true(fabs(here - exp(-r * r / (2 * 0.25 * 0.25))) < 1e-6);
        }
    }
    adatom_image_kernel_clear(&kernel);
}

static void even_kernels_are_refused(void **state)
{
    (void)state;
    const adatom_grid grid = lay_example(&example_grids[1]);
    const adatom_image_options options = {
        .kind = ADATOM_IMAGE_GAUSSIAN, .size = 24, .ring_count = 1, .rings = {{.width = 0.25}}};
    adatom_kernel kernel;
    assert_int_equal(adatom_image_kernel_make(&grid, &options, 1, &kernel), ADATOM_INVALID_INPUT);
    assert_string_equal(adatom_error_message(), "image.size: 24, expected an odd number of pixels");
}

static void filter_widths_are_the_nearest_odd_number(void **state)
{
    (void)state;
    const adatom_grid grid = lay_example(&example_grids[1]);
    assert_int_equal(adatom_image_filter_pixels(&grid, 3.0, 0), 15);  /* 14.40 */
    assert_int_equal(adatom_image_filter_pixels(&grid, 3.0, 1), 15);  /* 14.59 */
    assert_int_equal(adatom_image_filter_pixels(&grid, 2.9, 0), 13);  /* 13.92 */
    assert_int_equal(adatom_image_filter_pixels(&grid, 2.93, 0), 15); /* 14.07 */
    assert_int_equal(adatom_image_filter_pixels(&grid, 0.01, 0), 1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(one_hot_is_a_single_one),
        cmocka_unit_test(gaussian_is_round_on_skewed_pixels),
        cmocka_unit_test(even_kernels_are_refused),
        cmocka_unit_test(filter_widths_are_the_nearest_odd_number),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

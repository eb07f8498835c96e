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

/* Sections III, V: each kind of atom has a Gaussian of its own; a basis is that of the paper. */
static void widths_are_those_of_the_rings(void **state)
{
    (void)state;
    const adatom_grid grid = lay_example(&example_grids[1]);
    adatom_image_options options = {.kind = ADATOM_IMAGE_GAUSSIAN,
                                    .size = 5,
                                    .ring_count = 2,
                                    .rings = {{.width = 0.25}, {.width = 0.5}}};
    adatom_kernel kernel;
    for (int kind = 0; kind < 2; kind++) { /* one after the other for kinds, or for a basis */
        options.kind = kind == 0 ? ADATOM_IMAGE_GAUSSIAN : ADATOM_IMAGE_AGR;
        assert_int_equal(adatom_image_kernel_make(&grid, &options, 2 - kind, &kernel), ADATOM_OK);
        for (int i = 0; i < 2; i++) {
            const double step = adatom_grid_length(&grid, (const double[]){1, 0, 0});
            const double width = options.rings[i].width;
            const float found = kernel.values[i * 25 + 17];
            assert_true(fabs((double)found - exp(-0.5 * step * step / (width * width))) < 1e-6);
        }
        adatom_image_kernel_clear(&kernel);
    }
    options.kind = ADATOM_IMAGE_GAUSSIAN;
    assert_int_equal(adatom_image_kernel_make(&grid, &options, 3, &kernel), ADATOM_INVALID_INPUT);
}

/* |sum of the kernel at pairs of atoms|^2, of the power spectrum (Eq. 8). */
static double power(const adatom_kernel *kernel, int channel, const int atoms[2][2])
{
    const int width = kernel->width[0];
    double sum[2] = {0, 0};
    for (int a = 0; a < 2; a++) {
        for (int part = 0; part < 2; part++) {
            const int x = atoms[a][0] + width / 2, y = atoms[a][1] + width / 2;
            sum[part] += kernel->values[((2 * channel + part) * width + x) * width + y];
        }
    }
    return sum[0] * sum[0] + sum[1] * sum[1];
}

/* Fig. 10: turning everything changes nothing; m = 1 is 0 between two atoms and large at a corner,
 * where m = 0 cannot tell the two. */
static void power_spectrum_sees_angles_and_no_directions(void **state)
{
    (void)state;
    const adatom_grid grid = lay_example(&example_grids[0]);
    const adatom_image_options options = {.kind = ADATOM_IMAGE_ANGULAR,
                                          .size = 15,
                                          .ring_count = 3,
                                          .rings = {{0.3, 1.0, 0}, {0.3, 1.0, 1}, {0.3, 1.0, 2}}};
    const int straight[2][2] = {{5, 0}, {-5, 0}}, turned[2][2] = {{0, 5}, {0, -5}};
    const int corner[2][2] = {{5, 0}, {0, 5}}, skew[2][2] = {{3, 4}, {-4, 3}};
    adatom_kernel kernel;
    assert_int_equal(adatom_image_kernel_make(&grid, &options, 1, &kernel), ADATOM_OK);
    for (int channel = 0; channel < 3; channel++) {
        assert_true(fabs(power(&kernel, channel, straight) - power(&kernel, channel, turned)) <
                    1e-5);
        assert_true(fabs(power(&kernel, channel, corner) - power(&kernel, channel, skew)) < 1e-5);
    }
    assert_true(fabs(power(&kernel, 0, straight) - power(&kernel, 0, corner)) < 1e-5);
    assert_true(power(&kernel, 1, straight) < 1e-5 && power(&kernel, 1, corner) > 1.9);
    assert_true(power(&kernel, 2, straight) > 3.9 && power(&kernel, 2, corner) < 1e-5);
    adatom_image_kernel_clear(&kernel);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(one_hot_is_a_single_one),
        cmocka_unit_test(gaussian_is_round_on_skewed_pixels),
        cmocka_unit_test(even_kernels_are_refused),
        cmocka_unit_test(widths_are_those_of_the_rings),
        cmocka_unit_test(power_spectrum_sees_angles_and_no_directions),
        cmocka_unit_test(filter_widths_are_the_nearest_odd_number),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

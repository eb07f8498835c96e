/* Images of the nuclear potential against the sum of Eq. 1 over all atoms and their images, and
 * forces against central differences. */
#include "image/potential_image.h"

#include "base/random.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

enum { ATOMS = 4 };

typedef struct example {
    adatom_potential_image image;
    double cell[3][3];
    bool periodic[3];
} example;

static const example examples[] = {
    /* a box, atoms that reach beyond its edges */
    {{.dimensions = 2, .grid = {24, 17}, .width = 0.4}, {{5, 0, 0}, {0, 4, 0}, {0, 0, 9}}, {false}},
    /* an oblique torus, narrower than an atom's reach */
    {{.dimensions = 2, .grid = {9, 12}, .width = 0.5},
     {{2.4, 0.3, 0}, {-0.9, 3.1, 0}, {0, 0, 0}},
     {true, true, false}},
    /* a channel for each species, periodic along one direction */
    {{.dimensions = 2,
      .spacing = 0.21,
      .width = 0.25,
      .by_species = true,
      .species_count = 2,
      .species = {7, 5}},
     {{4, 0, 0}, {0, 3, 0}, {0, 0, 5}},
     {false, true, false}},
    /* a triclinic cell in space */
    {{.dimensions = 3, .grid = {8, 7, 9}, .width = 0.3},
     {{3, 0.2, -0.4}, {0.7, 2.9, 0.1}, {0.3, -0.6, 3.3}},
     {true, true, true}},
    /* pixels much wider than an atom */
    {{.dimensions = 3, .grid = {3, 4, 2}, .width = 0.15},
     {{3, 0, 0}, {0, 3, 0}, {0, 0, 3}},
     {true, false, true}},
};

static adatom_structure *make_structure(const example *e)
{
    adatom_structure *structure;
    assert_int_equal(adatom_structure_create(ATOMS, &structure), ADATOM_OK);
    memcpy(structure->cell, e->cell, sizeof e->cell);
    memcpy(structure->periodic, e->periodic, sizeof e->periodic);
    adatom_random random;
    adatom_random_seed(&random, 8, 0);
    for (int i = 0; i < ATOMS; i++) {
        structure->atomic_numbers[i] = i % 2 == 0 ? 5 : 7;
        for (int d = 0; d < 3; d++) { /* some of them outside the cell */
            const double at = 1.6 * adatom_random_uniform(&random) - 0.3;
            for (int k = 0; k < 3; k++) {
                structure->positions[i][k] += at * e->cell[d][k];
            }
        }
    }
    return structure;
}

/* Eq. 1 at a point, over as many images as can matter. */
static double sum_at(const example *e, const adatom_structure *structure, int atomic_number,
                     const double at[3])
{
    enum { IMAGES = 6 };
    const bool plane = e->image.dimensions == 2;
    int most[3];
    for (int d = 0; d < 3; d++) {
        most[d] = e->periodic[d] && !(plane && d == 2) ? IMAGES : 0;
    }
    double sum = 0;
    for (size_t i = 0; i < ATOMS; i++) {
        if (atomic_number != 0 && structure->atomic_numbers[i] != atomic_number) {
            continue;
        }
        for (int a = -most[0]; a <= most[0]; a++) {
            for (int b = -most[1]; b <= most[1]; b++) {
                for (int c = -most[2]; c <= most[2]; c++) {
                    double square = 0;
                    for (int k = 0; k < (plane ? 2 : 3); k++) {
                        const double far = structure->positions[i][k] + a * e->cell[0][k] +
                                           b * e->cell[1][k] + c * e->cell[2][k] - at[k];
                        square += far * far;
                    }
                    sum += structure->atomic_numbers[i] *
                           exp(-square / (2 * e->image.width * e->image.width));
                }
            }
        }
    }
    return sum;
}

static void check_image(const example *e, const adatom_structure *structure, const int size[3],
                        const float *pixels)
{
    size_t pixel = 0;
    for (int c = 0; c < adatom_potential_image_channels(&e->image); c++) {
        const int number = e->image.by_species ? e->image.species[c] : 0;
        for (int line = 0; line < size[0] * size[1]; line++) {
            for (int z = 0; z < size[2]; z++) {
                const int index[3] = {line / size[1], line % size[1], z};
                double at[3] = {0};
                for (int d = 0; d < e->image.dimensions; d++) {
                    for (int k = 0; k < 3; k++) {
                        at[k] += e->cell[d][k] * index[d] / size[d];
                    }
                }
                const double expected = sum_at(e, structure, number, at);
                assert_true(fabs((double)pixels[pixel++] - expected) < 1e-6 * 7 * ATOMS);
            }
        }
    }
}

static float *draw(const example *e, const adatom_structure *structure, int size[3], size_t *count)
{
    assert_int_equal(adatom_potential_image_size(&e->image, structure, size), ADATOM_OK);
    *count = (size_t)(adatom_potential_image_channels(&e->image) * size[0] * size[1] * size[2]);
    float *pixels = calloc(*count, sizeof *pixels);
    adatom_potential_image_draw(&e->image, structure, size, pixels);
    return pixels;
}

static void test_images_are_the_sum_over_atoms(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof examples / sizeof examples[0]; i++) {
        adatom_structure *structure = make_structure(&examples[i]);
        int size[3];
        size_t count;
        float *pixels = draw(&examples[i], structure, size, &count);
        check_image(&examples[i], structure, size, pixels);
        free(pixels);
        adatom_structure_free(structure);
    }
}

/* sum_p slopes_p pixels_p */
static double energy(const example *e, const adatom_structure *structure, const float *slopes)
{
    int size[3];
    size_t count;
    float *pixels = draw(e, structure, size, &count);
    double sum = 0;
    for (size_t p = 0; p < count; p++) {
        sum += (double)slopes[p] * (double)pixels[p];
    }
    free(pixels);
    return sum;
}

static void check_forces(const example *e)
{
    adatom_structure *structure = make_structure(e);
    int size[3];
    size_t count;
    float *slopes = draw(e, structure, size, &count);
    adatom_random random;
    adatom_random_seed(&random, 2, 0);
    for (size_t p = 0; p < count; p++) {
        slopes[p] = (float)adatom_random_normal(&random);
    }
    double forces[ATOMS][3];
    adatom_potential_image_forces(&e->image, structure, size, slopes, forces);
    for (int i = 0; i < ATOMS; i++) {
        for (int k = 0; k < 3; k++) {
            const double kept = structure->positions[i][k], step = 1e-3;
            structure->positions[i][k] = kept + step;
            const double above = energy(e, structure, slopes);
            structure->positions[i][k] = kept - step;
            const double below = energy(e, structure, slopes);
            structure->positions[i][k] = kept;
            assert_true(fabs(forces[i][k] + (above - below) / (2 * step)) < 0.02);
        }
    }
    free(slopes);
    adatom_structure_free(structure);
}

static void test_forces_are_minus_the_gradient(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof examples / sizeof examples[0]; i++) {
        check_forces(&examples[i]);
    }
}

static void test_what_cannot_be_drawn_is_refused(void **state)
{
    (void)state;
    example e = examples[0];
    adatom_structure *structure = make_structure(&e);
    int size[3];
    structure->cell[0][2] = 0.5; /* out of the plane */
    assert_int_equal(adatom_potential_image_size(&e.image, structure, size), ADATOM_INVALID_INPUT);
    memset(structure->cell[0], 0, sizeof structure->cell[0]);
    assert_int_equal(adatom_potential_image_size(&e.image, structure, size), ADATOM_INVALID_INPUT);
    memcpy(structure->cell, e.cell, sizeof e.cell);
    e.image.width = 100;
    assert_int_equal(adatom_potential_image_size(&e.image, structure, size), ADATOM_INVALID_INPUT);
    e.image = (adatom_potential_image){.dimensions = 2, .spacing = 1e-3, .width = 0.2};
    assert_int_equal(adatom_potential_image_size(&e.image, structure, size), ADATOM_INVALID_INPUT);
    e.image = examples[2].image;
    structure->atomic_numbers[0] = 6; /* has no channel */
    assert_int_equal(adatom_potential_image_size(&e.image, structure, size), ADATOM_INVALID_INPUT);
    adatom_structure_free(structure);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_images_are_the_sum_over_atoms),
                                       cmocka_unit_test(test_forces_are_minus_the_gradient),
                                       cmocka_unit_test(test_what_cannot_be_drawn_is_refused)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}

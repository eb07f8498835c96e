#include "search/image_options.h"

#include "base/error.h"

#include <math.h>

/* The kinds of adatom_search_options.image_start. */
typedef enum displaced_start { START_UNIFORM, START_ENVELOPE, START_SINGLE } displaced_start;

static const double agr_start[2] = {0, 0.5};

static adatom_status check_count(const char *name, int count)
{
    if (count > ADATOM_BASIS_MAX) {
        return adatom_fail(ADATOM_INVALID_INPUT, "%s: %d, expected at most %d", name, count,
                           ADATOM_BASIS_MAX);
    }
    return ADATOM_OK;
}

static adatom_status take_gaussians(const adatom_search_options *options,
                                    adatom_image_options *image)
{
    const adatom_numbers *widths = &options->image_widths;
    ADATOM_TRY(check_count("image.widths", widths->count));
    image->ring_count = widths->count > 0 ? widths->count : 1;
    image->rings[0].width = options->image_width;
    for (int i = 0; i < widths->count; i++) {
        image->rings[i].width = widths->values[i];
    }
    return ADATOM_OK;
}

/* Section V: nine Gaussians of 1/3, 2/3 .. 3 grid spacings. */
static adatom_status take_agr(const adatom_search_options *options, double spacing,
                              adatom_image_options *image)
{
    const adatom_numbers *basis = &options->image_basis;
    ADATOM_TRY(check_count("image.basis", basis->count));
    image->ring_count = basis->count > 0 ? basis->count : 9;
    for (int k = 0; k < image->ring_count; k++) {
        image->rings[k].width = spacing * (basis->count > 0 ? basis->values[k] : (k + 1) / 3.0);
        image->start[k][0] = agr_start[0];
        image->start[k][1] = agr_start[1];
    }
    return ADATOM_OK;
}

/* Section VI, starts (i) to (iii); `position` runs from 0 at the first ring to 1 at the last. */
static double start_limit(displaced_start start, int k, double position)
{
    switch (start) {
    case START_UNIFORM:
        return 1;
    case START_ENVELOPE:
        return 1 - 0.9 * position;
    case START_SINGLE:
        break;
    }
    return k == 0 ? 1 : 0;
}

/* Section VI: seven rings at 0, 2 .. 12 grid spacings, one spacing wide. */
static adatom_status take_displaced(const adatom_search_options *options, double spacing,
                                    adatom_image_options *image)
{
    const adatom_numbers *offsets = &options->image_offsets;
    const displaced_start start = (displaced_start)options->image_start;
    ADATOM_TRY(check_count("image.offsets", offsets->count));
    image->ring_count = offsets->count > 0 ? offsets->count : 7;
    for (int k = 0; k < image->ring_count; k++) {
        const double offset = offsets->count > 0 ? offsets->values[k] : 2.0 * k;
        const double position = image->ring_count > 1 ? k / (image->ring_count - 1.0) : 0;
        const double limit = start_limit(start, k, position);
        image->rings[k] = (adatom_ring){.width = spacing * options->image_offset_width,
                                        .radius = spacing * offset};
        image->start[k][0] = start == START_SINGLE ? limit : -limit;
        image->start[k][1] = limit;
    }
    return ADATOM_OK;
}

/* Section VII and the five channels of Fig. 11. */
static adatom_status take_angular(const adatom_search_options *options, double spacing,
                                  adatom_image_options *image)
{
    const adatom_numbers *channels = &options->image_channels;
    const adatom_ring standard[] = {{1.5 * spacing, 0, 0},
                                    {spacing, 1.4, 0},
                                    {spacing, 1.4, 1},
                                    {spacing, 1.4, 2},
                                    {spacing, 1.4, 3}};
    const int standard_count = (int)(sizeof standard / sizeof standard[0]);
    ADATOM_TRY(check_count("image.channels", channels->count / 3));
    image->ring_count = channels->count > 0 ? channels->count / 3 : standard_count;
    for (int k = 0; k < image->ring_count; k++) {
        if (channels->count == 0) {
            image->rings[k] = standard[k];
            continue;
        }
        const double *row = channels->values + 3 * k;
        if (!(row[0] >= 0.01) || row[2] != floor(row[2])) {
            return adatom_fail(
                ADATOM_INVALID_INPUT,
                "image.channels: [%g, %g, %g], expected [width from 0.01 Å, radius in "
                "Å, a whole number m]",
                row[0], row[1], row[2]);
        }
        image->rings[k] = (adatom_ring){row[0], row[1], (int)row[2]};
    }
    return ADATOM_OK;
}

adatom_status adatom_search_image(const adatom_problem *problem,
                                  const adatom_search_options *options, adatom_image_options *image)
{
    adatom_image_options made = {.kind = (adatom_image_kind)options->image_kind,
                                 .size = (int)options->image_size,
                                 .bias = options->image_bias,
                                 .l1 = options->image_beta1,
                                 .momentum = options->image_momentum,
                                 .epsilon = options->image_epsilon};
    const double spacing = adatom_image_spacing(&problem->grid);
    switch (made.kind) {
    case ADATOM_IMAGE_ONE_HOT:
        made.size = 1;
        break;
    case ADATOM_IMAGE_GAUSSIAN:
        ADATOM_TRY(take_gaussians(options, &made));
        break;
    case ADATOM_IMAGE_AGR:
        ADATOM_TRY(take_agr(options, spacing, &made));
        break;
    case ADATOM_IMAGE_DISPLACED:
        ADATOM_TRY(take_displaced(options, spacing, &made));
        break;
    case ADATOM_IMAGE_ANGULAR:
        ADATOM_TRY(take_angular(options, spacing, &made));
        break;
    }
    *image = made;
    return ADATOM_OK;
}

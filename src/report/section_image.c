#include "report/kernel_chart.h"
#include "report/sections.h"

#include "adatom/structure.h"

static const char *const explanations[ADATOM_REPRESENTATION_COUNT] = {
    "One-hot: an atom is a single pixel of the image.",
    "Gaussian: what an atom puts around itself is not trained.",
    "Automated Gaussian representation: the sum of Gaussians that an atom puts around itself is "
    "trained with the network, then the image is normalized.",
    "Displaced Gaussians: the sum of rings that an atom puts around itself is trained with the "
    "network, then the image is normalized.",
    "Angular channels: the power spectrum of circular harmonics around each pixel, normalized. "
    "Shown without their angles."};

static void write_symbol(adatom_page *page, int atomic_number)
{
    const char *symbol = adatom_element_symbol(atomic_number);
    adatom_page_print(page, "<td>%s</td>", symbol != NULL ? symbol : "?");
}

static void write_coefficients(adatom_page *page, const adatom_representation *image)
{
    adatom_page_add(page, "<table><thead><tr><th>element</th><th>width / \u00c5</th>"
                          "<th>radius / \u00c5</th><th>coefficient</th></tr></thead><tbody>\n");
    for (size_t i = 0; i < image->element_count * image->ring_count; i++) {
        const double *ring = image->rings[i % image->ring_count];
        adatom_page_add(page, "<tr>");
        write_symbol(page, image->elements[i / image->ring_count]);
        adatom_page_print(page, "<td>%.3f</td><td>%.3f</td><td>", ring[0], ring[1]);
        adatom_page_number(page, (double)image->coefficients[i], 4);
        adatom_page_add(page, "</td></tr>\n");
    }
    adatom_page_add(page, "</tbody></table>\n");
}

/* A channel for each element, or for each element and ring. */
static void write_channels(adatom_page *page, const adatom_representation *image)
{
    const size_t count = image->channel_count, rings = count / image->element_count;
    adatom_page_add(page, "<table><thead><tr><th>element</th><th>channel</th><th>scale</th>"
                          "<th>shift</th><th>mean</th><th>variance</th></tr></thead><tbody>\n");
    for (size_t c = 0; c < count; c++) {
        const double *ring = image->rings[c % rings];
        adatom_page_add(page, "<tr>");
        write_symbol(page, image->elements[c / rings]);
        if (image->kind == ADATOM_REPRESENTATION_ANGULAR) {
            adatom_page_print(page, "<td>[%.3f, %.3f, %.0f]</td>", ring[0], ring[1], ring[2]);
        } else {
            adatom_page_add(page, "<td>sum</td>");
        }
        for (size_t i = 0; i < 4; i++) {
            adatom_page_add(page, "<td>");
            adatom_page_number(page, (double)image->normalization[i * count + c], 4);
            adatom_page_add(page, "</td>");
        }
        adatom_page_add(page, "</tr>\n");
    }
    adatom_page_add(page, "</tbody></table>\n");
}

static void write_chart(adatom_page *page, const adatom_representation *image,
                        adatom_picture_draw *draw, const char *description)
{
    const adatom_picture picture = {.width = ADATOM_KERNEL_CHART_WIDTH,
                                    .height = ADATOM_KERNEL_CHART_HEIGHT,
                                    .draw = draw,
                                    .context = image,
                                    .description = description};
    adatom_page_add(page, "<figure>");
    adatom_page_picture(page, &picture);
    adatom_page_add(page, "</figure>\n");
}

void adatom_section_image(adatom_page *page, const adatom_run *run)
{
    const adatom_representation *image = &run->representation;
    if (!image->known && run->representation_problem[0] == '\0') {
        return; /* an earlier version wrote the run */
    }
    adatom_section_begin(page, "image", "What the network sees of an atom");
    if (!image->known) {
        adatom_section_missing(page, "The representation could not be read.",
                               run->representation_problem);
        adatom_section_end(page);
        return;
    }
    adatom_page_print(page, "<p>%s</p>\n<div class=\"timing\">", explanations[image->kind]);
    if (image->ring_count > 0) {
        write_chart(page, image, adatom_kernel_draw_profile, "Kernels against the distance");
    }
    if (image->coefficients != NULL) {
        write_chart(page, image, adatom_kernel_draw_coefficients,
                    "Coefficients of the basis kernels");
        write_coefficients(page, image);
    }
    if (image->normalization != NULL) {
        write_channels(page, image);
    }
    adatom_page_add(page, "</div>\n");
    adatom_section_end(page);
}

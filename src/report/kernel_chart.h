/* adatom: drawings of kernels (J. Chem. Phys. 153, 044107 (2020), Figs. 4, 6 and 8). */
#ifndef ADATOM_REPORT_KERNEL_CHART_H
#define ADATOM_REPORT_KERNEL_CHART_H

#include "report/plot.h"
#include "report/representation.h"

enum { ADATOM_KERNEL_CHART_WIDTH = 520, ADATOM_KERNEL_CHART_HEIGHT = 270 };

/* Both are an adatom_picture_draw of that size with an adatom_representation: the kernels against
 * the distance, and a bar for each coefficient. */
void adatom_kernel_draw_profile(cairo_t *cairo, const void *representation);
void adatom_kernel_draw_coefficients(cairo_t *cairo, const void *representation);

#endif

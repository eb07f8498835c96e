/* adatom: the page and the pictures of a folder of `adatom generate`. */
#ifndef ADATOM_REPORT_GENERATION_H
#define ADATOM_REPORT_GENERATION_H

#include "adatom/extxyz.h"
#include "report/picture.h"

#include <stdbool.h>

enum { ADATOM_GENERATION_TABLE_COLUMNS = 10 };

/* A table of numbers; cells that are no number, or missing, are NAN. */
typedef struct adatom_generation_table {
    size_t count, capacity;
    double (*rows)[ADATOM_GENERATION_TABLE_COLUMNS];
} adatom_generation_table;

/* What the folder holds: the columns of the tables are those of their files. In draws, the rows of
 * the data have no target: NAN. */
typedef struct adatom_generation {
    const char *folder;
    adatom_generation_table fingerprints, structures, draws;
    adatom_frames frames;
    double lowest, highest; /* property of the draws and the data */
} adatom_generation;

enum { ADATOM_GENERATION_TARGET, ADATOM_GENERATION_PREDICTED, ADATOM_GENERATION_DISTANCE };
enum { ADATOM_GENERATION_FIRST = 3, ADATOM_GENERATION_SECOND };

/* True if the folder is one of `adatom generate`. */
bool adatom_generation_is(const char *folder);
/* INVALID_INPUT if a file is missing or is not what it should be. */
adatom_status adatom_generation_read(const char *folder, adatom_generation *out);
void adatom_generation_clear(adatom_generation *generation);

/* A number among a frame's infos; NAN if there is none. */
double adatom_generation_info(const adatom_frame *frame, const char *key);
bool adatom_generation_flag(const adatom_frame *frame, const char *key);

/* False where no draw has principal components. */
bool adatom_generation_has_components(const adatom_generation *generation);

/* Pictures of all targets, a panel for each; the context is the adatom_generation. */
enum { ADATOM_GENERATION_WIDTH = 1080 };
double adatom_components_height(const adatom_generation *generation);
void adatom_components_draw(cairo_t *cairo, const void *generation);
double adatom_properties_height(const adatom_generation *generation);
void adatom_properties_draw(cairo_t *cairo, const void *generation);

/* Writes report.html, properties.svg and, where there are components, components.svg into the
 * folder. */
adatom_status adatom_generation_write(const char *folder);

#endif

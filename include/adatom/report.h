/* adatom: pictures and pages that show a run. */
#ifndef ADATOM_REPORT_H
#define ADATOM_REPORT_H

#include "adatom/explain.h"

#include <stddef.h>

/* Writes report.html into a run folder: one file that needs nothing else and opens anywhere. Into a
 * folder of adatom_generate, properties.svg and, where it was given data, components.svg, too. */
ADATOM_API adatom_status adatom_report_write(const char *folder);

/* Writes a page that draws the learning curve of adatom_train, OUTPUT.csv. */
ADATOM_API adatom_status adatom_report_learning(const char *curve, const char *page);

/* Draws a table of adatom_train_result to path, which ends in .svg or .png: predicted against true
 * values over the distribution of the data trained on or, for predictions of a trajectory, both in
 * the course of time. INVALID_INPUT if the table holds nothing to draw. */
ADATOM_API adatom_status adatom_report_predictions(const char *table, const char *path);

/* Writes report.html and its pictures (SVG) of one or several ensembles into the folder output,
 * which is made if need be; for several also comparison.csv, the log-rank test of each pair. labels
 * may be NULL, as each of them: the folder's name stands for it. */
ADATOM_API adatom_status adatom_report_ensembles(const char *const *folders,
                                                 const char *const *labels, size_t count,
                                                 const char *output);

/* Draws the Q-values of each species and the relevance of each atom to the file path, whose name
 * ends in .svg or .png; in space the slice of the action. */
ADATOM_API adatom_status adatom_report_explanation(const adatom_explanation *explanation,
                                                   const char *path);

#endif

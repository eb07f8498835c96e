/* adatom: pictures and pages that show a run. */
#ifndef ADATOM_REPORT_H
#define ADATOM_REPORT_H

#include "adatom/status.h"

/* Writes report.html into a run folder: one file that needs nothing else and opens anywhere. */
ADATOM_API adatom_status adatom_report_write(const char *folder);

/* Writes a page that draws the learning curve of adatom_train, OUTPUT.csv. */
ADATOM_API adatom_status adatom_report_learning(const char *curve, const char *page);

#endif

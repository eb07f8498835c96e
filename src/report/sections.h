/* adatom: the parts of the report, each written to the page. */
#ifndef ADATOM_REPORT_SECTIONS_H
#define ADATOM_REPORT_SECTIONS_H

#include "report/page.h"
#include "report/run.h"

void adatom_section_head(adatom_page *page, const adatom_run *run);
void adatom_section_energy(adatom_page *page, const adatom_run *run);
void adatom_section_structures(adatom_page *page, const adatom_run *run);
void adatom_section_qmaps(adatom_page *page, const adatom_run *run);
void adatom_section_image(adatom_page *page, const adatom_run *run);
void adatom_section_timings(adatom_page *page, const adatom_run *run);
void adatom_section_settings(adatom_page *page, const adatom_run *run);

/* The page from its first line to <main>, and from </main> on. */
void adatom_page_open(adatom_page *page, const char *title);
void adatom_page_close(adatom_page *page);

/* Opens a section with its heading; name is its id. */
void adatom_section_begin(adatom_page *page, const char *name, const char *heading);
void adatom_section_end(adatom_page *page);
/* "There is nothing to show: what, because problem." problem may be "". */
void adatom_section_missing(adatom_page *page, const char *what, const char *problem);

/* The formula of the structure with lowered numbers. */
void adatom_page_formula(adatom_page *page, const adatom_structure *structure);
/* A whole number with thin spaces between thousands; a number with a real minus sign. */
void adatom_page_count(adatom_page *page, int64_t count);
void adatom_page_number(adatom_page *page, double value, int decimals);

/* The style sheet and the script for reading values off the curve. */
extern const char *const adatom_report_style[];
extern const char *const adatom_report_script;

#endif

#include "adatom/report.h"

#include "adatom/version.h"
#include "base/error.h"
#include "io/number_text.h"
#include "io/text_file.h"
#include "report/generation.h"
#include "report/sections.h"

#include <stdio.h>

/* The page may load nothing from outside, whatever is in it. */
static const char head_start[] =
    "<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n"
    "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; img-src data:; "
    "style-src 'unsafe-inline'; script-src 'unsafe-inline'\">\n"
    "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n<title>";

void adatom_page_open(adatom_page *page, const char *title)
{
    adatom_page_add(page, head_start);
    adatom_page_escape(page, title);
    adatom_page_add(page, " \u00b7 adatom</title>\n<style>\n");
    for (int i = 0; adatom_report_style[i] != NULL; i++) {
        adatom_page_add(page, adatom_report_style[i]);
    }
    adatom_page_add(page, "</style>\n</head>\n<body>\n<main>\n");
}

void adatom_page_close(adatom_page *page)
{
    adatom_page_print(page, "<footer>Written by adatom %s.</footer>\n</main>\n<script>\n",
                      ADATOM_VERSION);
    adatom_page_add(page, adatom_report_script);
    adatom_page_add(page, "</script>\n</body>\n</html>\n");
}

static void write_page(adatom_page *page, const adatom_run *run)
{
    char formula[256] = "search";
    if (run->has_best) {
        adatom_structure_formula(run->best.structure, formula, sizeof formula);
    }
    adatom_page_open(page, formula);
    adatom_section_head(page, run);
    adatom_section_energy(page, run);
    adatom_section_structures(page, run);
    adatom_section_qmaps(page, run);
    adatom_section_image(page, run);
    adatom_section_timings(page, run);
    adatom_section_settings(page, run);
    adatom_page_close(page);
}

static adatom_status write_report(const char *folder)
{
    adatom_run run;
    adatom_page page = {0};
    char path[4096];
    const int length = snprintf(path, sizeof path, "%s/report.html", folder);
    if (length < 0 || (size_t)length >= sizeof path) {
        return adatom_fail(ADATOM_INVALID_INPUT, "the name of the folder is too long");
    }
    ADATOM_TRY(adatom_run_read(folder, &run));
    write_page(&page, &run);
    adatom_status status = page.status;
    if (status == ADATOM_OK) {
        status = adatom_text_file_write(path, page.text, page.length);
    }
    adatom_page_clear(&page);
    adatom_report_run_clear(&run);
    return status;
}

adatom_status adatom_report_write(const char *folder)
{
    adatom_plain_numbers numbers = adatom_plain_numbers_begin();
    const adatom_status status =
        adatom_generation_is(folder) ? adatom_generation_write(folder) : write_report(folder);
    adatom_plain_numbers_end(&numbers);
    return status;
}

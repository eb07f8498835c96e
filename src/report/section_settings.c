#include "report/sections.h"

void adatom_section_settings(adatom_page *page, const adatom_run *run)
{
    adatom_section_begin(page, "settings", "Settings");
    if (run->settings_problem[0] != '\0' || run->settings.text == NULL) {
        adatom_section_missing(page, "run.yaml could not be read.", run->settings_problem);
    }
    if (run->settings.text != NULL) {
        adatom_page_add(page,
                        "<details><summary>run.yaml: every value as resolved</summary>\n<pre>");
        adatom_page_escape(page, run->settings.text);
        adatom_page_add(page, "</pre></details>\n");
    }
    adatom_section_end(page);
}

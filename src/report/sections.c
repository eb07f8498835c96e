#include "report/sections.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

void adatom_section_begin(adatom_page *page, const char *name, const char *heading)
{
    adatom_page_print(page, "\n<section id=\"%s\">\n<h2>%s</h2>\n", name, heading);
}

void adatom_section_end(adatom_page *page)
{
    adatom_page_add(page, "</section>\n");
}

void adatom_section_missing(adatom_page *page, const char *what, const char *problem)
{
    adatom_page_print(page, "<p class=\"missing\">%s", what);
    if (problem[0] != '\0') {
        adatom_page_add(page, " <span class=\"why\">");
        adatom_page_escape(page, problem);
        adatom_page_add(page, "</span>");
    }
    adatom_page_add(page, "</p>\n");
}

void adatom_page_formula(adatom_page *page, const adatom_structure *structure)
{
    char formula[256];
    adatom_structure_formula(structure, formula, sizeof formula);
    for (const char *at = formula; *at != '\0';) {
        const size_t digits = strspn(at, "0123456789");
        if (digits > 0) {
            adatom_page_print(page, "<sub>%.*s</sub>", (int)digits, at);
            at += digits;
        } else {
            adatom_page_add_bytes(page, at++, 1);
        }
    }
}

void adatom_page_count(adatom_page *page, int64_t count)
{
    char digits[32];
    const int length = snprintf(digits, sizeof digits, "%lld", (long long)count);
    for (int i = 0; i < length; i++) {
        if (i > 0 && length > 4 && (length - i) % 3 == 0) {
            adatom_page_add(page, "&#8239;");
        }
        adatom_page_add_bytes(page, &digits[i], 1);
    }
}

void adatom_page_number(adatom_page *page, double value, int decimals)
{
    const bool negative = value < 0 && fabs(value) >= 0.5 * pow(10, -decimals);
    adatom_page_print(page, "%s%.*f", negative ? "&minus;" : "", decimals, fabs(value));
}

/* adatom: the text of an HTML page as it grows. */
#ifndef ADATOM_REPORT_PAGE_H
#define ADATOM_REPORT_PAGE_H

#include "adatom/status.h"

#include <stddef.h>

/* Starts as all zero. A failure is kept in status and later additions do nothing, so that sections
 * are written without a check per line; who saves the page looks at it. */
typedef struct adatom_page {
    char *text;
    size_t length, capacity;
    adatom_status status;
} adatom_page;

void adatom_page_clear(adatom_page *page);

/* Text as it is: HTML written by us. */
void adatom_page_add(adatom_page *page, const char *html);
void adatom_page_add_bytes(adatom_page *page, const char *bytes, size_t length);
/* Formatted HTML; what comes from a file goes through adatom_page_escape instead. */
void adatom_page_print(adatom_page *page, const char *format, ...) ADATOM_PRINTF(2, 3);
/* Text from a file: markup is escaped, bytes that are no UTF-8 become U+FFFD. */
void adatom_page_escape(adatom_page *page, const char *text);
void adatom_page_base64(adatom_page *page, const unsigned char *bytes, size_t length);

#endif

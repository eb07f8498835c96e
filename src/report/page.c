#include "report/page.h"

#include "base/error.h"
#include "base/memory.h"

#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

void adatom_page_clear(adatom_page *page)
{
    free(page->text);
    *page = (adatom_page){0};
}

void adatom_page_add_bytes(adatom_page *page, const char *bytes, size_t length)
{
    if (page->status != ADATOM_OK) {
        return;
    }
    page->status = adatom_grow(&page->text, &page->capacity, page->length + length + 1, 1);
    if (page->status == ADATOM_OK) {
        memcpy(page->text + page->length, bytes, length);
        page->length += length;
        page->text[page->length] = '\0';
    }
}

void adatom_page_add(adatom_page *page, const char *html)
{
    adatom_page_add_bytes(page, html, strlen(html));
}

void adatom_page_print(adatom_page *page, const char *format, ...)
{
    char text[2048];
    va_list arguments;
    va_start(arguments, format);
    const int length = vsnprintf(text, sizeof text, format, arguments);
    va_end(arguments);
    if (length < 0 || (size_t)length >= sizeof text) {
        page->status = adatom_fail(ADATOM_INVALID_INPUT, "report: a line is too long");
        return;
    }
    adatom_page_add_bytes(page, text, (size_t)length);
}

/* Bytes of the UTF-8 character at text, 0 if it is none (overlong forms and surrogates are none).
 */
static size_t character_length(const unsigned char *text)
{
    if (text[0] < 0x80) {
        return 1;
    }
    const size_t length = text[0] >= 0xf0 ? 4 : text[0] >= 0xe0 ? 3 : 2;
    if (text[0] < 0xc2 || text[0] > 0xf4) {
        return 0;
    }
    for (size_t i = 1; i < length; i++) {
        if ((text[i] & 0xc0) != 0x80) {
            return 0;
        }
    }
    const bool bad = (text[0] == 0xe0 && text[1] < 0xa0) || (text[0] == 0xed && text[1] > 0x9f) ||
                     (text[0] == 0xf0 && text[1] < 0x90) || (text[0] == 0xf4 && text[1] > 0x8f);
    return bad ? 0 : length;
}

/* What stands for a character that HTML does not take as it is; NULL if it does. */
static const char *replacement(unsigned char character)
{
    switch (character) {
    case '&':
        return "&amp;";
    case '<':
        return "&lt;";
    case '>':
        return "&gt;";
    case '"':
        return "&quot;";
    case '\'':
        return "&#39;";
    default:
        break;
    }
    const bool control = character < 0x20 && character != '\n' && character != '\t';
    return control || character == 0x7f ? "\xef\xbf\xbd" : NULL;
}

void adatom_page_escape(adatom_page *page, const char *text)
{
    const unsigned char *at = (const unsigned char *)text;
    while (*at != 0) {
        const size_t length = character_length(at);
        const char *safe = length == 0 ? "\xef\xbf\xbd" : replacement(*at);
        if (safe != NULL) {
            adatom_page_add(page, safe);
        } else {
            adatom_page_add_bytes(page, (const char *)at, length);
        }
        at += length == 0 ? 1 : length;
    }
}

void adatom_page_base64(adatom_page *page, const unsigned char *bytes, size_t length)
{
    static const char digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    for (size_t i = 0; i < length; i += 3) {
        const unsigned second = i + 1 < length ? bytes[i + 1] : 0;
        const unsigned third = i + 2 < length ? bytes[i + 2] : 0;
        const unsigned group = (unsigned)bytes[i] << 16 | second << 8 | third;
        const char text[4] = {digits[group >> 18], digits[group >> 12 & 63],
                              i + 1 < length ? digits[group >> 6 & 63] : '=',
                              i + 2 < length ? digits[group & 63] : '='};
        adatom_page_add_bytes(page, text, sizeof text);
    }
}

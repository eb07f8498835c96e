#include "energy/ipi_extra.h"

#include <locale.h>
#include <stdlib.h>
#include <string.h>

typedef struct scanner {
    const char *at, *end;
} scanner;

static char skip_spaces(scanner *s)
{
    while (s->at < s->end && strchr(" \t\r\n", *s->at) != NULL && *s->at != '\0') {
        s->at++;
    }
    return (char)(s->at < s->end ? *s->at : '\0');
}

/* Past a text in quotes, which starts here; *start and *length are what is in it. */
static bool skip_text(scanner *s, const char **start, size_t *length)
{
    *start = ++s->at;
    while (s->at < s->end && *s->at != '"') {
        s->at += *s->at == '\\' && s->at + 1 < s->end ? 2 : 1;
    }
    *length = (size_t)(s->at - *start);
    s->at += s->at < s->end;
    return s->at <= s->end && s->at[-1] == '"';
}

/* Past a value of any kind, up to the comma or brace behind it. */
static bool skip_value(scanner *s)
{
    const char *unused;
    size_t length;
    int depth = 0;
    while (s->at < s->end) {
        if (*s->at == '"') {
            if (!skip_text(s, &unused, &length)) {
                return false;
            }
            continue;
        }
        const bool ends = *s->at == '}' || *s->at == ']';
        if (depth == 0 && (ends || *s->at == ',')) {
            return true;
        }
        depth += *s->at == '{' || *s->at == '[';
        depth -= ends;
        s->at++;
    }
    return false;
}

static bool read_number(const scanner *s, double *value)
{
    char digits[64], *end;
    size_t length = 0;
    while (s->at + length < s->end && length < sizeof digits - 1 &&
           strchr("+-.eE0123456789", s->at[length]) != NULL && s->at[length] != '\0') {
        digits[length] = s->at[length];
        length++;
    }
    digits[length] = '\0';
    const locale_t plain = newlocale(LC_NUMERIC_MASK, "C", (locale_t)0);
    if (plain == (locale_t)0) {
        return false;
    }
    const locale_t before = uselocale(plain);
    const double number = strtod(digits, &end);
    uselocale(before);
    freelocale(plain);
    if (length == 0 || *end != '\0') {
        return false;
    }
    *value = number;
    return true;
}

bool adatom_ipi_extra_number(const char *text, size_t length, const char *name, double *value)
{
    scanner s = {text, text + length};
    const char *key;
    size_t key_length;
    if (skip_spaces(&s) != '{') {
        return false;
    }
    do {
        s.at++; /* the brace or a comma */
        if (skip_spaces(&s) != '"' || !skip_text(&s, &key, &key_length) || skip_spaces(&s) != ':') {
            return false;
        }
        s.at++;
        (void)skip_spaces(&s);
        if (key_length == strlen(name) && memcmp(key, name, key_length) == 0) {
            return read_number(&s, value);
        }
    } while (skip_value(&s) && *s.at == ',');
    return false;
}

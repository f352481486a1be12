#include "err.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

/* Cutting to size may have split the last UTF-8 character. */
static void drop_half_character(char *text)
{
    size_t len = strlen(text), lead = len;
    while (lead > 0 && len - lead < 3 && ((unsigned char)text[lead - 1] & 0xC0) == 0x80)
        lead--;
    if (lead == 0)
        return;
    unsigned char first = (unsigned char)text[lead - 1];
    size_t needs = first >= 0xF0 ? 4 : first >= 0xE0 ? 3 : first >= 0xC0 ? 2 : 1;
    if (len - (lead - 1) < needs)
        text[lead - 1] = '\0';
}

bool err_fill(struct err *err, enum err_code code, int os, const char *where, const char *format, ...)
{
    if (!err)
        return false;
    char text[sizeof err->text]; /* apart, because the old text may be an argument */
    va_list args;
    va_start(args, format);
    int n = vsnprintf(text, sizeof text, format, args);
    va_end(args);
    if (n < 0)
        text[n = 0] = '\0';
    if (os && (size_t)n < sizeof text) {
        char reason[96];
        snprintf(text + n, sizeof text - (size_t)n, ": %s", strerror_r(os, reason, sizeof reason));
    }
    drop_half_character(text);
    memcpy(err->text, text, sizeof text);
    err->code = code;
    err->os = os;
    err->sqlstate[0] = '\0';
    err->where = where;
    return false;
}

const char *err_word(enum err_code code)
{
    static const char *const words[ERR_COUNT] = {
#define X(enumerator, word) [enumerator] = (word),
        ERR_CODES(X)
#undef X
    };
    return (unsigned)code < ERR_COUNT ? words[code] : words[ERR_INTERNAL];
}

#include "spell.h"

enum { BASE = 23, GROUP = 4, BYTES = 16 };

static const char alphabet[BASE + 1] = "23456789CDFGHJKMNPRTWXY";

/* Divides the number by 23; returns the remainder. */
static unsigned take_digit(unsigned char *number, size_t count)
{
    unsigned rest = 0;
    for (size_t i = 0; i < count; i++) {
        unsigned part = rest << 8 | number[i];
        number[i] = (unsigned char)(part / BASE);
        rest = part % BASE;
    }
    return rest;
}

const char *spell(const unsigned char *bytes, size_t count, unsigned letters, char *out)
{
    unsigned char number[BYTES];
    char *at = out;
    memcpy(number, bytes, count);
    for (unsigned i = 0; i < letters; i++) {
        if (i && i % GROUP == 0)
            *at++ = '-';
        *at++ = alphabet[take_digit(number, count)];
    }
    *at = '\0';
    explicit_bzero(number, sizeof number);
    return out;
}

bool spell_read(struct slice text, unsigned letters, char *out)
{
    unsigned count = 0;
    for (size_t i = 0; i < text.len; i++) {
        char c = text.ptr[i];
        if (c == '-' || c == ' ')
            continue;
        if (c >= 'a' && c <= 'z')
            c = (char)(c - 'a' + 'A');
        if (!memchr(alphabet, c, BASE) || count == letters)
            return false;
        out[count++] = c;
    }
    out[count] = '\0';
    return count == letters;
}

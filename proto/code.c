#include "code.h"

#define BASE 23
#define MULTIPLIER UINT64_C(2221713035)
#define INVERSE UINT64_C(3039806902) /* MULTIPLIER * INVERSE mod 23^7 = 1 */
enum { DIGITS = 8, GROUP = 4, CHECK_INVERSE = 3 /* 8 * 3 mod 23 = 1 */ };

static const char alphabet[BASE + 1] = "23456789CDFGHJKMNPRTWXY";

static unsigned weighted_sum(const unsigned *digits, unsigned count)
{
    unsigned sum = 0;
    for (unsigned i = 0; i < count; i++)
        sum += (i + 1) * digits[i];
    return sum % BASE;
}

const char *code_text(int64_t id, char out[CODE_TEXT])
{
    unsigned digits[DIGITS];
    /* Both factors are below 23^7, so the product fits in 64 bits. */
    uint64_t rest = (uint64_t)id * MULTIPLIER % (uint64_t)CODE_IDS;
    for (unsigned i = DIGITS - 1; i-- > 0; rest /= BASE)
        digits[i] = (unsigned)(rest % BASE);
    unsigned sum = weighted_sum(digits, DIGITS - 1);
    digits[DIGITS - 1] = (BASE - sum) * CHECK_INVERSE % BASE;

    char *at = out;
    for (unsigned i = 0; i < DIGITS; i++) {
        if (i == GROUP)
            *at++ = '-';
        *at++ = alphabet[digits[i]];
    }
    *at = '\0';
    return out;
}

/* BASE if the character is not of the alphabet. */
static unsigned digit_of(char c)
{
    if (c >= 'a' && c <= 'z')
        c = (char)(c - 'a' + 'A');
    unsigned digit = 0;
    while (digit < BASE && alphabet[digit] != c)
        digit++;
    return digit;
}

static bool read_digits(struct slice text, unsigned digits[DIGITS])
{
    unsigned count = 0;
    for (size_t i = 0; i < text.len; i++) {
        if (text.ptr[i] == '-' || text.ptr[i] == ' ')
            continue;
        unsigned digit = digit_of(text.ptr[i]);
        if (digit == BASE || count == DIGITS)
            return false;
        digits[count++] = digit;
    }
    return count == DIGITS;
}

enum code_result code_parse(struct slice text, int64_t *id)
{
    unsigned digits[DIGITS];
    if (!read_digits(text, digits))
        return CODE_NOT_A_CODE;
    if (weighted_sum(digits, DIGITS) != 0)
        return CODE_MISTYPED;
    uint64_t scrambled = 0;
    for (unsigned i = 0; i < DIGITS - 1; i++)
        scrambled = scrambled * BASE + digits[i];
    *id = (int64_t)(scrambled * INVERSE % (uint64_t)CODE_IDS);
    return CODE_OK;
}

#include "decimal.h"

#include <stdio.h>

#include <bid_conf.h>
#include <bid_functions.h>

/*
 * The layout of a finite decimal128 in binary encoding (IEEE 754-2008, 3.5.2): sign, 14 bits of exponent +
 * BIAS, 113 bits of coefficient. Coefficients of 34 digits fit in them, so the other form never occurs.
 */
enum { BIAS = 6176, EXPONENT_MIN = -6176, EXPONENT_MAX = 6111, DIGITS = 34, EXPONENT_SHIFT = 49 };
#define SIGN_BIT (UINT64_C(1) << 63)
#define HIGH_MASK ((UINT64_C(1) << EXPONENT_SHIFT) - 1)

__extension__ typedef unsigned __int128 coefficient;
#define DIGITS_LIMIT ((coefficient)UINT64_C(100000000000000000) * UINT64_C(100000000000000000)) /* 10^34 */

struct parts {
    coefficient digits;
    int exponent;
    bool is_negative;
};

static struct parts unpack(struct decimal number)
{
    struct parts parts = {
        .digits = (coefficient)(number.w[1] & HIGH_MASK) << 64 | number.w[0],
        .exponent = (int)(number.w[1] >> EXPONENT_SHIFT & 0x3FFF) - BIAS,
        .is_negative = number.w[1] & SIGN_BIT,
    };
    if (parts.digits == 0) /* one zero */
        parts.exponent = 0, parts.is_negative = false;
    return parts;
}

static struct decimal pack(struct parts parts)
{
    struct decimal number;
    if (parts.digits == 0)
        parts.exponent = 0, parts.is_negative = false;
    number.w[0] = (uint64_t)parts.digits;
    number.w[1] = (uint64_t)(parts.digits >> 64) | (uint64_t)(parts.exponent + BIAS) << EXPONENT_SHIFT |
                  (parts.is_negative ? SIGN_BIT : 0);
    return number;
}

static BID_UINT128 to_library(struct decimal number)
{
    BID_UINT128 x;
    x.w[0] = number.w[0];
    x.w[1] = number.w[1];
    return x;
}

/* False for infinities and what is not a number. */
static bool from_library(BID_UINT128 x, struct decimal *out)
{
    if (bid128_isInf(x) || bid128_isNaN(x))
        return false;
    *out = pack(unpack((struct decimal){{x.w[0], x.w[1]}}));
    return true;
}

/* Reading and writing --------------------------------------------------------------------------------------
 */

static bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}

/* Digits with at most one point among them; `exponent` becomes minus the number behind it. */
static bool read_digits(struct slice *text, struct parts *parts)
{
    size_t i = 0, count = 0, significant = 0;
    bool has_point = false;
    for (; i < text->len && (is_digit(text->ptr[i]) || (text->ptr[i] == '.' && !has_point)); i++) {
        if (text->ptr[i] == '.') {
            has_point = true;
            continue;
        }
        unsigned digit = (unsigned)(text->ptr[i] - '0');
        count++;
        significant += significant || digit;
        if (significant > DIGITS)
            return false;
        parts->digits = parts->digits * 10 + digit;
        parts->exponent -= has_point;
    }
    if (count == 0 || text->ptr[i - 1] == '.')
        return false;
    text->ptr += i, text->len -= i;
    return true;
}

static bool read_exponent(struct slice text, int *exponent)
{
    int64_t value;
    if (text.len == 0)
        return true;
    if (text.ptr[0] != 'e' && text.ptr[0] != 'E')
        return false;
    text.ptr++, text.len--;
    if (text.len > 1 && text.ptr[0] == '+' && is_digit(text.ptr[1]))
        text.ptr++, text.len--;
    if (!slice_to_i64(text, EXPONENT_MIN, EXPONENT_MAX + DIGITS, &value))
        return false;
    *exponent += (int)value;
    return true;
}

bool decimal_parse(struct slice text, struct decimal *out)
{
    struct parts parts = {0};
    if (text.len > 0 && text.ptr[0] == '-') {
        parts.is_negative = true;
        text.ptr++, text.len--;
    }
    if (!read_digits(&text, &parts) || !read_exponent(text, &parts.exponent))
        return false;
    if (parts.digits == 0)
        parts.exponent = 0;
    for (; parts.exponent > EXPONENT_MAX && parts.digits < DIGITS_LIMIT / 10; parts.exponent--)
        parts.digits *= 10;
    if (parts.exponent < EXPONENT_MIN || parts.exponent > EXPONENT_MAX)
        return false;
    *out = pack(parts);
    return true;
}

/* The digits without zeros at the end, and the power of ten of the last one. */
static size_t write_digits(struct parts parts, char out[DIGITS + 1], int *exponent)
{
    char reversed[DIGITS + 6];
    size_t count = 0, skip = 0;
    do
        reversed[count++] = (char)('0' + (int)(parts.digits % 10));
    while ((parts.digits /= 10));
    while (skip + 1 < count && reversed[skip] == '0')
        skip++;
    for (size_t i = skip; i < count; i++)
        out[count - 1 - i] = reversed[i];
    out[count - skip] = '\0';
    *exponent = parts.exponent + (int)skip;
    return count - skip;
}

struct slice decimal_text(struct decimal number, struct arena *arena)
{
    enum { PLAIN = 40 };
    char digits[DIGITS + 6];
    int exponent;
    struct parts parts = unpack(number);
    int count = (int)write_digits(parts, digits, &exponent), point = count + exponent;
    const char *sign = parts.is_negative ? "-" : "";
    char *text;
    if (exponent >= 0 && point <= DIGITS) /* as many as can be read */
        text = arena_printf(arena, "%s%s%.*s", sign, digits, exponent,
                            "0000000000000000000000000000000000000000");
    else if (exponent < 0 && point > 0)
        text = arena_printf(arena, "%s%.*s.%s", sign, point, digits, digits + point);
    else if (exponent < 0 && -exponent <= PLAIN)
        text = arena_printf(arena, "%s0.%.*s%s", sign, -point, "0000000000000000000000000000000000000000",
                            digits);
    else
        text =
            arena_printf(arena, "%s%.1s%s%sE%+d", sign, digits, count > 1 ? "." : "", digits + 1, point - 1);
    return slice_of(text);
}

/* Order and whole numbers ----------------------------------------------------------------------------------
 */

int decimal_compare(struct decimal a, struct decimal b)
{
    struct parts x = unpack(a), y = unpack(b);
    unsigned flags = 0;
    if (x.exponent == y.exponent && x.is_negative == y.is_negative) {
        int order = (x.digits > y.digits) - (x.digits < y.digits);
        return x.is_negative ? -order : order;
    }
    if (bid128_quiet_less(to_library(a), to_library(b), &flags))
        return -1;
    return bid128_quiet_greater(to_library(a), to_library(b), &flags) ? 1 : 0;
}

int decimal_sign(struct decimal number)
{
    struct parts parts = unpack(number);
    return parts.digits == 0 ? 0 : parts.is_negative ? -1 : 1;
}

struct decimal decimal_negate(struct decimal number)
{
    struct parts parts = unpack(number);
    parts.is_negative = !parts.is_negative;
    return pack(parts);
}

struct decimal decimal_of_int(int64_t number)
{
    bool is_negative = number < 0;
    uint64_t magnitude = is_negative ? 0 - (uint64_t)number : (uint64_t)number;
    return pack((struct parts){.digits = magnitude, .is_negative = is_negative});
}

/* digits * 10^shift rounded towards zero; *exact: nothing was cut. False if it is over 2^63. */
static bool scale(coefficient digits, int shift, coefficient *out, bool *exact)
{
    *exact = true;
    if (digits == 0)
        shift = 0;
    for (; shift > 0; shift--) {
        digits *= 10;
        if (digits > (coefficient)1 << 63)
            return false;
    }
    for (; shift < 0 && digits; shift++) {
        *exact = *exact && digits % 10 == 0;
        digits /= 10;
    }
    *out = digits;
    return digits <= (coefficient)1 << 63;
}

bool decimal_units(struct decimal number, unsigned digits, int64_t *units, bool *exact)
{
    struct parts parts = unpack(number);
    coefficient magnitude;
    if (digits > DIGITS || (parts.digits >> 114) ||
        !scale(parts.digits, parts.exponent + (int)digits, &magnitude, exact))
        return false;
    if (parts.is_negative && !*exact)
        magnitude++;
    if (magnitude > (coefficient)INT64_MAX)
        return false;
    *units = parts.is_negative ? -(int64_t)magnitude : (int64_t)magnitude;
    return true;
}

bool decimal_to_int(struct decimal number, int64_t *out)
{
    int64_t units;
    bool exact;
    if (!decimal_units(number, 0, &units, &exact) || !exact)
        return false;
    *out = units;
    return true;
}

bool decimal_is_whole(struct decimal number)
{
    struct parts parts = unpack(number);
    for (; parts.exponent < 0 && parts.digits % 10 == 0 && parts.digits; parts.exponent++)
        parts.digits /= 10;
    return parts.exponent >= 0;
}

/* Arithmetic -----------------------------------------------------------------------------------------------
 */

bool decimal_add(struct decimal a, struct decimal b, struct decimal *out)
{
    unsigned flags = 0;
    return from_library(bid128_add(to_library(a), to_library(b), ROUND_HALF_EVEN, &flags), out);
}

bool decimal_subtract(struct decimal a, struct decimal b, struct decimal *out)
{
    unsigned flags = 0;
    return from_library(bid128_sub(to_library(a), to_library(b), ROUND_HALF_EVEN, &flags), out);
}

bool decimal_multiply(struct decimal a, struct decimal b, struct decimal *out)
{
    unsigned flags = 0;
    return from_library(bid128_mul(to_library(a), to_library(b), ROUND_HALF_EVEN, &flags), out);
}

bool decimal_divide(struct decimal a, struct decimal b, struct decimal *out)
{
    unsigned flags = 0;
    return decimal_sign(b) != 0 &&
           from_library(bid128_div(to_library(a), to_library(b), ROUND_HALF_EVEN, &flags), out);
}

bool decimal_modulo(struct decimal a, struct decimal b, struct decimal *out)
{
    unsigned flags = 0;
    struct decimal rest;
    if (decimal_sign(b) == 0 || !from_library(bid128_fmod(to_library(a), to_library(b), &flags), &rest))
        return false;
    if (decimal_sign(rest) != 0 && decimal_sign(rest) != decimal_sign(b))
        return decimal_add(rest, b, out);
    *out = rest;
    return true;
}

/* By squaring, so that small whole powers are exact: 1.1 ** 2 is 1.21. */
static bool whole_power(struct decimal base, uint64_t exponent, struct decimal *out)
{
    struct decimal result = decimal_of_int(1);
    for (;;) {
        if (exponent & 1 && !decimal_multiply(result, base, &result))
            return false;
        if ((exponent >>= 1) == 0)
            break;
        if (!decimal_multiply(base, base, &base))
            return false;
    }
    *out = result;
    return true;
}

bool decimal_power(struct decimal a, struct decimal b, struct decimal *out)
{
    enum { SQUARING = 1000 };
    unsigned flags = 0;
    int64_t exponent;
    if (decimal_to_int(b, &exponent) && exponent >= -SQUARING && exponent <= SQUARING) {
        struct decimal power;
        if (!whole_power(a, (uint64_t)(exponent < 0 ? -exponent : exponent), &power))
            return false;
        if (exponent < 0)
            return decimal_divide(decimal_of_int(1), power, out);
        *out = power;
        return true;
    }
    return from_library(bid128_pow(to_library(a), to_library(b), ROUND_HALF_EVEN, &flags), out);
}

bool decimal_sqrt(struct decimal number, struct decimal *out)
{
    unsigned flags = 0;
    return from_library(bid128_sqrt(to_library(number), ROUND_HALF_EVEN, &flags), out);
}

bool decimal_exp(struct decimal number, struct decimal *out)
{
    unsigned flags = 0;
    return from_library(bid128_exp(to_library(number), ROUND_HALF_EVEN, &flags), out);
}

bool decimal_log(struct decimal number, struct decimal *out)
{
    unsigned flags = 0;
    return decimal_sign(number) > 0 &&
           from_library(bid128_log(to_library(number), ROUND_HALF_EVEN, &flags), out);
}

/* The library has no ties towards zero: up, minus one unit where exactly half was added. */
static bool round_half_down(struct decimal number, int64_t digits, struct decimal *out)
{
    struct decimal near, zero, up, down;
    if (!decimal_round(number, digits, ROUND_HALF_UP, &near) ||
        !decimal_round(number, digits, ROUND_TO_ZERO, &zero) || !decimal_subtract(near, number, &up) ||
        !decimal_subtract(number, zero, &down))
        return false;
    *out = decimal_compare(up, down) == 0 ? zero : near;
    return true;
}

bool decimal_round(struct decimal number, int64_t digits, enum decimal_rounding how, struct decimal *out)
{
    struct parts parts = unpack(number);
    unsigned flags = 0;
    if (digits < -EXPONENT_MAX || digits > -EXPONENT_MIN)
        return false;
    if (how == ROUND_HALF_DOWN)
        return round_half_down(number, digits, out);
    if (how == ROUND_FROM_ZERO)
        how = parts.is_negative ? ROUND_FLOOR : ROUND_CEILING;
    if (parts.exponent >= -digits) {
        *out = number;
        return true;
    }
    struct decimal unit = pack((struct parts){.digits = 1, .exponent = (int)-digits});
    return from_library(bid128_quantize(to_library(number), to_library(unit), (unsigned)how, &flags), out);
}

#include "moment.h"

#include "clock.h"
#include "decimal.h"

enum { YEAR_MAX = 999999999, OFFSET_MAX = 14 * 3600 };

/* Reading --------------------------------------------------------------------------------------------------
 */

static bool take_char(struct slice *text, char c)
{
    if (text->len == 0 || text->ptr[0] != c)
        return false;
    text->ptr++, text->len--;
    return true;
}

static size_t count_digits(struct slice text)
{
    size_t n = 0;
    while (n < text.len && text.ptr[n] >= '0' && text.ptr[n] <= '9')
        n++;
    return n;
}

static bool take_number(struct slice *text, size_t digits, int64_t *out)
{
    if (digits == 0 || digits > 18 || !slice_to_i64(slice_make(text->ptr, digits), 0, INT64_MAX, out))
        return false;
    text->ptr += digits, text->len -= digits;
    return true;
}

/* Exactly two digits. */
static bool take_two(struct slice *text, int64_t *out)
{
    return text->len >= 2 && count_digits(slice_make(text->ptr, 2)) == 2 && take_number(text, 2, out);
}

bool value_of_civil(int64_t year, int64_t month, int64_t day, struct value *out)
{
    static const unsigned char lengths[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
    if (year < -YEAR_MAX || year > YEAR_MAX || month < 1 || month > 12 || day < 1)
        return false;
    bool is_leap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
    if (day > lengths[month - 1] + (month == 2 && is_leap))
        return false;
    *out = (struct value){.kind = VALUE_DATE};
    out->moment.day = days_from_civil(year, (unsigned)month, (unsigned)day);
    out->moment.offset = NO_OFFSET;
    return true;
}

/* Four digits, or more without a zero before them. */
static bool take_date(struct slice *text, struct value *out)
{
    int64_t year, month, day;
    bool is_negative = take_char(text, '-');
    size_t digits = count_digits(*text);
    if (digits < 4 || digits > 9 || (digits > 4 && text->ptr[0] == '0') || !take_number(text, digits, &year))
        return false;
    return take_char(text, '-') && take_two(text, &month) && take_char(text, '-') && take_two(text, &day) &&
           value_of_civil(is_negative ? -year : year, month, day, out);
}

bool value_date_parse(struct slice text, struct value *out)
{
    struct value value;
    if (!take_date(&text, &value) || text.len)
        return false;
    *out = value;
    return true;
}

bool value_of_clock(int64_t hour, int64_t minute, int64_t nanosecond, int32_t offset, struct value *out)
{
    if (hour < 0 || hour > 23 || minute < 0 || minute > 59 || nanosecond < 0 ||
        nanosecond >= 60 * SECOND_NANOSECONDS)
        return false;
    if (offset != NO_OFFSET && (offset > OFFSET_MAX || offset < -OFFSET_MAX))
        return false;
    *out = (struct value){.kind = VALUE_TIME};
    out->moment.nanosecond = (hour * 60 + minute) * 60 * SECOND_NANOSECONDS + nanosecond;
    out->moment.offset = offset;
    return true;
}

/* A point and digits, as billionths; what is behind the ninth is dropped. Nothing there is zero. */
static bool take_fraction(struct slice *text, int64_t *nanoseconds)
{
    *nanoseconds = 0;
    if (!take_char(text, '.'))
        return true;
    size_t digits = count_digits(*text);
    for (size_t i = 0; i < 9; i++)
        *nanoseconds = *nanoseconds * 10 + (i < digits ? text->ptr[i] - '0' : 0);
    text->ptr += digits, text->len -= digits;
    return digits > 0;
}

static bool take_offset(struct slice *text, int32_t *offset)
{
    int64_t hours, minutes, seconds = 0;
    *offset = NO_OFFSET;
    if (text->len == 0)
        return true;
    if (take_char(text, 'Z')) {
        *offset = 0;
        return true;
    }
    bool is_west = text->ptr[0] == '-';
    if (!is_west && text->ptr[0] != '+')
        return false;
    text->ptr++, text->len--;
    if (!take_two(text, &hours) || !take_char(text, ':') || !take_two(text, &minutes) || minutes > 59)
        return false;
    if (take_char(text, ':') && (!take_two(text, &seconds) || seconds > 59))
        return false;
    *offset = (int32_t)((hours * 60 + minutes) * 60 + seconds) * (is_west ? -1 : 1);
    return true;
}

bool value_time_parse(struct slice text, struct value *out)
{
    int64_t hour, minute, second, fraction;
    int32_t offset;
    return take_two(&text, &hour) && take_char(&text, ':') && take_two(&text, &minute) &&
           take_char(&text, ':') && take_two(&text, &second) && take_fraction(&text, &fraction) &&
           take_offset(&text, &offset) && text.len == 0 &&
           value_of_clock(hour, minute, second * SECOND_NANOSECONDS + fraction, offset, out);
}

bool value_date_time_parse(struct slice text, struct value *out)
{
    struct value date, time = {.kind = VALUE_TIME};
    time.moment.offset = NO_OFFSET;
    if (!take_date(&text, &date))
        return false;
    if (text.len && (!take_char(&text, 'T') || !value_time_parse(text, &time)))
        return false;
    time.kind = VALUE_DATE_TIME;
    time.moment.day = date.moment.day;
    *out = time;
    return true;
}

/* Units in the order in which they may stand; months are units of one kind, nanoseconds of the other. */
static const struct unit {
    char letter;
    bool in_time;
    int64_t months, nanoseconds;
} units[] = {
    {'Y', false, 12, 0},
    {'M', false, 1, 0},
    {'D', false, 0, DAY_NANOSECONDS},
    {'H', true, 0, 3600 * SECOND_NANOSECONDS},
    {'M', true, 0, 60 * SECOND_NANOSECONDS},
    {'S', true, 0, SECOND_NANOSECONDS},
};
enum { UNITS = sizeof units / sizeof units[0] };

static bool accumulate(int64_t *sum, int64_t count, int64_t size)
{
    int64_t product;
    return !__builtin_mul_overflow(count, size, &product) && !__builtin_add_overflow(*sum, product, sum);
}

/* One number with its unit, which must stand behind unit *next. */
static bool take_unit(struct slice *text, bool in_time, size_t *next, int64_t *months, int64_t *nanoseconds,
                      bool *has_months)
{
    int64_t count, fraction = 0;
    size_t i = *next, digits = count_digits(*text);
    if (!take_number(text, digits, &count))
        return false;
    bool has_fraction = text->len && text->ptr[0] == '.';
    if (!take_fraction(text, &fraction) || text->len == 0)
        return false;
    while (i < UNITS && (units[i].letter != text->ptr[0] || units[i].in_time != in_time))
        i++;
    if (i == UNITS || (has_fraction && units[i].letter != 'S'))
        return false;
    text->ptr++, text->len--;
    *next = i + 1;
    *has_months = *has_months || units[i].months;
    return accumulate(months, count, units[i].months) &&
           accumulate(nanoseconds, count, units[i].nanoseconds) && accumulate(nanoseconds, fraction, 1);
}

bool value_duration_parse(struct slice text, struct value *out)
{
    bool is_negative = take_char(&text, '-'), in_time = false, has_months = false;
    int64_t months = 0, nanoseconds = 0;
    size_t next = 0;
    if (!take_char(&text, 'P') || text.len == 0)
        return false;
    while (text.len) {
        if (!in_time && take_char(&text, 'T'))
            in_time = true;
        if (!take_unit(&text, in_time, &next, &months, &nanoseconds, &has_months))
            return false;
    }
    if (has_months && next > 2) /* both kinds in one */
        return false;
    *out = (struct value){.kind = has_months ? VALUE_YEARS_MONTHS : VALUE_DAYS_TIME};
    if (has_months)
        out->months = is_negative ? -months : months;
    else
        out->nanoseconds = is_negative ? -nanoseconds : nanoseconds;
    return true;
}

/* Writing --------------------------------------------------------------------------------------------------
 */

static void write_date(struct text *text, int64_t days)
{
    int64_t year;
    unsigned month, day;
    civil_from_days(days, &year, &month, &day);
    text_printf(text, "%s%04lld-%02u-%02u", year < 0 ? "-" : "", (long long)(year < 0 ? -year : year), month,
                day);
}

static void write_fraction(struct text *text, int64_t nanoseconds)
{
    int width = 9;
    if (nanoseconds == 0)
        return;
    for (; nanoseconds % 10 == 0; nanoseconds /= 10)
        width--;
    text_printf(text, ".%0*lld", width, (long long)nanoseconds);
}

static void write_time(struct text *text, const struct zoned *at)
{
    long long seconds = at->nanosecond / SECOND_NANOSECONDS;
    text_printf(text, "%02lld:%02lld:%02lld", seconds / 3600, seconds / 60 % 60, seconds % 60);
    write_fraction(text, at->nanosecond % SECOND_NANOSECONDS);
    if (at->offset == NO_OFFSET)
        return;
    int offset = at->offset < 0 ? -at->offset : at->offset;
    if (offset == 0)
        text_add_char(text, 'Z');
    else
        text_printf(text, "%c%02d:%02d", at->offset < 0 ? '-' : '+', offset / 3600, offset / 60 % 60);
    if (offset % 60)
        text_printf(text, ":%02d", offset % 60);
}

static void write_unit(struct text *text, uint64_t count, char letter)
{
    if (count)
        text_printf(text, "%llu%c", (unsigned long long)count, letter);
}

static uint64_t magnitude(int64_t number)
{
    return number < 0 ? 0 - (uint64_t)number : (uint64_t)number;
}

static void write_months(struct text *text, int64_t months)
{
    uint64_t count = magnitude(months);
    text_add_words(text, months < 0 ? "-P" : "P");
    write_unit(text, count / 12, 'Y');
    if (count % 12 || count == 0)
        text_printf(text, "%uM", (unsigned)(count % 12));
}

static void write_nanoseconds(struct text *text, int64_t nanoseconds)
{
    uint64_t count = magnitude(nanoseconds), day = (uint64_t)DAY_NANOSECONDS;
    uint64_t rest = count % day, second = (uint64_t)SECOND_NANOSECONDS;
    text_add_words(text, nanoseconds < 0 ? "-P" : "P");
    write_unit(text, count / day, 'D');
    if (rest == 0 && count)
        return;
    text_add_char(text, 'T');
    write_unit(text, rest / (3600 * second), 'H');
    write_unit(text, rest / (60 * second) % 60, 'M');
    rest %= 60 * second;
    if (rest == 0 && count)
        return;
    text_printf(text, "%u", (unsigned)(rest / second));
    write_fraction(text, (int64_t)(rest % second));
    text_add_char(text, 'S');
}

void moment_write(struct text *text, const struct value *value)
{
    if (is_dated(value))
        write_date(text, value->moment.day);
    if (value->kind == VALUE_DATE_TIME)
        text_add_char(text, 'T');
    if (value->kind == VALUE_TIME || value->kind == VALUE_DATE_TIME)
        write_time(text, &value->moment);
    if (value->kind == VALUE_YEARS_MONTHS)
        write_months(text, value->months);
    if (value->kind == VALUE_DAYS_TIME)
        write_nanoseconds(text, value->nanoseconds);
}

/* Order ----------------------------------------------------------------------------------------------------
 */

static int order_of(int64_t a, int64_t b)
{
    return (a > b) - (a < b);
}

/* Of the day in UTC; of a time without date the day may become -1 or 1. */
static void to_utc(const struct zoned *zoned, int64_t *day, int64_t *nanosecond)
{
    int64_t shifted = zoned->nanosecond - zoned->offset * SECOND_NANOSECONDS;
    *day = zoned->day + floor_div(shifted, DAY_NANOSECONDS);
    *nanosecond = shifted - floor_div(shifted, DAY_NANOSECONDS) * DAY_NANOSECONDS;
}

static bool compare_zoned(const struct zoned *a, const struct zoned *b, int *order)
{
    int64_t day_a = a->day, day_b = b->day, nano_a = a->nanosecond, nano_b = b->nanosecond;
    if ((a->offset == NO_OFFSET) != (b->offset == NO_OFFSET))
        return false;
    if (a->offset != NO_OFFSET) {
        to_utc(a, &day_a, &nano_a);
        to_utc(b, &day_b, &nano_b);
    }
    *order = day_a != day_b ? order_of(day_a, day_b) : order_of(nano_a, nano_b);
    return true;
}

bool moment_compare(const struct value *a, const struct value *b, int *order)
{
    if (a->kind != b->kind)
        return false;
    switch (a->kind) {
    case VALUE_DATE:
        *order = order_of(a->moment.day, b->moment.day);
        return true;
    case VALUE_TIME:
    case VALUE_DATE_TIME:
        return compare_zoned(&a->moment, &b->moment, order);
    case VALUE_YEARS_MONTHS:
        *order = order_of(a->months, b->months);
        return true;
    case VALUE_DAYS_TIME:
        *order = order_of(a->nanoseconds, b->nanoseconds);
        return true;
    default:
        return false;
    }
}

/* Arithmetic -----------------------------------------------------------------------------------------------
 */

static bool of_months(int64_t months, struct value *out)
{
    *out = (struct value){.kind = VALUE_YEARS_MONTHS};
    out->months = months;
    return true;
}

static bool of_nanoseconds(int64_t nanoseconds, struct value *out)
{
    *out = (struct value){.kind = VALUE_DAYS_TIME};
    out->nanoseconds = nanoseconds;
    return true;
}

/* The same day of another month, or its last one. */
static bool add_months(const struct value *value, int64_t months, struct value *out)
{
    int64_t year, total;
    unsigned month, day;
    struct value date;
    civil_from_days(value->moment.day, &year, &month, &day);
    if (__builtin_add_overflow(year * 12 + month - 1, months, &total))
        return false;
    year = floor_div(total, 12);
    while (!value_of_civil(year, total - year * 12 + 1, day, &date))
        if (day-- <= 28)
            return false;
    *out = *value;
    out->moment.day = date.moment.day;
    return true;
}

static bool add_nanoseconds(const struct value *value, int64_t nanoseconds, struct value *out)
{
    int64_t days = floor_div(nanoseconds, DAY_NANOSECONDS);
    int64_t at = value->moment.nanosecond + (nanoseconds - days * DAY_NANOSECONDS);
    int64_t limit = (int64_t)YEAR_MAX * 365;
    days += value->moment.day + at / DAY_NANOSECONDS;
    if (value->kind != VALUE_TIME && (days > limit || days < -limit))
        return false;
    *out = *value;
    out->moment.day = value->kind == VALUE_TIME ? 0 : days;
    out->moment.nanosecond = value->kind == VALUE_DATE ? 0 : at % DAY_NANOSECONDS;
    return true;
}

static bool add_duration(const struct value *value, const struct value *duration, struct value *out)
{
    int64_t sum;
    if (value->kind == VALUE_YEARS_MONTHS && duration->kind == VALUE_YEARS_MONTHS)
        return !__builtin_add_overflow(value->months, duration->months, &sum) && of_months(sum, out);
    if (value->kind == VALUE_DAYS_TIME && duration->kind == VALUE_DAYS_TIME)
        return !__builtin_add_overflow(value->nanoseconds, duration->nanoseconds, &sum) &&
               of_nanoseconds(sum, out);
    if (is_dated(value) && duration->kind == VALUE_YEARS_MONTHS)
        return add_months(value, duration->months, out);
    if ((is_dated(value) || value->kind == VALUE_TIME) && duration->kind == VALUE_DAYS_TIME)
        return add_nanoseconds(value, duration->nanoseconds, out);
    return false;
}

bool moment_add(const struct value *a, const struct value *b, struct value *out)
{
    return is_duration(b) ? add_duration(a, b, out) : is_duration(a) && add_duration(b, a, out);
}

bool moment_negate(const struct value *a, struct value *out)
{
    if (a->kind == VALUE_YEARS_MONTHS && a->months != INT64_MIN)
        return of_months(-a->months, out);
    if (a->kind == VALUE_DAYS_TIME && a->nanoseconds != INT64_MIN)
        return of_nanoseconds(-a->nanoseconds, out);
    return false;
}

/* The time between two moments; a date is its midnight, of the other's offset. */
static bool difference(const struct zoned *a, const struct zoned *b, bool is_midnight, struct value *out)
{
    int64_t day_a = a->day, day_b = b->day, nano_a = a->nanosecond, nano_b = b->nanosecond, result = 0;
    if ((a->offset == NO_OFFSET) != (b->offset == NO_OFFSET) && !is_midnight)
        return false;
    if (a->offset != NO_OFFSET && b->offset != NO_OFFSET) {
        to_utc(a, &day_a, &nano_a);
        to_utc(b, &day_b, &nano_b);
    }
    return accumulate(&result, day_a - day_b, DAY_NANOSECONDS) && accumulate(&result, nano_a - nano_b, 1) &&
           of_nanoseconds(result, out);
}

bool moment_subtract(const struct value *a, const struct value *b, struct value *out)
{
    struct value negated;
    if (is_duration(b))
        return moment_negate(b, &negated) && add_duration(a, &negated, out);
    if (is_dated(a) && is_dated(b))
        return difference(&a->moment, &b->moment, a->kind != b->kind, out);
    if (a->kind == VALUE_TIME && b->kind == VALUE_TIME)
        return difference(&a->moment, &b->moment, false, out);
    return false;
}

static struct decimal duration_number(const struct value *duration)
{
    return decimal_of_int(duration->kind == VALUE_YEARS_MONTHS ? duration->months : duration->nanoseconds);
}

/* Rounded towards zero. */
static bool duration_of(struct decimal number, enum value_kind kind, struct value *out)
{
    int64_t count;
    if (!decimal_round(number, 0, ROUND_TO_ZERO, &number) || !decimal_to_int(number, &count))
        return false;
    return kind == VALUE_YEARS_MONTHS ? of_months(count, out) : of_nanoseconds(count, out);
}

bool moment_multiply(const struct value *a, const struct value *b, struct value *out)
{
    struct decimal product;
    if (is_duration(b) && a->kind == VALUE_NUMBER)
        return moment_multiply(b, a, out);
    return is_duration(a) && b->kind == VALUE_NUMBER &&
           decimal_multiply(duration_number(a), b->number, &product) && duration_of(product, a->kind, out);
}

bool moment_divide(const struct value *a, const struct value *b, struct value *out)
{
    struct decimal quotient;
    if (!is_duration(a))
        return false;
    if (b->kind == VALUE_NUMBER)
        return decimal_divide(duration_number(a), b->number, &quotient) &&
               duration_of(quotient, a->kind, out);
    if (b->kind != a->kind || !decimal_divide(duration_number(a), duration_number(b), &quotient))
        return false;
    *out = (struct value){.kind = VALUE_NUMBER};
    out->number = quotient;
    return true;
}

bool moment_months_between(const struct value *a, const struct value *b, int64_t *months)
{
    int64_t year_a, year_b;
    unsigned month_a, month_b, day_a, day_b;
    if (!is_dated(a) || !is_dated(b))
        return false;
    civil_from_days(a->moment.day, &year_a, &month_a, &day_a);
    civil_from_days(b->moment.day, &year_b, &month_b, &day_b);
    *months = (year_b - year_a) * 12 + (int64_t)month_b - (int64_t)month_a;
    int rest =
        day_a != day_b ? (day_b > day_a ? 1 : -1) : order_of(b->moment.nanosecond, a->moment.nanosecond);
    if (*months > 0 && rest < 0)
        --*months;
    if (*months < 0 && rest > 0)
        ++*months;
    return true;
}

/* Parts ----------------------------------------------------------------------------------------------------
 */

enum part {
    YEAR,
    MONTH,
    DAY,
    WEEKDAY,
    HOUR,
    MINUTE,
    SECOND,
    OFFSET,
    YEARS,
    MONTHS,
    DAYS,
    HOURS,
    MINUTES,
    SECONDS
};

#define OF(kind) (1U << (kind))
#define OF_DATES (OF(VALUE_DATE) | OF(VALUE_DATE_TIME))
#define OF_TIMES (OF(VALUE_TIME) | OF(VALUE_DATE_TIME))

static const struct {
    const char *name;
    enum part part;
    unsigned kinds;
} parts[] = {
    {"year", YEAR, OF_DATES},
    {"month", MONTH, OF_DATES},
    {"day", DAY, OF_DATES},
    {"weekday", WEEKDAY, OF_DATES},
    {"hour", HOUR, OF_TIMES},
    {"minute", MINUTE, OF_TIMES},
    {"second", SECOND, OF_TIMES},
    {"time offset", OFFSET, OF_TIMES},
    {"years", YEARS, OF(VALUE_YEARS_MONTHS)},
    {"months", MONTHS, OF(VALUE_YEARS_MONTHS)},
    {"days", DAYS, OF(VALUE_DAYS_TIME)},
    {"hours", HOURS, OF(VALUE_DAYS_TIME)},
    {"minutes", MINUTES, OF(VALUE_DAYS_TIME)},
    {"seconds", SECONDS, OF(VALUE_DAYS_TIME)},
};

static int64_t date_part(int64_t days, enum part part)
{
    int64_t year;
    unsigned month, day, weekday = weekday_of(days);
    civil_from_days(days, &year, &month, &day);
    return part == YEAR ? year : part == MONTH ? month : part == DAY ? day : weekday ? weekday : 7;
}

static int64_t part_number(const struct value *value, enum part part)
{
    int64_t seconds =
        (value->kind == VALUE_DAYS_TIME ? value->nanoseconds : value->moment.nanosecond) / SECOND_NANOSECONDS;
    switch (part) {
    case YEARS:
        return value->months / 12;
    case MONTHS:
        return value->months % 12;
    case DAYS:
        return seconds / 86400;
    case HOUR:
    case HOURS:
        return seconds / 3600 % 24;
    case MINUTE:
    case MINUTES:
        return seconds / 60 % 60;
    case SECOND:
    case SECONDS:
        return seconds % 60;
    default:
        return date_part(value->moment.day, part);
    }
}

bool moment_part(const struct value *value, struct slice name, struct value *out)
{
    for (size_t i = 0; i < sizeof parts / sizeof parts[0]; i++) {
        if (!(parts[i].kinds & OF(value->kind)) || !slice_is(name, parts[i].name))
            continue;
        if (parts[i].part != OFFSET)
            *out = value_of_int(part_number(value, parts[i].part));
        else if (value->moment.offset == NO_OFFSET)
            *out = value_null;
        else
            of_nanoseconds(value->moment.offset * SECOND_NANOSECONDS, out);
        return true;
    }
    return false;
}

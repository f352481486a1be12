#include "clock.h"

#include <stdio.h>
#include <time.h>

/* 0000-01-01T00:00Z and 10000-01-01T00:00Z, minutes since 1970: what four digits of a year can say. */
#define FIRST_MINUTE (INT64_C(-719528) * 1440)
#define END_MINUTE (INT64_C(2932897) * 1440)

static int64_t read_clock(clockid_t id)
{
    struct timespec now;
    clock_gettime(id, &now);
    return (int64_t)now.tv_sec * MOMENT_SECOND + now.tv_nsec / 1000;
}

static moment system_wall(const struct clock *clock)
{
    return read_clock(CLOCK_REALTIME) + __atomic_load_n(&clock->offset, __ATOMIC_RELAXED);
}

static int64_t system_monotonic(const struct clock *clock)
{
    (void)clock;
    return read_clock(CLOCK_MONOTONIC);
}

struct clock clock_system(moment offset)
{
    return (struct clock){system_wall, system_monotonic, offset};
}

void clock_move(struct clock *clock, moment offset)
{
    __atomic_store_n(&clock->offset, offset, __ATOMIC_RELAXED);
}

/* Howard Hinnant, "chrono-Compatible Low-Level Date Algorithms". */
int64_t days_from_civil(int64_t year, unsigned month, unsigned day)
{
    year -= month <= 2;
    int64_t era = (year >= 0 ? year : year - 399) / 400;
    unsigned year_of_era = (unsigned)(year - era * 400);
    unsigned day_of_year = (153 * (month > 2 ? month - 3 : month + 9) + 2) / 5 + day - 1;
    unsigned day_of_era = year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year;
    return era * 146097 + (int64_t)day_of_era - 719468;
}

void civil_from_days(int64_t days, int64_t *year, unsigned *month, unsigned *day)
{
    days += 719468;
    int64_t era = (days >= 0 ? days : days - 146096) / 146097;
    unsigned day_of_era = (unsigned)(days - era * 146097);
    unsigned year_of_era = (day_of_era - day_of_era / 1460 + day_of_era / 36524 - day_of_era / 146096) / 365;
    unsigned day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    unsigned shifted = (5 * day_of_year + 2) / 153;
    *day = day_of_year - (153 * shifted + 2) / 5 + 1;
    *month = shifted < 10 ? shifted + 3 : shifted - 9;
    *year = (int64_t)year_of_era + era * 400 + (*month <= 2);
}

unsigned weekday_of(int64_t days)
{
    return (unsigned)(days + 4 - floor_div(days + 4, 7) * 7); /* 1970-01-01 was a Thursday */
}

const char *moment_text(moment at, char out[MOMENT_TEXT])
{
    int64_t seconds = floor_div(at, MOMENT_SECOND);
    int64_t fraction = at % MOMENT_SECOND + (at % MOMENT_SECOND < 0 ? MOMENT_SECOND : 0);
    int64_t days = floor_div(seconds, 86400), rest = seconds - days * 86400, year;
    unsigned month, day;
    civil_from_days(days, &year, &month, &day);
    if (year < 0 || year > 9999) {
        out[0] = '\0';
        return out;
    }
    int n = snprintf(out, MOMENT_TEXT, "%04u-%02u-%02uT%02u:%02u:%02u", (unsigned)year % 10000u, month % 100u,
                     day % 100u, (unsigned)(rest / 3600) % 100u, (unsigned)(rest / 60 % 60),
                     (unsigned)(rest % 60));
    if (n < 0)
        n = 0;
    if (fraction)
        snprintf(out + n, (size_t)(MOMENT_TEXT - n), ".%06uZ", (unsigned)fraction % 1000000u);
    else
        snprintf(out + n, (size_t)(MOMENT_TEXT - n), "Z");
    return out;
}

static bool take_number(struct slice *rest, size_t digits, unsigned min, unsigned max, unsigned *out)
{
    uint64_t value;
    if (rest->len < digits || !slice_to_u64(slice_make(rest->ptr, digits), max, &value) || value < min)
        return false;
    *rest = slice_make(rest->ptr + digits, rest->len - digits);
    *out = (unsigned)value;
    return true;
}

/* Letters (RFC 3339: T and Z) in either case. */
static bool take_char(struct slice *rest, char upper)
{
    if (rest->len == 0 || (rest->ptr[0] != upper && !(upper >= 'A' && rest->ptr[0] == (upper | 0x20))))
        return false;
    *rest = slice_make(rest->ptr + 1, rest->len - 1);
    return true;
}

/* Reads "Z" or "+01:00" as minutes east of Greenwich. */
static bool take_zone(struct slice *rest, int *minutes)
{
    if (take_char(rest, 'Z')) {
        *minutes = 0;
        return true;
    }
    int sign = take_char(rest, '+') ? 1 : take_char(rest, '-') ? -1 : 0;
    unsigned h, m;
    if (!sign || !take_number(rest, 2, 0, 23, &h) || !take_char(rest, ':') ||
        !take_number(rest, 2, 0, 59, &m))
        return false;
    *minutes = sign * (int)(h * 60 + m);
    return true;
}

static bool take_date(struct slice *rest, int64_t *out)
{
    unsigned year, month, day, same_month, same_day;
    int64_t same_year;
    if (!take_number(rest, 4, 0, 9999, &year) || !take_char(rest, '-') ||
        !take_number(rest, 2, 1, 12, &month) || !take_char(rest, '-') || !take_number(rest, 2, 1, 31, &day))
        return false;
    int64_t days = days_from_civil(year, month, day);
    civil_from_days(days, &same_year, &same_month, &same_day);
    if (same_month != month || same_day != day)
        return false;
    *out = days;
    return true;
}

static int64_t take_fraction(struct slice *rest)
{
    int64_t value = 0, unit = MOMENT_SECOND / 10;
    while (rest->len && rest->ptr[0] >= '0' && rest->ptr[0] <= '9') {
        value += (rest->ptr[0] - '0') * unit;
        unit /= 10;
        *rest = slice_make(rest->ptr + 1, rest->len - 1);
    }
    return value;
}

bool date_parse(struct slice text, int64_t *out)
{
    int64_t days;
    if (!take_date(&text, &days) || text.len || days < FIRST_DATE)
        return false;
    *out = days;
    return true;
}

const char *date_print(int64_t day, char out[DATE_TEXT])
{
    int64_t year;
    unsigned month, of_month;
    civil_from_days(day, &year, &month, &of_month);
    for (int i = 3; i >= 0; i--, year /= 10)
        out[i] = (char)('0' + year % 10);
    out[4] = out[7] = '-';
    out[5] = (char)('0' + month / 10);
    out[6] = (char)('0' + month % 10);
    out[8] = (char)('0' + of_month / 10);
    out[9] = (char)('0' + of_month % 10);
    out[10] = '\0';
    return out;
}

bool moment_parse(struct slice rest, moment *out)
{
    unsigned h, m, s;
    int64_t days, fraction = 0;
    int zone;
    if (!take_date(&rest, &days) || !take_char(&rest, 'T') || !take_number(&rest, 2, 0, 23, &h) ||
        !take_char(&rest, ':') || !take_number(&rest, 2, 0, 59, &m) || !take_char(&rest, ':') ||
        !take_number(&rest, 2, 0, 60, &s))
        return false;
    if (take_char(&rest, '.')) {
        if (rest.len == 0 || rest.ptr[0] < '0' || rest.ptr[0] > '9')
            return false;
        fraction = take_fraction(&rest);
    }
    if (!take_zone(&rest, &zone) || rest.len)
        return false;
    int64_t minutes = (days * 24 + h) * 60 + m - zone;
    bool last_minute = floor_div(minutes + 1, 1440) * 1440 == minutes + 1;
    if (minutes < FIRST_MINUTE || minutes >= END_MINUTE || (s == 60 && !last_minute))
        return false;
    *out = (minutes * 60 + s) * MOMENT_SECOND + fraction;
    return true;
}

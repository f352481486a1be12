#include "calendar.h"

#include "amsterdam.h"

#define DAY (86400 * MOMENT_SECOND)

/* A date further away than this is a slip of the pen (2206 for 2026), and its promise would never be looked
 * at. */
enum { DATE_HORIZON_DAYS = 3653 };

enum { DUE_HOUR = 17 };

/* 17:00 local time; the clock never changes between noon UTC and then. */
static moment due_on(int64_t day)
{
    return day * DAY + DUE_HOUR * 3600 * MOMENT_SECOND -
           amsterdam_offset(day * DAY + DAY / 2) * 60 * MOMENT_SECOND;
}

/* Gregorian Easter: the anonymous algorithm (Meeus, "Astronomical Algorithms", chapter 8). */
static int64_t easter(int64_t year)
{
    int64_t a = year % 19, b = year / 100, c = year % 100;
    int64_t h = (19 * a + b - b / 4 - (b - (b + 8) / 25 + 1) / 3 + 15) % 30;
    int64_t l = (32 + 2 * (b % 4) + 2 * (c / 4) - h - c % 4) % 7;
    int64_t m = (a + 11 * h + 22 * l) / 451, n = h + l - 7 * m + 114;
    return days_from_civil(year, (unsigned)(n / 31), (unsigned)(n % 31 + 1));
}

static const struct {
    int after_easter; /* days */
    const char *name;
} moving[] = {{0, "Eerste paasdag"},
              {1, "Tweede paasdag"},
              {39, "Hemelvaartsdag"},
              {49, "Eerste pinksterdag"},
              {50, "Tweede pinksterdag"}};

static const struct {
    unsigned month, day;
    int every; /* years */
    const char *name;
} fixed[] = {{1, 1, 1, "Nieuwjaarsdag"},
             {4, 27, 1, "Koningsdag"},
             {5, 5, 5, "Bevrijdingsdag"},
             {12, 25, 1, "Eerste kerstdag"},
             {12, 26, 1, "Tweede kerstdag"}};

/* King's Day goes to Saturday the 26th where the 27th is a Sunday. */
static unsigned day_of_fixed(size_t i, int64_t year)
{
    bool moves = fixed[i].month == 4 && weekday_of(days_from_civil(year, 4, fixed[i].day)) == 0;
    return fixed[i].day - moves;
}

const char *calendar_holiday(int64_t day)
{
    int64_t year;
    unsigned month, dom;
    civil_from_days(day, &year, &month, &dom);
    for (size_t i = 0; i < sizeof fixed / sizeof fixed[0]; i++)
        if (month == fixed[i].month && year % fixed[i].every == 0 && dom == day_of_fixed(i, year))
            return fixed[i].name;
    int64_t since = day - easter(year);
    for (size_t i = 0; i < sizeof moving / sizeof moving[0]; i++)
        if (since == moving[i].after_easter)
            return moving[i].name;
    return NULL;
}

static bool is_closure(const struct calendar *calendar, int64_t day)
{
    size_t low = 0, high = calendar->closure_count;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (calendar->closures[middle] < day)
            low = middle + 1;
        else
            high = middle;
    }
    return low < calendar->closure_count && calendar->closures[low] == day;
}

bool calendar_is_working_day(const struct calendar *calendar, int64_t day)
{
    unsigned weekday = weekday_of(day);
    return weekday != 0 && weekday != 6 && !calendar_holiday(day) && !is_closure(calendar, day);
}

static int64_t add_working_days(const struct calendar *calendar, int64_t day, int amount)
{
    while (amount > 0)
        amount -= calendar_is_working_day(calendar, ++day);
    return day;
}

/* The same day of the month, or the last one of a month that is too short. */
static int64_t add_months(int64_t day, int amount)
{
    int64_t year;
    unsigned month, dom;
    civil_from_days(day, &year, &month, &dom);
    int64_t months = year * 12 + (int64_t)month - 1 + amount, next = months + 1;
    int64_t first = days_from_civil(floor_div(months, 12), (unsigned)(months % 12) + 1, 1);
    int64_t length = days_from_civil(floor_div(next, 12), (unsigned)(next % 12) + 1, 1) - first;
    return first + (dom <= length ? dom : length) - 1;
}

static bool day_of_span(const struct calendar *calendar, int64_t today, struct span span, struct slice date,
                        int64_t *out)
{
    int64_t day;
    if (span.unit == SPAN_DATE) {
        if (!date_parse(date, &day) || day < today || day > today + DATE_HORIZON_DAYS)
            return false;
        *out = day;
        return true;
    }
    if (span.amount < 1)
        return false;
    switch (span.unit) {
    case SPAN_WORKING_DAYS:
        *out = add_working_days(calendar, today, span.amount);
        return true;
    case SPAN_DAYS:
        *out = today + span.amount;
        return true;
    case SPAN_MONTHS:
        *out = add_months(today, span.amount);
        return true;
    case SPAN_NONE:
    case SPAN_DATE:
        break;
    }
    return false;
}

bool calendar_due(const struct calendar *calendar, moment from, struct span span, struct slice date,
                  moment *out)
{
    int64_t day;
    if (!day_of_span(calendar, amsterdam_day(from), span, date, &day))
        return false;
    *out = due_on(day);
    return true;
}

bool calendar_at(struct slice date, struct slice time, moment *out)
{
    int64_t day, hour, minute;
    if (!date_parse(date, &day) || time.len != 5 || time.ptr[2] != ':' ||
        !slice_to_i64((struct slice){time.ptr, 2}, 0, 23, &hour) ||
        !slice_to_i64((struct slice){time.ptr + 3, 2}, 0, 59, &minute))
        return false;
    moment local = day * DAY + (hour * 60 + minute) * 60 * MOMENT_SECOND;
    moment summer = local - 2 * 3600 * MOMENT_SECOND;
    *out = amsterdam_offset(summer) == 120 ? summer : local - 3600 * MOMENT_SECOND;
    return true;
}

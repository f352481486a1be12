#include "amsterdam.h"

#define MINUTE (60 * MOMENT_SECOND)
#define HOUR (60 * MINUTE)
#define DAY (24 * HOUR)

/* 01:00 UTC on the last Sunday of a month with 31 days. */
static moment last_sunday(int64_t year, unsigned month)
{
    int64_t last = days_from_civil(year, month, 31);
    return (last - weekday_of(last)) * DAY + HOUR;
}

int amsterdam_offset(moment at)
{
    int64_t year;
    unsigned month, day;
    civil_from_days(floor_div(at, DAY), &year, &month, &day);
    return at >= last_sunday(year, 3) && at < last_sunday(year, 10) ? 120 : 60;
}

int64_t amsterdam_day(moment at)
{
    return floor_div(at + amsterdam_offset(at) * MINUTE, DAY);
}

struct wall_time amsterdam_time(moment at)
{
    struct wall_time t;
    moment local = at + amsterdam_offset(at) * MINUTE;
    int64_t days = floor_div(local, DAY);
    civil_from_days(days, &t.year, &t.month, &t.day);
    t.weekday = weekday_of(days);
    t.hour = (unsigned)((local - days * DAY) / HOUR);
    t.minute = (unsigned)((local - days * DAY) % HOUR / MINUTE);
    return t;
}

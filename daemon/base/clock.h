/*
 * Time is a dependency. Wall-clock moments are microseconds since 1970 UTC (`moment`), for what is stored
 * and shown; deadlines inside the process use the monotonic clock. Nothing else in the daemon or the client
 * reads a clock. Tests pass a clock of their own.
 */
#ifndef WIJZER_CLOCK_H
#define WIJZER_CLOCK_H

#include "slice.h"

typedef int64_t moment; /* microseconds since 1970-01-01T00:00:00Z */

enum { MOMENT_TEXT = 28 }; /* "2026-11-22T14:05:00.123456Z" and NUL */
#define MOMENT_SECOND INT64_C(1000000)
/* 1900-01-01, the first day that anybody may name: nobody means one before, and a database has no year 0. */
enum { FIRST_DATE = -25567 };

struct clock {
    moment (*wall)(const struct clock *clock);
    int64_t (*monotonic)(const struct clock *clock); /* microseconds since some start */
    moment offset;                                   /* added to the system's time */
};

/* The system's clocks, moved by `offset` microseconds (0 in production). */
struct clock clock_system(moment offset);
/* Moves it, also while other threads read it. */
void clock_move(struct clock *clock, moment offset);

static inline moment clock_wall(const struct clock *clock)
{
    return clock->wall(clock);
}

static inline int64_t clock_monotonic(const struct clock *clock)
{
    return clock->monotonic(clock);
}

/* RFC 3339 in UTC, whole seconds where the fraction is zero, else six digits. Writes NUL-terminated text
 * into `out` and returns it. */
const char *moment_text(moment at, char out[MOMENT_TEXT]);
/* RFC 3339 with 'Z' or a numeric offset; digits behind the microseconds are dropped, a leap second is taken
 * as the second after it. False, with *out untouched, if it is anything else or lies outside the years
 * 0..9999. */
bool moment_parse(struct slice text, moment *out);
/* A date alone, "2026-12-01", as days since 1970; false, with *out untouched, if it is anything else or lies
 * outside FIRST_DATE..9999-12-31. */
bool date_parse(struct slice text, int64_t *out);
/* The other way round, of the years 0..9999; writes NUL-terminated text into `out` and returns it. */
enum { DATE_TEXT = 11 };
const char *date_print(int64_t day, char out[DATE_TEXT]);

/* Civil dates of the proleptic Gregorian calendar; days since 1970-01-01. */
int64_t days_from_civil(int64_t year, unsigned month, unsigned day);
void civil_from_days(int64_t days, int64_t *year, unsigned *month, unsigned *day);
/* Sunday 0 .. Saturday 6. */
unsigned weekday_of(int64_t days);

/* Rounds down, also below zero (before 1970); `b` is positive. */
static inline int64_t floor_div(int64_t a, int64_t b)
{
    return a / b - (a % b < 0);
}

#endif

/*
 * Dates, times and durations of FEEL (OMG DMN 1.5, 10.3.2.3): ISO 8601 text and arithmetic. Offsets are of
 * numbers only ("+01:00", "Z"); names of time zones are not known, because they need a database and a clock.
 * Pure.
 */
#ifndef WIJZER_MOMENT_H
#define WIJZER_MOMENT_H

#include "text.h"
#include "value.h"

#define DAY_NANOSECONDS INT64_C(86400000000000)
#define SECOND_NANOSECONDS INT64_C(1000000000)

/* ISO 8601; false, with *out untouched, for anything else. value_date_parse() stands in value.h. */
bool value_time_parse(struct slice text, struct value *out); /* 10:15:30.5+01:00 */
bool value_date_time_parse(struct slice text,
                           struct value *out); /* 2026-11-22T10:15:30Z; a date is midnight */
bool value_duration_parse(struct slice text, struct value *out); /* P1Y2M or P1DT2H3M4.5S */
/* Any value as FEEL text; value_text() is this in an arena. */
void value_write(struct text *text, const struct value *value);
/* Of a date, time, date and time or duration, without the function's name. */
void moment_write(struct text *text, const struct value *value);

/* From parts; false where there is no such day or time. */
bool value_of_civil(int64_t year, int64_t month, int64_t day, struct value *out);
bool value_of_clock(int64_t hour, int64_t minute, int64_t nanosecond, int32_t offset, struct value *out);

/* a + b, a - b of dates, times and durations, in every pair the standard gives a meaning; else false. */
bool moment_add(const struct value *a, const struct value *b, struct value *out);
bool moment_subtract(const struct value *a, const struct value *b, struct value *out);
/* Duration * number, number * duration; duration / number, duration / duration. */
bool moment_multiply(const struct value *a, const struct value *b, struct value *out);
bool moment_divide(const struct value *a, const struct value *b, struct value *out);
bool moment_negate(const struct value *a, struct value *out);
/* Order of two of one kind; false where only one of them has an offset. */
bool moment_compare(const struct value *a, const struct value *b, int *order);
/* Whole months from a to b (dates, or dates and times). */
bool moment_months_between(const struct value *a, const struct value *b, int64_t *months);
/* "year", "month", "hour", "time offset", ...; false where that kind has none of that name. */
bool moment_part(const struct value *value, struct slice name, struct value *out);

static inline bool is_dated(const struct value *value)
{
    return value->kind == VALUE_DATE || value->kind == VALUE_DATE_TIME;
}

static inline bool is_duration(const struct value *value)
{
    return value->kind == VALUE_YEARS_MONTHS || value->kind == VALUE_DAYS_TIME;
}

#endif

/*
 * Promises count in working days, days, months of the civil calendar of Europe/Amsterdam (amsterdam.h).
 * Working days leave out weekends, the Dutch public holidays (New Year, Easter Sunday and Monday, King's Day,
 * Liberation Day in lustrum years, Ascension, Whit Sunday and Monday, Christmas) and the region's own
 * closures. A promise falls due at 17:00 local time of its last day; the day on which it starts does not
 * count, also when it starts on a day off. Days and months end where they end, on a day off too. Pure.
 */
#ifndef WIJZER_CALENDAR_H
#define WIJZER_CALENDAR_H

#include "clock.h"

struct calendar {
    const int64_t *closures; /* days since 1970 on which the region is closed, ascending */
    size_t closure_count;
};

enum span_unit { SPAN_NONE, SPAN_WORKING_DAYS, SPAN_DAYS, SPAN_MONTHS, SPAN_DATE };

struct span {
    enum span_unit unit; /* SPAN_DATE: the date that comes with the report */
    int amount;
};

bool calendar_is_working_day(const struct calendar *calendar, int64_t day);
/* The public holiday that falls on a day, as it is called in Dutch; NULL: none does. */
const char *calendar_holiday(int64_t day);
/* When a promise of `span` that starts at `from` falls due. `date` ("2026-12-01") is used by SPAN_DATE: today
 * (which may give a moment that is past, after 17:00) up to ten years ahead. False (with *out untouched) for
 * SPAN_NONE, an amount below 1, or an unusable date. */
bool calendar_due(const struct calendar *calendar, moment from, struct span span, struct slice date,
                  moment *out);
/* The moment of a date and a time of the day ("14:00") on the clock in Amsterdam. An hour that the clock
 * skips in March is the one after it; of one that comes twice in October it is the first. False, with *out
 * untouched, if they are not a date and a time. */
bool calendar_at(struct slice date, struct slice time, moment *out);

#endif

/*
 * The time on the clock in Amsterdam: UTC+1, and UTC+2 from the last Sunday of March 01:00 UTC to the last
 * Sunday of October 01:00 UTC (Directive 2000/84/EC; the rule holds for moments from 1996). Pure, and the
 * same on machines without a time-zone database.
 */
#ifndef WIJZER_AMSTERDAM_H
#define WIJZER_AMSTERDAM_H

#include "clock.h"

struct wall_time {
    int64_t year;
    unsigned month, day;   /* 1.. */
    unsigned weekday;      /* 0: Sunday */
    unsigned hour, minute; /* 0.. */
};

struct wall_time amsterdam_time(moment at);
/* Minutes that local time is ahead of UTC at `at`: 60 or 120. */
int amsterdam_offset(moment at);
/* The civil day at `at`, as days since 1970. */
int64_t amsterdam_day(moment at);

#endif

/*
 * Values of FEEL (OMG DMN 1.5, chapter 10): what facts are, what cells are compared with, what rules put out.
 * Immutable; everything a value points to belongs to the arena it was made in. Numbers are decimals of 34
 * digits (decimal128, as the standard asks), so 98.83 + 150.21 is 249.04. FEEL has one null: what cannot be
 * computed is null, never an error. Pure.
 */
#ifndef WIJZER_VALUE_H
#define WIJZER_VALUE_H

#include <jansson.h>

#include "arena.h"
#include "err.h"

enum value_kind {
    VALUE_NULL,
    VALUE_BOOLEAN,
    VALUE_NUMBER,
    VALUE_STRING,
    VALUE_DATE,
    VALUE_TIME,
    VALUE_DATE_TIME,
    VALUE_YEARS_MONTHS, /* duration */
    VALUE_DAYS_TIME,    /* duration */
    VALUE_RANGE,
    VALUE_LIST,
    VALUE_CONTEXT
};

/* IEEE 754 decimal128 in its binary encoding, as the Intel Decimal Floating-Point Math Library keeps it. */
struct decimal {
    uint64_t w[2];
};

struct zoned {          /* a time of day, and of which offset */
    int64_t day;        /* days since 1970-01-01 (date, date and time) */
    int64_t nanosecond; /* of the day */
    int32_t offset;     /* seconds east of UTC; NO_OFFSET: local, not known */
};
enum { NO_OFFSET = INT32_MAX };

struct range;
struct value;

struct entry {
    struct slice name;
    const struct value *value;
};

struct value {
    enum value_kind kind;
    union {
        bool boolean;
        struct decimal number;
        struct slice string;
        struct zoned moment; /* date, time, date and time */
        int64_t months;      /* years and months duration */
        int64_t nanoseconds; /* days and time duration */
        const struct range *range;
        struct {
            const struct value *items;
            size_t count;
        } list;
        struct {
            const struct entry *entries; /* in order of appearance */
            size_t count;
        } context;
    };
};

struct range {
    struct value low, high; /* VALUE_NULL: open ended */
    bool has_low, has_high; /* the end itself belongs to it */
};

/* What a declared type (DMN typeRef) says: "string", "number", "boolean", "date", "time", "date and time" (or
 * "dateTime"), "years and months duration" ("yearMonthDuration"), "days and time duration"
 * ("dayTimeDuration"), "Any" and everything else. A prefix such as "feel:" is not part of it. */
enum value_type {
    TYPE_ANY,
    TYPE_STRING,
    TYPE_NUMBER,
    TYPE_BOOLEAN,
    TYPE_DATE,
    TYPE_TIME,
    TYPE_DATE_TIME,
    TYPE_YEARS_MONTHS,
    TYPE_DAYS_TIME
};
enum value_type value_type_parse(struct slice word);
const char *value_type_word(enum value_type type); /* "string", ..., "Any" */

extern const struct value value_null;
struct value value_of_bool(bool boolean);
struct value value_of_int(int64_t number);
struct value value_of_string(struct slice text); /* borrows */

/* "-12.50e3". False for anything else, more than 34 digits, or an exponent out of reach. */
bool decimal_parse(struct slice text, struct decimal *out);
struct slice decimal_text(struct decimal number,
                          struct arena *arena);          /* plain digits where short, else 1E+40 */
int decimal_compare(struct decimal a, struct decimal b); /* -1, 0, 1 */
/* The number as whole units of 10^-digits, rounded down (towards minus infinity) into *units; *exact says
 * whether nothing was cut. False if it does not fit. What tables are compared and searched by. */
bool decimal_units(struct decimal number, unsigned digits, int64_t *units, bool *exact);

/* ISO 8601: "2026-11-22"; false for a day that does not exist. */
bool value_date_parse(struct slice text, struct value *out);

/* A JSON value as a FEEL value: objects become contexts, arrays lists, strings what `type` says they are (a
 * date from "2026-11-22"; one that does not parse is an error), numbers decimals. A value of another type
 * than declared is an error (ERR_CONFIG, the text says what was expected); null is null. At most 32 levels
 * deep. */
bool value_from_json(const json_t *json, enum value_type type, struct arena *arena, struct value *out,
                     struct err *err);
/* JSON text: dates and durations as strings in ISO 8601, numbers in full precision, ranges as FEEL text. */
struct slice value_json(const struct value *value, struct arena *arena);
/* FEEL literal: "text" in quotes, date("2026-11-22"), [1, 2], null. */
struct slice value_text(const struct value *value, struct arena *arena);

/* Equal in FEEL's sense; of different kinds never. null equals null. */
bool value_equal(const struct value *a, const struct value *b);
/* Order of two of the same ordered kind (numbers, strings by code point, dates, times, durations): true and
 * -1, 0, 1 in *order; false where FEEL says null. */
bool value_compare(const struct value *a, const struct value *b, int *order);

#endif

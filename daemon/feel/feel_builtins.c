/* Built-in functions on one value: conversions, logic, numbers, dates. */
#include "clock.h"
#include "feel_arguments.h"

/* Conversions ----------------------------------------------------------------------------------------------
 */

static bool of_parts(const struct value *arguments, struct value *out)
{
    int64_t year, month, day;
    return take_int(&arguments[0], &year) && take_int(&arguments[1], &month) &&
           take_int(&arguments[2], &day) && value_of_civil(year, month, day, out);
}

static struct value as_date(const struct value *from)
{
    struct value date = {.kind = VALUE_DATE};
    date.moment.day = from->moment.day;
    date.moment.offset = NO_OFFSET;
    return date;
}

CALL(call_date)
{
    struct value value;
    const struct value *from = take_single(&arguments[0]);
    (void)ev;
    if (count == 3)
        return of_parts(arguments, &value) ? value : value_null;
    if (count != 1)
        return value_null;
    if (is_dated(from))
        return as_date(from);
    return from->kind == VALUE_STRING && value_date_parse(from->string, &value) ? value : value_null;
}

/* time(hour, minute, second[, offset]): seconds may have a fraction. */
static struct value time_of_parts(const struct value *arguments, size_t count)
{
    int64_t hour, minute, nanosecond;
    struct decimal second;
    int32_t offset = NO_OFFSET;
    struct value value;
    bool exact;
    if (!take_int(&arguments[0], &hour) || !take_int(&arguments[1], &minute) ||
        !take_number(&arguments[2], &second) || !decimal_units(second, 9, &nanosecond, &exact))
        return value_null;
    if (count == 4 && arguments[3].kind == VALUE_DAYS_TIME) {
        int64_t seconds = arguments[3].nanoseconds / SECOND_NANOSECONDS;
        if (seconds > 86400 || seconds < -86400)
            return value_null;
        offset = (int32_t)seconds;
    } else if (count == 4 && arguments[3].kind != VALUE_NULL) {
        return value_null;
    }
    return value_of_clock(hour, minute, nanosecond, offset, &value) ? value : value_null;
}

CALL(call_time)
{
    const struct value *from = take_single(&arguments[0]);
    struct value value;
    (void)ev;
    if (count >= 3)
        return time_of_parts(arguments, count);
    if (from->kind == VALUE_STRING)
        return count == 1 && value_time_parse(from->string, &value) ? value : value_null;
    value = *from;
    if (count != 1 || (value.kind != VALUE_TIME && !is_dated(&value)))
        return value_null;
    if (value.kind == VALUE_DATE) /* midnight, as the standard says */
        value.moment.offset = 0;
    value.kind = VALUE_TIME;
    value.moment.day = 0;
    return value;
}

CALL(call_date_and_time)
{
    const struct value *date = take_single(&arguments[0]);
    struct value value;
    (void)ev;
    if (count == 1 && date->kind == VALUE_STRING)
        return value_date_time_parse(date->string, &value) ? value : value_null;
    if (count == 1 && is_dated(date)) {
        value = *date;
        value.kind = VALUE_DATE_TIME;
        return value;
    }
    const struct value *time = count == 2 ? take_single(&arguments[1]) : NULL;
    if (!time || !is_dated(date) || time->kind != VALUE_TIME)
        return value_null;
    value = *time;
    value.kind = VALUE_DATE_TIME;
    value.moment.day = date->moment.day;
    return value;
}

CALL(call_duration)
{
    const struct value *from = take_single(&arguments[0]);
    struct value value;
    (void)ev, (void)count;
    if (is_duration(from))
        return *from;
    return from->kind == VALUE_STRING && value_duration_parse(from->string, &value) ? value : value_null;
}

CALL(call_months_between)
{
    struct value value = {.kind = VALUE_YEARS_MONTHS};
    (void)ev, (void)count;
    return moment_months_between(take_single(&arguments[0]), take_single(&arguments[1]), &value.months)
               ? value
               : value_null;
}

/* "1 000,50" with the signs of grouping and of the fraction given. */
static bool plain_number(struct slice from, struct slice grouping, struct slice point, struct text *out)
{
    for (size_t i = 0; i < from.len; i++) {
        if (grouping.len && from.ptr[i] == grouping.ptr[0])
            continue;
        text_add_char(out, point.len && from.ptr[i] == point.ptr[0] ? '.' : from.ptr[i]);
    }
    return true;
}

static bool is_one_of(struct slice text, const char *characters)
{
    return text.len == 0 || (text.len == 1 && strchr(characters, text.ptr[0]));
}

CALL(call_number)
{
    const struct value *from = take_single(&arguments[0]);
    struct slice grouping = SLICE_NONE, point = SLICE_NONE;
    struct decimal number;
    if (from->kind == VALUE_NUMBER)
        return *from;
    if (from->kind != VALUE_STRING || from->string.len > FEEL_TEXT_MAX)
        return value_null;
    if (count > 1 && arguments[1].kind != VALUE_NULL && !take_string(&arguments[1], &grouping))
        return value_null;
    if (count > 2 && arguments[2].kind != VALUE_NULL && !take_string(&arguments[2], &point))
        return value_null;
    if (!is_one_of(grouping, " ,.") || !is_one_of(point, ",.") ||
        (grouping.len && slice_equal(grouping, point)))
        return value_null;
    struct text plain = text_new(ev->arena);
    plain_number(from->string, grouping, point, &plain);
    return decimal_parse(text_slice(&plain), &number) ? number_of(number) : value_null;
}

CALL(call_string)
{
    const struct value *from = &arguments[0];
    struct text text = text_new(ev->arena);
    (void)count;
    if (from->kind == VALUE_STRING || from->kind == VALUE_NULL)
        return *from;
    if (from->kind >= VALUE_DATE && from->kind <= VALUE_DAYS_TIME)
        moment_write(&text, from);
    else if (charge(ev, 1))
        value_write(&text, from);
    return string_of(ev, text_slice(&text));
}

/* Logic ----------------------------------------------------------------------------------------------------
 */

CALL(call_not)
{
    (void)ev, (void)count;
    return truth_value(truth_not(truth_of(take_single(&arguments[0]))));
}

CALL(call_is)
{
    const struct value *a = &arguments[0], *b = &arguments[1];
    (void)ev, (void)count;
    if (a->kind == b->kind && (a->kind == VALUE_TIME || a->kind == VALUE_DATE_TIME))
        return value_of_bool(a->moment.day == b->moment.day && a->moment.nanosecond == b->moment.nanosecond &&
                             a->moment.offset == b->moment.offset);
    return value_of_bool(value_equal(a, b));
}

/* Numbers --------------------------------------------------------------------------------------------------
 */

static struct value rounded(const struct value *arguments, size_t count, enum decimal_rounding how)
{
    struct decimal number;
    int64_t digits = 0;
    if (!take_number(&arguments[0], &number) || (count > 1 && !take_int(&arguments[1], &digits)))
        return value_null;
    return decimal_round(number, digits, how, &number) ? number_of(number) : value_null;
}

#define ROUNDING(function, how)                                                                              \
    CALL(function)                                                                                           \
    {                                                                                                        \
        (void)ev;                                                                                            \
        return rounded(arguments, count, how);                                                               \
    }
ROUNDING(call_decimal, ROUND_HALF_EVEN)
ROUNDING(call_floor, ROUND_FLOOR)
ROUNDING(call_ceiling, ROUND_CEILING)
ROUNDING(call_round_up, ROUND_FROM_ZERO)
ROUNDING(call_round_down, ROUND_TO_ZERO)
ROUNDING(call_round_half_up, ROUND_HALF_UP)
ROUNDING(call_round_half_down, ROUND_HALF_DOWN)

CALL(call_abs)
{
    const struct value *value = take_single(&arguments[0]);
    struct value negated;
    (void)ev, (void)count;
    if (value->kind == VALUE_NUMBER)
        return decimal_sign(value->number) < 0 ? number_of(decimal_negate(value->number)) : *value;
    if (!is_duration(value) || !moment_negate(value, &negated))
        return value_null;
    return (value->kind == VALUE_YEARS_MONTHS ? value->months : value->nanoseconds) < 0 ? negated : *value;
}

/* Of numbers far apart it takes the library long. */
static bool modulo(struct evaluator *ev, struct decimal a, struct decimal b, struct decimal *out)
{
    enum { STEPS = 20 };
    return charge(ev, STEPS) && decimal_modulo(a, b, out);
}

CALL(call_modulo)
{
    struct decimal a, b;
    (void)count;
    return take_number(&arguments[0], &a) && take_number(&arguments[1], &b) && modulo(ev, a, b, &a)
               ? number_of(a)
               : value_null;
}

#define OF_ONE_NUMBER(function, compute)                                                                     \
    CALL(function)                                                                                           \
    {                                                                                                        \
        struct decimal number;                                                                               \
        (void)ev, (void)count;                                                                               \
        return take_number(&arguments[0], &number) && compute(number, &number) ? number_of(number)           \
                                                                               : value_null;                 \
    }
OF_ONE_NUMBER(call_sqrt, decimal_sqrt)
OF_ONE_NUMBER(call_exp, decimal_exp)
OF_ONE_NUMBER(call_log, decimal_log)

static struct value parity(struct evaluator *ev, const struct value *value, bool is_odd)
{
    struct decimal number, two = decimal_of_int(2);
    if (!take_number(value, &number) || !modulo(ev, number, two, &number))
        return value_null;
    return value_of_bool(decimal_is_whole(number) && (decimal_sign(number) != 0) == is_odd);
}

CALL(call_even)
{
    (void)count;
    return parity(ev, &arguments[0], false);
}

CALL(call_odd)
{
    (void)count;
    return parity(ev, &arguments[0], true);
}

/* The calendar ---------------------------------------------------------------------------------------------
 */

static bool take_day(const struct value *value, int64_t *days, int64_t *year, unsigned *month, unsigned *day)
{
    value = take_single(value);
    if (!is_dated(value))
        return false;
    *days = value->moment.day;
    civil_from_days(*days, year, month, day);
    return true;
}

CALL(call_day_of_year)
{
    int64_t days, year;
    unsigned month, day;
    (void)ev, (void)count;
    if (!take_day(&arguments[0], &days, &year, &month, &day))
        return value_null;
    return value_of_int(days - days_from_civil(year, 1, 1) + 1);
}

CALL(call_day_of_week)
{
    static const char *const names[] = {"Sunday",   "Monday", "Tuesday", "Wednesday",
                                        "Thursday", "Friday", "Saturday"};
    const struct value *value = take_single(&arguments[0]);
    (void)ev, (void)count;
    return is_dated(value) ? value_of_string(slice_of(names[weekday_of(value->moment.day)])) : value_null;
}

CALL(call_month_of_year)
{
    static const char *const names[] = {"January",   "February", "March",    "April",
                                        "May",       "June",     "July",     "August",
                                        "September", "October",  "November", "December"};
    int64_t days, year;
    unsigned month, day;
    (void)ev, (void)count;
    return take_day(&arguments[0], &days, &year, &month, &day) ? value_of_string(slice_of(names[month - 1]))
                                                               : value_null;
}

/* ISO 8601: the week of the year in which its Thursday lies. */
CALL(call_week_of_year)
{
    int64_t days, year;
    unsigned month, day;
    (void)ev, (void)count;
    if (!take_day(&arguments[0], &days, &year, &month, &day))
        return value_null;
    int64_t thursday = days - (weekday_of(days) + 6) % 7 + 3;
    civil_from_days(thursday, &year, &month, &day);
    return value_of_int((thursday - days_from_civil(year, 1, 1)) / 7 + 1);
}

const struct function functions_of_values[] = {
    {"date", "from|year,month,day", 1, 3, true, call_date},
    {"time", "from|hour,minute,second,offset", 1, 4, true, call_time},
    {"date and time", "from|date,time", 1, 2, true, call_date_and_time},
    {"duration", "from", 1, 1, true, call_duration},
    {"years and months duration", "from,to", 2, 2, false, call_months_between},
    {"number", "from,grouping separator,decimal separator", 1, 3, false, call_number},
    {"string", "from", 1, 1, false, call_string},
    {"not", "negand", 1, 1, false, call_not},
    {"is", "value1,value2", 2, 2, false, call_is},
    {"decimal", "n,scale", 2, 2, false, call_decimal},
    {"floor", "n,scale", 1, 2, false, call_floor},
    {"ceiling", "n,scale", 1, 2, false, call_ceiling},
    {"round up", "n,scale", 2, 2, false, call_round_up},
    {"round down", "n,scale", 2, 2, false, call_round_down},
    {"round half up", "n,scale", 2, 2, false, call_round_half_up},
    {"round half down", "n,scale", 2, 2, false, call_round_half_down},
    {"abs", "n", 1, 1, false, call_abs},
    {"modulo", "dividend,divisor", 2, 2, false, call_modulo},
    {"sqrt", "number", 1, 1, false, call_sqrt},
    {"exp", "number", 1, 1, false, call_exp},
    {"log", "number", 1, 1, false, call_log},
    {"even", "number", 1, 1, false, call_even},
    {"odd", "number", 1, 1, false, call_odd},
    {"day of year", "date", 1, 1, false, call_day_of_year},
    {"day of week", "date", 1, 1, false, call_day_of_week},
    {"month of year", "date", 1, 1, false, call_month_of_year},
    {"week of year", "date", 1, 1, false, call_week_of_year},
    {0},
};

/* Built-in functions on ranges (OMG DMN 1.5, 10.3.4.11); a point is the range from itself to itself. */
#include "feel_arguments.h"

/* Order of ends; *ok becomes false where there is none. */
static int order_values(const struct value *a, const struct value *b, bool *ok)
{
    int order = 0;
    *ok = value_compare(a, b, &order) && *ok;
    return order;
}

static bool is_open(const struct value *end, bool has_end)
{
    return end->kind == VALUE_NULL && !has_end;
}

static int order_lows(const struct range *a, const struct range *b, bool *ok)
{
    bool open_a = is_open(&a->low, a->has_low), open_b = is_open(&b->low, b->has_low);
    if (open_a || open_b)
        return open_b - open_a;
    int order = order_values(&a->low, &b->low, ok);
    return order ? order : b->has_low - a->has_low;
}

static int order_highs(const struct range *a, const struct range *b, bool *ok)
{
    bool open_a = is_open(&a->high, a->has_high), open_b = is_open(&b->high, b->has_high);
    if (open_a || open_b)
        return open_a - open_b;
    int order = order_values(&a->high, &b->high, ok);
    return order ? order : a->has_high - b->has_high;
}

/* Where a ends and b begins: -1 apart, 0 in one point that is of both, 1 they overlap. */
static int order_seam(const struct range *a, const struct range *b, bool *ok)
{
    if (is_open(&a->high, a->has_high) || is_open(&b->low, b->has_low))
        return 1;
    int order = order_values(&a->high, &b->low, ok);
    return order ? order : a->has_high && b->has_low ? 0 : -1;
}

static bool is_before(const struct range *a, const struct range *b, bool *ok)
{
    return order_seam(a, b, ok) < 0;
}

static bool meets(const struct range *a, const struct range *b, bool *ok)
{
    return order_seam(a, b, ok) == 0;
}

static bool overlaps(const struct range *a, const struct range *b, bool *ok)
{
    bool first = order_seam(a, b, ok) >= 0, second = order_seam(b, a, ok) >= 0;
    return first && second;
}

static bool overlaps_before(const struct range *a, const struct range *b, bool *ok)
{
    bool low = order_lows(a, b, ok) < 0, seam = order_seam(a, b, ok) >= 0, high = order_highs(a, b, ok) <= 0;
    return low && seam && high;
}

static bool finishes(const struct range *a, const struct range *b, bool *ok)
{
    bool high = order_highs(a, b, ok) == 0, low = order_lows(a, b, ok) >= 0;
    return high && low;
}

static bool includes(const struct range *a, const struct range *b, bool *ok)
{
    bool low = order_lows(a, b, ok) <= 0, high = order_highs(a, b, ok) >= 0;
    return low && high;
}

static bool starts(const struct range *a, const struct range *b, bool *ok)
{
    bool low = order_lows(a, b, ok) == 0, high = order_highs(a, b, ok) <= 0;
    return low && high;
}

static bool coincides(const struct range *a, const struct range *b, bool *ok)
{
    bool low = order_lows(a, b, ok) == 0, high = order_highs(a, b, ok) == 0;
    return low && high;
}

typedef bool relation(const struct range *a, const struct range *b, bool *ok);

static struct value relate(relation *holds, const struct value *a, const struct value *b)
{
    struct range point_a = {*a, *a, true, true}, point_b = {*b, *b, true, true};
    bool ok = true;
    bool result = holds(a->kind == VALUE_RANGE ? a->range : &point_a,
                        b->kind == VALUE_RANGE ? b->range : &point_b, &ok);
    return ok ? value_of_bool(result) : value_null;
}

/* Two functions: a relation, and the same with its arguments the other way round. */
#define RELATION(relation, function, opposite)                                                               \
    CALL(function)                                                                                           \
    {                                                                                                        \
        (void)ev, (void)count;                                                                               \
        return relate(relation, take_single(&arguments[0]), take_single(&arguments[1]));                     \
    }                                                                                                        \
    CALL(opposite)                                                                                           \
    {                                                                                                        \
        (void)ev, (void)count;                                                                               \
        return relate(relation, take_single(&arguments[1]), take_single(&arguments[0]));                     \
    }
RELATION(is_before, call_before, call_after)
RELATION(meets, call_meets, call_met_by)
RELATION(overlaps_before, call_overlaps_before, call_overlaps_after)
RELATION(finishes, call_finishes, call_finished_by)
RELATION(includes, call_includes, call_during)
RELATION(starts, call_starts, call_started_by)

CALL(call_overlaps)
{
    (void)ev, (void)count;
    return relate(overlaps, take_single(&arguments[0]), take_single(&arguments[1]));
}

CALL(call_coincides)
{
    (void)ev, (void)count;
    return relate(coincides, take_single(&arguments[0]), take_single(&arguments[1]));
}

/* range("[1..5]"): a literal, with ends that are literals. */
CALL(call_range)
{
    enum { PARSING = 200 /* steps, as what is parsed takes memory too */ };
    struct slice text;
    struct feel_fault ignored;
    struct value value;
    (void)count;
    if (!take_string(&arguments[0], &text) || !charge(ev, PARSING + text.len))
        return value_null;
    const struct feel *feel = feel_parse_expression(text, NULL, ev->arena, &ignored);
    return feel && feel_constant(feel, &value) && value.kind == VALUE_RANGE ? value : value_null;
}

const struct function functions_of_ranges[] = {
    {"range", "from", 1, 1, false, call_range},
    {"before", "point1,point2|range,point|point,range|range1,range2", 2, 2, false, call_before},
    {"after", "point1,point2|range,point|point,range|range1,range2", 2, 2, false, call_after},
    {"meets", "range1,range2", 2, 2, false, call_meets},
    {"met by", "range1,range2", 2, 2, false, call_met_by},
    {"overlaps", "range1,range2", 2, 2, false, call_overlaps},
    {"overlaps before", "range1,range2", 2, 2, false, call_overlaps_before},
    {"overlaps after", "range1,range2", 2, 2, false, call_overlaps_after},
    {"finishes", "point,range|range1,range2", 2, 2, false, call_finishes},
    {"finished by", "range,point|range1,range2", 2, 2, false, call_finished_by},
    {"includes", "range,point|range1,range2", 2, 2, false, call_includes},
    {"during", "point,range|range1,range2", 2, 2, false, call_during},
    {"starts", "point,range|range1,range2", 2, 2, false, call_starts},
    {"started by", "range,point|range1,range2", 2, 2, false, call_started_by},
    {"coincides", "point1,point2|range1,range2", 2, 2, false, call_coincides},
    {0},
};

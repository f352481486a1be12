#include "routing.h"

/* The first bytes of an area, most significant first, and which of them are given. */
struct area {
    uint32_t bytes, mask;
};

struct matcher {
    uint64_t domains; /* bits by the table's list; 0: any */
    const struct area *areas;
    uint32_t area_count;  /* 0: any */
    int age_min, age_max; /* -1: open */
    struct slice urgency; /* absent: any */
};

/* The facts of one decision, in the matchers' form. */
struct view {
    uint64_t domains;
    struct area area;
    struct slice urgency;
    int age;
    bool domains_known;
};

static struct area area_of(struct slice text)
{
    struct area area = {0, 0};
    for (size_t i = 0; i < text.len && i < ROUTING_AREA_MAX; i++) {
        unsigned shift = 24 - 8 * (unsigned)i;
        area.bytes |= (uint32_t)(unsigned char)text.ptr[i] << shift;
        area.mask |= UINT32_C(0xff) << shift;
    }
    return area;
}

/* Number of a domain in the table's list, or its length. */
static size_t domain_number(const struct slice *list, size_t count, struct slice code)
{
    size_t i = 0;
    while (i < count && !slice_equal(list[i], code))
        i++;
    return i;
}

static bool prepare_domains(const struct rule *rule, struct slice *list, size_t *count, uint64_t *bits,
                            struct err *err)
{
    *bits = 0;
    for (size_t i = 0; i < rule->domain_count; i++) {
        size_t number = domain_number(list, *count, rule->domains[i]);
        if (number == ROUTING_DOMAINS)
            return err_set(err, ERR_CONFIG, "rule \"%.*s\": more than %d different domains in the table",
                           SLICE_FMT(rule->id), (int)ROUTING_DOMAINS);
        if (number == *count)
            list[(*count)++] = rule->domains[i];
        *bits |= UINT64_C(1) << number;
    }
    return true;
}

static bool prepare_areas(const struct rule *rule, struct arena *arena, struct matcher *matcher,
                          struct err *err)
{
    struct area *areas = arena_array(arena, rule->area_count, sizeof *areas);
    for (size_t i = 0; i < rule->area_count; i++) {
        if (rule->areas[i].len == 0 || rule->areas[i].len > ROUTING_AREA_MAX)
            return err_set(err, ERR_CONFIG, "rule \"%.*s\": area \"%.*s\": expected 1 to %d characters",
                           SLICE_FMT(rule->id), SLICE_FMT(rule->areas[i]), (int)ROUTING_AREA_MAX);
        areas[i] = area_of(rule->areas[i]);
    }
    matcher->areas = areas;
    matcher->area_count = (uint32_t)rule->area_count;
    return true;
}

bool routing_prepare(struct routing_table *table, struct arena *arena, struct err *err)
{
    struct slice *domains = arena_array(arena, ROUTING_DOMAINS, sizeof *domains);
    struct matcher *matchers = arena_array(arena, table->rule_count, sizeof *matchers);
    size_t domain_count = 0;
    for (size_t i = 0; i < table->rule_count; i++) {
        const struct rule *rule = &table->rules[i];
        matchers[i].age_min = rule->age_min;
        matchers[i].age_max = rule->age_max;
        matchers[i].urgency = rule->urgency;
        if (!prepare_domains(rule, domains, &domain_count, &matchers[i].domains, err) ||
            !prepare_areas(rule, arena, &matchers[i], err))
            return false;
    }
    table->matchers = matchers;
    table->domains = domains;
    table->domain_count = domain_count;
    return true;
}

/* A domain that no rule names sets no bit: it is known, and matches no rule that asks for another. */
static struct view view_of(const struct routing_table *table, const struct facts *facts)
{
    struct view view = {
        .area = area_of(facts->area),
        .urgency = facts->urgency,
        .age = facts->age,
        .domains_known = facts->domain_count > 0,
    };
    for (size_t i = 0; i < facts->domain_count; i++) {
        size_t number = domain_number(table->domains, table->domain_count, facts->domains[i]);
        if (number < table->domain_count)
            view.domains |= UINT64_C(1) << number;
    }
    return view;
}

static enum truth domains_truth(const struct matcher *matcher, const struct view *view)
{
    if (matcher->domains == 0 || (matcher->domains & view->domains))
        return YES;
    return view->domains_known ? NO : UNKNOWN;
}

/* YES if an area of the rule is a prefix of the fact; UNKNOWN if the fact is a proper prefix of one. */
static enum truth areas_truth(const struct matcher *matcher, const struct view *view)
{
    enum truth truth = matcher->area_count ? NO : YES;
    for (uint32_t i = 0; i < matcher->area_count; i++) {
        struct area area = matcher->areas[i];
        if ((area.bytes ^ view->area.bytes) & area.mask & view->area.mask)
            continue;
        if ((area.mask & view->area.mask) == area.mask)
            return YES;
        truth = UNKNOWN;
    }
    return truth;
}

static enum truth age_truth(const struct matcher *matcher, const struct view *view)
{
    if (matcher->age_min < 0 && matcher->age_max < 0)
        return YES;
    if (view->age < 0)
        return UNKNOWN;
    return view->age >= matcher->age_min && (matcher->age_max < 0 || view->age <= matcher->age_max) ? YES
                                                                                                    : NO;
}

static enum truth urgency_truth(const struct matcher *matcher, const struct view *view)
{
    if (!matcher->urgency.ptr)
        return YES;
    if (view->urgency.len == 0)
        return UNKNOWN;
    return slice_equal(matcher->urgency, view->urgency) ? YES : NO;
}

/* All cells together: NO wins, then UNKNOWN. */
static enum truth row_truth(const struct matcher *matcher, const struct view *view)
{
    enum truth domains = domains_truth(matcher, view);
    if (domains == NO)
        return NO;
    enum truth age = age_truth(matcher, view);
    if (age == NO)
        return NO;
    enum truth urgency = urgency_truth(matcher, view);
    if (urgency == NO)
        return NO;
    enum truth areas = areas_truth(matcher, view);
    if (areas == NO)
        return NO;
    return domains == UNKNOWN || age == UNKNOWN || urgency == UNKNOWN || areas == UNKNOWN ? UNKNOWN : YES;
}

bool routing_decide(const struct routing_table *table, const struct facts *facts, struct decision *out,
                    struct err *err)
{
    if (table->rule_count == 0 || !table->matchers)
        return err_set(err, ERR_NO_ROUTE_TABLE, "table %d, version %d, has no rules", table->number,
                       table->version);
    const struct view view = view_of(table, facts);
    const struct rule *last = &table->rules[table->rule_count - 1];
    for (size_t i = 0; i < table->rule_count; i++) {
        enum truth truth = row_truth(&table->matchers[i], &view);
        if (truth == NO)
            continue;
        const struct rule *rule = &table->rules[i];
        *out = truth == YES ? (struct decision){rule, false, NULL} : (struct decision){last, true, rule};
        return true;
    }
    *out = (struct decision){last, false, NULL};
    return true;
}

struct writer {
    char *at;
};

static void put(struct writer *w, const char *text)
{
    size_t n = strlen(text);
    memcpy(w->at, text, n);
    w->at += n;
}

static void put_string(struct writer *w, struct slice text)
{
    static const char hex[] = "0123456789abcdef";
    *w->at++ = '"';
    for (size_t i = 0; i < text.len; i++) {
        unsigned char c = (unsigned char)text.ptr[i];
        if (c < ' ') {
            put(w, "\\u00");
            *w->at++ = hex[c >> 4];
            *w->at++ = hex[c & 15];
            continue;
        }
        if (c == '"' || c == '\\')
            *w->at++ = '\\';
        *w->at++ = (char)c;
    }
    *w->at++ = '"';
}

static void put_member(struct writer *w, const char *name, struct slice text)
{
    put(w, name);
    if (text.len)
        put_string(w, text);
    else
        put(w, "null");
}

struct slice facts_json(const struct facts *facts, struct arena *arena)
{
    enum {
        FRAME = 96,
        ESCAPED = 6,
        QUOTES = 3
    }; /* member names and numbers; "\u001f"; two quotes, a comma */
    size_t room = FRAME + ESCAPED * (facts->area.len + facts->urgency.len + facts->language.len);
    for (size_t i = 0; i < facts->domain_count; i++)
        room += ESCAPED * facts->domains[i].len + QUOTES;
    char *start = arena_alloc(arena, room);
    struct writer w = {start};
    put(&w, "{\"domains\":[");
    for (size_t i = 0; i < facts->domain_count; i++) {
        put(&w, i ? "," : "");
        put_string(&w, facts->domains[i]);
    }
    put_member(&w, "],\"area\":", facts->area);
    put(&w, facts->age < 0 ? ",\"age\":null" : arena_printf(arena, ",\"age\":%d", facts->age));
    put_member(&w, ",\"urgency\":", facts->urgency);
    put_member(&w, ",\"language\":", facts->language);
    put(&w, "}");
    return slice_make(start, (size_t)(w.at - start));
}

#include "region.h"

#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>

#include "compile.h"

/* What is shared is the region; the rest belongs to the last reader. `region` stays first. */
struct holder {
    struct region region;
    atomic_uint references;
    struct arena *arena;
};

/* Lists of rows -------------------------------------------------------------------------------------------
 */

struct row compile_row(const struct compiler *c, const char *list, size_t index, json_t *json)
{
    return (struct row){.list = list, .index = index, .json = json, .arena = c->arena, .err = c->err};
}

static bool mark_seen(const struct row *row, const char *key, json_t *seen)
{
    char number[24];
    const json_t *value = json_object_get(row->json, key);
    const char *text = json_string_value(value);
    if (!text) {
        snprintf(number, sizeof number, "%lld", (long long)json_integer_value(value));
        text = number;
    }
    if (json_object_get(seen, text))
        return row_fail(row, "%s %.64s stands there twice", key, text);
    return json_object_set_new(seen, text, json_true()) == 0 || row_fail(row, "%s: cannot be kept", key);
}

void *compile_list(struct compiler *c, const struct row *parent, const char *list, const char *key,
                   size_t size, read_row *read, size_t *count)
{
    json_t *json;
    if (!row_list(parent, list, &json))
        return NULL;
    *count = json_array_size(json);
    char *elements = arena_array(c->arena, *count, size);
    json_t *seen = json_object();
    bool ok = true;
    for (size_t i = 0; ok && i < *count; i++) {
        struct row row = compile_row(c, list, i, json_array_get(json, i));
        ok = read(c, &row, elements + i * size) && (!key || mark_seen(&row, key, seen));
    }
    json_decref(seen);
    return ok ? elements : NULL;
}

/* Organisations and offerings -----------------------------------------------------------------------------
 */

/* For elements that begin with their id. */
static int compare_ids(const void *a, const void *b)
{
    const int32_t *x = a, *y = b;
    return (*x > *y) - (*x < *y);
}
_Static_assert(offsetof(struct organisation, id) == 0 && offsetof(struct offering, id) == 0,
               "sorted and searched by their first member");

static bool read_organisation(struct compiler *c, struct row *row, void *element)
{
    static const char *const members[] = {"code", "id", "name", "kind", "ended", NULL};
    struct organisation *organisation = element;
    int64_t id;
    (void)c;
    if (!row_open(row, members) || !row_int(row, "id", 1, INT32_MAX, &id) ||
        !row_code(row, "code", &organisation->code) || !row_text(row, "name", &organisation->name) ||
        !row_code(row, "kind", &organisation->kind) || !row_bool(row, "ended", &organisation->ended))
        return false;
    organisation->id = (int32_t)id;
    return true;
}

static bool read_capacity(const struct row *row, struct offering *offering)
{
    struct slice word;
    if (!row_code_or_null(row, "capacity", &word))
        return false;
    offering->capacity = CAPACITY_PAUSED;
    while (offering->capacity != CAPACITY_UNKNOWN && !slice_is(word, capacity_word(offering->capacity)))
        offering->capacity--;
    return !word.ptr || offering->capacity != CAPACITY_UNKNOWN ||
           row_fail(row, "capacity: expected open, waiting-list, full or paused, or null");
}

static bool read_day(const struct row *row, const char *member, int64_t *day)
{
    struct slice text;
    *day = DAY_UNKNOWN;
    if (!row_code_or_null(row, member, &text))
        return false;
    return !text.ptr || date_parse(text, day) ||
           row_fail(row, "%s: expected a date such as 2026-12-24, or null", member);
}

static bool read_evidence(const struct row *row, struct offering *offering)
{
    static const char *const members[] = {"code", "source", "asOf", NULL};
    json_t *said = json_object_get(row->json, "evidence");
    offering->evidence_as_of = DAY_UNKNOWN;
    if (!said)
        return row_fail(row, "evidence: is missing");
    if (json_is_null(said))
        return true;
    struct row inner = *row;
    struct slice code;
    inner.json = said;
    if (!row_open(&inner, members) || !row_code(&inner, "code", &code) ||
        !row_text(&inner, "source", &offering->evidence_source) ||
        !read_day(&inner, "asOf", &offering->evidence_as_of))
        return false;
    offering->evidence = evidence_of(code);
    return offering->evidence != EVIDENCE_UNKNOWN || row_fail(row, "evidence: no such level");
}

static bool read_state_of_offering(const struct compiler *c, const struct row *row, struct offering *offering)
{
    int64_t hours;
    if (!read_capacity(row, offering) || !read_day(row, "asOf", &offering->as_of) ||
        !read_day(row, "confirmed", &offering->confirmed) ||
        !row_int_or_null(row, "replyHours", 0, INT32_MAX, -1, &hours) ||
        !row_bool(row, "ended", &offering->ended) || !read_evidence(row, offering))
        return false;
    offering->reply_hours = (int)hours;
    offering->stale_days = c->stale_days;
    offering->old_days = c->old_days;
    offering->ended |= offering->organisation->ended;
    return true;
}

static bool read_offering(struct compiler *c, struct row *row, void *element)
{
    static const char *const members[] = {"code",     "id",       "name",      "organisation",
                                          "capacity", "asOf",     "confirmed", "replyHours",
                                          "ended",    "evidence", NULL};
    struct offering *offering = element;
    int64_t id, organisation;
    if (!row_open(row, members) || !row_int(row, "id", 1, INT32_MAX, &id) ||
        !row_code(row, "code", &offering->code) || !row_text(row, "name", &offering->name) ||
        !row_int(row, "organisation", 1, INT32_MAX, &organisation))
        return false;
    offering->id = (int32_t)id;
    offering->organisation = region_organisation(c->region, (int32_t)organisation);
    if (!offering->organisation)
        return row_fail(row, "organisation: there is no organisation %d", (int)organisation);
    return read_state_of_offering(c, row, offering);
}

/* Rows that were read, and are unique by id: their codes must be so too. */
static bool check_codes(struct compiler *c, const char *list, size_t count)
{
    json_t *seen = json_object(), *rows = json_object_get(c->top.json, list);
    bool ok = true;
    for (size_t i = 0; ok && i < count; i++) {
        struct row row = compile_row(c, list, i, json_array_get(rows, i));
        row.name = json_string_value(json_object_get(row.json, "code"));
        ok = mark_seen(&row, "code", seen);
    }
    json_decref(seen);
    return ok;
}

static bool compile_organisations(struct compiler *c)
{
    struct region *region = c->region;
    size_t count;
    struct organisation *list =
        compile_list(c, &c->top, "organisations", "id", sizeof *list, read_organisation, &count);
    int64_t id;
    if (!list || !check_codes(c, "organisations", count))
        return false;
    qsort(list, count, sizeof *list, compare_ids);
    region->organisations = list;
    region->organisation_count = count;
    if (!row_int(&c->top, "coordination", 1, INT32_MAX, &id))
        return false;
    region->coordination = region_organisation(region, (int32_t)id);
    return region->coordination || row_fail(&c->top, "coordination: there is no organisation %d", (int)id);
}

static bool compile_offerings(struct compiler *c)
{
    size_t count;
    struct offering *list = compile_list(c, &c->top, "offerings", "id", sizeof *list, read_offering, &count);
    if (!list || !check_codes(c, "offerings", count))
        return false;
    qsort(list, count, sizeof *list, compare_ids);
    c->region->offerings = list;
    c->region->offering_count = count;
    return true;
}

/* Words ---------------------------------------------------------------------------------------------------
 */

static bool read_word(struct compiler *c, struct row *row, void *element)
{
    static const char *const members[] = {"code", "label", NULL};
    struct word *word = element;
    (void)c;
    return row_open(row, members) && row_code(row, "code", &word->code) &&
           row_text(row, "label", &word->label);
}

static bool read_decline_code(struct compiler *c, struct row *row, void *element)
{
    static const char *const members[] = {"code", "label", "next", NULL};
    static const char *const nexts[] = {[NEXT_REROUTE] = "reroute",
                                        [NEXT_WAIT] = "wait",
                                        [NEXT_STOP] = "stop",
                                        [NEXT_ASK_REFERRER] = "ask-referrer"};
    struct decline_code *code = element;
    struct slice next;
    (void)c;
    if (!row_open(row, members) || !row_code(row, "code", &code->code) ||
        !row_text(row, "label", &code->label) || !row_code(row, "next", &next))
        return false;
    for (int i = 0; i <= NEXT_ASK_REFERRER; i++)
        if (slice_is(next, nexts[i])) {
            code->next = (enum decline_next)i;
            return true;
        }
    return row_fail(row, "next: expected reroute, wait, stop or ask-referrer");
}

static bool compile_codes(struct compiler *c, const char *member, const struct slice **out, size_t *count)
{
    struct slice *codes;
    bool ok = row_codes(&c->top, member, &codes, count);
    *out = ok ? codes : NULL;
    return ok;
}

static bool compile_words(struct compiler *c)
{
    struct region *region = c->region;
    return (region->domains = compile_list(c, &c->top, "domains", "code", sizeof(struct word), read_word,
                                           &region->domain_count)) &&
           (region->approaches = compile_list(c, &c->top, "approaches", "code", sizeof(struct word),
                                              read_word, &region->approach_count)) &&
           (region->evidence = compile_list(c, &c->top, "evidence", "code", sizeof(struct word), read_word,
                                            &region->evidence_count)) &&
           (region->promise_kinds = compile_list(c, &c->top, "promiseKinds", "code", sizeof(struct word),
                                                 read_word, &region->promise_kind_count)) &&
           (region->decline_codes =
                compile_list(c, &c->top, "declineCodes", "code", sizeof(struct decline_code),
                             read_decline_code, &region->decline_code_count)) &&
           compile_codes(c, "icpc", &region->icpc, &region->icpc_count) &&
           compile_codes(c, "recipients", &region->recipients, &region->recipient_count) &&
           compile_codes(c, "bsn", &region->bsn_recipients, &region->bsn_recipient_count);
}

/* Calendar ------------------------------------------------------------------------------------------------
 */

static int compare_days(const void *a, const void *b)
{
    const int64_t *x = a, *y = b;
    return (*x > *y) - (*x < *y);
}

static bool compile_closures(struct compiler *c)
{
    struct slice *dates;
    size_t count;
    if (!row_codes(&c->top, "closures", &dates, &count))
        return false;
    int64_t *days = arena_array(c->arena, count, sizeof *days);
    for (size_t i = 0; i < count; i++)
        if (!date_parse(dates[i], &days[i]))
            return row_fail(&c->top, "closures: \"%.*s\": expected a date such as 2026-12-24",
                            SLICE_FMT(dates[i]));
    qsort(days, count, sizeof *days, compare_days);
    c->region->calendar = (struct calendar){days, count};
    return true;
}

/* The whole -----------------------------------------------------------------------------------------------
 */

static bool compile_head(struct compiler *c)
{
    static const char *const members[] = {
        "code",      "id",      "name",         "version", "coordination", "organisations",
        "offerings", "domains", "declineCodes", "states",  "edges",        "promiseKinds",
        "closures",  "tables",  "approaches",   "icpc",    "recipients",   "bsn",
        "staleDays", "oldDays", "evidence",     NULL};
    int64_t id, stale, old;
    if (!row_open(&c->top, members) || !row_code(&c->top, "code", &c->region->code) ||
        !row_text(&c->top, "name", &c->region->name) || !row_int(&c->top, "id", 1, INT32_MAX, &id) ||
        !row_int(&c->top, "version", 0, INT64_MAX, &c->region->version) ||
        !row_int(&c->top, "staleDays", 1, INT32_MAX, &stale) ||
        !row_int(&c->top, "oldDays", 1, INT32_MAX, &old))
        return false;
    c->stale_days = (int)stale;
    c->old_days = (int)old;
    c->region->id = (int32_t)id;
    return true;
}

static bool compile_document(struct compiler *c)
{
    return compile_head(c) && compile_organisations(c) && compile_offerings(c) && compile_words(c) &&
           compile_machine(c) && compile_closures(c) && compile_tables(c);
}

static json_t *read_document(struct slice json, struct err *err)
{
    json_error_t wrong;
    json_t *document = json_loadb(json.ptr ? json.ptr : "", json.len, JSON_REJECT_DUPLICATES, &wrong);
    if (!document)
        err_set(err, ERR_CONFIG, "snapshot: line %d, column %d: %s", wrong.line, wrong.column, wrong.text);
    return document;
}

bool region_tables(struct slice json, int versions[RULE_TABLES + 1], struct err *err)
{
    struct err unheard;
    struct compiler c = {.err = err ? err : &unheard};
    json_t *document = read_document(json, c.err);
    if (!document)
        return false;
    struct region region = {0};
    c.region = &region;
    c.arena = arena_new(0);
    c.top = compile_row(&c, "snapshot", ROW_ALONE, document);
    bool ok = json_is_object(document) ? read_tables(&c, versions) : row_fail(&c.top, "expected an object");
    arena_free(&c.arena);
    json_decref(document);
    return ok;
}

const struct region *region_compile(struct slice json, const struct ruleset *const *rulesets, struct err *err)
{
    struct err unheard;
    if (!err)
        err = &unheard;
    json_t *document = read_document(json, err);
    if (!document)
        return NULL;
    struct holder *holder = xcalloc(1, sizeof *holder);
    holder->arena = arena_new(json.len + json.len / 2);
    atomic_init(&holder->references, 1);
    struct compiler c = {.region = &holder->region, .arena = holder->arena, .err = err, .rulesets = rulesets};
    c.top = compile_row(&c, "snapshot", ROW_ALONE, document);
    bool ok = compile_document(&c);
    json_decref(document);
    const struct region *region = &holder->region;
    if (!ok)
        region_release(&region);
    return region;
}

/* Callers see the region as const; that it is counted is our own affair. */
static struct holder *holder_of(const struct region *region)
{
    return (struct holder *)(uintptr_t)region;
}

const struct region *region_hold(const struct region *region)
{
    atomic_fetch_add_explicit(&holder_of(region)->references, 1, memory_order_relaxed);
    return region;
}

void region_release(const struct region **region)
{
    if (!*region)
        return;
    struct holder *holder = holder_of(*region);
    *region = NULL;
    if (atomic_fetch_sub_explicit(&holder->references, 1, memory_order_acq_rel) != 1)
        return;
    for (int table = 0; table <= RULE_TABLES; table++)
        ruleset_release(&holder->region.tables[table]);
    arena_free(&holder->arena);
    xfree(holder);
}

/* Looking up ----------------------------------------------------------------------------------------------
 */

const struct organisation *region_organisation(const struct region *region, int32_t id)
{
    return region->organisation_count ? bsearch(&id, region->organisations, region->organisation_count,
                                                sizeof *region->organisations, compare_ids)
                                      : NULL;
}

const struct offering *region_offering_by_id(const struct region *region, int32_t id)
{
    return region->offering_count ? bsearch(&id, region->offerings, region->offering_count,
                                            sizeof *region->offerings, compare_ids)
                                  : NULL;
}

/* The element of `list` whose member `code` equals the variable `code`. */
#define FIND_CODE(list, count)                                                                               \
    do {                                                                                                     \
        for (size_t i = 0; i < (count); i++)                                                                 \
            if (slice_equal((list)[i].code, code))                                                           \
                return &(list)[i];                                                                           \
        return NULL;                                                                                         \
    } while (0)

const struct offering *region_offering(const struct region *region, struct slice code)
{
    FIND_CODE(region->offerings, region->offering_count);
}

static bool is_among(const struct slice *kinds, size_t count, struct slice kind)
{
    for (size_t i = 0; i < count; i++)
        if (slice_equal(kinds[i], kind))
            return true;
    return false;
}

bool region_has_kind(const struct region *region, struct slice kind)
{
    return is_among(region->recipients, region->recipient_count, kind);
}

bool region_may_have_bsn(const struct region *region, struct slice kind)
{
    return is_among(region->bsn_recipients, region->bsn_recipient_count, kind);
}

const struct word *region_domain(const struct region *region, struct slice code)
{
    FIND_CODE(region->domains, region->domain_count);
}

const struct word *region_approach(const struct region *region, struct slice code)
{
    FIND_CODE(region->approaches, region->approach_count);
}

struct slice region_evidence(const struct region *region, enum evidence evidence)
{
    struct slice code = slice_of(evidence_word(evidence));
    for (size_t i = 0; i < region->evidence_count; i++)
        if (slice_equal(region->evidence[i].code, code))
            return region->evidence[i].label;
    return code;
}

const struct decline_code *region_decline_code(const struct region *region, struct slice code)
{
    FIND_CODE(region->decline_codes, region->decline_code_count);
}

const struct word *region_promise_kind(const struct region *region, struct slice code)
{
    FIND_CODE(region->promise_kinds, region->promise_kind_count);
}

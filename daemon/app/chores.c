#include "chores.h"

#include <stdio.h>
#include <string.h>

#include "amsterdam.h"
#include "dues.h"
#include "store_keys.h"

enum {
    KEYS_AT_A_TIME = 50,
    CLIENTS_AT_A_TIME = 200,
    PAGES_AT_A_TIME = 10,
    PROMISES_AT_A_TIME = 200,
    NUMBER = 24
};
#define EVERY (2 * MOMENT_SECOND)
#define AWAY (5 * MOMENT_SECOND) /* how long a key database that did not answer is left alone */

enum { LEVELS = 3 };

/* Until when somebody else looks, once it was escalated. */
static const struct span next_level = {SPAN_WORKING_DAYS, 1};

static bool ask(struct asker *asker, int statement, const char *const *params,
                void (*take)(void *arg, const PGresult *rows), void *arg)
{
    struct err err;
    if (asker_ask(asker, statement, params, take, arg, &err))
        return true;
    if (err.code != ERR_DATABASE_AWAY && err.code != ERR_DRAINING) /* of these the lane has told */
        log_error(EV_JOB_FAILED, &err);
    return false;
}

static void take_count(void *arg, const PGresult *rows)
{
    *(int64_t *)arg = PQntuples(rows) ? store_number(rows, 0, "count", 0) : 0;
}

static void escalate(const struct chores *chores, int32_t region_id, const char *id,
                     const struct calendar *calendar)
{
    char text[MOMENT_TEXT];
    int64_t count = 0;
    moment due;
    if (!calendar_due(calendar, clock_wall(chores->clock), next_level, SLICE_NONE, &due))
        return;
    const char *params[2] = {id, moment_text(due, text)};
    if (ask(chores->data, STORE_ESCALATE_EMERGENCIES, params, take_count, &count) && count)
        log_event(EV_NOTICE, LOG_T("text", "emergencies that nobody reviewed in time were escalated"),
                  LOG_N("region", region_id), LOG_N("emergencies", count));
}

/* ---- promises that nobody kept ---- */

/* What goes up next, as arrays of the database. */
struct late {
    const struct region *region;
    struct arena *arena;
    struct store_array steps, nrs, levels, raised, next;
    int count;
};

/* When it goes up from `level`; NULL: no further. */
static struct slice next_time(const struct late *late, const PGresult *rows, int row, int level)
{
    struct span span = {SPAN_WORKING_DAYS, 0};
    moment from = store_number(rows, row, "from_us", 0), at = from;
    char text[MOMENT_TEXT];
    if (level >= LEVELS)
        return SLICE_NONE;
    span.amount =
        rule_escalation(late->region, store_text(rows, row, "kind"), store_text(rows, row, "urgency"), level);
    if (span.amount)
        calendar_due(&late->region->calendar, from, span, SLICE_NONE, &at);
    return arena_slice(late->arena, slice_of(moment_text(at, text)));
}

static void take_late(void *arg, const PGresult *rows)
{
    struct late *late = arg;
    for (int row = 0; row < PQntuples(rows); row++) {
        int64_t level = store_number(rows, row, "level", 0);
        bool is_raised = slice_is(store_text(rows, row, "is_raised"), "t");
        store_array_add(&late->steps, arena_slice(late->arena, store_text(rows, row, "step_id")));
        store_array_add(&late->nrs, arena_slice(late->arena, store_text(rows, row, "nr")));
        store_array_add_number(&late->levels, level, -1);
        store_array_add(&late->raised, slice_of(is_raised ? "t" : "f"));
        store_array_add(&late->next, next_time(late, rows, row, (int)level + is_raised));
        late->count++;
    }
}

/* What there is to raise: promises about steps, and about offerings; both are told alike. */
struct to_raise {
    int late, raise; /* statements */
    const char *text;
};
static const struct to_raise of_steps = {STORE_LATE_PROMISES, STORE_RAISE_PROMISES,
                                         "promises that nobody kept were escalated"};
static const struct to_raise of_offerings = {
    STORE_LATE_CONFIRMATIONS, STORE_RAISE_CONFIRMATIONS,
    "offerings of which nobody said that they are right were escalated"};

/* Whether there was anything. */
static bool raise_some(const struct chores *chores, const struct region *region, const char *id,
                       const struct to_raise *what)
{
    struct arena *arena = arena_new(0);
    struct late late = {.region = region, .arena = arena};
    struct store_array *arrays[] = {&late.steps, &late.nrs, &late.levels, &late.raised, &late.next};
    enum { ARRAYS = sizeof arrays / sizeof arrays[0] };
    const char *params[1 + ARRAYS] = {id};
    char size[NUMBER];
    int64_t count = 0;
    for (size_t i = 0; i < ARRAYS; i++)
        store_array_begin(arrays[i], arena);
    snprintf(size, sizeof size, "%d", PROMISES_AT_A_TIME);
    bool is_told = ask(chores->data, what->late, (const char *[]){id, size}, take_late, &late) && late.count;
    for (size_t i = 0; i < ARRAYS; i++)
        params[1 + i] = store_array_end(arrays[i]);
    is_told = is_told && ask(chores->data, what->raise, params, take_count, &count);
    if (count)
        log_event(EV_NOTICE, LOG_T("text", what->text), LOG_N("region", region->id),
                  LOG_N("promises", count));
    arena_free(&arena);
    return is_told;
}

/* Again, because after a time in which nobody looked, what falls due goes up at once. */
static void raise_late(const struct chores *chores, const struct region *region, const char *id)
{
    for (int i = 0; i <= LEVELS && raise_some(chores, region, id, &of_steps); i++)
        continue;
    for (int i = 0; i <= LEVELS && raise_some(chores, region, id, &of_offerings); i++)
        continue;
}

/* ---- offerings and their groups ---- */

enum { ASKED_AT_A_TIME = 50, GROUPS_AT_A_TIME = 50 };

/* How long somebody has to say that an offering is still right; to take a place, and with haste. */
static const struct span to_confirm = {SPAN_WORKING_DAYS, 5}, to_take = {SPAN_WORKING_DAYS, 2},
                         to_take_soon = {SPAN_WORKING_DAYS, 1};

static bool due_in(const struct chores *chores, const struct region *region, struct span span,
                   char out[MOMENT_TEXT])
{
    moment due;
    if (!calendar_due(&region->calendar, clock_wall(chores->clock), span, SLICE_NONE, &due))
        return false;
    moment_text(due, out);
    return true;
}

static void ask_offerings(const struct chores *chores, const struct region *region, const char *id)
{
    char due[MOMENT_TEXT], size[NUMBER];
    int64_t count = 0;
    snprintf(size, sizeof size, "%d", ASKED_AT_A_TIME);
    if (due_in(chores, region, to_confirm, due) &&
        ask(chores->data, STORE_ASK_OFFERINGS, (const char *[]){id, due, size}, take_count, &count) && count)
        log_event(EV_NOTICE,
                  LOG_T("text", "organisations were asked whether their offerings are still right"),
                  LOG_N("region", region->id), LOG_N("offerings", count));
}

struct groups {
    char ids[GROUPS_AT_A_TIME][NUMBER];
    size_t count;
};

static void take_groups(void *arg, const PGresult *rows)
{
    struct groups *groups = arg;
    for (int row = 0; row < PQntuples(rows) && groups->count < GROUPS_AT_A_TIME; row++)
        snprintf(groups->ids[groups->count++], NUMBER, "%.*s", SLICE_FMT(store_text(rows, row, "group_id")));
}

/* Places that came free go to who is first in line; who waits for what will not come is told. One group at a
 * time: each is locked. */
static void settle_groups(const struct chores *chores, const struct region *region, const char *id)
{
    struct groups groups = {.count = 0};
    char size[NUMBER], routine[MOMENT_TEXT], soon[MOMENT_TEXT], due[2 * MOMENT_TEXT + 8];
    int64_t settled = 0;
    snprintf(size, sizeof size, "%d", GROUPS_AT_A_TIME);
    if (!due_in(chores, region, to_take, routine) || !due_in(chores, region, to_take_soon, soon) ||
        !ask(chores->data, STORE_GROUPS_TO_SETTLE, (const char *[]){id, size}, take_groups, &groups))
        return;
    snprintf(due, sizeof due, "{\"%s\",\"%s\"}", routine, soon);
    for (size_t i = 0; i < groups.count; i++) {
        int64_t count = 0;
        if (ask(chores->data, STORE_SETTLE_GROUP, (const char *[]){id, groups.ids[i], due, size}, take_count,
                &count))
            settled += count;
    }
    if (settled)
        log_event(EV_NOTICE, LOG_T("text", "places in groups were offered, or lost"),
                  LOG_N("region", region->id), LOG_N("places", settled));
}

/* ---- offers that nobody answered ---- */

static void take_lapsed(void *arg, const PGresult *rows)
{
    struct late *late = arg;
    for (int row = 0; row < PQntuples(rows); row++) {
        store_array_add(&late->steps, arena_slice(late->arena, store_text(rows, row, "step_id")));
        late->count++;
    }
}

/* Where their time has run out, the referral goes on as after a decline. */
static void lapse_offers(const struct chores *chores, const struct region *region, const char *id)
{
    struct arena *arena = arena_new(0);
    struct late late = {.region = region, .arena = arena};
    moment now = clock_wall(chores->clock);
    char size[NUMBER];
    int64_t count = 0;
    store_array_begin(&late.steps, arena);
    snprintf(size, sizeof size, "%d", PROMISES_AT_A_TIME);
    if (ask(chores->data, STORE_LAPSED_OFFERS, (const char *[]){id, size}, take_lapsed, &late) &&
        late.count) {
        const char *params[] = {
            id, store_array_end(&late.steps), dues_after_decline(region, now, SLICE_NONE, arena),
            dues_text(region, now, due_next_step, SLICE_NONE, arena),
            dues_text(region, now, due_of_state(region, "sent", arena), SLICE_NONE, arena)};
        ask(chores->data, STORE_LAPSE_OFFERS, params, take_count, &count);
    }
    if (count)
        log_event(EV_NOTICE, LOG_T("text", "offers that nobody answered went on"),
                  LOG_N("region", region->id), LOG_N("rounds", count));
    arena_free(&arena);
}

/* ---- digests ---- */

enum { DIGEST_HOUR = 7, DAYS_OFF = 60 };

/* The last working day on which it has been seven o'clock: today, or one that has gone by. */
static int64_t digest_day(const struct calendar *calendar, moment now)
{
    int64_t day = amsterdam_day(now) - (amsterdam_time(now).hour < DIGEST_HOUR);
    for (int i = 0; i < DAYS_OFF && !calendar_is_working_day(calendar, day); i++)
        day--;
    return day;
}

/* On a day off what waits comes with the next working day; what nobody brought on the last one, because no
 * daemon was there, comes at once. Asked again by another daemon, or after one was killed, the database makes
 * none twice. */
static void make_digests(const struct chores *chores, const struct region *region, const char *id,
                         struct chore_times *times)
{
    int64_t day = digest_day(&region->calendar, clock_wall(chores->clock)), count = 0;
    char date[DATE_TEXT];
    if (times->digest_day == day)
        return;
    date_print(day, date);
    if (!ask(chores->data, STORE_MAKE_DIGESTS, (const char *[]){id, date}, take_count, &count) || count < 0)
        return; /* again: the database is away, or its clock is behind ours */
    times->digest_day = day;
    if (count)
        log_event(EV_NOTICE, LOG_T("text", "digests of feedback were made"), LOG_N("region", region->id),
                  LOG_N("digests", count));
}

/* ---- keys of erased clients ---- */

struct orphans {
    char clients[KEYS_AT_A_TIME][NUMBER];
    size_t count;
};

static void take_orphans(void *arg, const PGresult *rows)
{
    struct orphans *orphans = arg;
    for (int row = 0; row < PQntuples(rows) && orphans->count < KEYS_AT_A_TIME; row++)
        snprintf(orphans->clients[orphans->count++], NUMBER, "%.*s",
                 SLICE_FMT(store_text(rows, row, "client_id")));
}

static void take_gone(void *arg, const PGresult *rows)
{
    snprintf(arg, MOMENT_TEXT + NUMBER, "%.*s", SLICE_FMT(store_text(rows, 0, "gone_at")));
}

/* "2026-12-08 03:00:00+00"; empty: no backup ever held it. Nobody turns the loop of this asker but who asks,
 * so that a lane that was lost is given a moment to come back. */
static bool destroy_key(const struct chores *chores, const char *id, const char *client, char *gone)
{
    const char *params[2] = {id, client};
    return ask(chores->keys, KEYS_DESTROY, params, take_gone, gone) ||
           (asker_rest(chores->keys, NULL, MOMENT_SECOND / 2) &&
            ask(chores->keys, KEYS_DESTROY, params, take_gone, gone));
}

/* False: the key database was away. */
static bool destroy_keys(const struct chores *chores, int32_t region_id, const char *id)
{
    struct orphans orphans = {.count = 0};
    char size[NUMBER];
    size_t done = 0;
    snprintf(size, sizeof size, "%d", KEYS_AT_A_TIME);
    if (!ask(chores->data, STORE_KEYS_TO_DESTROY, (const char *[]){id, size}, take_orphans, &orphans))
        return true;
    bool is_there = true;
    for (size_t i = 0; i < orphans.count && is_there; i++) {
        const char *client = orphans.clients[i];
        char gone[MOMENT_TEXT + NUMBER] = "";
        is_there = destroy_key(chores, id, client, gone);
        done += is_there && ask(chores->data, STORE_KEY_DESTROYED,
                                (const char *[]){id, client, *gone ? gone : NULL}, NULL, NULL);
    }
    if (done)
        log_event(EV_NOTICE, LOG_T("text", "keys of clients who were erased are destroyed"),
                  LOG_N("region", region_id), LOG_N("keys", (int64_t)done));
    return is_there;
}

/* ---- who has been kept long enough ---- */

struct page {
    int64_t last, removed;
};

static void take_page(void *arg, const PGresult *rows)
{
    struct page *page = arg;
    page->last = PQntuples(rows) ? store_number(rows, 0, "last", 0) : 0;
    page->removed = PQntuples(rows) ? store_number(rows, 0, "removed", 0) : 0;
}

static void forget_due(const struct chores *chores, int32_t region_id, const char *id,
                       struct chore_times *times)
{
    char after[NUMBER], size[NUMBER];
    snprintf(size, sizeof size, "%d", CLIENTS_AT_A_TIME);
    for (int i = 0; i < PAGES_AT_A_TIME && times->is_keeping; i++) {
        struct page page = {0};
        snprintf(after, sizeof after, "%lld", (long long)times->kept_after);
        if (!ask(chores->data, STORE_APPLY_RETENTION, (const char *[]){id, after, size}, take_page, &page))
            return;
        if (page.removed)
            log_event(EV_NOTICE, LOG_T("text", "clients were forgotten because their time had come"),
                      LOG_N("region", region_id), LOG_N("clients", page.removed));
        times->kept_after = page.last;
        if (!page.last)
            times->is_keeping = !ask(chores->data, STORE_PROVE_RETENTION, (const char *[]){id}, NULL, NULL);
    }
}

void chores_look(const struct chores *chores, const struct region *region, struct chore_times *times)
{
    int32_t region_id = region->id;
    int64_t now = clock_monotonic(chores->clock),
            day = clock_wall(chores->clock) / (86400 * MOMENT_SECOND) + 1;
    char id[NUMBER];
    snprintf(id, sizeof id, "%d", region_id);
    if (times->kept_day != day) {
        times->kept_day = day;
        times->kept_after = 0;
        times->is_keeping = true;
    }
    if (times->is_keeping)
        forget_due(chores, region_id, id, times);
    if (times->looked_at && now - times->looked_at < EVERY)
        return;
    times->looked_at = now;
    lapse_offers(chores, region, id);
    raise_late(chores, region, id);
    ask_offerings(chores, region, id);
    settle_groups(chores, region, id);
    escalate(chores, region_id, id, &region->calendar);
    make_digests(chores, region, id, times);
    if (now >= times->keys_not_before && !destroy_keys(chores, region_id, id))
        times->keys_not_before = now + AWAY;
}

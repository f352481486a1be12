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
#define AWAY (5 * MOMENT_SECOND)  /* how long a key database that did not answer is left alone */
#define REST (60 * MOMENT_SECOND) /* how long promises and offers rest where one of them was refused */

enum { LEVELS = 3 };

/* Until when somebody else looks, once it was escalated. */
static const struct span next_level = {SPAN_WORKING_DAYS, 1};

/* That it failed has nothing to do with what was asked, and the lane has told of it. */
static bool is_away(const struct err *err)
{
    return err->code == ERR_DATABASE_AWAY || err->code == ERR_DRAINING;
}

static bool ask(struct asker *asker, int statement, const char *const *params,
                void (*take)(void *arg, const PGresult *rows), void *arg)
{
    struct err err;
    if (asker_ask(asker, statement, params, take, arg, &err))
        return true;
    if (!is_away(&err))
        log_error(EV_JOB_FAILED, &err);
    return false;
}

/* One thing that could not be done, and holds up nothing else. */
static void tell_refused(const char *text, const char *region, struct slice id, const struct err *err)
{
    log_event(EV_JOB_FAILED, LOG_T("text", text), LOG_T("region", region), LOG_S("id", id),
              LOG_T("code", err_word(err->code)), LOG_T("sqlstate", err->sqlstate));
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

static bool is_due(const struct chores *chores, const struct chore_times *times, enum chore chore)
{
    return clock_monotonic(chores->clock) >= times->not_before[chore];
}

/* ---- promises that nobody kept ---- */

/* What goes up or on next, each a column of what the database takes as arrays. */
struct late {
    const struct chores *chores;
    const struct region *region;
    const char *id; /* the region's */
    struct arena *arena;
    struct slice steps[PROMISES_AT_A_TIME], nrs[PROMISES_AT_A_TIME], next[PROMISES_AT_A_TIME];
    int64_t levels[PROMISES_AT_A_TIME];
    bool raised[PROMISES_AT_A_TIME];
    size_t count;
    int64_t done;
};

/* Sends some of them in one transaction, all or nothing. */
typedef bool send_some(const struct late *late, size_t from, size_t count, const void *arg, int64_t *done,
                       struct err *err);

/* Where one is refused nothing of its transaction happens: it is sent again in halves, and who is refused
 * alone is told and passed over, so that it holds up nobody else until *not_before. False: not all went. */
static bool send_late(struct late *late, send_some *send, const void *arg, const char *refusal,
                      int64_t *not_before)
{
    bool all = true;
    for (size_t from = 0, size = late->count; from < late->count;) {
        struct err err;
        int64_t done = 0;
        size_t left = late->count - from, count = size < left ? size : left;
        if (send(late, from, count, arg, &done, &err)) {
            late->done += done;
            from += count;
            size = 2 * count;
        } else if (is_away(&err)) {
            return false;
        } else if (count > 1) {
            size = count / 2;
        } else {
            tell_refused(refusal, late->id, late->steps[from++], &err);
            *not_before = clock_monotonic(late->chores->clock) + REST;
            all = false;
        }
    }
    return all;
}

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
    for (int row = 0; row < PQntuples(rows) && late->count < PROMISES_AT_A_TIME; row++) {
        size_t at = late->count++;
        late->levels[at] = store_number(rows, row, "level", 0);
        late->raised[at] = slice_is(store_text(rows, row, "is_raised"), "t");
        late->steps[at] = arena_slice(late->arena, store_text(rows, row, "step_id"));
        late->nrs[at] = arena_slice(late->arena, store_text(rows, row, "nr"));
        late->next[at] = next_time(late, rows, row, (int)late->levels[at] + late->raised[at]);
    }
}

static struct late *late_new(const struct chores *chores, const struct region *region, const char *id)
{
    struct arena *arena = arena_new(0);
    struct late *late = arena_array(arena, 1, sizeof *late);
    late->chores = chores;
    late->region = region;
    late->id = id;
    late->arena = arena;
    late->count = 0;
    late->done = 0;
    return late;
}

static void late_free(struct late *late)
{
    struct arena *arena = late->arena; /* it lives there itself */
    arena_free(&arena);
}

/* What there is to raise: promises about steps, and about offerings; both are told alike. */
struct to_raise {
    int late, raise; /* statements */
    const char *text, *refusal;
    enum chore chore;
};
static const struct to_raise of_steps = {STORE_LATE_PROMISES, STORE_RAISE_PROMISES,
                                         "promises that nobody kept were escalated",
                                         "a promise about a step could not be escalated", CHORE_PROMISES};
static const struct to_raise of_offerings = {
    STORE_LATE_CONFIRMATIONS, STORE_RAISE_CONFIRMATIONS,
    "offerings of which nobody said that they are right were escalated",
    "a promise about an offering could not be escalated", CHORE_CONFIRMATIONS};

static bool send_raise(const struct late *late, size_t from, size_t count, const void *arg, int64_t *done,
                       struct err *err)
{
    const struct to_raise *what = arg;
    struct store_array steps, nrs, levels, raised, next;
    struct store_array *arrays[] = {&steps, &nrs, &levels, &raised, &next};
    enum { ARRAYS = sizeof arrays / sizeof arrays[0] };
    const char *params[1 + ARRAYS] = {late->id};
    for (size_t i = 0; i < ARRAYS; i++)
        store_array_begin(arrays[i], late->arena);
    for (size_t i = from; i < from + count; i++) {
        store_array_add(&steps, late->steps[i]);
        store_array_add(&nrs, late->nrs[i]);
        store_array_add_number(&levels, late->levels[i], -1);
        store_array_add(&raised, slice_of(late->raised[i] ? "t" : "f"));
        store_array_add(&next, late->next[i]);
    }
    for (size_t i = 0; i < ARRAYS; i++)
        params[1 + i] = store_array_end(arrays[i]);
    return asker_ask(late->chores->data, what->raise, params, take_count, done, err);
}

/* Whether there was anything, and all of it went. */
static bool raise_some(const struct chores *chores, const struct region *region, const char *id,
                       const struct to_raise *what, struct chore_times *times)
{
    struct late *late = late_new(chores, region, id);
    char size[NUMBER];
    snprintf(size, sizeof size, "%d", PROMISES_AT_A_TIME);
    bool is_told = ask(chores->data, what->late, (const char *[]){id, size}, take_late, late) &&
                   late->count &&
                   send_late(late, send_raise, what, what->refusal, &times->not_before[what->chore]);
    if (late->done)
        log_event(EV_NOTICE, LOG_T("text", what->text), LOG_N("region", region->id),
                  LOG_N("promises", late->done));
    late_free(late);
    return is_told;
}

/* Again, because after a time in which nobody looked, what falls due goes up at once. */
static void raise_late(const struct chores *chores, const struct region *region, const char *id,
                       struct chore_times *times)
{
    static const struct to_raise *const all[] = {&of_steps, &of_offerings};
    for (size_t what = 0; what < sizeof all / sizeof all[0]; what++)
        if (is_due(chores, times, all[what]->chore))
            for (int i = 0; i <= LEVELS && raise_some(chores, region, id, all[what], times); i++)
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
    for (int row = 0; row < PQntuples(rows) && late->count < PROMISES_AT_A_TIME; row++)
        late->steps[late->count++] = arena_slice(late->arena, store_text(rows, row, "step_id"));
}

static bool send_lapsed(const struct late *late, size_t from, size_t count, const void *arg, int64_t *done,
                        struct err *err)
{
    const char *const *dues = arg;
    struct store_array steps;
    store_array_begin(&steps, late->arena);
    for (size_t i = from; i < from + count; i++)
        store_array_add(&steps, late->steps[i]);
    const char *params[] = {late->id, store_array_end(&steps), dues[0], dues[1], dues[2]};
    return asker_ask(late->chores->data, STORE_LAPSE_OFFERS, params, take_count, done, err);
}

/* Where their time has run out, the referral goes on as after a decline. */
static void lapse_offers(const struct chores *chores, const struct region *region, const char *id,
                         struct chore_times *times)
{
    struct late *late = late_new(chores, region, id);
    moment now = clock_wall(chores->clock);
    char size[NUMBER];
    snprintf(size, sizeof size, "%d", PROMISES_AT_A_TIME);
    if (ask(chores->data, STORE_LAPSED_OFFERS, (const char *[]){id, size}, take_lapsed, late) &&
        late->count) {
        const char *dues[] = {
            dues_after_decline(region, now, SLICE_NONE, late->arena),
            dues_text(region, now, due_next_step, SLICE_NONE, late->arena),
            dues_text(region, now, due_of_state(region, "sent", late->arena), SLICE_NONE, late->arena)};
        send_late(late, send_lapsed, dues, "offers that nobody answered could not go on",
                  &times->not_before[CHORE_OFFERS]);
    }
    if (late->done)
        log_event(EV_NOTICE, LOG_T("text", "offers that nobody answered went on"),
                  LOG_N("region", region->id), LOG_N("rounds", late->done));
    late_free(late);
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
static bool destroy_key(const struct chores *chores, const char *id, const char *client, char *gone,
                        struct err *err)
{
    const char *params[2] = {id, client};
    return asker_ask(chores->keys, KEYS_DESTROY, params, take_gone, gone, err) ||
           (is_away(err) && asker_rest(chores->keys, NULL, MOMENT_SECOND / 2) &&
            asker_ask(chores->keys, KEYS_DESTROY, params, take_gone, gone, err));
}

/* And that is kept. *err: why not. */
static bool end_key(const struct chores *chores, const char *id, const char *client, struct err *err)
{
    char gone[MOMENT_TEXT + NUMBER] = "";
    if (!destroy_key(chores, id, client, gone, err))
        return false;
    const char *params[] = {id, client, *gone ? gone : NULL};
    return asker_ask(chores->data, STORE_KEY_DESTROYED, params, NULL, NULL, err);
}

/* A page of them; one that is refused is passed over. Returns how far it came: where a database is away, not
 * to the end. */
static size_t end_keys(const struct chores *chores, const char *id, const struct orphans *orphans,
                       size_t *done)
{
    struct err err;
    size_t i = 0;
    for (bool is_there = true; i < orphans->count && is_there; i += is_there) {
        if (end_key(chores, id, orphans->clients[i], &err))
            ++*done;
        else if (is_away(&err))
            is_there = false;
        else
            tell_refused("the key of a client who was erased could not be destroyed", id,
                         slice_of(orphans->clients[i]), &err);
    }
    return i;
}

/* A page at a look, and behind a full one the next, so that those that remain of one hold up no other. */
static void destroy_keys(const struct chores *chores, int32_t region_id, const char *id,
                         struct chore_times *times)
{
    struct orphans orphans = {.count = 0};
    char size[NUMBER], after[NUMBER];
    size_t done = 0;
    snprintf(size, sizeof size, "%d", KEYS_AT_A_TIME);
    snprintf(after, sizeof after, "%lld", (long long)times->keys_after);
    if (!ask(chores->data, STORE_KEYS_TO_DESTROY, (const char *[]){id, size, after}, take_orphans, &orphans))
        return;
    size_t tried = end_keys(chores, id, &orphans, &done);
    if (done < orphans.count)
        times->not_before[CHORE_KEYS] = clock_monotonic(chores->clock) + AWAY;
    times->keys_after = 0;
    if (tried == KEYS_AT_A_TIME)
        slice_to_i64(slice_of(orphans.clients[orphans.count - 1]), 0, INT64_MAX, &times->keys_after);
    if (done)
        log_event(EV_NOTICE, LOG_T("text", "keys of clients who were erased are destroyed"),
                  LOG_N("region", region_id), LOG_N("keys", (int64_t)done));
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

static void take_passed(void *arg, const PGresult *rows)
{
    *(int64_t *)arg = PQntuples(rows) ? store_number(rows, 0, "client_id", 0) : 0;
}

/* A page that was refused is asked for in halves, so that one client who cannot be forgotten holds up nobody
 * else; alone on a page that one is passed over until tomorrow, and the proof of the day says that they
 * remain. Not at once, so that a database that refuses all is left some peace. */
static void narrow_page(const struct chores *chores, const char *id, struct chore_times *times,
                        const struct err *err)
{
    char after[NUMBER];
    int64_t client = 0;
    times->not_before[CHORE_RETENTION] = clock_monotonic(chores->clock) + AWAY;
    if (times->kept_size > 1) {
        times->kept_size /= 2;
        return;
    }
    snprintf(after, sizeof after, "%lld", (long long)times->kept_after);
    if (!ask(chores->data, STORE_PASS_RETENTION, (const char *[]){id, after}, take_passed, &client) ||
        !client)
        return;
    times->kept_after = client;
    snprintf(after, sizeof after, "%lld", (long long)client);
    tell_refused("a client whose time has come could not be forgotten", id, slice_of(after), err);
}

/* Whether it may go on. */
static bool forget_page(const struct chores *chores, int32_t region_id, const char *id,
                        struct chore_times *times)
{
    char after[NUMBER], size[NUMBER];
    struct page page = {0};
    struct err err;
    snprintf(size, sizeof size, "%d", times->kept_size);
    snprintf(after, sizeof after, "%lld", (long long)times->kept_after);
    if (!asker_ask(chores->data, STORE_APPLY_RETENTION, (const char *[]){id, after, size}, take_page, &page,
                   &err)) {
        if (!is_away(&err))
            narrow_page(chores, id, times, &err);
        return false;
    }
    if (page.removed)
        log_event(EV_NOTICE, LOG_T("text", "clients were forgotten because their time had come"),
                  LOG_N("region", region_id), LOG_N("clients", page.removed));
    times->kept_size = 2 * times->kept_size < CLIENTS_AT_A_TIME ? 2 * times->kept_size : CLIENTS_AT_A_TIME;
    times->kept_after = page.last;
    return true;
}

static void forget_due(const struct chores *chores, int32_t region_id, const char *id,
                       struct chore_times *times)
{
    for (int i = 0; i < PAGES_AT_A_TIME && times->is_keeping; i++) {
        if (!forget_page(chores, region_id, id, times))
            return;
        if (times->kept_after)
            continue;
        times->is_keeping = !ask(chores->data, STORE_PROVE_RETENTION, (const char *[]){id}, NULL, NULL);
        if (times->is_keeping) {
            times->not_before[CHORE_RETENTION] = clock_monotonic(chores->clock) + AWAY;
            return;
        }
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
        times->kept_size = CLIENTS_AT_A_TIME;
        times->is_keeping = true;
    }
    if (times->is_keeping && is_due(chores, times, CHORE_RETENTION))
        forget_due(chores, region_id, id, times);
    if (times->looked_at && now - times->looked_at < EVERY)
        return;
    times->looked_at = now;
    if (is_due(chores, times, CHORE_OFFERS))
        lapse_offers(chores, region, id, times);
    raise_late(chores, region, id, times);
    ask_offerings(chores, region, id);
    settle_groups(chores, region, id);
    escalate(chores, region_id, id, &region->calendar);
    make_digests(chores, region, id, times);
    if (is_due(chores, times, CHORE_KEYS))
        destroy_keys(chores, region_id, id, times);
}

#include "feed.h"

#include <stdio.h>
#include <stdlib.h>

#include "ring.h"

enum {
    PAGE = 100,         /* events that a stream reads for itself at a time */
    NEW_EVENTS = 500,   /* of one enquiry */
    RING_EVENTS = 4096, /* of a region, held for those who come or read on */
    RING_BYTES = 4 << 20,
    UNREAD_BYTES = 64 << 10, /* a reader who leaves so much unread is told no more until it is less */
    NUMBER = 24,
    CURSOR = 48
};
#define TICK (MOMENT_SECOND / 40)
#define BEAT (15 * MOMENT_SECOND)
#define LIFE (3600 * MOMENT_SECOND) /* then it comes again, and its certificate is looked at again */
#define RETRY "retry: 2000\n"

/* One of the questions that a region or a stream asks; its memory lives until it is answered. */
struct enquiry {
    struct arena *arena;
    struct pg_job job;
    const char *params[4];
};

/* Pages that streams read for themselves leave lanes to all else: a few are under way at a time. */
enum turn { TURN_NONE, TURN_WAITS, TURN_READS };

struct stream {
    struct listened *region;
    struct http_stream *http; /* NULL: the reader has gone */
    struct stream *next, **back;
    struct stream *next_turn, **back_turn; /* while it waits for its turn */
    enum turn turn;
    struct account account;
    struct place place; /* up to where it was told, while it is not live */
    struct enquiry enquiry;
    int64_t opened_at, beaten_at;
    uint64_t check; /* the roll call it stands in, and its place there */
    size_t checked_as;
    bool is_live;  /* told of whatever the ring takes in */
    bool was_live; /* told from the ring before */
    bool is_closing;
    bool is_unchecked;    /* its rights are to be asked for */
    uint64_t told, taken; /* bytes; `taken` at the last beat */
};

/* The live streams of one organisation; of organisation 0 those that are told everything. */
struct audience {
    int32_t organisation;
    struct stream *streams;
    struct audience *next;
};

struct listened {
    struct feed *feed;
    int32_t id;
    struct ring *ring;
    bool is_known; /* the ring has begun */
    bool is_asking;
    bool is_unchecked; /* a stream of it is */
    unsigned stream_count;
    struct audience *audiences;
    struct stream *waiting; /* streams that are not live */
    struct enquiry enquiry;
    struct listened *next;
};

struct feed {
    struct worker *worker;
    struct event *tick;
    struct listened *regions;
    struct stream *turns, **turns_end; /* streams that wait for a page, who came first in front */
    unsigned reading;                  /* pages under way */
    uint64_t checks;
};

static int64_t now_of(const struct feed *feed)
{
    return clock_monotonic(&feed->worker->app->clock);
}

/* ---- questions ---- */

static const char *number(struct enquiry *enquiry, int64_t value)
{
    return arena_printf(enquiry->arena, "%lld", (long long)value);
}

static void begin_enquiry(struct enquiry *enquiry)
{
    *enquiry = (struct enquiry){.arena = arena_new(1024)};
}

static void end_enquiry(struct enquiry *enquiry)
{
    arena_free(&enquiry->arena);
}

/* False: not asked, because no lane takes it; the next tick tries again. */
static bool ask(struct feed *feed, struct enquiry *enquiry, enum store_statement statement,
                void (*on_done)(void *arg, const struct pg_reply *reply), void *arg)
{
    struct err err;
    enquiry->job = (struct pg_job){
        .statement = &store_statements[statement], .params = enquiry->params, .on_done = on_done, .arg = arg};
    if (pg_pool_submit(feed->worker->pool, &enquiry->job, &err))
        return true;
    end_enquiry(enquiry);
    return false;
}

static struct place place_of(const PGresult *rows, int row)
{
    return (struct place){store_number(rows, row, "tx", 0), store_number(rows, row, "event_id", 0)};
}

/* The last row is no event but the place to go on from. */
static bool is_full(const PGresult *rows)
{
    return slice_is(store_text(rows, PQntuples(rows) - 1, "is_full"), "t");
}

/* ---- what a reader gets ---- */

/* As logic.event_cursor() writes it. */
static const char *cursor_text(struct place place, char text[CURSOR])
{
    snprintf(text, CURSOR, "e%llx.%llx", (unsigned long long)place.tx, (unsigned long long)place.id);
    return text;
}

static struct slice event_text(const PGresult *rows, int row, const char *kind_column, const char *column,
                               struct arena *arena)
{
    char cursor[CURSOR];
    struct slice kind = store_text(rows, row, kind_column), document = store_text(rows, row, column);
    return slice_of(arena_printf(arena, "id: %s\nevent: %.*s\ndata: %.*s\n\n",
                                 cursor_text(place_of(rows, row), cursor), SLICE_FMT(kind),
                                 SLICE_FMT(document)));
}

static void tell(struct stream *stream, struct slice text)
{
    if (stream->is_closing)
        return;
    stream->told += text.len;
    http_stream_write(stream->http, text);
}

static bool is_behind(const struct stream *stream)
{
    return http_stream_unsent(stream->http) > UNREAD_BYTES;
}

/* Closed, it comes again and reads on from where it was. */
static void drop_slow(struct stream *stream)
{
    metrics_add(&stream->region->feed->worker->metrics.slow_streams, 1);
    stream->is_closing = true;
    http_stream_abort(stream->http);
}

/* An id without data (no event to its reader): from where to go on, also where nothing happens for long. */
static void beat(struct stream *stream, struct place place, const char *before)
{
    char cursor[CURSOR], text[CURSOR + NUMBER];
    int n = snprintf(text, sizeof text, "%sid: %s\n\n", before, cursor_text(place, cursor));
    stream->beaten_at = now_of(stream->region->feed);
    tell(stream, slice_make(text, (size_t)n));
}

/* ---- lists ---- */

static void join(struct stream **list, struct stream *stream)
{
    stream->next = *list;
    stream->back = list;
    if (stream->next)
        stream->next->back = &stream->next;
    *list = stream;
}

static void leave(struct stream *stream)
{
    *stream->back = stream->next;
    if (stream->next)
        stream->next->back = stream->back;
}

static int32_t listens_to(const struct stream *stream)
{
    return stream->account.role == ROLE_COORDINATOR ? 0 : stream->account.organisation_id;
}

/* What it says to this stream, as wijzer.events_after() decides it; empty: nothing. */
static struct slice text_for(const struct stream *stream, const struct told *told)
{
    int32_t organisation = listens_to(stream);
    if (!organisation || told_concerns(told, organisation))
        return told->text;
    return told->offered_to == organisation && stream->account.role == ROLE_WORKER ? told->offer : SLICE_NONE;
}

static struct audience *audience_of(struct listened *region, int32_t organisation, bool make)
{
    struct audience *audience = region->audiences;
    while (audience && audience->organisation != organisation)
        audience = audience->next;
    if (audience || !make)
        return audience;
    audience = xcalloc(1, sizeof *audience);
    audience->organisation = organisation;
    audience->next = region->audiences;
    region->audiences = audience;
    return audience;
}

static struct listened *region_of(struct feed *feed, int32_t id)
{
    struct listened *region = feed->regions;
    while (region && region->id != id)
        region = region->next;
    if (region)
        return region;
    region = xcalloc(1, sizeof *region);
    *region = (struct listened){.feed = feed, .id = id, .next = feed->regions};
    region->ring = ring_new(RING_EVENTS, RING_BYTES);
    feed->regions = region;
    return region;
}

static void free_stream(struct stream *stream)
{
    if (!stream->http && stream->turn != TURN_READS)
        free(stream);
}

static void leave_turns(struct stream *stream)
{
    struct feed *feed = stream->region->feed;
    *stream->back_turn = stream->next_turn;
    if (stream->next_turn)
        stream->next_turn->back_turn = stream->back_turn;
    else
        feed->turns_end = stream->back_turn;
    stream->turn = TURN_NONE;
}

static void on_stream_end(void *arg)
{
    struct stream *stream = arg;
    struct listened *region = stream->region;
    leave(stream);
    if (stream->turn == TURN_WAITS)
        leave_turns(stream);
    stream->http = NULL;
    region->stream_count--;
    atomic_fetch_sub_explicit(&region->feed->worker->metrics.streams, 1, memory_order_relaxed);
    free_stream(stream);
}

/* ---- a stream that is behind ---- */

static void wait_turn(struct stream *stream);

/* From the ring as far as its reader takes it, and once it has all of it, with the others. */
static void catch_up(struct stream *stream)
{
    struct listened *region = stream->region;
    stream->was_live = true;
    for (size_t i = ring_after(region->ring, stream->place); i < ring_count(region->ring); i++) {
        const struct told *told = ring_at(region->ring, i);
        if (is_behind(stream))
            return;
        struct slice text = text_for(stream, told);
        if (text.len)
            tell(stream, text);
        stream->place = told->place;
    }
    stream->is_live = true;
    leave(stream);
    join(&audience_of(region, listens_to(stream), true)->streams, stream);
}

/* Back among those that wait: it was told all before this event. */
static void fall_behind(struct stream *stream, struct place place)
{
    stream->place = (struct place){place.tx, place.id - 1};
    stream->is_live = false;
    leave(stream);
    join(&stream->region->waiting, stream);
}

/* Reads on where the ring does not go back far enough, waits where its reader or the ring is behind. Who was
 * with the others and is so slow that the ring no longer has what comes next is given up. */
static void go_on(struct stream *stream)
{
    const struct listened *region = stream->region;
    if (stream->turn != TURN_NONE || stream->is_closing || !region->is_known)
        return;
    bool is_in_ring = place_compare(stream->place, ring_from(region->ring)) >= 0;
    if (is_behind(stream)) {
        if (stream->was_live && !is_in_ring)
            drop_slow(stream);
    } else if (!is_in_ring) {
        wait_turn(stream);
    } else if (place_compare(stream->place, ring_to(region->ring)) <= 0) {
        catch_up(stream);
    }
}

static void take_page(struct stream *stream, const PGresult *rows, struct arena *arena)
{
    int count = PQntuples(rows);
    for (int row = 0; row < count - 1; row++)
        tell(stream, event_text(rows, row, "kind", "document", arena));
    stream->place = place_of(rows, count - 1);
}

static void give_turns(struct feed *feed);

static void on_page(void *arg, const struct pg_reply *reply)
{
    struct stream *stream = arg;
    struct feed *feed = stream->region->feed;
    bool is_told = stream->http && reply->outcome == PG_COMMITTED && PQntuples(reply->result);
    stream->turn = TURN_NONE;
    feed->reading--;
    if (is_told)
        take_page(stream, reply->result, stream->enquiry.arena);
    end_enquiry(&stream->enquiry);
    if (is_told) {
        go_on(stream);                                           /* behind all that wait, if it wants more */
    } else if (stream->http && reply->outcome == PG_COMMITTED) { /* the account is there no more */
        stream->is_closing = true;
        http_stream_finish(stream->http);
    }
    free_stream(stream);
    give_turns(feed);
}

static bool read_page(struct stream *stream)
{
    struct feed *feed = stream->region->feed;
    struct enquiry *enquiry = &stream->enquiry;
    char cursor[CURSOR];
    begin_enquiry(enquiry);
    enquiry->params[0] = number(enquiry, stream->account.region_id);
    enquiry->params[1] = number(enquiry, stream->account.id);
    enquiry->params[2] = number(enquiry, PAGE);
    enquiry->params[3] = arena_text(enquiry->arena, slice_of(cursor_text(stream->place, cursor)));
    if (!ask(feed, enquiry, STORE_EVENTS_AFTER, on_page, stream))
        return false;
    leave_turns(stream);
    stream->turn = TURN_READS;
    feed->reading++;
    return true;
}

/* To as many as may read at a time: half of the lanes, so that neither what is new nor any request waits
 * behind all who are far behind. Where no lane takes it, the next tick goes on. */
static void give_turns(struct feed *feed)
{
    unsigned most = ((unsigned)feed->worker->config->lanes + 1) / 2;
    while (feed->tick && feed->turns && feed->reading < most) {
        if (feed->turns->is_closing)
            leave_turns(feed->turns);
        else if (!read_page(feed->turns))
            return;
    }
}

/* Each page anew, so that who is very far behind does not keep the others waiting. */
static void wait_turn(struct stream *stream)
{
    struct feed *feed = stream->region->feed;
    stream->turn = TURN_WAITS;
    stream->next_turn = NULL;
    stream->back_turn = feed->turns_end;
    *feed->turns_end = stream;
    feed->turns_end = &stream->next_turn;
    give_turns(feed);
}

/* ---- what is new in a region ---- */

static size_t parties_of(struct slice text, int32_t *parties, size_t room)
{
    size_t count = 0;
    uint64_t party;
    if (text.len >= 2)
        text = slice_make(text.ptr + 1, text.len - 2);
    while (text.len && count < room)
        if (slice_to_u64(slice_cut(&text, ','), INT32_MAX, &party))
            parties[count++] = (int32_t)party;
    return count;
}

static void tell_audience(struct listened *region, int32_t organisation, const struct told *told)
{
    struct audience *audience = audience_of(region, organisation, false);
    for (struct stream *stream = audience ? audience->streams : NULL, *next; stream; stream = next) {
        next = stream->next;
        struct slice text = text_for(stream, told);
        if (!text.len)
            continue;
        if (is_behind(stream))
            fall_behind(stream, told->place);
        else
            tell(stream, text);
    }
}

static void take_event(struct listened *region, const PGresult *rows, int row, struct arena *arena)
{
    struct slice parties = store_text(rows, row, "parties");
    int32_t *organisations = arena_array(arena, parties.len + 1, sizeof *organisations);
    struct told told = {.place = place_of(rows, row),
                        .text = event_text(rows, row, "kind", "document", arena),
                        .parties = organisations};
    told.party_count = parties_of(parties, organisations, parties.len);
    told.offered_to = (int32_t)store_number(rows, row, "offered_to", 0);
    if (told.offered_to)
        told.offer = event_text(rows, row, "offer_kind", "offer", arena);
    ring_add(region->ring, &told);
    tell_audience(region, 0, &told);
    for (size_t i = 0; i < told.party_count; i++)
        tell_audience(region, told.parties[i], &told);
    if (told.offered_to)
        tell_audience(region, told.offered_to, &told);
    metrics_add(&region->feed->worker->metrics.events_told, 1);
}

static void wake_waiting(struct listened *region)
{
    for (struct stream *stream = region->waiting, *next; stream; stream = next) {
        next = stream->next;
        go_on(stream);
    }
}

static void look(struct listened *region);

static void on_new(void *arg, const struct pg_reply *reply)
{
    struct listened *region = arg;
    int count = reply->outcome == PG_COMMITTED ? PQntuples(reply->result) : 0;
    bool again = count && is_full(reply->result);
    region->is_asking = false;
    if (count && !region->is_known)
        ring_begin(region->ring, place_of(reply->result, count - 1));
    for (int row = 0; region->is_known && row < count - 1; row++)
        take_event(region, reply->result, row, region->enquiry.arena);
    if (count) {
        ring_reach(region->ring, place_of(reply->result, count - 1));
        region->is_known = true;
    }
    end_enquiry(&region->enquiry);
    if (count)
        wake_waiting(region);
    if (again)
        look(region);
}

static void look(struct listened *region)
{
    struct enquiry *enquiry = &region->enquiry;
    if (region->is_asking || !region->stream_count)
        return;
    struct place to = ring_to(region->ring);
    begin_enquiry(enquiry);
    enquiry->params[0] = number(enquiry, region->id);
    enquiry->params[1] = region->is_known ? number(enquiry, to.tx) : NULL;
    enquiry->params[2] = region->is_known ? number(enquiry, to.id) : NULL;
    enquiry->params[3] = number(enquiry, NEW_EVENTS);
    region->is_asking = ask(region->feed, enquiry, STORE_NEW_EVENTS, on_new, region);
}

/* ---- rights ---- */

/* A roll call; lives until it is answered. */
struct roll {
    struct listened *region;
    struct enquiry enquiry;
    uint64_t check;
    bool *is_known;
    size_t count;
};

static void each_stream(struct listened *region, void (*what)(struct stream *stream, void *arg), void *arg)
{
    struct stream *next;
    for (struct stream *stream = region->waiting; stream; stream = next) {
        next = stream->next;
        what(stream, arg);
    }
    for (struct audience *audience = region->audiences; audience; audience = audience->next)
        for (struct stream *stream = audience->streams; stream; stream = next) {
            next = stream->next;
            what(stream, arg);
        }
}

static void end_unknown(struct stream *stream, void *arg)
{
    const struct roll *roll = arg;
    if (stream->check != roll->check || roll->is_known[stream->checked_as] || stream->is_closing)
        return;
    stream->is_closing = true;
    http_stream_finish(stream->http);
}

static void uncheck(struct stream *stream)
{
    stream->is_unchecked = stream->region->is_unchecked = true;
}

static void uncheck_each(struct stream *stream, void *arg)
{
    (void)arg;
    uncheck(stream);
}

static void uncheck_of_roll(struct stream *stream, void *arg)
{
    const struct roll *roll = arg;
    if (stream->check == roll->check)
        uncheck(stream);
}

static void on_roll(void *arg, const struct pg_reply *reply)
{
    struct roll *roll = arg;
    if (reply->outcome == PG_COMMITTED) {
        store_mark_items(reply->result, roll->is_known, roll->count);
        each_stream(roll->region, end_unknown, roll);
    } else {
        each_stream(roll->region, uncheck_of_roll, roll);
    }
    end_enquiry(&roll->enquiry);
    free(roll);
}

struct filling {
    struct roll *roll;
    struct store_array accounts, organisations, roles;
};

static void add_to_roll(struct stream *stream, void *arg)
{
    struct filling *filling = arg;
    if (!stream->is_unchecked)
        return;
    stream->is_unchecked = false;
    stream->check = filling->roll->check;
    stream->checked_as = filling->roll->count++;
    store_array_add_number(&filling->accounts, stream->account.id, 0);
    store_array_add_number(&filling->organisations, stream->account.organisation_id, 0);
    store_array_add(&filling->roles, role_word(stream->account.role));
}

/* Of those who are unchecked. Where nobody takes the question they stay it, and the next tick asks. */
static void call_roll(struct listened *region)
{
    struct roll *roll = xcalloc(1, sizeof *roll);
    struct filling filling = {.roll = roll};
    roll->region = region;
    roll->check = ++region->feed->checks;
    begin_enquiry(&roll->enquiry);
    store_array_begin(&filling.accounts, roll->enquiry.arena);
    store_array_begin(&filling.organisations, roll->enquiry.arena);
    store_array_begin(&filling.roles, roll->enquiry.arena);
    each_stream(region, add_to_roll, &filling);
    roll->is_known = arena_array(roll->enquiry.arena, roll->count + 1, sizeof *roll->is_known);
    memset(roll->is_known, 0, roll->count + 1);
    roll->enquiry.params[0] = number(&roll->enquiry, region->id);
    roll->enquiry.params[1] = store_array_end(&filling.accounts);
    roll->enquiry.params[2] = store_array_end(&filling.organisations);
    roll->enquiry.params[3] = store_array_end(&filling.roles);
    region->is_unchecked = false;
    if (ask(region->feed, &roll->enquiry, STORE_STILL_ACCOUNTS, on_roll, roll))
        return;
    each_stream(region, uncheck_of_roll, roll);
    free(roll);
}

void feed_check_rights(struct feed *feed)
{
    for (struct listened *region = feed->regions; region; region = region->next) {
        each_stream(region, uncheck_each, NULL);
        if (region->is_unchecked)
            call_roll(region);
    }
}

/* ---- by the clock ---- */

/* A reader who has taken nothing since the last beat is none. */
static void beat_if_due(struct stream *stream, void *arg)
{
    int64_t now = *(const int64_t *)arg;
    if (stream->is_closing || now - stream->beaten_at < BEAT)
        return;
    if (now - stream->opened_at > LIFE) {
        stream->is_closing = true;
        http_stream_finish(stream->http);
        return;
    }
    size_t unread = http_stream_unsent(stream->http);
    if (unread && stream->told - unread == stream->taken) {
        drop_slow(stream);
        return;
    }
    stream->taken = stream->told - unread;
    beat(stream, stream->is_live ? ring_to(stream->region->ring) : stream->place, "");
}

static void on_tick(evutil_socket_t fd, short what, void *arg)
{
    struct feed *feed = arg;
    int64_t now = now_of(feed);
    bool is_listened_to = false;
    (void)fd, (void)what;
    for (struct listened *region = feed->regions; region; region = region->next) {
        look(region);
        if (region->is_unchecked)
            call_roll(region);
        each_stream(region, beat_if_due, &now);
        is_listened_to |= region->stream_count > 0;
    }
    give_turns(feed);
    struct timeval next = {0, TICK};
    if (is_listened_to)
        evtimer_add(feed->tick, &next);
}

/* ---- a stream begins ---- */

void feed_open(struct feed *feed, struct call *call, const PGresult *rows)
{
    struct stream *stream = xcalloc(1, sizeof *stream);
    struct listened *region = region_of(feed, call->account.region_id);
    *stream = (struct stream){.region = region, .account = call->account, .opened_at = now_of(feed)};
    stream->http = http_stream_begin(call->request, "text/event-stream", "X-Accel-Buffering: no\r\n",
                                     on_stream_end, stream);
    if (stream->http) {
        region->is_known &= region->stream_count++ > 0; /* nobody looked while nobody listened */
        uncheck(stream); /* who they are may have changed since the database said where it begins */
        atomic_fetch_add_explicit(&feed->worker->metrics.streams, 1, memory_order_relaxed);
        join(&region->waiting, stream);
        struct timeval soon = {0, 0};
        if (!evtimer_pending(feed->tick, NULL))
            evtimer_add(feed->tick, &soon);
        stream->place = place_of(rows, PQntuples(rows) - 1);
        beat(stream, stream->place, RETRY);
        go_on(stream);
    } else {
        free(stream);
    }
}

struct feed *feed_new(struct worker *worker)
{
    struct feed *feed = xcalloc(1, sizeof *feed);
    feed->worker = worker;
    feed->turns_end = &feed->turns;
    feed->tick = evtimer_new(worker->base, on_tick, feed);
    return feed;
}

void feed_stop(struct feed *feed)
{
    if (feed->tick)
        event_free(feed->tick);
    feed->tick = NULL;
}

void feed_free(struct feed **feed)
{
    if (!*feed)
        return;
    feed_stop(*feed);
    for (struct listened *region = (*feed)->regions, *next; region; region = next) {
        next = region->next;
        for (struct audience *audience = region->audiences, *after; audience; audience = after) {
            after = audience->next;
            free(audience);
        }
        ring_free(&region->ring);
        free(region);
    }
    xfree(*feed);
}

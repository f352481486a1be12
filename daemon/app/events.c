/*
 * What happens, as pages or as it happens.
 */
#include "feed.h"
#include "handlers.h"

static void on_refused(struct call *call)
{
    call_refuse(call, ERR_INVALID_PARAMETER, call_parameter(call, "cursor").ptr ? "?cursor" : "Last-Event-ID",
                "unknown-word", "not the id of an event, nor a cursor of this list");
}

static void on_page(struct call *call, const PGresult *result)
{
    struct slice document = PQntuples(result) ? store_text(result, 0, "document") : SLICE_NONE;
    if (document.ptr)
        call_document(call, document, NULL);
    else
        on_refused(call);
}

static void on_first(struct call *call, const PGresult *rows)
{
    if (PQntuples(rows))
        feed_open(call->worker->feed, call, rows);
    else
        on_refused(call);
}

/* Whether a stream is what the caller would have: named in Accept, in the first place. */
static bool wants_stream(const struct http_head *head)
{
    struct slice accept = http_field(head, "Accept"), first = slice_trim(slice_cut(&accept, ','));
    return slice_is(slice_trim(slice_cut(&first, ';')), "text/event-stream");
}

/* A browser sends the id of the last event it had by itself; a cursor, where the caller has one, says the
 * same. */
static void open_stream(struct call *call, const struct http_head *head)
{
    const char **params = call_own_params(call, 4);
    struct slice last = http_field(head, "Last-Event-ID");
    params[2] = call_number(call, 0); /* where it begins; the events are read in turns (feed.h) */
    params[3] = call_text(call, last.ptr ? slice_trim(last) : call_parameter(call, "cursor"));
    call_query(call, STORE_EVENTS_AFTER, params, on_first);
}

void events_get(struct call *call)
{
    const struct http_head *head = http_request_head(call->request);
    const char **params = call_own_params(call, 4);
    if (wants_stream(head))
        open_stream(call, head);
    else if (call_page(call, &params[2], &params[3]))
        call_query(call, STORE_LIST_EVENTS, params, on_page);
}

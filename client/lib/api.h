/*
 * Calls to the service: HTTPS by libcurl with the profile's client certificate, believing only the
 * profile's CA. One struct api is used by one thread; it keeps its connection between calls.
 *
 * A call is tried again, with the same Idempotency-Key, after a 503 or a lost answer; the whole call,
 * waiting included, ends within API_BUDGET_MS (API_PATIENT_MS). What is known afterwards is in
 * answer.outcome:
 *
 *   CALL_ANSWERED     the service answered; status, body and so on are filled
 *   CALL_NOT_SENT     no connection was made: the service cannot have done anything
 *   CALL_UNCERTAIN    the request went out and no (whole) answer came: done or not, unknown
 *   CALL_FOREIGN      something answered that is not the service (a proxy, a page of another server)
 *   CALL_NO_ENTRY     the TLS layer refused our certificate, or ours cannot be used
 *   CALL_INTERRUPTED  *interrupted became true while waiting
 */
#ifndef WIJZER_API_H
#define WIJZER_API_H

#include <signal.h>

#include "profile.h"

enum {
    API_CONNECT_MS = 3000,
    API_TOTAL_MS = 15000,
    API_ONCE_MS = 6000,
    API_BUDGET_MS = 20000,
    API_PATIENT_MS = 300000, /* of a patient call, once and with all tries */
    API_TRIES = 4,
    API_SILENCE_S = 45 /* of an event stream, on which something comes every 15 seconds */
};
enum { API_BODY_MAX = 64 * 1024 * 1024 };

enum call_outcome {
    CALL_ANSWERED,
    CALL_NOT_SENT,
    CALL_UNCERTAIN,
    CALL_FOREIGN,
    CALL_NO_ENTRY,
    CALL_INTERRUPTED
};

struct call {
    const char *method;      /* "GET" or "POST" */
    const char *path;        /* below /v1: "/referrals/7KX3-9MTF", with its query */
    struct slice body;       /* of a POST: JSON */
    const char *key;         /* of a POST: its Idempotency-Key */
    const char *type;        /* of another body than JSON: its media type, or NULL */
    const char *disposition; /* and its name: Content-Disposition, or NULL */
    const char *if_match;    /* or NULL */
    const char *accept;      /* the media type wanted; NULL: JSON */
    const char *last_id;     /* Last-Event-ID, or NULL */
    bool once;               /* do not try again, and wait less long (API_ONCE_MS) */
    bool patient;            /* the service has much to do: wait long (API_PATIENT_MS) */
};

struct answer {
    enum call_outcome outcome;
    int status;          /* when answered */
    struct slice body;   /* the arena's, NUL behind it */
    const char *etag;    /* or NULL */
    const char *next;    /* path of the next page as the Link header has it, or NULL */
    const char *problem; /* word of the problem ("not-yours"), NULL when it is no problem document */
    int retry_after;     /* seconds, -1 not given */
    char reason[256];    /* when not answered: what happened, for people */
};

struct api;

/* Returns an owned api, or NULL (ERR_TLS). Borrows the profile; `interrupted` may be NULL. */
struct api *api_open(const struct profile *profile, const volatile sig_atomic_t *interrupted,
                     struct err *err);
void api_close(struct api **api);

/* Always fills *out; what it points to is the arena's. */
void api_call(struct api *api, const struct call *call, struct arena *arena, struct answer *out);

/* GET of an event stream (sse.h) from the last id of `sse` on (none: from now on); each event's data goes to
 * `on_event`. Returns when the stream ends, with *out as for a call: CALL_ANSWERED with status 200 where
 * there was a stream, however it ended; one of which nothing is heard for API_SILENCE_S has. Not tried again.
 */
struct sse;
void api_stream(struct api *api, const char *path, struct sse *sse,
                void (*on_event)(void *arg, struct slice data), void *arg, struct arena *arena,
                struct answer *out);

/* Percent-encoded for a query value (RFC 3986, unreserved characters stay). */
const char *api_escape(struct arena *arena, const char *text);

/* The word behind "urn:wijzer:problem:" of a problem document; NULL when it is none. */
const char *problem_word(struct slice content_type, struct slice body, struct arena *arena);

/* How long to wait before try number `try` (2, 3, ...) in milliseconds: what the service asked for, else
 * 200, 400, 800; -1: do not try again. `left` is what remains of the budget. */
int64_t retry_wait(const struct answer *answer, int try, int64_t left);

#endif

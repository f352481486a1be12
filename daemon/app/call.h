/*
 * A call: one request on its way through the application. It lives in the request's arena. The dispatcher
 * (routes.c) has checked who calls, their role, the ids in the path, the query's names and the headers that
 * the route demands before a handler sees it. A handler answers exactly once, now or from call_query()'s
 * callback; while it waits the request is held, and an answer for a client who has gone is dropped.
 */
#ifndef WIJZER_CALL_H
#define WIJZER_CALL_H

#include "problem.h"
#include "request.h"
#include "store.h"
#include "worker.h"

enum role { ROLE_REFERRER = 1, ROLE_WORKER = 2, ROLE_COORDINATOR = 4, ROLE_STEWARD = 8 };

/* Who calls, as the database last said. */
struct account {
    int32_t region_id, id, organisation_id;
    enum role role;
};

enum { CALL_PARAMETERS = 8 };

struct call {
    struct http_request *request;
    struct worker *worker;
    const struct route *route;
    struct arena *arena; /* the request's */
    struct account account;
    unsigned listener;     /* enum listeners: where it came in */
    const char *came_from; /* network address of who asks, for the access log */
    const char *allowed;   /* methods of the path, where the route is NULL but the path is known */
    struct slice path_id;  /* {id} or {number} of the path as sent, and read */
    int64_t id;
    struct slice key, hash;   /* Idempotency-Key; call_fingerprint() */
    int64_t expected_version; /* If-Match; -1 for "*" */
    struct http_field query[CALL_PARAMETERS];
    size_t query_count;
    bool has_place;           /* among the large bodies that may be read at a time */
    struct file_place *place; /* among the files that come or go; NULL: none */
    /* a running database job */
    struct pg_job job;
    void (*on_result)(struct call *call, const PGresult *result);
    bool was_repeated;
    void (*on_known)(struct call *call); /* once the account is known */
    void *data;                          /* the handler's */
};

/* "referrer", "worker", "coordinator" or "steward"; 0 if it is none of them. */
enum role role_parse(struct slice word);
struct slice role_word(enum role role);

/* A query parameter, or absent. */
struct slice call_parameter(const struct call *call, const char *name);

/* Runs a statement; on PG_COMMITTED `on_result` is called, anything else is answered as the problem it is. A
 * write of which the outcome is uncertain is sent again once: every write carries its key. `params` live in
 * the arena. */
void call_query(struct call *call, enum store_statement statement, const char *const *params,
                void (*on_result)(struct call *call, const PGresult *result));

/* The answers. `fields` as in struct http_reply. */
void call_json(struct call *call, int status, struct slice body, const char *fields);
/* 200 with a document that the database composed, borrowed: its sealed values are opened first, for which the
 * call may wait. Where a key cannot be had the caller is told to come again, of a write with its
 * Idempotency-Key. */
void call_document(struct call *call, struct slice document, const char *fields);
/* `detail` NULL: the table's words. `issues` may be NULL. */
void call_problem(struct call *call, enum err_code code, const char *detail, const struct issues *issues);
/* A 403 or 429, logged with the serial of the certificate; `reason` NULL: the word of the code. */
void call_forbid(struct call *call, enum err_code code, const char *reason, const char *detail);
/* One issue as a whole problem: an invalid parameter or header. */
void call_refuse(struct call *call, enum err_code code, const char *pointer, const char *issue,
                 const char *detail);
void call_error(struct call *call, const struct err *err);
/* A body that a decoder refused. */
void call_invalid(struct call *call, const struct issues *issues, const struct err *err);
/* The column `document` of the first row as call_document(); 404 where it is null or there is no row. */
void call_found(struct call *call, const PGresult *result);
/* The same of a list, where that means a cursor that cannot be used. */
void call_listed(struct call *call, const PGresult *result);

/* The region's snapshot for the present turn of the loop; answers 503 and returns NULL if it is not loaded.
 */
const struct region *call_region(struct call *call);

/* The region's keyring for the present turn of the loop; answers 503 and returns NULL if there is none. */
const struct keyring *call_keyring(struct call *call);

const char *call_method_word(enum http_method method);

/* The parameters of a function: region and account, then what the handler adds. */
const char **call_own_params(struct call *call, size_t count);
/* Of one that reads or writes about clients: last where the caller is, for the access log. */
const char **call_params(struct call *call, size_t count);
/* Of one that writes: key and hash too, before what the handler adds. */
const char **call_write_params(struct call *call, size_t count);
/* Whether the body is empty or {}, where nothing needs to be said; answered if it is not. */
bool call_says_nothing(struct call *call);
/* A query parameter that is true or false, absent is false, as "true" or "false". False: refused. */
bool call_flag(struct call *call, const char *name, const char **out);
/* The first and last day of a period in the query, both belonging to it; absent: INT64_MIN and INT64_MAX.
 * False: refused. */
bool call_period(struct call *call, const char *first_name, const char *last_name, int64_t *first,
                 int64_t *last);
/* The page size and cursor of the query into two parameters; false: refused. */
bool call_page(struct call *call, const char **size, const char **cursor);

const char *call_number(struct call *call, int64_t number);
/* NULL where it is absent. */
const char *call_text(struct call *call, struct slice text);

/* A hash over method, path and body, hex: what an Idempotency-Key is bound to. Keyed by the region's index
 * key, because a plain one would let who has the database guess bodies. Of the request it only reads; memory
 * is the arena's. */
struct slice call_fingerprint(const struct call *call, const struct keyring *keyring, struct arena *arena);

/* For a struct http_app: the fields of every answer, and the body of an answer to what is no call yet. HSTS
 * (RFC 6797): two years, so that a browser never tries plain HTTP. */
#define CALL_SERVER_FIELDS                                                                                   \
    "API-Version: " API_VERSION "\r\nCache-Control: no-store\r\n"                                            \
    "Strict-Transport-Security: max-age=63072000; includeSubDomains\r\n"
struct slice call_problem_body(struct arena *arena, enum err_code code, uint64_t limit, int *status);

#endif

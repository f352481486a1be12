/*
 * The route table: listener, method, path, roles, demands, body limit and handler of every operation of the
 * API. A request that no row admits is refused before its body is read, so no handler can forget to ask; on
 * the web listener, where callers have no certificate, a row that does not say so does not exist.
 */
#ifndef WIJZER_ROUTES_H
#define WIJZER_ROUTES_H

#include "call.h"

enum listeners {
    API = 1, /* api-listen: callers have a certificate */
    WEB = 2, /* web-listen: they have none */
    BOTH = API | WEB
};

enum route_demand {
    DEMANDS_KEY = 1,    /* Idempotency-Key */
    DEMANDS_MATCH = 2,  /* If-Match */
    DEMANDS_NOBODY = 4, /* answers without an account, whatever the state of the daemon: health */
    DEMANDS_JSON = 8,   /* a JSON body; without it a body may be absent */
    DEMANDS_TIME = 16,  /* more of it than other operations: rule work on the desk */
    DEMANDS_CODE = 32,  /* answers without an account, by the code of an invitation in the body */
    DEMANDS_FILE = 64,  /* a file as its body, with its type and its name in the head */
    DEMANDS_ROOM = 128  /* a place among the files that come or go now */
};

/* Files that come or go at a time: each takes some 70 MiB of memory at 8 MiB. Of the process, of one
 * organisation (the accounts of one never hold all places) and of one account. */
enum { ROUTE_FILES = 8, ROUTE_FILES_OF_ORGANISATION = 4, ROUTE_FILES_OF_ACCOUNT = 2 };

/* A call's place among them; given back when its answer was written, or by who keeps it longer (takes it). */
struct file_place;
void file_place_give(void *place);

struct route {
    const char *name;         /* for metrics and the log */
    enum listeners listeners; /* where it is; nowhere else is it known */
    enum http_method method;
    const char *path; /* "{id}" stands for a code, "{number}" for a positive number */
    unsigned roles, demands;
    uint32_t body_limit;
    const char *query[CALL_PARAMETERS]; /* names it takes */
    void (*handle)(struct call *call);
};

extern const struct route routes[];
extern const unsigned route_count;

/* What workers give to their HTTP servers: those of api-listen and of web-listen. */
extern const struct http_app route_app, route_web_app;

#endif

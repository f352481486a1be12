#include "session.h"

#include <stdio.h>
#include <stdlib.h>

struct session {
    struct account account;
    int64_t checked_at; /* monotonic; 0: never */
    struct conn_caps *caps;
    char place[32]; /* its key in the account caps; "" while it holds none */
};

static void leave(struct session *session)
{
    if (session->place[0])
        conn_caps_give(session->caps, session->place);
    session->place[0] = '\0';
}

static void free_session(void *data)
{
    leave(data);
    free(data);
}

static struct session *session_of(struct call *call)
{
    struct conn *conn = http_request_conn(call->request);
    if (!conn)
        return NULL;
    struct session *session = http_conn_app_data(conn);
    if (!session) {
        session = xcalloc(1, sizeof *session);
        session->caps = call->worker->app->account_caps;
        http_conn_set_app_data(conn, session, free_session);
    }
    return session;
}

/* Takes a place under the account's cap; the one of another account is given back first. */
static bool enter(struct session *session, const struct account *account)
{
    char place[sizeof session->place];
    snprintf(place, sizeof place, "%d/%d", account->region_id, account->id);
    if (strcmp(place, session->place) == 0)
        return true;
    leave(session);
    if (!conn_caps_take(session->caps, place))
        return false;
    memcpy(session->place, place, sizeof place);
    return true;
}

static void on_account(struct call *call, const PGresult *result)
{
    struct session *session = session_of(call);
    if (!session)
        return; /* the client has gone */
    session->checked_at = 0;
    if (PQntuples(result) != 1) {
        leave(session);
        call_forbid(call, ERR_UNKNOWN_ACCOUNT, NULL, NULL);
        return;
    }
    struct account account = {
        .region_id = (int32_t)store_number(result, 0, "region_id", 0),
        .id = (int32_t)store_number(result, 0, "account_id", 0),
        .organisation_id = (int32_t)store_number(result, 0, "organisation_id", 0),
        .role = role_parse(store_text(result, 0, "role")),
    };
    if (!enter(session, &account)) {
        call_forbid(call, ERR_TOO_MANY, "too-many-connections", NULL);
        return;
    }
    session->account = call->account = account;
    session->checked_at = clock_monotonic(&call->worker->app->clock);
    call->on_known(call);
}

void session_identify(struct call *call, void (*on_known)(struct call *call))
{
    struct session *session = session_of(call);
    const struct tls_peer *peer = session ? conn_peer(http_request_conn(call->request)) : NULL;
    if (!peer || !peer->san[0]) {
        call_forbid(call, ERR_UNKNOWN_ACCOUNT, peer ? "no-single-san" : "no-certificate", NULL);
        return;
    }
    int64_t age = clock_monotonic(&call->worker->app->clock) - session->checked_at;
    if (session->checked_at && age < call->worker->config->account_ttl) {
        call->account = session->account;
        on_known(call);
        return;
    }
    const char **params = arena_array(call->arena, 3, sizeof *params);
    params[0] = arena_text(call->arena, slice_of(peer->issuer));
    params[1] = arena_text(call->arena, slice_of(peer->san));
    params[2] = arena_text(call->arena, slice_of(peer->serial));
    call->on_known = on_known;
    call_query(call, STORE_FIND_ACCOUNT, params, on_account);
}

void session_forget(struct conn *conn)
{
    struct session *session = http_conn_app_data(conn);
    if (session)
        session->checked_at = 0;
}

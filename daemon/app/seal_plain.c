#include "seal_plain.h"

#include <inttypes.h>
#include <libpq-fe.h>
#include <stdio.h>
#include <unistd.h>

#include "client_key.h"
#include "keys.h"
#include "person.h"
#include "store.h"

enum { PAGE = 200, NUMBER = 24, FIRST_BLOCK = 65536 };

struct sealing {
    PGconn *data, *keys;
    const struct keyring *keyring; /* of the region at hand; borrowed */
    const char *region;            /* its id */
    int32_t region_id;
    int64_t count;
    struct arena *arena; /* of the page at hand */
    struct err *err;
};

/* The columns of logic.plain_rows(). */
enum column { KIND, CLIENT, RECORD, REFERRAL, BIRTH_YEAR, A, B, C, COLUMNS };

/* What a, b and c are of each kind. */
static const struct kind {
    const char *name;
    const char *fields[3];
} kinds[] = {{"client", {"name", "phone", "email"}},
             {"note", {"text", "reason", NULL}},
             {"feedback", {"former", NULL, NULL}}};

static PGconn *connect_to(const char *conninfo, const char *setting, struct err *err)
{
    const char *keywords[] = {"dbname", "connect_timeout", "application_name", NULL};
    const char *values[] = {conninfo, "5", "wijzerd-migrate", NULL};
    PGconn *connection = PQconnectdbParams(keywords, values, 1);
    if (PQstatus(connection) == CONNECTION_OK)
        return connection;
    const char *words = PQerrorMessage(connection);
    err_set(err, ERR_DATABASE_AWAY, "%s: %.*s", setting, (int)strcspn(words, "\n"), words);
    PQfinish(connection);
    return NULL;
}

/* NULL with *err: the state alone, since PostgreSQL's words may hold what stands in a row. */
static PGresult *ask(struct sealing *sealing, PGconn *connection, const char *sql, int count,
                     const char *const *values)
{
    PGresult *result = PQexecParams(connection, sql, count, NULL, values, NULL, NULL, 0);
    ExecStatusType status = PQresultStatus(result);
    if (status == PGRES_TUPLES_OK || status == PGRES_COMMAND_OK)
        return result;
    const char *state = PQresultErrorField(result, PG_DIAG_SQLSTATE);
    err_set(sealing->err, ERR_DATABASE_AWAY, "sealing what is plain: SQLSTATE %s",
            state ? state : "none: the connection was lost");
    PQclear(result);
    return NULL;
}

static bool run(struct sealing *sealing, PGconn *connection, const char *sql, int count,
                const char *const *values)
{
    PGresult *result = ask(sealing, connection, sql, count, values);
    PQclear(result);
    return result != NULL;
}

static struct client_key *make_key(struct sealing *sealing, const char *client, int64_t client_id)
{
    char wrapped[WRAPPED_TEXT_MAX], wrap[NUMBER];
    const char *clients = arena_printf(sealing->arena, "{%s}", client);
    struct client_key *key =
        client_key_new(sealing->keyring, sealing->region_id, client_id, wrapped, sealing->err);
    snprintf(wrap, sizeof wrap, "%d", keyring_newest(sealing->keyring));
    const char *const values[] = {sealing->region, clients, arena_printf(sealing->arena, "{%s}", wrapped),
                                  wrap};
    if (key && !run(sealing, sealing->keys, "SELECT keys.add($1, $2, $3, $4)", 4, values))
        client_key_free(&key);
    return key;
}

/* The client's key: an interrupted run may have made it. NULL with *err. */
static struct client_key *key_of(struct sealing *sealing, const char *client, int64_t client_id)
{
    const char *const values[] = {sealing->region, arena_printf(sealing->arena, "{%s}", client)};
    PGresult *found =
        ask(sealing, sealing->keys, "SELECT wrapped, wrap_key FROM keys.get($1, $2)", 2, values);
    struct client_key *key = NULL;
    int64_t wrap_key = 0;
    if (!found)
        return NULL;
    if (PQntuples(found) == 0)
        key = make_key(sealing, client, client_id);
    else if (slice_to_i64(slice_of(PQgetvalue(found, 0, 1)), 1, INT32_MAX, &wrap_key))
        key = client_key_unwrap(sealing->keyring, sealing->region_id, client_id, (int)wrap_key,
                                slice_of(PQgetvalue(found, 0, 0)), sealing->err);
    PQclear(found);
    return key;
}

static const struct kind *kind_of(const PGresult *page, int row)
{
    for (size_t i = 0; i < sizeof kinds / sizeof kinds[0]; i++)
        if (slice_is(store_cell(page, row, KIND), kinds[i].name))
            return &kinds[i];
    return NULL;
}

static const char *text_or_null(struct arena *arena, struct slice text)
{
    return text.ptr ? arena_text(arena, text) : NULL;
}

/* The keyed hashes of a client, for exact search. */
static void hash_client(struct sealing *sealing, const PGresult *page, int row, const char *out[3])
{
    const struct keyring *keyring = sealing->keyring;
    struct arena *arena = sealing->arena;
    int year = (int)store_cell_number(page, row, BIRTH_YEAR);
    out[0] = text_or_null(arena, person_hash_name(keyring, store_cell(page, row, A), year, arena));
    out[1] = text_or_null(arena, person_hash_phone(keyring, store_cell(page, row, B), arena));
    out[2] = text_or_null(arena, person_hash_email(keyring, store_cell(page, row, C), arena));
}

static bool seal_row(struct sealing *sealing, const struct client_key *key, const PGresult *page, int row)
{
    const struct kind *kind = kind_of(page, row);
    const char *values[10] = {sealing->region, PQgetvalue(page, row, KIND), PQgetvalue(page, row, RECORD),
                              text_or_null(sealing->arena, store_cell(page, row, REFERRAL))};
    if (!kind)
        return err_set(sealing->err, ERR_INTERNAL, "a plain row of an unknown kind");
    for (size_t i = 0; i < 3 && kind->fields[i]; i++) {
        struct slice sealed;
        if (!client_key_seal(key, store_cell_number(page, row, RECORD), kind->fields[i],
                             store_cell(page, row, A + (int)i), sealing->arena, &sealed, sealing->err))
            return false;
        values[4 + i] = text_or_null(sealing->arena, sealed);
    }
    if (kind == &kinds[0])
        hash_client(sealing, page, row, &values[7]);
    return run(sealing, sealing->data, "SELECT logic.put_sealed($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)", 10,
               values);
}

static bool seal_rows(struct sealing *sealing, const PGresult *page)
{
    for (int row = 0; row < PQntuples(page); row++) {
        struct client_key *key =
            key_of(sealing, PQgetvalue(page, row, CLIENT), store_cell_number(page, row, CLIENT));
        bool done = key && seal_row(sealing, key, page, row);
        client_key_free(&key);
        if (!done)
            return false;
    }
    return true;
}

/* One transaction; *more: there may be others. */
static bool seal_page(struct sealing *sealing, bool *more)
{
    char size[NUMBER];
    const char *const values[] = {sealing->region, size};
    snprintf(size, sizeof size, "%d", PAGE);
    if (!run(sealing, sealing->data, "BEGIN", 0, NULL))
        return false;
    PGresult *page = ask(sealing, sealing->data, "SELECT * FROM logic.plain_rows($1, $2)", 2, values);
    bool done = page && seal_rows(sealing, page) && run(sealing, sealing->data, "COMMIT", 0, NULL);
    *more = done && PQntuples(page) == PAGE;
    sealing->count += done ? PQntuples(page) : 0;
    PQclear(page);
    if (!done)
        PQclear(PQexec(sealing->data, "ROLLBACK"));
    return done;
}

static bool seal_region(struct sealing *sealing)
{
    bool more = true;
    while (more) {
        sealing->arena = arena_new(FIRST_BLOCK);
        bool done = seal_page(sealing, &more);
        arena_free(&sealing->arena);
        if (!done)
            return false;
        if (sealing->count && isatty(STDERR_FILENO))
            fprintf(stderr, "\rsealed %" PRId64 " rows", sealing->count);
    }
    return true;
}

static bool seal_regions(struct sealing *sealing, const struct keyrings *keyrings)
{
    PGresult *regions = ask(sealing, sealing->data,
                            "SELECT region_id, code FROM wijzer.regions() ORDER BY region_id", 0, NULL);
    bool done = regions != NULL;
    for (int i = 0; done && i < PQntuples(regions); i++) {
        int64_t id = 0;
        sealing->region = PQgetvalue(regions, i, 0);
        slice_to_i64(slice_of(sealing->region), 1, INT32_MAX, &id);
        sealing->region_id = (int32_t)id;
        sealing->keyring = keyrings_find(keyrings, slice_of(PQgetvalue(regions, i, 1)));
        done = sealing->keyring
                   ? seal_region(sealing)
                   : err_set(sealing->err, ERR_CONFIG,
                             "region-keys: no keys of region '%s'; make them with `wijzerd keys new %s`",
                             PQgetvalue(regions, i, 1), PQgetvalue(regions, i, 1));
    }
    PQclear(regions);
    return done;
}

/* Whether anything is plain: what never held plain text needs no keys to be migrated. */
static bool is_needed(struct sealing *sealing, bool *needed)
{
    PGresult *found =
        ask(sealing, sealing->data,
            "SELECT 1 FROM wijzer.regions() r CROSS JOIN LATERAL logic.plain_rows(r.region_id, 1) p LIMIT 1",
            0, NULL);
    *needed = found && PQntuples(found) > 0;
    PQclear(found);
    return found != NULL;
}

bool seal_plain(const struct config *config, int64_t *sealed, struct err *err)
{
    struct sealing sealing = {.err = err};
    const struct keyrings *keyrings = NULL;
    bool needed = false, done = false;
    sealing.data = connect_to(config->migrate_database, "migrate-database", err);
    if (sealing.data && is_needed(&sealing, &needed)) {
        done = !needed;
        if (needed && (keyrings = keys_read(config, err)) &&
            (sealing.keys = connect_to(config->migrate_key_database, "migrate-key-database", err)))
            done = seal_regions(&sealing, keyrings);
    }
    *sealed = sealing.count;
    keyrings_release(&keyrings);
    PQfinish(sealing.keys);
    PQfinish(sealing.data);
    return done;
}

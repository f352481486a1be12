#include "keys_store.h"

#include <inttypes.h>
#include <stdio.h>

#include "store.h"

enum { PAGE = 500, ROW_TEXT = 128 };

void keys_store_close(struct keys_store *store)
{
    PQfinish(store->data);
    PQfinish(store->keys);
    store->data = store->keys = NULL;
}

static PGconn *connect_to(const char *conninfo, const char *setting, struct err *err)
{
    const char *keywords[] = {"dbname", "connect_timeout", "application_name", NULL};
    const char *values[] = {conninfo, "5", "wijzerd-keys", NULL};
    if (!conninfo) {
        err_set(err, ERR_CONFIG, "%s is not set", setting);
        return NULL;
    }
    PGconn *connection = PQconnectdbParams(keywords, values, 1);
    if (PQstatus(connection) == CONNECTION_OK)
        return connection;
    const char *words = PQerrorMessage(connection);
    err_set(err, ERR_DATABASE_AWAY, "%s: %.*s", setting, (int)strcspn(words, "\n"), words);
    PQfinish(connection);
    return NULL;
}

/* Of a failed statement PostgreSQL's first line: our functions raise ids only. */
static PGresult *ask(PGconn *connection, const char *sql, int count, const char *const *values,
                     struct err *err)
{
    PGresult *result = PQexecParams(connection, sql, count, NULL, values, NULL, NULL, 0);
    if (PQresultStatus(result) == PGRES_TUPLES_OK)
        return result;
    const char *words = PQresultErrorField(result, PG_DIAG_MESSAGE_PRIMARY);
    err_set(err, ERR_DATABASE_AWAY, "the database refuses: %s", words ? words : "connection lost");
    PQclear(result);
    return NULL;
}

static bool tell(PGconn *connection, const char *sql, struct err *err)
{
    PGresult *result = PQexec(connection, sql);
    bool is_done = PQresultStatus(result) == PGRES_COMMAND_OK ||
                   err_set(err, ERR_DATABASE_AWAY, "the database refuses to %s", sql);
    PQclear(result);
    return is_done;
}

static PGresult *ask_keys(struct keys_store *store, const char *sql, int count, const char *const *values,
                          struct err *err)
{
    if (!store->keys && !(store->keys = connect_to(store->config->key_database, "key-database", err)))
        return NULL;
    return ask(store->keys, sql, count, values, err);
}

bool keys_store_regions(struct keys_store *store, struct arena *arena, struct keys_region **out,
                        size_t *count, struct err *err)
{
    if (!store->data && !(store->data = connect_to(store->config->database, "database", err)))
        return false;
    PGresult *result =
        ask(store->data, "SELECT region_id, code FROM wijzer.regions() ORDER BY region_id", 0, NULL, err);
    if (!result)
        return false;
    *count = (size_t)PQntuples(result);
    *out = arena_array(arena, *count + 1, sizeof **out);
    for (int i = 0; i < PQntuples(result); i++)
        (*out)[i] = (struct keys_region){(int32_t)store_cell_number(result, i, 0),
                                         arena_text(arena, slice_of(PQgetvalue(result, i, 1)))};
    PQclear(result);
    return true;
}

bool keys_store_region(struct keys_store *store, struct slice code, int32_t *id, struct err *err)
{
    struct arena *arena = arena_new(0);
    struct keys_region *regions;
    size_t count, i = 0;
    bool is_found = keys_store_regions(store, arena, &regions, &count, err);
    if (is_found) {
        while (i < count && !slice_is(code, regions[i].code))
            i++;
        is_found =
            i < count || err_set(err, ERR_NOT_FOUND, "the database has no region '%.*s'", SLICE_FMT(code));
        *id = i < count ? regions[i].id : 0;
    }
    arena_free(&arena);
    return is_found;
}

bool keys_store_begin_change(struct keys_store *store, int32_t region_id, const char *action,
                             int32_t wrap_key, bool *is_agreed, struct err *err)
{
    char region[16], number[16];
    const char *const values[] = {region, action, wrap_key ? number : NULL};
    snprintf(region, sizeof region, "%d", region_id);
    snprintf(number, sizeof number, "%d", wrap_key);
    if (!store->data && !(store->data = connect_to(store->config->database, "database", err)))
        return false;
    if (!tell(store->data, "BEGIN", err))
        return false;
    PGresult *result =
        ask(store->data, "SELECT wijzer.take_key_change($1::int, $2::text, $3::int)", 3, values, err);
    if (!result)
        return false;
    *is_agreed = PQgetvalue(result, 0, 0)[0] == 't';
    PQclear(result);
    return true;
}

bool keys_store_end_change(struct keys_store *store, struct err *err)
{
    return tell(store->data, "COMMIT", err);
}

bool keys_store_census(struct keys_store *store, struct arena *arena, struct keys_count **out, size_t *count,
                       struct err *err)
{
    PGresult *result =
        ask_keys(store, "SELECT region_id, wrap_key, clients FROM keys.census()", 0, NULL, err);
    if (!result)
        return false;
    *count = (size_t)PQntuples(result);
    *out = arena_array(arena, *count + 1, sizeof **out);
    for (int i = 0; i < PQntuples(result); i++)
        (*out)[i] =
            (struct keys_count){(int32_t)store_cell_number(result, i, 0),
                                (int32_t)store_cell_number(result, i, 1), store_cell_number(result, i, 2)};
    PQclear(result);
    return true;
}

bool keys_store_page(struct keys_store *store, int32_t region_id, int32_t not_by, int64_t after,
                     struct arena *arena, struct keys_wrapped **out, size_t *count, struct err *err)
{
    char region[16], by[16], last[24], size[16];
    const char *const values[] = {region, by, last, size};
    snprintf(region, sizeof region, "%d", region_id);
    snprintf(by, sizeof by, "%d", not_by);
    snprintf(last, sizeof last, "%" PRId64, after);
    snprintf(size, sizeof size, "%d", PAGE);
    PGresult *result = ask_keys(
        store,
        "SELECT client_id, wrapped, wrap_key FROM keys.rewrap_page($1::int, $2::int, $3::bigint, $4::int)", 4,
        values, err);
    if (!result)
        return false;
    *count = (size_t)PQntuples(result);
    *out = arena_array(arena, *count + 1, sizeof **out);
    for (int i = 0; i < PQntuples(result); i++)
        (*out)[i] = (struct keys_wrapped){store_cell_number(result, i, 0),
                                          arena_slice(arena, slice_of(PQgetvalue(result, i, 1))),
                                          (int32_t)store_cell_number(result, i, 2)};
    PQclear(result);
    return true;
}

/* Base64 and numbers need no quotes in an array. */
static void write_arrays(const struct keys_wrapped *keys, size_t count, struct arena *arena, char **ids,
                         char **texts)
{
    size_t room = count * ROW_TEXT + 3, used_ids = 0, used_texts = 0;
    *ids = arena_alloc(arena, room);
    *texts = arena_alloc(arena, room);
    for (size_t i = 0; i < count; i++) {
        char mark = i ? ',' : '{';
        used_ids += (size_t)snprintf(*ids + used_ids, room - used_ids, "%c%" PRId64, mark, keys[i].client_id);
        used_texts += (size_t)snprintf(*texts + used_texts, room - used_texts, "%c%.*s", mark,
                                       SLICE_FMT(keys[i].wrapped));
    }
    snprintf(*ids + used_ids, room - used_ids, "}");
    snprintf(*texts + used_texts, room - used_texts, "}");
}

bool keys_store_rewrap(struct keys_store *store, int32_t region_id, const struct keys_wrapped *keys,
                       size_t count, int32_t wrap_key, struct err *err)
{
    struct arena *arena = arena_new(0);
    char region[16], by[16], *ids, *texts;
    if (count == 0) {
        arena_free(&arena);
        return true;
    }
    snprintf(region, sizeof region, "%d", region_id);
    snprintf(by, sizeof by, "%d", wrap_key);
    write_arrays(keys, count, arena, &ids, &texts);
    const char *const values[] = {region, ids, texts, by};
    PGresult *result =
        ask_keys(store, "SELECT keys.rewrap($1::int, $2::bigint[], $3::text[], $4::int)", 4, values, err);
    bool is_stored = result != NULL;
    PQclear(result);
    arena_free(&arena);
    return is_stored;
}

bool keys_store_retire(struct keys_store *store, int32_t region_id, int32_t wrap_key, int64_t *left,
                       struct err *err)
{
    char region[16], by[16];
    const char *const values[] = {region, by};
    snprintf(region, sizeof region, "%d", region_id);
    snprintf(by, sizeof by, "%d", wrap_key);
    PGresult *result = ask_keys(store, "SELECT keys.retire($1::int, $2::int)", 2, values, err);
    if (!result)
        return false;
    *left = store_cell_number(result, 0, 0);
    PQclear(result);
    return true;
}

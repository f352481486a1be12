/* The key database and the ids of the data database, played: what the daemon's vault asks for is answered
 * from rows in memory. Programs that include this put their own pg_pool_submit in the place of the library's.
 */
#ifndef WIJZER_TEST_PLAYED_KEYS_H
#define WIJZER_TEST_PLAYED_KEYS_H

#include <stdio.h>
#include <stdlib.h>

#include "app/rows.h"
#include "client_key.h"
#include "store.h"
#include "store_keys.h"

enum { PLAYED_ROWS = 16384 };
#define PLAYED_WRAP "00112233445566778899aabbccddeeff00112233445566778899aabbccddeeff"
#define PLAYED_INDEX "0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b000000000000000000000000"
#define PLAYED_KEYRING "wrap 1 2026-11-28 " PLAYED_WRAP "\nindex " PLAYED_INDEX "\n"

struct played_row {
    int64_t client_id;
    char wrapped[WRAPPED_TEXT_MAX];
    int wrap_key;
    bool is_destroyed;
};

struct played {
    int64_t last_id;
    struct played_row *rows;
    size_t count;
    unsigned reserves, adds, gets, asked; /* so far; asked: of gets, clients */
};

static inline const struct keyring *played_keyring(void)
{
    struct err err;
    const struct keyring *keyring = keyring_parse("deurne.keys", slice_of(PLAYED_KEYRING), NULL, &err);
    if (!keyring)
        fail_msg("%s", err.text);
    return keyring;
}

static inline void played_start(struct played *played)
{
    static bool is_started; /* OpenSSL's random numbers keep some of the secure heap, so it is made once */
    struct err err;
    bool is_locked;
    if (!is_started)
        assert_true(keys_start(&is_locked, &err));
    is_started = true;
    *played = (struct played){.last_id = 1000};
    played->rows = calloc(PLAYED_ROWS, sizeof *played->rows);
}

static inline void played_end(struct played *played)
{
    free(played->rows);
}

static inline bool is_played(const struct pg_job *job)
{
    return job->statement == &store_statements[STORE_RESERVE_IDS] ||
           job->statement == &keys_statements[KEYS_ADD] || job->statement == &keys_statements[KEYS_GET];
}

static inline struct played_row *played_row_of(struct played *played, int64_t client_id)
{
    for (size_t i = played->count; i > 0; i--)
        if (played->rows[i - 1].client_id == client_id)
            return &played->rows[i - 1];
    return NULL;
}

static inline void played_put(struct played *played, int64_t client_id, struct slice wrapped, int wrap_key)
{
    assert_in_range(played->count, 0, PLAYED_ROWS - 1);
    assert_null(played_row_of(played, client_id));
    struct played_row *row = &played->rows[played->count++];
    row->client_id = client_id;
    row->wrap_key = wrap_key;
    snprintf(row->wrapped, sizeof row->wrapped, "%.*s", SLICE_FMT(wrapped));
}

/* A client from before; returned is the key, the caller's. */
static inline struct client_key *played_client(struct played *played, const struct keyring *keyring,
                                               int64_t client_id)
{
    char wrapped[WRAPPED_TEXT_MAX];
    struct err err;
    struct client_key *key = client_key_new(keyring, 1, client_id, wrapped, &err);
    assert_non_null(key);
    played_put(played, client_id, slice_of(wrapped), 1);
    return key;
}

static inline PGresult *played_reserve(struct played *played, const struct pg_job *job)
{
    static const char *const names[] = {"ids"};
    PGresult *result = make_rows(1, names);
    struct arena *arena = arena_new(0);
    struct store_array ids;
    store_array_begin(&ids, arena);
    for (long n = strtol(job->params[0], NULL, 10); n > 0; n--)
        store_array_add_number(&ids, ++played->last_id, 0);
    set_cell(result, 0, "ids", store_array_end(&ids));
    arena_free(&arena);
    played->reserves++;
    return result;
}

static inline PGresult *played_add(struct played *played, const struct pg_job *job)
{
    static const char *const names[] = {"add"};
    struct slice clients = slice_of(job->params[1] + 1), wrapped = slice_of(job->params[2] + 1);
    int wrap_key = (int)strtol(job->params[3], NULL, 10);
    played->adds++;
    while (clients.ptr) {
        struct slice id = slice_cut(&clients, ','), text = slice_cut(&wrapped, ',');
        text = slice_make(text.ptr + 1, strcspn(text.ptr + 1, "\""));
        played_put(played, strtoll(id.ptr, NULL, 10), text, wrap_key);
    }
    return make_rows(1, names);
}

static inline PGresult *played_get(struct played *played, const struct pg_job *job)
{
    static const char *const names[] = {"client_id", "wrapped", "wrap_key"};
    PGresult *result = make_rows(3, names);
    int count = 0;
    played->gets++;
    for (struct slice rest = slice_of(job->params[1] + 1); rest.ptr;) {
        char id[32], wrap_key[16];
        snprintf(id, sizeof id, "%lld", strtoll(slice_cut(&rest, ',').ptr, NULL, 10));
        const struct played_row *row = played_row_of(played, strtoll(id, NULL, 10));
        played->asked++;
        if (!row || row->is_destroyed)
            continue;
        snprintf(wrap_key, sizeof wrap_key, "%d", row->wrap_key);
        set_cell(result, count, "client_id", id);
        set_cell(result, count, "wrapped", row->wrapped);
        set_cell(result, count++, "wrap_key", wrap_key);
    }
    return result;
}

static inline void played_reply(struct played *played, struct pg_job *job)
{
    PGresult *result = job->statement == &keys_statements[KEYS_ADD]   ? played_add(played, job)
                       : job->statement == &keys_statements[KEYS_GET] ? played_get(played, job)
                                                                      : played_reserve(played, job);
    job->on_done(job->arg, &(struct pg_reply){PG_COMMITTED, result, NULL});
    PQclear(result);
}

#endif

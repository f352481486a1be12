#include "keys_command.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "client_key.h"
#include "clock.h"
#include "keyring_file.h"
#include "keys.h"
#include "keys_store.h"

enum { EXIT_USAGE = 2 };

static const char usage[] =
    "usage: wijzerd [-c FILE] keys WORD...\n"
    "  new REGION             make the region's keyring\n"
    "  rotate REGION          add a wrapping key; then reload every daemon, and rewrap\n"
    "  rewrap REGION          wrap all client keys by the newest wrapping key\n"
    "  retire REGION NUMBER   take out a wrapping key that wraps nothing any more\n"
    "  check                  can every client's key be unwrapped?\n";

struct job {
    const struct config *config;
    struct keys_store store;
    struct arena *arena;
    struct keyring_token token;
    const struct keyring_token *by_token; /* NULL: none */
    struct slice code;                    /* of the region */
    const char *file;
    int number;
};

static int complain(const struct err *err)
{
    fprintf(stderr, "wijzerd: %s\n", err->text);
    return EXIT_FAILURE;
}

static struct keyring_edit edit_of(const struct job *job)
{
    struct clock clock = clock_system(job->config->clock_offset);
    return (struct keyring_edit){.file = job->file,
                                 .today = floor_div(clock_wall(&clock), 86400 * MOMENT_SECOND),
                                 .token = job->by_token};
}

/* Client keys of the region that are there, -1 where the databases cannot tell. */
static int64_t keys_there(struct job *job)
{
    struct keys_count *counts;
    size_t count;
    int32_t region_id;
    int64_t total = 0;
    struct err ignored;
    if (!keys_store_region(&job->store, job->code, &region_id, &ignored) ||
        !keys_store_census(&job->store, job->arena, &counts, &count, &ignored))
        return -1;
    for (size_t i = 0; i < count; i++)
        if (counts[i].region_id == region_id)
            total += counts[i].clients;
    return total;
}

/* A new keyring beside old client keys would make them unreadable without a word. */
static int run_new(struct job *job)
{
    struct err err;
    struct keyring_edit edit = edit_of(job);
    int64_t there = keys_there(job);
    if (there > 0) {
        err_set(&err, ERR_CONFIG,
                "region %.*s has %" PRId64 " client keys that a new keyring cannot unwrap; bring back "
                "its old one",
                SLICE_FMT(job->code), there);
        return complain(&err);
    }
    if (mkdir(job->config->region_keys, S_IRWXU) != 0 && errno != EEXIST) {
        err_set_os(&err, ERR_CONFIG, errno, "%s", job->config->region_keys);
        return complain(&err);
    }
    if (!keyring_file_new(&edit, &err))
        return complain(&err);
    printf("%s: made%s\nKeep a copy where neither the backups of the data nor those of the key database lie: "
           "without it\n"
           "nobody can read the data.\n",
           job->file, job->by_token ? ", wrapped by the token" : "");
    return EXIT_SUCCESS;
}

/* ---- what two people must have agreed to ---- */

/* Takes what was agreed. It counts as done by end_change() alone, behind the change of the file: a command
 * that fails in between may be repeated. `number`: of the wrapping key to be retired, else 0. */
static bool begin_change(struct job *job, const char *action, int number, int32_t *region_id, struct err *err)
{
    bool is_agreed;
    char which[16] = "";
    if (!keys_store_region(&job->store, job->code, region_id, err) ||
        !keys_store_begin_change(&job->store, *region_id, action, number, &is_agreed, err))
        return false;
    if (number)
        snprintf(which, sizeof which, " %d", number);
    return is_agreed ||
           err_set(err, ERR_CONFIG,
                   "two people must agree first: `wijzer keys propose --%s%s`, then another `wijzer "
                   "keys approve NUMBER`, at most seven days ago",
                   action, which);
}

static bool end_change(struct job *job, struct err *err)
{
    struct err why;
    return keys_store_end_change(&job->store, &why) ||
           err_set(err, ERR_DATABASE_AWAY, "%s has changed, but may not be noted as done: %s", job->file,
                   why.text);
}

static int run_rotate(struct job *job)
{
    struct err err;
    int number;
    int32_t region_id;
    struct keyring_edit edit = edit_of(job);
    if (!begin_change(job, "rotate", 0, &region_id, &err) || !keyring_file_rotate(&edit, &number, &err) ||
        !end_change(job, &err))
        return complain(&err);
    printf("%s: wrapping key %d added\nReload every daemon (SIGHUP), then: wijzerd keys rewrap %.*s\n",
           job->file, number, SLICE_FMT(job->code));
    return EXIT_SUCCESS;
}

/* ---- walking over client keys, page by page ---- */

struct walk {
    struct job *job;
    const struct keyring *keyring;
    int32_t region_id;
    int64_t expected, done, faults;
};

/* On a terminal alone. */
static void show_progress(const struct walk *walk, const char *what)
{
    if (isatty(STDERR_FILENO))
        fprintf(stderr, "\r%.*s: %" PRId64 " of %" PRId64 " client keys %s", SLICE_FMT(walk->job->code),
                walk->done, walk->expected, what);
}

static void end_progress(const struct walk *walk)
{
    if (isatty(STDERR_FILENO) && walk->done)
        fputc('\n', stderr);
}

static void tell_fault(struct walk *walk, const struct err *err)
{
    enum { TOLD = 10 };
    if (walk->faults++ < TOLD)
        fprintf(stderr, "wijzerd: %s\n", err->text);
}

/* Unwraps each; what cannot be unwrapped is told and left out. Returns how many are left, wrapped anew if
 * `is_anew`. */
static size_t rewrap_all(struct walk *walk, struct keys_wrapped *keys, size_t count, struct arena *arena,
                         bool is_anew)
{
    size_t kept = 0;
    for (size_t i = 0; i < count; i++) {
        char wrapped[WRAPPED_TEXT_MAX];
        struct err err;
        struct client_key *key = client_key_unwrap(walk->keyring, walk->region_id, keys[i].client_id,
                                                   keys[i].wrap_key, keys[i].wrapped, &err);
        bool is_good = key && (!is_anew || client_key_wrap(key, walk->keyring, wrapped, &err));
        client_key_free(&key);
        if (!is_good) {
            tell_fault(walk, &err);
            continue;
        }
        if (is_anew)
            keys[i].wrapped = arena_slice(arena, slice_of(wrapped));
        keys[kept++] = keys[i];
    }
    return kept;
}

static bool walk_page(struct walk *walk, int64_t *after, bool is_anew, bool *is_end, struct err *err)
{
    struct arena *arena = arena_new(0);
    struct keys_wrapped *keys;
    size_t count;
    int newest = keyring_newest(walk->keyring);
    struct keys_store *store = &walk->job->store;
    bool is_good =
        keys_store_page(store, walk->region_id, is_anew ? newest : 0, *after, arena, &keys, &count, err);
    *is_end = is_good && count == 0;
    if (is_good && count) {
        *after = keys[count - 1].client_id;
        count = rewrap_all(walk, keys, count, arena, is_anew);
        is_good = !is_anew || keys_store_rewrap(store, walk->region_id, keys, count, newest, err);
        walk->done += (int64_t)count;
        show_progress(walk, is_anew ? "wrapped anew" : "checked");
    }
    arena_free(&arena);
    return is_good;
}

static bool walk_all(struct walk *walk, bool is_anew, struct err *err)
{
    int64_t after = INT64_MIN;
    bool is_end = false, is_good = true;
    while (is_good && !is_end)
        is_good = walk_page(walk, &after, is_anew, &is_end, err);
    end_progress(walk);
    return is_good;
}

/* Keys of the region that the newest wrapping key does not wrap. */
static bool count_old(struct walk *walk, int64_t *old, struct err *err)
{
    struct keys_count *counts;
    size_t count;
    *old = 0;
    if (!keys_store_census(&walk->job->store, walk->job->arena, &counts, &count, err))
        return false;
    for (size_t i = 0; i < count; i++)
        if (counts[i].region_id == walk->region_id && counts[i].wrap_key != keyring_newest(walk->keyring))
            *old += counts[i].clients;
    return true;
}

static int tell_rewrapped(const struct walk *walk, int64_t left)
{
    int newest = keyring_newest(walk->keyring);
    printf("%.*s: %" PRId64 " client keys wrapped by wrapping key %d\n", SLICE_FMT(walk->job->code),
           walk->done, newest);
    if (left == 0)
        printf("No client key is wrapped by an older wrapping key any more; they may be retired.\n");
    else
        fprintf(stderr, "wijzerd: %" PRId64 " client keys are still wrapped by older wrapping keys%s\n", left,
                walk->faults ? "; some cannot be unwrapped" : ": reload every daemon and rewrap again");
    return left || walk->faults ? EXIT_FAILURE : EXIT_SUCCESS;
}

static int run_rewrap(struct job *job)
{
    struct err err;
    struct walk walk = {.job = job};
    int64_t left = 0;
    walk.keyring = keyring_read(job->file, job->by_token, &err);
    bool is_good = walk.keyring && keys_store_region(&job->store, job->code, &walk.region_id, &err) &&
                   count_old(&walk, &walk.expected, &err) && walk_all(&walk, true, &err) &&
                   count_old(&walk, &left, &err);
    int status = is_good ? tell_rewrapped(&walk, left) : complain(&err);
    keyring_release(&walk.keyring);
    return status;
}

/* First the database refuses what the key would wrap, then the file forgets it. */
static bool retire(struct job *job, const struct keyring *keyring, struct err *err)
{
    int32_t region_id;
    int64_t left;
    struct keyring_edit edit = edit_of(job);
    if (!keyring_may_retire(keyring, job->number, err) ||
        !begin_change(job, "retire", job->number, &region_id, err) ||
        !keys_store_retire(&job->store, region_id, job->number, &left, err))
        return false;
    if (left)
        return err_set(err, ERR_CONFIG,
                       "wrapping key %d still wraps %" PRId64 " client keys; wijzerd keys rewrap %.*s",
                       job->number, left, SLICE_FMT(job->code));
    return keyring_file_retire(&edit, job->number, err) && end_change(job, err);
}

static int run_retire(struct job *job)
{
    struct err err;
    const struct keyring *keyring = keyring_read(job->file, job->by_token, &err);
    bool is_done = keyring && retire(job, keyring, &err);
    keyring_release(&keyring);
    if (!is_done)
        return complain(&err);
    printf("%s: wrapping key %d is gone\n", job->file, job->number);
    return EXIT_SUCCESS;
}

/* ---- check ---- */

static int64_t count_of(const struct keys_count *counts, size_t count, int32_t region_id, int32_t wrap_key)
{
    int64_t clients = 0;
    for (size_t i = 0; i < count; i++)
        if (counts[i].region_id == region_id && (!wrap_key || counts[i].wrap_key == wrap_key))
            clients += counts[i].clients;
    return clients;
}

static void tell_keyring(const struct walk *walk, const struct keys_count *counts, size_t count)
{
    int number;
    int64_t made, year;
    unsigned month, day;
    printf("%.*s: %" PRId64 " client keys, %" PRId64 " cannot be unwrapped\n", SLICE_FMT(walk->job->code),
           walk->expected, walk->faults);
    for (int i = 0; keyring_wrap(walk->keyring, i, &number, &made); i++) {
        civil_from_days(made, &year, &month, &day);
        printf("  wrapping key %d of %04d-%02u-%02u wraps %" PRId64 "\n", number, (int)year, month, day,
               count_of(counts, count, walk->region_id, number));
    }
}

static bool check_region(struct job *job, const struct keyrings *keyrings, const struct keys_region *region,
                         const struct keys_count *counts, size_t count)
{
    struct err err;
    job->code = slice_of(region->code);
    struct walk walk = {.job = job, .keyring = keyrings_find(keyrings, job->code), .region_id = region->id};
    walk.expected = count_of(counts, count, region->id, 0);
    if (!walk.keyring) {
        err_set(&err, ERR_CONFIG, "region %s has no keyring in %s (%" PRId64 " client keys)", region->code,
                job->config->region_keys, walk.expected);
        complain(&err);
        return false;
    }
    if (!walk_all(&walk, false, &err)) {
        complain(&err);
        return false;
    }
    tell_keyring(&walk, counts, count);
    return walk.faults == 0;
}

/* A keyring that no region answers to is no fault: the region may be still to come. */
static void tell_spare(const struct keyrings *keyrings, const struct keys_region *regions, size_t count)
{
    for (size_t i = 0; i < keyrings_count(keyrings); i++) {
        size_t at = 0;
        while (at < count && strcmp(regions[at].code, keyrings_code(keyrings, i)) != 0)
            at++;
        if (at == count)
            printf("%s: a keyring, but no such region\n", keyrings_code(keyrings, i));
    }
}

static int run_check(struct job *job)
{
    struct err err;
    struct keys_region *regions;
    struct keys_count *counts;
    size_t count, kinds;
    bool is_good = true;
    const struct keyrings *keyrings = keys_read(job->config, &err);
    if (!keyrings || !keys_store_regions(&job->store, job->arena, &regions, &count, &err) ||
        !keys_store_census(&job->store, job->arena, &counts, &kinds, &err)) {
        keyrings_release(&keyrings);
        return complain(&err);
    }
    for (size_t i = 0; i < count; i++)
        is_good = check_region(job, keyrings, &regions[i], counts, kinds) && is_good;
    tell_spare(keyrings, regions, count);
    keyrings_release(&keyrings);
    return is_good ? EXIT_SUCCESS : EXIT_FAILURE;
}

/* ---- words ---- */

static const struct {
    const char *word;
    int words; /* behind it */
    int (*run)(struct job *job);
} table[] = {{"new", 1, run_new},
             {"rotate", 1, run_rotate},
             {"rewrap", 1, run_rewrap},
             {"retire", 2, run_retire},
             {"check", 0, run_check}};

static bool read_words(struct job *job, char *const words[], int count, struct err *err)
{
    int64_t number;
    if (count > 1) {
        job->code = slice_of(words[1]);
        job->file = keyrings_file(job->config->region_keys, job->code, job->arena, err);
        if (!job->file)
            return false;
    }
    if (count > 2) {
        if (!slice_to_i64(slice_of(words[2]), 1, KEYRING_NUMBER_MAX, &number))
            return err_set(err, ERR_CONFIG, "expected the number of a wrapping key, 1 to %d",
                           KEYRING_NUMBER_MAX);
        job->number = (int)number;
    }
    return true;
}

int keys_command(const struct config *config, char *const words[], int count)
{
    struct err err;
    size_t i = 0, n = sizeof table / sizeof table[0];
    while (i < n && (count == 0 || strcmp(words[0], table[i].word) != 0))
        i++;
    if (i == n || count - 1 != table[i].words) {
        fputs(usage, stderr);
        return EXIT_USAGE;
    }
    if (!config->region_keys) {
        err_set(&err, ERR_CONFIG, "region-keys is not set");
        return complain(&err);
    }
    struct job job = {.config = config, .store = {.config = config}, .arena = arena_new(0)};
    job.by_token = keys_token(config, &job.token) ? &job.token : NULL;
    int status = read_words(&job, words, count, &err) ? table[i].run(&job) : complain(&err);
    keys_store_close(&job.store);
    arena_free(&job.arena);
    return status;
}

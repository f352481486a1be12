#include "keyrings.h"

#include <dirent.h>
#include <errno.h>
#include <stdatomic.h>
#include <stdlib.h>

#include "arena.h"

enum { CODE_MAX = 40 };
static const char suffix[] = ".keys";

struct keyrings {
    atomic_int references;
    struct arena *arena;
    size_t count, room;
    struct entry {
        const char *code;
        const struct keyring *keyring; /* one reference */
    } * entries;                       /* by code */
};

static bool is_code(struct slice code)
{
    if (code.len == 0 || code.len > CODE_MAX || code.ptr[0] < 'a' || code.ptr[0] > 'z')
        return false;
    for (size_t i = 1; i < code.len; i++) {
        char c = code.ptr[i];
        if ((c < 'a' || c > 'z') && (c < '0' || c > '9') && c != '-')
            return false;
    }
    return true;
}

const char *keyrings_file(const char *directory, struct slice region_code, struct arena *arena,
                          struct err *err)
{
    if (is_code(region_code))
        return arena_printf(arena, "%s/%.*s%s", directory, SLICE_FMT(region_code), suffix);
    err_set(err, ERR_CONFIG, "%s: a keyring is named by its region's code (a-z, 0-9 and '-'), CODE%s",
            directory, suffix);
    return NULL;
}

static bool add(struct keyrings *keyrings, const char *directory, const char *name,
                const struct keyring_token *token, struct err *err)
{
    size_t n = strlen(name), tail = sizeof suffix - 1;
    if (n < tail || strcmp(name + n - tail, suffix) != 0 || name[0] == '.')
        return true;
    struct slice code = slice_make(name, n - tail);
    const char *file = keyrings_file(directory, code, keyrings->arena, err);
    const struct keyring *keyring = file ? keyring_read(file, token, err) : NULL;
    if (!keyring)
        return false;
    if (keyrings->count == keyrings->room) {
        keyrings->room = keyrings->room ? keyrings->room * 2 : 8;
        keyrings->entries = xrealloc(keyrings->entries, keyrings->room * sizeof *keyrings->entries);
    }
    keyrings->entries[keyrings->count++] = (struct entry){arena_text(keyrings->arena, code), keyring};
    return true;
}

static int by_code(const void *a, const void *b)
{
    return strcmp(((const struct entry *)a)->code, ((const struct entry *)b)->code);
}

static bool read_directory(struct keyrings *keyrings, const char *directory,
                           const struct keyring_token *token, struct err *err)
{
    DIR *listing = opendir(directory);
    bool is_good = true;
    if (!listing)
        return err_set_os(err, ERR_CONFIG, errno, "%s", directory);
    for (const struct dirent *file; is_good && (file = readdir(listing));)
        is_good = add(keyrings, directory, file->d_name, token, err);
    closedir(listing);
    if (is_good && !keyrings->count)
        return err_set(err, ERR_CONFIG, "%s: holds no keyring; `wijzerd keys new REGION` makes one",
                       directory);
    if (is_good)
        qsort(keyrings->entries, keyrings->count, sizeof *keyrings->entries, by_code);
    return is_good;
}

const struct keyrings *keyrings_read(const char *directory, const struct keyring_token *token,
                                     struct err *err)
{
    struct keyrings *own = xcalloc(1, sizeof *own);
    const struct keyrings *keyrings = own;
    atomic_init(&own->references, 1);
    own->arena = arena_new(0);
    if (!read_directory(own, directory, token, err))
        keyrings_release(&keyrings);
    return keyrings;
}

const struct keyrings *keyrings_hold(const struct keyrings *keyrings)
{
    atomic_fetch_add(&((struct keyrings *)(uintptr_t)keyrings)->references, 1);
    return keyrings;
}

void keyrings_release(const struct keyrings **keyrings)
{
    struct keyrings *own = (struct keyrings *)(uintptr_t)*keyrings;
    *keyrings = NULL;
    if (!own || atomic_fetch_sub(&own->references, 1) != 1)
        return;
    for (size_t i = 0; i < own->count; i++)
        keyring_release(&own->entries[i].keyring);
    free(own->entries);
    arena_free(&own->arena);
    free(own);
}

const struct keyring *keyrings_find(const struct keyrings *keyrings, struct slice region_code)
{
    for (size_t i = 0; i < keyrings->count; i++)
        if (slice_is(region_code, keyrings->entries[i].code))
            return keyrings->entries[i].keyring;
    return NULL;
}

size_t keyrings_count(const struct keyrings *keyrings)
{
    return keyrings->count;
}

const char *keyrings_code(const struct keyrings *keyrings, size_t n)
{
    return keyrings->entries[n].code;
}

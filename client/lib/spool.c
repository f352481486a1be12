#include "spool.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "json_doc.h"
#include "file.h"
#include "uuid.h"

#define SUFFIX ".json"
enum { TIME_TEXT = 20, NAME_LENGTH = TIME_TEXT + 1 + (UUID_TEXT - 1) + 5 };
enum { STALE_SECONDS = 60, LOCK_PIECE_MS = 50 };

bool spool_open(const char *profile_dir, struct arena *arena, const char **spool, struct err *err)
{
    struct stat st;
    const char *path = arena_printf(arena, "%s/spool", profile_dir);
    if (mkdir(path, S_IRWXU) != 0 && errno != EEXIST)
        return err_set_os(err, ERR_OS, errno, "%s cannot be made", path);
    if (lstat(path, &st) != 0 || !S_ISDIR(st.st_mode) || st.st_uid != geteuid())
        return err_set(err, ERR_OS, "%s is not a directory of yours", path);
    if ((st.st_mode & (S_IRWXG | S_IRWXO)) != 0 && chmod(path, S_IRWXU) != 0)
        return err_set_os(err, ERR_OS, errno, "%s cannot be closed to others", path);
    *spool = path;
    return true;
}

/* "TIME.KEY.json", TIME being microseconds since 1970 in 20 digits: names sort as the moments do. */
static bool name_parse(const char *name, char key[40])
{
    struct slice text = slice_of(name);
    struct slice middle = slice_make(name + TIME_TEXT + 1, UUID_TEXT - 1);
    uint64_t at;
    if (text.len != NAME_LENGTH || !slice_to_u64(slice_make(name, TIME_TEXT), INT64_MAX, &at))
        return false;
    if (name[TIME_TEXT] != '.' || !uuid_is(middle) || strcmp(middle.ptr + middle.len, SUFFIX) != 0)
        return false;
    snprintf(key, 40, "%.*s", SLICE_FMT(middle));
    return true;
}

bool spool_put(const char *spool, const char *key, struct slice body, moment now, struct arena *arena,
               struct spool_item *item, struct err *err)
{
    item->name = arena_printf(arena, "%020lld.%s" SUFFIX, (long long)now, key);
    if (!name_parse(item->name, item->key))
        return err_set(err, ERR_OS, "a spool key must be a UUID");
    return file_write(spool, item->name, body, err);
}

static int by_name(const void *a, const void *b)
{
    const struct spool_item *x = a, *y = b;
    return strcmp(x->name, y->name);
}

bool spool_list(const char *spool, struct arena *arena, struct spool_item **items, size_t *count,
                struct err *err)
{
    size_t room = 0;
    struct spool_item *found = NULL;
    DIR *dir = opendir(spool);
    *count = 0;
    if (!dir)
        return err_set_os(err, ERR_OS, errno, "%s cannot be read", spool);
    for (struct dirent *entry; (entry = readdir(dir));) {
        struct spool_item item;
        if (!name_parse(entry->d_name, item.key))
            continue;
        if (*count == room) {
            room = room ? room * 2 : 16;
            found = xrealloc(found, room * sizeof *found);
        }
        item.name = arena_text(arena, slice_of(entry->d_name));
        found[(*count)++] = item;
    }
    closedir(dir);
    *items = arena_array(arena, *count, sizeof **items);
    if (*count) {
        qsort(found, *count, sizeof *found, by_name);
        memcpy(*items, found, *count * sizeof *found);
    }
    free(found);
    return true;
}

bool spool_find(const char *spool, const char *key, struct arena *arena, struct spool_item *item)
{
    struct spool_item *items;
    size_t count;
    if (!spool_list(spool, arena, &items, &count, NULL))
        return false;
    for (size_t i = 0; i < count; i++) {
        if (strcmp(items[i].key, key) != 0)
            continue;
        *item = items[i];
        return true;
    }
    return false;
}

static const char *path_of(const char *spool, const char *name, struct arena *arena)
{
    return arena_printf(arena, "%s/%s", spool, name);
}

bool spool_read(const char *spool, const struct spool_item *item, struct arena *arena, struct slice *body,
                struct err *err)
{
    return file_read(path_of(spool, item->name, arena), SPOOL_BODY_MAX, arena, body, err);
}

bool spool_remove(const char *spool, const struct spool_item *item, struct err *err)
{
    int dir = open(spool, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    int failed = dir < 0 || (unlinkat(dir, item->name, 0) != 0 && errno != ENOENT) ? errno : 0;
    if (dir >= 0)
        close(dir);
    return failed ? err_set_os(err, ERR_OS, failed, "%s cannot be removed", item->name)
                  : file_sync_dir(spool, err);
}

bool spool_refuse(const char *spool, const struct spool_item *item, struct slice problem, struct arena *arena,
                  const char **path, struct err *err)
{
    int stem = (int)(strlen(item->name) - strlen(SUFFIX));
    const char *aside = arena_printf(arena, "%s/%.*s.refused", spool, stem, item->name);
    if (!file_write(spool, arena_printf(arena, "%.*s.problem", stem, item->name), problem, err))
        return false;
    *path = aside;
    /* Gone already: another command kept it aside. */
    if (rename(path_of(spool, item->name, arena), aside) != 0 && errno != ENOENT)
        return err_set_os(err, ERR_OS, errno, "%s cannot be kept aside", item->name);
    return file_sync_dir(spool, err);
}

int spool_lock(const char *spool, int wait_ms)
{
    struct arena *arena = arena_new(0);
    int fd =
        open(path_of(spool, ".lock", arena), O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, S_IRUSR | S_IWUSR);
    arena_free(&arena);
    for (; fd >= 0 && flock(fd, LOCK_EX | LOCK_NB) != 0; wait_ms -= LOCK_PIECE_MS) {
        struct timespec pause = {.tv_nsec = LOCK_PIECE_MS * 1000000};
        if (wait_ms <= 0) {
            close(fd);
            return -1;
        }
        nanosleep(&pause, NULL);
    }
    return fd;
}

void spool_unlock(int lock)
{
    if (lock >= 0)
        close(lock);
}

/* ".NAME.tmp" -> NAME of an item. */
static const char *temp_target(const char *entry, struct arena *arena)
{
    char key[40];
    struct slice text = slice_of(entry);
    if (text.len < 6 || entry[0] != '.' || strcmp(entry + text.len - 4, ".tmp") != 0)
        return NULL;
    char *name = arena_text(arena, slice_make(entry + 1, text.len - 5));
    return name_parse(name, key) ? name : NULL;
}

static bool is_stale(const char *path, moment now)
{
    struct stat st;
    return lstat(path, &st) == 0 && S_ISREG(st.st_mode) && now / MOMENT_SECOND - st.st_mtime >= STALE_SECONDS;
}

void spool_recover(const char *spool, moment now, struct arena *arena)
{
    DIR *dir = opendir(spool);
    for (struct dirent *entry; dir && (entry = readdir(dir));) {
        struct slice text;
        const char *name = temp_target(entry->d_name, arena);
        const char *temp = path_of(spool, entry->d_name, arena);
        if (!name || !is_stale(temp, now) || !file_read(temp, SPOOL_BODY_MAX, arena, &text, NULL))
            continue;
        json_t *whole = document_parse(text, NULL);
        if (whole)
            (void)!rename(temp, path_of(spool, name, arena));
        else
            unlink(temp);
        json_decref(whole);
    }
    if (dir)
        closedir(dir);
}

enum spool_fate spool_fate_of(const struct answer *answer)
{
    if (answer->outcome != CALL_ANSWERED)
        return SPOOL_WAITS;
    if (answer->status >= 200 && answer->status < 300)
        return SPOOL_SENT;
    bool later = answer->status == 408 || answer->status == 429;
    return answer->status >= 400 && answer->status < 500 && !later ? SPOOL_REFUSED : SPOOL_WAITS;
}

/* Whether the next item may have better luck: a 500 can be about this item alone. */
static bool may_go_on(const struct answer *answer)
{
    return answer->outcome == CALL_ANSWERED && answer->status != 503 && answer->status != 429;
}

static bool settle(const char *spool, const struct answer *answer, struct arena *arena,
                   struct spool_report *report)
{
    if (report->fate == SPOOL_SENT)
        return spool_remove(spool, report->item, NULL);
    if (report->fate == SPOOL_REFUSED)
        return spool_refuse(spool, report->item, answer->body, arena, &report->path, NULL);
    return true;
}

bool spool_send(const char *spool, const struct spool_sender *sender, struct arena *arena,
                struct spool_counts *counts, struct err *err)
{
    struct spool_item *items;
    size_t count;
    *counts = (struct spool_counts){0};
    if (!spool_list(spool, arena, &items, &count, err))
        return false;
    bool reachable = true;
    for (size_t i = 0; i < count; i++) {
        struct slice body;
        struct answer answer;
        struct spool_report report = {.item = &items[i], .answer = &answer};
        if (!reachable || !spool_read(spool, &items[i], arena, &body, NULL)) {
            counts->waiting++;
            continue;
        }
        sender->post(sender->context, items[i].key, body, arena, &answer);
        report.fate = spool_fate_of(&answer);
        if (!settle(spool, &answer, arena, &report))
            report.fate = report.fate == SPOOL_SENT ? SPOOL_SENT : SPOOL_WAITS;
        counts->sent += report.fate == SPOOL_SENT;
        counts->refused += report.fate == SPOOL_REFUSED;
        counts->waiting += report.fate == SPOOL_WAITS;
        sender->report(sender->context, &report);
        reachable = may_go_on(&answer);
    }
    return true;
}

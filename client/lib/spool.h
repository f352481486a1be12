/*
 * The spool keeps referrals that could not be sent yet: DIR/spool (mode 0700), a file (0600) for each, named
 * "TIME.KEY.json" after the moment it was written and its Idempotency-Key. The file's bytes are the request
 * body, unchanged, so that however often it is sent it has one effect. Names sort in order of time.
 *
 * An item is removed only after the service said 2xx. One refused for good becomes "TIME.KEY.refused", with
 * the service's problem document beside it in "TIME.KEY.problem". Writing goes by a temporary file
 * ("."NAME".tmp"), fsync and rename, so a crash leaves no half item.
 *
 * Any number of commands may add at the same time; only the holder of the lock sends and clears up.
 */
#ifndef WIJZER_SPOOL_H
#define WIJZER_SPOOL_H

#include "api.h"
#include "clock.h"

enum { SPOOL_BODY_MAX = 64 * 1024 };

struct spool_item {
    const char *name; /* without directory */
    char key[40];     /* Idempotency-Key */
};

/* DIR/spool, made when it is not there. */
bool spool_open(const char *profile_dir, struct arena *arena, const char **spool, struct err *err);
bool spool_put(const char *spool, const char *key, struct slice body, moment now, struct arena *arena,
               struct spool_item *item, struct err *err);
/* The items to send, oldest first. */
bool spool_list(const char *spool, struct arena *arena, struct spool_item **items, size_t *count,
                struct err *err);
/* The oldest item to send that has this key. */
bool spool_find(const char *spool, const char *key, struct arena *arena, struct spool_item *item);
bool spool_read(const char *spool, const struct spool_item *item, struct arena *arena, struct slice *body,
                struct err *err);
/* An item that is gone already counts as removed. */
bool spool_remove(const char *spool, const struct spool_item *item, struct err *err);
/* Keeps the item aside with the problem beside it; *path becomes where it is now. */
bool spool_refuse(const char *spool, const struct spool_item *item, struct slice problem, struct arena *arena,
                  const char **path, struct err *err);

/* Takes the lock, waiting at most `wait_ms`; the descriptor, or -1 when another command holds it. */
int spool_lock(const char *spool, int wait_ms);
void spool_unlock(int lock);
/* With the lock: what a crash left behind more than a minute ago. A whole temporary file becomes an item,
 * a torn one goes (whoever wrote it was never told that it was kept). */
void spool_recover(const char *spool, moment now, struct arena *arena);

/* What became of one item. */
enum spool_fate { SPOOL_SENT, SPOOL_REFUSED, SPOOL_WAITS };
struct spool_report {
    enum spool_fate fate;
    const struct spool_item *item;
    const struct answer *answer;
    const char *path; /* of a refused one */
};
struct spool_counts {
    size_t sent, refused, waiting;
};
struct spool_sender {
    /* Sends the body once or more with the item's key and fills *out. */
    void (*post)(void *context, const char *key, struct slice body, struct arena *arena, struct answer *out);
    void (*report)(void *context, const struct spool_report *report);
    void *context;
};

/* With the lock: sends what there is in order; stops at the first sign that the service cannot be reached.
 * False when the directory cannot be read. */
bool spool_send(const char *spool, const struct spool_sender *sender, struct arena *arena,
                struct spool_counts *counts, struct err *err);

/* Whether an answer to a submit is final: SPOOL_SENT after 2xx, SPOOL_REFUSED after any 4xx of the service
 * but 408 and 429. */
enum spool_fate spool_fate_of(const struct answer *answer);

#endif

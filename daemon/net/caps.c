#include "listener.h"

#include <pthread.h>
#include <stdlib.h>

#include "address.h"
#include "arena.h"

enum { BUCKETS = 1024 };

struct holder {
    struct holder *next;
    unsigned count;
    char address[ADDRESS_TEXT];
};

struct conn_caps {
    pthread_mutex_t lock; /* guards all below */
    unsigned per_process, per_address, count;
    struct holder *buckets[BUCKETS];
};

struct conn_caps *conn_caps_new(unsigned per_process, unsigned per_address)
{
    struct conn_caps *caps = xcalloc(1, sizeof *caps);
    pthread_mutex_init(&caps->lock, NULL);
    caps->per_process = per_process;
    caps->per_address = per_address;
    return caps;
}

void conn_caps_free(struct conn_caps **caps)
{
    if (!*caps)
        return;
    for (size_t i = 0; i < BUCKETS; i++)
        for (struct holder *holder = (*caps)->buckets[i]; holder;) {
            struct holder *next = holder->next;
            free(holder);
            holder = next;
        }
    pthread_mutex_destroy(&(*caps)->lock);
    xfree(*caps);
}

void conn_caps_set(struct conn_caps *caps, unsigned per_process, unsigned per_address)
{
    pthread_mutex_lock(&caps->lock);
    caps->per_process = per_process;
    caps->per_address = per_address;
    pthread_mutex_unlock(&caps->lock);
}

/* Where the holder of an address is, or would be, linked. FNV-1a; no bucket can hold more than the process's
 * cap, so chosen addresses gain nothing worth a keyed hash. */
static struct holder **find(struct conn_caps *caps, const char *address)
{
    uint32_t hash = 2166136261u;
    for (const char *c = address; *c; c++)
        hash = (hash ^ (unsigned char)*c) * 16777619u;
    struct holder **at = &caps->buckets[hash % BUCKETS];
    while (*at && strcmp((*at)->address, address) != 0)
        at = &(*at)->next;
    return at;
}

static struct holder *holder_new(const char *address)
{
    struct holder *holder = xcalloc(1, sizeof *holder);
    size_t length = strnlen(address, sizeof holder->address - 1);
    memcpy(holder->address, address, length);
    return holder;
}

bool conn_caps_take(struct conn_caps *caps, const char *address)
{
    pthread_mutex_lock(&caps->lock);
    struct holder **at = find(caps, address);
    bool has_room = caps->count < caps->per_process && (*at ? (*at)->count : 0) < caps->per_address;
    if (has_room) {
        if (!*at)
            *at = holder_new(address);
        (*at)->count++;
        caps->count++;
    }
    pthread_mutex_unlock(&caps->lock);
    return has_room;
}

void conn_caps_give(struct conn_caps *caps, const char *address)
{
    pthread_mutex_lock(&caps->lock);
    struct holder **at = find(caps, address);
    struct holder *holder = *at;
    if (!holder)
        abort(); /* a place given back that nobody took */
    caps->count--;
    if (--holder->count == 0) {
        *at = holder->next;
        free(holder);
    }
    pthread_mutex_unlock(&caps->lock);
}

unsigned conn_caps_count(struct conn_caps *caps)
{
    pthread_mutex_lock(&caps->lock);
    unsigned count = caps->count;
    pthread_mutex_unlock(&caps->lock);
    return count;
}

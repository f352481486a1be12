#include "ring.h"

#include <stdlib.h>

#include "arena.h"

struct ring {
    struct told *slots;
    size_t room, first, count, bytes, most_bytes;
    struct place from, to;
};

int place_compare(struct place a, struct place b)
{
    if (a.tx != b.tx)
        return a.tx < b.tx ? -1 : 1;
    return a.id < b.id ? -1 : a.id > b.id;
}

bool told_concerns(const struct told *told, int32_t organisation)
{
    for (size_t i = 0; i < told->party_count; i++)
        if (told->parties[i] == organisation)
            return true;
    return false;
}

struct ring *ring_new(size_t events, size_t bytes)
{
    struct ring *ring = xcalloc(1, sizeof *ring);
    ring->slots = xcalloc(events, sizeof *ring->slots);
    ring->room = events;
    ring->most_bytes = bytes;
    return ring;
}

static size_t size_of(const struct told *told)
{
    return told->text.len + told->offer.len;
}

static struct slice copy_of(struct slice text)
{
    char *copy = xcalloc(1, text.len + 1);
    if (text.len)
        memcpy(copy, text.ptr, text.len);
    return slice_make(copy, text.len);
}

static void drop_oldest(struct ring *ring)
{
    struct told *oldest = &ring->slots[ring->first];
    ring->from = oldest->place;
    ring->bytes -= size_of(oldest);
    free((char *)oldest->text.ptr);
    free((char *)oldest->offer.ptr);
    free(oldest->parties);
    *oldest = (struct told){0};
    ring->first = (ring->first + 1) % ring->room;
    ring->count--;
}

void ring_begin(struct ring *ring, struct place from)
{
    while (ring->count)
        drop_oldest(ring);
    ring->from = ring->to = from;
}

void ring_free(struct ring **ring)
{
    if (!*ring)
        return;
    ring_begin(*ring, (struct place){0, 0});
    free((*ring)->slots);
    xfree(*ring);
}

void ring_add(struct ring *ring, const struct told *told)
{
    if (ring->count == ring->room)
        drop_oldest(ring);
    while (ring->count && ring->bytes + size_of(told) > ring->most_bytes)
        drop_oldest(ring);
    struct told *slot = &ring->slots[(ring->first + ring->count++) % ring->room];
    *slot = (struct told){.place = told->place,
                          .text = copy_of(told->text),
                          .offered_to = told->offered_to,
                          .offer = copy_of(told->offer)};
    slot->parties = xcalloc(told->party_count + 1, sizeof *slot->parties);
    if (told->party_count)
        memcpy(slot->parties, told->parties, told->party_count * sizeof *slot->parties);
    slot->party_count = told->party_count;
    ring->bytes += size_of(told);
    ring_reach(ring, told->place);
}

void ring_reach(struct ring *ring, struct place to)
{
    if (place_compare(to, ring->to) > 0)
        ring->to = to;
}

struct place ring_from(const struct ring *ring)
{
    return ring->from;
}

struct place ring_to(const struct ring *ring)
{
    return ring->to;
}

size_t ring_count(const struct ring *ring)
{
    return ring->count;
}

const struct told *ring_at(const struct ring *ring, size_t n)
{
    return &ring->slots[(ring->first + n) % ring->room];
}

size_t ring_after(const struct ring *ring, struct place place)
{
    size_t low = 0, high = ring->count;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (place_compare(ring_at(ring, middle)->place, place) <= 0)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

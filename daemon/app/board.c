#include "board.h"

#include <pthread.h>
#include <stdlib.h>

struct board {
    pthread_mutex_t lock;   /* guards all below */
    struct notice *notices; /* ascending by region_id; their codes are owned */
    size_t count;
};

struct board *board_new(void)
{
    struct board *board = xcalloc(1, sizeof *board);
    pthread_mutex_init(&board->lock, NULL);
    return board;
}

void board_free(struct board **board)
{
    struct board *b = *board;
    if (!b)
        return;
    for (size_t i = 0; i < b->count; i++)
        free((void *)(uintptr_t)b->notices[i].code.ptr);
    free(b->notices);
    pthread_mutex_destroy(&b->lock);
    xfree(*board);
}

/* The region's notice, or the place where it belongs. */
static size_t place_of(const struct board *board, int32_t region_id)
{
    size_t at = 0;
    while (at < board->count && board->notices[at].region_id < region_id)
        at++;
    return at;
}

static bool is_there(const struct board *board, size_t at, int32_t region_id)
{
    return at < board->count && board->notices[at].region_id == region_id;
}

static struct notice *make_place(struct board *board, size_t at, const struct region *region)
{
    board->notices = xrealloc(board->notices, (board->count + 1) * sizeof board->notices[0]);
    memmove(&board->notices[at + 1], &board->notices[at], (board->count - at) * sizeof board->notices[0]);
    board->count++;
    char *code = xcalloc(1, region->code.len + 1);
    memcpy(code, region->code.ptr, region->code.len);
    board->notices[at] = (struct notice){.region_id = region->id, .code = slice_make(code, region->code.len)};
    return &board->notices[at];
}

static void fill(struct notice *notice, const struct region *region, int64_t build_us)
{
    notice->version = region->version;
    notice->build_us = build_us;
    notice->is_stale = false;
    notice->bytes = 0;
    for (int t = 1; t <= RULE_TABLES; t++) {
        const struct ruleset *set = region->tables[t];
        notice->versions[t] = set ? set->version : 0;
        notice->rules[t] = set ? set->rule_count : 0;
        notice->bytes += set ? ruleset_bytes(set) : 0;
    }
}

void board_show(struct board *board, const struct region *region, int64_t build_us)
{
    pthread_mutex_lock(&board->lock);
    size_t at = place_of(board, region->id);
    struct notice *notice =
        is_there(board, at, region->id) ? &board->notices[at] : make_place(board, at, region);
    fill(notice, region, build_us);
    pthread_mutex_unlock(&board->lock);
}

bool board_mark_stale(struct board *board, int32_t region_id)
{
    pthread_mutex_lock(&board->lock);
    size_t at = place_of(board, region_id);
    bool known = is_there(board, at, region_id);
    if (known)
        board->notices[at].is_stale = true;
    pthread_mutex_unlock(&board->lock);
    return known;
}

size_t board_read(struct board *board, struct arena *arena, struct notice **out)
{
    if (!board)
        return 0;
    pthread_mutex_lock(&board->lock);
    size_t count = board->count;
    *out = arena_array(arena, count ? count : 1, sizeof **out);
    for (size_t i = 0; i < count; i++) {
        (*out)[i] = board->notices[i];
        (*out)[i].code = arena_slice(arena, board->notices[i].code);
    }
    pthread_mutex_unlock(&board->lock);
    return count;
}

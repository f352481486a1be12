/*
 * The board: what the keeper last published, region by region, for health answers and metrics: which versions
 * of the rule tables are in force, how large they are, how long their building took. Small copies behind a
 * lock; any thread.
 */
#ifndef WIJZER_BOARD_H
#define WIJZER_BOARD_H

#include "arena.h"
#include "region.h"

struct notice {
    int32_t region_id;
    struct slice code;
    int64_t version;
    int versions[RULE_TABLES + 1]; /* by number; 0: not in force */
    uint64_t rules[RULE_TABLES + 1];
    uint64_t bytes;   /* of the rulesets */
    int64_t build_us; /* reading and building the last snapshot */
    bool is_stale;    /* a newer snapshot could not be built: this one stays */
};

struct board;

struct board *board_new(void);
void board_free(struct board **board);
/* Puts up what this region has now; `build_us` as above. */
void board_show(struct board *board, const struct region *region, int64_t build_us);
/* A newer snapshot of the region was refused; false, and nothing is put up, for a region never shown. */
bool board_mark_stale(struct board *board, int32_t region_id);
/* The notices, ascending by region; texts are the arena's. NULL board: none. */
size_t board_read(struct board *board, struct arena *arena, struct notice **out);

#endif

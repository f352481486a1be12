/* Makes bitmaps in an index; pages and bitmaps that are the same are kept once. Private to index_*.c. */
#ifndef WIJZER_INDEX_PAGES_H
#define WIJZER_INDEX_PAGES_H

#include "index_own.h"

struct pager {
    struct index *index;
    uint32_t page_room, bitmap_room;
    uint32_t *slots;     /* pages by hash; 1 + page, 0: free */
    uint32_t slot_count; /* a power of two */
    uint64_t *page;      /* scratch */
};

void pager_begin(struct pager *pager, struct index *index);
/* Cuts the index's arrays to size and counts them. */
void pager_end(struct pager *pager);
/* The bitmap with these words, one per block. */
uint32_t pager_bitmap(struct pager *pager, const uint64_t *words);
/* A bitmap with the pages of another and a summary of what patches make of it. */
uint32_t pager_patched(struct pager *pager, uint32_t bitmap, const uint16_t *blocks, const uint64_t *words,
                       uint32_t count);

#endif

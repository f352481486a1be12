#include "index_pages.h"

enum { FIRST_SLOTS = 1024, LOOK_BACK = 32 };

static size_t summary_bytes(const struct index *index)
{
    return (1 + (size_t)index->group_count) * sizeof *index->summaries;
}

static size_t page_bytes(const struct index *index)
{
    return index->group_blocks * sizeof *index->words;
}

static void set_page_room(struct pager *pager, uint32_t room)
{
    struct index *index = pager->index;
    index->words = xrealloc(index->words, room * page_bytes(index));
    pager->page_room = room;
}

static void set_bitmap_room(struct pager *pager, uint32_t room)
{
    struct index *index = pager->index;
    index->summaries = xrealloc(index->summaries, room * summary_bytes(index));
    index->pages = xrealloc(index->pages, (size_t)room * index->group_count * sizeof *index->pages);
    pager->bitmap_room = room;
}

void pager_begin(struct pager *pager, struct index *index)
{
    *pager = (struct pager){.index = index, .slot_count = FIRST_SLOTS};
    pager->slots = xcalloc(FIRST_SLOTS, sizeof *pager->slots);
    pager->page = xcalloc(index->group_blocks, sizeof *pager->page);
}

void pager_end(struct pager *pager)
{
    struct index *index = pager->index;
    set_page_room(pager, index->page_count);
    set_bitmap_room(pager, index->bitmap_count);
    index->bytes += index->page_count * page_bytes(index) +
                    index->bitmap_count * (summary_bytes(index) + index->group_count * sizeof *index->pages);
    xfree(pager->slots);
    xfree(pager->page);
}

static uint64_t hash_page(const uint64_t *words, uint32_t count)
{
    uint64_t hash = count;
    for (uint32_t i = 0; i < count; i++)
        hash = ((hash ^ words[i]) * UINT64_C(0x9e3779b97f4a7c15)) ^ hash >> 31;
    return hash ^ hash >> 32;
}

/* Where the page stands, or the free slot for it. */
static uint32_t *find_slot(const struct pager *pager, const uint64_t *words)
{
    const struct index *index = pager->index;
    uint32_t mask = pager->slot_count - 1;
    for (uint64_t i = hash_page(words, index->group_blocks);; i++) {
        uint32_t *slot = &pager->slots[i & mask];
        if (*slot == 0 || memcmp(index_page(index, *slot - 1), words, page_bytes(index)) == 0)
            return slot;
    }
}

static void grow_slots(struct pager *pager)
{
    free(pager->slots);
    pager->slot_count *= 2;
    pager->slots = xcalloc(pager->slot_count, sizeof *pager->slots);
    for (uint32_t page = 0; page < pager->index->page_count; page++)
        *find_slot(pager, index_page(pager->index, page)) = page + 1;
}

static uint32_t add_page(struct pager *pager, const uint64_t *words)
{
    struct index *index = pager->index;
    uint32_t *slot = find_slot(pager, words);
    if (*slot)
        return *slot - 1;
    if (index->page_count == pager->page_room)
        set_page_room(pager, 2 * pager->page_room + 16);
    memcpy(index->words + (size_t)index->page_count * index->group_blocks, words, page_bytes(index));
    *slot = ++index->page_count;
    if (index->page_count > pager->slot_count / 2)
        grow_slots(pager);
    return index->page_count - 1;
}

/* Room for one more behind the last. */
static uint64_t *next_summary(struct pager *pager)
{
    struct index *index = pager->index;
    if (index->bitmap_count == pager->bitmap_room)
        set_bitmap_room(pager, 2 * pager->bitmap_room + 16);
    return index->summaries + (size_t)index->bitmap_count * (1 + index->group_count);
}

/* The last bitmap, unless one of those shortly before is the same. */
static uint32_t keep_bitmap(struct pager *pager)
{
    struct index *index = pager->index;
    const uint32_t last = index->bitmap_count, first = last > LOOK_BACK ? last - LOOK_BACK : 0;
    for (uint32_t b = first; b < last; b++)
        if (memcmp(index_pages(index, b), index_pages(index, last),
                   index->group_count * sizeof *index->pages) == 0 &&
            memcmp(index_summary(index, b), index_summary(index, last), summary_bytes(index)) == 0)
            return b;
    return index->bitmap_count++;
}

uint32_t pager_bitmap(struct pager *pager, const uint64_t *words)
{
    struct index *index = pager->index;
    uint64_t *summary = next_summary(pager);
    uint32_t *pages = index->pages + (size_t)index->bitmap_count * index->group_count;
    memset(summary, 0, summary_bytes(index));
    for (uint32_t g = 0; g < index->group_count; g++) {
        const uint32_t first = g * index->group_blocks;
        for (uint32_t b = 0; b < index->group_blocks; b++) {
            pager->page[b] = first + b < index->block_count ? words[first + b] : 0;
            summary[1 + g] |= (uint64_t)(pager->page[b] != 0) << b;
        }
        summary[0] |= (uint64_t)(summary[1 + g] != 0) << g;
        pages[g] = add_page(pager, pager->page);
    }
    return keep_bitmap(pager);
}

uint32_t pager_patched(struct pager *pager, uint32_t bitmap, const uint16_t *blocks, const uint64_t *words,
                       uint32_t count)
{
    struct index *index = pager->index;
    uint64_t *summary = next_summary(pager);
    uint32_t *pages = index->pages + (size_t)index->bitmap_count * index->group_count;
    memcpy(pages, index_pages(index, bitmap), index->group_count * sizeof *pages);
    memcpy(summary, index_summary(index, bitmap), summary_bytes(index));
    for (uint32_t i = 0; i < count; i++) {
        uint64_t bit = UINT64_C(1) << blocks[i] % GROUP_BLOCKS;
        uint64_t *group = &summary[1 + blocks[i] / GROUP_BLOCKS];
        *group = words[i] ? *group | bit : *group & ~bit;
    }
    summary[0] = 0;
    for (uint32_t g = 0; g < index->group_count; g++)
        summary[0] |= (uint64_t)(summary[1 + g] != 0) << g;
    return keep_bitmap(pager);
}

/*
 * What an index is inside. Private to index*.c.
 *
 * The values that a fact can have fall into *classes* on each column: null, other, false, true, a word that
 * stands in no cell, each word that does, and the stretches of the line of keys between one cell's end and
 * the next (once for numbers, once for dates). Rows are reordered ("row" below; `order` gives back the
 * position in the table) and stand in *blocks* of 64, blocks in *groups* of at most 64.
 *
 * A *bitmap* is a set of rows: a *summary* (one word saying which groups are not empty, then a word per group
 * saying which of its blocks are not empty) and for each group a *page* of words, one per block. Bitmaps
 * share pages that are the same. A class has a bitmap of the rows that accept it; where that differs in few
 * blocks from what accepts a word that stands in no cell, it has that one's pages and *patches*: blocks with
 * another word.
 *
 * A line with very many stretches has bitmaps for buckets of them. These hold a row too many where a cell
 * ends inside the bucket; `spans` has the exact stretches of such rows, which are looked at last.
 */
#ifndef WIJZER_INDEX_OWN_H
#define WIJZER_INDEX_OWN_H

#include "index.h"

enum { BLOCK_ROWS = 64, GROUP_BLOCKS = 64, GROUPS_MAX = 64 }; /* 262,144 rows: more than TABLE_RULES */

/* A class with no more patches than this has no summary of its own. */
enum { BARE = 16 };

enum { CLASS_NULL, CLASS_OTHER, CLASS_FALSE, CLASS_TRUE, CLASS_ANOTHER, CLASS_WORDS };

/* The words of a column: word i has class CLASS_WORDS + i and stands at text[offsets[i]..offsets[i + 1]]. */
struct vocabulary {
    uint32_t count;
    uint32_t slot_count;
    uint32_t *slots;   /* open addressing: a class, and 8 bits of its word's hash above; 0: free */
    uint32_t *offsets; /* count + 1 */
    char *text;
    uint32_t room, text_room; /* while it grows */
};

/* Keys: class first + i holds the keys from cuts[i - 1] up to but not including cuts[i]. */
struct line {
    uint32_t first, count; /* count cuts: count + 1 classes */
    int64_t *cuts;
    uint32_t *steps; /* cuts before the keys cuts[0] + (i << shift); step_count + 1 */
    uint32_t step_count, shift;
};
enum { LINE_NUMBERS, LINE_DATES, LINES };

struct span { /* of classes */
    uint32_t low, high;
};

/* What classes a row accepts: those from low to high, or where low is SPAN_MANY those in `more` from high on:
 * a count, then pairs. In 16 bits where that is enough for all. */
struct narrow_span {
    uint16_t low, high;
};
#define SPAN_MANY UINT32_MAX
#define NARROW_MANY UINT16_MAX

struct column {
    bool is_idle; /* nothing but "-" */
    bool is_any_of;
    struct vocabulary words;
    struct line lines[LINES];
    uint32_t class_count;
    uint32_t any;          /* bitmap of the rows with "-" */
    uint32_t negated;      /* and of those with negated words, on a list */
    uint16_t *bitmaps;     /* by class */
    uint32_t *patches;     /* by class: its first; class_count + 1; NULL: none has any */
    uint16_t *patch_block; /* group * GROUP_BLOCKS + block within it; ascending within a class */
    uint64_t *patch_word;
    struct span *spans; /* by row; both NULL: the bitmaps say it all */
    struct narrow_span *narrow;
    uint32_t *more, more_count;
};

struct feel_cell {
    uint32_t row, column;
    const struct feel *feel;
};

struct index {
    uint32_t row_count, block_count, group_count;
    uint32_t group_blocks; /* in each group, but fewer in the last */
    uint32_t column_count, bitmap_count, page_count, feel_count;
    uint32_t all; /* bitmap of all rows */
    struct column *columns;
    uint8_t *sequence;   /* columns, the one that sorts the rows first last */
    uint64_t *summaries; /* 1 + group_count by bitmap */
    uint32_t *pages;     /* group_count by bitmap */
    uint64_t *words;     /* group_blocks by page */
    uint32_t *order;     /* row -> position in the table; ascending within a block */
    uint32_t *block_min; /* smallest position */
    uint32_t *group_min;
    struct feel_cell *feels; /* by row, then column */
    size_t bytes;
};

static inline const uint64_t *index_summary(const struct index *index, uint32_t bitmap)
{
    return index->summaries + (size_t)bitmap * (1 + index->group_count);
}

static inline const uint32_t *index_pages(const struct index *index, uint32_t bitmap)
{
    return index->pages + (size_t)bitmap * index->group_count;
}

static inline const uint64_t *index_page(const struct index *index, uint32_t page)
{
    return index->words + (size_t)page * index->group_blocks;
}

uint32_t word_hash(struct slice word);
/* The class of a word; CLASS_ANOTHER where no cell has it. */
uint32_t vocabulary_find(const struct vocabulary *words, struct slice word);
/* The same, but adds it. */
uint32_t vocabulary_add(struct vocabulary *words, struct slice word);
/* Nothing more is added: cuts the memory to size and returns the bytes held. */
size_t vocabulary_finish(struct vocabulary *words);
void vocabulary_free(struct vocabulary *words);

/* Once the cuts are there; returns the bytes taken. */
size_t line_finish(struct line *line);
uint32_t line_class(const struct line *line, int64_t key);

#endif

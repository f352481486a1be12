/*
 * Memory for a search that goes down and comes back: what was taken after a mark is given back at once by
 * returning to it. Pieces do not move.
 */
#ifndef WIJZER_CHECK_PILE_H
#define WIJZER_CHECK_PILE_H

#include "arena.h"

struct pile_block {
    struct pile_block *below, *above; /* the one above is kept for the next time */
    size_t size, used;
    _Alignas(16) char bytes[];
};

struct pile {
    struct pile_block *top;
};

struct pile_mark {
    struct pile_block *block;
    size_t used;
};

/* Not zeroed; ends the process where memory is out. */
void *pile_array(struct pile *pile, size_t count, size_t size);
static inline struct pile_mark pile_mark(const struct pile *pile)
{
    return (struct pile_mark){pile->top, pile->top ? pile->top->used : 0};
}
void pile_return(struct pile *pile, struct pile_mark mark);
void pile_free(struct pile *pile);

#endif

#include "check_pile.h"

enum { BLOCK = 1 << 18 };

static void drop_above(struct pile_block *block)
{
    for (struct pile_block *b = block->above, *next; b; b = next) {
        next = b->above;
        free(b);
    }
    block->above = NULL;
}

static void pile_grow(struct pile *pile, size_t size)
{
    struct pile_block *kept = pile->top ? pile->top->above : NULL;
    if (kept && kept->size >= size) {
        pile->top = kept;
        return;
    }
    if (pile->top)
        drop_above(pile->top);
    size_t room = size > BLOCK ? size : BLOCK;
    struct pile_block *block = xrealloc(NULL, sizeof *block + room);
    *block = (struct pile_block){.below = pile->top, .size = room};
    if (pile->top)
        pile->top->above = block;
    pile->top = block;
}

void *pile_array(struct pile *pile, size_t count, size_t size)
{
    if (count > (SIZE_MAX - 32) / size)
        abort();
    size_t bytes = (count * size + 15) / 16 * 16;
    if (!pile->top || pile->top->size - pile->top->used < bytes)
        pile_grow(pile, bytes);
    void *piece = pile->top->bytes + pile->top->used;
    pile->top->used += bytes;
    return piece;
}

void pile_return(struct pile *pile, struct pile_mark mark)
{
    while (pile->top != mark.block) {
        pile->top->used = 0;
        if (!pile->top->below)
            return; /* the mark was set on an empty pile */
        pile->top = pile->top->below;
    }
    if (pile->top)
        pile->top->used = mark.used;
}

void pile_free(struct pile *pile)
{
    if (!pile->top)
        return;
    drop_above(pile->top);
    for (struct pile_block *b = pile->top, *next; b; b = next) {
        next = b->below;
        free(b);
    }
    pile->top = NULL;
}

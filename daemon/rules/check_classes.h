/*
 * The classes of one column, and cells as spans of them; a part of check_space.h, made and used while a space
 * is built.
 */
#ifndef WIJZER_CHECK_CLASSES_H
#define WIJZER_CHECK_CLASSES_H

#include "check_space.h"

struct words { /* distinct, numbered as they come */
    struct arena *arena;
    struct slice *list;
    uint32_t count, room;
    uint32_t *slots; /* number + 1 */
    uint32_t slot_count;
};

struct section { /* classes first .. first + count - 1 */
    uint32_t first, count;
};

struct classes {
    struct words words;
    struct class *list;
    uint32_t count;
    /* `words` counts "another word" too; a date column has no numbers, and so on. */
    struct section word, number, date, boolean, null, anything;
};

enum { NO_WORD = UINT32_MAX };

uint32_t words_add(struct words *words, struct slice word);
uint32_t words_find(const struct words *words, struct slice word); /* or NO_WORD */

void classes_build(struct classes *classes, const struct table *table, size_t column,
                   const struct key_range *domain, bool is_list, struct arena *arena);
/* The classes whose keys lie in the ranges, as spans; room: ranges. */
uint32_t classes_in(const struct classes *classes, struct section section, const struct key_range *ranges,
                    uint32_t count, struct span *out);

#endif

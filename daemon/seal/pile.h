/*
 * A pile of records that is too large for memory: records of one size are added, then come back in order.
 * What does not fit in a chunk is sorted and written to a scratch file that the caller opens (no name, gone
 * when closed). One thread. Pure but for that file.
 */
#ifndef WIJZER_PILE_H
#define WIJZER_PILE_H

#include <stdio.h>

#include "err.h"

typedef int pile_order(const void *a, const void *b);

struct pile;
/* `chunk`: how many records are kept in memory. `scratch` opens the file for one that outgrows it. */
struct pile *pile_new(size_t record_size, size_t chunk, pile_order *order, FILE *(*scratch)(void));
void pile_free(struct pile **pile);
bool pile_add(struct pile *pile, const void *record, struct err *err);
/* Nothing is added after this. */
bool pile_sort(struct pile *pile, struct err *err);
/* The next one in order, borrowed until the call after; NULL at the end, and with *err set where reading
 * failed (its code is ERR_NONE else). */
const void *pile_next(struct pile *pile, struct err *err);

#endif

/*
 * Sorts more records than fit in memory: records of one size are added, then come back in order.
 * What does not fit in a chunk is sorted and written to a scratch file that the caller opens (no name, gone
 * when closed). One thread. Pure but for that file.
 */
#ifndef WIJZER_SORTER_H
#define WIJZER_SORTER_H

#include <stdio.h>

#include "err.h"

typedef int sorter_order(const void *a, const void *b);

struct sorter;
/* `chunk`: how many records are kept in memory. `scratch` opens the file for one that outgrows it. */
struct sorter *sorter_new(size_t record_size, size_t chunk, sorter_order *order, FILE *(*scratch)(void));
void sorter_free(struct sorter **sorter);
bool sorter_add(struct sorter *sorter, const void *record, struct err *err);
/* Nothing is added after this. */
bool sorter_sort(struct sorter *sorter, struct err *err);
/* The next one in order, borrowed until the call after; NULL at the end, and with *err set where reading
 * failed (its code is ERR_NONE else). */
const void *sorter_next(struct sorter *sorter, struct err *err);

#endif

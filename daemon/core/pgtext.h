/*
 * PostgreSQL's text of arrays of text, {a,"b c"}, and of ranges of whole numbers, {[18,66),[70,)}, read and
 * written. Private to this library.
 */
#ifndef WIJZER_PGTEXT_H
#define WIJZER_PGTEXT_H

#include "test.h"

/* One dimension, no NULL among the elements. Copies into the arena. */
bool pg_words(struct slice text, struct arena *arena, const struct slice **words, size_t *count);
/* As a test: TEST_NUMBERS, ranges of keys, ascending and not touching. An end that lacks is KEY_MIN or
 * KEY_MAX. */
bool pg_ranges(struct slice text, struct arena *arena, struct test *test);

/* Of ranges that begin and end at whole numbers, in PostgreSQL's canonical form. */
struct slice pg_ranges_text(const struct test *test, struct arena *arena);

#endif

/* "Did you mean": the known word nearest to what was typed. Pure. */
#ifndef WIJZER_SUGGEST_H
#define WIJZER_SUGGEST_H

#include "slice.h"

/* Damerau-Levenshtein distance in bytes (insert, delete, replace, swap of two neighbours; each part of the
 * text is edited once), ASCII case ignored; words over 63 bytes count as infinitely far (SIZE_MAX). */
size_t suggest_distance(struct slice a, struct slice b);

/* The nearest of `count` words, if it is near enough to be a typing mistake (at most a third of the typed
 * word, at least one edit) or if the typed word of three or more letters is the start of just one; NULL
 * otherwise. Borrowed from `words`; NULL words are skipped. */
const char *suggest_word(const char *typed, const char *const *words, size_t count);

#endif

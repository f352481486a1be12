/*
 * The region's words (states, decline codes, domains, offerings) as last seen, kept in DIR/vocabulary.json,
 * so that a mistyped word is recognised at once, also without a connection. The cache is only ever a help:
 * when it is missing, old or broken the service decides.
 */
#ifndef WIJZER_VOCABULARY_H
#define WIJZER_VOCABULARY_H

#include <jansson.h>

#include "arena.h"

/* Owned (json_decref), or NULL. */
json_t *vocabulary_load(const char *profile_dir);
/* Failure is of no consequence. */
void vocabulary_keep(const char *profile_dir, struct slice document);

/* The codes of a list ("states", "declineCodes", "domains", "offerings", "organisations"); borrowed from the
 * document, the array is the arena's. */
const char *const *vocabulary_codes(const json_t *vocabulary, const char *list, struct arena *arena,
                                    size_t *count);

#endif

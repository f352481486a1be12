/*
 * The keyrings of all regions: the files CODE.keys of one directory, CODE being the region's code. The table
 * is immutable and counted; a reload reads a new one whole. Any thread.
 */
#ifndef WIJZER_KEYRINGS_H
#define WIJZER_KEYRINGS_H

#include "keyring.h"

struct keyrings;

/* Reads every CODE.keys of the directory; other files are left alone. NULL with *err where one cannot be used
 * or there is none. Returned with one reference. */
const struct keyrings *keyrings_read(const char *directory, const struct keyring_token *token,
                                     struct err *err);
const struct keyrings *keyrings_hold(const struct keyrings *keyrings);
void keyrings_release(const struct keyrings **keyrings);

/* Borrowed, NULL if there is none. */
const struct keyring *keyrings_find(const struct keyrings *keyrings, struct slice region_code);
size_t keyrings_count(const struct keyrings *keyrings);
/* By code; borrowed. `n` is below the count. */
const char *keyrings_code(const struct keyrings *keyrings, size_t n);

/* DIRECTORY/CODE.keys, the arena's; NULL with *err if the code is not a region's (a-z first, then a-z, 0-9
 * and '-', at most 40). */
const char *keyrings_file(const char *directory, struct slice region_code, struct arena *arena,
                          struct err *err);

#endif

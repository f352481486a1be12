/*
 * The keyring of a region: its wrapping keys, numbered, of which the one with the highest number wraps and
 * the older ones still unwrap, and its index key, by which searched values are hashed. It comes from a file
 * that never reaches a database. A keyring is immutable and counted, lies in the secure heap and is wiped
 * with its last reference; any thread may use it. README.md describes the file.
 */
#ifndef WIJZER_KEYRING_H
#define WIJZER_KEYRING_H

#include "err.h"
#include "secret.h"
#include "slice.h"
#include "token.h"

enum { HASH_TEXT = 65, KEYRING_WRAPS = 32, KEYRING_NUMBER_MAX = 999999 };

struct keyring;

/* Reads a file. `token` (NULL: none) is asked only where a line is wrapped by a token's key. NULL with *err,
 * which names file and line and what was expected, never what stands there. Returned with one reference. */
const struct keyring *keyring_read(const char *file, const struct keyring_token *token, struct err *err);
/* The same of a text that has been read; `name` stands in errors. */
const struct keyring *keyring_parse(const char *name, struct slice text, const struct keyring_token *token,
                                    struct err *err);
const struct keyring *keyring_hold(const struct keyring *keyring);
/* Drops the reference and nulls. */
void keyring_release(const struct keyring **keyring);

/* The number of the key that wraps now. */
int keyring_newest(const struct keyring *keyring);
bool keyring_has(const struct keyring *keyring, int number);
/* The wrapping keys, lowest number first: false beyond the last. `made` is in days since 1970. */
bool keyring_wrap(const struct keyring *keyring, int nth, int *number, int64_t *made);
/* 32 bytes, borrowed; NULL if there is no key of that number. For client_key.c. */
const unsigned char *keyring_wrapping_key(const struct keyring *keyring, int number);

/* HMAC-SHA-256 by the index key, in lower-case hexadecimal. */
void keyring_hash(const struct keyring *keyring, struct slice text, char out[HASH_TEXT]);
/* A key of its own for one purpose, worked out from the index key, which never changes: 32 bytes. What is
 * hashed begins with another word than "derived". The caller wipes it. */
void keyring_derive(const struct keyring *keyring, const char *purpose, unsigned char out[32]);

#endif

/*
 * The data key of one client: 256 bits under which the client's fields are sealed, itself wrapped by a
 * wrapping key of the region. It lies in the secure heap, is immutable once made, and belongs to who made it;
 * any thread may use it. Whoever destroys every copy of the wrapped key has made all that was sealed under it
 * unreadable.
 *
 * Associated data ties every sealed thing to its place (decimal ids):
 *   a wrapped key     "wijzer key 1 REGION CLIENT WRAPPING-KEY"
 *   a sealed value    "wijzer 1 REGION CLIENT RECORD FIELD"
 */
#ifndef WIJZER_CLIENT_KEY_H
#define WIJZER_CLIENT_KEY_H

#include "arena.h"
#include "keyring.h"

/* A wrapped key in base64, with its NUL; the length is the same for all. */
enum { WRAPPED_TEXT_MAX = 96 };
/* The longest field name, and the most bytes that are sealed in one value. */
enum { FIELD_NAME_MAX = 40, SEALED_PLAIN_MAX = 8 << 20 };

struct client_key;

/* A new random key, and its text wrapped by the newest wrapping key. NULL with *err: ERR_BUSY where the
 * secure heap has no room (it has for some 98,000 client keys in the process): make room and try again. */
struct client_key *client_key_new(const struct keyring *keyring, int32_t region_id, int64_t client_id,
                                  char wrapped[WRAPPED_TEXT_MAX], struct err *err);
/* NULL with *err: the keyring has no wrapping key of that number, the wrapped key is of another region or
 * client or was changed, or, with ERR_BUSY, there is no room. */
struct client_key *client_key_unwrap(const struct keyring *keyring, int32_t region_id, int64_t client_id,
                                     int wrap_key, struct slice wrapped, struct err *err);
/* Wraps it by the newest wrapping key of the keyring. */
bool client_key_wrap(const struct client_key *key, const struct keyring *keyring,
                     char wrapped[WRAPPED_TEXT_MAX], struct err *err);
/* Wipes, frees and nulls; NULL is fine. */
void client_key_free(struct client_key **key);
int64_t client_key_client(const struct client_key *key);

/* "s1." and base64(nonce | ciphertext | tag), the arena's. An absent text stays absent. `field` is of a-z and
 * '-'. */
bool client_key_seal(const struct client_key *key, int64_t record_id, const char *field, struct slice plain,
                     struct arena *arena, struct slice *out, struct err *err);
/* The text that was sealed, the arena's. */
bool client_key_open(const struct client_key *key, int64_t record_id, struct slice field, struct slice sealed,
                     struct arena *arena, struct slice *out, struct err *err);

#endif

/*
 * What belongs to an organisation of a region and to no client: an address to which it is told that there is
 * something for it, and the secret by which a webhook knows us. Sealed by a key that is worked out from the
 * region's index key, so that it outlives the rotation of wrapping keys. Associated data ties a value to its
 * region and purpose: "wijzer region 1 REGION PURPOSE". Any thread.
 */
#ifndef WIJZER_REGION_KEY_H
#define WIJZER_REGION_KEY_H

#include "arena.h"
#include "keyring.h"

/* "r1." and base64(nonce | ciphertext | tag), the arena's. */
bool region_seal(const struct keyring *keyring, int32_t region_id, const char *purpose, struct slice plain,
                 struct arena *arena, struct slice *out, struct err *err);
/* The text that was sealed, the arena's; false with *err. */
bool region_open(const struct keyring *keyring, int32_t region_id, const char *purpose, struct slice sealed,
                 struct arena *arena, struct slice *out, struct err *err);

enum { REGION_SECRET = 32 };
/* The secret of one subscription: always the same, and kept nowhere. The caller wipes it. */
void region_secret(const struct keyring *keyring, int32_t region_id, int64_t subscription_id,
                   unsigned char out[REGION_SECRET]);

#endif

/*
 * Idempotency keys that come out the same whenever the same thing is sent again from the same profile: an
 * HMAC-SHA-256 of the text under a secret of the profile (DIR/send.key, made when it is not there), written
 * as a UUID (RFC 9562, version 8). Without the secret a key tells nothing of the text, not even to who
 * guesses it. No threads.
 */
#ifndef WIJZER_STABLE_KEY_H
#define WIJZER_STABLE_KEY_H

#include "arena.h"
#include "err.h"
#include "uuid.h"

/* False: the secret can be neither read nor made (ERR_OS, or ERR_INTERNAL where it is torn). */
bool stable_key(const char *profile_dir, struct slice text, struct arena *arena, char out[UUID_TEXT],
                struct err *err);

#endif

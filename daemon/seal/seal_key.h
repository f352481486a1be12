/*
 * Ed25519 keys (RFC 8032) that sign blocks. A key is named by the first eight bytes of the SHA-256 of its
 * public key in DER (SubjectPublicKeyInfo), in hexadecimal. Immutable once made; any thread may sign and
 * verify with it. Private keys lie in OpenSSL's secure heap where the program has set one up.
 */
#ifndef WIJZER_SEAL_KEY_H
#define WIJZER_SEAL_KEY_H

#include "err.h"
#include "slice.h"

enum { SEAL_KEY_ID = 17, SEAL_SIGNATURE = 64, SEAL_PEM = 512 };

struct seal_key;

/* A new one. */
struct seal_key *seal_key_new(struct err *err);
/* From PEM: a private key, or a public one, which cannot sign. */
struct seal_key *seal_key_parse(struct slice pem, struct err *err);
void seal_key_free(struct seal_key **key);
const char *seal_key_id(const struct seal_key *key);
bool seal_key_can_sign(const struct seal_key *key);
/* As PEM with a NUL, of at most SEAL_PEM bytes. `is_private` wants a key that can sign; wipe the text after
 * use. */
bool seal_key_text(const struct seal_key *key, bool is_private, char out[SEAL_PEM], struct err *err);

bool seal_key_sign(const struct seal_key *key, struct slice text, uint8_t signature[SEAL_SIGNATURE],
                   struct err *err);
bool seal_key_verify(const struct seal_key *key, struct slice text, const uint8_t signature[SEAL_SIGNATURE]);

#endif

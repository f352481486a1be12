/*
 * AES-256-GCM (NIST SP 800-38D) and base64 as the rest of this library needs them. A sealed value is nonce,
 * ciphertext and tag, in this order. The nonce is random: a client key seals some thousands of values at most
 * and a wrapping key some millions, far below the 2^32 that random nonces allow. Any thread.
 */
#ifndef WIJZER_GCM_H
#define WIJZER_GCM_H

#include "arena.h"
#include "err.h"
#include "slice.h"

enum { KEY_SIZE = 32, GCM_NONCE = 12, GCM_TAG = 16, GCM_EXTRA = GCM_NONCE + GCM_TAG };

/* Fetches the algorithms once; keys_start() calls it. They are constant until gcm_stop(). */
bool gcm_start(struct err *err);
void gcm_stop(void);

/* Writes plain.len + GCM_EXTRA bytes. */
bool gcm_seal(const unsigned char key[KEY_SIZE], struct slice about, struct slice plain, unsigned char *out,
              struct err *err);
/* Writes sealed.len - GCM_EXTRA bytes. False where the key, the associated data or any bit is another one;
 * what had been deciphered is wiped. */
bool gcm_open(const unsigned char key[KEY_SIZE], struct slice about, struct slice sealed, unsigned char *out,
              struct err *err);

/* HMAC-SHA-256 (RFC 2104, FIPS 198-1). */
enum { HMAC_SIZE = 32 };
void hmac_sha256(const unsigned char key[KEY_SIZE], struct slice text, unsigned char out[HMAC_SIZE]);

/* Base64 (RFC 4648 section 4). The length of the text, without NUL. */
#define BASE64_LENGTH(bytes) (((bytes) + 2) / 3 * 4)
/* Writes the text and a NUL. */
void base64_encode(const unsigned char *bytes, size_t size, char *out);
/* Canonical only: padded, no blanks, unused bits zero, so that one value has one text. Writes at most
 * text.len / 4 * 3 bytes. */
bool base64_decode(struct slice text, unsigned char *out, size_t *size);

/* Lower-case hexadecimal. hex_decode() wants exactly 2 * size digits. */
void hex_encode(const unsigned char *bytes, size_t size, char *out);
bool hex_decode(struct slice text, unsigned char *out, size_t size);

#endif

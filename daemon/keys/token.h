/*
 * A key that lies in a PKCS#11 token (version 2.40; a smart card, an HSM, SoftHSM) and wraps the keys of a
 * keyring file: an AES-256 secret key, found by its label, that never leaves the token. The module is loaded
 * while a keyring is read or written and then let go. What it wraps is bound to its purpose ("wrap 3",
 * "index") as associated data of AES-GCM (CKM_AES_GCM), so that lines cannot be exchanged. One thread at a
 * time.
 */
#ifndef WIJZER_TOKEN_H
#define WIJZER_TOKEN_H

#include "err.h"
#include "gcm.h"
#include "slice.h"

/* Where the token is and how to log in; borrowed texts. */
struct keyring_token {
    const char *module;   /* path of the PKCS#11 module */
    const char *token;    /* the token's label */
    const char *key;      /* the key's label */
    const char *pin_file; /* first line: the PIN; as private as a keyring file */
};

/* nonce, ciphertext, tag */
enum { TOKEN_WRAPPED = KEY_SIZE + GCM_EXTRA };

struct token;

/* Loads the module, logs in and finds the key. NULL with *err. */
struct token *token_open(const struct keyring_token *settings, struct err *err);
/* Logs out, lets the module go and nulls; NULL is fine. */
void token_close(struct token **token);

bool token_wrap(struct token *token, struct slice purpose, const unsigned char key[KEY_SIZE],
                unsigned char wrapped[TOKEN_WRAPPED], struct err *err);
/* `key` lies in the secure heap. False where another key wrapped it, for another purpose, or it was changed.
 */
bool token_unwrap(struct token *token, struct slice purpose, const unsigned char wrapped[TOKEN_WRAPPED],
                  unsigned char key[KEY_SIZE], struct err *err);

#endif

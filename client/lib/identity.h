/*
 * The key and certificate of a profile: made and kept on this machine; only a certificate request goes out. A
 * renewal puts two files in place of two others: both are written whole beside them first (key.pem.new, then
 * cert.pem.new), and whoever finds both later (a crash came between) finishes it with identity_settle().
 * Texts are the arena's.
 */
#ifndef WIJZER_IDENTITY_H
#define WIJZER_IDENTITY_H

#include "arena.h"
#include "clock.h"
#include "err.h"

enum { IDENTITY_MAX = 64 * 1024 };

/* A new P-256 key as PEM. ERR_TLS. */
bool identity_key(struct arena *arena, struct slice *key, struct err *err);
/* The request for a certificate for a key (PEM), which asks for no name: the service knows which. */
bool identity_request(struct slice key, struct arena *arena, struct slice *csr, struct err *err);

/* From when to when the certificate in a file is good. */
bool identity_life(const char *path, struct arena *arena, moment *from, moment *until, struct err *err);
/* Hex SHA-256 of the first certificate in a file (DER), as the service names issuers. */
bool identity_fingerprint(const char *path, struct arena *arena, const char **out, struct err *err);

/* Puts a new key and its certificate in the place of the old ones. ERR_TLS: they do not belong together. */
bool identity_replace(const char *dir, struct slice key, struct slice certificate, struct err *err);
/* Finishes a replacement that was cut short; nothing where there is none. */
bool identity_settle(const char *dir, struct arena *arena, struct err *err);

#endif

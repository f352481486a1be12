/*
 * The keyrings as the configuration names them. Any thread; reading blocks on files and, where a token wraps
 * keys, on its module.
 */
#ifndef WIJZER_KEYS_H
#define WIJZER_KEYS_H

#include "config.h"
#include "keyrings.h"

/* Whether a token is configured; *out borrows from the config. */
bool keys_token(const struct config *config, struct keyring_token *out);
/* Those of all regions; NULL with *err. Returned with one reference. */
const struct keyrings *keys_read(const struct config *config, struct err *err);

#endif

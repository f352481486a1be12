/*
 * The statements of the key database: each calls one function of schema keys and is one transaction. The key
 * database has lanes of its own and knows nothing of the data (sql/keys/README.md).
 */
#ifndef WIJZER_STORE_KEYS_H
#define WIJZER_STORE_KEYS_H

#include "lane.h"

enum keys_statement { KEYS_ADD, KEYS_GET, KEYS_DESTROY, KEYS_COUNT };

extern const struct pg_statement keys_statements[KEYS_COUNT];

#endif

/* Private to feel_simple.c and test.c. */
#ifndef WIJZER_TEST_KEYS_H
#define WIJZER_TEST_KEYS_H

#include "test.h"

/* False for days that are out of reach of keys. */
bool date_key(int64_t day, int64_t *key);

#endif

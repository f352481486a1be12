/* Random UUIDs (RFC 9562, version 4), used as idempotency keys: whoever does not know one cannot guess it. */
#ifndef WIJZER_UUID_H
#define WIJZER_UUID_H

#include "slice.h"

enum { UUID_TEXT = 37 }; /* 36 characters and NUL */

/* Writes a new one from the kernel's random source; ends the process where that fails. */
const char *uuid_new(char out[UUID_TEXT]);
bool uuid_is(struct slice text);

#endif

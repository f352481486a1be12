/* UUIDs (RFC 9562), used as idempotency keys: whoever does not know one cannot guess it. */
#ifndef WIJZER_UUID_H
#define WIJZER_UUID_H

#include "slice.h"

enum { UUID_TEXT = 37 }; /* 36 characters and NUL */

/* Writes these bytes as a UUID of this version; the bits of version and variant are set in them. */
const char *uuid_print(unsigned char bytes[16], unsigned version, char out[UUID_TEXT]);
/* Writes a new random one (version 4) from the kernel's random source; ends the process where that fails. */
const char *uuid_new(char out[UUID_TEXT]);
bool uuid_is(struct slice text);

#endif

/*
 * Seal keys as files, and other small files of the seal commands. Any thread.
 */
#ifndef WIJZER_SEAL_FILE_H
#define WIJZER_SEAL_FILE_H

#include "seal_key.h"

/* The text of a small file, of the caller's to free; absent with *err. */
struct slice file_read(const char *path, size_t most, struct err *err);
/* A key from a PEM file, private or public. A private one that everybody may read is refused. NULL with *err.
 */
struct seal_key *seal_key_read(const char *path, struct err *err);
/* Makes a new key in a new file that only its owner may read. */
struct seal_key *seal_key_make(const char *path, struct err *err);

#endif

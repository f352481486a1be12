/*
 * The secure heap and what lies in it. OpenSSL's secure heap is one mapping of the process: locked into
 * memory, left out of core dumps, between guard pages, wiped piece by piece when freed. keys_start() makes
 * it, once, before there are threads; from then on these functions may be called by any thread.
 */
#ifndef WIJZER_SECRET_H
#define WIJZER_SECRET_H

#include <stddef.h>

#include "err.h"

/* The heap is as large as an ordinary login may lock on Debian (RLIMIT_MEMLOCK). Its smallest piece is one
 * client key; the reserve is kept for keyrings, files that are being read and OpenSSL's own private keys. */
enum { SECRET_HEAP = 8 << 20, SECRET_PIECE = 64, SECRET_RESERVE = 2 << 20 };

/* Makes the heap. *is_locked tells whether the system let us lock it: without it keys may reach the swap. */
bool keys_start(bool *is_locked, struct err *err);
/* After the last key is freed; for tests, which start again. */
void keys_stop(void);

/* Zeroed memory of the secure heap, or NULL with *err where that is full. Freed by secret_free(). */
void *secret_alloc(size_t size, struct err *err);
/* As secret_alloc, but leaves the reserve alone. */
void *secret_alloc_small(size_t size, struct err *err);
/* Wipes, frees and nulls; NULL is fine. */
#define secret_free(pointer, size) (secret_wipe((pointer), (size)), (pointer) = NULL)
void secret_wipe(void *memory, size_t size);

/* Reads a file that nobody but its owner may read (ourselves or root; a file of systemd's credentials
 * directory is taken as it is) into the secure heap. Returns SECRET_FILE bytes of which *len are used, the
 * rest zero, to be given to secret_free(); NULL with *err, which names the file. */
enum { SECRET_FILE = 1 << 16 };
char *secret_read(const char *file, size_t *len, struct err *err);

#endif

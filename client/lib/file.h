/*
 * Whole files, safely: reading with a limit, and writing so that after a crash there is either the old file
 * or the new one, never a half one.
 */
#ifndef WIJZER_FILE_H
#define WIJZER_FILE_H

#include "arena.h"
#include "err.h"

/* Reads all of a regular file (or of standard input for "-"), at most `max` bytes; the text is the arena's.
 * ERR_TOO_LARGE, or ERR_OS with err->os. */
bool file_read(const char *path, size_t max, struct arena *arena, struct slice *text, struct err *err);

/* Writes `dir`/`name` with mode 0600: first a hidden temporary file beside it ("." name ".tmp"), flushed to
 * disk, then a rename, then the directory is flushed. ERR_OS. */
bool file_write(const char *dir, const char *name, struct slice text, struct err *err);

/* The same where there is no such file yet; one that is there stays as it is, which is success too. Of any
 * number that do this at the same time one's text stays, and whoever reads finds that or, before, nothing. */
bool file_write_new(const char *dir, const char *name, struct slice text, struct err *err);

/* Makes what was renamed or removed in `dir` durable. */
bool file_sync_dir(const char *dir, struct err *err);

#endif

/*
 * Making and changing keyring files. A change keeps every other line as it is, comments too; the new text is
 * read as a keyring before it takes the old one's place, whole or not at all, with the old one's owner. Two
 * changes in one directory at a time are refused. For `wijzerd keys`; one thread.
 */
#ifndef WIJZER_KEYRING_FILE_H
#define WIJZER_KEYRING_FILE_H

#include "keyring.h"

/* What all three need: the file, the day that new keys are dated, and the token that wraps them (NULL: they
 * lie in the file as they are). */
struct keyring_edit {
    const char *file;
    int64_t today; /* days since 1970 */
    const struct keyring_token *token;
};

/* A file with wrapping key 1 and an index key, mode 0600. Refuses where there is one. */
bool keyring_file_new(const struct keyring_edit *edit, struct err *err);
/* Adds a wrapping key, which wraps from then on; *number is its number. */
bool keyring_file_rotate(const struct keyring_edit *edit, int *number, struct err *err);
/* Whether it is there and not the newest, which wraps. */
bool keyring_may_retire(const struct keyring *keyring, int number, struct err *err);
/* Takes a wrapping key out that may be retired. */
bool keyring_file_retire(const struct keyring_edit *edit, int number, struct err *err);

#endif

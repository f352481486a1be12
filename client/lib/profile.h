/*
 * A profile is a directory: who you are and which service you talk to. It holds cert.pem, key.pem (mode
 * 0600) and a file `profile` of lines `key = value` (`#` starts a comment):
 *
 *     api  = https://host:port      where the service is
 *     ca   = ca.pem                 whose certificates are believed; relative to the directory, or absolute
 *     name = ...                    optional, for people
 *
 * WIJZER_API and WIJZER_CA go before the file's lines. The same directory keeps what could not be sent yet
 * (spool.h) and the last seen vocabulary (vocabulary.h). Strings are the arena's.
 */
#ifndef WIJZER_PROFILE_H
#define WIJZER_PROFILE_H

#include "arena.h"
#include "err.h"

struct profile {
    const char *dir;
    const char *api;             /* "https://host:port", without a slash at the end */
    const char *ca, *cert, *key; /* cert and key NULL: of who is joining */
    const char *pin;             /* in place of ca, for who is joining: 20 letters (pin.h); else NULL */
    const char *name;            /* or NULL */
    bool key_exposed;            /* others than the owner may read key.pem */
};

/* $WIJZER_PROFILE, or ~/.config/wijzer; false when neither is known. `given` (may be NULL) goes first. */
bool profile_find(const char *given, struct arena *arena, const char **dir, struct err *err);

/* Reads the lines of a profile file; `dir` is what relative paths start from. ERR_CONFIG names the line. */
bool profile_parse(struct slice text, const char *dir, struct arena *arena, struct profile *out,
                   struct err *err);

/* Reads DIR/profile and looks whether the other files are there. ERR_CONFIG: what is wrong, with the line;
 * ERR_NOT_FOUND: there is no profile file in the directory. */
bool profile_load(const char *dir, struct arena *arena, struct profile *out, struct err *err);

#endif

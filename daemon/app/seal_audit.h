/*
 * `wijzerd seal verify`: feeds a dump, or the live database read as if it were one, to the verifier
 * (seal_verify.h) and prints what it finds: a line for each finding and for each log of a region, or JSON.
 * Progress is shown on a terminal.
 */
#ifndef WIJZER_SEAL_AUDIT_H
#define WIJZER_SEAL_AUDIT_H

#include "arena.h"
#include "seal_verify.h"

enum { AUDIT_KEYS = 16, AUDIT_ROOTS = 1024 };

struct audit {
    const char *dump;     /* a file, "-" for standard input, NULL for the live database */
    const char *database; /* of a login that may read every row; for the live database */
    bool is_json;
    const struct seal_key *keys[AUDIT_KEYS];
    size_t key_count;
    struct seal_root roots[AUDIT_ROOTS];
    size_t root_count;
    struct arena *arena; /* of the roots' texts */
};

/* Adds the roots of a file that `wijzerd seal root` wrote. */
bool audit_add_roots(struct audit *audit, const char *path, struct err *err);
/* *holds: nothing was found. False with *err: it could not be verified. */
bool audit_run(const struct audit *audit, bool *holds, struct err *err);

#endif

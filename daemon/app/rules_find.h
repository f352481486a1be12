/*
 * Everything that is to be said about a version before it is published: what the checker proves (check.h),
 * words that the region does not have, rows that decided nothing for a year, offerings that ended or of which
 * nobody told how much room there is, rows that ask for more evidence than there is, and whether something
 * was published since it was begun. Each finding has a name that stays the same for the same rows, by which a
 * warning is acknowledged.
 */
#ifndef WIJZER_RULES_FIND_H
#define WIJZER_RULES_FIND_H

#include "check.h"
#include "rules.h"

/* The checker's kinds, and ours. X(enumerator, word, is_error) */
#define FOUND_KINDS(X)                                                                                       \
    X(FOUND_GAP, "gap", true)                                                                                \
    X(FOUND_OVERLAP, "overlap", true)                                                                        \
    X(FOUND_CONFLICT, "conflict", true)                                                                      \
    X(FOUND_EXAMPLE, "example", true)                                                                        \
    X(FOUND_UNKNOWN, "unknown", true)                                                                        \
    X(FOUND_OUTDATED, "outdated", false)                                                                     \
    X(FOUND_SHADOWED, "shadowed", false)                                                                     \
    X(FOUND_EMPTY, "empty", false)                                                                           \
    X(FOUND_DEAD, "dead", false)                                                                             \
    X(FOUND_NO_CAPACITY, "no-capacity", false)                                                               \
    X(FOUND_NO_EVIDENCE, "no-evidence", false)                                                               \
    X(FOUND_UNPROVED, "unproved", false)

enum found_kind {
#define X(kind, word, is_error) kind,
    FOUND_KINDS(X)
#undef X
        FOUND_COUNT
};

struct found {
    enum found_kind kind;
    struct slice name, text;
    const struct slice *rules; /* ids */
    size_t rule_count;
    const struct slice *columns; /* names */
    size_t column_count;
    struct slice person; /* JSON, or absent */
};

struct found_list {
    struct arena *arena;
    struct found *list; /* errors first */
    size_t count, room;
    size_t of_kind[FOUND_COUNT]; /* listed */
    size_t more[FOUND_COUNT];    /* found and not listed */
    bool is_proved[FOUND_COUNT]; /* there are no others */
};

const char *found_word(enum found_kind kind);
bool found_is_error(enum found_kind kind);
bool found_has_errors(const struct found_list *found);

/* On the desk. False: answered. */
bool rules_find(struct desk *desk, struct desk_task *task, const struct rule_head *head,
                struct found_list *found);

/* JSON array of Finding (openapi.yaml). */
struct slice found_json(const struct found_list *found, struct arena *arena);

#endif

/*
 * The compiler of a region's snapshot, in parts: region.c reads the document and its lists of names,
 * machine.c the states and edges, tables.c the rule tables in force. Each part fills its share of `region`,
 * may look at what the parts before it filled, and fails with the row named in *err. Private to this library.
 */
#ifndef WIJZER_COMPILE_H
#define WIJZER_COMPILE_H

#include "document.h"
#include "region.h"

struct compiler {
    struct region *region;
    struct arena *arena;
    struct err *err;
    struct row top;                        /* the document itself */
    int stale_days, old_days;              /* of capacities, for each offering */
    const struct ruleset *const *rulesets; /* given by the caller, by number; may be NULL */
};

/* Reads one row into one element of the array. */
typedef bool read_row(struct compiler *c, struct row *row, void *element);

struct row compile_row(const struct compiler *c, const char *list, size_t index, json_t *json);
/* Reads the list that `parent` has as member `list` into a new array, elements of `size` bytes; no two rows
 * may have the same `key` (a member that is text or number; NULL: no such check). NULL on failure. */
void *compile_list(struct compiler *c, const struct row *parent, const char *list, const char *key,
                   size_t size, read_row *read, size_t *count);

bool compile_machine(struct compiler *c);
bool compile_tables(struct compiler *c);
/* The list of tables in force: versions by number (0: none), and since when into the region. */
bool read_tables(struct compiler *c, int versions[RULE_TABLES + 1]);

#endif

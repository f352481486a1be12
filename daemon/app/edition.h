/*
 * An edition: one version of one rule table as the database keeps it, read into a table, and on demand
 * compiled. A version never changes, so an edition is right for ever; `editions` keeps the last few, because
 * a trial comes back for the same ones page after page. One thread.
 */
#ifndef WIJZER_EDITION_H
#define WIJZER_EDITION_H

#include "asker.h"
#include "region.h"

struct edition {
    int32_t region_id;
    int version;
    enum hit_policy policy;
    const struct question *question;
    const struct table *table;
    struct arena *arena; /* of the table and the rest */
    /* its own */
    const int32_t *offering_ids; /* one per rule and one for everything else; NULL: not that kind of table */
    const struct ruleset *set;
    const struct region *region; /* whose words limit the table's; one reference, or NULL */
    bool has_examples;
    uint64_t used;
};

/* What edition is wanted. */
struct edition_wish {
    int32_t region_id;
    int version;
    int table;                   /* number, as rule_version() says */
    enum hit_policy policy;      /* the same; 0: the question's */
    const struct region *region; /* limits the words of the columns, for the checker; NULL: does not matter */
    struct slice examples;       /* JSON of rule_version(); absent: the table may come without */
};

/* The rows of wijzer.rule_rows() as rulebook.h takes them. */
struct rule_source edition_source(const PGresult *rows);

/* Reads the rows. Returned owned; NULL with *err as above, or where they do not hold together (ERR_CONFIG).
 */
struct edition *edition_read(const PGresult *rows, const struct edition_wish *wish, struct err *err);
void edition_free(struct edition **edition);
/* The ruleset, compiled at the first call; the edition's reference, or NULL with *err. */
const struct ruleset *edition_ruleset(struct edition *edition, struct err *err);

struct editions;

/* `asker` is borrowed. */
struct editions *editions_new(struct asker *asker);
void editions_free(struct editions **editions);
/* Borrowed until editions_tidy(). NULL with *err. */
struct edition *editions_get(struct editions *editions, const struct edition_wish *wish, struct err *err);
/* Drops the editions used longest ago, so that few remain. */
void editions_tidy(struct editions *editions);

#endif

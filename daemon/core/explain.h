/*
 * Why a referral went where it went, from what was stored with the decision and the rows of the versions it
 * names (invariant I7): nothing here looks at what is in force now. Pure.
 */
#ifndef WIJZER_EXPLAIN_H
#define WIJZER_EXPLAIN_H

#include "route.h"

/* The stored decision, and the tables of the versions it names. */
struct record {
    const struct region
        *region; /* for names of offerings as they are known; capacity is taken from `candidates` */
    moment at;   /* when it was decided */
    struct situation situation; /* situation_read() of the inputs */
    /* By number 1..3, asked or not (the trail tells); NULL: it is not known. A decision of the first form has
     * table 3 alone. */
    const struct table *tables[RULE_TABLES + 1];
    const struct ruleset *rulesets[RULE_TABLES + 1]; /* compiled from the same rows */
    struct slice trail, candidates;                  /* JSON as stored; absent: before they were */
    int table;                                       /* the row the decision names */
    struct slice rule;
};

/* Why not this offering:
 *   {"offering":{"code","name"},"rules":[{"table","id","failed":[{"column","label","test","fact"}],
 *   "outweighedBy":{"code","name","weight"}}],"smallestChange":[{"fact","label","from","to"}]|null,"note":text}
 * For every row of tables 1 and 3 that names it (and, where its approach was not chosen, every row of table 2
 * that names an approach of it) the cells that failed, with the fact beside each; nearest rows first, at most
 * EXPLAIN_ROWS of a table. outweighedBy only where nothing failed and another offering came first. And the
 * smallest change of facts after which the offering comes first: fewest facts, then nearest (numbers by their
 * distance, a word or a word of a list counts 1), then order of facts. Found by trying every change of one
 * fact, then of two, then what the nearest rows ask for, then of three and more, until EXPLAIN_DECISIONS
 * decisions were made; "note" (Dutch, absent where all is said) tells what was not tried. What describes the
 * request may change; referrer, its role and declines may not. */
enum { EXPLAIN_ROWS = 20, EXPLAIN_DECISIONS = 200000 };
struct slice explain_why_not(const struct record *record, const struct offering *offering,
                             struct arena *arena);
/* What would come out with other facts, "age=28;domains=finances,housing":
 *   {"change":[{"fact","to"}],"decision":{"table","version","rule","reason","offering","organisation"},
 *   "candidates":[as stored]}
 * "decision":null and a "note" (Dutch) where the record lacks one of the three tables: a decision that was
 * stored before those that were not asked were named too. False (ERR_INVALID_PARAMETER) for a fact that is
 * none or stands there twice, and for a word that the region does not have. */
bool explain_what_if(const struct record *record, struct slice change, struct arena *arena,
                     struct slice *json, struct err *err);
/* The rows that decided, with their cells, each cell with the fact it was compared with:
 *   [{"table","version","code","label","rules":[{"id","reason","cells":[{"column","label","test","fact","truth"}],
 *   "then":{}}],"unknown":[ids],"otherwise":bool}] */
struct slice explain_tables(const struct record *record, struct arena *arena);

/* One table on facts:
 *   {"table","version","outputs":..,"matched":[{"rule","then","reason"}],"unknown":["R02"],"otherwise":bool};
 * outputs are DMN's result: an object, a list of them under C, null. */
struct slice explain_evaluate(const struct question *question, int version, const struct table *table,
                              const struct situation *situation, struct arena *arena);

/* A trial: what would another set of tables do with the inputs as stored. Decides under `before` and `after`
 * (RULE_TABLES + 1 pointers each, by table number). `moves`: the first candidate differs. False with err.code
 * set where the inputs cannot be read (ERR_CONFIG) or a table lacks (ERR_NO_ROUTE_TABLE). */
struct replay_result {
    bool moves, is_uncertain;         /* after */
    const struct offering *from, *to; /* NULL: coordination */
    const struct ruleset *from_set, *to_set;
    const struct ruling *from_ruling, *to_ruling; /* the rows that decided */
};
bool replay_decide(const struct region *region, const struct ruleset *const *before,
                   const struct ruleset *const *after, struct slice inputs, moment now, struct arena *arena,
                   struct replay_result *out, struct err *err);

#endif

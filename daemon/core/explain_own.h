/*
 * What the parts of explaining share: explain.c (tables, what if, one table), whynot.c (rows), change.c (the
 * smallest change). Private to this library.
 */
#ifndef WIJZER_EXPLAIN_OWN_H
#define WIJZER_EXPLAIN_OWN_H

#include "explain.h"
#include "json_fact.h"
#include "question.h"

/* A record made ready to be decided again as it was. */
struct explained {
    const struct record *record;
    struct arena *arena;
    /* The region with the offerings as they were: capacity and evidence of the stored candidates, evidence of
     * those that had too little; capacity of others not known;
     * ended those that a row named and that were no candidate. */
    struct region region;
    struct offering *offerings;
    struct routing routing; /* decided again */
    bool is_decided;
};

void explain_open(struct explained *e, const struct record *record, struct arena *arena);
bool explain_route(const struct explained *e, const struct situation *situation, struct routing *out);
/* As the offering was then; NULL: there was none of this id. */
const struct offering *explain_offering(const struct explained *e, int32_t id);

/* The situation with the approaches that table 2 gives, as table 3 sees it. */
struct situation explain_situation(const struct explained *e, const struct situation *situation);

/* {"column","label","test","fact"}, and with `truth` >= 0 that too. */
void out_cell(struct json_out *out, enum about about, const struct test *test, const struct fact *fact,
              int truth);
void out_named(struct json_out *out, const char *name, struct slice code, struct slice text);
/* "has":{"code","label"}|null,"asks":{"code","label"}|null, by the codes of evidence. */
void out_asked_evidence(struct json_out *out, const struct region *region, struct slice has,
                        struct slice asks);
bool about_is_list(enum about about);

/* Rows that would have led to an offering, those of which fewest cells fail first, at most EXPLAIN_ROWS. */
struct near_rows {
    int table;
    struct near {
        uint32_t row, failed;
    } * list;
    size_t count;
};
/* Rows of table 1 or 3 that name it. */
struct near_rows rows_naming(const struct explained *e, int number, const struct offering *offering,
                             const struct situation *situation);
/* Rows of table 2 that name an approach that one of those rows of table 3 asks for and did not get. */
struct near_rows rows_wanted(const struct explained *e, const struct near_rows *offerings,
                             const struct situation *situation);
/* Whether that row of table 3 asks for this approach, and got none that it asks for. */
bool row_wants(const struct explained *e, const struct near *near, const struct situation *situation,
               struct slice approach);

/* The smallest change of facts after which the offering comes first. */
struct change {
    struct {
        enum about about;
        struct fact to;
    } items[ABOUT_COUNT];
    size_t count; /* 0: none found */
    uint64_t distance;
};
/* `note`: what was not tried, Dutch; absent: nothing that could be smaller. */
void change_find(const struct explained *e, const struct offering *offering, struct change *best,
                 struct slice *note);

#endif

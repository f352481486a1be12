/*
 * Findings as they are made, and the sentences they are told in. What the parts of the checker share.
 */
#ifndef WIJZER_CHECK_REPORT_H
#define WIJZER_CHECK_REPORT_H

#include "check_meet.h"
#include "text.h"

/* Steps of work that a microsecond of the budget buys. A step took 5 to 8 ns where this was chosen, so that
 * work ends well before the time that was given. */
enum { STEPS_PER_US = 100 };

enum { ROWS_NAMED = 5 }; /* rows named in one sentence; the rest is counted */

struct checker {
    const struct table *table;
    struct check_options options;
    uint64_t steps_left;
    struct arena *arena, *scratch; /* of the findings; of the work */
    struct space space;
    struct findings *out;
    struct finding *list;
    size_t count, room;
    size_t listed[FIND_KINDS];
};

/* What a finding is made of; masks are of columns. */
struct news {
    enum finding_kind kind;
    const uint32_t *rows;
    size_t row_count;
    const struct choice *person; /* or NULL */
    uint64_t columns;
    struct slice text;
};

/* False: there were `most` of the kind already, and it was counted only. Copies. */
bool report_add(struct checker *checker, const struct news *news);
static inline bool report_is_full(const struct checker *checker, enum finding_kind kind)
{
    return checker->listed[kind] >= checker->options.most;
}
/* Adds what was not proved of `kind`: the sentence is "not proved: WHAT". */
void report_unproved(struct checker *checker, enum finding_kind kind, const uint32_t *rows, size_t row_count,
                     const struct choice *person, struct slice what);

/* Text for a finding, in its arena. */
struct text report_text(const struct checker *checker);
void say_row(struct text *text, const struct table *table, uint32_t row); /* R07, or: row 7 */
void say_rows(struct text *text, const struct table *table, const uint32_t *rows,
              size_t count); /* R03 and R07 */
/* age 12, urgency soon; anybody */
void say_person(struct text *text, const struct space *space, const struct choice *person);
/* R07: age >= 18, urgency "soon"; only the columns of the mask where it has a condition. */
void say_cells(struct text *text, const struct space *space, uint32_t row, uint64_t mask);

static inline void checker_spend(struct checker *checker, uint64_t steps)
{
    checker->steps_left -= steps < checker->steps_left ? steps : checker->steps_left;
}

/* The parts of the checker; each sets is_proved, adds what it finds and takes what it used from steps_left.
 */
void check_empty(struct checker *checker);
void check_gaps(struct checker *checker, uint64_t limit);
void check_pairs(struct checker *checker, enum finding_kind kind); /* overlap or conflict */
void check_shadows(struct checker *checker);

/* Positions of the rows that somebody may pass, in table order; and how many. */
uint32_t rows_alive(const struct checker *checker, uint32_t **rows);

#endif

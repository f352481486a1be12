/*
 * The checker: proves a table right, or shows a person for whom it is not. Exact over all columns at once: a
 * person is one value for each column (on a list column a set of words), and what is reported as a gap, an
 * overlap, a conflict is one such person. Where it would take longer than the budget, it says what it did not
 * prove; it never guesses. Pure.
 *
 *   gap       U A P F C R O  a person who matches no row (before the one for everything else)
 *   overlap   U              two rows that match the same person
 *   conflict  A              two rows that match the same person and put out different things
 *   shadowed  F              a row that is never first: rows before it take all its people
 *             P              the same by output priority, of equal ones by place
 *   empty     all            a row that no person can match ([8..5], a word outside the allowed values)
 *   example   all            an example that comes out otherwise
 *   unproved                 what was not proved, and why
 *
 * Persons have the values that the input's type and allowed values let them have: of words that are not
 * closed one more than the cells name, no null unless a cell of the column or an allowed value is null, and
 * never a fact that is not known. Cells that are TEST_FEEL (and null on list columns) cannot be analysed: a
 * row with one takes nobody as far as gaps go, but a gap is reported only if its person, tried on these rows,
 * is refused by all; pairs and shadows that hang on such cells, and outputs that are not constants, are
 * "unproved" by name.
 */
#ifndef WIJZER_CHECK_H
#define WIJZER_CHECK_H

#include "table.h"

enum finding_kind {
    FIND_GAP,
    FIND_OVERLAP,
    FIND_CONFLICT,
    FIND_SHADOWED,
    FIND_EMPTY,
    FIND_EXAMPLE,
    FIND_UNPROVED,
    FIND_KINDS
};
const char *finding_word(enum finding_kind kind); /* "gap" */
bool finding_is_error(enum finding_kind kind);    /* gap, overlap, conflict, example: no publishing */

struct finding {
    enum finding_kind kind;
    /* Positions in table->rules; of a gap: at most three rows that come nearest, the nearest first: fewest
     * cells off, then how far a number or date is off, then in table order. */
    const uint32_t *rows;
    size_t row_count;
    const struct value *person; /* one per input, or NULL; VALUE_NULL: any */
    const uint32_t *columns;    /* inputs whose cells matter: overlap: where both rows have a condition;
                                   gap: where these rows fail */
    size_t column_count;
    struct slice text; /* one English sentence, with rows' ids, cells and the person */
};

struct findings {
    const struct finding *list; /* errors first, then in table order */
    size_t count;
    size_t more[FIND_KINDS];    /* found beyond `most` of that kind, not listed */
    bool is_proved[FIND_KINDS]; /* nothing of this kind exists beside those listed and counted; of gaps: but
                                   persons who differ from one listed only in values that no row tells apart
                                   there */
};

struct check_options {
    size_t most;       /* listed per kind; 0: 20 */
    int64_t budget_us; /* of work, in all; 0: 5 seconds. Counted in steps, so results do not depend on the
                          machine */
    unsigned list_max; /* how many words a person has at most on a list column; 0: 8 */
    /* Smallest and greatest key a person can have on a column of numbers or dates, by input ({KEY_MIN,
     * KEY_MAX}: no end). NULL: unbounded. */
    const struct key_range *domains;
    /* List columns on which a person can have no word at all, by input. NULL: on none. */
    const bool *can_be_empty;
};

#define CHECK_OTHER                                                                                          \
    "another word" /* a person's value there; with a number behind it where a cell has this text */

/*
 * A word that stands nowhere in the column is tried too (CHECK_OTHER) unless the input has allowed values.
 * The person of a gap is small: as few columns matter as in any gap that is not yet reported (as far as
 * looking for fewer ends within its part of the budget; never one that could be left out), and each of these
 * in turn has the least value that will do: the first in the order of allowed values or of the table, the
 * lowest number, the fewest words. When more gaps exist than `most`, more[FIND_GAP] is 1, "at least", and a
 * finding says so.
 */
void check_table(const struct table *table, const struct check_options *options, struct arena *arena,
                 struct findings *out);

#endif

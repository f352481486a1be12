/*
 * What the seven questions' columns are made of: kinds of facts and answers, their fixed words and bounds.
 * Rows, documents and rulesets are all read by these. Private to this library.
 */
#ifndef WIJZER_QUESTION_H
#define WIJZER_QUESTION_H

#include "rulebook.h"

enum column_kind {
    COLUMN_WORD,
    COLUMN_WORDS, /* a fact that is a set of words, an answer that is a list of them */
    COLUMN_NUMBER,
    COLUMN_FLAG
};

struct column {
    const char *name, *sql, *label;
    enum column_kind kind;
    const char *const *words; /* fixed, ending with NULL; NULL: the region's, or any */
    int64_t low, high;        /* of numbers */
};

struct column about_column(enum about about);
struct column answer_column(enum answer_name answer);

/* Position of a word in a list that ends with NULL; -1: not there. */
int word_number(const char *const *words, struct slice word);
/* Whether tables were written before there was such an answer: where it lacks, it was not given. */
bool answer_came_later(enum answer_name answer);
/* Fixed words of an answer, by number. */
const char *answer_fixed(enum answer_name answer, unsigned number);
/* The whole number that a key stands for, rounded down. */
int64_t key_integer(int64_t key);
/* ^[A-Z][A-Z0-9-]{0,19}$ */
bool is_rule_id(struct slice id);
/* 1..64 visible ASCII characters. */
bool is_code(struct slice word);

/* The words of the region that a column may hold; false where it may hold any. */
bool region_words(const struct region *region, const char *name, struct arena *arena,
                  const struct slice **words, size_t *count);

/* "then":{...} of a row, as the API has it (draft_text.c). */
struct json_out;
void rulebook_write_then(struct json_out *out, const struct question *question, const struct rule *rule);

#endif

/*
 * A table of one of the seven questions while it is read, from the database's rows (rows.c) or from the API's
 * document (draft.c): room for all rows, and literals that are made once. Private to this library.
 */
#ifndef WIJZER_SHEET_H
#define WIJZER_SHEET_H

#include "memo.h"
#include "question.h"

struct sheet {
    const struct question *question;
    struct arena *arena;
    struct table *table;
    struct rule *rules; /* those of the table */
    struct memo literals[QUESTION_OUTPUTS];
};

/* Room for `count` rows and the one for everything else. */
void sheet_open(struct sheet *sheet, const struct question *question, enum hit_policy policy,
                const struct region *region, size_t count, struct arena *arena);
/* Row number `count` is the one for everything else. Its parts may be written until the sheet is closed. */
struct rule *sheet_rule(struct sheet *sheet, size_t number);
struct test *sheet_test(struct sheet *sheet, size_t number, size_t input);
const struct feel **sheet_answer(struct sheet *sheet, size_t number, size_t output);
struct slice *sheet_reason(struct sheet *sheet, size_t number);
/* The literal of an answer; `key` says the same of the same value. */
const struct feel *sheet_literal(struct sheet *sheet, size_t output, struct slice key,
                                 const struct value *value);
const struct table *sheet_close(struct sheet *sheet, bool has_otherwise);

/* Reads a JSON array of examples into the table; every fault is added. */
void sheet_examples(struct sheet *sheet, const json_t *examples, struct table_faults *faults);

/* The value of a fact or answer in JSON; false: it is none of this column, *expected says what would be.
 * Copies. */
bool column_value(const struct column *column, const json_t *json, struct arena *arena, struct value *out,
                  const char **expected);

#endif

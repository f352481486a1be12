/*
 * What the handlers of rule tables share: heads of versions, bodies, and the loading of versions on the desk.
 */
#ifndef WIJZER_RULES_H
#define WIJZER_RULES_H

#include <jansson.h>

#include "desk.h"
#include "handlers.h"

/* ---- documents ---- */

/* What wijzer.rule_version() says, in parts. */
struct rule_head {
    int table, version, based_on; /* based_on: 0: nothing */
    struct slice status, text;    /* text: RuleTableHead of openapi.yaml */
    struct slice examples;        /* JSON array */
    enum hit_policy policy;
};
/* False: the document is not one. Memory is the arena's. */
bool rule_head_read(struct slice document, struct arena *arena, struct rule_head *out);
/* The JSON text of a value; the arena's. */
struct slice rules_dump(const json_t *json, struct arena *arena);
/* Pieces one after the other. */
struct slice rules_join(const struct slice *pieces, size_t count, struct arena *arena);

/* ---- bodies ---- */

/* A member that a body may have. `is` says whether a value will do; null will too where `optional`. */
struct rule_member {
    const char *name;
    bool (*is)(const json_t *json);
    const char *expected; /* in words: "a whole number" */
    bool required, nullable;
};
bool rules_is_object(const json_t *json);
bool rules_is_array(const json_t *json);
bool rules_is_text(const json_t *json);
bool rules_is_number(const json_t *json); /* a whole one from 1 */
/* Checks members of an object, ends with a nameless one; adds an issue for each that is missing, unknown or
 * not right. */
void rules_check_members(const json_t *body, const struct rule_member *members, struct issues *issues);
/* The request's body as an object with such members: owned. NULL: answered. */
json_t *rules_body(struct desk_task *task, const struct rule_member *members);
/* "422 invalid-body" with one issue. */
void rules_refuse(struct desk_task *task, const char *pointer, const char *code, const char *format, ...)
    __attribute__((format(printf, 4, 5)));

/* ---- on the desk ---- */

/* A number as a parameter of a statement; the task's arena's. */
const char *rules_number(struct desk_task *task, int64_t number);
/* Region, account and then `more` places. */
const char **rules_params(struct desk_task *task, size_t more);
/* Runs a statement that gives one row; its columns `result`, `state`, `detail`, `document` or `answer` (the
 * first that is there) and `version` are copied to the task's arena. False: answered. */
struct rules_row {
    struct desk_task *task;
    struct slice result, state, detail, document;
    int64_t version;
};
bool rules_ask(struct desk *desk, struct desk_task *task, enum store_statement statement,
               const char *const *params, struct rules_row *row);
/* The head of a version; false: answered, 404 where there is none. */
bool rules_head(struct desk *desk, struct desk_task *task, int64_t version, struct rule_head *head);
/* The version in force of a table of the path; 0: answered. */
int rules_in_force(struct desk *desk, struct desk_task *task, int table);
/* The rows of a version, with its examples; `region` limits words or is NULL. NULL: answered. */
struct edition *rules_edition(struct desk *desk, struct desk_task *task, const struct rule_head *head,
                              const struct region *region);

/* ---- results ---- */

/* What a result code of a writing function means; ERR_NONE: it was done. */
enum err_code rules_result(struct slice word);
/* In words, where the table's do not say enough; NULL. */
const char *rules_result_detail(struct arena *arena, struct slice word, struct slice state);

#endif

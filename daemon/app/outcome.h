/*
 * How a write about rights came out: the database's result word as an answer or a problem. Every function of
 * that family returns a row of `result` and `answer`.
 */
#ifndef WIJZER_OUTCOME_H
#define WIJZER_OUTCOME_H

#include "call.h"

/* The document, absent where it was refused. Borrowed. */
struct slice outcome_answer(const PGresult *result);
/* Answers with the document and `status`, or with the problem that the word stands for. */
void outcome_tell(struct call *call, const PGresult *result, int status);
/* Answers a body that a decoder refused. */
void outcome_invalid(struct call *call, const struct issues *issues, const struct err *err);
/* Whether the body is empty or {}, where nothing needs to be said; answered if it is not. */
bool outcome_empty(struct call *call);
/* Region, account, key and hash, then what the handler adds: the parameters of these functions. */
const char **outcome_params(struct call *call, size_t count);

#endif

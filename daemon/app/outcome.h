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

#endif

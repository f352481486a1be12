/*
 * What core writes beside json_out.h: facts. Private to this library.
 */
#ifndef WIJZER_JSON_FACT_H
#define WIJZER_JSON_FACT_H

#include "json_out.h"
#include "test.h"

/* Null where absent. */
void out_text_or_null(struct json_out *out, const char *name, struct slice text);
/* A number, text, list of texts, boolean; null where it is not known. Dates and numbers with decimals are
 * none of a region's facts. */
void out_fact(struct json_out *out, const char *name, const struct fact *fact);

#endif

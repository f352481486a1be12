/* The region Deurne of deurne.json: the complete default machine, a few organisations, a small rule table. */
#ifndef WIJZER_TEST_FIXTURE_H
#define WIJZER_TEST_FIXTURE_H

#include <jansson.h>

#include "region.h"

#define FIXTURE "tests/unit/core/deurne.json"
#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

static inline json_t *fixture_json(void)
{
    json_error_t wrong;
    json_t *document = json_load_file(FIXTURE, JSON_REJECT_DUPLICATES, &wrong);
    if (!document)
        fail_msg("%s: line %d: %s (run from the top directory)", FIXTURE, wrong.line, wrong.text);
    return document;
}

/* Compiles, and frees the document. */
static inline const struct region *compile_json(json_t *document, struct err *err)
{
    char *text = json_dumps(document, JSON_COMPACT);
    json_decref(document);
    const struct region *region = region_compile(slice_of(text), err);
    free(text);
    return region;
}

static inline const struct region *fixture_region(void)
{
    struct err err;
    const struct region *region = compile_json(fixture_json(), &err);
    if (!region)
        fail_msg("%s", err.text);
    return region;
}

#endif

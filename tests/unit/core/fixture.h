/* The region Deurne of deurne.json: the complete default machine, a few organisations, and the rule tables of
 * rules.h. */
#ifndef WIJZER_TEST_FIXTURE_H
#define WIJZER_TEST_FIXTURE_H

#include <jansson.h>

#include "region.h"
#include "rules.h"

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

/* Compiles, with the rulesets of rules.h that the document names, and frees the document. */
static inline const struct region *compile_json(json_t *document, struct err *err)
{
    const struct ruleset *rulesets[RULE_TABLES + 1] = {NULL};
    int versions[RULE_TABLES + 1];
    char *text = json_dumps(document, JSON_COMPACT);
    json_decref(document);
    bool is_read = region_tables(slice_of(text), versions, NULL);
    for (int i = 1; is_read && i <= RULE_TABLES; i++)
        rulesets[i] = written_ruleset(i, versions[i]);
    const struct region *region = region_compile(slice_of(text), rulesets, err);
    for (int i = 1; i <= RULE_TABLES; i++)
        ruleset_release(&rulesets[i]);
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

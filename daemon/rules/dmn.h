/*
 * Decision tables in DMN files (OMG, namespaces of 1.1 to 1.5), by expat. A document type declaration is
 * refused (so there are no entities and nothing is ever fetched), as are files over DMN_BYTES, deeper than
 * DMN_DEPTH, or with more than TABLE_RULES rules. What is not a decision table is known by name and kind, and
 * refused when it is asked for. Written is 1.5.
 */
#ifndef WIJZER_DMN_H
#define WIJZER_DMN_H

#include "table.h"

enum {
    DMN_BYTES = 32 * 1024 * 1024,
    DMN_DEPTH = 64,
    DMN_ATTRIBUTES = 64,
    DMN_NODES = 1000000,
    DMN_ELEMENTS = 2000
};

/* A name in scope and what it holds. */
struct input_data {
    struct slice name;
    enum value_type type; /* of the value, or of each item of a list; TYPE_ANY: a context, or not declared */
    bool is_list;
    struct slice allowed;                /* values, as FEEL; or absent */
    const struct input_data *components; /* of a context */
    size_t component_count;
};

struct dmn_decision {
    struct slice name, id;
    struct input_data variable; /* what others know its result as; usually of the same name */
    struct slice
        kind; /* "decisionTable", "context", "literalExpression", "invocation", ...; absent: no logic */
    /* NULL where kind is another, or where the table has faults but could not be decided anyhow, as
     * something is missing */
    const struct table *table;
    const size_t *required; /* indexes of decisions whose results it needs */
    size_t required_count;
    const struct slice *missing; /* what else it requires and cannot have, by kind and name */
    size_t missing_count;
    size_t line;
};

struct dmn_model {
    struct slice name, namespace;
    int minor; /* of the version: 1 (20151101 / 20160...), 2, 3, 4, 5 */
    const struct dmn_decision *decisions;
    size_t decision_count;
    /* Parts of the model that are no decisions and are not supported: "import x", "businessKnowledgeModel y",
     * ... */
    const struct slice *unsupported;
    size_t unsupported_count;
    const struct input_data *inputs;
    size_t input_count;
};

/* NULL: *faults says why, with line and element. Cells that do not parse are faults with rule and column. */
const struct dmn_model *dmn_read(struct slice bytes, const char *file, struct arena *arena,
                                 struct table_faults *faults);
/* The decision called `name` (or with that id; NULL: the only one, or the only one that no other requires).
 * NULL: *err names what there is. */
const struct dmn_decision *dmn_find(const struct dmn_model *model, const char *name, struct err *err);
/* Evaluates what the decision requires (each decision once) and gives the facts together with the results,
 * which the decision's table can then be decided by. A fact that has the name of a required decision goes
 * before it. False (ERR_CONFIG) where the decision, or one that it requires and that is no fact, is no
 * decision table, or where they require each other; the text names it and its kind. */
bool dmn_scope(const struct dmn_model *model, const struct dmn_decision *decision,
               const struct feel_scope *facts, struct arena *arena, struct feel_scope *out, struct err *err);
/* dmn_scope() and table_decide(). */
bool dmn_decide(const struct dmn_model *model, const struct dmn_decision *decision,
                const struct feel_scope *facts, struct arena *arena, struct outcome *out, struct err *err);

/* A list column (is_any_of) is written as standard FEEL, list contains(?, "a") or list contains(?, "b"), and
 * read back as one; examples and the id of the row for everything else are written as extension elements. */
struct slice dmn_write(const struct table *table, struct arena *arena);

#endif

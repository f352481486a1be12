/* Within the DMN reader: types, and decision tables as they are read. */
#ifndef WIJZER_DMN_OWN_H
#define WIJZER_DMN_OWN_H

#include "dmn.h"
#include "dmn_tree.h"
#include "table_text.h"

/* Something that can be found by a word: an element by its id, an item definition by its name. */
struct dmn_key {
    struct slice word;
    size_t index;
};
struct dmn_keys {
    struct dmn_key *list; /* ascending */
    size_t count;
};
void dmn_keys_sort(struct dmn_keys *keys);
/* The key, or NULL; of several alike, any. */
const struct dmn_key *dmn_keys_find(const struct dmn_keys *keys, struct slice word);

enum type_state { TYPE_NEW, TYPE_VISITED, TYPE_KNOWN };

struct dmn_reader {
    struct slice file;
    struct arena *arena;
    struct table_faults *faults;
    const struct dmn_node *root;
    const struct dmn_node **definitions; /* the item definitions */
    struct input_data *types;            /* one per item definition */
    enum type_state *type_states;
    struct dmn_keys type_keys;
    struct feel_syntax
        syntax; /* names of inputs and decisions, and of components that are more than a word */
    struct dmn_model *model;
};

/* Adds a fault; returns false. */
bool dmn_fault(struct dmn_reader *reader, size_t line, struct slice rule, struct slice column,
               const char *text);
bool dmn_is_plain_name(struct slice text); /* one word of letters, digits and underscores */

/* What a typeRef says, without a name; TYPE_ANY for one that is not known. */
struct input_data dmn_type_of(struct dmn_reader *reader, struct slice reference);
/* Fills reader->definitions, types and keys. */
void dmn_types_read(struct dmn_reader *reader);

/* A decisionTable; `decision` is what holds it. What is wrong goes to the faults. */
const struct table *dmn_table_read(struct dmn_reader *reader, const struct dmn_node *node,
                                   const struct dmn_decision *decision, struct slice type_reference);

#endif

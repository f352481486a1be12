/* A DMN file as a tree of those elements that matter: of the DMN namespace, and of our own within extension
 * elements. What stands under other expressions than decision tables is left out, as are diagrams. Made by
 * expat; limits and document types are refused here, see dmn.h. */
#ifndef WIJZER_DMN_TREE_H
#define WIJZER_DMN_TREE_H

#include "table.h"

#define DMN_OWN_NAMESPACE "urn:wijzer:rules:1"

struct dmn_attribute {
    struct slice name; /* of our own namespace: with "wijzer:" before it, whatever its prefix was */
    struct slice value;
};

struct dmn_node {
    struct slice name; /* as an attribute's */
    struct slice text; /* of elements that hold no others; exactly as it stood */
    const struct dmn_attribute *attributes;
    size_t attribute_count;
    size_t line;
    struct dmn_node *first, *last, *next;
};

/* The root, or NULL: *faults says why. `minor` is the version of its namespace. */
const struct dmn_node *dmn_tree(struct slice bytes, struct slice file, struct arena *arena, int *minor,
                                struct table_faults *faults);

/* The first child of that name, and the next sibling of that name; NULL: none. `node` may be NULL. */
const struct dmn_node *dmn_child(const struct dmn_node *node, const char *name);
const struct dmn_node *dmn_next(const struct dmn_node *node, const char *name);
size_t dmn_count(const struct dmn_node *node, const char *name);
/* Absent: there is none. `node` may be NULL. */
struct slice dmn_attribute(const struct dmn_node *node, const char *name);
/* The text of the child of that name, without blanks at both ends; absent: no such child. */
struct slice dmn_child_text(const struct dmn_node *node, const char *name);

#endif

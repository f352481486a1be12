#include "dmn_tree.h"

#include <expat.h>
#include <stdarg.h>
#include <stdio.h>

#include "dmn.h"
#include "table_text.h"

#define SEPARATOR '\n' /* between namespace and name: expat refuses it within a namespace */

static const struct {
    const char *uri;
    int minor; /* 0: not taken */
    const char *version;
} namespaces[] = {
    {"http://www.omg.org/spec/DMN/20151101/dmn.xsd", 1, "1.1"},
    {"http://www.omg.org/spec/DMN/20180521/MODEL/", 2, "1.2"},
    {"https://www.omg.org/spec/DMN/20191111/MODEL/", 3, "1.3"},
    {"https://www.omg.org/spec/DMN/20211108/MODEL/", 4, "1.4"},
    {"https://www.omg.org/spec/DMN/20230324/MODEL/", 5, "1.5"},
    {"http://www.omg.org/spec/DMN/20130901", 0, "1.0"},
    {"https://www.omg.org/spec/DMN/20240513/MODEL/", 0, "1.6"},
};

struct builder {
    XML_Parser parser;
    struct slice file;
    struct arena *arena;
    struct table_faults *faults;
    struct slice namespace; /* of the root */
    int minor;
    struct dmn_node *root;
    struct dmn_node *open[DMN_DEPTH + 1]; /* from the root to where we are, without what is left out */
    size_t open_count, depth, skipped;    /* skipped: depth within what is left out */
    size_t node_count;
    char *text; /* of the open element */
    size_t text_length, text_room;
    bool is_stopped;
};

static void stop(struct builder *b, const char *format, ...) __attribute__((format(printf, 2, 3)));

static void stop(struct builder *b, const char *format, ...)
{
    char text[512];
    va_list arguments;
    if (b->is_stopped)
        return;
    va_start(arguments, format);
    vsnprintf(text, sizeof text, format, arguments);
    va_end(arguments);
    b->is_stopped = true;
    XML_StopParser(b->parser, XML_FALSE);
    table_fault_add(b->faults, b->arena,
                    (struct table_fault){.file = b->file,
                                         .line = (size_t)XML_GetCurrentLineNumber(b->parser),
                                         .text = arena_slice(b->arena, slice_of(text))});
}

/* "namespace", "name" of expat's joined form. */
static struct slice split_name(const char *joined, struct slice *namespace)
{
    const char *separator = strrchr(joined, SEPARATOR);
    *namespace = separator ? slice_make(joined, (size_t)(separator - joined)) : SLICE_NONE;
    return slice_of(separator ? separator + 1 : joined);
}

/* ---- what is left out ---- */

static bool is_one_of(struct slice name, const char *const *words)
{
    for (; *words; words++)
        if (slice_is(name, *words))
            return true;
    return false;
}

/* Elements whose insides do not matter. Logic that is no decision table is one of them: only its kind does.
 */
static bool is_closed(struct slice name)
{
    static const char *const closed[] = {"literalExpression",
                                         "context",
                                         "invocation",
                                         "relation",
                                         "list",
                                         "functionDefinition",
                                         "for",
                                         "every",
                                         "some",
                                         "conditional",
                                         "filter",
                                         "iterator",
                                         "knowledgeSource",
                                         "businessKnowledgeModel",
                                         "decisionService",
                                         "elementCollection",
                                         "import",
                                         "textAnnotation",
                                         "association",
                                         "organizationUnit",
                                         "performanceIndicator",
                                         "functionItem",

                                         "authorityRequirement",
                                         NULL};
    return is_one_of(name, closed);
}

/* Whether an element of the DMN namespace is looked at by its parent's reader. Of a decision all children
 * are: one that is nothing else is its logic. */
static bool is_kept(const struct dmn_node *parent, struct slice name)
{
    static const struct {
        const char *parent;
        const char *children[10];
    } kept[] = {
        {"itemDefinition", {"typeRef", "allowedValues", "typeConstraint", "itemComponent", NULL}},
        {"itemComponent", {"typeRef", "allowedValues", "typeConstraint", "itemComponent", NULL}},
        {"allowedValues", {"text", NULL}},
        {"typeConstraint", {"text", NULL}},
        {"inputData", {"variable", NULL}},
        {"informationRequirement", {"requiredDecision", "requiredInput", NULL}},
        {"knowledgeRequirement", {"requiredKnowledge", NULL}},
        {"decisionTable", {"input", "output", "annotation", "rule", "extensionElements", NULL}},
        {"input", {"inputExpression", "inputValues", NULL}},
        {"inputExpression", {"text", NULL}},
        {"inputValues", {"text", NULL}},
        {"output", {"outputValues", "defaultOutputEntry", NULL}},
        {"outputValues", {"text", NULL}},
        {"defaultOutputEntry", {"text", NULL}},
        {"rule", {"inputEntry", "outputEntry", "annotationEntry", NULL}},
        {"inputEntry", {"text", NULL}},
        {"outputEntry", {"text", NULL}},
        {"annotationEntry", {"text", NULL}},
    };
    if (slice_is(parent->name, "definitions") || slice_is(parent->name, "decision"))
        return true;
    for (size_t i = 0; i < sizeof kept / sizeof kept[0]; i++)
        if (slice_is(parent->name, kept[i].parent))
            return is_one_of(name, kept[i].children);
    return false;
}

static bool is_own(struct slice name)
{
    return slice_starts(name, "wijzer:");
}

static bool wants(const struct builder *b, struct slice namespace, struct slice name)
{
    const struct dmn_node *parent = b->open_count ? b->open[b->open_count - 1] : NULL;
    if (!parent)
        return true;
    if (is_closed(parent->name))
        return false;
    if (slice_is(namespace, DMN_OWN_NAMESPACE))
        return slice_is(parent->name, "extensionElements") || is_own(parent->name);
    return slice_equal(namespace, b->namespace) && is_kept(parent, name);
}

/* ---- nodes ---- */

static struct slice own_name(struct builder *b, struct slice namespace, struct slice name)
{
    if (slice_is(namespace, DMN_OWN_NAMESPACE))
        return slice_of(arena_printf(b->arena, "wijzer:%.*s", SLICE_FMT(name)));
    return arena_slice(b->arena, name);
}

/* Attributes of other namespaces are left out. */
static void take_attributes(struct builder *b, struct dmn_node *node, const char **pairs)
{
    size_t count = 0;
    while (pairs[2 * count])
        count++;
    if (count > DMN_ATTRIBUTES) {
        stop(b, "expected at most %d attributes, found %zu", (int)DMN_ATTRIBUTES, count);
        return;
    }
    struct dmn_attribute *list = arena_array(b->arena, count, sizeof *list);
    for (size_t i = 0; i < count; i++) {
        struct slice namespace;
        struct slice name = split_name(pairs[2 * i], &namespace);
        if (!namespace.ptr || slice_is(namespace, DMN_OWN_NAMESPACE))
            list[node->attribute_count++] = (struct dmn_attribute){
                own_name(b, namespace, name), arena_slice(b->arena, slice_of(pairs[2 * i + 1]))};
    }
    node->attributes = list;
}

static bool check_root(struct builder *b, struct slice namespace, struct slice name)
{
    for (size_t i = 0; i < sizeof namespaces / sizeof namespaces[0]; i++) {
        if (!slice_is(namespace, namespaces[i].uri))
            continue;
        b->minor = namespaces[i].minor;
        b->namespace = slice_of(namespaces[i].uri);
        if (!b->minor)
            stop(b, "expected DMN 1.1 to 1.5, found DMN %s", namespaces[i].version);
        else if (!slice_is(name, "definitions"))
            stop(b, "expected element \"definitions\", found \"%.*s\"", SLICE_FMT(name));
        return !b->is_stopped;
    }
    stop(b, "expected a DMN model (definitions in a namespace of DMN 1.1 to 1.5), found \"%.*s\"%s%.*s%s",
         SLICE_FMT(name), namespace.ptr ? " in namespace \"" : " without a namespace",
         SLICE_FMT(cut_text(namespace, 200)), namespace.ptr ? "\"" : "");
    return false;
}

static void add_node(struct builder *b, struct slice namespace, struct slice name, const char **attributes)
{
    struct dmn_node *node = arena_alloc(b->arena, sizeof *node);
    struct dmn_node *parent = b->open_count ? b->open[b->open_count - 1] : NULL;
    node->name = own_name(b, namespace, name);
    node->line = (size_t)XML_GetCurrentLineNumber(b->parser);
    if (!parent)
        b->root = node;
    else if (!parent->first)
        parent->first = parent->last = node;
    else
        parent->last = parent->last->next = node;
    take_attributes(b, node, attributes);
    b->open[b->open_count++] = node;
    b->text_length = 0;
}

static void on_start(void *context, const char *joined, const char **attributes)
{
    struct builder *b = context;
    struct slice namespace;
    struct slice name = split_name(joined, &namespace);
    if (++b->depth > DMN_DEPTH) {
        stop(b, "expected at most %d levels of elements, found more", (int)DMN_DEPTH);
        return;
    }
    if (b->depth == 1 && !check_root(b, namespace, name))
        return;
    if (b->skipped || !wants(b, namespace, name)) {
        b->skipped++;
        return;
    }
    if (++b->node_count > DMN_NODES) {
        stop(b, "expected at most %d elements, found more", (int)DMN_NODES);
        return;
    }
    add_node(b, namespace, name, attributes);
}

static void on_end(void *context, const char *joined)
{
    struct builder *b = context;
    (void)joined;
    if (b->is_stopped)
        return; /* expat still ends an empty element */
    b->depth--;
    if (b->skipped) {
        b->skipped--;
        return;
    }
    struct dmn_node *node = b->open[--b->open_count];
    if (!node->first && b->text_length)
        node->text = arena_slice(b->arena, slice_make(b->text, b->text_length));
    b->text_length = 0;
}

static void on_text(void *context, const char *text, int length)
{
    struct builder *b = context;
    size_t n = (size_t)length;
    if (b->skipped || b->open_count == 0)
        return;
    if (b->text_length + n > b->text_room) {
        b->text_room = (b->text_length + n) * 2;
        b->text = xrealloc(b->text, b->text_room);
    }
    memcpy(b->text + b->text_length, text, n);
    b->text_length += n;
}

static void on_doctype(void *context, const char *name, const char *system, const char *public,
                       int has_subset)
{
    (void)name;
    (void)system;
    (void)public;
    (void)has_subset;
    stop(context, "expected no document type declaration (DOCTYPE), found one: entities are not taken");
}

static void parse(struct builder *b, struct slice bytes)
{
    XML_SetUserData(b->parser, b);
    XML_SetElementHandler(b->parser, on_start, on_end);
    XML_SetCharacterDataHandler(b->parser, on_text);
    XML_SetStartDoctypeDeclHandler(b->parser, on_doctype);
    if (XML_Parse(b->parser, bytes.ptr, (int)bytes.len, 1) != XML_STATUS_OK && !b->is_stopped)
        stop(b, "expected XML, found: %s, at character %lu", XML_ErrorString(XML_GetErrorCode(b->parser)),
             (unsigned long)XML_GetCurrentColumnNumber(b->parser) + 1);
}

const struct dmn_node *dmn_tree(struct slice bytes, struct slice file, struct arena *arena, int *minor,
                                struct table_faults *faults)
{
    struct builder *b = arena_alloc(arena, sizeof *b);
    *b = (struct builder){.file = file, .arena = arena, .faults = faults};
    if (bytes.len > DMN_BYTES || !(b->parser = XML_ParserCreateNS(NULL, SEPARATOR))) {
        const char *text = arena_printf(arena, "expected at most %d MB, found %zu bytes",
                                        (int)DMN_BYTES / 1024 / 1024, bytes.len);
        table_fault_add(faults, arena, (struct table_fault){.file = file, .text = slice_of(text)});
        return NULL;
    }
    parse(b, bytes);
    XML_ParserFree(b->parser);
    xfree(b->text);
    *minor = b->minor;
    return b->is_stopped ? NULL : b->root;
}

/* ---- looking into the tree ---- */

static const struct dmn_node *first_of(const struct dmn_node *node, const char *name)
{
    while (node && !slice_is(node->name, name))
        node = node->next;
    return node;
}

const struct dmn_node *dmn_child(const struct dmn_node *node, const char *name)
{
    return node ? first_of(node->first, name) : NULL;
}

const struct dmn_node *dmn_next(const struct dmn_node *node, const char *name)
{
    return first_of(node->next, name);
}

size_t dmn_count(const struct dmn_node *node, const char *name)
{
    size_t count = 0;
    for (const struct dmn_node *child = dmn_child(node, name); child; child = dmn_next(child, name))
        count++;
    return count;
}

struct slice dmn_attribute(const struct dmn_node *node, const char *name)
{
    for (size_t i = 0; node && i < node->attribute_count; i++)
        if (slice_is(node->attributes[i].name, name))
            return node->attributes[i].value;
    return SLICE_NONE;
}

struct slice dmn_child_text(const struct dmn_node *node, const char *name)
{
    const struct dmn_node *child = dmn_child(node, name);
    return child ? trim_all(child->text.ptr ? child->text : slice_of("")) : SLICE_NONE;
}

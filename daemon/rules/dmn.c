#include "dmn.h"

#include <ctype.h>
#include <stdio.h>

#include "dmn_own.h"

enum { ODD_NAMES = 1000, CHAIN = 200 /* decisions that require each other in a row */ };

bool dmn_fault(struct dmn_reader *reader, size_t line, struct slice rule, struct slice column,
               const char *text)
{
    table_fault_add(
        reader->faults, reader->arena,
        (struct table_fault){
            .file = reader->file, .line = line, .rule = rule, .column = column, .text = slice_of(text)});
    return false;
}

bool dmn_is_plain_name(struct slice text)
{
    for (size_t i = 0; i < text.len; i++) {
        unsigned char c = (unsigned char)text.ptr[i];
        bool is_letter = c >= 0x80 || isalpha(c) || c == '_';
        if (!is_letter && (i == 0 || !isdigit(c)))
            return false;
    }
    return text.len > 0;
}

/* ---- names ---- */

static struct slice variable_name(const struct dmn_node *node)
{
    struct slice name = dmn_attribute(dmn_child(node, "variable"), "name");
    return trim_all(name.len ? name : dmn_attribute(node, "name"));
}

static struct input_data read_variable(struct dmn_reader *reader, const struct dmn_node *node)
{
    struct slice reference = dmn_attribute(dmn_child(node, "variable"), "typeRef");
    struct input_data data = dmn_type_of(reader, trim_all(reference));
    data.name = variable_name(node);
    return data;
}

struct names {
    struct slice *list;
    size_t room, count;
};

static void add_name(struct names *names, struct slice name)
{
    for (size_t i = 0; i < names->count; i++)
        if (slice_equal(names->list[i], name))
            return;
    if (name.len && names->count < names->room)
        names->list[names->count++] = name;
}

static void add_component_names(struct names *names, const struct dmn_node *node)
{
    for (const struct dmn_node *child = dmn_child(node, "itemComponent"); child && names->count < names->room;
         child = dmn_next(child, "itemComponent")) {
        struct slice name = trim_all(dmn_attribute(child, "name"));
        if (!dmn_is_plain_name(name))
            add_name(names, name);
        add_component_names(names, child);
    }
}

static void collect_names(struct dmn_reader *reader)
{
    const struct dmn_model *model = reader->model;
    size_t room = model->input_count + model->decision_count + ODD_NAMES;
    struct names odd = {arena_array(reader->arena, ODD_NAMES, sizeof(struct slice)), ODD_NAMES, 0};
    struct slice *all = arena_array(reader->arena, room, sizeof *all);
    size_t count = 0;
    for (size_t i = 0; i < model->input_count; i++)
        all[count++] = model->inputs[i].name;
    for (size_t i = 0; i < model->decision_count; i++)
        all[count++] = model->decisions[i].variable.name;
    for (size_t i = 0; i < reader->type_keys.count; i++)
        add_component_names(&odd, reader->definitions[i]);
    memcpy(all + count, odd.list, odd.count * sizeof *all);
    reader->syntax = (struct feel_syntax){all, count + odd.count, 0};
}

/* ---- the elements of a model ---- */

static void read_inputs(struct dmn_reader *reader)
{
    size_t room = dmn_count(reader->root, "inputData"), count = 0;
    struct input_data *inputs = arena_array(reader->arena, room, sizeof *inputs);
    for (const struct dmn_node *node = dmn_child(reader->root, "inputData"); node;
         node = dmn_next(node, "inputData"))
        inputs[count++] = read_variable(reader, node);
    reader->model->inputs = inputs;
    reader->model->input_count = count;
}

/* What of a decision is not its logic. */
static bool is_about_decision(struct slice name)
{
    static const char *const words[] = {"description",
                                        "extensionElements",
                                        "question",
                                        "allowedAnswers",
                                        "variable",
                                        "informationRequirement",
                                        "knowledgeRequirement",
                                        "authorityRequirement",
                                        "supportedObjective",
                                        "impactedPerformanceIndicator",
                                        "decisionMaker",
                                        "decisionOwner",
                                        "usingProcess",
                                        "usingTask"};
    for (size_t i = 0; i < sizeof words / sizeof words[0]; i++)
        if (slice_is(name, words[i]))
            return true;
    return false;
}

static const struct dmn_node *logic_of(const struct dmn_node *decision)
{
    const struct dmn_node *child = decision->first;
    while (child && is_about_decision(child->name))
        child = child->next;
    return child;
}

static const char *described(struct arena *arena, const struct dmn_node *node)
{
    struct slice name = dmn_attribute(node, "name");
    return arena_printf(arena, "%.*s \"%.*s\"", SLICE_FMT(node->name),
                        SLICE_FMT(name.len ? name : dmn_attribute(node, "id")));
}

static void read_unsupported(struct dmn_reader *reader)
{
    static const char *const kinds[] = {"import", "businessKnowledgeModel", "decisionService"};
    size_t count = 0, room = 0;
    for (size_t i = 0; i < sizeof kinds / sizeof kinds[0]; i++)
        room += dmn_count(reader->root, kinds[i]);
    struct slice *list = arena_array(reader->arena, room, sizeof *list);
    for (size_t i = 0; i < sizeof kinds / sizeof kinds[0]; i++)
        for (const struct dmn_node *node = dmn_child(reader->root, kinds[i]); node;
             node = dmn_next(node, kinds[i]))
            list[count++] = slice_of(described(reader->arena, node));
    reader->model->unsupported = list;
    reader->model->unsupported_count = count;
}

/* ---- requirements ---- */

struct elements {
    struct dmn_keys keys; /* by id, of all children of the root */
    const struct dmn_node **nodes;
    size_t *decisions; /* number of the decision that a node is, or SIZE_MAX */
};

static void index_elements(struct dmn_reader *reader, struct elements *elements)
{
    size_t room = 0, count = 0, decisions = 0;
    for (const struct dmn_node *node = reader->root->first; node; node = node->next)
        room++;
    elements->nodes = arena_array(reader->arena, room, sizeof *elements->nodes);
    elements->decisions = arena_array(reader->arena, room, sizeof *elements->decisions);
    elements->keys.list = arena_array(reader->arena, room, sizeof *elements->keys.list);
    for (const struct dmn_node *node = reader->root->first; node; node = node->next) {
        elements->nodes[count] = node;
        elements->decisions[count] = slice_is(node->name, "decision") ? decisions++ : SIZE_MAX;
        elements->keys.list[count] = (struct dmn_key){dmn_attribute(node, "id"), count};
        count++;
    }
    elements->keys.count = count;
    dmn_keys_sort(&elements->keys);
}

static struct slice reference_of(const struct dmn_node *node)
{
    struct slice href = trim_all(dmn_attribute(node, "href"));
    const char *hash = href.len ? memrchr(href.ptr, '#', href.len) : NULL;
    return hash ? slice_make(hash + 1, href.len - (size_t)(hash - href.ptr) - 1) : href;
}

static void add_missing(struct dmn_reader *reader, struct dmn_decision *decision, const char *text)
{
    ((struct slice *)(uintptr_t)decision->missing)[decision->missing_count++] = slice_of(text);
    (void)reader;
}

static void require(struct dmn_reader *reader, const struct elements *elements, struct dmn_decision *decision,
                    const struct dmn_node *reference)
{
    const struct dmn_key *key = dmn_keys_find(&elements->keys, reference_of(reference));
    bool is_decision = slice_is(reference->name, "requiredDecision");
    if (key && is_decision && elements->decisions[key->index] != SIZE_MAX)
        ((size_t *)(uintptr_t)decision->required)[decision->required_count++] =
            elements->decisions[key->index];
    else if (key && !slice_is(reference->name, "requiredInput"))
        add_missing(reader, decision, described(reader->arena, elements->nodes[key->index]));
    else if (!key)
        add_missing(reader, decision,
                    arena_printf(reader->arena, "\"%.*s\", which is not in this file",
                                 SLICE_FMT(dmn_attribute(reference, "href"))));
}

static void read_requirements(struct dmn_reader *reader, const struct elements *elements,
                              const struct dmn_node *node, struct dmn_decision *decision)
{
    size_t room = dmn_count(node, "informationRequirement") + dmn_count(node, "knowledgeRequirement");
    decision->required = arena_array(reader->arena, room, sizeof *decision->required);
    decision->missing = arena_array(reader->arena, room, sizeof *decision->missing);
    for (const struct dmn_node *child = node->first; child; child = child->next)
        if ((slice_is(child->name, "informationRequirement") ||
             slice_is(child->name, "knowledgeRequirement")) &&
            child->first)
            require(reader, elements, decision, child->first);
}

static void read_decisions(struct dmn_reader *reader)
{
    size_t room = dmn_count(reader->root, "decision"), count = 0;
    struct dmn_decision *decisions = arena_array(reader->arena, room, sizeof *decisions);
    struct elements elements;
    index_elements(reader, &elements);
    for (const struct dmn_node *node = dmn_child(reader->root, "decision"); node;
         node = dmn_next(node, "decision")) {
        const struct dmn_node *logic = logic_of(node);
        struct dmn_decision *decision = &decisions[count++];
        *decision = (struct dmn_decision){.name = dmn_attribute(node, "name"),
                                          .id = dmn_attribute(node, "id"),
                                          .variable = read_variable(reader, node),
                                          .kind = logic ? logic->name : SLICE_NONE,
                                          .line = node->line};
        read_requirements(reader, &elements, node, decision);
    }
    reader->model->decisions = decisions;
    reader->model->decision_count = count;
}

/* A decision that requires what is not supported cannot be decided, so that faults in its table ("expected a
 * function of FEEL") say nothing new: it has no table then, and the rest of the model is as good as before.
 */
static const struct table *read_table(struct dmn_reader *reader, const struct dmn_node *logic,
                                      const struct dmn_decision *decision, struct slice reference)
{
    struct table_faults *faults = reader->faults, own = {0};
    if (decision->missing_count == 0)
        return dmn_table_read(reader, logic, decision, reference);
    reader->faults = &own;
    const struct table *table = dmn_table_read(reader, logic, decision, reference);
    reader->faults = faults;
    return own.count ? NULL : table;
}

static void read_tables(struct dmn_reader *reader)
{
    struct dmn_decision *decision = (struct dmn_decision *)(uintptr_t)reader->model->decisions;
    for (const struct dmn_node *node = dmn_child(reader->root, "decision"); node;
         node = dmn_next(node, "decision"), decision++) {
        const struct dmn_node *logic = logic_of(node);
        struct slice reference = dmn_attribute(dmn_child(node, "variable"), "typeRef");
        if (logic && slice_is(logic->name, "decisionTable"))
            decision->table = read_table(reader, logic, decision, trim_all(reference));
    }
}

static bool check_size(struct dmn_reader *reader)
{
    static const char *const kinds[] = {"decision", "inputData", "itemDefinition"};
    for (size_t i = 0; i < sizeof kinds / sizeof kinds[0]; i++) {
        size_t count = dmn_count(reader->root, kinds[i]);
        if (count > DMN_ELEMENTS)
            return dmn_fault(reader, reader->root->line, SLICE_NONE, SLICE_NONE,
                             arena_printf(reader->arena, "expected at most %d elements \"%s\", found %zu",
                                          (int)DMN_ELEMENTS, kinds[i], count));
    }
    return true;
}

const struct dmn_model *dmn_read(struct slice bytes, const char *file, struct arena *arena,
                                 struct table_faults *faults)
{
    struct dmn_model *model = arena_alloc(arena, sizeof *model);
    struct dmn_reader reader = {.file = slice_of(file), .arena = arena, .faults = faults, .model = model};
    *faults = (struct table_faults){0};
    reader.root = dmn_tree(bytes, reader.file, arena, &model->minor, faults);
    if (!reader.root || !check_size(&reader))
        return NULL;
    model->name = dmn_attribute(reader.root, "name");
    model->namespace = dmn_attribute(reader.root, "namespace");
    dmn_types_read(&reader);
    read_inputs(&reader);
    read_decisions(&reader);
    read_unsupported(&reader);
    collect_names(&reader);
    read_tables(&reader);
    return faults->count ? NULL : model;
}

/* ---- which decision ---- */

static const char *decision_names(const struct dmn_model *model, const bool *is_required, char *text,
                                  size_t room)
{
    size_t used = 0;
    text[0] = '\0';
    for (size_t i = 0; i < model->decision_count && used < room; i++) {
        if (is_required && is_required[i])
            continue;
        int n = snprintf(text + used, room - used, "%s\"%.*s\"", used ? ", " : "",
                         SLICE_FMT(model->decisions[i].name));
        used += n > 0 ? (size_t)n : 0;
    }
    return text;
}

static const struct dmn_decision *by_name(const struct dmn_model *model, const char *name)
{
    for (size_t i = 0; i < model->decision_count; i++)
        if (slice_is(model->decisions[i].name, name))
            return &model->decisions[i];
    for (size_t i = 0; i < model->decision_count; i++)
        if (slice_is(model->decisions[i].id, name))
            return &model->decisions[i];
    return NULL;
}

static const struct dmn_decision *only_one(const struct dmn_model *model, struct err *err)
{
    char names[256];
    const struct dmn_decision *found = NULL;
    size_t count = 0;
    bool *is_required = xcalloc(model->decision_count + 1, sizeof *is_required);
    for (size_t i = 0; i < model->decision_count; i++)
        for (size_t k = 0; k < model->decisions[i].required_count; k++)
            is_required[model->decisions[i].required[k]] = true;
    for (size_t i = 0; i < model->decision_count; i++) {
        if (is_required[i])
            continue;
        found = &model->decisions[i];
        count++;
    }
    if (count != 1)
        err_set(err, ERR_CONFIG, "expected the name of one of these decisions: %s",
                decision_names(model, count ? is_required : NULL, names, sizeof names));
    free(is_required);
    return count == 1 ? found : NULL;
}

/* Of a decision without a table; false. */
static bool refuse_kind(const struct dmn_decision *decision, struct err *err)
{
    if (decision->missing_count)
        return err_set(err, ERR_CONFIG, "decision \"%.*s\" requires %.*s: not supported",
                       SLICE_FMT(decision->name), SLICE_FMT(decision->missing[0]));
    if (!decision->kind.len)
        return err_set(err, ERR_CONFIG, "decision \"%.*s\" has no logic", SLICE_FMT(decision->name));
    return err_set(err, ERR_CONFIG, "decision \"%.*s\" is no decision table but of the kind \"%.*s\"",
                   SLICE_FMT(decision->name), SLICE_FMT(decision->kind));
}

const struct dmn_decision *dmn_find(const struct dmn_model *model, const char *name, struct err *err)
{
    char names[256];
    if (model->decision_count == 0) {
        err_set(err, ERR_CONFIG, "expected a decision, found none");
        return NULL;
    }
    const struct dmn_decision *found = name ? by_name(model, name) : only_one(model, err);
    if (!found && name)
        err_set(err, ERR_CONFIG, "expected a decision called \"%s\", found: %s", name,
                decision_names(model, NULL, names, sizeof names));
    if (!found || found->table)
        return found;
    refuse_kind(found, err);
    return NULL;
}

/* ---- deciding ---- */

enum visit { NOT_YET, ON_THE_WAY, DONE };

struct chain {
    const struct dmn_model *model;
    struct arena *arena;
    struct err *err;
    enum visit *visits;
    struct entry *entries; /* the facts, then results as they come */
    size_t count, fact_count;
    size_t depth;
};

static const struct value *fact_find(const struct chain *chain, struct slice name)
{
    for (size_t i = 0; i < chain->fact_count; i++)
        if (slice_equal(chain->entries[i].name, name))
            return chain->entries[i].value;
    return NULL;
}

static void bind(struct chain *chain, const struct dmn_decision *decision, const struct value *value)
{
    chain->entries[chain->count++] = (struct entry){decision->variable.name, value};
}

static bool evaluate_required(struct chain *chain, const struct dmn_decision *decision);

static bool evaluate(struct chain *chain, const struct dmn_decision *decision)
{
    struct outcome outcome;
    if (!decision->table && slice_is(decision->kind, "decisionTable"))
        return refuse_kind(decision, chain->err);
    if (!decision->table)
        return err_set(
            chain->err, ERR_CONFIG,
            "it requires decision \"%.*s\", which is no decision table but %s%.*s%s; give its result "
            "as a fact",
            SLICE_FMT(decision->name), decision->kind.len ? "of the kind \"" : "without logic",
            SLICE_FMT(decision->kind), decision->kind.len ? "\"" : "");
    if (!evaluate_required(chain, decision))
        return false;
    table_decide(decision->table, &(struct feel_scope){chain->entries, chain->count}, chain->arena, &outcome);
    struct value *result = arena_alloc(chain->arena, sizeof *result);
    *result = outcome.result;
    bind(chain, decision, result);
    return true;
}

static bool require_decision(struct chain *chain, size_t index)
{
    const struct dmn_decision *decision = &chain->model->decisions[index];
    const struct value *known = fact_find(chain, decision->variable.name);
    if (chain->visits[index] == DONE || known)
        return true;
    if (chain->visits[index] == ON_THE_WAY || chain->depth > CHAIN)
        return err_set(chain->err, ERR_CONFIG, "decision \"%.*s\" requires itself%s",
                       SLICE_FMT(decision->name),
                       chain->visits[index] == ON_THE_WAY ? "" : ", or too many in a row");
    chain->visits[index] = ON_THE_WAY;
    if ((known = fact_find(chain, decision->name)))
        bind(chain, decision, known);
    else if (!evaluate(chain, decision))
        return false;
    chain->visits[index] = DONE;
    return true;
}

static bool evaluate_required(struct chain *chain, const struct dmn_decision *decision)
{
    chain->depth++;
    if (decision->missing_count)
        return err_set(chain->err, ERR_CONFIG, "decision \"%.*s\" requires %.*s: not supported",
                       SLICE_FMT(decision->name), SLICE_FMT(decision->missing[0]));
    for (size_t i = 0; i < decision->required_count; i++)
        if (!require_decision(chain, decision->required[i]))
            return false;
    chain->depth--;
    return true;
}

bool dmn_scope(const struct dmn_model *model, const struct dmn_decision *decision,
               const struct feel_scope *facts, struct arena *arena, struct feel_scope *out, struct err *err)
{
    struct chain chain = {.model = model,
                          .arena = arena,
                          .err = err,
                          .visits = arena_array(arena, model->decision_count, sizeof(enum visit)),
                          .entries =
                              arena_array(arena, facts->count + model->decision_count, sizeof(struct entry)),
                          .count = facts->count,
                          .fact_count = facts->count};
    if (facts->count)
        memcpy(chain.entries, facts->entries, facts->count * sizeof *chain.entries);
    if (!decision->table)
        return refuse_kind(decision, err);
    chain.visits[decision - model->decisions] = ON_THE_WAY;
    if (!evaluate_required(&chain, decision))
        return false;
    *out = (struct feel_scope){chain.entries, chain.count};
    return true;
}

bool dmn_decide(const struct dmn_model *model, const struct dmn_decision *decision,
                const struct feel_scope *facts, struct arena *arena, struct outcome *out, struct err *err)
{
    struct feel_scope scope;
    if (!dmn_scope(model, decision, facts, arena, &scope, err))
        return false;
    table_decide(decision->table, &scope, arena, out);
    return true;
}

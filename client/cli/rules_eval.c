/* `wijzer rules eval`: decides by a table of a file, here, without a service. */
#include "csv.h"
#include "dmn.h"
#include "rules.h"
#include "suggest.h"

enum { FACTS_BYTES = 4 * 1024 * 1024 };

/* What the file holds: a table, or a model of which one decision is asked. */
struct source {
    const char *file;
    const struct table *table;     /* never NULL when it is loaded */
    const struct dmn_model *model; /* NULL: CSV */
    const struct dmn_decision *decision;
    const struct input_data *declared; /* facts that may be given */
    size_t declared_count;
};

/* ---- what the file holds ---- */

static void declare_columns(struct source *source, struct arena *arena)
{
    const struct table *table = source->table;
    struct input_data *declared = arena_array(arena, table->input_count, sizeof *declared);
    size_t count = 0;
    for (size_t i = 0; i < table->input_count; i++)
        if (!table->inputs[i].expression)
            declared[count++] = (struct input_data){.name = table->inputs[i].name,
                                                    .type = table->inputs[i].type,
                                                    .is_list = table->inputs[i].is_any_of};
    source->declared = declared;
    source->declared_count = count;
}

static void declare_model(struct source *source, struct arena *arena)
{
    const struct dmn_model *model = source->model;
    size_t count = model->input_count + model->decision_count;
    struct input_data *declared = arena_array(arena, count, sizeof *declared);
    for (size_t i = 0; i < model->input_count; i++)
        declared[i] = model->inputs[i];
    for (size_t i = 0; i < model->decision_count; i++)
        declared[model->input_count + i] = model->decisions[i].variable;
    source->declared = declared;
    source->declared_count = count;
}

static int load_model(struct program *program, struct slice bytes, struct source *source)
{
    struct err err;
    struct table_faults faults = {0};
    source->model = dmn_read(bytes, source->file, program->arena, &faults);
    if (!source->model)
        return rules_reject(program, SAY_BAD_TABLE, source->file, &faults);
    source->decision = dmn_find(source->model, option_text(&program->options, FLAG_DECISION), &err);
    if (!source->decision)
        return program_reject(program, SAY_FAULT, VALUES(source->file, err.text));
    source->table = source->decision->table;
    declare_model(source, program->arena);
    return EXIT_DONE;
}

static int load(struct program *program, struct source *source)
{
    struct slice bytes;
    struct table_faults faults = {0};
    _Static_assert((int)DMN_BYTES == (int)CSV_BYTES, "one limit for both kinds of file");
    if (!rules_read_file(program, source->file, DMN_BYTES, &bytes))
        return EXIT_INPUT;
    if (rules_is_xml(bytes))
        return load_model(program, bytes, source);
    if (option_given(&program->options, FLAG_DECISION))
        return program_reject(program, SAY_DECISION_IN_CSV, VALUES(source->file));
    source->table = csv_read(bytes, source->file, NULL, program->arena, &faults);
    if (!source->table)
        return rules_reject(program, SAY_BAD_TABLE, source->file, &faults);
    declare_columns(source, program->arena);
    return EXIT_DONE;
}

/* ---- facts ---- */

static bool take_value(const json_t *json, const struct input_data *declared, struct arena *arena,
                       struct value *out, struct err *err);

static const struct input_data *declared_find(const struct input_data *list, size_t count, const char *name)
{
    for (size_t i = 0; i < count; i++)
        if (slice_is(list[i].name, name))
            return &list[i];
    return NULL;
}

static bool take_list(const json_t *json, const struct input_data *declared, struct arena *arena,
                      struct value *out, struct err *err)
{
    struct input_data item = *declared;
    size_t count = json_array_size(json);
    struct value *items = arena_array(arena, count, sizeof *items);
    item.is_list = false;
    for (size_t i = 0; i < count; i++)
        if (!take_value(json_array_get(json, i), &item, arena, &items[i], err))
            return false;
    *out = (struct value){.kind = VALUE_LIST, .list = {items, count}};
    return true;
}

static bool take_context(const json_t *json, const struct input_data *declared, struct arena *arena,
                         struct value *out, struct err *err)
{
    static const struct input_data anything = {.type = TYPE_ANY};
    size_t count = 0;
    struct entry *entries = arena_array(arena, json_object_size(json), sizeof *entries);
    const char *key;
    json_t *member;
    json_object_foreach((json_t *)(uintptr_t)json, key, member)
    {
        const struct input_data *known = declared_find(declared->components, declared->component_count, key);
        struct value *value = arena_alloc(arena, sizeof *value);
        if (!take_value(member, known ? known : &anything, arena, value, err))
            return false;
        entries[count++] = (struct entry){arena_slice(arena, slice_of(key)), value};
    }
    *out = (struct value){.kind = VALUE_CONTEXT, .context = {entries, count}};
    return true;
}

static bool take_value(const json_t *json, const struct input_data *declared, struct arena *arena,
                       struct value *out, struct err *err)
{
    if (declared->is_list && json_is_array(json))
        return take_list(json, declared, arena, out, err);
    if (declared->component_count && json_is_object(json))
        return take_context(json, declared, arena, out, err);
    return value_from_json(json, declared->type, arena, out, err);
}

/* Whether an input's expression could mean it; then it is not called unknown. */
static bool is_in_expression(const struct table *table, const char *name)
{
    for (size_t i = 0; table && i < table->input_count; i++)
        if (table->inputs[i].expression &&
            memmem(table->inputs[i].name.ptr, table->inputs[i].name.len, name, strlen(name)))
            return true;
    return false;
}

static void warn_unknown(struct program *program, const struct source *source, const char *name)
{
    const char **names = arena_array(program->arena, source->declared_count, sizeof *names);
    for (size_t i = 0; i < source->declared_count; i++)
        names[i] = arena_text(program->arena, source->declared[i].name);
    const char *meant = suggest_word(name, names, source->declared_count);
    screen_put(&program->err, SAY_UNKNOWN_FACT, VALUES(name));
    if (meant) {
        fputs(". ", program->err.file);
        screen_put(&program->err, SAY_DID_YOU_MEAN, VALUES(meant));
    }
    screen_newline(&program->err);
}

static bool take_facts(struct program *program, const struct source *source, const char *path,
                       const json_t *document, struct feel_scope *facts)
{
    static const struct input_data anything = {.type = TYPE_ANY};
    struct entry *entries = arena_array(program->arena, json_object_size(document), sizeof *entries);
    size_t count = 0;
    bool good = true;
    struct err err;
    const char *key;
    json_t *member;
    json_object_foreach((json_t *)(uintptr_t)document, key, member)
    {
        const struct input_data *known = declared_find(source->declared, source->declared_count, key);
        struct value *value = arena_alloc(program->arena, sizeof *value);
        if (!known && !is_in_expression(source->table, key))
            warn_unknown(program, source, key);
        if (take_value(member, known ? known : &anything, program->arena, value, &err)) {
            entries[count++] = (struct entry){slice_of(arena_text(program->arena, slice_of(key))), value};
        } else {
            program_reject(program, SAY_BAD_FACT, VALUES(path, key, err.text));
            good = false;
        }
    }
    *facts = (struct feel_scope){entries, count};
    return good;
}

static bool read_facts(struct program *program, const struct source *source, struct feel_scope *facts)
{
    const char *path = option_text(&program->options, FLAG_FACTS);
    struct slice bytes;
    json_error_t error;
    if (!path) {
        program_reject(program, SAY_NEEDS_FACTS, NULL);
        return false;
    }
    if (!rules_read_file(program, path, FACTS_BYTES, &bytes))
        return false;
    json_t *document = json_loadb(bytes.ptr, bytes.len, JSON_REJECT_DUPLICATES | JSON_DECODE_ANY, &error);
    if (!document) {
        program_reject(
            program, SAY_NOT_JSON,
            VALUES(path, arena_printf(program->arena, "%s (%d:%d)", error.text, error.line, error.column)));
        return false;
    }
    json_array_append_new(program->documents, document);
    if (json_is_object(document))
        return take_facts(program, source, path, document, facts);
    program_reject(program, SAY_NOT_AN_OBJECT, VALUES(path, "{\"age\": 74}"));
    return false;
}

/* ---- the answer ---- */

struct writer {
    FILE *file;
    const struct table *table;
    const struct feel_scope *variables;
    const struct outcome *outcome;
    struct arena *arena;
};

static void put_slice(const struct writer *w, struct slice text)
{
    fwrite(text.ptr, 1, text.len, w->file);
}

/* Null where the text is absent. */
static void put_string(const struct writer *w, struct slice text)
{
    struct value value = value_of_string(text);
    put_slice(w, text.ptr ? value_json(&value, w->arena) : slice_of("null"));
}

static void put_row(const struct writer *w, uint32_t row)
{
    const struct rule *rule = &w->table->rules[row];
    fprintf(w->file, "{\"row\":%u,\"id\":", row + 1);
    put_string(w, rule->id.len ? rule->id : SLICE_NONE);
    fprintf(w->file, ",\"line\":%zu", rule->line);
}

static bool is_deciding(const struct outcome *outcome, uint32_t row)
{
    for (size_t i = 0; i < outcome->deciding_count; i++)
        if (outcome->deciding[i] == row)
            return true;
    return false;
}

static void put_row_outputs(const struct writer *w, const struct rule *rule)
{
    bool is_bare = w->table->output_count == 1;
    for (size_t i = 0; i < w->table->output_count; i++) {
        const struct feel *output = rule->outputs[i];
        struct value value = output ? feel_eval(output, w->variables, w->arena) : value_null;
        if (!is_bare) {
            fputc(i ? ',' : '{', w->file);
            put_string(w, w->table->outputs[i].name.ptr ? w->table->outputs[i].name : slice_of(""));
            fputc(':', w->file);
        }
        put_slice(w, value_json(&value, w->arena));
    }
    fputs(is_bare ? "" : "}", w->file);
}

static void put_matched(const struct writer *w)
{
    for (size_t i = 0; i < w->outcome->matched_count; i++) {
        uint32_t row = w->outcome->matched[i];
        fputs(i ? "," : "", w->file);
        put_row(w, row);
        fputs(",\"outputs\":", w->file);
        put_row_outputs(w, &w->table->rules[row]);
        fprintf(w->file, ",\"deciding\":%s}", is_deciding(w->outcome, row) ? "true" : "false");
    }
}

static void put_unknown(const struct writer *w)
{
    for (size_t i = 0; i < w->outcome->unknown_count; i++) {
        fputs(i ? "," : "", w->file);
        put_row(w, w->outcome->unknown[i]);
        fputs("}", w->file);
    }
}

static void put_answer(const struct writer *w, struct slice decision)
{
    put_slice(w, slice_of("{\"decision\":"));
    put_string(w, decision);
    fprintf(w->file,
            ",\"hitPolicy\":\"%s\",\"outputs\":", hit_policy_text(w->table->policy, w->table->aggregation));
    put_slice(w, value_json(&w->outcome->result, w->arena));
    fputs(",\"matched\":[", w->file);
    put_matched(w);
    fputs("],\"unknown\":[", w->file);
    put_unknown(w);
    fprintf(w->file, "],\"otherwise\":%s,\"complaint\":", w->outcome->took_otherwise ? "true" : "false");
    put_string(w, w->outcome->complaint);
    fputs("}\n", w->file);
}

int run_rules_eval(struct program *program)
{
    struct source source = {.file = program->options.words[0]};
    struct feel_scope facts;
    struct outcome outcome;
    struct err err;
    int failed = load(program, &source);
    if (failed)
        return failed;
    if (!read_facts(program, &source, &facts))
        return EXIT_INPUT;
    if (source.model && !dmn_scope(source.model, source.decision, &facts, program->arena, &facts, &err))
        return program_reject(program, SAY_CANNOT_DECIDE, VALUES(source.file, err.text));
    table_decide(source.table, &facts, program->arena, &outcome);
    put_answer(&(struct writer){program->out.file, source.table, &facts, &outcome, program->arena},
               source.decision ? source.decision->name : SLICE_NONE);
    return EXIT_DONE;
}

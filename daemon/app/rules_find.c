#include "rules_find.h"

#include <stdlib.h>

#include "json_out.h"

enum { MOST = 100, TEXT_MAX = 3900, VALUE_ROOM = 256 };

static const struct {
    const char *word;
    bool is_error;
} kinds[FOUND_COUNT] = {
#define X(kind, word, is_error) [kind] = {word, is_error},
    FOUND_KINDS(X)
#undef X
};

const char *found_word(enum found_kind kind)
{
    return kinds[kind].word;
}

bool found_is_error(enum found_kind kind)
{
    return kinds[kind].is_error;
}

bool found_has_errors(const struct found_list *found)
{
    for (int kind = 0; kind < FOUND_COUNT; kind++)
        if (kinds[kind].is_error && found->of_kind[kind] + found->more[kind])
            return true;
    return false;
}

/* ---- names ---- */

/* FNV-1a, eight hexadecimal digits: for findings that no row gives a name to. */
static struct slice hash_of(struct slice text, struct arena *arena)
{
    uint32_t hash = 2166136261U;
    for (size_t i = 0; i < text.len; i++)
        hash = (hash ^ (unsigned char)text.ptr[i]) * 16777619U;
    return slice_of(arena_printf(arena, "%08x", hash));
}

/* The kind and the ids of rows, at most two: "overlap-R01-R02". */
static struct slice name_of_rows(enum found_kind kind, const struct slice *rules, size_t count,
                                 struct arena *arena)
{
    if (count > 1)
        return slice_of(
            arena_printf(arena, "%s-%.*s-%.*s", found_word(kind), SLICE_FMT(rules[0]), SLICE_FMT(rules[1])));
    return slice_of(arena_printf(arena, "%s-%.*s", found_word(kind), SLICE_FMT(rules[0])));
}

static struct slice name_of_hash(enum found_kind kind, struct slice text, struct arena *arena)
{
    struct slice hash = hash_of(text, arena);
    return slice_of(arena_printf(arena, "%s-%.*s", found_word(kind), SLICE_FMT(hash)));
}

/* ---- the list ---- */

static void add(struct found_list *found, struct found one)
{
    if (found->of_kind[one.kind] == MOST) {
        found->more[one.kind]++;
        return;
    }
    if (found->count == found->room) {
        size_t room = found->room ? 2 * found->room : 64;
        struct found *grown = arena_array(found->arena, room, sizeof *grown);
        if (found->count)
            memcpy(grown, found->list, found->count * sizeof *grown);
        found->list = grown;
        found->room = room;
    }
    one.text = slice_clip(one.text, TEXT_MAX);
    found->of_kind[one.kind]++;
    found->list[found->count++] = one;
}

/* A finding about one row. */
static void add_row(struct found_list *found, enum found_kind kind, struct slice rule, struct slice text)
{
    struct slice *ids = arena_alloc(found->arena, sizeof *ids);
    *ids = arena_slice(found->arena, rule);
    add(found, (struct found){.kind = kind,
                              .name = name_of_rows(kind, ids, 1, found->arena),
                              .text = text,
                              .rules = ids,
                              .rule_count = 1});
}

/* ---- what the checker proves ---- */

static const enum found_kind kind_of[FIND_KINDS] = {
    [FIND_GAP] = FOUND_GAP,           [FIND_OVERLAP] = FOUND_OVERLAP, [FIND_CONFLICT] = FOUND_CONFLICT,
    [FIND_SHADOWED] = FOUND_SHADOWED, [FIND_EMPTY] = FOUND_EMPTY,     [FIND_EXAMPLE] = FOUND_EXAMPLE,
    [FIND_UNPROVED] = FOUND_UNPROVED,
};

/* Facts by column; what does not matter is left out. */
static struct slice person_json(const struct table *table, const struct value *person, struct arena *arena)
{
    const char *text = "";
    if (!person)
        return SLICE_NONE;
    for (size_t i = 0; i < table->input_count; i++) {
        if (person[i].kind == VALUE_NULL)
            continue;
        struct slice value = value_json(&person[i], arena);
        text = arena_printf(arena, "%s%s\"%.*s\":%.*s", text, text[0] ? "," : "",
                            SLICE_FMT(table->inputs[i].name), SLICE_FMT(value));
    }
    return slice_of(arena_printf(arena, "{%s}", text));
}

static void take_rules(struct found *one, const struct table *table, const struct finding *finding,
                       struct arena *arena)
{
    struct slice *ids = arena_array(arena, finding->row_count + 1, sizeof *ids);
    for (size_t i = 0; i < finding->row_count; i++)
        ids[i] = table->rules[finding->rows[i]].id;
    one->rules = ids;
    one->rule_count = finding->row_count;
}

static void take_columns(struct found *one, const struct table *table, const struct finding *finding,
                         struct arena *arena)
{
    struct slice *names = arena_array(arena, finding->column_count + 1, sizeof *names);
    for (size_t i = 0; i < finding->column_count; i++)
        names[i] = table->inputs[finding->columns[i]].name;
    one->columns = names;
    one->column_count = finding->column_count;
}

static struct slice name_of_finding(const struct found *one, struct arena *arena)
{
    switch (one->kind) {
    case FOUND_OVERLAP:
    case FOUND_CONFLICT:
        return name_of_rows(one->kind, one->rules, one->rule_count, arena);
    case FOUND_SHADOWED:
    case FOUND_EMPTY:
        return name_of_rows(one->kind, one->rules, 1, arena);
    default:
        return name_of_hash(one->kind, one->person.ptr ? one->person : one->text, arena);
    }
}

static void take_finding(struct found_list *found, const struct table *table, const struct finding *finding)
{
    struct found one = {.kind = kind_of[finding->kind], .text = finding->text};
    take_rules(&one, table, finding, found->arena);
    take_columns(&one, table, finding, found->arena);
    one.person = person_json(table, finding->person, found->arena);
    bool is_named_by_rows = one.kind != FOUND_GAP && one.kind != FOUND_UNPROVED;
    if (is_named_by_rows && one.rule_count == 0)
        one.kind = FOUND_UNPROVED; /* a row without an id: nothing to name it by */
    one.name = name_of_finding(&one, found->arena);
    add(found, one);
}

static void prove(struct found_list *found, const struct edition *edition)
{
    struct check_options options = {.most = MOST};
    struct findings findings;
    question_domains(edition->question, found->arena, &options);
    check_table(edition->table, &options, found->arena, &findings);
    for (size_t i = 0; i < findings.count; i++)
        if (findings.list[i].kind != FIND_EXAMPLE) /* examples have ids: see below */
            take_finding(found, edition->table, &findings.list[i]);
    for (int kind = 0; kind < FIND_KINDS; kind++)
        if (kind != FIND_EXAMPLE && kind != FIND_UNPROVED) {
            found->more[kind_of[kind]] += findings.more[kind];
            found->is_proved[kind_of[kind]] = findings.is_proved[kind];
        }
}

static void try_examples(struct found_list *found, const struct table *table)
{
    const struct failed_example *failed;
    size_t count = table_examples(table, found->arena, &failed);
    for (size_t i = 0; i < count; i++) {
        const struct example *example = &table->examples[failed[i].index];
        struct slice text =
            slice_of(arena_printf(found->arena, "Example %.*s (%.*s): %.*s.", SLICE_FMT(example->id),
                                  SLICE_FMT(example->sentence), SLICE_FMT(failed[i].text)));
        struct found one = {.kind = FOUND_EXAMPLE, .text = text};
        one.name = name_of_rows(FOUND_EXAMPLE, &example->id, 1, found->arena);
        one.person = person_json(table, example->facts, found->arena);
        add(found, one);
    }
    found->is_proved[FOUND_EXAMPLE] = true;
}

/* ---- words that the region does not have ---- */

static bool is_allowed(const struct input *input, struct slice word)
{
    for (size_t i = 0; i < input->allowed_count; i++)
        if (input->allowed[i].kind == VALUE_STRING && slice_equal(input->allowed[i].string, word))
            return true;
    return input->allowed_count == 0;
}

/* The first word of a cell that is none; absent: there is none. */
static struct slice strange_word(const struct input *input, const struct test *test)
{
    if (test->kind == TEST_WORDS)
        for (uint32_t i = 0; i < test->count; i++)
            if (!is_allowed(input, test->words[i]))
                return test->words[i];
    return SLICE_NONE;
}

static void find_strange(struct found_list *found, const struct table *table, const struct rule *rule)
{
    for (size_t i = 0; i < table->input_count; i++) {
        struct slice word = strange_word(&table->inputs[i], &rule->tests[i]);
        if (!word.ptr)
            continue;
        const char *text =
            arena_printf(found->arena, "%.*s: the region has no \"%.*s\" for %.*s.", SLICE_FMT(rule->id),
                         SLICE_FMT(word), SLICE_FMT(table->inputs[i].name));
        add_row(found, FOUND_UNKNOWN, rule->id, slice_of(text));
        return; /* a row is named once */
    }
}

static void find_unknown(struct found_list *found, const struct table *table)
{
    for (size_t i = 0; i < table->rule_count; i++)
        find_strange(found, table, &table->rules[i]);
    found->is_proved[FOUND_UNKNOWN] = true;
}

/* ---- what the database knows ---- */

/* Ids, ascending, so that they can be searched. */
struct ids {
    struct arena *arena;
    struct slice *list;
    size_t count;
};

static int compare(const void *a, const void *b)
{
    const struct slice *x = a, *y = b;
    size_t least = x->len < y->len ? x->len : y->len;
    int order = least ? memcmp(x->ptr, y->ptr, least) : 0;
    return order ? order : (x->len > y->len) - (x->len < y->len);
}

static bool has_id(const struct ids *ids, struct slice id)
{
    return ids->count && bsearch(&id, ids->list, ids->count, sizeof id, compare);
}

static struct ids ids_of(const struct table *table, struct arena *arena)
{
    struct ids ids = {arena, arena_array(arena, table->rule_count + 1, sizeof(struct slice)), 0};
    for (size_t i = 0; i < table->rule_count; i++)
        ids.list[ids.count++] = table->rules[i].id;
    qsort(ids.list, ids.count, sizeof ids.list[0], compare);
    return ids;
}

struct asking {
    struct found_list *found;
    struct ids known; /* rows that had a year to decide something: those in force */
};

static void take_dead(void *arg, const PGresult *rows)
{
    struct asking *asking = arg;
    struct arena *arena = asking->found->arena;
    for (int row = 0; row < PQntuples(rows); row++) {
        struct slice id = store_text(rows, row, "rule_id");
        if (has_id(&asking->known, id))
            add_row(
                asking->found, FOUND_DEAD, id,
                slice_of(arena_printf(arena, "%.*s decided nothing in the last 12 months.", SLICE_FMT(id))));
    }
    asking->found->is_proved[FOUND_DEAD] = true;
}

static void take_capacity(void *arg, const PGresult *rows)
{
    struct asking *asking = arg;
    struct arena *arena = asking->found->arena;
    for (int row = 0; row < PQntuples(rows); row++) {
        struct slice id = store_text(rows, row, "rule_id"), code = store_text(rows, row, "offering_code"),
                     reason = store_text(rows, row, "reason");
        bool is_there = slice_is(reason, "no-capacity-data");
        const char *what = is_there                    ? "nobody told how much room there is"
                           : slice_is(reason, "ended") ? "the offering has ended"
                                                       : "its organisation has ended";
        add_row(
            asking->found, is_there ? FOUND_NO_CAPACITY : FOUND_UNKNOWN, id,
            slice_of(arena_printf(arena, "%.*s leads to %.*s: %s.", SLICE_FMT(id), SLICE_FMT(code), what)));
    }
    asking->found->is_proved[FOUND_NO_CAPACITY] = true;
}

/* As it is today: the row counts again once a coordinator writes down more of its offering. */
static void take_evidence(void *arg, const PGresult *rows)
{
    struct asking *asking = arg;
    struct arena *arena = asking->found->arena;
    for (int row = 0; row < PQntuples(rows); row++) {
        struct slice id = store_text(rows, row, "rule_id"), code = store_text(rows, row, "offering_code"),
                     has = store_text(rows, row, "has"), asks = store_text(rows, row, "asks");
        const char *what = has.ptr ? arena_printf(arena, "it has %.*s", SLICE_FMT(has))
                                   : "nobody wrote down what is known of it";
        add_row(asking->found, FOUND_NO_EVIDENCE, id,
                slice_of(arena_printf(arena, "%.*s asks %.*s of %.*s, and %s: today it counts for nobody.",
                                      SLICE_FMT(id), SLICE_FMT(asks), SLICE_FMT(code), what)));
    }
    asking->found->is_proved[FOUND_NO_EVIDENCE] = true;
}

/* The ids of the rows in force. A row that is new cannot have decided anything, and is no dead one. */
static bool take_known(struct desk *desk, struct desk_task *task, const struct rule_head *head,
                       struct ids *known)
{
    const struct ruleset *set = task->region->tables[head->table];
    if (!set)
        return true;
    struct rule_head before = {.table = head->table, .version = set->version};
    struct edition *edition = rules_edition(desk, task, &before, NULL);
    if (edition)
        *known = ids_of(edition->table, task->arena);
    return edition != NULL;
}

static bool ask_database(struct desk *desk, struct desk_task *task, const struct rule_head *head,
                         struct found_list *found)
{
    struct asking asking = {.found = found};
    struct err err;
    const char **params = rules_params(task, 0);
    params[1] = rules_number(task, head->version);
    if (!take_known(desk, task, head, &asking.known))
        return false;
    if (asker_ask(desk_asker(desk), STORE_DEAD_RULES, params, take_dead, &asking, &err) &&
        asker_ask(desk_asker(desk), STORE_OFFERINGS_WITHOUT_CAPACITY, params, take_capacity, &asking, &err) &&
        asker_ask(desk_asker(desk), STORE_OFFERINGS_WITHOUT_EVIDENCE, params, take_evidence, &asking, &err))
        return true;
    desk_error(task, &err);
    return false;
}

/* ---- what was published meanwhile ---- */

enum { ANCESTORS = 100 };

static bool is_ahead(const struct rule_head *head)
{
    return slice_is(head->status, "draft") || slice_is(head->status, "awaiting-approval");
}

/* The published version that it goes back to, through drafts made from drafts; 0: none. False: answered. */
static bool find_origin(struct desk *desk, struct desk_task *task, const struct rule_head *head, int *origin)
{
    struct rule_head at = *head;
    *origin = at.based_on;
    for (int i = 0; i < ANCESTORS && *origin; i++) {
        if (!rules_head(desk, task, *origin, &at))
            return false;
        if (slice_is(at.status, "published"))
            return true;
        *origin = at.based_on;
    }
    return true;
}

static void add_outdated(struct found_list *found, int origin, int in_force)
{
    const char *from = origin ? arena_printf(found->arena, "from version %d", origin)
                              : "without the table in force as its start";
    add(found, (struct found){.kind = FOUND_OUTDATED,
                              .name = slice_of(arena_printf(found->arena, "outdated-%d", in_force)),
                              .text = slice_of(arena_printf(
                                  found->arena,
                                  "Made %s, while version %d is in force: publishing it undoes what was "
                                  "published in between.",
                                  from, in_force))});
}

/* A version that was not made from the one in force puts back what was changed since. */
static bool find_outdated(struct desk *desk, struct desk_task *task, const struct rule_head *head,
                          struct found_list *found)
{
    const char **params = rules_params(task, 0);
    struct rules_row row;
    int origin = 0;
    found->is_proved[FOUND_OUTDATED] = true;
    if (!is_ahead(head))
        return true;
    params[1] = rules_number(task, head->table);
    if (!rules_ask(desk, task, STORE_RULE_VERSION_IN_FORCE, params, &row))
        return false;
    if (row.version == 0 || row.version == head->based_on)
        return true;
    if (!find_origin(desk, task, head, &origin))
        return false;
    if (row.version != origin)
        add_outdated(found, origin, (int)row.version);
    return true;
}

/* ---- all of it ---- */

/* Errors first, else as they came. */
static void sort(struct found_list *found)
{
    struct found *sorted = arena_array(found->arena, found->count + 1, sizeof *sorted);
    size_t at = 0;
    for (int kind = 0; kind < FOUND_COUNT; kind++)
        for (size_t i = 0; i < found->count; i++)
            if (found->list[i].kind == (enum found_kind)kind)
                sorted[at++] = found->list[i];
    found->list = sorted;
}

bool rules_find(struct desk *desk, struct desk_task *task, const struct rule_head *head,
                struct found_list *found)
{
    *found = (struct found_list){.arena = task->arena};
    struct edition *edition = rules_edition(desk, task, head, task->region);
    if (!edition)
        return false;
    prove(found, edition);
    try_examples(found, edition->table);
    find_unknown(found, edition->table);
    bool good = ask_database(desk, task, head, found) && find_outdated(desk, task, head, found);
    sort(found);
    return good;
}

static void put_names(struct json_out *out, const char *name, const struct slice *list, size_t count)
{
    out_open(out, name, '[');
    for (size_t i = 0; i < count; i++)
        out_text(out, NULL, list[i]);
    out_close(out, ']');
}

static void put_found(struct json_out *out, const struct found *one)
{
    out_open(out, NULL, '{');
    out_text(out, "name", one->name);
    out_text(out, "kind", slice_of(found_word(one->kind)));
    out_text(out, "severity", slice_of(found_is_error(one->kind) ? "error" : "warning"));
    put_names(out, "rules", one->rules, one->rule_count);
    put_names(out, "columns", one->columns, one->column_count);
    if (one->person.ptr)
        out_raw(out, "person", one->person);
    else
        out_null(out, "person");
    out_text(out, "text", one->text);
    out_close(out, '}');
}

struct slice found_json(const struct found_list *found, struct arena *arena)
{
    struct json_out out = json_out_new(arena, VALUE_ROOM * (found->count + 1));
    out_open(&out, NULL, '[');
    for (size_t i = 0; i < found->count; i++)
        put_found(&out, &found->list[i]);
    out_close(&out, ']');
    return json_out_slice(&out);
}

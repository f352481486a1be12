#include "table.h"

/* A message may quote what was cut within a character: what is no UTF-8 becomes "?". */
static struct slice whole_text(struct slice text, struct arena *arena)
{
    if (!text.ptr || slice_is_utf8(text))
        return text;
    char *out = arena_text(arena, text);
    for (size_t i = 0; i < text.len;) {
        size_t length = 1;
        while (length < 4 && i + length < text.len && !slice_is_utf8(slice_make(text.ptr + i, length)))
            length++;
        bool is_good = slice_is_utf8(slice_make(text.ptr + i, length));
        out[i] = is_good ? out[i] : '?';
        i += is_good ? length : 1;
    }
    return slice_make(out, text.len);
}

void table_fault_add(struct table_faults *faults, struct arena *arena, struct table_fault fault)
{
    if (faults->count == TABLE_FAULTS) {
        faults->more++;
        return;
    }
    struct table_fault *list = (struct table_fault *)(uintptr_t)faults->list;
    if (!list)
        list = arena_array(arena, TABLE_FAULTS, sizeof *list);
    fault.text = whole_text(fault.text, arena);
    list[faults->count++] = fault;
    faults->list = list;
}

/* ---- hit policies by name ---- */

static const struct {
    const char *text;
    enum hit_policy policy;
    enum aggregation aggregation;
} policies[] = {
    {"U", HIT_UNIQUE, AGGREGATE_NONE},     {"A", HIT_ANY, AGGREGATE_NONE},
    {"P", HIT_PRIORITY, AGGREGATE_NONE},   {"F", HIT_FIRST, AGGREGATE_NONE},
    {"R", HIT_RULE_ORDER, AGGREGATE_NONE}, {"O", HIT_OUTPUT_ORDER, AGGREGATE_NONE},
    {"C", HIT_COLLECT, AGGREGATE_NONE},    {"C+", HIT_COLLECT, AGGREGATE_SUM},
    {"C#", HIT_COLLECT, AGGREGATE_COUNT},  {"C<", HIT_COLLECT, AGGREGATE_MIN},
    {"C>", HIT_COLLECT, AGGREGATE_MAX},
};

bool hit_policy_parse(struct slice text, enum hit_policy *policy, enum aggregation *aggregation)
{
    for (size_t i = 0; i < sizeof policies / sizeof policies[0]; i++) {
        if (!slice_equal_nocase(text, slice_of(policies[i].text)))
            continue;
        *policy = policies[i].policy;
        *aggregation = policies[i].aggregation;
        return true;
    }
    return false;
}

const char *hit_policy_text(enum hit_policy policy, enum aggregation aggregation)
{
    for (size_t i = 0; i < sizeof policies / sizeof policies[0]; i++)
        if (policies[i].policy == policy && (policy != HIT_COLLECT || policies[i].aggregation == aggregation))
            return policies[i].text;
    return "?";
}

/* ---- facts ---- */

static const struct value *variable_find(const struct feel_scope *variables, struct slice name)
{
    for (size_t i = 0; i < variables->count; i++)
        if (slice_equal(variables->entries[i].name, name))
            return variables->entries[i].value;
    return NULL;
}

static const struct value *input_value(const struct input *input, const struct feel_scope *variables,
                                       struct arena *arena)
{
    if (!input->expression)
        return variable_find(variables, input->name);
    struct value *value = arena_alloc(arena, sizeof *value);
    *value = feel_eval(input->expression, variables, arena);
    return value->kind == VALUE_NULL ? NULL : value;
}

/* `value` NULL: there is none. */
static struct fact input_fact(const struct table *table, const struct input *input, const struct value *value,
                              struct arena *arena)
{
    if (!value && table->absent_is_unknown)
        return (struct fact){.kind = FACT_ABSENT};
    return fact_of(value ? value : &value_null, input->is_any_of, arena);
}

struct fact *table_facts(const struct table *table, const struct feel_scope *variables, struct arena *arena)
{
    struct fact *facts = arena_array(arena, table->input_count, sizeof *facts);
    for (size_t i = 0; i < table->input_count; i++) {
        const struct input *input = &table->inputs[i];
        facts[i] = input_fact(table, input, input_value(input, variables, arena), arena);
    }
    return facts;
}

/* ---- what rows put out ---- */

struct row_value {
    const struct value *outputs; /* one per output */
    struct value whole;          /* as DMN has it: bare, or a context */
};

static struct value combine(const struct table *table, const struct value *outputs, struct arena *arena)
{
    if (table->output_count == 1)
        return outputs[0];
    struct entry *entries = arena_array(arena, table->output_count, sizeof *entries);
    for (size_t i = 0; i < table->output_count; i++)
        entries[i] = (struct entry){table->outputs[i].name, &outputs[i]};
    return (struct value){.kind = VALUE_CONTEXT, .context = {entries, table->output_count}};
}

static struct row_value row_value(const struct table *table, uint32_t row, const struct feel_scope *variables,
                                  struct arena *arena)
{
    struct value *outputs = arena_array(arena, table->output_count, sizeof *outputs);
    for (size_t i = 0; i < table->output_count; i++) {
        const struct feel *output = table->rules[row].outputs[i];
        outputs[i] = output ? feel_eval(output, variables, arena) : value_null;
    }
    return (struct row_value){outputs, combine(table, outputs, arena)};
}

static struct value default_value(const struct table *table, const struct feel_scope *variables,
                                  struct arena *arena)
{
    bool any = false;
    struct value *outputs = arena_array(arena, table->output_count, sizeof *outputs);
    for (size_t i = 0; i < table->output_count; i++) {
        const struct feel *otherwise = table->outputs[i].otherwise;
        any = any || otherwise;
        outputs[i] = otherwise ? feel_eval(otherwise, variables, arena) : value_null;
    }
    return any ? combine(table, outputs, arena) : value_null;
}

/* ---- hit policies ---- */

struct hits {
    const struct table *table;
    const uint32_t *rows;
    const struct row_value *values; /* one per row */
    size_t count;
    struct arena *arena;
    struct outcome *out;
};

static const char *row_name(const struct hits *hits, size_t hit)
{
    const struct rule *rule = &hits->table->rules[hits->rows[hit]];
    return rule->id.len ? arena_printf(hits->arena, "%.*s", SLICE_FMT(rule->id))
                        : arena_printf(hits->arena, "row %u", hits->rows[hit] + 1);
}

static void decide_by(const struct hits *hits, size_t first, size_t count)
{
    hits->out->deciding = hits->rows + first;
    hits->out->deciding_count = count;
}

static void take_one(const struct hits *hits, size_t hit)
{
    decide_by(hits, hit, 1);
    hits->out->result = hits->values[hit].whole;
}

static void complain(const struct hits *hits, const char *text)
{
    hits->out->result = value_null;
    hits->out->complaint = slice_of(text);
}

static void apply_unique(struct hits *hits)
{
    if (hits->count == 1)
        take_one(hits, 0);
    else
        complain(hits, arena_printf(hits->arena, "hit policy U: %s and %s both match", row_name(hits, 0),
                                    row_name(hits, 1)));
}

static void apply_any(struct hits *hits)
{
    for (size_t i = 1; i < hits->count; i++) {
        if (!value_equal(&hits->values[0].whole, &hits->values[i].whole)) {
            complain(hits, arena_printf(hits->arena, "hit policy A: %s and %s match with different outputs",
                                        row_name(hits, 0), row_name(hits, i)));
            return;
        }
    }
    take_one(hits, 0);
    decide_by(hits, 0, hits->count);
}

static void apply_first(struct hits *hits)
{
    take_one(hits, 0);
}

static void take_list(struct hits *hits)
{
    struct value *items = arena_array(hits->arena, hits->count, sizeof *items);
    for (size_t i = 0; i < hits->count; i++)
        items[i] = hits->values[i].whole;
    decide_by(hits, 0, hits->count);
    hits->out->result = (struct value){.kind = VALUE_LIST, .list = {items, hits->count}};
}

/* One row with its place in the order of each output that has allowed values. */
struct ranked {
    uint32_t row;
    size_t count;
    const size_t *ranks;
    struct row_value value;
};

static int by_priority(const void *a, const void *b)
{
    const struct ranked *x = a, *y = b;
    for (size_t i = 0; i < x->count; i++)
        if (x->ranks[i] != y->ranks[i])
            return x->ranks[i] < y->ranks[i] ? -1 : 1;
    return x->row < y->row ? -1 : x->row > y->row;
}

static size_t rank_of(const struct output *output, const struct value *value)
{
    size_t rank = 0;
    while (rank < output->allowed_count && !value_equal(&output->allowed[rank], value))
        rank++;
    return rank;
}

static struct ranked rank_row(const struct table *table, uint32_t row, struct row_value value,
                              struct arena *arena)
{
    size_t *ranks = arena_array(arena, table->output_count, sizeof *ranks);
    size_t count = 0;
    for (size_t i = 0; i < table->output_count; i++)
        if (table->outputs[i].allowed_count)
            ranks[count++] = rank_of(&table->outputs[i], &value.outputs[i]);
    return (struct ranked){row, count, ranks, value};
}

static void sort_hits(struct hits *hits)
{
    struct ranked *ranked = arena_array(hits->arena, hits->count, sizeof *ranked);
    struct row_value *values = arena_array(hits->arena, hits->count, sizeof *values);
    uint32_t *rows = arena_array(hits->arena, hits->count, sizeof *rows);
    for (size_t i = 0; i < hits->count; i++)
        ranked[i] = rank_row(hits->table, hits->rows[i], hits->values[i], hits->arena);
    qsort(ranked, hits->count, sizeof *ranked, by_priority);
    for (size_t i = 0; i < hits->count; i++) {
        rows[i] = ranked[i].row;
        values[i] = ranked[i].value;
    }
    hits->rows = rows;
    hits->values = values;
}

static void apply_priority(struct hits *hits)
{
    sort_hits(hits);
    take_one(hits, 0);
}

static void apply_output_order(struct hits *hits)
{
    sort_hits(hits);
    take_list(hits);
}

/* The standard defines the sum as FEEL's. */
static struct value sum_of(const struct value *list, struct arena *arena)
{
    struct feel_fault fault;
    const struct entry entry = {slice_of("outputs"), list};
    const struct feel *sum = feel_parse_expression(slice_of("sum(outputs)"), NULL, arena, &fault);
    return sum ? feel_eval(sum, &(struct feel_scope){&entry, 1}, arena) : value_null;
}

/* The smallest (sign -1) or greatest (1); null where two cannot be compared. */
static struct value extreme_of(const struct value *list, int sign)
{
    struct value best = list->list.items[0];
    int order;
    if (!value_compare(&best, &best, &order))
        return value_null;
    for (size_t i = 1; i < list->list.count; i++) {
        if (!value_compare(&list->list.items[i], &best, &order))
            return value_null;
        if (order == sign)
            best = list->list.items[i];
    }
    return best;
}

static struct value aggregate(enum aggregation aggregation, const struct value *list, struct arena *arena)
{
    switch (aggregation) {
    case AGGREGATE_COUNT:
        return value_of_int((int64_t)list->list.count);
    case AGGREGATE_SUM:
        return sum_of(list, arena);
    case AGGREGATE_MIN:
        return extreme_of(list, -1);
    case AGGREGATE_MAX:
        return extreme_of(list, 1);
    case AGGREGATE_NONE:
        break;
    }
    return *list;
}

static void apply_collect(struct hits *hits)
{
    const struct table *table = hits->table;
    take_list(hits);
    if (table->aggregation == AGGREGATE_NONE)
        return;
    const char *policy = hit_policy_text(table->policy, table->aggregation);
    if (table->output_count > 1 && table->aggregation != AGGREGATE_COUNT) {
        complain(hits,
                 arena_printf(hits->arena, "hit policy %s is not defined over several outputs", policy));
        return;
    }
    struct value *list = arena_alloc(hits->arena, sizeof *list);
    *list = hits->out->result;
    hits->out->result = aggregate(table->aggregation, list, hits->arena);
    if (hits->out->result.kind == VALUE_NULL)
        complain(hits,
                 arena_printf(hits->arena, "hit policy %s: the outputs cannot be taken together", policy));
}

static const struct {
    enum hit_policy policy;
    void (*apply)(struct hits *hits);
} appliers[] = {
    {HIT_UNIQUE, apply_unique},   {HIT_ANY, apply_any},        {HIT_PRIORITY, apply_priority},
    {HIT_FIRST, apply_first},     {HIT_RULE_ORDER, take_list}, {HIT_OUTPUT_ORDER, apply_output_order},
    {HIT_COLLECT, apply_collect},
};

void table_apply(const struct table *table, const uint32_t *matched, size_t count,
                 const struct feel_scope *variables, struct arena *arena, struct outcome *out)
{
    *out = (struct outcome){.matched = matched, .matched_count = count};
    if (count == 0) {
        out->took_otherwise = true;
        out->result = default_value(table, variables, arena);
        return;
    }
    bool only_first = table->policy == HIT_FIRST;
    size_t wanted = only_first ? 1 : count;
    struct row_value *values = arena_array(arena, wanted, sizeof *values);
    struct hits hits = {table, matched, values, count, arena, out};
    size_t before = arena_size(arena);
    for (size_t i = 0; i < wanted; i++) {
        values[i] = row_value(table, matched[i], variables, arena);
        if (arena_size(arena) - before > TABLE_OUTPUT_BYTES) {
            complain(&hits, "the outputs of the rows that match take more memory than they may");
            return;
        }
    }
    for (size_t i = 0; i < sizeof appliers / sizeof appliers[0]; i++)
        if (appliers[i].policy == table->policy)
            appliers[i].apply(&hits);
}

/* ---- deciding row by row ---- */

/* What evaluating takes goes with it: a table has many cells. */
static enum truth cell_truth(const struct test *test, const struct fact *fact, bool is_any_of,
                             const struct feel_scope *variables)
{
    if (test->kind != TEST_FEEL)
        return test_decide(test, fact, is_any_of, variables, NULL);
    struct arena *arena = arena_new(0);
    enum truth truth = test_decide(test, fact, is_any_of, variables, arena);
    arena_free(&arena);
    return truth;
}

static enum truth row_truth(const struct table *table, const struct rule *rule, const struct fact *facts,
                            const struct feel_scope *variables)
{
    enum truth truth = YES;
    for (size_t i = 0; i < table->input_count && truth != NO; i++) {
        enum truth cell = cell_truth(&rule->tests[i], &facts[i], table->inputs[i].is_any_of, variables);
        truth = cell == YES ? truth : cell;
    }
    return truth;
}

/* Whether the row, had it matched, would have gone before the one that decided. */
static bool is_before(const struct table *table, uint32_t row, const struct outcome *out,
                      const struct feel_scope *variables, struct arena *arena)
{
    uint32_t decided = out->deciding[0];
    if (table->policy == HIT_FIRST)
        return row < decided;
    struct ranked a = rank_row(table, row, row_value(table, row, variables, arena), arena);
    struct ranked b = rank_row(table, decided, row_value(table, decided, variables, arena), arena);
    return by_priority(&a, &b) < 0;
}

static bool could_matter(const struct table *table, uint32_t row, const struct outcome *out,
                         const struct feel_scope *variables, struct arena *arena)
{
    if (out->matched_count == 0)
        return true;
    if (table->policy == HIT_FIRST || table->policy == HIT_PRIORITY)
        return is_before(table, row, out, variables, arena);
    return table->policy == HIT_COLLECT && table->aggregation != AGGREGATE_NONE;
}

/* A row that could not be judged is never "no match". */
static void doubt(const struct table *table, const struct feel_scope *variables, struct arena *arena,
                  struct outcome *out)
{
    if (!table->absent_is_unknown || out->complaint.ptr)
        return;
    for (size_t i = 0; i < out->unknown_count; i++) {
        if (!could_matter(table, out->unknown[i], out, variables, arena))
            continue;
        struct hits hits = {table, out->unknown, NULL, out->unknown_count, arena, out};
        complain(&hits, arena_printf(arena, "%s could not be judged: a fact that it needs is not known",
                                     row_name(&hits, i)));
        out->deciding_count = 0;
        out->took_otherwise = false;
        return;
    }
}

static void decide_by_facts(const struct table *table, const struct fact *facts,
                            const struct feel_scope *variables, struct arena *arena, struct outcome *out)
{
    uint32_t *matched = arena_array(arena, table->rule_count, sizeof *matched);
    uint32_t *unknown = arena_array(arena, table->rule_count, sizeof *unknown);
    size_t matched_count = 0, unknown_count = 0;
    for (size_t i = 0; i < table->rule_count; i++) {
        enum truth truth = row_truth(table, &table->rules[i], facts, variables);
        if (truth == YES)
            matched[matched_count++] = (uint32_t)i;
        else if (truth == UNKNOWN)
            unknown[unknown_count++] = (uint32_t)i;
    }
    table_apply(table, matched, matched_count, variables, arena, out);
    out->unknown = unknown;
    out->unknown_count = unknown_count;
    doubt(table, variables, arena, out);
}

void table_decide(const struct table *table, const struct feel_scope *variables, struct arena *arena,
                  struct outcome *out)
{
    decide_by_facts(table, table_facts(table, variables, arena), variables, arena, out);
}

/* ---- examples ---- */

static void decide_example(const struct table *table, const struct example *example, struct arena *arena,
                           struct outcome *out)
{
    struct fact *facts = arena_array(arena, table->input_count, sizeof *facts);
    struct entry *entries = arena_array(arena, table->input_count, sizeof *entries);
    size_t known = 0;
    for (size_t i = 0; i < table->input_count; i++) {
        const struct value *value = &example->facts[i];
        bool is_known = value->kind != VALUE_NULL;
        facts[i] = input_fact(table, &table->inputs[i], is_known ? value : NULL, arena);
        if (is_known)
            entries[known++] = (struct entry){table->inputs[i].name, value};
    }
    decide_by_facts(table, facts, &(struct feel_scope){entries, known}, arena, out);
}

/* The value of one output in a result that is one row's. */
static const struct value *output_of(const struct table *table, const struct value *result, size_t output)
{
    if (table->output_count == 1)
        return result;
    return result->kind == VALUE_CONTEXT ? result->context.entries[output].value : &value_null;
}

bool example_expects(const struct example *example, size_t output)
{
    return example->expected[output].kind != VALUE_NULL ||
           (example->expects_null && example->expects_null[output]);
}

static bool fits(const struct table *table, const struct example *example, const struct value *result)
{
    for (size_t i = 0; i < table->output_count; i++)
        if (example_expects(example, i) && !value_equal(&example->expected[i], output_of(table, result, i)))
            return false;
    return true;
}

/* Nothing weighs least. */
static bool weighs_more(const struct value *a, const struct value *b)
{
    int order;
    if (b->kind == VALUE_NULL)
        return a->kind != VALUE_NULL;
    return value_compare(a, b, &order) && order > 0;
}

static bool is_first(const struct table *table, const struct value *results, size_t count, size_t which)
{
    size_t weight = table->ranked_by - 1;
    for (size_t i = 0; table->ranked_by && i < count; i++)
        if (weighs_more(output_of(table, &results[i], weight), output_of(table, &results[which], weight)))
            return false;
    return true;
}

/* Of a list of results one must be as expected; of a ranked list one of those that weigh most. */
static bool example_passes(const struct table *table, const struct example *example,
                           const struct outcome *out)
{
    bool is_list = table->policy == HIT_RULE_ORDER || table->policy == HIT_OUTPUT_ORDER ||
                   (table->policy == HIT_COLLECT && table->aggregation == AGGREGATE_NONE);
    if (out->complaint.ptr)
        return false;
    if (!is_list || out->result.kind != VALUE_LIST)
        return fits(table, example, &out->result);
    const struct value *results = out->result.list.items;
    size_t count = out->result.list.count;
    for (size_t i = 0; i < count; i++)
        if (fits(table, example, &results[i]) && is_first(table, results, count, i))
            return true;
    return false;
}

static const char *expected_text(const struct table *table, const struct example *example,
                                 struct arena *arena)
{
    const char *text = "";
    for (size_t i = 0; i < table->output_count; i++) {
        if (!example_expects(example, i))
            continue;
        text = arena_printf(arena, "%s%s%.*s%s%.*s", text, *text ? ", " : "",
                            SLICE_FMT(table->outputs[i].name), table->outputs[i].name.len ? " " : "",
                            SLICE_FMT(value_text(&example->expected[i], arena)));
    }
    return *text ? text : "any outputs";
}

static const char *by_text(const struct table *table, const struct outcome *out, struct arena *arena)
{
    if (out->took_otherwise)
        return " as no row matches";
    const char *text = "";
    enum { SHOWN = 3 };
    for (size_t i = 0; i < out->deciding_count && i < SHOWN; i++) {
        struct hits hits = {.table = table, .rows = out->deciding, .arena = arena};
        text = arena_printf(arena, "%s%s%s", text, i ? ", " : " by ", row_name(&hits, i));
    }
    return out->deciding_count > SHOWN ? arena_printf(arena, "%s and others", text) : text;
}

static struct slice failure_text(const struct table *table, const struct example *example,
                                 const struct outcome *out, struct arena *arena)
{
    const char *expected = expected_text(table, example, arena);
    if (out->complaint.ptr)
        return slice_of(
            arena_printf(arena, "expected %s, came nothing: %.*s", expected, SLICE_FMT(out->complaint)));
    return slice_of(arena_printf(arena, "expected %s, came %.*s%s", expected,
                                 SLICE_FMT(value_text(&out->result, arena)), by_text(table, out, arena)));
}

size_t table_examples(const struct table *table, struct arena *arena, const struct failed_example **out)
{
    struct failed_example *failed = arena_array(arena, table->example_count, sizeof *failed);
    size_t count = 0;
    for (size_t i = 0; i < table->example_count; i++) {
        struct outcome outcome;
        decide_example(table, &table->examples[i], arena, &outcome);
        if (!example_passes(table, &table->examples[i], &outcome))
            failed[count++] =
                (struct failed_example){i, failure_text(table, &table->examples[i], &outcome, arena)};
    }
    *out = failed;
    return count;
}

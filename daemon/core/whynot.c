#include "explain_own.h"

/* Rows ------------------------------------------------------------------------------------------------------
 */

static uint32_t count_failed(const struct question *question, const struct rule *rule,
                             const struct situation *situation)
{
    uint32_t failed = 0;
    for (size_t i = 0; i < question->input_count; i++) {
        enum about about = question->inputs[i];
        failed +=
            test_decide(&rule->tests[i], &situation->facts[about], about_is_list(about), NULL, NULL) != YES;
    }
    return failed;
}

static int compare_near(const void *a, const void *b)
{
    const struct near *x = a, *y = b;
    if (x->failed != y->failed)
        return x->failed < y->failed ? -1 : 1;
    return (x->row > y->row) - (x->row < y->row);
}

static void sort_near(struct near_rows *rows)
{
    qsort(rows->list, rows->count, sizeof *rows->list, compare_near);
    if (rows->count > EXPLAIN_ROWS)
        rows->count = EXPLAIN_ROWS;
}

struct near_rows rows_naming(const struct explained *e, int number, const struct offering *offering,
                             const struct situation *situation)
{
    const struct table *table = e->record->tables[number];
    const struct ruleset *set = e->record->rulesets[number];
    struct near_rows rows = {.table = number};
    if (!table || !set)
        return rows;
    rows.list = arena_array(e->arena, set->rule_count, sizeof *rows.list);
    for (size_t i = 0; i < set->rule_count; i++)
        if (set->rulings[i].number == offering->id)
            rows.list[rows.count++] =
                (struct near){(uint32_t)i, count_failed(set->question, &table->rules[i], situation)};
    sort_near(&rows);
    return rows;
}

static const struct test *approach_test(const struct explained *e, const struct near *near)
{
    return &e->record->tables[TABLE_OFFERING]->rules[near->row].tests[0];
}

bool row_wants(const struct explained *e, const struct near *near, const struct situation *situation,
               struct slice approach)
{
    const struct test *test = approach_test(e, near);
    bool wanted = false;
    if (test->kind != TEST_WORDS || test->negated ||
        test_decide(test, &situation->facts[ABOUT_APPROACH], true, NULL, NULL) == YES)
        return false;
    for (uint32_t i = 0; i < test->count; i++)
        wanted |= slice_equal(test->words[i], approach);
    return wanted;
}

struct near_rows rows_wanted(const struct explained *e, const struct near_rows *offerings,
                             const struct situation *situation)
{
    const struct table *table = e->record->tables[TABLE_APPROACH];
    const struct ruleset *set = e->record->rulesets[TABLE_APPROACH];
    struct near_rows rows = {.table = TABLE_APPROACH};
    if (!table || !set)
        return rows;
    rows.list = arena_array(e->arena, set->rule_count, sizeof *rows.list);
    for (size_t i = 0; i < set->rule_count; i++) {
        struct slice approach = ruling_word(set, &set->rulings[i]);
        bool wanted = false;
        for (size_t n = 0; approach.ptr && !wanted && n < offerings->count; n++)
            wanted = row_wants(e, &offerings->list[n], situation, approach);
        if (wanted)
            rows.list[rows.count++] =
                (struct near){(uint32_t)i, count_failed(set->question, &table->rules[i], situation)};
    }
    sort_near(&rows);
    return rows;
}

/* Writing
 * ----------------------------------------------------------------------------------------------------
 */

static void out_outweighed(struct json_out *out, const struct candidate *winner)
{
    out_open(out, "outweighedBy", '{');
    out_text(out, "code", winner->offering->code);
    out_text(out, "name", winner->offering->name);
    out_integer(out, "weight", winner->weight);
    out_close(out, '}');
}

/* What the row asks of its offering and that does not have; EVIDENCE_UNKNOWN: nothing. */
static enum evidence evidence_lacking(const struct explained *e, int number, const struct near *near,
                                      const struct offering *offering)
{
    const struct offering *was = explain_offering(e, offering->id);
    enum evidence asks = (enum evidence)e->record->rulesets[number]->rulings[near->row].evidence;
    return number == TABLE_OFFERING && was && was->evidence < asks ? asks : EVIDENCE_UNKNOWN;
}

static void out_near(struct json_out *out, const struct explained *e, int number, const struct near *near,
                     const struct offering *offering, const struct situation *situation)
{
    const struct question *question = question_of(number);
    const struct rule *rule = &e->record->tables[number]->rules[near->row];
    const struct candidate *winner = e->routing.candidate_count ? &e->routing.candidates[0] : NULL;
    out_open(out, NULL, '{');
    out_integer(out, "table", number);
    out_text(out, "id", rule->id);
    out_open(out, "failed", '[');
    for (size_t i = 0; i < question->input_count; i++) {
        enum about about = question->inputs[i];
        const struct fact *fact = &situation->facts[about];
        if (test_decide(&rule->tests[i], fact, about_is_list(about), NULL, NULL) != YES)
            out_cell(out, about, &rule->tests[i], fact, -1);
    }
    out_close(out, ']');
    enum evidence asks = evidence_lacking(e, number, near, offering);
    if (asks) {
        out_open(out, "evidence", '{');
        out_asked_evidence(out, e->record->region,
                           slice_of(evidence_word(explain_offering(e, offering->id)->evidence)),
                           slice_of(evidence_word(asks)));
        out_close(out, '}');
    }
    if (!asks && !near->failed && number != TABLE_APPROACH && winner && winner->offering->id != offering->id)
        out_outweighed(out, winner);
    out_close(out, '}');
}

static void out_near_rows(struct json_out *out, const struct explained *e, const struct near_rows *rows,
                          const struct offering *offering, const struct situation *situation)
{
    for (size_t i = 0; i < rows->count; i++)
        out_near(out, e, rows->table, &rows->list[i], offering, situation);
}

static void out_change(struct json_out *out, const struct explained *e, const struct change *change)
{
    if (!change->count) {
        out_null(out, "smallestChange");
        return;
    }
    out_open(out, "smallestChange", '[');
    for (size_t i = 0; i < change->count; i++) {
        struct column column = about_column(change->items[i].about);
        out_open(out, NULL, '{');
        out_text(out, "fact", slice_of(column.name));
        out_text(out, "label", slice_of(column.label));
        out_fact(out, "from", &e->record->situation.facts[change->items[i].about]);
        out_fact(out, "to", &change->items[i].to);
        out_close(out, '}');
    }
    out_close(out, ']');
}

/* Why no change can lead there; absent: it may. */
static struct slice hopeless(const struct explained *e, const struct offering *offering,
                             const struct near_rows *first, const struct near_rows *third)
{
    size_t row_count = first->count + third->count, lacking = 0;
    const struct offering *was = explain_offering(e, offering->id);
    if (!e->is_decided)
        return slice_of("De beslistabellen van toen zijn niet alle drie bekend.");
    if (e->routing.candidate_count && e->routing.candidates[0].offering->id == offering->id)
        return slice_of("Dit aanbod is gekozen.");
    if (!row_count)
        return slice_of("Geen enkele regel noemt dit aanbod.");
    if (!was || was->ended)
        return slice_of("Dit aanbod was toen gestopt.");
    for (size_t i = 0; i < third->count; i++)
        lacking += evidence_lacking(e, TABLE_OFFERING, &third->list[i], offering) != EVIDENCE_UNKNOWN;
    if (lacking == row_count)
        return slice_of("Elke regel die dit aanbod noemt, vraagt meer bewijs dan er toen van was.");
    return SLICE_NONE;
}

struct slice explain_why_not(const struct record *record, const struct offering *offering,
                             struct arena *arena)
{
    struct explained *e = arena_alloc(arena, sizeof *e);
    struct change change = {.count = 0};
    struct json_out out = json_out_new(arena, 4096);
    explain_open(e, record, arena);
    struct situation situation = explain_situation(e, &record->situation);
    struct near_rows first = rows_naming(e, TABLE_EXCLUSION, offering, &situation),
                     third = rows_naming(e, TABLE_OFFERING, offering, &situation),
                     second = rows_wanted(e, &third, &situation);
    struct slice note = hopeless(e, offering, &first, &third);
    if (!note.ptr)
        change_find(e, offering, &change, &note);
    out_open(&out, NULL, '{');
    out_named(&out, "offering", offering->code, offering->name);
    out_open(&out, "rules", '[');
    out_near_rows(&out, e, &first, offering, &situation);
    out_near_rows(&out, e, &third, offering, &situation);
    out_near_rows(&out, e, &second, offering, &situation);
    out_close(&out, ']');
    out_change(&out, e, &change);
    if (note.ptr)
        out_text(&out, "note", note);
    out_close(&out, '}');
    return json_out_slice(&out);
}

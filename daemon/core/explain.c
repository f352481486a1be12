#include "explain_own.h"

/* The record, as it was
 * --------------------------------------------------------------------------------------
 */

static const json_t *candidate_of(const json_t *candidates, int32_t id)
{
    for (size_t i = 0; i < json_array_size(candidates); i++) {
        const json_t *candidate = json_array_get(candidates, i);
        if (json_integer_value(json_object_get(candidate, "offering")) == id)
            return candidate;
    }
    return NULL;
}

/* Of table 3, in a trail; NULL: none. */
static const json_t *lacks_of(const json_t *trail)
{
    for (size_t i = 0; i < json_array_size(trail); i++) {
        const json_t *lacks = json_object_get(json_array_get(trail, i), "lacks");
        if (lacks)
            return lacks;
    }
    return NULL;
}

static int64_t day_of(const json_t *candidate, const char *member)
{
    int64_t day = DAY_UNKNOWN;
    const char *text = json_string_value(json_object_get(candidate, member));
    return text && date_parse(slice_of(text), &day) ? day : DAY_UNKNOWN;
}

/* As it was judged then, whatever the region's days are now. Records of before say nothing of it: then there
 * was one limit. */
static void freshness_as_it_was(struct offering *offering, const char *freshness)
{
    enum { FORMER_DAYS = 31, NEVER = INT32_MAX };
    offering->stale_days = !freshness ? FORMER_DAYS : strcmp(freshness, "fresh") == 0 ? NEVER : INT32_MIN;
    offering->old_days = freshness && strcmp(freshness, "old") == 0 ? INT32_MIN : NEVER;
}

/* What the record says of it: that of a candidate, or of one that had too little. Where it says nothing, the
 * offering was not asked about, and what is known now is the best guess for what-ifs. */
static void evidence_as_it_was(struct offering *offering, const json_t *candidate, const json_t *lack,
                               struct arena *arena)
{
    const char *code =
        candidate ? json_string_value(json_object_get(json_object_get(candidate, "evidence"), "code"))
                  : json_string_value(json_object_get(lack, "has"));
    if (!candidate && !lack)
        return;
    const json_t *said = json_object_get(candidate, "evidence");
    const char *source = json_string_value(json_object_get(said, "source"));
    offering->evidence = code ? evidence_of(slice_of(code)) : EVIDENCE_UNKNOWN;
    offering->evidence_source = source ? arena_slice(arena, slice_of(source)) : SLICE_NONE;
    offering->evidence_as_of = day_of(said, "asOf");
}

static void as_it_was(struct offering *offering, const json_t *candidate)
{
    const char *word = json_string_value(json_object_get(candidate, "capacity"));
    const json_t *hours = json_object_get(candidate, "replyHours");
    offering->ended = false;
    offering->capacity = CAPACITY_PAUSED;
    while (offering->capacity != CAPACITY_UNKNOWN &&
           !slice_is(slice_of(word), capacity_word(offering->capacity)))
        offering->capacity--;
    offering->as_of = day_of(candidate, "asOf");
    offering->confirmed = day_of(candidate, "confirmed");
    freshness_as_it_was(offering, json_string_value(json_object_get(candidate, "freshness")));
    offering->reply_hours = json_is_integer(hours) ? (int)json_integer_value(hours) : -1;
}

/* Who comes out now and was no candidate then, had ended then. One by one, because others move up. */
static void end_the_others(struct explained *e, const json_t *candidates)
{
    bool again = json_array_size(candidates) < ROUTE_CANDIDATES;
    while (again && explain_route(e, &e->record->situation, &e->routing)) {
        again = false;
        for (size_t i = 0; i < e->routing.candidate_count; i++) {
            const struct offering *offering = e->routing.candidates[i].offering;
            if (candidate_of(candidates, offering->id))
                continue;
            e->offerings[offering - e->offerings].ended = again = true;
        }
    }
}

void explain_open(struct explained *e, const struct record *record, struct arena *arena)
{
    const struct region *region = record->region;
    *e = (struct explained){.record = record, .arena = arena, .region = *region};
    e->offerings = arena_array(arena, region->offering_count, sizeof *e->offerings);
    e->region.offerings = e->offerings;
    json_t *candidates =
        record->candidates.ptr ? json_loadb(record->candidates.ptr, record->candidates.len, 0, NULL) : NULL;
    json_t *trail = record->trail.ptr ? json_loadb(record->trail.ptr, record->trail.len, 0, NULL) : NULL;
    const json_t *lacks = lacks_of(trail);
    for (size_t i = 0; i < region->offering_count; i++) {
        const json_t *candidate = candidate_of(candidates, region->offerings[i].id);
        e->offerings[i] = region->offerings[i];
        as_it_was(&e->offerings[i], candidate);
        evidence_as_it_was(&e->offerings[i], candidate, candidate_of(lacks, region->offerings[i].id), arena);
    }
    json_decref(trail);
    if (json_is_array(candidates))
        end_the_others(e, candidates);
    json_decref(candidates);
    e->is_decided = explain_route(e, &record->situation, &e->routing);
}

bool explain_route(const struct explained *e, const struct situation *situation, struct routing *out)
{
    return route_decide(&e->region, e->record->rulesets, situation, e->record->at, out, NULL);
}

const struct offering *explain_offering(const struct explained *e, int32_t id)
{
    return region_offering_by_id(&e->region, id);
}

/* Tables
 * -----------------------------------------------------------------------------------------------------
 */

bool about_is_list(enum about about)
{
    return about_column(about).kind == COLUMN_WORDS;
}

static enum truth row_truth(const struct question *question, const struct rule *rule,
                            const struct situation *situation)
{
    enum truth truth = YES;
    for (size_t i = 0; i < question->input_count && truth != NO; i++) {
        enum about about = question->inputs[i];
        enum truth cell =
            test_decide(&rule->tests[i], &situation->facts[about], about_is_list(about), NULL, NULL);
        truth = cell == YES ? truth : cell;
    }
    return truth;
}

struct situation explain_situation(const struct explained *e, const struct situation *situation)
{
    struct situation with = *situation;
    const struct table *table = e->record->tables[TABLE_APPROACH];
    if (!table)
        return with;
    struct slice *words = arena_array(e->arena, table->rule_count, sizeof *words);
    size_t count = 0, unknown = 0;
    for (size_t i = 0; i < table->rule_count; i++) {
        struct value value;
        enum truth truth = row_truth(question_of(TABLE_APPROACH), &table->rules[i], situation);
        unknown += truth == UNKNOWN;
        if (truth != YES || !table->rules[i].outputs[0] ||
            !feel_constant(table->rules[i].outputs[0], &value) || value.kind != VALUE_STRING)
            continue;
        size_t n = 0;
        while (n < count && !slice_equal(words[n], value.string))
            n++;
        words[n] = value.string;
        count += n == count;
    }
    if (count || !unknown)
        situation_words(&with, ABOUT_APPROACH, words, count);
    return with;
}

void out_named(struct json_out *out, const char *name, struct slice code, struct slice text)
{
    out_open(out, name, '{');
    out_text(out, "code", code);
    out_text(out, "name", text);
    out_close(out, '}');
}

void out_cell(struct json_out *out, enum about about, const struct test *test, const struct fact *fact,
              int truth)
{
    static const char *const truths[] = {[NO] = "no", [YES] = "yes", [UNKNOWN] = "unknown"};
    struct column column = about_column(about);
    out_open(out, NULL, '{');
    out_text(out, "column", slice_of(column.name));
    out_text(out, "label", slice_of(column.label));
    out_text(out, "test", test_text(test, false, out->arena));
    out_fact(out, "fact", fact);
    if (truth >= 0)
        out_text(out, "truth", slice_of(truths[truth]));
    out_close(out, '}');
}

static const struct rule *rule_of(const struct table *table, struct slice id)
{
    if (table->otherwise && slice_equal(table->otherwise->id, id))
        return table->otherwise;
    for (size_t i = 0; i < table->rule_count; i++)
        if (slice_equal(table->rules[i].id, id))
            return &table->rules[i];
    return NULL;
}

static void out_rule(struct json_out *out, const struct question *question, const struct rule *rule,
                     const struct situation *situation)
{
    out_open(out, NULL, '{');
    out_text(out, "id", rule->id);
    out_text(out, "reason", rule->annotations[0]);
    out_open(out, "cells", '[');
    for (size_t i = 0; rule->tests && i < question->input_count; i++) {
        enum about about = question->inputs[i];
        const struct fact *fact = &situation->facts[about];
        if (rule->tests[i].kind != TEST_ANY)
            out_cell(out, about, &rule->tests[i], fact,
                     (int)test_decide(&rule->tests[i], fact, about_is_list(about), NULL, NULL));
    }
    out_close(out, ']');
    rulebook_write_then(out, question, rule);
    out_close(out, '}');
}

static struct slice json_slice(const json_t *text)
{
    return slice_make(json_string_value(text), json_string_length(text));
}

static void out_level(struct json_out *out, const char *name, const struct region *region, struct slice code)
{
    enum evidence evidence = evidence_of(code);
    if (evidence == EVIDENCE_UNKNOWN) {
        out_null(out, name);
        return;
    }
    out_open(out, name, '{');
    out_text(out, "code", code);
    out_text(out, "label", region_evidence(region, evidence));
    out_close(out, '}');
}

void out_asked_evidence(struct json_out *out, const struct region *region, struct slice has,
                        struct slice asks)
{
    out_level(out, "has", region, has);
    out_level(out, "asks", region, asks);
}

/* Rows that fitted and asked for more evidence than there was of their offering. */
static void out_lacks(struct json_out *out, const struct record *record, const json_t *lacks)
{
    if (!lacks)
        return;
    out_open(out, "lacks", '[');
    for (size_t i = 0; i < json_array_size(lacks); i++) {
        const json_t *lack = json_array_get(lacks, i);
        out_open(out, NULL, '{');
        out_text(out, "rule", json_slice(json_object_get(lack, "rule")));
        out_text(out, "offering", json_slice(json_object_get(lack, "code")));
        out_asked_evidence(out, record->region, json_slice(json_object_get(lack, "has")),
                           json_slice(json_object_get(lack, "asks")));
        out_close(out, '}');
    }
    out_close(out, ']');
}

/* One table of the trail: {"table","version","rules":[ids],"unknown":[ids]}. */
static void out_trail_table(struct json_out *out, const struct record *record, const json_t *entry,
                            const struct situation *situation)
{
    int number = (int)json_integer_value(json_object_get(entry, "table"));
    const struct question *question = question_of(number);
    const struct table *table = question ? record->tables[number] : NULL;
    const json_t *rules = json_object_get(entry, "rules"), *unknown = json_object_get(entry, "unknown");
    bool took_otherwise = false;
    if (!table || json_is_false(json_object_get(entry, "asked")))
        return;
    out_open(out, NULL, '{');
    out_integer(out, "table", number);
    out_integer(out, "version", json_integer_value(json_object_get(entry, "version")));
    out_text(out, "code", slice_of(question->code));
    out_text(out, "label", slice_of(question->label));
    out_open(out, "rules", '[');
    for (size_t i = 0; i < json_array_size(rules); i++) {
        const struct rule *rule = rule_of(table, json_slice(json_array_get(rules, i)));
        took_otherwise |= rule && rule == table->otherwise;
        if (rule)
            out_rule(out, question, rule, situation);
    }
    out_close(out, ']');
    out_open(out, "unknown", '[');
    for (size_t i = 0; i < json_array_size(unknown); i++)
        out_text(out, NULL, json_slice(json_array_get(unknown, i)));
    out_close(out, ']');
    out_bool(out, "otherwise", took_otherwise);
    out_lacks(out, record, json_object_get(entry, "lacks"));
    out_close(out, '}');
}

/* A decision from before trails were stored names one row; which could not be judged follows from the inputs.
 */
static json_t *trail_of_old(const struct explained *e)
{
    const struct record *record = e->record;
    const struct ruleset *set =
        record->table >= 1 && record->table <= RULE_TABLES ? record->rulesets[record->table] : NULL;
    json_t *unknown = json_array();
    for (int i = 0; e->is_decided && i < 3; i++) {
        const struct trace *trace = &e->routing.traces[i];
        for (size_t n = 0; trace->set && trace->set == set && n < trace->unknown_count; n++)
            json_array_append_new(unknown, json_string(ruling_id(set, &set->rulings[trace->unknown[n]]).ptr));
    }
    json_t *rule = json_stringn(record->rule.ptr ? record->rule.ptr : "", record->rule.len);
    return json_pack("[{s:i,s:i,s:[o],s:o}]", "table", record->table, "version", set ? set->version : 0,
                     "rules", rule, "unknown", unknown);
}

struct slice explain_tables(const struct record *record, struct arena *arena)
{
    struct explained *e = arena_alloc(arena, sizeof *e);
    explain_open(e, record, arena);
    struct situation situation = explain_situation(e, &record->situation);
    json_t *trail = record->trail.ptr ? json_loadb(record->trail.ptr, record->trail.len, 0, NULL) : NULL;
    if (!json_is_array(trail)) {
        json_decref(trail);
        trail = trail_of_old(e);
    }
    struct json_out out = json_out_new(arena, 4096);
    out_open(&out, NULL, '[');
    for (size_t i = 0; i < json_array_size(trail); i++)
        out_trail_table(&out, record, json_array_get(trail, i), &situation);
    out_close(&out, ']');
    json_decref(trail);
    return json_out_slice(&out);
}

/* What if
 * ----------------------------------------------------------------------------------------------------
 */

static void out_decision(struct json_out *out, const struct explained *e, const struct routing *routing)
{
    const struct offering *offering = routing->candidate_count ? routing->candidates[0].offering : NULL;
    const struct organisation *owner = offering ? offering->organisation : e->region.coordination;
    out_open(out, "decision", '{');
    out_integer(out, "table", routing->set->question->number);
    out_integer(out, "version", routing->set->version);
    out_text(out, "rule", ruling_id(routing->set, routing->ruling));
    out_text(out, "reason", route_reason(routing, out->arena));
    if (offering)
        out_named(out, "offering", offering->code, offering->name);
    else
        out_null(out, "offering");
    out_named(out, "organisation", owner->code, owner->name);
    struct slice offered = route_offered_json(routing, out->arena);
    out_raw_or_null(out, "evidence",
                    offering ? route_evidence_json(routing->region, offering, out->arena) : SLICE_NONE);
    out_raw_or_null(out, "room",
                    offering && !offered.ptr ? route_room_json(routing, offering, out->arena) : SLICE_NONE);
    out_raw_or_null(out, "offered", offered);
    out_close(out, '}');
}

enum { WORDS_SHOWN = 12 };

static bool refuse_word(const struct column *column, struct slice word, const struct slice *words,
                        size_t count, struct arena *arena, struct err *err)
{
    const char *list = "";
    for (size_t i = 0; i < count && i < WORDS_SHOWN; i++)
        list = arena_printf(arena, "%s%s%.*s", list, i ? ", " : "", SLICE_FMT(words[i]));
    return err_set(err, ERR_INVALID_PARAMETER, "%s: the region has no \"%.*s\"; it has %s%s", column->name,
                   (int)(word.len < 40 ? word.len : 40), word.ptr, list, count > WORDS_SHOWN ? ", ..." : "");
}

/* Whether the region has the words of a fact, where it has a list of them. */
static bool is_of_region(const struct region *region, enum about about, const struct fact *fact,
                         struct arena *arena, struct err *err)
{
    struct column column = about_column(about);
    const struct slice *given = fact->kind == FACT_WORD ? &fact->word : fact->words, *words = NULL;
    size_t given_count = fact->kind == FACT_WORD ? 1 : fact->kind == FACT_WORDS ? fact->count : 0, count = 0;
    if (column.words || !region_words(region, column.name, arena, &words, &count) || count == 0)
        return true;
    for (size_t i = 0; i < given_count; i++) {
        size_t n = 0;
        while (n < count && !slice_equal(words[n], given[i]))
            n++;
        if (n == count)
            return refuse_word(&column, given[i], words, count, arena, err);
    }
    return true;
}

/* Applies "age=28;area=5751", writing what was changed. */
static bool apply(const struct region *region, struct slice change, struct situation *situation,
                  struct json_out *out, struct err *err)
{
    struct slice rest = change;
    bool is_set[ABOUT_APPROACH] = {false};
    while (rest.ptr) {
        struct slice value = slice_cut(&rest, ';'), name = slice_trim(slice_cut(&value, '='));
        enum about about = 0;
        while (about < ABOUT_APPROACH && !slice_is(name, about_name(about)))
            about++;
        if (about == ABOUT_APPROACH || !value.ptr)
            return err_set(err, ERR_INVALID_PARAMETER,
                           "\"%.*s\": expected a fact and what it would be, such as age=28",
                           (int)(name.len < 40 ? name.len : 40), name.ptr ? name.ptr : "");
        if (is_set[about])
            return err_set(err, ERR_INVALID_PARAMETER, "%s stands there twice", about_name(about));
        is_set[about] = true;
        if (!situation_set(situation, name, value, out->arena, err) ||
            !is_of_region(region, about, &situation->facts[about], out->arena, err))
            return false;
        out_open(out, NULL, '{');
        out_text(out, "fact", slice_of(about_name(about)));
        out_fact(out, "to", &situation->facts[about]);
        out_close(out, '}');
    }
    return true;
}

/* Of a decision that was stored without the versions of the tables that it did not ask. */
static void out_no_decision(struct json_out *out)
{
    out_null(out, "decision");
    out_raw(out, "candidates", slice_of("[]"));
    out_text(out, "note", slice_of("De beslistabellen van toen zijn niet alle drie bekend."));
}

bool explain_what_if(const struct record *record, struct slice change, struct arena *arena,
                     struct slice *json, struct err *err)
{
    struct explained *e = arena_alloc(arena, sizeof *e);
    struct situation situation = record->situation;
    struct routing routing;
    explain_open(e, record, arena);
    struct json_out out = json_out_new(arena, 1024);
    out_open(&out, NULL, '{');
    out_open(&out, "change", '[');
    if (!apply(record->region, change, &situation, &out, err))
        return false;
    out_close(&out, ']');
    if (route_decide(&e->region, record->rulesets, &situation, record->at, &routing, NULL)) {
        out_decision(&out, e, &routing);
        out_raw(&out, "candidates", route_candidates_json(&routing, arena));
    } else
        out_no_decision(&out);
    out_close(&out, '}');
    *json = json_out_slice(&out);
    return true;
}

/* One table -------------------------------------------------------------------------------------------------
 */

static struct value value_of_fact(const struct fact *fact, struct arena *arena)
{
    struct value value = value_null;
    switch (fact->kind) {
    case FACT_WORD:
        return value_of_string(fact->word);
    case FACT_NUMBER:
        return value_of_int(key_integer(fact->key));
    case FACT_BOOLEAN:
        return value_of_bool(fact->boolean);
    case FACT_WORDS: {
        struct value *items = arena_array(arena, fact->count, sizeof *items);
        for (uint32_t i = 0; i < fact->count; i++)
            items[i] = value_of_string(fact->words[i]);
        value.kind = VALUE_LIST;
        value.list.items = items;
        value.list.count = fact->count;
        return value;
    }
    default:
        return value;
    }
}

static struct feel_scope scope_of(const struct question *question, const struct situation *situation,
                                  struct arena *arena)
{
    struct entry *entries = arena_array(arena, question->input_count, sizeof *entries);
    struct value *values = arena_array(arena, question->input_count, sizeof *values);
    size_t count = 0;
    for (size_t i = 0; i < question->input_count; i++) {
        const struct fact *fact = &situation->facts[question->inputs[i]];
        values[i] = value_of_fact(fact, arena);
        if (fact->kind != FACT_ABSENT)
            entries[count++] = (struct entry){slice_of(about_name(question->inputs[i])), &values[i]};
    }
    return (struct feel_scope){entries, count};
}

static void out_match(struct json_out *out, const struct question *question, const struct rule *rule)
{
    out_open(out, NULL, '{');
    out_text(out, "rule", rule->id);
    rulebook_write_then(out, question, rule);
    out_text(out, "reason", rule->annotations[0]);
    out_close(out, '}');
}

struct slice explain_evaluate(const struct question *question, int version, const struct table *table,
                              const struct situation *situation, struct arena *arena)
{
    struct outcome outcome = {0};
    struct feel_scope scope = scope_of(question, situation, arena);
    struct json_out out = json_out_new(arena, 1024);
    table_decide(table, &scope, arena, &outcome);
    out_open(&out, NULL, '{');
    out_integer(&out, "table", question->number);
    out_integer(&out, "version", version);
    out_raw(&out, "outputs", value_json(&outcome.result, arena));
    out_open(&out, "matched", '[');
    for (size_t i = 0; i < outcome.matched_count; i++)
        out_match(&out, question, &table->rules[outcome.matched[i]]);
    out_close(&out, ']');
    out_open(&out, "unknown", '[');
    for (size_t i = 0; i < outcome.unknown_count; i++)
        out_text(&out, NULL, table->rules[outcome.unknown[i]].id);
    out_close(&out, ']');
    out_bool(&out, "otherwise", outcome.took_otherwise && !outcome.unknown_count);
    out_close(&out, '}');
    return json_out_slice(&out);
}

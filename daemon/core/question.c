#include "question.h"

#include "check.h"
#include "json_out.h"
#include "region.h"
#include "route.h"

/* Columns --------------------------------------------------------------------------------------------------
 */

static const char *const urgencies[] = {"routine", "soon", NULL};
static const char *const mobilities[] = {"independent", "limited", "housebound", NULL};
static const char *const digital_skills[] = {"good", "some", "none", NULL};
static const char *const occupations[] = {"working", "school", "unemployed", "retired", "unable", NULL};
static const char *const households[] = {"alone", "couple", "family", "single-parent", "with-others", NULL};
static const char *const roles[] = {"referrer", "worker", "coordinator", NULL};
static const char *const actions[] = {[ACTION_CONTINUE] = "continue",
                                      [ACTION_OFFERING] = "offering",
                                      [ACTION_COORDINATOR] = "coordinator",
                                      NULL};
static const char *const units[] = {[UNIT_WORKING_DAYS] = "working-days",
                                    [UNIT_DAYS] = "days",
                                    [UNIT_MONTHS] = "months",
                                    [UNIT_STATE] = "state",
                                    NULL};
static const char *const nexts[] = {[AFTER_NEXT_CANDIDATE] = "next-candidate",
                                    [AFTER_COORDINATOR] = "coordinator",
                                    [AFTER_ASK_REFERRER] = "ask-referrer",
                                    [AFTER_WAIT] = "wait",
                                    [AFTER_STOP] = "stop",
                                    NULL};
static const char *const forms[] = {"at-once", "digest", "end", "none", NULL};
static const char *const channels[] = {"wijzer", "email", "his", NULL};
static const char *const evidences[] = {"well-described",   "well-founded",       "first-indications",
                                        "good-indications", "strong-indications", NULL};
static const char *const fields[] = {"name",      "birth-year", "area", "phone", "email",
                                     "language",  "domains",    "icpc", "text",  "urgency",
                                     "situation", "notes",      "bsn",  NULL};

/* What the lists of names (rulebook.h) do not say; a column of words is what is not named here. */
static const struct column about_kinds[ABOUT_COUNT] = {
    [ABOUT_DOMAINS] = {.kind = COLUMN_WORDS},
    [ABOUT_ICPC] = {.kind = COLUMN_WORDS},
    [ABOUT_AGE] = {.kind = COLUMN_NUMBER, .low = 0, .high = 120},
    [ABOUT_AREA] = {.kind = COLUMN_NUMBER, .low = 1000, .high = 9999},
    [ABOUT_URGENCY] = {.words = urgencies},
    [ABOUT_MOBILITY] = {.words = mobilities},
    [ABOUT_DIGITAL_SKILL] = {.words = digital_skills},
    [ABOUT_LVB] = {.kind = COLUMN_FLAG},
    [ABOUT_OCCUPATION] = {.words = occupations},
    [ABOUT_HOUSEHOLD] = {.words = households},
    [ABOUT_REFERRER_ROLE] = {.words = roles},
    [ABOUT_DECLINES] = {.kind = COLUMN_WORDS},
    [ABOUT_APPROACH] = {.kind = COLUMN_WORDS},
    [ABOUT_LEVEL] = {.kind = COLUMN_NUMBER, .low = 0, .high = 3},
    [ABOUT_TRIES] = {.kind = COLUMN_NUMBER, .low = 1, .high = 20},
};
static const struct column answer_kinds[ANSWER_COUNT] = {
    [ANSWER_ACTION] = {.words = actions},
    [ANSWER_WEIGHT] = {.kind = COLUMN_NUMBER, .low = 0, .high = 1000},
    [ANSWER_OFFER] = {.kind = COLUMN_NUMBER, .low = 1, .high = ROUTE_OFFERS},
    [ANSWER_EVIDENCE] = {.words = evidences},
    [ANSWER_FIELDS] = {.kind = COLUMN_WORDS, .words = fields},
    [ANSWER_AMOUNT] = {.kind = COLUMN_NUMBER, .low = 0, .high = 1000},
    [ANSWER_UNIT] = {.words = units},
    [ANSWER_ESCALATE_AFTER] = {.kind = COLUMN_NUMBER, .low = 0, .high = 1000},
    [ANSWER_NEXT] = {.words = nexts},
    [ANSWER_FORM] = {.words = forms},
    [ANSWER_CHANNEL] = {.words = channels},
};

struct column about_column(enum about about)
{
    static const char *const names[][3] = {
#define X(about, name, sql, label) {name, sql, label},
        RULE_FACTS(X)
#undef X
    };
    struct column column = about_kinds[about];
    column.name = names[about][0];
    column.sql = names[about][1];
    column.label = names[about][2];
    return column;
}

struct column answer_column(enum answer_name answer)
{
    static const char *const names[][3] = {
#define X(answer, name, sql, label) {name, sql, label},
        RULE_ANSWERS(X)
#undef X
    };
    struct column column = answer_kinds[answer];
    column.name = names[answer][0];
    column.sql = names[answer][1];
    column.label = names[answer][2];
    return column;
}

const char *about_name(enum about about)
{
    return about_column(about).name;
}

const char *answer_word(enum answer_name answer)
{
    return answer_column(answer).name;
}

bool answer_came_later(enum answer_name answer)
{
    return answer == ANSWER_OFFER || answer == ANSWER_EVIDENCE;
}

const char *answer_fixed(enum answer_name answer, unsigned number)
{
    return answer_kinds[answer].words[number];
}

int word_number(const char *const *words, struct slice word)
{
    for (int i = 0; words[i]; i++)
        if (slice_is(word, words[i]))
            return i;
    return -1;
}

const char *evidence_word(enum evidence evidence)
{
    return evidence == EVIDENCE_UNKNOWN ? NULL : evidences[evidence - 1];
}

enum evidence evidence_of(struct slice word)
{
    return (enum evidence)(word.ptr ? word_number(evidences, word) + 1 : 0);
}

int64_t key_integer(int64_t key)
{
    return floor_div(key, integer_key(1));
}

bool is_rule_id(struct slice id)
{
    bool ok = id.len >= 1 && id.len <= RULE_ID_MAX && id.ptr[0] >= 'A' && id.ptr[0] <= 'Z';
    for (size_t i = 1; ok && i < id.len; i++) {
        char c = id.ptr[i];
        ok = (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-';
    }
    return ok;
}

bool is_code(struct slice word)
{
    bool ok = word.len >= 1 && word.len <= 64;
    for (size_t i = 0; ok && i < word.len; i++)
        ok = word.ptr[i] > ' ' && word.ptr[i] < 0x7f;
    return ok;
}

/* Questions ------------------------------------------------------------------------------------------------
 */

#define INPUTS(...)                                                                                          \
    .inputs = {__VA_ARGS__}, .input_count = sizeof((enum about[]){__VA_ARGS__}) / sizeof(enum about)
#define OUTPUTS(...)                                                                                         \
    .outputs = {__VA_ARGS__},                                                                                \
    .output_count = sizeof((enum answer_name[]){__VA_ARGS__}) / sizeof(enum answer_name)

static const struct question questions[] = {
    {TABLE_EXCLUSION, "exclusion", "Is er iets waardoor de gewone weg niet kan?", HIT_FIRST,
     INPUTS(ABOUT_DOMAINS, ABOUT_ICPC, ABOUT_AGE, ABOUT_AREA, ABOUT_URGENCY, ABOUT_LANGUAGE, ABOUT_LVB,
            ABOUT_HOUSEHOLD, ABOUT_REFERRER, ABOUT_REFERRER_ROLE, ABOUT_DECLINES),
     OUTPUTS(ANSWER_ACTION, ANSWER_OFFERING)},
    {TABLE_APPROACH, "approach", "Welke aanpak past bij deze vraag?", HIT_COLLECT,
     INPUTS(ABOUT_DOMAINS, ABOUT_ICPC, ABOUT_AGE, ABOUT_URGENCY, ABOUT_LANGUAGE, ABOUT_LVB, ABOUT_MOBILITY,
            ABOUT_DIGITAL_SKILL, ABOUT_OCCUPATION, ABOUT_HOUSEHOLD, ABOUT_REFERRER),
     OUTPUTS(ANSWER_APPROACH, ANSWER_WEIGHT)},
    {TABLE_OFFERING, "offering", "Welk aanbod past bij die aanpak, dit gebied en deze inwoner?", HIT_COLLECT,
     INPUTS(ABOUT_APPROACH, ABOUT_DOMAINS, ABOUT_AGE, ABOUT_AREA, ABOUT_URGENCY, ABOUT_LANGUAGE, ABOUT_LVB,
            ABOUT_MOBILITY, ABOUT_DIGITAL_SKILL, ABOUT_OCCUPATION, ABOUT_HOUSEHOLD, ABOUT_DECLINES),
     OUTPUTS(ANSWER_OFFERING, ANSWER_WEIGHT, ANSWER_OFFER, ANSWER_EVIDENCE)},
    {TABLE_FIELDS, "fields", "Welke gegevens krijgt de ontvanger?", HIT_UNIQUE,
     INPUTS(ABOUT_APPROACH, ABOUT_RECIPIENT), OUTPUTS(ANSWER_FIELDS)},
    {TABLE_PROMISES, "promises", "Hoe lang duurt een toezegging, en wanneer schalen we op?", HIT_UNIQUE,
     INPUTS(ABOUT_PROMISE, ABOUT_URGENCY, ABOUT_LEVEL),
     OUTPUTS(ANSWER_AMOUNT, ANSWER_UNIT, ANSWER_ESCALATE_AFTER)},
    {TABLE_DECLINES, "declines", "Wat gebeurt er na een weigering?", HIT_UNIQUE,
     INPUTS(ABOUT_DECLINE, ABOUT_URGENCY, ABOUT_TRIES), OUTPUTS(ANSWER_NEXT)},
    {TABLE_FEEDBACK, "feedback", "Wanneer en hoe hoort de verwijzer iets terug?", HIT_UNIQUE,
     INPUTS(ABOUT_MILESTONE, ABOUT_REFERRER), OUTPUTS(ANSWER_FORM, ANSWER_CHANNEL)},
};
_Static_assert(sizeof questions / sizeof questions[0] == RULE_TABLES, "seven questions");

const struct question *question_of(int number)
{
    return number >= 1 && number <= RULE_TABLES ? &questions[number - 1] : NULL;
}

/* Words of the region --------------------------------------------------------------------------------------
 */

/* Every list below has elements that hold their code at some place. */
static void codes_of(const void *list, size_t count, size_t size, size_t offset, struct arena *arena,
                     const struct slice **words)
{
    struct slice *codes = arena_array(arena, count, sizeof *codes);
    for (size_t i = 0; i < count; i++)
        memcpy(&codes[i], (const char *)list + i * size + offset, sizeof codes[i]);
    *words = codes;
}

#define CODES(list, total)                                                                                   \
    do {                                                                                                     \
        *count = region->total;                                                                              \
        codes_of(region->list, region->total, sizeof *region->list,                                          \
                 (size_t)((const char *)&region->list->code - (const char *)region->list), arena, words);    \
        return true;                                                                                         \
    } while (0)

bool region_words(const struct region *region, const char *name, struct arena *arena,
                  const struct slice **words, size_t *count)
{
    if (!region)
        return false;
    struct slice column = slice_of(name);
    if (slice_is(column, "domains"))
        CODES(domains, domain_count);
    if (slice_is(column, "referrer"))
        CODES(organisations, organisation_count);
    if (slice_is(column, "declines") || slice_is(column, "decline"))
        CODES(decline_codes, decline_code_count);
    if (slice_is(column, "approach"))
        CODES(approaches, approach_count);
    if (slice_is(column, "offering"))
        CODES(offerings, offering_count);
    if (slice_is(column, "promise"))
        CODES(promise_kinds, promise_kind_count);
    if (slice_is(column, "milestone"))
        CODES(machine.states, machine.state_count);
    if (slice_is(column, "icpc") || slice_is(column, "recipient")) {
        bool is_icpc = slice_is(column, "icpc");
        *words = is_icpc ? region->icpc : region->recipients;
        *count = is_icpc ? region->icpc_count : region->recipient_count;
        return true;
    }
    return false;
}

/* Schema ---------------------------------------------------------------------------------------------------
 */

static const struct value *allowed_of(const struct column *column, const struct region *region,
                                      struct arena *arena, size_t *count)
{
    const struct slice *words = NULL;
    *count = 0;
    if (column->kind != COLUMN_WORD && column->kind != COLUMN_WORDS)
        return NULL;
    if (column->words)
        while (column->words[*count])
            ++*count;
    else if (!region_words(region, column->name, arena, &words, count))
        return NULL;
    struct value *values = arena_array(arena, *count, sizeof *values);
    for (size_t i = 0; i < *count; i++)
        values[i] = value_of_string(words ? words[i] : slice_of(column->words[i]));
    return values;
}

static enum value_type type_of(enum column_kind kind)
{
    return kind == COLUMN_NUMBER ? TYPE_NUMBER : kind == COLUMN_FLAG ? TYPE_BOOLEAN : TYPE_STRING;
}

void question_schema(const struct question *question, const struct region *region, struct arena *arena,
                     struct csv_schema *out)
{
    struct input *inputs = arena_array(arena, question->input_count, sizeof *inputs);
    struct output *outputs = arena_array(arena, question->output_count, sizeof *outputs);
    for (size_t i = 0; i < question->input_count; i++) {
        struct column column = about_column(question->inputs[i]);
        inputs[i].name = slice_of(column.name);
        inputs[i].label = slice_of(column.label);
        inputs[i].type = type_of(column.kind);
        inputs[i].is_any_of = column.kind == COLUMN_WORDS;
        inputs[i].is_integer = column.kind == COLUMN_NUMBER;
        inputs[i].allowed = allowed_of(&column, region, arena, &inputs[i].allowed_count);
    }
    for (size_t i = 0; i < question->output_count; i++) {
        struct column column = answer_column(question->outputs[i]);
        outputs[i].name = slice_of(column.name);
        outputs[i].label = slice_of(column.label);
        /* A list is no type of its own here, and its words are checked one by one elsewhere. */
        outputs[i].type = column.kind == COLUMN_WORDS ? TYPE_ANY : type_of(column.kind);
        if (column.kind == COLUMN_WORD)
            outputs[i].allowed = allowed_of(&column, region, arena, &outputs[i].allowed_count);
    }
    *out =
        (struct csv_schema){inputs, question->input_count, outputs, question->output_count, question->policy};
}

void question_domains(const struct question *question, struct arena *arena, struct check_options *options)
{
    struct key_range *domains = arena_array(arena, question->input_count, sizeof *domains);
    for (size_t i = 0; i < question->input_count; i++) {
        struct column column = about_column(question->inputs[i]);
        domains[i] = column.kind == COLUMN_NUMBER
                         ? (struct key_range){integer_key(column.low), integer_key(column.high)}
                         : (struct key_range){KEY_MIN, KEY_MAX};
    }
    options->domains = domains;
}

static void write_column(struct json_out *out, const struct column *column, const char *kind,
                         const struct region *region)
{
    size_t count;
    const struct value *allowed = allowed_of(column, region, out->arena, &count);
    out_open(out, NULL, '{');
    out_text(out, "name", slice_of(column->name));
    out_text(out, "label", slice_of(column->label));
    out_text(out, "kind", slice_of(kind));
    out_text(out, "type", slice_of(value_type_word(type_of(column->kind))));
    out_bool(out, "isList", column->kind == COLUMN_WORDS);
    if (allowed) {
        out_open(out, "values", '[');
        for (size_t i = 0; i < count; i++)
            out_text(out, NULL, allowed[i].string);
        out_close(out, ']');
    } else
        out_null(out, "values");
    out_close(out, '}');
}

struct slice question_columns_json(const struct question *question, const struct region *region,
                                   struct arena *arena)
{
    struct json_out out = json_out_new(arena, 4096);
    out_open(&out, NULL, '[');
    for (size_t i = 0; i < question->input_count; i++) {
        struct column column = about_column(question->inputs[i]);
        write_column(&out, &column, "input", region);
    }
    for (size_t i = 0; i < question->output_count; i++) {
        struct column column = answer_column(question->outputs[i]);
        write_column(&out, &column, "output", region);
    }
    struct column reason = {.name = "reason", .label = "Waarom"};
    write_column(&out, &reason, "annotation", NULL);
    out_close(&out, ']');
    return json_out_slice(&out);
}

/* What the check of a rule table found, and what a trial of one shows. */
#include "render_rules.h"

enum { NAME_COLUMN = 24, COUNT_COLUMN = 6 };

/* How each kind is told: with its row, with its rows, or by the service's own sentence behind it. */
static const struct finding_kind {
    const char *kind;
    enum text name, text;
    bool needs_sentence; /* what is told here does not say it all */
} kinds[] = {
    {"gap", KIND_GAP, FINDING_GAP, false},
    {"overlap", KIND_OVERLAP, FINDING_OVERLAP, false},
    {"conflict", KIND_CONFLICT, FINDING_CONFLICT, false},
    {"example", KIND_EXAMPLE, FINDING_EXAMPLE, true},
    {"unknown", KIND_UNKNOWN, FINDING_UNKNOWN, true},
    {"shadowed", KIND_SHADOWED, FINDING_SHADOWED, false},
    {"empty", KIND_EMPTY, FINDING_EMPTY, false},
    {"dead", KIND_DEAD, FINDING_DEAD, false},
    {"no-capacity", KIND_NO_CAPACITY, FINDING_NO_CAPACITY, true},
    {"no-evidence", KIND_NO_EVIDENCE, FINDING_NO_EVIDENCE, true},
    {"unproved", KIND_UNPROVED, FINDING_UNPROVED, true},
};
enum { KINDS = sizeof kinds / sizeof kinds[0] };

static const struct finding_kind *kind_of(const char *word)
{
    for (size_t i = 0; i < KINDS; i++)
        if (strcmp(kinds[i].kind, word) == 0)
            return &kinds[i];
    return NULL;
}

static const char *text_at(const json_t *list, size_t index)
{
    const char *text = json_string_value(json_array_get(list, index));
    return text ? text : "";
}

/* "R01, R02 en R03", from the `first` on. */
static const char *rules_text(const struct screen *screen, const json_t *rules, size_t first)
{
    const char *list = "";
    for (size_t i = first; i < json_array_size(rules); i++) {
        const char *with =
            i + 1 == json_array_size(rules) ? text_template(screen->language, RULES_AND) : ", ";
        list = arena_printf(screen->arena, "%s%s%s", list, *list ? with : "", text_at(rules, i));
    }
    return list;
}

static const char *finding_text(const struct screen *screen, const json_t *finding)
{
    const struct finding_kind *kind = kind_of(document_text(finding, "kind"));
    const json_t *rules = document_list(finding, "rules");
    if (!kind)
        return document_text(finding, "text");
    if (kind->text == FINDING_GAP)
        return screen_text(screen, json_array_size(rules) ? FINDING_GAP_NEAR : FINDING_GAP,
                           VALUES(rules_text(screen, rules, 0)));
    if (kind->text == FINDING_OVERLAP && json_array_size(rules) == 2)
        return screen_text(screen, FINDING_OVERLAP_TWO, VALUES(rules_text(screen, rules, 0)));
    if (kind->text == FINDING_OVERLAP || kind->text == FINDING_CONFLICT)
        return screen_text(screen, kind->text, VALUES(rules_text(screen, rules, 0)));
    if (kind->text == FINDING_SHADOWED && json_array_size(rules) > 1)
        return screen_text(screen, FINDING_SHADOWED_BY,
                           VALUES(text_at(rules, 0), rules_text(screen, rules, 1)));
    return screen_text(screen, kind->text, VALUES(text_at(rules, 0)));
}

static void put_person(const struct wording *wording, const json_t *finding)
{
    const struct screen *screen = wording->screen;
    const json_t *person = document_at(finding, "person");
    const char *facts = facts_phrase(wording, person);
    if (person)
        screen_block(screen, 6, true,
                     screen_text(screen, *facts ? SAY_FINDING_PERSON : SAY_FINDING_ANYONE, VALUES(facts)));
}

static void put_columns(const struct screen *screen, const json_t *finding)
{
    const json_t *columns = document_list(finding, "columns");
    const char *list = "";
    for (size_t i = 0; i < json_array_size(columns); i++) {
        const char *label = column_label(screen->language, text_at(columns, i));
        list = arena_printf(screen->arena, "%s%s%s", list, *list ? ", " : "",
                            label ? label : text_at(columns, i));
    }
    if (*list)
        screen_block(screen, 6, true, screen_text(screen, SAY_FINDING_COLUMNS, VALUES(list)));
}

static void put_finding(const struct wording *wording, const json_t *finding)
{
    const struct screen *screen = wording->screen;
    const struct finding_kind *kind = kind_of(document_text(finding, "kind"));
    bool is_error = strcmp(document_text(finding, "severity"), "error") == 0;
    screen_say(screen, is_error ? SAY_FINDING_ERROR : SAY_FINDING_WARNING,
               VALUES(finding_text(screen, finding)));
    put_person(wording, finding);
    put_columns(screen, finding);
    if (kind && kind->needs_sentence)
        screen_say(screen, SAY_FINDING_TEXT, VALUES(document_text(finding, "text")));
    screen_say(screen, SAY_FINDING_NAME, VALUES(document_text(finding, "name")));
}

static void put_more(const struct screen *screen, const json_t *more)
{
    for (size_t i = 0; i < KINDS; i++)
        if (document_number(more, kinds[i].kind, 0) > 0)
            screen_say(screen, SAY_FINDINGS_MORE,
                       VALUES(render_number(screen, more, kinds[i].kind),
                              text_template(screen->language, kinds[i].name)));
}

enum { TOGETHER = 3 }; /* more dead rows than this are told in one line */

static bool is_dead(const json_t *finding)
{
    return strcmp(document_text(finding, "kind"), "dead") == 0;
}

static size_t count_dead(const json_t *findings)
{
    size_t dead = 0;
    for (size_t i = 0; i < json_array_size(findings); i++)
        dead += is_dead(json_array_get(findings, i));
    return dead;
}

static void put_dead(const struct screen *screen, const json_t *findings, size_t dead)
{
    const char *list = "", *name = "";
    for (size_t i = 0; i < json_array_size(findings); i++) {
        const json_t *finding = json_array_get(findings, i);
        if (!is_dead(finding))
            continue;
        const char *id = text_at(document_list(finding, "rules"), 0);
        list = arena_printf(screen->arena, "%s%s%s", list, *list ? ", " : "", id);
        name = document_text(finding, "name");
    }
    const char *number = arena_printf(screen->arena, "%zu", dead);
    screen_say(screen, SAY_FINDING_WARNING,
               VALUES(screen_text(screen, FINDING_DEAD_MANY, VALUES(number, list))));
    screen_say(screen, SAY_DEAD_NAME, VALUES("dead", name));
}

size_t render_findings(const struct wording *wording, const json_t *check)
{
    const struct screen *screen = wording->screen;
    const json_t *findings = document_list(check, "findings");
    size_t errors = 0, dead = count_dead(findings);
    bool together = dead > TOGETHER;
    for (size_t i = 0; i < json_array_size(findings); i++) {
        if (!together || !is_dead(json_array_get(findings, i)))
            put_finding(wording, json_array_get(findings, i));
        errors += strcmp(document_text(json_array_get(findings, i), "severity"), "error") == 0;
    }
    if (together)
        put_dead(screen, findings, dead);
    put_more(screen, document_at(check, "more"));
    bool clean = json_array_size(findings) == 0;
    screen_say(screen,
               errors || !document_true(check, "isPublishable") ? SAY_CHECK_ERRORS
               : clean                                          ? SAY_CHECK_NOTHING
                                                                : SAY_CHECK_WARNINGS,
               NULL);
    return errors;
}

/* ---- trials ---- */

/* An offering by its code, as the region or one of the referrals that would move calls it. */
static const char *offering_name(const struct wording *wording, const char *code)
{
    return *code ? word_text(wording, "offering", code)
                 : text_template(wording->screen->language, SAY_COORDINATION);
}

static const char *place_name(const struct screen *screen, const json_t *offering)
{
    return offering ? document_text(offering, "name") : text_template(screen->language, SAY_COORDINATION);
}

static const char *padded(const struct screen *screen, const char *text, size_t width)
{
    return arena_printf(screen->arena, "%s%s", text, text_padding(screen->arena, text, width));
}

static void put_group(const struct wording *wording, const json_t *group)
{
    const struct screen *screen = wording->screen;
    const char *from = document_text(group, "from"), *to = document_text(group, "to");
    const char *number = render_number(screen, group, "count");
    const char *count =
        arena_printf(screen->arena, "%s%s", text_padding(screen->arena, number, COUNT_COLUMN), number);
    if (strcmp(from, to) == 0)
        screen_say(screen, SAY_TRY_SAME, VALUES(count, offering_name(wording, from)));
    else
        screen_say(screen, SAY_TRY_GROUP,
                   VALUES(count, padded(screen, offering_name(wording, from), NAME_COLUMN),
                          offering_name(wording, to)));
}

/* Those that change first. */
static void put_groups(const struct wording *wording, const json_t *groups)
{
    for (int moved = 1; moved >= 0; moved--)
        for (size_t i = 0; i < json_array_size(groups); i++) {
            const json_t *group = json_array_get(groups, i);
            bool differs = strcmp(document_text(group, "from"), document_text(group, "to")) != 0;
            if (differs == (moved == 1))
                put_group(wording, group);
        }
}

static const char *reference(const struct screen *screen, const json_t *rule)
{
    if (!rule)
        return text_template(screen->language, SAY_NO_RULE);
    return screen_text(screen, SAY_RULE_OF,
                       VALUES(document_text(rule, "rule"), render_number(screen, rule, "table"),
                              render_number(screen, rule, "version")));
}

static void put_moved(const struct wording *wording, const json_t *moved)
{
    const struct screen *screen = wording->screen;
    screen_say(screen, SAY_TRY_ITEM,
               VALUES(document_text(moved, "referral"), render_day(screen, moved, "createdAt"),
                      place_name(screen, document_at(moved, "from")),
                      place_name(screen, document_at(moved, "to"))));
    screen_block(screen, 6, true, facts_phrase(wording, document_at(moved, "facts")));
    screen_say(screen, SAY_TRY_RULES,
               VALUES(reference(screen, document_at(moved, "toRule")),
                      reference(screen, document_at(moved, "fromRule"))));
}

static void put_count(const struct screen *screen, int64_t number, enum text one, enum text many)
{
    screen_put(screen, number == 1 ? one : many,
               VALUES(arena_printf(screen->arena, "%lld", (long long)number)));
}

static void put_summary(const struct screen *screen, const json_t *trial, size_t shown)
{
    int64_t undecidable = document_number(trial, "undecidable", 0);
    int64_t withheld = document_number(trial, "withheld", 0), moved = (int64_t)shown + withheld;
    int64_t stay = document_number(trial, "done", 0) - moved - undecidable;
    screen_say(
        screen, SAY_TRY_HEAD,
        VALUES(render_number(screen, trial, "version"), render_number(screen, trial, "table"),
               screen_count(screen, document_number(trial, "done", 0), COUNT_REFERRAL, COUNT_REFERRALS)));
    put_count(screen, moved, TRY_MOVED_ONE, TRY_MOVED_MANY);
    put_count(screen, stay > 0 ? stay : 0, TRY_STAY_ONE, TRY_STAY_MANY);
    screen_newline(screen);
    if (undecidable) {
        put_count(screen, undecidable, TRY_UNDECIDABLE_ONE, TRY_UNDECIDABLE_MANY);
        screen_newline(screen);
    }
    if (withheld) {
        put_count(screen, withheld, TRY_WITHHELD_ONE, TRY_WITHHELD_MANY);
        screen_newline(screen);
    }
}

void render_trial(const struct wording *wording, const json_t *trial, uint64_t limit)
{
    const struct screen *screen = wording->screen;
    const json_t *moved = document_list(trial, "moved"), *groups = document_list(trial, "groups");
    size_t count = json_array_size(moved);
    put_summary(screen, trial, count);
    if (json_array_size(groups)) {
        screen_newline(screen);
        screen_say(screen, SAY_TRY_GROUPS, NULL);
        put_groups(wording, groups);
    }
    if (count == 0)
        return;
    screen_newline(screen);
    screen_say(screen, SAY_TRY_EACH, NULL);
    for (size_t i = 0; i < count && i < limit; i++)
        put_moved(wording, json_array_get(moved, i));
    if (count > limit) {
        put_count(screen, (int64_t)(count - (size_t)limit), TRY_MORE_ONE, SAY_TRY_MORE);
        screen_newline(screen);
    }
}

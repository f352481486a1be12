/* Why a referral went where it went, in plain words. */
#include "render_rules.h"

/* The capacity of a candidate and the day it was told. */
static void put_capacity(const struct screen *screen, const json_t *candidate)
{
    static const struct {
        const char *word;
        enum text text;
    } capacities[] = {{"open", SAY_CAPACITY_OPEN},
                      {"waiting-list", SAY_CAPACITY_LIST},
                      {"full", SAY_CAPACITY_FULL},
                      {"paused", ROOM_PAUSED}};
    enum text text = SAY_CAPACITY_UNKNOWN;
    for (size_t i = 0; i < sizeof capacities / sizeof capacities[0]; i++)
        if (strcmp(document_text(candidate, "capacity"), capacities[i].word) == 0)
            text = capacities[i].text;
    screen_put(screen, text, NULL);
    if (text != SAY_CAPACITY_UNKNOWN && *document_text(candidate, "asOf"))
        screen_put(screen, SAY_AS_OF, VALUES(render_day(screen, candidate, "asOf")));
}

static bool is_stale(const json_t *candidate)
{
    const char *freshness = document_text(candidate, "freshness");
    return strcmp(freshness, "stale") == 0 || strcmp(freshness, "old") == 0;
}

/* As a field, with what is said of it when it was not confirmed for long; nothing where it was not known. */
static void put_room(const struct screen *screen, const json_t *room, enum text stale)
{
    if (!room)
        return;
    screen_label(screen, LABEL_ROOM);
    put_capacity(screen, room);
    if (is_stale(room))
        screen_put(screen, stale, VALUES(""));
    screen_newline(screen);
}

void render_room_decided(const struct screen *screen, const json_t *room)
{
    put_room(screen, room, SAY_STALE);
}

void render_candidate_room(const struct screen *screen, const json_t *candidate)
{
    put_room(screen, candidate, SAY_CANDIDATE_STALE);
}

/* As stored an offering is {"code","name","ownerName"}, in a preview {"offering":{..},"organisation":{..}}.
 */
static const char *candidate_place(const struct screen *screen, const json_t *candidate)
{
    if (json_is_object(document_at(candidate, "offering")))
        return render_place(screen, document_at(candidate, "offering"),
                            document_at(candidate, "organisation"));
    return screen_text(screen, SAY_AT,
                       VALUES(document_text(candidate, "name"), document_text(candidate, "ownerName")));
}

void render_candidate(const struct screen *screen, size_t position, const json_t *candidate)
{
    screen_put(screen, SAY_CANDIDATE,
               VALUES(arena_printf(screen->arena, "%zu", position), candidate_place(screen, candidate),
                      render_number(screen, candidate, "weight")));
    put_capacity(screen, candidate);
    if (is_stale(candidate))
        screen_put(screen, SAY_CANDIDATE_STALE, NULL);
    if (document_at(candidate, "replyHours"))
        screen_put(screen, SAY_REPLY_HOURS, VALUES(render_number(screen, candidate, "replyHours")));
    if (document_at(candidate, "evidence"))
        screen_put(screen, SAY_CANDIDATE_EVIDENCE, VALUES(document_text(candidate, "evidence.label")));
    screen_put(screen, SAY_CANDIDATE_RULE, VALUES(document_text(candidate, "rule")));
    screen_newline(screen);
}

/* ---- what was known ---- */

static const char *unknown_facts(const struct screen *screen, const json_t *facts)
{
    const char *list = "", *name;
    json_t *fact;
    json_object_foreach((json_t *)(uintptr_t)facts, name, fact)
    {
        const char *label = column_label(screen->language, name);
        if (json_is_null(fact))
            list = arena_printf(screen->arena, "%s%s%s", list, *list ? ", " : "", label ? label : name);
    }
    return list;
}

static void put_facts(const struct wording *wording, const json_t *facts)
{
    const struct screen *screen = wording->screen;
    const char *unknown = unknown_facts(screen, facts);
    screen_newline(screen);
    screen_say(screen, SAY_EXPLAIN_FACTS, NULL);
    screen_block(screen, 2, true, facts_phrase(wording, facts));
    if (*unknown)
        screen_block(screen, 2, true, screen_text(screen, SAY_EXPLAIN_UNKNOWN, VALUES(unknown)));
}

/* ---- how it was decided ---- */

static void put_cell(const struct wording *wording, const json_t *cell, enum text text)
{
    const char *column = document_text(cell, "column");
    const char *label = column_label(wording->screen->language, column);
    screen_say(wording->screen, text,
               VALUES(label ? label : document_text(cell, "label"),
                      fact_words(wording, column, document_at(cell, "fact")),
                      cell_words(wording, column, document_text(cell, "test"))));
}

static enum text truth_text(const json_t *cell)
{
    const char *truth = document_text(cell, "truth");
    return strcmp(truth, "yes") == 0  ? SAY_CELL_YES
           : strcmp(truth, "no") == 0 ? SAY_CELL_NO
                                      : SAY_CELL_UNKNOWN;
}

static void put_deciding(const struct wording *wording, const json_t *rule, bool is_otherwise)
{
    const struct screen *screen = wording->screen;
    const json_t *cells = document_list(rule, "cells");
    const char *then = answer_phrase(wording, document_at(rule, "then"));
    screen_say(screen, is_otherwise ? SAY_EXPLAIN_OTHERWISE : SAY_EXPLAIN_RULE,
               VALUES(document_text(rule, "id"), document_text(rule, "reason")));
    for (size_t i = 0; i < json_array_size(cells); i++)
        put_cell(wording, json_array_get(cells, i), truth_text(json_array_get(cells, i)));
    if (*then)
        screen_say(screen, SAY_EXPLAIN_THEN, VALUES(then));
}

static void put_unjudged(const struct screen *screen, const json_t *unknown)
{
    const char *list = "";
    for (size_t i = 0; i < json_array_size(unknown); i++) {
        const char *id = json_string_value(json_array_get(unknown, i));
        list = arena_printf(screen->arena, "%s%s%s", list, *list ? ", " : "", id ? id : "");
    }
    if (*list)
        screen_say(screen, SAY_EXPLAIN_UNJUDGED, VALUES(list));
}

static const char *level_text(const struct screen *screen, const json_t *lack, const char *path)
{
    const char *label = document_text(document_at(lack, path), "label");
    return *label ? label : text_template(screen->language, SAY_EVIDENCE_UNKNOWN);
}

static void put_lacks(const struct screen *screen, const json_t *lacks)
{
    for (size_t i = 0; i < json_array_size(lacks); i++) {
        const json_t *lack = json_array_get(lacks, i);
        screen_say(screen, SAY_EXPLAIN_LACK,
                   VALUES(document_text(lack, "rule"), document_text(lack, "offering"),
                          level_text(screen, lack, "asks"), level_text(screen, lack, "has")));
    }
}

static void put_table(const struct wording *wording, const json_t *table)
{
    const struct screen *screen = wording->screen;
    const json_t *rules = document_list(table, "rules");
    screen_say(screen, SAY_EXPLAIN_TABLE,
               VALUES(document_text(table, "label"), render_number(screen, table, "table"),
                      render_number(screen, table, "version")));
    for (size_t i = 0; i < json_array_size(rules); i++)
        put_deciding(wording, json_array_get(rules, i), document_true(table, "otherwise"));
    put_unjudged(screen, document_list(table, "unknown"));
    put_lacks(screen, document_list(table, "lacks"));
}

static void put_tables(const struct wording *wording, const json_t *tables)
{
    if (json_array_size(tables) == 0)
        return;
    screen_newline(wording->screen);
    screen_say(wording->screen, SAY_EXPLAIN_HOW, NULL);
    for (size_t i = 0; i < json_array_size(tables); i++)
        put_table(wording, json_array_get(tables, i));
}

static void put_candidates(const struct screen *screen, const json_t *candidates)
{
    if (json_array_size(candidates) == 0)
        return;
    screen_newline(screen);
    screen_say(screen, SAY_EXPLAIN_CANDIDATES, NULL);
    for (size_t i = 0; i < json_array_size(candidates); i++)
        render_candidate(screen, i + 1, json_array_get(candidates, i));
}

/* ---- what followed ---- */

static void put_step_after(const struct wording *wording, const json_t *after)
{
    const struct screen *screen = wording->screen;
    const char *code = word_text(wording, "decline", document_text(after, "declineCode"));
    const json_t *offering = document_at(after, "offering");
    screen_put(screen, SAY_AFTER,
               VALUES(render_day(screen, after, "at"), document_text(after, "declinedBy.name")));
    if (*code)
        screen_put(screen, SAY_AFTER_CODE, VALUES(code));
    screen_newline(screen);
    screen_say(screen, SAY_AFTER_RULE,
               VALUES(document_text(after, "reason"), render_number(screen, after, "table"),
                      render_number(screen, after, "version"), document_text(after, "rule")));
    if (offering)
        screen_say(screen, SAY_AFTER_TO, VALUES(document_text(offering, "name")));
    else
        screen_say(screen, SAY_AFTER_NEXT, VALUES(word_text(wording, "next", document_text(after, "next"))));
}

static void put_after(const struct wording *wording, const json_t *after)
{
    if (json_array_size(after) == 0)
        return;
    screen_newline(wording->screen);
    screen_say(wording->screen, SAY_EXPLAIN_AFTER, NULL);
    for (size_t i = 0; i < json_array_size(after); i++)
        put_step_after(wording, json_array_get(after, i));
}

/* ---- why not, and what if ---- */

static void put_why_not_rule(const struct wording *wording, const json_t *rule)
{
    const struct screen *screen = wording->screen;
    const json_t *failed = document_list(rule, "failed"), *other = document_at(rule, "outweighedBy"),
                 *lack = document_at(rule, "evidence");
    const char *id = document_text(rule, "id"), *table = render_number(screen, rule, "table");
    if (json_array_size(failed))
        screen_say(screen, SAY_WHY_NOT_RULE, VALUES(id, table));
    else if (other)
        screen_say(screen, SAY_WHY_NOT_OUTWEIGHED,
                   VALUES(id, table, document_text(other, "name"), render_number(screen, other, "weight")));
    else if (!lack)
        screen_say(screen, SAY_WHY_NOT_FITS, VALUES(id, table));
    if (lack)
        screen_say(screen, SAY_WHY_NOT_LACK,
                   VALUES(id, table, level_text(screen, lack, "asks"), level_text(screen, lack, "has")));
    for (size_t i = 0; i < json_array_size(failed); i++) {
        const json_t *cell = json_array_get(failed, i);
        put_cell(wording, cell, document_at(cell, "fact") ? SAY_CELL_NO : SAY_CELL_UNKNOWN);
    }
}

static void put_smallest_change(const struct wording *wording, const json_t *why_not)
{
    const struct screen *screen = wording->screen;
    const json_t *change = document_list(why_not, "smallestChange");
    const char *name = document_text(why_not, "offering.name");
    if (!change) {
        screen_say(screen, SAY_SMALLEST_NONE, VALUES(name));
        return;
    }
    screen_say(screen, SAY_SMALLEST, VALUES(name));
    for (size_t i = 0; i < json_array_size(change); i++) {
        const json_t *one = json_array_get(change, i);
        const char *fact = document_text(one, "fact");
        const char *label = column_label(screen->language, fact);
        screen_say(screen, SAY_SMALLEST_FACT,
                   VALUES(label ? label : document_text(one, "label"),
                          fact_words(wording, fact, document_at(one, "to")),
                          fact_words(wording, fact, document_at(one, "from"))));
    }
}

static void put_why_not(const struct wording *wording, const json_t *why_not)
{
    const struct screen *screen = wording->screen;
    const json_t *rules = document_list(why_not, "rules");
    if (!why_not)
        return;
    screen_newline(screen);
    screen_say(screen, SAY_WHY_NOT_HEAD, VALUES(document_text(why_not, "offering.name")));
    if (json_array_size(rules) == 0)
        screen_say(screen, SAY_WHY_NOT_NONE, NULL);
    for (size_t i = 0; i < json_array_size(rules); i++)
        put_why_not_rule(wording, json_array_get(rules, i));
    if (*document_text(why_not, "note"))
        screen_block(screen, 2, true, document_text(why_not, "note"));
    put_smallest_change(wording, why_not);
}

static const char *change_text(const struct wording *wording, const json_t *change)
{
    struct arena *arena = wording->screen->arena;
    const char *list = "";
    for (size_t i = 0; i < json_array_size(change); i++) {
        const json_t *one = json_array_get(change, i);
        const char *fact = document_text(one, "fact");
        const char *label = column_label(wording->screen->language, fact);
        list = arena_printf(arena, "%s%s%s %s", list, *list ? ", " : "", label ? label : fact,
                            fact_words(wording, fact, document_at(one, "to")));
    }
    return list;
}

static void put_place_and_reason(const struct screen *screen, const json_t *decision)
{
    screen_field(screen, LABEL_EVIDENCE, render_evidence(screen, document_at(decision, "evidence")));
    screen_label(screen, LABEL_WHY);
    screen_say(screen, SAY_RULE,
               VALUES(document_text(decision, "reason"), render_number(screen, decision, "table"),
                      render_number(screen, decision, "version"), document_text(decision, "rule")));
}

static const char *decision_place(const struct screen *screen, const json_t *decision)
{
    return render_place(screen, document_at(decision, "offering"), document_at(decision, "organisation"));
}

static void put_what_if(const struct wording *wording, const json_t *what_if)
{
    const struct screen *screen = wording->screen;
    const json_t *decision = document_at(what_if, "decision");
    if (!what_if)
        return;
    screen_newline(screen);
    screen_say(screen, SAY_WHAT_IF_HEAD, VALUES(change_text(wording, document_list(what_if, "change"))));
    if (!decision) {
        screen_block(screen, 2, true, document_text(what_if, "note"));
        return;
    }
    const char *offered = render_offered(screen, decision);
    screen_say(screen, SAY_WHAT_IF_TO, VALUES(*offered ? offered : decision_place(screen, decision)));
    put_place_and_reason(screen, decision);
}

void render_explanation(const struct wording *wording, const json_t *explanation)
{
    const struct screen *screen = wording->screen;
    const json_t *decision = document_at(explanation, "decision");
    screen_say(screen, SAY_EXPLAIN_HEAD,
               VALUES(document_text(explanation, "referral"), render_day(screen, explanation, "createdAt")));
    const char *offered = render_offered(screen, decision);
    screen_field(screen, *offered ? LABEL_OFFERED : LABEL_TO,
                 *offered ? offered : decision_place(screen, decision));
    put_place_and_reason(screen, decision);
    put_facts(wording, document_at(explanation, "facts"));
    put_tables(wording, document_list(explanation, "tables"));
    put_candidates(screen, document_list(explanation, "candidates"));
    if (!document_list(explanation, "candidates"))
        screen_say(screen, SAY_EXPLAIN_OLD, NULL);
    put_after(wording, document_list(explanation, "after"));
    put_why_not(wording, document_at(explanation, "whyNot"));
    put_what_if(wording, document_at(explanation, "whatIf"));
}

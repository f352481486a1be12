/* Rule tables as people read them: the list of seven, and one version with its rows. */
#include "render_rules.h"

enum { TABLE_FIELDS = 4, TABLE_FEEDBACK = 7 };

static const struct {
    const char *status;
    enum text text;
} statuses[] = {{"draft", STATUS_DRAFT},
                {"awaiting-approval", STATUS_AWAITING},
                {"published", STATUS_PUBLISHED},
                {"discarded", STATUS_DISCARDED}};

static const char *status_text(const struct screen *screen, const json_t *version)
{
    const char *status = document_text(version, "status");
    for (size_t i = 0; i < sizeof statuses / sizeof statuses[0]; i++)
        if (strcmp(statuses[i].status, status) == 0)
            return text_template(screen->language, statuses[i].text);
    return status;
}

/* Table 7 says in which form; where something is told, who hears it says. */
static void put_channel_note(const struct screen *screen, const json_t *version)
{
    if (document_number(version, "table", 0) == TABLE_FEEDBACK)
        screen_say(screen, SAY_CHANNEL_IS_A_WISH, NULL);
}

/* ---- the list ---- */

static void put_in_force(const struct screen *screen, const json_t *item)
{
    const json_t *now = document_at(item, "inForce");
    screen_label(screen, LABEL_IN_FORCE);
    if (now)
        screen_say(screen, SAY_RULES_IN_FORCE,
                   VALUES(render_number(screen, now, "version"), render_day(screen, now, "since"),
                          screen_count(screen, document_number(now, "rules", 0), COUNT_RULE, COUNT_RULES)));
    else
        screen_say(screen, SAY_RULES_NONE, NULL);
}

static void put_drafts(const struct screen *screen, const json_t *drafts)
{
    for (size_t i = 0; i < json_array_size(drafts); i++) {
        const json_t *draft = json_array_get(drafts, i);
        const char *author = document_text(draft, "author");
        bool waits = strcmp(document_text(draft, "status"), "awaiting-approval") == 0;
        screen_label(screen, waits ? LABEL_WAITING : LABEL_DRAFT);
        screen_put(screen, SAY_RULES_DRAFT,
                   VALUES(render_number(screen, draft, "version"), status_text(screen, draft),
                          *author ? author : text_template(screen->language, SAY_SOMEBODY),
                          render_day(screen, draft, "createdAt")));
        if (*document_text(draft, "note"))
            screen_put(screen, SAY_RULES_NOTE, VALUES(document_text(draft, "note")));
        screen_newline(screen);
    }
}

static void put_history(const struct screen *screen, const json_t *item)
{
    const json_t *history = document_list(item, "history");
    const char *list = "";
    for (size_t i = 0; i < json_array_size(history); i++) {
        const json_t *one = json_array_get(history, i);
        int64_t version = document_number(one, "version", 0);
        bool back = document_at(one, "restores");
        if (version == document_number(item, "inForce.version", 0) ||
            version == document_number(item, "next.version", 0))
            continue;
        const char *text =
            screen_text(screen, back ? SAY_RULES_PAST_BACK : SAY_RULES_PAST,
                        VALUES(render_number(screen, one, "version"), render_day(screen, one, "from"),
                               render_number(screen, one, "restores")));
        list = arena_printf(screen->arena, "%s%s%s", list, *list ? ", " : "", text);
    }
    screen_field(screen, LABEL_BEFORE, list);
}

static void put_item(const struct screen *screen, const json_t *item)
{
    const json_t *next = document_at(item, "next");
    screen_say(screen, SAY_RULES_TABLE,
               VALUES(render_number(screen, item, "table"), document_text(item, "code"),
                      document_text(item, "label")));
    put_in_force(screen, item);
    if (next)
        screen_field(
            screen, LABEL_COMING,
            screen_text(screen, SAY_RULES_NEXT,
                        VALUES(render_number(screen, next, "version"), render_day(screen, next, "from"))));
    put_drafts(screen, document_list(item, "drafts"));
    put_history(screen, item);
}

void render_rule_tables(const struct screen *screen, const json_t *list)
{
    const json_t *items = document_list(list, "items");
    for (size_t i = 0; i < json_array_size(items); i++) {
        if (i > 0)
            screen_newline(screen);
        put_item(screen, json_array_get(items, i));
    }
}

/* ---- one version ---- */

static void put_person(const struct screen *screen, enum text label, const json_t *version, const char *who,
                       const char *when)
{
    const json_t *person = document_at(version, who);
    const char *name = document_text(person, "name");
    if (!person && !document_at(version, when))
        return;
    name = *name ? screen_text(screen, SAY_AT, VALUES(name, document_text(person, "organisation.name")))
                 : text_template(screen->language, SAY_SOMEBODY);
    screen_field(screen, label,
                 screen_text(screen, SAY_BY_ON, VALUES(name, render_day(screen, version, when))));
}

static void put_status(const struct screen *screen, const json_t *version)
{
    screen_put(screen, SAY_VERSION_STATUS,
               VALUES(render_number(screen, version, "version"), status_text(screen, version)));
    if (document_true(version, "inForce"))
        screen_put(screen, SAY_VERSION_NOW, NULL);
    if (document_at(version, "effectiveFrom"))
        screen_put(screen, SAY_VERSION_SINCE, VALUES(render_day(screen, version, "effectiveFrom")));
    if (document_at(version, "restores"))
        screen_put(screen, SAY_VERSION_RESTORES, VALUES(render_number(screen, version, "restores")));
    else if (document_at(version, "basedOn"))
        screen_put(screen, SAY_VERSION_BASED, VALUES(render_number(screen, version, "basedOn")));
    screen_newline(screen);
}

static void put_policy(const struct screen *screen, const json_t *version)
{
    static const struct {
        const char *policy;
        enum text text;
    } policies[] = {{"U", POLICY_U}, {"A", POLICY_A}, {"P", POLICY_P}, {"F", POLICY_F},
                    {"C", POLICY_C}, {"R", POLICY_R}, {"O", POLICY_O}};
    for (size_t i = 0; i < sizeof policies / sizeof policies[0]; i++)
        if (strcmp(document_text(version, "hitPolicy"), policies[i].policy) == 0)
            screen_say(screen, policies[i].text, NULL);
}

void render_rule_head(const struct screen *screen, const json_t *version)
{
    const json_t *acknowledged = document_list(version, "acknowledged");
    const char *list = "";
    screen_say(screen, SAY_VERSION_HEAD,
               VALUES(render_number(screen, version, "table"), document_text(version, "code"),
                      document_text(version, "label")));
    put_channel_note(screen, version);
    put_status(screen, version);
    put_person(screen, LABEL_AUTHOR, version, "author", "createdAt");
    put_person(screen, LABEL_ASKED, version, "publishedBy", "publishedAt");
    put_person(screen, LABEL_APPROVED, version, "approver", "approvedAt");
    screen_field(screen, LABEL_NOTE, document_text(version, "note"));
    for (size_t i = 0; i < json_array_size(acknowledged); i++) {
        const char *name = json_string_value(json_array_get(acknowledged, i));
        list = arena_printf(screen->arena, "%s%s%s", list, *list ? ", " : "", name ? name : "");
    }
    screen_field(screen, LABEL_ACCEPTED, list);
    put_policy(screen, version);
}

static void put_rule(const struct wording *wording, const json_t *rule, bool is_otherwise)
{
    const struct screen *screen = wording->screen;
    const char *when = cells_phrase(wording, document_at(rule, "when"));
    screen_newline(screen);
    screen_say(screen, SAY_RULE_ID, VALUES(document_text(rule, "id")));
    if (is_otherwise || !*when)
        when = text_template(screen->language, is_otherwise ? SAY_OTHERWISE : SAY_ALWAYS);
    screen_field(screen, LABEL_WHEN, when);
    screen_field(screen, LABEL_THEN, answer_phrase(wording, document_at(rule, "then")));
    screen_field(screen, LABEL_BECAUSE, document_text(rule, "reason"));
}

static void put_example(const struct wording *wording, const json_t *example)
{
    const struct screen *screen = wording->screen;
    screen_say(screen, SAY_RULE_ID, VALUES(document_text(example, "id")));
    screen_field(screen, LABEL_CASE, document_text(example, "sentence"));
    screen_field(screen, LABEL_GIVEN, facts_phrase(wording, document_at(example, "facts")));
    screen_field(screen, LABEL_EXPECTED, answer_phrase(wording, document_at(example, "expect")));
}

void render_rule_table(const struct wording *wording, const json_t *table)
{
    const json_t *rules = document_list(table, "rules"), *examples = document_list(table, "examples");
    render_rule_head(wording->screen, table);
    for (size_t i = 0; i < json_array_size(rules); i++)
        put_rule(wording, json_array_get(rules, i), false);
    if (document_at(table, "otherwise"))
        put_rule(wording, document_at(table, "otherwise"), true);
    if (json_array_size(examples) == 0)
        return;
    screen_newline(wording->screen);
    screen_say(wording->screen, SAY_EXAMPLES_HEAD, NULL);
    for (size_t i = 0; i < json_array_size(examples); i++)
        put_example(wording, json_array_get(examples, i));
}

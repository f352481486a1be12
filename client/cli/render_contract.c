#include "render_contract.h"

/* ---- contracts ---- */

static const struct {
    const char *word;
    enum text text;
} words[] = {{"at-once", FORM_AT_ONCE},
             {"daily", FORM_DAILY},
             {"end-only", FORM_END_ONLY},
             {"accepted", MILESTONE_ACCEPTED},
             {"first-contact", MILESTONE_CONTACT},
             {"started", MILESTONE_STARTED},
             {"ended", MILESTONE_ENDED},
             {"story", MILESTONE_STORY}};

static const char *in_words(const struct screen *screen, const char *word)
{
    for (size_t i = 0; i < sizeof words / sizeof words[0]; i++)
        if (strcmp(word, words[i].word) == 0)
            return text_template(screen->language, words[i].text);
    return word;
}

static const char *milestones_of(const struct screen *screen, const json_t *contract)
{
    const json_t *milestones = document_list(contract, "milestones");
    const char *list = "";
    for (size_t i = 0; i < json_array_size(milestones); i++) {
        const char *word = json_string_value(json_array_get(milestones, i));
        list = arena_printf(screen->arena, "%s%s%s", list, *list ? ", " : "",
                            in_words(screen, word ? word : ""));
    }
    return list;
}

static void put_contract(const struct screen *screen, const json_t *contract)
{
    const char *name = document_text(contract, "organisation.name"), *form = document_text(contract, "form");
    const json_t *last = json_array_get(document_list(contract, "history"), 0);
    if (!*form) {
        bool rules = strcmp(document_text(contract, "by"), "rules") == 0;
        screen_say(screen, rules ? SAY_CONTRACT_RULES : SAY_CONTRACT_STANDARD, VALUES(name));
        return;
    }
    screen_say(screen, strcmp(form, "end-only") == 0 ? SAY_CONTRACT_END : SAY_CONTRACT,
               VALUES(name, in_words(screen, form), milestones_of(screen, contract)));
    screen_block(screen, 2, true,
                 screen_text(screen, SAY_CONTRACT_BY,
                             VALUES(document_text(last, "setBy.name"), render_day(screen, last, "setAt"))));
}

void render_contract(const struct screen *screen, const json_t *contract)
{
    put_contract(screen, contract);
    screen_say(screen, SAY_CONTRACT_ALWAYS, NULL);
}

void render_contracts(const struct screen *screen, const json_t *document)
{
    const json_t *items = document_list(document, "items");
    for (size_t i = 0; i < json_array_size(items); i++)
        put_contract(screen, json_array_get(items, i));
    screen_say(screen, json_array_size(items) ? SAY_CONTRACT_ALWAYS : SAY_CONTRACT_NONE, NULL);
}

/* ---- digests ---- */

static void put_digest_client(const struct screen *screen, const json_t *client)
{
    const json_t *feedback = document_list(client, "feedback");
    const char *name = document_text(client, "client"), *ids = "";
    for (size_t i = 0; i < json_array_size(feedback); i++) {
        const char *id = json_string_value(json_array_get(feedback, i));
        ids = arena_printf(screen->arena, "%s%s%s", ids, *ids ? ", " : "", id ? id : "");
    }
    screen_newline(screen);
    screen_say(screen, SAY_DIGEST_CLIENT,
               VALUES(*name ? name : text_template(screen->language, SAY_DIGEST_ERASED),
                      document_text(client, "referralId")));
    screen_block(screen, 2, true, document_text(client, "text"));
    screen_block(screen, 2, true, screen_text(screen, SAY_DIGEST_OF, VALUES(ids)));
}

static void put_digest(const struct screen *screen, const json_t *digest)
{
    const json_t *clients = document_list(digest, "clients");
    screen_say(screen, SAY_DIGEST_HEAD,
               VALUES(render_day(screen, digest, "day"), render_number(screen, digest, "unread")));
    for (size_t i = 0; i < json_array_size(clients); i++)
        put_digest_client(screen, json_array_get(clients, i));
}

void render_digests(const struct screen *screen, const json_t *items, bool more)
{
    for (size_t i = 0; i < json_array_size(items); i++) {
        if (i)
            screen_newline(screen);
        put_digest(screen, json_array_get(items, i));
    }
    if (json_array_size(items) == 0)
        screen_say(screen, SAY_DIGEST_NONE, NULL);
    else
        screen_newline(screen), screen_say(screen, more ? SAY_MORE : SAY_FEEDBACK_OPEN, NULL);
}

void render_last_digest(const struct screen *screen, const json_t *page)
{
    render_digests(screen, document_list(page, "items"), false);
}

/* ---- the headlines ---- */

/* Whole days; NULL where there is nothing to measure. */
static const char *days(const struct screen *screen, const json_t *document, const char *path)
{
    const json_t *number = document_at(document, path);
    return json_is_number(number) ? arena_printf(screen->arena, "%.0f", json_number_value(number)) : NULL;
}

static void put_figures(const struct screen *screen, const json_t *figures)
{
    const json_t *outcomes = document_list(figures, "outcomes");
    const char *contacted = render_number(screen, figures, "contacted"),
               *after = days(screen, figures, "daysToFirstContact.median"),
               *took = days(screen, figures, "daysToEnd.median"),
               *most = days(screen, figures, "daysToEnd.p90");
    screen_field(screen, LABEL_REFERRED, render_number(screen, figures, "referrals"));
    screen_field(screen, LABEL_TAKEN, render_number(screen, figures, "accepted"));
    screen_field(screen, LABEL_CONTACT_MADE,
                 after ? screen_text(screen, SAY_CONTACT_AFTER, VALUES(contacted, after)) : contacted);
    screen_field(screen, LABEL_RUNNING, render_number(screen, figures, "running"));
    screen_field(screen, LABEL_TURNED_DOWN, render_number(screen, figures, "declined"));
    for (size_t i = 0; i < json_array_size(outcomes); i++) {
        const json_t *outcome = json_array_get(outcomes, i);
        screen_field(
            screen, LABEL_OUTCOME,
            screen_text(screen, SAY_DECLINE,
                        VALUES(document_text(outcome, "label"), render_number(screen, outcome, "count"))));
    }
    screen_field(screen, LABEL_HELPED,
                 screen_text(screen, SAY_HELPED,
                             VALUES(render_number(screen, figures, "helped.yes"),
                                    render_number(screen, figures, "helped.partly"),
                                    render_number(screen, figures, "helped.no"),
                                    render_number(screen, figures, "helped.notKnown"))));
    screen_field(screen, LABEL_TOOK, took && most ? screen_text(screen, SAY_TOOK, VALUES(took, most)) : "");
}

void render_overview(const struct screen *screen, const json_t *overview)
{
    const json_t *stories = document_list(overview, "stories");
    const char *whose = document_text(overview, "organisation.name");
    screen_say(screen, SAY_OVERVIEW_HEAD,
               VALUES(*whose ? whose : text_template(screen->language, SAY_REGION),
                      render_day(screen, overview, "from"), render_day(screen, overview, "to")));
    put_figures(screen, document_at(overview, "figures"));
    screen_say(screen, json_array_size(stories) ? SAY_STORIES : SAY_STORIES_NONE, NULL);
    for (size_t i = 0; i < json_array_size(stories); i++) {
        const json_t *story = json_array_get(stories, i);
        const char *text = document_text(story, "text");
        screen_say(screen, SAY_STORY,
                   VALUES(render_day(screen, story, "at"), document_text(story, "from.name"),
                          document_text(story, "referralId")));
        screen_block(screen, 2, true, *text ? text : text_template(screen->language, SAY_STORY_HIDDEN));
    }
}

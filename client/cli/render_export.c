/* Everything about a client as one readable text, for the client: section by section, in plain words. */
#include "render_consent.h"
#include "render_rights.h"

enum { INDENT = 4 };

static void put_section(const struct screen *screen, enum text head, const json_t *items)
{
    screen_newline(screen);
    screen_say(screen, head, NULL);
    if (items && json_array_size(items) == 0)
        screen_say(screen, EXPORT_NONE, NULL);
}

static void put_client(const struct screen *screen, const json_t *client)
{
    static const struct {
        enum text label;
        const char *member;
    } fields[] = {{LABEL_NAME, "name"},   {LABEL_AREA, "area"},         {LABEL_PHONE, "phone"},
                  {LABEL_EMAIL, "email"}, {LABEL_LANGUAGE, "language"}, {LABEL_BSN, "bsn"}};
    put_section(screen, EXPORT_WHO, NULL);
    if (document_true(client, "erased"))
        screen_say(screen, EXPORT_ERASED, NULL);
    if (document_true(client, "restricted"))
        screen_say(screen, EXPORT_RESTRICTED, NULL);
    for (size_t i = 0; i < sizeof fields / sizeof fields[0]; i++)
        screen_field(screen, fields[i].label, document_text(client, fields[i].member));
    if (document_at(client, "birthYear"))
        screen_field(screen, LABEL_BORN, render_number(screen, client, "birthYear"));
}

static void put_decision(const struct wording *wording, const json_t *decision)
{
    const struct screen *screen = wording->screen;
    const char *facts = facts_phrase(wording, document_at(decision, "facts"));
    const char *place =
        render_place(screen, document_at(decision, "offering"), document_at(decision, "organisation"));
    screen_block(
        screen, 2, true,
        screen_text(screen, EXPORT_DECISION,
                    VALUES(document_text(decision, "step"), place, document_text(decision, "reason"))));
    if (*facts)
        screen_block(screen, INDENT, true, screen_text(screen, EXPORT_FACTS, VALUES(facts)));
}

static void put_event(const struct wording *wording, const json_t *event)
{
    const struct screen *screen = wording->screen;
    const char *text = document_text(event, "text"), *label = document_text(event, "label");
    if (*document_text(event, "helped"))
        label = arena_printf(screen->arena, "%s: %s", label, render_helped(screen, event));
    screen_block(screen, 2, true,
                 screen_text(screen, EXPORT_EVENT,
                             VALUES(render_short(screen, event, "at"), label,
                                    render_actor(screen, document_at(event, "actor")))));
    if (*text)
        screen_block(screen, INDENT, true, text);
}

static void put_feedback(const struct wording *wording, const json_t *feedback)
{
    const struct screen *screen = wording->screen;
    screen_block(screen, 2, true,
                 screen_text(screen, EXPORT_FEEDBACK_LINE,
                             VALUES(render_short(screen, feedback, "at"), document_text(feedback, "text"))));
}

static void put_each(const struct wording *wording, const json_t *items,
                     void (*put)(const struct wording *wording, const json_t *item))
{
    for (size_t i = 0; i < json_array_size(items); i++)
        put(wording, json_array_get(items, i));
}

static void put_referral(const struct wording *wording, const json_t *referral)
{
    const struct screen *screen = wording->screen;
    screen_newline(screen);
    screen_say(screen, EXPORT_REFERRAL,
               VALUES(document_text(referral, "id"), render_day(screen, referral, "createdAt"),
                      document_text(referral, "referrer.name")));
    screen_field(screen, LABEL_CLASS, render_class(screen, referral));
    screen_field(screen, LABEL_DOMAINS, render_labels(screen, document_list(referral, "domains")));
    screen_field(screen, LABEL_ICPC, render_list(screen, document_list(referral, "icpc")));
    screen_field(screen, LABEL_QUESTION, document_text(referral, "text"));
    screen_field(screen, LABEL_OUTCOME, document_text(referral, "outcome.label"));
    put_each(wording, document_list(referral, "decisions"), put_decision);
    screen_say(screen, EXPORT_HISTORY, NULL);
    put_each(wording, document_list(referral, "events"), put_event);
    if (json_array_size(document_list(referral, "feedback")))
        screen_say(screen, EXPORT_FEEDBACK, NULL);
    put_each(wording, document_list(referral, "feedback"), put_feedback);
}

static void put_consent(const struct wording *wording, const json_t *consent)
{
    const struct screen *screen = wording->screen;
    screen_say(screen, EXPORT_CONSENT_LINE,
               VALUES(render_number(screen, consent, "nr"), render_day(screen, consent, "at")));
    render_grants(screen, document_list(consent, "grants"));
}

static void put_emergency(const struct wording *wording, const json_t *emergency)
{
    const struct screen *screen = wording->screen;
    const char *verdict = render_verdict(screen, emergency);
    screen_say(screen, EXPORT_EMERGENCY,
               VALUES(render_short(screen, emergency, "at"),
                      render_actor(screen, document_at(emergency, "account")),
                      render_short(screen, emergency, "until")));
    screen_field(screen, LABEL_REASON, document_text(emergency, "reason"));
    screen_field(screen, LABEL_REVIEW,
                 *verdict ? verdict : text_template(screen->language, EXPORT_NOT_REVIEWED));
    screen_field(screen, LABEL_FINDING, document_text(emergency, "review"));
}

static void put_notice(const struct wording *wording, const json_t *notice)
{
    const struct screen *screen = wording->screen;
    screen_say(screen, document_at(notice, "readAt") ? EXPORT_TOLD : EXPORT_NOT_TOLD,
               VALUES(render_short(screen, notice, "at"), document_text(notice, "kind.label"),
                      render_short(screen, notice, "readAt"), document_text(notice, "readBy")));
}

void render_export(const struct wording *wording, const json_t *copy)
{
    const struct screen *screen = wording->screen;
    static const struct {
        const char *member;
        enum text head;
        void (*put)(const struct wording *wording, const json_t *item);
    } sections[] = {{"referrals", EXPORT_REFERRALS, put_referral},
                    {"consents", EXPORT_CONSENT, put_consent},
                    {"emergencies", EXPORT_EMERGENCIES, put_emergency},
                    {"notices", EXPORT_NOTICES, put_notice}};
    const char *client = document_text(copy, "client.id");
    screen_say(screen, EXPORT_HEAD, NULL);
    screen_say(screen, EXPORT_MADE, VALUES(render_short(screen, copy, "madeAt"), client));
    put_client(screen, document_at(copy, "client"));
    for (size_t i = 0; i < sizeof sections / sizeof sections[0]; i++) {
        const json_t *items = document_list(copy, sections[i].member);
        put_section(screen, sections[i].head, items);
        put_each(wording, items, sections[i].put);
    }
    put_section(screen, EXPORT_ACCESS, document_list(copy, "accessLog"));
    render_access_told(screen, client, document_list(copy, "accessLog"), false);
}

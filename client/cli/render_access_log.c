#include "render_consent.h"

/* "LEVgroep (uitvoerder)", or Wijzer itself. */
static const char *who_words(const struct screen *screen, const json_t *entry)
{
    const char *organisation = document_text(entry, "account.organisation.name");
    if (!*organisation)
        return text_template(screen->language, LOG_SYSTEM);
    return screen_text(screen, LOG_WHO,
                       VALUES(organisation, render_role(screen, document_text(entry, "account.role"))));
}

enum { EVERY_FIELD = 13 }; /* whether each of them has a value is not in the log */

/* What each type of entry is to a client. `with`: what the text has besides who it was. */
enum with { WITH_NOTHING, WITH_FIELDS, WITH_STATE, WITH_NR };
static const struct {
    const char *type;
    enum text text;
    enum with with;
} told[] = {{"referral", LOG_SAW, WITH_FIELDS},
            {"step", LOG_SAW, WITH_FIELDS},
            {"inbox", LOG_SAW_LIST, WITH_FIELDS},
            {"feedback", LOG_FEEDBACK, WITH_NOTHING},
            {"feedback-opened", LOG_FEEDBACK, WITH_NOTHING},
            {"story-told", LOG_STORY, WITH_NOTHING},
            {"overview", LOG_OVERVIEW, WITH_NOTHING},
            {"explanation", LOG_EXPLAINED, WITH_NOTHING},
            {"goals", LOG_GOALS, WITH_FIELDS},
            {"duplicates", LOG_DUPLICATES, WITH_NOTHING},
            {"search", LOG_SEARCHED, WITH_NOTHING},
            {"access-log", LOG_READ_LOG, WITH_NOTHING},
            {"consent", LOG_READ_CONSENT, WITH_NOTHING},
            {"disclosure", LOG_READ_SHOWN, WITH_NOTHING},
            {"export", LOG_EXPORTED, WITH_NOTHING},
            {"referral-sent", LOG_SENT, WITH_NOTHING},
            {"step-made", LOG_MADE, WITH_NOTHING},
            {"step-moved", LOG_MOVED, WITH_STATE},
            {"consent-changed", LOG_CONSENT_CHANGED, WITH_NR},
            {"consent-withdrawn", LOG_CONSENT_WITHDRAWN, WITH_NR},
            {"emergency", LOG_EMERGENCY_ASKED, WITH_NOTHING},
            {"emergency-used", LOG_EMERGENCY_USED, WITH_NOTHING},
            {"emergencies", LOG_EMERGENCY_LOOKED, WITH_NOTHING},
            {"client-told", LOG_TOLD, WITH_NOTHING},
            {"client-asked", LOG_ASKED, WITH_NOTHING},
            {"notices", LOG_NOTICED, WITH_NOTHING},
            {"client-corrected", LOG_CORRECTED, WITH_FIELDS}};

static const char *what_words(const struct screen *screen, const json_t *entry)
{
    const char *type = document_text(entry, "type"), *label = document_text(entry, "label");
    const char *who = who_words(screen, entry), *fields = render_data(screen, document_list(entry, "fields"));
    if (strcmp(document_text(entry, "outcome"), "refused") == 0)
        return screen_text(screen, LOG_REFUSED, VALUES(who));
    for (size_t i = 0; i < sizeof told / sizeof told[0]; i++) {
        if (strcmp(told[i].type, type) != 0)
            continue;
        if (told[i].with == WITH_FIELDS && !*fields)
            return screen_text(screen, LOG_SAW_NOTHING, VALUES(who));
        if (told[i].with == WITH_FIELDS && json_array_size(document_list(entry, "fields")) == EVERY_FIELD)
            return screen_text(screen, LOG_SAW_ALL, VALUES(who));
        const char *what = told[i].with == WITH_FIELDS  ? fields
                           : told[i].with == WITH_STATE ? document_text(entry, "state.label")
                                                        : render_number(screen, entry, "consentNr");
        return screen_text(screen, told[i].text, VALUES(who, what));
    }
    return screen_text(screen, LOG_OTHER, VALUES(who, *label ? label : type));
}

static const struct {
    const char *ground;
    enum text text;
} grounds[] = {{"consent", LOG_GROUND_CONSENT},     {"referrer", LOG_GROUND_REFERRER},
               {"step", LOG_GROUND_STEP},           {"coordination", LOG_GROUND_COORDINATION},
               {"emergency", LOG_GROUND_EMERGENCY}, {"right", LOG_GROUND_RIGHT}};

/* Whether it showed or did anything that needs a ground. */
static bool is_empty(const json_t *entry)
{
    const char *type = document_text(entry, "type");
    for (size_t i = 0; i < sizeof told / sizeof told[0]; i++)
        if (strcmp(told[i].type, type) == 0 && told[i].with == WITH_FIELDS)
            return json_array_size(document_list(entry, "fields")) == 0;
    return false;
}

/* Whether the sentence itself tells of the emergency button. */
static bool is_of_button(const json_t *entry)
{
    return strncmp(document_text(entry, "type"), "emergenc", 8) == 0;
}

static void put_ground(const struct screen *screen, const json_t *entry)
{
    const char *ground = document_text(entry, "ground");
    if (strcmp(document_text(entry, "outcome"), "refused") == 0 || is_empty(entry) || is_of_button(entry))
        return;
    if (strcmp(ground, "consent") == 0 && document_number(entry, "consentNr", 0) > 0) {
        screen_put(screen, LOG_GROUND_CONSENT_NR, VALUES(render_number(screen, entry, "consentNr")));
        return;
    }
    for (size_t i = 0; i < sizeof grounds / sizeof grounds[0]; i++)
        if (strcmp(grounds[i].ground, ground) == 0)
            screen_put(screen, grounds[i].text, NULL);
}

static const char *clock_words(const struct screen *screen, moment at)
{
    const char *when = text_when_short(screen->arena, at); /* "24-11-2026 17:00" */
    return when + strlen(when) - 5;
}

void render_access_told(const struct screen *screen, const char *client, const json_t *entries, bool more)
{
    screen_say(screen, LOG_HEAD, VALUES(client));
    if (json_array_size(entries) == 0)
        screen_say(screen, LOG_EMPTY, NULL);
    for (size_t i = 0; i < json_array_size(entries); i++) {
        const json_t *entry = json_array_get(entries, i);
        moment at;
        if (!document_moment(entry, "at", &at))
            continue;
        screen_put(screen, LOG_LINE,
                   VALUES(text_day(screen->arena, screen->language, at), clock_words(screen, at),
                          what_words(screen, entry)));
        put_ground(screen, entry);
        screen_newline(screen);
    }
    if (more)
        screen_say(screen, LOG_MORE, NULL);
}

/* ---- for the log manager ---- */

static void put_clients(const struct screen *screen, const json_t *clients)
{
    size_t count = json_array_size(clients);
    if (count == 1)
        screen_put(screen, LOG_ROW_CLIENTS, VALUES(json_string_value(json_array_get(clients, 0))));
    else if (count > 1)
        screen_put(screen, LOG_ROW_MANY, VALUES(arena_printf(screen->arena, "%zu", count)));
}

static void put_row(const struct screen *screen, const json_t *entry)
{
    moment at;
    const char *when = document_moment(entry, "at", &at) ? text_when_short(screen->arena, at) : "";
    const char *account = document_text(entry, "account.name"), *from = document_text(entry, "address");
    const char *fields = render_data(screen, document_list(entry, "fields"));
    const char *object = document_text(entry, "object.id"), *state = document_text(entry, "state.code");
    const char *type = document_text(entry, "type");
    const char *what =
        arena_printf(screen->arena, "%s%s%s%s%s", type, *state ? " " : "", state, *object ? " " : "", object);
    const char *who =
        *account
            ? screen_text(screen, SAY_AT, VALUES(account, document_text(entry, "account.organisation.name")))
            : text_template(screen->language, SAY_SYSTEM);
    screen_put(screen, LOG_ROW,
               VALUES(when, document_text(entry, "action"), document_text(entry, "id"), who, what));
    if (strcmp(document_text(entry, "outcome"), "refused") == 0)
        screen_put(screen, LOG_ROW_REFUSED, NULL);
    if (document_true(entry, "emergency"))
        screen_put(screen, LOG_ROW_EMERGENCY, NULL);
    put_clients(screen, document_list(entry, "clients"));
    if (*fields)
        screen_put(screen, LOG_ROW_FIELDS, VALUES(fields));
    screen_put(screen, LOG_ROW_GROUND, VALUES(document_text(entry, "ground")));
    if (*from)
        screen_put(screen, LOG_ROW_FROM, VALUES(from));
    screen_newline(screen);
}

void render_access_rows(const struct screen *screen, const json_t *entries, bool more)
{
    if (json_array_size(entries) == 0)
        screen_say(screen, LOG_EMPTY, NULL);
    for (size_t i = 0; i < json_array_size(entries); i++)
        put_row(screen, json_array_get(entries, i));
    if (more)
        screen_say(screen, LOG_MORE, NULL);
}

#include "render_consent.h"

enum { DATA_WIDTH = 24 };

/* Kinds of data: the word, what people call it, and where its value stands in what a party sees. */
static const struct {
    const char *word, *path;
    enum text label;
} data[] = {{"name", "client.name", DATA_NAME},    {"birth-year", "client.birthYear", DATA_BIRTH_YEAR},
            {"area", "client.area", DATA_AREA},    {"phone", "client.phone", DATA_PHONE},
            {"email", "client.email", DATA_EMAIL}, {"language", "client.language", DATA_LANGUAGE},
            {"domains", "domains", DATA_DOMAINS},  {"icpc", "icpc", DATA_ICPC},
            {"text", "text", DATA_TEXT},           {"urgency", "urgency", DATA_URGENCY},
            {"situation", NULL, DATA_SITUATION},   {"notes", NULL, DATA_NOTES},
            {"bsn", "client.bsn", DATA_BSN}};
enum { DATA_COUNT = sizeof data / sizeof data[0] };

static const struct {
    const char *word;
    enum text label;
} kinds[] = {{"gp-practice", KIND_GP},
             {"welfare", KIND_WELFARE},
             {"municipality", KIND_MUNICIPALITY},
             {"coordination", KIND_COORDINATION},
             {"partner", KIND_PARTNER},
             {"team", KIND_TEAM},
             {"alliance", KIND_ALLIANCE},
             {"health", KIND_HEALTH}},
  bases[] = {{"standard", BASIS_STANDARD},   {"own-choice", BASIS_OWN}, {"changed", BASIS_CHANGED},
             {"withdrawn", BASIS_WITHDRAWN}, {"before", BASIS_BEFORE},  {"law", BASIS_LAW}};

static const char *kind_words(const struct screen *screen, const char *kind)
{
    for (size_t i = 0; i < sizeof kinds / sizeof kinds[0]; i++)
        if (strcmp(kinds[i].word, kind) == 0)
            return text_template(screen->language, kinds[i].label);
    return kind;
}

static const char *basis_words(const struct screen *screen, const char *basis)
{
    for (size_t i = 0; i < sizeof bases / sizeof bases[0]; i++)
        if (strcmp(bases[i].word, basis) == 0)
            return text_template(screen->language, bases[i].label);
    return basis;
}

static const char *data_words(const struct screen *screen, const char *word)
{
    for (size_t i = 0; i < DATA_COUNT; i++)
        if (strcmp(data[i].word, word) == 0)
            return text_template(screen->language, data[i].label);
    return word;
}

const char *render_data(const struct screen *screen, const json_t *fields)
{
    size_t count = json_array_size(fields);
    const char *list = "";
    for (size_t i = 0; i < count; i++) {
        const char *word = data_words(screen, json_string_value(json_array_get(fields, i)));
        if (i == 0)
            list = word;
        else if (i + 1 == count)
            list = screen_text(screen, DATA_AND, VALUES(list, word));
        else
            list = arena_printf(screen->arena, "%s, %s", list, word);
    }
    return list;
}

/* ---- what a party sees ---- */

static const char *list_words(const struct screen *screen, const json_t *list)
{
    const char *words = "";
    for (size_t i = 0; i < json_array_size(list); i++) {
        const json_t *item = json_array_get(list, i);
        const char *word = json_is_string(item) ? json_string_value(item) : document_text(item, "label");
        words = arena_printf(screen->arena, "%s%s%s", words, *words ? ", " : "", word);
    }
    return words;
}

static const char *value_words(const struct screen *screen, const json_t *party, size_t kind)
{
    const json_t *value = data[kind].path ? document_at(party, data[kind].path) : NULL;
    if (!data[kind].path)
        return text_template(screen->language, DATA_SHOWN);
    if (json_is_array(value) && json_array_size(value))
        return list_words(screen, value);
    if (json_is_integer(value))
        return arena_printf(screen->arena, "%lld", (long long)json_integer_value(value));
    if (json_is_string(value) && strcmp(data[kind].word, "urgency") == 0)
        return text_template(screen->language,
                             strcmp(json_string_value(value), "soon") == 0 ? DATA_SOON : DATA_ROUTINE);
    return json_is_string(value) && *json_string_value(value)
               ? json_string_value(value)
               : text_template(screen->language, DATA_NO_VALUE);
}

static void put_value(const struct screen *screen, const json_t *party, const char *word)
{
    for (size_t i = 0; i < DATA_COUNT; i++) {
        if (strcmp(data[i].word, word) != 0)
            continue;
        const char *label = text_template(screen->language, data[i].label);
        fprintf(screen->file, "    %s%s", label, text_padding(screen->arena, label, DATA_WIDTH));
        screen_block(screen, DATA_WIDTH + 4, false, value_words(screen, party, i));
    }
}

static void put_party(const struct screen *screen, const json_t *party)
{
    const json_t *fields = document_list(party, "fields"), *withheld = document_list(party, "withheld");
    screen_say(screen, SAY_PARTY, VALUES(document_text(party, "organisation.name")));
    if (json_array_size(fields) == 0) {
        screen_say(screen, SAY_PARTY_NOTHING, NULL);
        return;
    }
    for (size_t i = 0; i < json_array_size(fields); i++)
        put_value(screen, party, json_string_value(json_array_get(fields, i)));
    if (json_array_size(withheld))
        screen_say(screen, SAY_PARTY_WITHHELD, VALUES(render_data(screen, withheld)));
    else
        screen_say(screen, SAY_PARTY_ALL, NULL);
}

static const char *unseen(const struct screen *screen, bool name, bool phone)
{
    const char *words = text_template(screen->language, name ? DATA_NAME : DATA_PHONE);
    return name && phone
               ? screen_text(screen, DATA_AND, VALUES(words, text_template(screen->language, DATA_PHONE)))
               : words;
}

static bool is_withheld(const json_t *party, const char *word)
{
    const json_t *withheld = document_list(party, "withheld");
    for (size_t i = 0; i < json_array_size(withheld); i++)
        if (strcmp(json_string_value(json_array_get(withheld, i)), word) == 0)
            return true;
    return false;
}

void render_unreachable(const struct screen *screen, const json_t *disclosure)
{
    const json_t *parties = document_list(disclosure, "parties");
    for (size_t i = 0; i < json_array_size(parties); i++) {
        const json_t *party = json_array_get(parties, i);
        bool name = is_withheld(party, "name"), phone = is_withheld(party, "phone");
        if (json_array_size(document_list(party, "steps")) && (name || phone))
            screen_say(screen, SAY_PARTY_UNREACHABLE,
                       VALUES(document_text(party, "organisation.name"), unseen(screen, name, phone),
                              document_text(disclosure, "client")));
    }
}

void render_ask_consent(const struct screen *screen, const json_t *step)
{
    const json_t *client = document_at(step, "client");
    const char *status = document_text(step, "status");
    bool name = !*document_text(client, "name"),
         phone = !*document_text(client, "phone") && !*document_text(client, "email");
    bool new = strcmp(status, "requested") == 0 || strcmp(status, "received") == 0;
    if ((name || phone) && document_at(step, "promise"))
        screen_say(screen, new ? SAY_ASK_OR_DECLINE : SAY_ASK_REFERRER,
                   VALUES(unseen(screen, name, phone), document_text(step, "id")));
}

void render_disclosure(const struct screen *screen, const json_t *disclosure)
{
    const json_t *parties = document_list(disclosure, "parties");
    const char *basis = document_text(disclosure, "basis");
    if (!disclosure)
        return;
    screen_say(screen, SAY_DISCLOSURE, NULL);
    if (*basis)
        screen_say(screen,
                   strcmp(basis, "own-choice") == 0 ? SAY_BY_CHOICE
                   : strcmp(basis, "law") == 0      ? SAY_BY_LAW
                                                    : SAY_BY_STANDARD,
                   NULL);
    for (size_t i = 0; i < json_array_size(parties); i++)
        put_party(screen, json_array_get(parties, i));
}

/* ---- consent ---- */

static const char *recipient_words(const struct screen *screen, const json_t *grant)
{
    const char *name = document_text(grant, "organisation.name"), *step = document_text(grant, "step");
    const char *who = *name ? name : kind_words(screen, document_text(grant, "kind"));
    if (strcmp(step, "first") == 0)
        return screen_text(screen, SAY_CONSENT_FIRST, VALUES(who));
    return *step ? screen_text(screen, SAY_CONSENT_STEP, VALUES(who, step)) : who;
}

void render_grants(const struct screen *screen, const json_t *grants)
{
    for (size_t i = 0; i < json_array_size(grants); i++) {
        const json_t *grant = json_array_get(grants, i), *fields = document_list(grant, "fields");
        const char *what = json_array_size(fields) ? render_data(screen, fields)
                                                   : text_template(screen->language, SAY_CONSENT_NOTHING);
        screen_say(screen, SAY_CONSENT_GRANT, VALUES(recipient_words(screen, grant), what));
    }
    screen_say(screen, json_array_size(grants) ? SAY_CONSENT_OTHERS : SAY_CONSENT_NOBODY, NULL);
}

static void put_change(const struct screen *screen, const json_t *change)
{
    moment at;
    const char *account = document_text(change, "account");
    const char *who =
        *account ? screen_text(screen, SAY_AT, VALUES(account, document_text(change, "organisation.name")))
                 : text_template(screen->language, SAY_SYSTEM);
    screen_say(screen, SAY_CONSENT_HISTORY,
               VALUES(render_number(screen, change, "nr"),
                      document_moment(change, "at", &at) ? text_when_short(screen->arena, at) : "",
                      basis_words(screen, document_text(change, "basis")), who));
}

void render_consent(const struct screen *screen, const json_t *consent)
{
    const json_t *history = document_list(consent, "history");
    screen_say(screen, SAY_CONSENT_HEAD,
               VALUES(document_text(consent, "client"), render_number(screen, consent, "nr"),
                      basis_words(screen, document_text(consent, "basis"))));
    render_grants(screen, document_list(consent, "grants"));
    screen_say(screen, SAY_HISTORY, NULL);
    for (size_t i = 0; i < json_array_size(history); i++)
        put_change(screen, json_array_get(history, i));
}

void render_found(const struct screen *screen, const json_t *found)
{
    const json_t *items = document_list(found, "items");
    if (json_array_size(items) == 0)
        screen_say(screen, SAY_NOBODY_FOUND, NULL);
    for (size_t i = 0; i < json_array_size(items); i++) {
        const json_t *client = json_array_get(items, i), *referrals = document_list(client, "referrals");
        screen_say(screen, SAY_FOUND, VALUES(document_text(client, "id"), render_person(screen, client)));
        for (size_t r = 0; r < json_array_size(referrals); r++) {
            const json_t *referral = json_array_get(referrals, r);
            bool open = strcmp(document_text(referral, "state"), "closed") != 0;
            screen_say(screen, SAY_FOUND_REFERRAL,
                       VALUES(document_text(referral, "id"),
                              text_template(screen->language, open ? SAY_OPEN : SAY_CLOSED),
                              render_day(screen, referral, "createdAt")));
        }
    }
}

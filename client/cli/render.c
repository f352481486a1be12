#include "render_consent.h"
#include "render_rules.h"

const char *render_before(const struct screen *screen, const json_t *document, const char *path)
{
    moment at;
    if (!document_moment(document, path, &at))
        return "";
    const char *when = text_when(screen->arena, screen->language, at, screen->now);
    return screen_text(screen, SAY_BEFORE, VALUES(when));
}

const char *render_number(const struct screen *screen, const json_t *document, const char *path)
{
    return arena_printf(screen->arena, "%lld", (long long)document_number(document, path, 0));
}

const char *render_day(const struct screen *screen, const json_t *document, const char *path)
{
    enum { NOON = 12 * 3600 };
    moment at;
    int64_t day;
    if (date_parse(slice_of(document_text(document, path)), &day))
        at = (day * 86400 + NOON) * MOMENT_SECOND;
    else if (!document_moment(document, path, &at))
        return "";
    return text_day(screen->arena, screen->language, at);
}

const char *render_place(const struct screen *screen, const json_t *offering, const json_t *organisation)
{
    const char *what = document_text(offering, "name");
    const char *who = document_text(organisation, "name");
    return *what ? screen_text(screen, SAY_AT, VALUES(what, who)) : who;
}

void render_step_line(const struct screen *screen, const json_t *step, const char *lead)
{
    const char *code = document_text(step, "declineCode.label");
    const char *place =
        render_place(screen, document_at(step, "offering"), document_at(step, "organisation"));
    screen_put(screen, SAY_STEP_LINE,
               VALUES(lead, document_text(step, "id"), document_text(step, "state.label")));
    if (*code)
        screen_put(screen, SAY_EVENT_CODE, VALUES(code));
    if (*place)
        screen_put(screen, SAY_STEP_AT, VALUES(place));
}

void render_picked(const struct screen *screen, const json_t *step)
{
    const char *name = document_text(step, "assignee.name");
    if (!*name)
        return;
    screen_put(screen, SAY_SPACE, NULL);
    screen_put(screen, document_true(step, "assignee.mine") ? SAY_PICKED_MINE : SAY_PICKED_BY, VALUES(name));
}

const char *render_labels(const struct screen *screen, const json_t *words)
{
    const char *list = "";
    for (size_t i = 0; i < json_array_size(words); i++) {
        const char *label = document_text(json_array_get(words, i), "label");
        list = arena_printf(screen->arena, "%s%s%s", list, *list ? ", " : "", label);
    }
    return list;
}

void render_level(const struct screen *screen, int64_t level)
{
    static const enum text levels[] = {SAY_OVERDUE, SAY_OVERDUE_TOLD, SAY_OVERDUE_COORDINATION,
                                       SAY_OVERDUE_NAMED};
    screen_put(screen, SAY_SPACE, NULL);
    screen_put(screen, levels[level >= 0 && level < 4 ? level : 0], NULL);
}

void render_overdue(const struct screen *screen, const json_t *promise)
{
    const char *person = document_text(promise, "person.name");
    if (!document_true(promise, "overdue"))
        return;
    if (*person) {
        screen_put(screen, SAY_SPACE, NULL);
        screen_put(screen, SAY_OVERDUE_PERSON,
                   VALUES(person, document_text(promise, "person.organisation.name")));
    } else {
        render_level(screen, document_number(promise, "level", 0));
    }
}

void render_turn(const struct screen *screen, const json_t *promise)
{
    if (!promise)
        return;
    screen_label(screen, LABEL_TURN);
    screen_put(screen, SAY_NEXT,
               VALUES(document_text(promise, "who.name"), document_text(promise, "what.label"),
                      render_before(screen, promise, "by")));
    render_overdue(screen, promise);
    screen_newline(screen);
}

/* A language as a person calls it; its code where it is none of these. */
static const char *language_text(const struct screen *screen, const char *code)
{
    static const struct {
        const char *code, *in[LANGUAGES];
    } languages[] = {{"ar", {"Arabisch", "Arabic"}},   {"bg", {"Bulgaars", "Bulgarian"}},
                     {"de", {"Duits", "German"}},      {"en", {"Engels", "English"}},
                     {"es", {"Spaans", "Spanish"}},    {"fa", {"Farsi", "Farsi"}},
                     {"fr", {"Frans", "French"}},      {"ku", {"Koerdisch", "Kurdish"}},
                     {"pl", {"Pools", "Polish"}},      {"pt", {"Portugees", "Portuguese"}},
                     {"ro", {"Roemeens", "Romanian"}}, {"ru", {"Russisch", "Russian"}},
                     {"so", {"Somalisch", "Somali"}},  {"ti", {"Tigrinya", "Tigrinya"}},
                     {"tr", {"Turks", "Turkish"}},     {"uk", {"Oekraïens", "Ukrainian"}},
                     {"zh", {"Chinees", "Chinese"}}};
    for (size_t i = 0; i < sizeof languages / sizeof languages[0]; i++)
        if (strcmp(languages[i].code, code) == 0)
            return languages[i].in[screen->language];
    return code;
}

const char *render_person(const struct screen *screen, const json_t *client)
{
    const struct {
        const char *path;
        enum text text;
    } parts[] = {{"name", SAY_NAME}, {"birthYear", SAY_BORN}, {"area", SAY_LIVES}};
    const char *words = "", *language = document_text(client, "language");
    for (size_t i = 0; i < sizeof parts / sizeof parts[0]; i++) {
        const json_t *value = document_at(client, parts[i].path);
        const char *text = json_is_integer(value) ? render_number(screen, client, parts[i].path)
                                                  : document_text(client, parts[i].path);
        if (*text)
            words = arena_printf(screen->arena, "%s%s%s", words, *words ? ", " : "",
                                 screen_text(screen, parts[i].text, VALUES(text)));
    }
    if (*language && strcmp(language, "nl") != 0)
        words = arena_printf(screen->arena, "%s%s", words,
                             screen_text(screen, SAY_SPEAKS, VALUES(language_text(screen, language))));
    return words;
}

void render_client(const struct screen *screen, const json_t *client)
{
    const char *phone = document_text(client, "phone");
    const char *email = document_text(client, "email");
    const char *words = render_person(screen, client);
    screen_field(screen, LABEL_WHO, *words ? words : text_template(screen->language, SAY_HIDDEN));
    screen_field(screen, LABEL_CALL,
                 arena_printf(screen->arena, "%s%s%s", phone, *phone && *email ? ", " : "", email));
    screen_field(screen, LABEL_CLIENT, document_text(client, "id"));
}

/* Where it goes and why: of a receipt and of a trial. */
static void put_decision(const struct screen *screen, const json_t *decision)
{
    struct arena *arena = screen->arena;
    const char *table = arena_printf(arena, "%lld", (long long)document_number(decision, "table", 0));
    const char *version = arena_printf(arena, "%lld", (long long)document_number(decision, "version", 0));
    const char *offered = render_offered(screen, decision);
    if (*offered)
        screen_field(screen, LABEL_OFFERED, offered);
    else
        screen_field(
            screen, LABEL_TO,
            render_place(screen, document_at(decision, "offering"), document_at(decision, "organisation")));
    screen_field(screen, LABEL_EVIDENCE, render_evidence(screen, document_at(decision, "evidence")));
    screen_label(screen, LABEL_WHY);
    screen_say(screen, SAY_RULE,
               VALUES(document_text(decision, "reason"), table, version, document_text(decision, "rule")));
}

static void put_next(const struct screen *screen, const json_t *next)
{
    screen_label(screen, LABEL_NEXT);
    screen_say(screen, SAY_NEXT,
               VALUES(document_text(next, "who.name"), document_text(next, "what.label"),
                      render_before(screen, next, "by")));
}

void render_receipt(const struct screen *screen, const json_t *receipt)
{
    const char *id = document_text(receipt, "id");
    screen_say(screen, SAY_REFERRED, VALUES(id));
    put_decision(screen, document_at(receipt, "decision"));
    render_room_decided(screen, document_at(receipt, "decision.room"));
    put_next(screen, document_at(receipt, "next"));
    screen_field(screen, LABEL_STEP, document_text(receipt, "stepId"));
}

/* Who would be asked after a decline. */
static void put_candidates(const struct screen *screen, const json_t *candidates)
{
    if (json_array_size(candidates) < 2)
        return;
    screen_say(screen, SAY_CANDIDATES_AFTER, NULL);
    for (size_t i = 1; i < json_array_size(candidates); i++)
        render_candidate(screen, i + 1, json_array_get(candidates, i));
}

void render_preview(const struct screen *screen, const json_t *preview)
{
    screen_say(screen, SAY_PREVIEW, NULL);
    put_decision(screen, document_at(preview, "decision"));
    render_candidate_room(screen, json_array_get(document_list(preview, "candidates"), 0));
    put_next(screen, document_at(preview, "next"));
    put_candidates(screen, document_list(preview, "candidates"));
    render_disclosure(screen, document_at(preview, "disclosure"));
}

void render_moved(const struct screen *screen, const json_t *step)
{
    screen_say(screen, SAY_NOW, VALUES(document_text(step, "id"), document_text(step, "state.label")));
    render_turn(screen, document_at(step, "promise"));
    if (!document_at(step, "promise") && document_at(step, "referralId"))
        screen_say(screen, SAY_STEP_ENDED, VALUES(document_text(step, "referralId")));
}

void render_directed(const struct screen *screen, const json_t *direction)
{
    const char *name = document_text(direction, "director.name");
    screen_say(screen, SAY_DIRECTED,
               VALUES(document_text(direction, "referralId"),
                      *name ? name : text_template(screen->language, SAY_THE_COORDINATION)));
}

void render_reopened(const struct screen *screen, const json_t *step)
{
    screen_say(screen, SAY_REOPENED, VALUES(document_text(step, "referralId")));
    render_moved(screen, step);
}

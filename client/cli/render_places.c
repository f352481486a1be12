#include "render_places.h"

static const struct {
    const char *word;
    enum text text;
} words[] = {{"open", ROOM_OPEN},     {"waiting-list", ROOM_LIST}, {"full", ROOM_FULL},
             {"paused", ROOM_PAUSED}, {"on-site", WAY_ON_SITE},    {"online", WAY_ONLINE}};

static const char *in_words(const struct screen *screen, const char *word)
{
    for (size_t i = 0; i < sizeof words / sizeof words[0]; i++)
        if (strcmp(word, words[i].word) == 0)
            return text_template(screen->language, words[i].text);
    return word;
}

static bool is_one(const json_t *document, const char *path)
{
    return document_number(document, path, 0) == 1;
}

/* "er is plek: 5 plekken, ongeveer 7 dagen wachten, gemeld op ... door ..." */
static const char *room_text(const struct screen *screen, const json_t *offering)
{
    const json_t *room = document_at(offering, "capacity");
    const char *day = render_day(screen, offering, "capacity.asOf"), *by = document_text(room, "by.name");
    if (!room)
        return text_template(screen->language, SAY_ROOM_UNKNOWN);
    const char *text = in_words(screen, document_text(room, "state"));
    if (document_number(room, "places", 0) > 0)
        text = screen_text(screen, is_one(room, "places") ? SAY_ROOM_PLACE : SAY_ROOM_PLACES,
                           VALUES(text, render_number(screen, room, "places")));
    if (json_integer_value(document_at(room, "waitDays")) > 0)
        text = screen_text(screen, is_one(room, "waitDays") ? SAY_ROOM_DAY : SAY_ROOM_DAYS,
                           VALUES(text, render_number(screen, room, "waitDays")));
    return *by ? screen_text(screen, SAY_ROOM_BY,
                             VALUES(text, day, by, document_text(room, "by.organisation.name")))
               : screen_text(screen, SAY_ROOM, VALUES(text, day));
}

const char *render_evidence(const struct screen *screen, const json_t *evidence)
{
    if (!evidence)
        return "";
    const char *text = screen_text(screen, SAY_EVIDENCE,
                                   VALUES(document_text(evidence, "label"), document_text(evidence, "source"),
                                          render_day(screen, evidence, "asOf")));
    return document_at(evidence, "by") ? screen_text(screen, SAY_EVIDENCE_BY,
                                                     VALUES(text, document_text(evidence, "by.name"),
                                                            document_text(evidence, "by.organisation.name")))
                                       : text;
}

static const char *answers_text(const struct screen *screen, const json_t *offering)
{
    double accepted = json_number_value(document_at(offering, "accepted"));
    if (!document_at(offering, "replyHours"))
        return "";
    const char *text = screen_text(screen, SAY_ANSWERS,
                                   VALUES(render_number(screen, offering, "replyHours"),
                                          arena_printf(screen->arena, "%.0f", accepted * 100)));
    return document_at(offering, "contactDays")
               ? screen_text(screen,
                             is_one(offering, "contactDays") ? SAY_ANSWERS_CONTACT_DAY : SAY_ANSWERS_CONTACT,
                             VALUES(text, render_number(screen, offering, "contactDays")))
               : text;
}

void render_group(const struct screen *screen, const json_t *group)
{
    const char *text = screen_text(
        screen, is_one(group, "places") ? SAY_GROUP_OF_ONE : SAY_GROUP,
        VALUES(document_text(group, "id"), document_text(group, "name"),
               render_day(screen, group, "startsOn"), in_words(screen, document_text(group, "way")),
               render_number(screen, group, "free"), render_number(screen, group, "places")));
    if (json_integer_value(document_at(group, "waiting")) > 0)
        text = screen_text(screen, is_one(group, "waiting") ? SAY_GROUP_LINE_ONE : SAY_GROUP_LINE,
                           VALUES(text, render_number(screen, group, "waiting")));
    if (document_true(group, "begun"))
        text = screen_text(screen, document_true(group, "joinable") ? SAY_GROUP_RUNS : SAY_GROUP_BEGUN,
                           VALUES(text));
    else if (!document_true(group, "joinable"))
        text = screen_text(screen, SAY_GROUP_CLOSED, VALUES(text));
    screen_field(screen, LABEL_GROUP, text);
}

void render_offering(const struct screen *screen, const json_t *offering)
{
    const json_t *groups = document_list(offering, "groups");
    const char *freshness = document_text(offering, "freshness"), *room = room_text(screen, offering);
    bool is_stale = strcmp(freshness, "stale") == 0 || strcmp(freshness, "old") == 0;
    screen_say(screen, SAY_OFFERING,
               VALUES(document_text(offering, "code"), document_text(offering, "name"),
                      document_text(offering, "organisation.name")));
    screen_field(screen, LABEL_ROOM, is_stale ? screen_text(screen, SAY_STALE, VALUES(room)) : room);
    screen_field(screen, LABEL_EVIDENCE, render_evidence(screen, document_at(offering, "evidence")));
    screen_field(screen, LABEL_ANSWERS, answers_text(screen, offering));
    if (document_at(offering, "asked")) {
        screen_label(screen, LABEL_STILL_RIGHT);
        screen_put(screen, SAY_STILL_RIGHT, VALUES(render_before(screen, offering, "asked.by")));
        render_overdue(screen, document_at(offering, "asked"));
        screen_newline(screen);
    }
    for (size_t i = 0; i < json_array_size(groups); i++)
        render_group(screen, json_array_get(groups, i));
}

void render_offerings(const struct screen *screen, const json_t *document)
{
    const json_t *items = document_list(document, "items");
    for (size_t i = 0; i < json_array_size(items); i++)
        render_offering(screen, json_array_get(items, i));
    if (json_array_size(items) == 0)
        screen_say(screen, SAY_OFFERINGS_NONE, NULL);
}

/* "plek in groep ..."; empty: the step has none. */
static const char *place_text(const struct screen *screen, const json_t *step)
{
    const json_t *place = document_at(step, "place");
    const char *state = document_text(place, "state"), *name = document_text(place, "group.name");
    if (!place)
        return "";
    if (strcmp(state, "waiting") == 0)
        return screen_text(screen, SAY_STEP_WAITING, VALUES(name, render_number(screen, place, "line")));
    if (strcmp(state, "offered") == 0)
        return screen_text(screen, SAY_STEP_OFFERED,
                           VALUES(name, render_before(screen, place, "by"), document_text(step, "id")));
    return screen_text(screen, SAY_STEP_PLACE, VALUES(name, render_day(screen, place, "group.startsOn")));
}

void render_place_line(const struct screen *screen, const json_t *step, const char *below)
{
    const char *text = place_text(screen, step);
    if (*text)
        screen_say(screen, SAY_BELOW, VALUES(below, text));
}

void render_step_place(const struct screen *screen, const json_t *step)
{
    screen_field(screen, LABEL_GROUP, place_text(screen, step));
}

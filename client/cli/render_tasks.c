#include "render.h"

static const struct {
    const char *word;
    enum text text;
} words[] = {{"phone", CHANNEL_PHONE},
             {"visit", CHANNEL_VISIT},
             {"email", CHANNEL_EMAIL},
             {"letter", CHANNEL_LETTER},
             {"video", CHANNEL_VIDEO},
             {"sms", CHANNEL_SMS},
             {"no-answer", RESULT_NO_ANSWER},
             {"voicemail", RESULT_VOICEMAIL},
             {"wrong-number", RESULT_WRONG_NUMBER},
             {"message-left", RESULT_MESSAGE_LEFT},
             {"not-home", RESULT_NOT_HOME},
             {"spoke", RESULT_SPOKE},
             {"took-part", RESULT_TOOK_PART},
             {"absent", RESULT_ABSENT},
             {"active", GOAL_ACTIVE},
             {"reached", GOAL_REACHED},
             {"partly", GOAL_PARTLY},
             {"not-reached", GOAL_NOT_REACHED},
             {"dropped", GOAL_DROPPED}};

/* In the person's language; a word that came later as it is. */
static const char *say_word(const struct screen *screen, const char *word)
{
    for (size_t i = 0; i < sizeof words / sizeof words[0]; i++)
        if (strcmp(words[i].word, word) == 0)
            return text_template(screen->language, words[i].text);
    return word;
}

static void put_part(const struct screen *screen, const char *text)
{
    if (*text)
        screen_put(screen, SAY_EVENT_CODE, VALUES(text));
}

void render_event_task(const struct screen *screen, const json_t *event)
{
    moment due;
    if (document_at(event, "attempt"))
        put_part(screen,
                 screen_text(screen, SAY_EVENT_ATTEMPT, VALUES(render_number(screen, event, "attempt"))));
    put_part(screen, say_word(screen, document_text(event, "channel")));
    put_part(screen, say_word(screen, document_text(event, "result")));
    put_part(screen, document_text(event, "group.name"));
    put_part(screen, render_day(screen, event, "date"));
    if (document_at(event, "score"))
        put_part(screen, screen_text(screen, SAY_EVENT_SCORE, VALUES(render_number(screen, event, "score"))));
    if (document_moment(event, "due", &due))
        put_part(screen, text_when(screen->arena, screen->language, due, screen->now));
}

bool render_call_is_first(const json_t *step)
{
    moment call, other;
    return document_moment(step, "callBack.by", &call) &&
           (!document_moment(step, "promise.by", &other) || call < other);
}

void render_call_back(const struct screen *screen, const json_t *step)
{
    const json_t *promise = document_at(step, "callBack");
    if (!promise)
        return;
    screen_label(screen, LABEL_CALL_BACK);
    fputs(render_before(screen, promise, "by"), screen->file);
    render_overdue(screen, promise);
    screen_newline(screen);
    render_call_note(screen, step);
}

void render_call_note(const struct screen *screen, const json_t *step)
{
    screen_field(screen, LABEL_NOTE, document_text(step, "callBack.note"));
}

void render_attempts(const struct screen *screen, const json_t *step)
{
    if (document_number(step, "attempts", 0) > 0)
        screen_field(screen, LABEL_ATTEMPTS, render_number(screen, step, "attempts"));
}

void render_attempted(const struct screen *screen, const json_t *step)
{
    enum { ENOUGH = 3 };
    int64_t attempts = document_number(step, "attempts", 0);
    if (attempts > 0 && strcmp(document_text(step, "state.code"), "contact-attempt") == 0)
        screen_say(screen, attempts < ENOUGH ? SAY_ATTEMPTED : SAY_ATTEMPTS_ENOUGH,
                   VALUES(render_number(screen, step, "attempts"), document_text(step, "id")));
}

const char *render_goal_state(const struct screen *screen, const json_t *goal)
{
    return say_word(screen, document_text(goal, "state"));
}

static void put_goal(const struct screen *screen, const json_t *goal)
{
    const char *text = document_text(goal, "text");
    screen_say(
        screen, SAY_GOAL_ITEM,
        VALUES(document_text(goal, "id"), *text ? text : text_template(screen->language, SAY_GOAL_HIDDEN)));
    screen_field(screen, LABEL_DOMAINS, document_text(goal, "domain.label"));
    screen_field(screen, LABEL_STATE, render_goal_state(screen, goal));
    if (document_at(goal, "score"))
        screen_field(screen, LABEL_SCORE,
                     screen_text(screen, SAY_GOAL_SCORES,
                                 VALUES(render_number(screen, goal, "firstScore"),
                                        render_number(screen, goal, "score"))));
}

void render_goal_list(const struct screen *screen, const json_t *goals)
{
    for (size_t i = 0; i < json_array_size(goals); i++) {
        screen_newline(screen);
        put_goal(screen, json_array_get(goals, i));
    }
}

void render_goals(const struct screen *screen, const json_t *document)
{
    const json_t *goals = document_list(document, "items");
    if (json_array_size(goals) == 0) {
        screen_say(screen, SAY_GOALS_EMPTY, NULL);
        return;
    }
    screen_say(screen, SAY_GOALS_HEAD, VALUES(arena_printf(screen->arena, "%zu", json_array_size(goals))));
    render_goal_list(screen, goals);
}

#include "render.h"
#include "render_consent.h"

static const char *number_text(const struct screen *screen, size_t number)
{
    return arena_printf(screen->arena, "%zu", number);
}

/* "12" or, when there are more, "12+". */
static const char *count_text(const struct screen *screen, const json_t *items, bool more)
{
    return arena_printf(screen->arena, "%zu%s", json_array_size(items), more ? "+" : "");
}

static void put_mark(const struct screen *screen, bool marked, enum text mark)
{
    if (!marked)
        return;
    screen_put(screen, SAY_SPACE, NULL);
    screen_put(screen, mark, NULL);
}

/* "STEP  what to do, before when  OVERDUE". */
static void put_inbox_head(const struct screen *screen, const json_t *step)
{
    const json_t *promise = document_at(step, "promise");
    const char *id = document_text(step, "id");
    if (render_call_is_first(step)) {
        promise = document_at(step, "callBack");
        screen_put(
            screen, SAY_INBOX_DUE,
            VALUES(id, text_template(screen->language, SAY_CALL_BACK), render_before(screen, promise, "by")));
    } else if (promise)
        screen_put(screen, SAY_INBOX_DUE,
                   VALUES(id, document_text(promise, "what.label"), render_before(screen, promise, "by")));
    else
        screen_put(screen, SAY_INBOX_ITEM, VALUES(id, document_text(step, "state.label")));
    render_overdue(screen, promise);
    put_mark(screen, strcmp(document_text(step, "urgency"), "soon") == 0, SAY_SOON);
    render_picked(screen, step);
    screen_newline(screen);
}

static void put_inbox_item(const struct screen *screen, const json_t *step)
{
    put_inbox_head(screen, step);
    if (document_at(step, "offer")) {
        render_offer(screen, step);
        return;
    }
    render_client(screen, document_at(step, "client"));
    render_ask_consent(screen, step);
    screen_field(screen, LABEL_CLASS, render_class(screen, step));
    screen_field(screen, LABEL_DOMAINS, render_labels(screen, document_list(step, "domains")));
    screen_field(screen, LABEL_WISHES, render_wishes(screen, document_list(step, "wishes")));
    screen_field(screen, LABEL_QUESTION, document_text(step, "text"));
    render_question(screen, step);
    screen_field(screen, LABEL_OFFERING, document_text(step, "offering.name"));
    screen_field(screen, LABEL_FROM, document_text(step, "referrer.name"));
    screen_field(screen, LABEL_STATE, document_text(step, "state.label"));
    render_attempts(screen, step);
    render_step_place(screen, step);
    render_unread(screen, step);
    if (render_call_is_first(step)) {
        render_call_note(screen, step);
        render_turn(screen, document_at(step, "promise"));
    } else
        render_call_back(screen, step);
}

static void put_chain_item(const struct screen *screen, const json_t *item)
{
    moment at;
    bool open = strcmp(document_text(item, "state"), "closed") != 0;
    const json_t *step = document_at(item, "currentStep");
    const char *when =
        document_moment(item, "createdAt", &at) ? text_day(screen->arena, screen->language, at) : "";
    screen_say(screen, SAY_CHAIN_ITEM,
               VALUES(document_text(item, "id"),
                      text_template(screen->language, open ? SAY_OPEN : SAY_CLOSED),
                      document_text(item, "referrer.name"), when));
    if (step) {
        screen_label(screen, LABEL_NOW);
        render_step_line(screen, step, "");
        screen_newline(screen);
    }
    screen_field(screen, LABEL_OUTCOME, document_text(item, "outcome.label"));
    render_turn(screen, document_at(item, "next"));
}

static void put_feedback_item(const struct screen *screen, const json_t *feedback)
{
    screen_put(screen, SAY_FEEDBACK_ITEM,
               VALUES(document_text(feedback, "id"), document_text(feedback, "state.label"),
                      document_text(feedback, "from.name"), document_text(feedback, "referralId")));
    put_mark(screen, !document_at(feedback, "openedAt"), SAY_FEEDBACK_NEW);
    put_mark(screen, document_true(feedback, "final"), SAY_FEEDBACK_FINAL);
    put_mark(screen, document_true(feedback, "story"), SAY_FEEDBACK_STORY);
    screen_newline(screen);
    screen_block(screen, 2, true, document_text(feedback, "text"));
}

static void put_list(const struct screen *screen, const json_t *items, bool more, enum text head,
                     enum text empty, void (*put)(const struct screen *screen, const json_t *item))
{
    if (json_array_size(items) == 0) {
        screen_say(screen, empty, NULL);
        return;
    }
    screen_say(screen, head, VALUES(count_text(screen, items, more)));
    for (size_t i = 0; i < json_array_size(items); i++) {
        screen_newline(screen);
        put(screen, json_array_get(items, i));
    }
    if (more) {
        screen_newline(screen);
        screen_say(screen, SAY_MORE, NULL);
    }
}

void render_besides(const struct screen *screen, const json_t *page)
{
    int64_t steps = document_number(page, "unread", 0), asked = document_number(page, "asked", 0);
    if (steps > 0)
        screen_say(screen, SAY_UNREAD_STEPS,
                   VALUES(render_number(screen, page, "unread"),
                          text_template(screen->language, steps == 1 ? COUNT_STEP : COUNT_STEPS)));
    if (asked > 0)
        screen_say(screen, SAY_OFFERINGS_ASKED, VALUES(render_number(screen, page, "asked")));
    if (steps > 0 || asked > 0)
        screen_newline(screen);
}

static void put_unread_item(const struct screen *screen, const json_t *item)
{
    const char *organisation = document_text(item, "organisation.name");
    moment at;
    const char *when =
        document_moment(item, "at", &at) ? text_when(screen->arena, screen->language, at, screen->now) : "";
    screen_say(screen, SAY_UNREAD_STEP,
               VALUES(document_text(item, "stepId"), render_number(screen, item, "unread"),
                      *organisation ? organisation : text_template(screen->language, SAY_NOBODY_YET),
                      document_text(item, "referralId"), when));
}

void render_unread_list(const struct screen *screen, const json_t *items, bool more)
{
    put_list(screen, items, more, SAY_UNREAD_HEAD, SAY_UNREAD_EMPTY, put_unread_item);
    if (json_array_size(items)) {
        screen_newline(screen);
        screen_say(screen, SAY_UNREAD_OPEN, NULL);
    }
}

void render_inbox(const struct screen *screen, const json_t *items, bool more)
{
    put_list(screen, items, more, SAY_INBOX_HEAD, SAY_INBOX_EMPTY, put_inbox_item);
}

/* Behind what happened: to whom a promise went up, why something was declined or how it ended, whose the new
 * step is. */
static void put_event_end(const struct screen *screen, const json_t *event)
{
    const char *code = document_text(event, "declineCode.label"), *owner = document_text(event, "owner.name");
    const char *end = *code ? code : document_text(event, "outcome.label");
    if (*end)
        screen_put(screen, SAY_EVENT_CODE, VALUES(end));
    if (*owner)
        screen_put(screen, SAY_EVENT_TO, VALUES(owner));
    if (document_number(event, "level", 0))
        render_level(screen, document_number(event, "level", 0));
}

void render_event(const struct screen *screen, const json_t *event)
{
    const char *by = document_text(event, "by.name");
    const json_t *promise = document_at(event, "promise");
    moment at;
    const char *when = document_moment(event, "at", &at) ? text_when_short(screen->arena, at) : "";
    /* Whom a step is offered to knows it, not its referral. */
    const char *about = document_text(event, document_at(event, "referralId") ? "referralId" : "stepId");
    screen_put(screen, SAY_WATCHED, VALUES(when, about, document_text(event, "label")));
    if (document_at(event, "referralId") && *document_text(event, "stepId"))
        screen_put(screen, SAY_EVENT_STEP, VALUES(document_text(event, "stepId")));
    if (*by)
        screen_put(screen, SAY_EVENT_BY, VALUES(by));
    put_event_end(screen, event);
    screen_newline(screen);
    if (*document_text(promise, "who.name"))
        screen_say(screen, SAY_WATCHED_NEXT,
                   VALUES(document_text(promise, "who.name"), document_text(promise, "what.label"),
                          render_before(screen, promise, "by")));
}

void render_inbox_part(const struct screen *screen, const json_t *items, bool more)
{
    put_list(screen, items, more, SAY_INBOX_HEAD, SAY_INBOX_NONE, put_inbox_item);
}

void render_chain(const struct screen *screen, const json_t *items, bool more)
{
    put_list(screen, items, more, SAY_CHAIN_HEAD, SAY_CHAIN_EMPTY, put_chain_item);
}

void render_feedback_list(const struct screen *screen, const json_t *items, bool more)
{
    bool unread = false;
    put_list(screen, items, more, SAY_FEEDBACK_HEAD, SAY_FEEDBACK_EMPTY, put_feedback_item);
    for (size_t i = 0; i < json_array_size(items); i++)
        unread = unread || !document_at(json_array_get(items, i), "openedAt");
    if (unread) {
        screen_newline(screen);
        screen_say(screen, SAY_FEEDBACK_OPEN, NULL);
    }
}

void render_feedback_count(const struct screen *screen, const json_t *page)
{
    screen_say(screen, document_number(page, "unread", 0) ? SAY_FEEDBACK_UNREAD : SAY_FEEDBACK_NONE_UNREAD,
               VALUES(render_number(screen, page, "unread")));
}

void render_feedback(const struct screen *screen, const json_t *feedback)
{
    moment at;
    put_feedback_item(screen, feedback);
    if (document_moment(feedback, "openedAt", &at))
        screen_say(screen, SAY_FEEDBACK_OPENED, VALUES(text_when_short(screen->arena, at)));
}

static const char *invariant_name(const struct screen *screen, const json_t *invariant)
{
    static const char *const ids[] = {"I1", "I2", "I3", "I4", "I5", "I6", "I7", "I8"};
    for (size_t i = 0; i < sizeof ids / sizeof ids[0]; i++)
        if (strcmp(document_text(invariant, "id"), ids[i]) == 0)
            return text_template(screen->language, (enum text)(NAME_I1 + i));
    return document_text(invariant, "name");
}

/* The texts of a list with commas. */
static const char *join(const struct screen *screen, const json_t *texts)
{
    const char *list = "";
    for (size_t i = 0; i < json_array_size(texts); i++) {
        const char *text = json_string_value(json_array_get(texts, i));
        list = arena_printf(screen->arena, "%s%s%s", list, *list ? ", " : "", text ? text : "");
    }
    return list;
}

/* Returns whether it is violated. */
static bool put_invariant(const struct screen *screen, const json_t *invariant)
{
    const char *status = document_text(invariant, "status");
    bool holds = strcmp(status, "holds") == 0, skipped = strcmp(status, "not-checked") == 0;
    const char *examples = join(screen, document_list(invariant, "examples"));
    int64_t violations = document_number(invariant, "violations", 0);
    screen_say(screen,
               holds     ? SAY_HOLDS
               : skipped ? SAY_NOT_CHECKED
                         : SAY_VIOLATED,
               VALUES(document_text(invariant, "id"), invariant_name(screen, invariant),
                      number_text(screen, violations > 0 ? (size_t)violations : 0)));
    const char *detail = skipped ? text_template(screen->language, SAY_SHOWN_BY_TESTS)
                         : holds ? ""
                                 : document_text(invariant, "detail");
    if (*detail)
        screen_block(screen, 6, true, detail);
    if (*examples)
        screen_say(screen, SAY_EXAMPLES, VALUES(examples));
    return !holds && !skipped;
}

size_t render_checks(const struct screen *screen, const json_t *checks)
{
    const json_t *list = document_list(checks, "invariants");
    size_t violated = 0;
    for (size_t i = 0; i < json_array_size(list); i++)
        violated += put_invariant(screen, json_array_get(list, i));
    screen_say(screen, violated ? SAY_CHECK_BAD : SAY_CHECK_GOOD, NULL);
    return violated;
}

static size_t code_width(const json_t *words)
{
    size_t width = 0;
    for (size_t i = 0; i < json_array_size(words); i++) {
        size_t length = strlen(document_text(json_array_get(words, i), "code"));
        width = length > width && length <= 40 ? length : width;
    }
    return width;
}

/* A word has a label, an offering a name and an organisation, an organisation a name. */
static const char *word_label(const struct screen *screen, const json_t *word)
{
    const char *label = document_text(word, "label");
    const json_t *organisation = document_at(word, "organisation");
    if (*label)
        return label;
    return organisation ? render_place(screen, word, organisation) : document_text(word, "name");
}

static void put_words(const struct screen *screen, const json_t *words)
{
    size_t width = code_width(words);
    for (size_t i = 0; i < json_array_size(words); i++) {
        const json_t *word = json_array_get(words, i);
        const char *code = document_text(word, "code");
        const char *needs = join(screen, document_list(word, "needs"));
        code = arena_printf(screen->arena, "%s%s", code, text_padding(screen->arena, code, width));
        screen_put(screen, SAY_WORD, VALUES(code, word_label(screen, word)));
        if (*needs)
            screen_put(screen, SAY_WORD_NEEDS, VALUES(needs));
        screen_newline(screen);
    }
}

bool render_vocabulary(const struct screen *screen, const json_t *vocabulary, const char *list)
{
    static const struct {
        const char *name, *member;
        enum text head;
    } lists[] = {{"domains", "domains", HEAD_DOMAINS},
                 {"states", "states", HEAD_STATES},
                 {"decline-codes", "declineCodes", HEAD_DECLINE},
                 {"evidence", "evidence", HEAD_EVIDENCE},
                 {"offerings", "offerings", HEAD_OFFERINGS},
                 {"organisations", "organisations", HEAD_ORGANISATIONS}};
    bool found = false;
    for (size_t i = 0; i < sizeof lists / sizeof lists[0]; i++) {
        if (list && strcmp(list, lists[i].name) != 0)
            continue;
        found = true;
        screen_say(screen, lists[i].head, NULL);
        put_words(screen, document_list(vocabulary, lists[i].member));
    }
    return found;
}

const char *render_role(const struct screen *screen, const char *role)
{
    static const struct {
        const char *role;
        enum text label;
    } roles[] = {{"referrer", ROLE_REFERRER},
                 {"worker", ROLE_WORKER},
                 {"coordinator", ROLE_COORDINATOR},
                 {"steward", ROLE_STEWARD}};
    for (size_t i = 0; i < sizeof roles / sizeof roles[0]; i++)
        if (strcmp(role, roles[i].role) == 0)
            return text_template(screen->language, roles[i].label);
    return role;
}

void render_me(const struct screen *screen, const json_t *me)
{
    screen_say(screen, SAY_WHOAMI,
               VALUES(document_text(me, "account"), render_role(screen, document_text(me, "role")),
                      document_text(me, "organisation.name"), document_text(me, "region.name")));
}

#include "render.h"
#include "render_consent.h"

enum { TREE_DEPTH = 12, NOTE_INDENT = 20 };

/* The glyphs of a tree: in front of a child, of the last child, and of what hangs below either. */
struct branches {
    const char *child, *last, *below, *below_last;
};

static const struct branches *branches_of(const struct screen *screen)
{
    static const struct branches drawn = {"├─ ", "└─ ", "│  ", "   "};
    static const struct branches plain = {"|- ", "`- ", "|  ", "   "};
    return screen->utf8 ? &drawn : &plain;
}

static bool is_root(const json_t *steps, const json_t *step)
{
    const char *parent = document_text(step, "parentId");
    for (size_t i = 0; *parent && i < json_array_size(steps); i++)
        if (strcmp(document_text(json_array_get(steps, i), "id"), parent) == 0)
            return false;
    return true;
}

static bool is_child(const json_t *steps, const json_t *step, const char *parent)
{
    return parent ? strcmp(document_text(step, "parentId"), parent) == 0 : is_root(steps, step);
}

static void put_step_line(const struct screen *screen, const json_t *step, const char *lead,
                          const char *below)
{
    const json_t *promise = document_at(step, "promise");
    const char *previous = document_text(step, "previousId");
    render_step_line(screen, step, lead);
    if (*previous)
        screen_put(screen, SAY_STEP_AFTER, VALUES(previous));
    if (*document_text(step, "afterId"))
        screen_put(screen, SAY_STEP_PLANNED, VALUES(document_text(step, "afterId")));
    if (*document_text(step, "branchOutcome.label"))
        screen_put(screen, SAY_BRANCHES, VALUES(document_text(step, "branchOutcome.label")));
    if (promise)
        render_picked(screen, step);
    screen_newline(screen);
    if (promise) {
        screen_put(screen, SAY_STEP_NEXT,
                   VALUES(below, document_text(promise, "who.name"), document_text(promise, "what.label"),
                          render_before(screen, promise, "by")));
        render_overdue(screen, promise);
        screen_newline(screen);
    }
    if (document_at(step, "callBack")) {
        screen_put(screen, SAY_STEP_CALL_BACK, VALUES(below, render_before(screen, step, "callBack.by")));
        render_overdue(screen, document_at(step, "callBack"));
        screen_newline(screen);
    }
    render_unread_line(screen, step, below);
    render_place_line(screen, step, below);
}

static void put_branch(const struct screen *screen, const json_t *steps, const char *parent,
                       const char *indent, int depth)
{
    const struct branches *glyphs = branches_of(screen);
    const json_t *children[64];
    size_t count = 0;
    for (size_t i = 0; i < json_array_size(steps) && count < 64; i++)
        if (is_child(steps, json_array_get(steps, i), parent))
            children[count++] = json_array_get(steps, i);
    for (size_t i = 0; i < count; i++) {
        bool last = i + 1 == count;
        const char *lead = arena_printf(screen->arena, "%s%s", indent, last ? glyphs->last : glyphs->child);
        const char *below =
            arena_printf(screen->arena, "%s%s", indent, last ? glyphs->below_last : glyphs->below);
        put_step_line(screen, children[i], lead, below);
        if (depth < TREE_DEPTH)
            put_branch(screen, steps, document_text(children[i], "id"), below, depth + 1);
    }
}

void render_late(const struct screen *screen, const json_t *late)
{
    if (!late)
        return;
    screen_put(screen, SAY_EVENT_LATE,
               VALUES(document_text(late, "what.label"), render_number(screen, late, "level"),
                      document_text(late, "who.name")));
}

void render_question(const struct screen *screen, const json_t *step)
{
    const json_t *question = document_at(step, "question");
    if (strcmp(document_text(step, "promise.what.code"), "decide") == 0)
        screen_field(screen, LABEL_HOW,
                     screen_text(screen, SAY_DECIDE_HOW, VALUES(document_text(step, "id"))));
    if (!question)
        return;
    screen_field(screen, LABEL_TO_REFERRER, document_text(question, "text"));
    if (document_at(question, "answeredAt"))
        screen_field(screen, LABEL_ANSWER, document_text(question, "answer"));
    else if (strcmp(document_text(step, "state.code"), "question-to-referrer") == 0)
        screen_field(screen, LABEL_ANSWER,
                     screen_text(screen, SAY_ANSWER_HOW, VALUES(document_text(step, "id"))));
}

static void put_event(const struct screen *screen, const json_t *event)
{
    moment at;
    const char *when = document_moment(event, "at", &at) ? text_when_short(screen->arena, at) : "";
    const char *actor = document_text(event, "actor.name");
    const char *note = document_text(event, "text");
    const char *by =
        *actor ? screen_text(screen, SAY_AT, VALUES(actor, document_text(event, "actor.organisation.name")))
               : text_template(screen->language, SAY_SYSTEM);
    screen_put(screen, SAY_EVENT, VALUES(when, document_text(event, "label")));
    if (*document_text(event, "declineCode.label"))
        screen_put(screen, SAY_EVENT_CODE, VALUES(document_text(event, "declineCode.label")));
    if (*document_text(event, "with"))
        screen_put(screen, SAY_EVENT_CODE, VALUES(document_text(event, "with")));
    if (*document_text(event, "helped"))
        screen_put(screen, SAY_EVENT_CODE, VALUES(render_helped(screen, event)));
    render_event_task(screen, event);
    if (*document_text(event, "director.name"))
        screen_put(screen, SAY_EVENT_CODE, VALUES(document_text(event, "director.name")));
    render_late(screen, document_at(event, "late"));
    if (!document_at(event, "late")) /* the clock finds it; it did not fail to keep it */
        screen_put(screen, SAY_EVENT_BY, VALUES(by));
    if (*document_text(event, "stepId"))
        screen_put(screen, SAY_EVENT_STEP, VALUES(document_text(event, "stepId")));
    screen_newline(screen);
    if (*note)
        screen_block(screen, NOTE_INDENT, true, note);
}

static void put_loop(const struct screen *screen, const json_t *loop)
{
    static const struct {
        const char *name;
        enum text label;
    } parts[] = {{"l1", LOOP_1}, {"l2", LOOP_2}, {"l3", LOOP_3}, {"l4", LOOP_4},
                 {"l5", LOOP_5}, {"l6", LOOP_6}, {"l7", LOOP_7}};
    bool is_late = document_at(loop, "l2InTime") && !document_true(loop, "l2InTime");
    bool is_missed =
        document_true(loop, "l3") && document_at(loop, "l3Contact") && !document_true(loop, "l3Contact");
    if (!loop)
        return;
    screen_label(screen, LABEL_LOOP);
    for (size_t i = 0; i < sizeof parts / sizeof parts[0]; i++) {
        enum text label = parts[i].label;
        bool done = document_true(loop, parts[i].name) && !(is_missed && label == LOOP_3);
        if (i > 0)
            screen_put(screen, SAY_SPACE, NULL);
        screen_put(screen, done ? SAY_PART_DONE : SAY_PART_OPEN,
                   VALUES(text_template(screen->language, is_missed && label == LOOP_3         ? LOOP_3_NONE
                                                          : done && is_late && label == LOOP_2 ? LOOP_2_LATE
                                                                                               : label)));
    }
    screen_newline(screen);
}

static void put_sent(const struct screen *screen, const json_t *referral)
{
    moment at;
    const char *account = document_text(referral, "referrer.account");
    const char *organisation = document_text(referral, "referrer.organisation.name");
    screen_field(screen, LABEL_FROM,
                 *account ? screen_text(screen, SAY_AT, VALUES(account, organisation)) : organisation);
    if (document_moment(referral, "createdAt", &at))
        screen_field(screen, LABEL_SENT, text_when(screen->arena, screen->language, at, screen->now));
}

static void put_decision(const struct screen *screen, const json_t *decision)
{
    if (!decision)
        return;
    const char *offered = render_offered(screen, decision);
    if (*offered)
        screen_field(screen, LABEL_OFFERED, offered);
    else
        screen_field(
            screen, LABEL_TO,
            render_place(screen, document_at(decision, "offering"), document_at(decision, "organisation")));
    screen_field(screen, LABEL_EVIDENCE, render_evidence(screen, document_at(decision, "evidence")));
    screen_field(screen, LABEL_WHY, document_text(decision, "reason"));
}

/* How it came where nobody referred. */
static void put_origin(const struct screen *screen, const char *origin)
{
    static const struct {
        const char *word;
        enum text text;
    } origins[] = {{"self", ORIGIN_SELF}, {"desk", ORIGIN_DESK}, {"signal", ORIGIN_SIGNAL}};
    for (size_t i = 0; i < sizeof origins / sizeof origins[0]; i++)
        if (strcmp(origin, origins[i].word) == 0)
            screen_field(screen, LABEL_CAME, text_template(screen->language, origins[i].text));
}

void render_referral(const struct screen *screen, const json_t *referral)
{
    bool open = strcmp(document_text(referral, "state"), "closed") != 0;
    const json_t *steps = document_list(referral, "steps");
    const json_t *events = document_list(referral, "events");
    screen_put(
        screen, SAY_REFERRAL_HEAD,
        VALUES(document_text(referral, "id"), text_template(screen->language, open ? SAY_OPEN : SAY_CLOSED)));
    if (strcmp(document_text(referral, "urgency"), "soon") == 0) {
        screen_put(screen, SAY_SPACE, NULL);
        screen_put(screen, SAY_SOON, NULL);
    }
    screen_newline(screen);
    put_sent(screen, referral);
    put_origin(screen, document_text(referral, "origin"));
    screen_field(screen, LABEL_GOES_ON, document_text(referral, "mergedInto"));
    render_client(screen, document_at(referral, "client"));
    screen_field(screen, LABEL_CLASS, render_class(screen, referral));
    screen_field(screen, LABEL_DOMAINS, render_labels(screen, document_list(referral, "domains")));
    screen_field(screen, LABEL_WISHES, render_wishes(screen, document_list(referral, "wishes")));
    screen_field(screen, LABEL_QUESTION, document_text(referral, "text"));
    put_decision(screen, document_at(referral, "decision"));
    screen_field(screen, LABEL_OUTCOME, document_text(referral, "outcome.label"));
    screen_field(screen, LABEL_DIRECTOR, document_text(referral, "director.name"));
    render_turn(screen, document_at(referral, "next"));
    put_loop(screen, document_at(referral, "loop"));
    screen_say(screen, SAY_STEPS, NULL);
    put_branch(screen, steps, NULL, "  ", 0);
    screen_say(screen, SAY_HISTORY, NULL);
    for (size_t i = 0; i < json_array_size(events); i++)
        put_event(screen, json_array_get(events, i));
}

void render_step(const struct screen *screen, const json_t *step)
{
    screen_put(screen, SAY_STEP_HEAD, VALUES(document_text(step, "id"), document_text(step, "state.label")));
    render_picked(screen, step);
    screen_newline(screen);
    if (document_at(step, "offer")) {
        render_offer(screen, step);
        render_turn(screen, document_at(step, "promise"));
        return;
    }
    screen_field(screen, LABEL_REFERRAL, document_text(step, "referralId"));
    screen_field(screen, LABEL_TO,
                 render_place(screen, document_at(step, "offering"), document_at(step, "organisation")));
    screen_field(screen, LABEL_FROM, document_text(step, "referrer.name"));
    render_client(screen, document_at(step, "client"));
    render_ask_consent(screen, step);
    screen_field(screen, LABEL_CLASS, render_class(screen, step));
    screen_field(screen, LABEL_DOMAINS, render_labels(screen, document_list(step, "domains")));
    screen_field(screen, LABEL_WISHES, render_wishes(screen, document_list(step, "wishes")));
    screen_field(screen, LABEL_QUESTION, document_text(step, "text"));
    render_question(screen, step);
    screen_field(screen, LABEL_DECLINED, document_text(step, "declineCode.label"));
    render_attempts(screen, step);
    render_step_place(screen, step);
    render_turn(screen, document_at(step, "promise"));
    render_unread(screen, step);
    render_call_back(screen, step);
}

/* The last event that changed the step, or NULL: that somebody picked it up changed nothing. */
static const json_t *last_event(const json_t *referral, const char *step)
{
    const json_t *events = document_list(referral, "events");
    for (size_t i = json_array_size(events); i > 0; i--)
        if (strcmp(document_text(json_array_get(events, i - 1), "stepId"), step) == 0 &&
            document_at(json_array_get(events, i - 1), "state"))
            return json_array_get(events, i - 1);
    return NULL;
}

void render_conflict(const struct screen *screen, const json_t *step, const json_t *referral)
{
    moment at;
    const char *id = document_text(step, "id");
    const json_t *event = last_event(referral, id);
    const char *actor = document_text(event, "actor.name");
    const char *organisation = document_text(event, "actor.organisation.name");
    screen_say(screen, SAY_CONFLICT, VALUES(id));
    if (*actor && document_moment(event, "at", &at))
        screen_say(screen, SAY_CONFLICT_WHO,
                   VALUES(screen_text(screen, SAY_AT, VALUES(actor, organisation)),
                          document_text(event, "label"), text_when_short(screen->arena, at)));
    screen_say(screen, SAY_CONFLICT_NOW, VALUES(document_text(step, "state.label"), id));
}

#include "chain.h"
#include "history_rows.h"

/*
 * What each kind of event does. Each function returns NULL, or why the event cannot follow those before it.
 */

static struct row *referral_of(const struct history *history)
{
    return history->told[HISTORY_REFERRAL].first;
}

static const char *tell_promise(struct history *history, const struct event *event, const struct row *step,
                                struct slice owner)
{
    const struct slice *cells = event->cells;
    if (history_told(history, HISTORY_PROMISE, step->id, event->version))
        return "starts a promise that is there already";
    struct row *promise = history_tell(history, HISTORY_PROMISE, step->id, event->version);
    promise->cells[PROMISE_KIND] = cells[EVENT_PROMISE];
    promise->cells[PROMISE_ORGANISATION] = cells[EVENT_PROMISE_ORGANISATION];
    promise->cells[PROMISE_OWNER] = owner;
    promise->cells[PROMISE_REFERRER] = referral_of(history)->cells[REFERRAL_ORGANISATION];
    promise->cells[PROMISE_LEVEL] = slice_of("0");
    promise->cells[PROMISE_STARTED] = cells[EVENT_AT];
    promise->cells[PROMISE_DUE] = cells[EVENT_DUE];
    return NULL;
}

/* The one that the step is next for. */
static const char *start_promise(struct history *history, const struct event *event, struct row *step,
                                 struct slice owner)
{
    step->cells[STEP_PROMISE] = event->cells[EVENT_VERSION];
    return tell_promise(history, event, step, owner);
}

static void keep_promise(struct history *history, const struct event *event, struct row *step)
{
    struct row *promise =
        history_told(history, HISTORY_PROMISE, step->id, history_number(step->cells[STEP_PROMISE]));
    step->cells[STEP_PROMISE] = SLICE_NONE;
    if (!promise)
        return;
    promise->cells[PROMISE_ENDED] = event->cells[EVENT_AT];
    promise->cells[PROMISE_HOW] = slice_of("kept");
    /* Of an offer that is over: they need not answer, or their time ran out. */
    if (step->cells[STEP_ENDED].ptr && slice_is(step->cells[STEP_STATE], "offer-gone"))
        promise->cells[PROMISE_HOW] =
            slice_of(slice_is(promise->cells[PROMISE_LEVEL], "0") ? "released" : "escalated");
}

/* Whether the open promise of a step is of this kind. */
static bool promises(const struct history *history, const struct row *step, const char *kind)
{
    const struct row *promise =
        history_told(history, HISTORY_PROMISE, step->id, history_number(step->cells[STEP_PROMISE]));
    return promise && slice_is(promise->cells[PROMISE_KIND], kind);
}

static void tell_feedback(struct history *history, const struct event *event, const struct row *step)
{
    struct row *feedback = history_tell(history, HISTORY_FEEDBACK, event->feedback, 0);
    feedback->cells[FEEDBACK_STEP] = event->cells[EVENT_STEP];
    feedback->cells[FEEDBACK_STATE] = step->cells[STEP_STATE];
    feedback->cells[FEEDBACK_FROM] =
        step->cells[STEP_OWNER].ptr ? step->cells[STEP_OWNER] : step->cells[STEP_OFFERED];
    feedback->cells[FEEDBACK_TO] = referral_of(history)->cells[REFERRAL_ORGANISATION];
    feedback->cells[FEEDBACK_AT] = event->cells[EVENT_AT];
    feedback->cells[FEEDBACK_FINAL] = slice_of("f");
    feedback->cells[FEEDBACK_FORM] = event->cells[EVENT_FORM];
}

static const char *apply_made(struct history *history, const struct event *event)
{
    const struct slice *cells = event->cells;
    if (history_told(history, HISTORY_STEP, event->step, 0))
        return "makes a step that is there already";
    struct row *step = history_tell(history, HISTORY_STEP, event->step, 0);
    step->cells[STEP_OWNER] = cells[EVENT_OWNER];
    step->cells[STEP_OFFERING] = cells[EVENT_OFFERING];
    step->cells[STEP_PARENT] = cells[EVENT_PARENT];
    step->cells[STEP_PREVIOUS] = cells[EVENT_PREVIOUS];
    step->cells[STEP_AFTER] = cells[EVENT_AFTER];
    step->cells[STEP_OFFERED] = cells[EVENT_OFFERED];
    step->cells[STEP_GROUP] = cells[EVENT_GROUP];
    step->cells[STEP_STATE] = cells[EVENT_TO_STATE];
    step->cells[STEP_STATUS] = cells[EVENT_TO_STATUS];
    step->cells[STEP_VERSION] = cells[EVENT_VERSION];
    step->cells[STEP_CREATED] = cells[EVENT_AT];
    return cells[EVENT_PROMISE].ptr ? start_promise(history, event, step, cells[EVENT_OWNER]) : NULL;
}

/* What is asked, all of it; events of before do not say. */
static void put_question(struct row *referral, const struct event *event)
{
    static const struct {
        int cell, from;
    } cells[] = {{REFERRAL_DOMAINS, EVENT_DOMAINS},
                 {REFERRAL_WISHES, EVENT_WISHES},
                 {REFERRAL_URGENCY, EVENT_URGENCY}};
    for (size_t i = 0; i < sizeof cells / sizeof cells[0]; i++)
        referral->cells[cells[i].cell] =
            event->cells[EVENT_DOMAINS].ptr ? event->cells[cells[i].from] : slice_make(history_unsaid, 0);
}

static const char *apply_sent(struct history *history, const struct event *event)
{
    const struct slice *cells = event->cells;
    if (referral_of(history))
        return "sends what was sent before";
    struct row *referral = history_tell(history, HISTORY_REFERRAL, history->referral_id, 0);
    referral->cells[REFERRAL_CLIENT] = cells[EVENT_CLIENT];
    referral->cells[REFERRAL_ORGANISATION] = cells[EVENT_ORGANISATION];
    referral->cells[REFERRAL_ACCOUNT] = cells[EVENT_ACCOUNT];
    referral->cells[REFERRAL_CREATED] = cells[EVENT_AT];
    referral->cells[REFERRAL_ORIGIN] = cells[EVENT_ORIGIN];
    referral->cells[REFERRAL_CLASS] = cells[EVENT_CLASS];
    put_question(referral, event);
    return apply_made(history, event);
}

/* Whether it begins where the step is; the step is then where the event leaves it. */
static const char *go_on(struct row *step, const struct event *event)
{
    const struct slice *cells = event->cells;
    bool is_next = event->version == history_number(step->cells[STEP_VERSION]) + 1;
    bool is_here = slice_equal(cells[EVENT_FROM_STATE], step->cells[STEP_STATE]) &&
                   slice_equal(cells[EVENT_FROM_STATUS], step->cells[STEP_STATUS]);
    const char *fault = step->cells[STEP_ENDED].ptr ? "moves a step that has ended"
                        : !is_next                  ? "does not follow the version before"
                        : !is_here                  ? "does not begin where the step was"
                                                    : NULL;
    step->cells[STEP_STATE] = cells[EVENT_TO_STATE];
    step->cells[STEP_STATUS] = cells[EVENT_TO_STATUS];
    step->cells[STEP_VERSION] = cells[EVENT_VERSION];
    return fault;
}

static const char no_step[] = "is about a step that is not there";

static const char *apply_moved(struct history *history, const struct event *event)
{
    const struct slice *cells = event->cells;
    struct row *step = history_told(history, HISTORY_STEP, event->step, 0);
    if (!step)
        return no_step;
    const char *fault = go_on(step, event), *clash = NULL;
    bool is_end = task_status_is_end(task_status_parse(cells[EVENT_TO_STATUS]));
    if (cells[EVENT_OWNER].ptr) { /* who accepts what was offered has it */
        if (!step->cells[STEP_OFFERED].ptr || !slice_equal(step->cells[STEP_OFFERED], cells[EVENT_OWNER]))
            fault = "gives a step to whom it was not offered";
        step->cells[STEP_OWNER] = cells[EVENT_OWNER];
        step->cells[STEP_OFFERED] = SLICE_NONE;
    }
    step->cells[STEP_DECLINE] = cells[EVENT_DECLINE];
    step->cells[STEP_ENDED] = is_end ? cells[EVENT_AT] : SLICE_NONE;
    keep_promise(history, event, step);
    if (cells[EVENT_PROMISE].ptr)
        clash = start_promise(history, event, step, step->cells[STEP_OWNER]);
    if (event->feedback && !history_told(history, HISTORY_FEEDBACK, event->feedback, 0))
        tell_feedback(history, event, step);
    return fault ? fault : clash;
}

/* By whoever does it, for themself. */
static const char *apply_picked_up(struct history *history, const struct event *event)
{
    struct row *step = history_told(history, HISTORY_STEP, event->step, 0);
    if (!step)
        return no_step;
    bool had_it = step->cells[STEP_ASSIGNEE].ptr &&
                  slice_equal(step->cells[STEP_ASSIGNEE], event->cells[EVENT_ACCOUNT]);
    step->cells[STEP_ASSIGNEE] = event->cells[EVENT_ACCOUNT];
    return step->cells[STEP_ENDED].ptr ? "picks up a step that has ended"
           : had_it                    ? "picks up what they have already"
                                       : NULL;
}

static const char *apply_put_back(struct history *history, const struct event *event)
{
    struct row *step = history_told(history, HISTORY_STEP, event->step, 0);
    if (!step)
        return no_step;
    bool was_nobodys = !step->cells[STEP_ASSIGNEE].ptr;
    step->cells[STEP_ASSIGNEE] = SLICE_NONE;
    return was_nobodys ? "puts back what nobody had" : NULL;
}

/* To call back is a promise beside the step's own, with a number below zero. */
static const char *apply_call_back(struct history *history, const struct event *event)
{
    struct row *step = history_told(history, HISTORY_STEP, event->step, 0);
    if (!step)
        return no_step;
    const char *clash = tell_promise(history, event, step, step->cells[STEP_OWNER]);
    return step->cells[STEP_ENDED].ptr ? "promises to call back in a step that has ended"
           : event->version >= 0       ? "promises to call back by the number of another promise"
                                       : clash;
}

static const char *end_call_back(struct history *history, const struct event *event, const char *how)
{
    struct row *promise = history_told(history, HISTORY_PROMISE, event->step, event->version);
    if (!promise || event->version >= 0)
        return "is about a promise that is not there";
    bool had_ended = promise->cells[PROMISE_ENDED].ptr != NULL;
    promise->cells[PROMISE_ENDED] = event->cells[EVENT_AT];
    promise->cells[PROMISE_HOW] = slice_of(how);
    return had_ended ? "ends a promise that had ended" : NULL;
}

static const char *apply_called_back(struct history *history, const struct event *event)
{
    return end_call_back(history, event, "kept");
}

static const char *apply_released(struct history *history, const struct event *event)
{
    return end_call_back(history, event, "released");
}

static const char no_goal[] = "is about a goal that is not there";

static const char *apply_goal(struct history *history, const struct event *event)
{
    if (!history_told(history, HISTORY_STEP, event->step, 0))
        return no_step;
    if (history_told(history, HISTORY_GOAL, event->object, 0))
        return "sets a goal that is there already";
    struct row *goal = history_tell(history, HISTORY_GOAL, event->object, 0);
    goal->cells[GOAL_STEP] = event->cells[EVENT_STEP];
    goal->cells[GOAL_STATE] = slice_of("active");
    goal->cells[GOAL_FIRST] = goal->cells[GOAL_SCORE] = event->cells[EVENT_SCORE];
    goal->cells[GOAL_CREATED] = event->cells[EVENT_AT];
    struct slice domain = event->cells[EVENT_DOMAINS]; /* "{one}" */
    goal->cells[GOAL_DOMAIN] =
        domain.ptr ? slice_make(domain.ptr + 1, domain.len - 2) : slice_make(history_unsaid, 0);
    return NULL;
}

static const char *apply_scored(struct history *history, const struct event *event)
{
    struct row *goal = history_told(history, HISTORY_GOAL, event->object, 0);
    if (!goal)
        return no_goal;
    goal->cells[GOAL_SCORE] = event->cells[EVENT_SCORE];
    if (!goal->cells[GOAL_FIRST].ptr)
        goal->cells[GOAL_FIRST] = event->cells[EVENT_SCORE];
    return event->cells[EVENT_SCORE].ptr ? NULL : "scores a goal without a number";
}

static const char *apply_goal_ended(struct history *history, const struct event *event)
{
    struct row *goal = history_told(history, HISTORY_GOAL, event->object, 0);
    if (!goal)
        return no_goal;
    bool is_same = slice_equal(goal->cells[GOAL_STATE], event->cells[EVENT_RESULT]);
    goal->cells[GOAL_STATE] = event->cells[EVENT_RESULT];
    goal->cells[GOAL_ENDED] = event->cells[EVENT_AT];
    return is_same ? "ends a goal as it had ended" : NULL;
}

static const char *tell_sent(struct history *history, const struct event *event, enum history_table table)
{
    const struct slice *cells = event->cells;
    if (!history_told(history, HISTORY_STEP, event->step, 0))
        return no_step;
    if (history_told(history, table, event->object, 0))
        return "sends what was sent before";
    struct row *sent = history_tell(history, table, event->object, 0);
    sent->cells[SENT_STEP] = cells[EVENT_STEP];
    sent->cells[SENT_NR] = cells[EVENT_MESSAGE];
    sent->cells[SENT_ORGANISATION] = cells[EVENT_ORGANISATION];
    sent->cells[SENT_ACCOUNT] = cells[EVENT_ACCOUNT];
    sent->cells[SENT_AT] = cells[EVENT_AT];
    return NULL;
}

static const char *apply_message(struct history *history, const struct event *event)
{
    return tell_sent(history, event, HISTORY_MESSAGE);
}

static const char *apply_attachment(struct history *history, const struct event *event)
{
    const char *fault = tell_sent(history, event, HISTORY_ATTACHMENT);
    struct row *sent = history_told(history, HISTORY_ATTACHMENT, event->object, 0);
    bool is_said = event->cells[EVENT_MEDIA].ptr != NULL;
    if (!fault) {
        sent->cells[SENT_MEDIA] = is_said ? event->cells[EVENT_MEDIA] : slice_make(history_unsaid, 0);
        sent->cells[SENT_SIZE] = is_said ? event->cells[EVENT_SIZE] : slice_make(history_unsaid, 0);
    }
    return fault;
}

/* By an organisation, up to a message. */
static const char *apply_read(struct history *history, const struct event *event)
{
    const struct slice *cells = event->cells;
    int64_t organisation = history_number(cells[EVENT_ORGANISATION]);
    if (!history_told(history, HISTORY_STEP, event->step, 0))
        return no_step;
    struct row *mark = history_told(history, HISTORY_MARK, event->step, organisation);
    if (!mark)
        mark = history_tell(history, HISTORY_MARK, event->step, organisation);
    bool is_further = history_number(cells[EVENT_MESSAGE]) > history_number(mark->cells[MARK_NR]);
    mark->cells[MARK_NR] = cells[EVENT_MESSAGE];
    mark->cells[MARK_ACCOUNT] = cells[EVENT_ACCOUNT];
    mark->cells[MARK_AT] = cells[EVENT_AT];
    return is_further ? NULL : "reads what was read before";
}

/* What a step has in a group: one place, or one in its line. The promise to take what was kept ends with it,
 * by its number. */
static const char *put_place(struct history *history, const struct event *event, const char *state)
{
    struct row *place = history_told(history, HISTORY_PLACE, event->step, 0);
    if (!history_told(history, HISTORY_STEP, event->step, 0))
        return no_step;
    if (!place)
        place = history_tell(history, HISTORY_PLACE, event->step, 0);
    place->cells[PLACE_GROUP] = event->cells[EVENT_PLACE];
    place->cells[PLACE_PERSONS] = event->cells[EVENT_PERSONS];
    place->cells[PLACE_STATE] = slice_of(state);
    return NULL;
}

static bool has_place(const struct history *history, const struct event *event, const char *state)
{
    const struct row *place = history_told(history, HISTORY_PLACE, event->step, 0);
    return place && slice_is(place->cells[PLACE_STATE], state);
}

/* Whether it stands in a line, is kept a place or has one. */
static bool holds_place(const struct history *history, const struct event *event)
{
    return has_place(history, event, "waiting") || has_place(history, event, "offered") ||
           has_place(history, event, "taken");
}

static const char *settle_place_promise(struct history *history, const struct event *event, const char *how)
{
    struct row *promise = history_told(history, HISTORY_PROMISE, event->step, event->version);
    if (!event->version)
        return NULL;
    if (!promise)
        return "ends a promise that is not there";
    bool is_open = !promise->cells[PROMISE_ENDED].ptr;
    promise->cells[PROMISE_ENDED] = event->cells[EVENT_AT];
    promise->cells[PROMISE_HOW] = slice_of(how);
    return is_open ? NULL : "ends a promise that has ended";
}

static const char *ask_place(struct history *history, const struct event *event, const char *state)
{
    bool had = holds_place(history, event);
    const char *fault = put_place(history, event, state);
    if (!fault)
        history_told(history, HISTORY_PLACE, event->step, 0)->cells[PLACE_ASKED] = event->cells[EVENT_AT];
    return fault ? fault : had ? "asks for a second place" : NULL;
}

static const char *apply_place_waiting(struct history *history, const struct event *event)
{
    return ask_place(history, event, "waiting");
}

static const char *apply_place_taken(struct history *history, const struct event *event)
{
    if (!has_place(history, event, "offered"))
        return ask_place(history, event, "taken");
    const char *fault = put_place(history, event, "taken"),
               *clash = settle_place_promise(history, event, "kept");
    return fault ? fault : clash;
}

static const char *apply_place_offered(struct history *history, const struct event *event)
{
    struct row *step = history_told(history, HISTORY_STEP, event->step, 0);
    bool has_waited = has_place(history, event, "waiting");
    const char *fault = put_place(history, event, "offered");
    const char *clash = fault ? NULL : tell_promise(history, event, step, step->cells[STEP_OWNER]);
    return fault ? fault : has_waited ? clash : "keeps a place for who did not wait";
}

static const char *leave_place(struct history *history, const struct event *event, const char *state)
{
    bool had = holds_place(history, event);
    const char *fault = put_place(history, event, state),
               *clash = settle_place_promise(history, event, "released");
    return fault ? fault : had ? clash : "gives up a place that is not there";
}

static const char *apply_place_given_up(struct history *history, const struct event *event)
{
    return leave_place(history, event, "given-up");
}

static const char *apply_place_lost(struct history *history, const struct event *event)
{
    return leave_place(history, event, "lost");
}

static const char *apply_promise(struct history *history, const struct event *event)
{
    struct row *step = history_told(history, HISTORY_STEP, event->step, 0);
    if (!step)
        return no_step;
    bool is_owed = step->cells[STEP_PROMISE].ptr != NULL;
    /* What is planned is nothing yet for who owns it: it stands in the inbox of who decides. */
    bool is_planned = slice_is(step->cells[STEP_STATE], "planned");
    struct slice owner = is_planned ? event->cells[EVENT_PROMISE_ORGANISATION] : step->cells[STEP_OWNER];
    const char *fault = go_on(step, event), *clash = start_promise(history, event, step, owner);
    return fault ? fault : is_owed ? "starts a promise while another is open" : clash;
}

static const char *apply_overdue(struct history *history, const struct event *event)
{
    struct row *promise = history_told(history, HISTORY_PROMISE, event->step, event->version);
    if (!promise)
        return "is about a promise that is not there";
    bool is_next = event->level == history_number(promise->cells[PROMISE_LEVEL]) + 1;
    promise->cells[PROMISE_LEVEL] = event->cells[EVENT_LEVEL];
    return promise->cells[PROMISE_ENDED].ptr ? "raises a promise that has ended"
           : !is_next                        ? "does not follow the level before"
                                             : NULL;
}

static const char *apply_outcome(struct history *history, const struct event *event)
{
    const struct slice *cells = event->cells;
    struct row *referral = referral_of(history), *step = history_told(history, HISTORY_STEP, event->step, 0);
    if (!step)
        return no_step;
    const char *fault = referral->cells[REFERRAL_OUTCOME].ptr ? "gives an outcome to what had one" : NULL;
    if (!fault && event->version != history_number(step->cells[STEP_VERSION]))
        fault = "is of another version of the step";
    referral->cells[REFERRAL_OUTCOME] = cells[EVENT_OUTCOME];
    referral->cells[REFERRAL_ENDED] = cells[EVENT_AT];
    /* Whoever must read it or tell the client owes it, about a step that has ended: nobody's inbox is that of
     * the owner. */
    const char *clash = start_promise(history, event, step, SLICE_NONE);
    if (event->feedback && !history_told(history, HISTORY_FEEDBACK, event->feedback, 0))
        tell_feedback(history, event, step);
    if (event->feedback) { /* of what a system signalled there is none */
        struct row *feedback = history_told(history, HISTORY_FEEDBACK, event->feedback, 0);
        feedback->cells[FEEDBACK_FINAL] = slice_of("t");
        feedback->cells[FEEDBACK_FORM] = SLICE_NONE; /* the last word waits for no digest */
    }
    return fault ? fault : clash;
}

static const char *apply_story(struct history *history, const struct event *event)
{
    struct row *step = history_told(history, HISTORY_STEP, event->step, 0);
    if (!step)
        return no_step;
    if (history_told(history, HISTORY_FEEDBACK, event->feedback, 0))
        return "tells what was told before";
    tell_feedback(history, event, step);
    history_told(history, HISTORY_FEEDBACK, event->feedback, 0)->cells[FEEDBACK_STORY] = slice_of("t");
    return NULL;
}

static const char *apply_opened(struct history *history, const struct event *event)
{
    struct row *feedback = history_told(history, HISTORY_FEEDBACK, event->feedback, 0);
    struct row *step = history_told(history, HISTORY_STEP, event->step, 0);
    if (!feedback)
        return "is about a feedback that is not there";
    if (feedback->cells[FEEDBACK_OPENED].ptr)
        return "opens what was opened before";
    feedback->cells[FEEDBACK_OPENED] = event->cells[EVENT_AT];
    feedback->cells[FEEDBACK_READER] = event->cells[EVENT_ACCOUNT];
    if (!step)
        return no_step;
    if (slice_is(feedback->cells[FEEDBACK_FINAL], "t") && promises(history, step, "feedback"))
        keep_promise(history, event, step);
    return NULL;
}

/* The client was told how it ended: who promised that has kept it. */
static const char *apply_asked(struct history *history, const struct event *event)
{
    for (struct row *step = history->told[HISTORY_STEP].first; step; step = step->next)
        if (promises(history, step, "tell-client"))
            keep_promise(history, event, step);
    return NULL;
}

/* It goes on in another one, which will give it its outcome. */
static const char *apply_merged(struct history *history, const struct event *event)
{
    struct row *referral = referral_of(history);
    const char *fault = referral->cells[REFERRAL_MERGED].ptr  ? "merges what was merged before"
                        : referral->cells[REFERRAL_ENDED].ptr ? "merges what has ended"
                                                              : NULL;
    referral->cells[REFERRAL_MERGED] = event->cells[EVENT_MERGED];
    return fault;
}

/* Another one goes on in this one, and what it asked is asked here too. */
static const char *apply_joined(struct history *history, const struct event *event)
{
    struct row *referral = referral_of(history);
    put_question(referral, event);
    return referral->cells[REFERRAL_ENDED].ptr    ? "asks more of what has ended"
           : referral->cells[REFERRAL_MERGED].ptr ? "asks more of what goes on in another"
                                                  : NULL;
}

static const char *apply_closed(struct history *history, const struct event *event)
{
    struct row *referral = referral_of(history);
    bool was_closed = referral->cells[REFERRAL_CLOSED].ptr != NULL;
    referral->cells[REFERRAL_CLOSED] = event->cells[EVENT_AT];
    return was_closed                               ? "closes what was closed before"
           : !referral->cells[REFERRAL_OUTCOME].ptr ? "closes what has no outcome"
                                                    : NULL;
}

/* Nothing about the end is promised any more, and the referral has none; it goes on by itself. */
static const char *apply_reopened(struct history *history, const struct event *event)
{
    struct row *referral = referral_of(history);
    bool had_ended = referral->cells[REFERRAL_ENDED].ptr || referral->cells[REFERRAL_MERGED].ptr;
    referral->cells[REFERRAL_OUTCOME] = referral->cells[REFERRAL_ENDED] = referral->cells[REFERRAL_CLOSED] =
        referral->cells[REFERRAL_MERGED] = SLICE_NONE;
    for (struct row *step = history->told[HISTORY_STEP].first; step; step = step->next)
        if (step->cells[STEP_PROMISE].ptr)
            keep_promise(history, event, step);
    return had_ended ? NULL : "reopens what has not ended";
}

/* What a planned step waited for went on in another. */
static const char *apply_follows(struct history *history, const struct event *event)
{
    struct row *step = history_told(history, HISTORY_STEP, event->step, 0);
    if (!step)
        return no_step;
    step->cells[STEP_AFTER] = event->cells[EVENT_AFTER];
    return slice_is(step->cells[STEP_STATE], "planned") ? NULL : "puts in order what is not planned";
}

static const char *apply_director(struct history *history, const struct event *event)
{
    struct row *referral = referral_of(history);
    struct slice was = referral->cells[REFERRAL_DIRECTOR], is = event->cells[EVENT_DIRECTOR];
    referral->cells[REFERRAL_DIRECTOR] = is;
    return (was.ptr ? is.ptr && slice_equal(was, is) : !is.ptr) ? "names the director of before" : NULL;
}

/* Every kind that changes the state, and how. */
static const struct {
    const char *kind;
    const char *(*apply)(struct history *history, const struct event *event);
} changing[] = {{"referral-sent", apply_sent},
                {"step-made", apply_made},
                {"step-moved", apply_moved},
                {"promise-started", apply_promise},
                {"promise-overdue", apply_overdue},
                {"outcome-rolled-up", apply_outcome},
                {"feedback-opened", apply_opened},
                {"loop-closed", apply_closed},
                {"referral-reopened", apply_reopened},
                {"step-picked-up", apply_picked_up},
                {"step-put-back", apply_put_back},
                {"call-back-promised", apply_call_back},
                {"call-back-kept", apply_called_back},
                {"call-back-released", apply_released},
                {"goal-set", apply_goal},
                {"goal-scored", apply_scored},
                {"goal-ended", apply_goal_ended},
                {"message-sent", apply_message},
                {"message-read", apply_read},
                {"attachment-added", apply_attachment},
                {"client-asked", apply_asked},
                {"referral-merged", apply_merged},
                {"referral-joined", apply_joined},
                {"step-follows", apply_follows},
                {"director-changed", apply_director},
                {"place-waiting", apply_place_waiting},
                {"place-offered", apply_place_offered},
                {"place-taken", apply_place_taken},
                {"place-given-up", apply_place_given_up},
                {"place-lost", apply_place_lost},
                {"story-told", apply_story}};

/* Every kind that leaves the tables above as they are. One that stands in neither list is a finding. */
static const char *const without_effect[] = {
    "consent-changed",    "consent-withdrawn", "client-corrected",  "client-restricted",
    "restriction-lifted", "client-erased",     "retention-erased",  "client-key-destroyed",
    "client-told",        "emergency-used",    "emergency-overdue", "emergency-reviewed",
    "place-attended"};

static bool is_without_effect(struct slice kind)
{
    for (size_t i = 0; i < sizeof without_effect / sizeof without_effect[0]; i++)
        if (slice_is(kind, without_effect[i]))
            return true;
    return false;
}

static void report_event(struct history *history, const struct event *event, enum history_fault fault,
                         const char *text)
{
    struct history_finding finding = {.fault = fault,
                                      .table = HISTORY_EVENT,
                                      .id = event->id,
                                      .kind = event->cells[EVENT_KIND],
                                      .text = text};
    history->sink.on_finding(history->sink.arg, &finding);
}

void history_apply(struct history *history, const struct event *event)
{
    struct slice kind = event->cells[EVENT_KIND];
    for (size_t i = 0; i < sizeof changing / sizeof changing[0]; i++)
        if (slice_is(kind, changing[i].kind)) {
            const char *fault = changing[i].apply != apply_sent && !referral_of(history)
                                    ? "comes before the referral is sent"
                                    : changing[i].apply(history, event);
            if (fault)
                report_event(history, event, HISTORY_BROKEN, fault);
            return;
        }
    if (!is_without_effect(kind))
        report_event(history, event, HISTORY_UNKNOWN, NULL);
}

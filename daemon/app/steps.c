#include <stdio.h>

#include "code.h"
#include "dues.h"
#include "handlers.h"
#include "json_out.h"
#include "note.h"
#include "route.h"
#include "steps.h"
#include "wire.h"

/*
 * Promises that the system makes when a step ends or a branch is finished. Their length is the region's, by
 * rule table 5; this where it says nothing.
 */
static const struct due_promise feedback = {"feedback", {SPAN_WORKING_DAYS, 2}};
static const struct due_promise decide = {"decide", {SPAN_WORKING_DAYS, 2}};
static const struct due_promise wrap_up = {"wrap-up", {SPAN_WORKING_DAYS, 5}};

static unsigned brought(const struct wire_move *move)
{
    return (move->text.len ? NEED_TEXT : 0u) | (move->reason.len ? NEED_REASON : 0u) |
           (move->date.len ? NEED_DATE : 0u) | (move->channel.len ? NEED_CHANNEL : 0u) |
           (move->decline_code.len ? NEED_DECLINE_CODE : 0u) | (move->offering_count ? NEED_OFFERINGS : 0u);
}

/* What an account of this role can be to a step; whether it is, the database sees. */
static unsigned parties_of(enum role role)
{
    static const struct {
        enum role role;
        unsigned parties;
    } table[] = {{ROLE_REFERRER, PARTY_REFERRER},
                 {ROLE_WORKER, PARTY_RECIPIENT},
                 {ROLE_COORDINATOR, PARTY_RECIPIENT | PARTY_COORDINATOR}};
    for (size_t i = 0; i < sizeof table / sizeof table[0]; i++)
        if (table[i].role == role)
            return table[i].parties;
    return 0;
}

static void report_missing(unsigned missing, struct issues *issues)
{
    static const struct {
        unsigned need;
        const char *pointer, *words;
    } needs[] = {
        {NEED_TEXT, "/text", "this state needs a text"},
        {NEED_REASON, "/reason", "this state needs a reason"},
        {NEED_DATE, "/date", "this state needs a date"},
        {NEED_CHANNEL, "/channel", "this state needs a channel: phone, visit, email, letter, video or sms"},
        {NEED_DECLINE_CODE, "/code", "a decline needs a code"},
        {NEED_OFFERINGS, "/offerings", "this state needs one or more offerings to go to"}};
    for (size_t i = 0; i < sizeof needs / sizeof needs[0]; i++)
        if (missing & needs[i].need)
            issues_add(issues, slice_of(needs[i].pointer), "required", "%s", needs[i].words);
}

/* The plan, or NULL: answered already. */
static const struct plan *plan_move(struct call *call, const struct region *region,
                                    const struct wire_move *move, struct issues *issues)
{
    struct plan *plan = arena_alloc(call->arena, sizeof *plan);
    chain_plan(
        &region->machine,
        &(struct move){.to = move->state, .party = parties_of(call->account.role), .brought = brought(move)},
        call->arena, plan);
    if (plan->count)
        return plan;
    switch (plan->result) {
    case MOVE_UNKNOWN_STATE:
        issues_add(issues, slice_of("/state"), "unknown-word",
                   "not a state of this region; GET /v1/vocabulary lists them");
        call_problem(call, ERR_INVALID_BODY, NULL, issues);
        break;
    case MOVE_INCOMPLETE:
        report_missing(plan->missing, issues);
        call_problem(call, ERR_INVALID_BODY, NULL, issues);
        break;
    case MOVE_WRONG_PARTY:
        call_forbid(call, ERR_WRONG_ROLE, NULL, "Your role does not set this state.");
        break;
    case MOVE_OK:
    case MOVE_NOT_ALLOWED:
        call_problem(call, ERR_STATE_NOT_ALLOWED, NULL, NULL);
        break;
    }
    return NULL;
}

/* Offering codes to an array of ids; adds an issue for each that the region does not have. */
static const char *offering_ids(struct call *call, const struct region *region, const struct wire_move *move,
                                struct issues *issues)
{
    struct store_array ids;
    store_array_begin(&ids, call->arena);
    for (size_t i = 0; i < move->offering_count; i++) {
        const struct offering *offering = region_offering(region, move->offerings[i]);
        if (!offering)
            issues_add(issues,
                       slice_of(arena_printf(
                           call->arena, move->branches ? "/branches/%zu/offering" : "/offerings/%zu", i)),
                       "unknown-word", "not an offering of this region; GET /v1/vocabulary lists them");
        store_array_add_number(&ids, offering ? offering->id : 0, 0);
    }
    return move->offering_count ? store_array_end(&ids) : NULL;
}

static const char *due_texts(struct call *call, const struct region *region, struct due_promise promise,
                             struct slice date)
{
    return dues_text(region, clock_wall(&call->worker->app->clock), promise, date, call->arena);
}

const char *steps_due_deliver(struct call *call, const struct region *region)
{
    return due_texts(call, region, due_of_state(region, "sent", call->arena), SLICE_NONE);
}

const char *steps_due_next(struct call *call, const struct region *region)
{
    return due_texts(call, region, due_next_step, SLICE_NONE);
}

/* NULL where it is no decline. */
static const char *after_text(struct call *call, const struct region *region, const struct wire_move *move)
{
    if (move->kind != MOVE_DECLINE || !move->decline_code.len)
        return NULL;
    return dues_after_decline(region, clock_wall(&call->worker->app->clock), move->decline_code, call->arena);
}

/* Which of the planned places an operation takes: an answer only that of a question. */
static bool takes_place(const struct wire_move *move, const struct state *from)
{
    return move->kind != MOVE_ANSWER || slice_is(from->code, "question-to-referrer");
}

/* The plan as three arrays for the database: from state, from status, next status. */
static void plan_arrays(struct call *call, const struct wire_move *move, const struct plan *plan,
                        const char *out[3])
{
    struct store_array arrays[3];
    for (size_t k = 0; k < 3; k++)
        store_array_begin(&arrays[k], call->arena);
    for (size_t i = 0; i < plan->count; i++) {
        if (!takes_place(move, plan->from[i]))
            continue;
        store_array_add(&arrays[0], plan->from[i]->code);
        store_array_add(&arrays[1], slice_of(task_status_word(plan->from_status[i])));
        store_array_add(&arrays[2], slice_of(task_status_word(plan->next_status[i])));
    }
    for (size_t k = 0; k < 3; k++)
        out[k] = store_array_end(&arrays[k]);
}

/* Which branch comes after which step, and when what waits falls due once it goes on: sql/functions/tree.sql.
 */
static const char *order_text(struct call *call, const struct region *region, const struct wire_move *move)
{
    moment now = clock_wall(&call->worker->app->clock);
    struct json_out out = json_out_new(call->arena, 1024);
    out_open(&out, NULL, '{');
    out_open(&out, "branches", '[');
    for (size_t i = 0; i < move->branch_count; i++) {
        const struct wire_branch *branch = &move->branches[i];
        int64_t step;
        out_open(&out, NULL, '{');
        if (branch->after)
            out_integer(&out, "after", branch->after);
        if (branch->after_step.ptr && code_parse(branch->after_step, &step) == CODE_OK)
            out_integer(&out, "step", step);
        out_close(&out, '}');
    }
    out_close(&out, ']');
    dues_put(&out, "deliver", region, now, due_of_state(region, "sent", call->arena));
    dues_put(&out, "decide", region, now, decide);
    out_close(&out, '}');
    return json_out_slice(&out).ptr;
}

static const char *text_or_null(struct call *call, struct slice text)
{
    return text.len ? arena_text(call->arena, text) : NULL;
}

static void answer_moved(struct call *call, const PGresult *result)
{
    call_document(
        call, store_text(result, 0, "answer"),
        arena_printf(call->arena, "ETag: \"%lld\"\r\n", (long long)store_number(result, 0, "version", 0)));
}

static void on_moved(struct call *call, const PGresult *result)
{
    /* Without a detail, one of a state names the state that the step is in. */
    static const struct refusal {
        const char *word;
        enum err_code code;
        const char *detail;
    } refusals[] = {
        {"key-reused", ERR_KEY_REUSED, NULL},
        {"not-found", ERR_NOT_FOUND, NULL},
        {"version-conflict", ERR_VERSION, NULL},
        {"state-not-allowed", ERR_STATE_NOT_ALLOWED, NULL},
        {"not-yours", ERR_NOT_YOURS, NULL},
        {"offering-unknown", ERR_BUSY, NULL},
        {"offering-ended", ERR_STATE_NOT_ALLOWED,
         "The offering that the step was planned for is no longer there: drop it, and pass on to another."},
        {"order-unknown", ERR_STATE_NOT_ALLOWED,
         "This region does not plan steps: it has no state \"planned\"."},
        {"after-unknown", ERR_STATE_NOT_ALLOWED, "The step to come after is no open step of this referral."},
        {"after-waits", ERR_STATE_NOT_ALLOWED, "The step to come after waits for this one itself."},
        {"already-declined", ERR_STATE_NOT_ALLOWED,
         "An organisation that declined this referral is not asked again, nor asks itself. Decline without "
         "offerings, and the next candidate or the coordination gets it."},
        {"same-offering", ERR_STATE_NOT_ALLOWED, "The step is at this offering already. Name another one."},
        {"already-there", ERR_STATE_NOT_ALLOWED, "The coordination has this step already."},
        {"offer-gone", ERR_OFFER_TAKEN, NULL},
        {"offer-over", ERR_STATE_NOT_ALLOWED,
         "This offer is over: it was withdrawn, or its time has run out."},
        {"code-not-yours", ERR_STATE_NOT_ALLOWED,
         "Who does not know the client declines an offer for reasons of their own: choose a code such as "
         "capacity, not-fitting or outside-area."},
        {"account-unknown", ERR_UNKNOWN_ACCOUNT, NULL}};
    struct slice word = PQntuples(result) ? store_text(result, 0, "result") : SLICE_NONE;
    if (slice_is(word, "moved") || slice_is(word, "replayed")) {
        answer_moved(call, result);
        return;
    }
    if (slice_is(word, "attempts-missing")) {
        call_refuse(call, ERR_INVALID_BODY, "/reason", "required",
                    "fewer than three contact attempts: report them, or say why there is no more to try");
        return;
    }
    struct refusal refusal = {.code = ERR_INTERNAL};
    for (size_t i = 0; i < sizeof refusals / sizeof refusals[0]; i++)
        if (slice_is(word, refusals[i].word))
            refusal = refusals[i];
    struct slice state = PQntuples(result) ? store_text(result, 0, "state") : SLICE_NONE;
    if (!refusal.detail && refusal.code == ERR_STATE_NOT_ALLOWED && state.ptr)
        refusal.detail = arena_printf(
            call->arena, "The step is in state %.*s, from which this is not possible.", SLICE_FMT(state));
    if (problem_kind(refusal.code)->status == 403)
        call_forbid(call, refusal.code, NULL, NULL);
    else
        call_problem(call, refusal.code, refusal.detail, NULL);
}

/* A date that a state asks for is one that a promise can fall due on: neither past nor out of sight. */
static void check_date(struct call *call, const struct region *region, const struct wire_move *move,
                       struct issues *issues)
{
    moment now = clock_wall(&call->worker->app->clock), due;
    if (move->date.len &&
        !calendar_due(&region->calendar, now, (struct span){SPAN_DATE, 0}, move->date, &due))
        issues_add(issues, slice_of("/date"), "range", "a date from today to ten years ahead");
}

static void check_words(const struct region *region, const struct wire_move *move, struct issues *issues)
{
    if (slice_is(move->state, "reassigned") && move->offering_count > 1)
        issues_add(issues, slice_of("/offerings"), "too-many", "one step comes in its place");
    if (move->decline_code.len && !region_decline_code(region, move->decline_code))
        issues_add(issues, slice_of("/code"), "unknown-word",
                   "not a decline code of this region; GET /v1/vocabulary lists them");
}

static void check_order(const struct region *region, const struct wire_move *move, struct issues *issues)
{
    if (machine_state(&region->machine, slice_of("planned")))
        return;
    for (size_t i = 0; i < move->branch_count; i++)
        if (move->branches[i].after || move->branches[i].after_step.ptr) {
            issues_add(issues, slice_of("/branches"), "unknown-word",
                       "this region does not plan steps: it has no state \"planned\"");
            return;
        }
}

/* ---- what is written about a client is sealed under their key ---- */

struct sealing {
    struct note note;    /* first: text and reason */
    const char **params; /* of move_step; without words and note */
};

static void on_sealed(struct call *call, struct note *note)
{
    const char **p = ((struct sealing *)note)->params;
    p[12] = note->texts[0].sealed;
    p[13] = note->texts[1].sealed;
    p[23] = note->id;
    call_query(call, STORE_MOVE_STEP, p, on_moved);
}

/* Nobody whose step this is: the database says so itself, keeps that it was tried, and answers what was done
 * before under this key. A version that no step has keeps the words from being lost where it became theirs
 * just now. */
static void move_of_stranger(struct call *call, struct note *note)
{
    const char **p = ((struct sealing *)note)->params;
    p[5] = "-1";
    call_query(call, STORE_MOVE_STEP, p, on_moved);
}

static void seal_move(struct call *call, const struct wire_move *move, const char **params)
{
    struct sealing *sealing = arena_alloc(call->arena, sizeof *sealing);
    const char **p = call_params(call, 4);
    *sealing =
        (struct sealing){.note = {.texts = {{"text", move->text, NULL}, {"reason", move->reason, NULL}},
                                  .on_sealed = on_sealed,
                                  .on_stranger = move_of_stranger},
                         .params = params};
    p[2] = params[4];
    note_seal(call, &sealing->note, STORE_CLIENT_OF_STEP, p);
}

static void run_move(struct call *call, const struct region *region, const struct wire_move *move,
                     const struct plan *plan, const char *ids)
{
    const char **p = arena_array(call->arena, MOVE_PARAMS, sizeof *p), *arrays[3];
    const struct state *sent = machine_state(&region->machine, slice_of("sent"));
    plan_arrays(call, move, plan, arrays);
    p[0] = call_number(call, call->account.region_id);
    p[1] = call_number(call, call->account.id);
    p[2] = arena_text(call->arena, call->key);
    p[3] = arena_text(call->arena, call->hash);
    p[4] = call_number(call, call->id);
    p[5] = call->expected_version < 0 ? NULL : call_number(call, call->expected_version);
    p[6] = arena_text(call->arena, plan->to->code);
    p[7] = call_number(call, move->kind == MOVE_ANSWER ? PARTY_REFERRER : plan->to->set_by);
    p[8] = arrays[0], p[9] = arrays[1], p[10] = arrays[2];
    p[11] = due_texts(call, region,
                      due_of_state(region, arena_text(call->arena, plan->to->code), call->arena), move->date);
    p[14] = text_or_null(call, move->date);
    p[15] = text_or_null(call, move->channel);
    p[16] = text_or_null(call, move->decline_code);
    p[17] = ids;
    p[18] = ids && sent ? steps_due_deliver(call, region) : steps_due_next(call, region);
    p[19] = due_texts(call, region, feedback, SLICE_NONE);
    p[20] = due_texts(call, region, wrap_up, SLICE_NONE);
    p[21] = after_text(call, region, move);
    p[22] = steps_due_deliver(call, region);
    p[24] = call->came_from;
    p[25] = text_or_null(call, move->result);
    p[26] = order_text(call, region, move);
    p[27] = move->is_story ? "true" : "false";
    if (move->text.len || move->reason.len)
        seal_move(call, move, p);
    else
        call_query(call, STORE_MOVE_STEP, p, on_moved);
}

static void run(struct call *call, enum wire_move_kind kind)
{
    struct wire_move *move = arena_alloc(call->arena, sizeof *move);
    struct issues *issues = arena_alloc(call->arena, sizeof *issues);
    const struct region *region = call_region(call);
    struct err err;
    if (!region)
        return;
    issues->arena = call->arena;
    if (!wire_decode_move(http_request_body(call->request), kind, call->arena, move, issues, &err)) {
        call_invalid(call, issues, &err);
        return;
    }
    check_words(region, move, issues);
    check_order(region, move, issues);
    check_date(call, region, move, issues);
    const char *ids = offering_ids(call, region, move, issues);
    if (issues->count) {
        call_problem(call, ERR_INVALID_BODY, NULL, issues);
        return;
    }
    const struct plan *plan = plan_move(call, region, move, issues);
    if (plan)
        run_move(call, region, move, plan, ids);
}

void steps_accept(struct call *call)
{
    run(call, MOVE_ACCEPT);
}

void steps_decline(struct call *call)
{
    run(call, MOVE_DECLINE);
}

void steps_report(struct call *call)
{
    run(call, MOVE_REPORT);
}

void steps_complete(struct call *call)
{
    run(call, MOVE_COMPLETE);
}

void steps_answer(struct call *call)
{
    run(call, MOVE_ANSWER);
}

void steps_reassign(struct call *call)
{
    run(call, MOVE_REASSIGN);
}

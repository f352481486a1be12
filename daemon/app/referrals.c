#include <stdio.h>

#include "amsterdam.h"
#include "code.h"
#include "consent.h"
#include "handlers.h"
#include "json_out.h"
#include "route.h"
#include "submit.h"
#include "vault.h"
#include "wire.h"

/* A referral that waits for a key of its own, then for its commit. */
struct submission {
    struct call *call;
    struct wire_referral referral;
    struct stock_order order;
    struct submit_item item;
    struct routing routing; /* within the turn of the loop in which it was decided, as the consent */
    struct consent consent;
};

static struct slice json_words(struct arena *arena, const struct slice *words, size_t count)
{
    /* Codes of the vocabulary and of ICPC: no character in them needs escaping. */
    char *text = "";
    for (size_t i = 0; i < count; i++)
        text = arena_printf(arena, "%s%s\"%.*s\"", text, i ? "," : "", SLICE_FMT(words[i]));
    return slice_of(arena_printf(arena, "[%s]", text));
}

/* Age by birth year, as coarse as what is known: the year of now minus it. */
static int age_of(int birth_year, moment now)
{
    int64_t year;
    unsigned month, day;
    civil_from_days(amsterdam_day(now), &year, &month, &day);
    return (int)year - birth_year;
}

static bool has_issue(const struct issues *issues, const char *prefix)
{
    for (size_t i = 0; i < issues->count; i++)
        if (slice_starts(issues->list[i].pointer, prefix))
            return true;
    return false;
}

/* What only the region and the clock know. Of a body that the decoder refused, the parts it had no issue
 * with: what it did refuse was left out (zero), and a list with a gap has other indexes than the document. */
static void check_facts(const struct region *region, const struct organisation *referrer,
                        const struct wire_referral *referral, moment now, struct issues *issues)
{
    size_t count = has_issue(issues, "/domains") ? 0 : referral->domain_count;
    if (age_of(referral->client.birth_year, now) < 0)
        issues_add(issues, slice_of("/client/birthYear"), "range", "a year that has begun");
    if (referral->client.bsn.ptr && !region_may_have_bsn(region, referrer ? referrer->kind : SLICE_NONE))
        issues_add(issues, slice_of("/client/bsn"), "not-taken", "%s",
                   region->bsn_recipient_count
                       ? "your organisation may not have citizen service numbers: leave it out"
                       : "this region takes no citizen service numbers: leave it out");
    for (size_t i = 0; i < count; i++)
        if (!region_domain(region, referral->domains[i]))
            issues_add(issues, slice_of(arena_printf(issues->arena, "/domains/%zu", i)), "unknown-word",
                       "not a life domain of this region; GET /v1/vocabulary lists them");
}

static struct wire_named name_of(const struct organisation *organisation)
{
    return (struct wire_named){organisation->code, organisation->name};
}

static struct wire_named keep_named(struct arena *arena, struct wire_named named)
{
    return (struct wire_named){arena_slice(arena, named.code), arena_slice(arena, named.name)};
}

/* What the rules may look at: the referral, and who refers. */
static void describe(const struct call *call, const struct region *region,
                     const struct wire_referral *referral, moment now, struct situation *out)
{
    const struct wire_situation *about = &referral->situation;
    const struct organisation *referrer = region_organisation(region, call->account.organisation_id);
    *out = (struct situation){0};
    situation_words(out, ABOUT_DOMAINS, referral->domains, referral->domain_count);
    situation_words(out, ABOUT_ICPC, referral->icpc, referral->icpc_count);
    situation_number(out, ABOUT_AGE, age_of(referral->client.birth_year, now));
    situation_area(out, referral->client.area);
    situation_word(out, ABOUT_LANGUAGE, referral->client.language);
    situation_word(out, ABOUT_URGENCY, referral->urgency);
    situation_word(out, ABOUT_MOBILITY, about->mobility);
    situation_word(out, ABOUT_DIGITAL_SKILL, about->digital_skill);
    situation_word(out, ABOUT_OCCUPATION, about->occupation);
    situation_word(out, ABOUT_HOUSEHOLD, about->household);
    if (about->lvb >= 0)
        situation_flag(out, ABOUT_LVB, about->lvb == 1);
    situation_word(out, ABOUT_REFERRER, referrer ? referrer->code : SLICE_NONE);
    situation_word(out, ABOUT_REFERRER_ROLE, role_word(call->account.role));
    situation_words(out, ABOUT_DECLINES, NULL, 0); /* a new referral: known to be none */
}

/* To whom it is offered besides the first; absent: it is not offered. */
static struct slice others_json(const struct routing *routing, struct arena *arena)
{
    const struct candidate *offered[ROUTE_OFFERS];
    size_t count = route_offered(routing, offered);
    if (!count)
        return SLICE_NONE;
    struct json_out out = json_out_new(arena, 32 * count);
    out_open(&out, NULL, '[');
    for (size_t i = 1; i < count; i++) {
        out_open(&out, NULL, '[');
        out_integer(&out, NULL, offered[i]->offering->id);
        out_integer(&out, NULL, offered[i]->offering->organisation->id);
        out_close(&out, ']');
    }
    out_close(&out, ']');
    return json_out_slice(&out);
}

/* Routes the referral: fills what of the item follows from the decision. Strings are copied, because the
 * snapshot may be swapped while the item waits. */
static bool route(struct submission *submission, const struct region *region, moment now, struct err *err)
{
    struct call *call = submission->call;
    struct submit_item *item = &submission->item;
    struct routing *routing = &submission->routing;
    struct situation situation;
    describe(call, region, &submission->referral, now, &situation);
    if (!route_decide(region, NULL, &situation, now, routing, err))
        return false;
    const struct offering *offering = routing->candidate_count ? routing->candidates[0].offering : NULL;
    const struct organisation *owner = offering ? offering->organisation : region->coordination;
    struct wire_receipt *receipt = &item->receipt;
    item->offering_id = offering ? offering->id : 0;
    item->owner_id = owner->id;
    item->inputs = situation_snapshot(&situation, call->arena);
    item->trail = route_trail_json(routing, call->arena);
    item->candidates = route_candidates_json(routing, call->arena);
    item->others = others_json(routing, call->arena);
    receipt->decision.table = routing->set->question->number;
    receipt->decision.version = routing->set->version;
    receipt->decision.rule = arena_slice(call->arena, ruling_id(routing->set, routing->ruling));
    receipt->decision.reason = route_reason(routing, call->arena);
    if (offering)
        receipt->decision.offering =
            keep_named(call->arena, (struct wire_named){offering->code, offering->name});
    receipt->decision.organisation = keep_named(call->arena, name_of(owner));
    receipt->decision.evidence = offering ? route_evidence_json(region, offering, call->arena) : SLICE_NONE;
    receipt->decision.offered = route_offered_json(routing, call->arena);
    bool has_one = offering && !receipt->decision.offered.ptr;
    receipt->decision.room = has_one ? route_room_json(routing, offering, call->arena) : SLICE_NONE;
    return true;
}

/* The promise that the state starts in which the first step is made. */
static bool promise(struct submission *submission, const struct region *region, moment now, struct err *err)
{
    const char *word = submission->item.others.ptr ? "offered" : "sent";
    const struct state *sent = machine_state(&region->machine, slice_of(word));
    const struct word *kind = sent ? region_promise_kind(region, sent->promise_kind) : NULL;
    struct wire_receipt *receipt = &submission->item.receipt;
    struct span span = sent ? sent->promise : (struct span){SPAN_NONE, 0};
    if (kind) /* the region's own length, where rule table 5 has one */
        rule_promise(region, kind->code, submission->referral.urgency, &span);
    if (!kind || !calendar_due(&region->calendar, now, span, SLICE_NONE, &submission->item.due))
        return err_set(err, ERR_INTERNAL, "region %d: state '%s' starts no promise", region->id, word);
    receipt->next.organisation = receipt->decision.organisation;
    receipt->next.what = keep_named(submission->call->arena, (struct wire_named){kind->code, kind->label});
    receipt->next.by = submission->item.due;
    return true;
}

/* Only a referrer refers, or passes a signal on; whoever sits at a desk writes down who came there. False:
 * answered already. */
static bool may_send(struct call *call, const struct wire_referral *referral)
{
    bool is_desk = slice_is(referral->origin, "self") || slice_is(referral->origin, "desk");
    if (call->account.role == ROLE_REFERRER || is_desk)
        return true;
    call_forbid(
        call, ERR_WRONG_ROLE, NULL,
        "Your role refers nobody. For somebody who came to you, send the origin \"self\" or \"desk\".");
    return false;
}

/* Decodes, checks, routes. NULL: answered already. */
static struct submission *prepare(struct call *call)
{
    const struct region *region = call_region(call);
    if (!region)
        return NULL;
    struct submission *submission = arena_alloc(call->arena, sizeof *submission);
    struct issues *issues = arena_alloc(call->arena, sizeof *issues);
    struct err err;
    issues->arena = call->arena;
    submission->call = call;
    if (!wire_decode_referral(http_request_body(call->request), call->arena, &submission->referral, issues,
                              &err) &&
        err.code != ERR_INVALID_BODY) {
        call_problem(call, err.code, err.text, NULL);
        return NULL;
    }
    if (submission->referral.origin.ptr && !may_send(call, &submission->referral))
        return NULL;
    moment now = clock_wall(&call->worker->app->clock);
    check_facts(region, region_organisation(region, call->account.organisation_id), &submission->referral,
                now, issues);
    submission->consent =
        consent_chosen(region, &submission->referral.consent, "/consent", call->arena, issues);
    if (issues->count) {
        call_problem(call, ERR_INVALID_BODY, NULL, issues);
        return NULL;
    }
    if (!route(submission, region, now, &err) || !promise(submission, region, now, &err)) {
        call_error(call, &err);
        return NULL;
    }
    if (submission->referral.signal.ptr)
        submission->consent = consent_by_law(region, call->arena);
    else if (!submission->referral.consent.choices)
        submission->consent = consent_standard(region, &submission->routing, call->arena);
    return submission;
}

static void on_submitted(struct submit_item *item, enum submit_result result, const struct err *err)
{
    struct submission *submission = item->arg;
    struct call *call = submission->call;
    struct http_request *request = call->request;
    char code[CODE_TEXT];
    bool is_signal = submission->referral.signal.ptr;
    switch (result) {
    case SUBMIT_CREATED:
    case SUBMIT_REPLAYED: /* who signals is told that it was received before */
        call_json(call, is_signal && result == SUBMIT_REPLAYED ? 200 : 201,
                  wire_encode_receipt(&item->receipt, call->arena),
                  arena_printf(call->arena, "Location: /v1/referrals/%s\r\n",
                               code_text(item->receipt.referral_id, code)));
        break;
    case SUBMIT_KEY_REUSED:
        call_problem(call, ERR_KEY_REUSED,
                     is_signal ? "A signal with this reference was received before, and it said something "
                                 "else. Nothing was stored: give each signal a reference of its own."
                               : NULL,
                     NULL);
        break;
    case SUBMIT_ACCOUNT_UNKNOWN:
        call_forbid(call, ERR_UNKNOWN_ACCOUNT, NULL, NULL);
        break;
    case SUBMIT_OWNER_UNKNOWN: /* the snapshot is older than the table: again in a moment */
        call_problem(call, ERR_BUSY, NULL, NULL);
        break;
    case SUBMIT_FAILED:
        call_error(call, err);
        break;
    }
    http_request_release(request);
}

/* Fills what follows from who calls; the rest is decided. */
static void address(struct submission *submission)
{
    struct call *call = submission->call;
    struct submit_item *item = &submission->item;
    item->batched.region_id = call->account.region_id;
    item->account_id = call->account.id;
    item->organisation_id = call->account.organisation_id;
    item->key = call->key;
    /* The same signal is one referral, under whatever key it comes, and with another body refused; a key that
     * was sent has no blank. */
    if (submission->referral.signal.ptr)
        item->key =
            slice_of(arena_printf(call->arena, "signal %.*s", SLICE_FMT(submission->referral.signal)));
    item->origin =
        slice_is(submission->referral.origin, "referrer") ? SLICE_NONE : submission->referral.origin;
    item->hash = call->hash;
    item->came_from = slice_of(call->came_from);
    item->grants = consent_json(submission->consent.grants, call->arena);
    item->basis = submission->consent.basis;
    item->referral = &submission->referral;
    item->domains = json_words(call->arena, submission->referral.domains, submission->referral.domain_count);
    item->icpc = json_words(call->arena, submission->referral.icpc, submission->referral.icpc_count);
    if (submission->referral.wish_count)
        item->wishes = json_words(call->arena, submission->referral.wishes, submission->referral.wish_count);
    item->on_done = on_submitted;
    item->arg = submission;
}

/* Seals the client and the text; from here on nobody needs them plain. */
static void on_ordered(struct stock_order *order, const struct err *failed)
{
    struct submission *submission = order->arg;
    struct call *call = submission->call;
    struct worker *worker = call->worker;
    struct submit_item *item = &submission->item;
    struct err err;
    bool is_queued = false;
    if (failed) {
        err = *failed;
    } else {
        is_queued = person_seal(vault_keyring(worker->vault, call->account.region_id), order,
                                &submission->referral, call->arena, &item->person, &err) &&
                    batch_queue_add(worker->submit, &item->batched, &err);
        client_key_free(&order->key);
    }
    if (is_queued)
        return; /* still held */
    call_error(call, &err);
    http_request_release(call->request);
}

void referrals_post(struct call *call)
{
    struct submission *submission = prepare(call);
    if (!submission)
        return;
    address(submission);
    submission->order = (struct stock_order){.wants_client = true,
                                             .wants_note = submission->referral.text.len > 0,
                                             .on_done = on_ordered,
                                             .arg = submission};
    http_request_hold(call->request);
    vault_take(call->worker->vault, call->account.region_id, &submission->order);
}

static struct slice date_or_none(struct arena *arena, int64_t day)
{
    return day == DAY_UNKNOWN ? SLICE_NONE : slice_of(date_print(day, arena_alloc(arena, DATE_TEXT)));
}

static struct wire_candidate show_candidate(struct arena *arena, const struct routing *routing,
                                            const struct candidate *candidate)
{
    const struct offering *offering = candidate->offering;
    return (struct wire_candidate){.offering = {offering->code, offering->name},
                                   .organisation = name_of(offering->organisation),
                                   .rule = ruling_id(candidate->set, candidate->ruling),
                                   .reason = ruling_reason(candidate->set, candidate->ruling),
                                   .weight = candidate->weight,
                                   .capacity = slice_of(capacity_word(offering->capacity)),
                                   .as_of = date_or_none(arena, offering->as_of),
                                   .freshness =
                                       slice_of(freshness_word(offering_freshness(offering, routing->today))),
                                   .evidence = route_evidence_json(routing->region, offering, arena)};
}

/* ---- what each party would see ---- */

struct parties {
    struct wire_party *list;
    size_t count;
};

/* Once each; the first one that is added would get the first step. */
static void add_party(struct parties *parties, const struct submission *submission,
                      const struct organisation *organisation)
{
    for (size_t i = 0; i < parties->count; i++)
        if (slice_equal(parties->list[i].organisation.code, organisation->code))
            return;
    parties->list[parties->count] = (struct wire_party){
        .organisation = name_of(organisation),
        .kind = organisation->kind,
        .fields = consent_fields(submission->consent.grants, organisation, parties->count == 0)};
    parties->count++;
}

/* Who could be asked, the coordination, and whom the client names. */
static const struct wire_disclosure *disclosure_of(const struct submission *submission,
                                                   const struct region *region)
{
    struct arena *arena = submission->call->arena;
    const struct routing *routing = &submission->routing;
    const struct grants *grants = &submission->consent.grants;
    const struct wire_referral *referral = &submission->referral;
    struct wire_disclosure *disclosure = arena_alloc(arena, sizeof *disclosure);
    struct wire_named *domains = arena_array(arena, referral->domain_count + 1, sizeof *domains);
    struct parties parties = {0};
    parties.list = arena_array(arena, routing->candidate_count + grants->count + 1, sizeof *parties.list);
    for (size_t i = 0; i < routing->candidate_count; i++)
        add_party(&parties, submission, routing->candidates[i].offering->organisation);
    add_party(&parties, submission, region->coordination);
    for (size_t i = 0; i < grants->count; i++)
        if (grants->list[i].organisation_id)
            add_party(&parties, submission, region_organisation(region, grants->list[i].organisation_id));
    for (size_t i = 0; i < referral->domain_count; i++) {
        const struct word *domain = region_domain(region, referral->domains[i]);
        domains[i] = (struct wire_named){domain->code, domain->label};
    }
    *disclosure =
        (struct wire_disclosure){submission->consent.basis, parties.list, parties.count, referral, domains};
    return disclosure;
}

/* The receipt without the ids that only a stored referral has, and everyone who could take it. */
void referrals_preview(struct call *call)
{
    struct submission *submission = prepare(call);
    if (!submission)
        return;
    const struct routing *routing = &submission->routing;
    struct wire_receipt *receipt = &submission->item.receipt;
    struct wire_candidate *candidates =
        arena_array(call->arena, routing->candidate_count + 1, sizeof *candidates);
    for (size_t i = 0; i < routing->candidate_count; i++)
        candidates[i] = show_candidate(call->arena, routing, &routing->candidates[i]);
    receipt->candidates = candidates;
    receipt->candidate_count = routing->candidate_count;
    receipt->disclosure = disclosure_of(submission, worker_region(call->worker, call->account.region_id));
    call_json(call, 200, wire_encode_preview(receipt, call->arena), NULL);
}

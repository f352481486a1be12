#include "wire_read.h"

enum { RECEIPT_SIZE = 1024, BODY_SIZE = 1024 };

static void write_named(struct json_out *out, const char *name, struct wire_named named, const char *second)
{
    out_open(out, name, '{');
    out_text(out, "code", named.code);
    out_text(out, second, named.name);
    out_close(out, '}');
}

static void write_decision(struct json_out *out, const struct wire_receipt *receipt)
{
    out_open(out, "decision", '{');
    out_integer(out, "table", receipt->decision.table);
    out_integer(out, "version", receipt->decision.version);
    out_text(out, "rule", receipt->decision.rule);
    out_text(out, "reason", receipt->decision.reason);
    if (receipt->decision.offering.code.ptr)
        write_named(out, "offering", receipt->decision.offering, "name");
    else
        out_null(out, "offering");
    write_named(out, "organisation", receipt->decision.organisation, "name");
    out_raw_or_null(out, "evidence", receipt->decision.evidence);
    out_raw_or_null(out, "room", receipt->decision.room);
    out_raw_or_null(out, "offered", receipt->decision.offered);
    out_close(out, '}');
}

static void write_next(struct json_out *out, const struct wire_receipt *receipt)
{
    out_open(out, "next", '{');
    write_named(out, "who", receipt->next.organisation, "name");
    write_named(out, "what", receipt->next.what, "label");
    out_moment(out, "by", receipt->next.by);
    out_close(out, '}');
}

struct slice wire_encode_receipt(const struct wire_receipt *receipt, struct arena *arena)
{
    struct json_out out = json_out_new(arena, RECEIPT_SIZE);
    out_open(&out, NULL, '{');
    out_code(&out, "id", receipt->referral_id);
    out_code(&out, "stepId", receipt->step_id);
    out_moment(&out, "createdAt", receipt->created_at);
    write_decision(&out, receipt);
    write_next(&out, receipt);
    out_close(&out, '}');
    return json_out_slice(&out);
}

static void write_known(struct json_out *out, const char *name, struct slice text)
{
    if (text.ptr)
        out_text(out, name, text);
    else
        out_null(out, name);
}

static void write_candidates(struct json_out *out, const struct wire_receipt *receipt)
{
    out_open(out, "candidates", '[');
    for (size_t i = 0; i < receipt->candidate_count; i++) {
        const struct wire_candidate *candidate = &receipt->candidates[i];
        out_open(out, NULL, '{');
        write_named(out, "offering", candidate->offering, "name");
        write_named(out, "organisation", candidate->organisation, "name");
        out_text(out, "rule", candidate->rule);
        out_text(out, "reason", candidate->reason);
        out_integer(out, "weight", candidate->weight);
        write_known(out, "capacity", candidate->capacity);
        write_known(out, "asOf", candidate->as_of);
        write_known(out, "freshness", candidate->freshness);
        out_raw_or_null(out, "evidence", candidate->evidence);
        out_close(out, '}');
    }
    out_close(out, ']');
}

struct slice wire_encode_preview(const struct wire_receipt *receipt, struct arena *arena)
{
    struct json_out out = json_out_new(arena, RECEIPT_SIZE);
    out_open(&out, NULL, '{');
    write_decision(&out, receipt);
    write_next(&out, receipt);
    write_candidates(&out, receipt);
    if (receipt->disclosure)
        wire_write_disclosure(&out, receipt->disclosure);
    out_close(&out, '}');
    return json_out_slice(&out);
}

static void write_word(struct json_out *out, const char *name, struct wire_named word)
{
    if (word.code.ptr)
        write_named(out, name, word, "label");
    else
        out_null(out, name);
}

struct slice wire_encode_status(const struct wire_status *status, struct arena *arena)
{
    struct json_out out = json_out_new(arena, RECEIPT_SIZE);
    out_open(&out, NULL, '{');
    out_code(&out, "id", status->referral_id);
    out_text(&out, "state", slice_of(status->is_closed ? "closed" : "open"));
    write_word(&out, "outcome", status->outcome);
    out_open(&out, "step", '{');
    out_code(&out, "id", status->step_id);
    write_word(&out, "state", status->state);
    write_named(&out, "organisation", status->organisation, "name");
    out_close(&out, '}');
    if (status->what.code.ptr) {
        out_open(&out, "next", '{');
        write_word(&out, "what", status->what);
        write_named(&out, "who", status->who, "name");
        out_moment(&out, "by", status->by);
        out_bool(&out, "overdue", status->is_overdue);
        out_integer(&out, "level", status->level);
        out_close(&out, '}');
    } else {
        out_null(&out, "next");
    }
    out_close(&out, '}');
    return json_out_slice(&out);
}

static void write_present(struct json_out *out, const char *name, struct slice text)
{
    if (text.ptr)
        out_text(out, name, text);
}

static void write_list(struct json_out *out, const char *name, const struct slice *list, size_t count)
{
    out_open(out, name, '[');
    for (size_t i = 0; i < count; i++)
        out_text(out, NULL, list[i]);
    out_close(out, ']');
}

static void write_client(struct json_out *out, const struct wire_client *client)
{
    out_open(out, "client", '{');
    write_present(out, "name", client->name);
    out_integer(out, "birthYear", client->birth_year);
    write_present(out, "area", client->area);
    write_present(out, "phone", client->phone);
    write_present(out, "email", client->email);
    write_present(out, "bsn", client->bsn);
    write_present(out, "language", client->language);
    out_close(out, '}');
}

static void write_situation(struct json_out *out, const struct wire_situation *situation)
{
    if (!situation->mobility.ptr && !situation->digital_skill.ptr && !situation->occupation.ptr &&
        !situation->household.ptr && situation->lvb < 0)
        return;
    out_open(out, "situation", '{');
    write_present(out, "mobility", situation->mobility);
    write_present(out, "digitalSkill", situation->digital_skill);
    if (situation->lvb >= 0)
        out_bool(out, "mildIntellectualDisability", situation->lvb > 0);
    write_present(out, "occupation", situation->occupation);
    write_present(out, "household", situation->household);
    out_close(out, '}');
}

struct slice wire_encode_referral(const struct wire_referral *referral, struct arena *arena)
{
    struct json_out out = json_out_new(arena, BODY_SIZE);
    out_open(&out, NULL, '{');
    write_list(&out, "domains", referral->domains, referral->domain_count);
    if (referral->icpc_count)
        write_list(&out, "icpc", referral->icpc, referral->icpc_count);
    write_client(&out, &referral->client);
    write_present(&out, "text", referral->text);
    write_present(&out, "urgency", referral->urgency);
    write_situation(&out, &referral->situation);
    if (referral->wish_count)
        write_list(&out, "wishes", referral->wishes, referral->wish_count);
    if (referral->consent.choices) {
        out_open(&out, "consent", '{');
        wire_write_choices(&out, &referral->consent);
        out_close(&out, '}');
    }
    write_present(&out, "origin", referral->origin);
    write_present(&out, "signal", referral->signal);
    write_present(&out, "class", referral->class_name);
    out_close(&out, '}');
    return json_out_slice(&out);
}

/* The word of StepComplete for a business state; the state itself where there is none. */
static struct slice outcome_of(struct slice state)
{
    static const char *const words[][2] = {
        {"done-goal-reached", "reached"}, {"done-partly", "partly"}, {"done-not-reached", "not-reached"}};
    for (size_t i = 0; i < sizeof words / sizeof words[0]; i++)
        if (slice_is(state, words[i][0]))
            return slice_of(words[i][1]);
    return state;
}

static void write_branches(struct json_out *out, const struct wire_move *move)
{
    out_open(out, "branches", '[');
    for (size_t i = 0; i < move->branch_count; i++) {
        out_open(out, NULL, '{');
        out_text(out, "offering", move->branches[i].offering);
        if (move->branches[i].after)
            out_integer(out, "after", move->branches[i].after);
        write_present(out, "afterStep", move->branches[i].after_step);
        out_close(out, '}');
    }
    out_close(out, ']');
}

struct slice wire_encode_move(const struct wire_move *move, struct arena *arena)
{
    struct json_out out = json_out_new(arena, BODY_SIZE);
    out_open(&out, NULL, '{');
    if (move->kind == MOVE_REPORT)
        write_present(&out, "state", move->state);
    if (move->kind == MOVE_COMPLETE)
        write_present(&out, "outcome", outcome_of(move->state));
    write_present(&out, "code", move->decline_code);
    write_present(&out, "text", move->text);
    write_present(&out, "reason", move->reason);
    write_present(&out, "date", move->date);
    write_present(&out, "channel", move->channel);
    write_present(&out, "result", move->result);
    if (move->branches)
        write_branches(&out, move);
    else if (move->offering_count || move->kind == MOVE_REASSIGN)
        write_list(&out, "offerings", move->offerings, move->offering_count);
    if (move->is_story)
        out_bool(&out, "story", true);
    out_close(&out, '}');
    return json_out_slice(&out);
}

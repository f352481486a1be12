#include "submit.h"

#include <jansson.h>
#include <stdlib.h>

static const struct submit_item *submit_item_of(const struct batch_item *batched)
{
    return (const struct submit_item *)(const void *)batched;
}

static struct slice number(int64_t value, struct arena *arena)
{
    return slice_of(arena_number(arena, value));
}

static struct slice due(moment at, struct arena *arena)
{
    return slice_of(moment_text(at, arena_alloc(arena, MOMENT_TEXT)));
}

/* Fields whose texts stand once beside the batch; of a hash the first eight bytes are kept. */
enum {
    FIELDS = 41,
    DOMAINS = 4,
    ICPC = 5,
    REASON = 17,
    INPUTS = 18,
    TRAIL = 26,
    CANDIDATES = 27,
    GRANTS = 33
};
enum { HASH_DIGITS = 16 };

static struct slice short_hash(struct slice hash)
{
    return hash.ptr ? slice_make(hash.ptr, HASH_DIGITS) : hash;
}

/* In the order of the type wijzer.submission. */
static void fields(const struct batch_item *batched, struct slice *out, struct arena *arena)
{
    const struct submit_item *item = submit_item_of(batched);
    const struct wire_referral *referral = item->referral;
    const struct wire_receipt *receipt = &item->receipt;
    const struct person *person = &item->person;
    const struct slice values[FIELDS] = {
        number(item->account_id, arena),
        number(item->organisation_id, arena),
        item->key,
        item->hash,
        item->domains,
        item->icpc,
        referral->urgency,
        number(referral->client.birth_year, arena),
        referral->client.area,
        person->name,
        person->phone,
        person->email,
        referral->client.language,
        person->text,
        number(receipt->decision.table, arena),
        number(receipt->decision.version, arena),
        receipt->decision.rule,
        receipt->decision.reason,
        item->inputs,
        item->offering_id ? number(item->offering_id, arena) : SLICE_NONE,
        number(item->owner_id, arena),
        receipt->decision.offering.code,
        receipt->decision.offering.name,
        receipt->decision.organisation.code,
        receipt->decision.organisation.name,
        due(item->due, arena),
        item->trail,
        item->candidates,
        number(person->client_id, arena),
        person->text.ptr ? number(person->note_id, arena) : SLICE_NONE,
        short_hash(person->name_hash),
        short_hash(person->phone_hash),
        short_hash(person->email_hash),
        item->grants,
        item->basis,
        item->came_from,
        person->bsn,
        item->origin,
        item->wishes,
        item->others,
        referral->class_name,
    };
    memcpy(out, values, sizeof values);
}

/* A key goes once into a batch: the second one is answered from what the first one did. */
static bool may_join(const struct batch_item *a, const struct batch_item *b)
{
    const struct submit_item *x = submit_item_of(a), *y = submit_item_of(b);
    return x->account_id != y->account_id || !slice_equal(x->key, y->key);
}

/* Written as it was for the first answer: the same key gets the same bytes. */
static struct slice take_json(struct slice json, struct arena *arena)
{
    json_t *value = json.ptr ? json_loadb(json.ptr, json.len, 0, NULL) : NULL;
    char *text = value ? json_dumps(value, JSON_COMPACT) : NULL;
    struct slice taken = text ? arena_slice(arena, slice_of(text)) : SLICE_NONE;
    free(text);
    json_decref(value);
    return taken;
}

/* The stored decision of an earlier referral with the same key, or the one just made. */
static void take_decision(struct wire_receipt *receipt, const PGresult *result, int row, struct arena *arena)
{
    receipt->decision.table = (int)store_number(result, row, "table_no", receipt->decision.table);
    receipt->decision.version = (int)store_number(result, row, "table_version", receipt->decision.version);
    receipt->decision.rule = arena_slice(arena, store_text(result, row, "rule_id"));
    receipt->decision.reason = arena_slice(arena, store_text(result, row, "reason"));
    struct slice offering = store_text(result, row, "offering_code");
    receipt->decision.offering.code = offering.ptr ? arena_slice(arena, offering) : SLICE_NONE;
    receipt->decision.offering.name = arena_slice(arena, store_text(result, row, "offering_name"));
    receipt->decision.organisation.code = arena_slice(arena, store_text(result, row, "owner_code"));
    receipt->decision.organisation.name = arena_slice(arena, store_text(result, row, "owner_name"));
    receipt->decision.offered = take_json(store_text(result, row, "offered"), arena);
    receipt->decision.evidence = take_json(store_text(result, row, "evidence"), arena);
    if (!receipt->decision.offered.ptr)
        receipt->decision.room = take_json(store_text(result, row, "room"), arena);
}

static enum submit_result result_of(struct slice word)
{
    static const struct {
        const char *word;
        enum submit_result result;
    } words[] = {{"created", SUBMIT_CREATED},
                 {"replayed", SUBMIT_REPLAYED},
                 {"key-reused", SUBMIT_KEY_REUSED},
                 {"account-unknown", SUBMIT_ACCOUNT_UNKNOWN},
                 {"owner-unknown", SUBMIT_OWNER_UNKNOWN}};
    for (size_t i = 0; i < sizeof words / sizeof words[0]; i++)
        if (slice_is(word, words[i].word))
            return words[i].result;
    return SUBMIT_FAILED;
}

static void take_receipt(struct wire_receipt *receipt, const PGresult *result, int row, struct arena *arena)
{
    receipt->referral_id = store_number(result, row, "referral_id", 0);
    receipt->step_id = store_number(result, row, "step_id", 0);
    receipt->created_at = store_number(result, row, "created_us", 0);
    receipt->next.by = store_number(result, row, "due_us", 0);
    receipt->next.what.name = arena_slice(arena, store_text(result, row, "promise_label"));
}

static bool take_row(struct batch_item *batched, const PGresult *result, int row, struct arena *arena,
                     struct metrics *metrics)
{
    struct submit_item *item = (struct submit_item *)(void *)batched;
    enum submit_result outcome = result_of(store_text(result, row, "result"));
    if (outcome == SUBMIT_FAILED)
        return false; /* a word we do not know answers nothing */
    if (outcome == SUBMIT_CREATED || outcome == SUBMIT_REPLAYED) {
        take_receipt(&item->receipt, result, row, arena);
        metrics_add(outcome == SUBMIT_CREATED ? &metrics->referrals : &metrics->replays, 1);
    }
    if (outcome == SUBMIT_REPLAYED)
        take_decision(&item->receipt, result, row, arena);
    item->receipt.next.organisation = item->receipt.decision.organisation;
    item->on_done(item, outcome, NULL);
    return true;
}

static void fail(struct batch_item *batched, const struct err *err)
{
    struct submit_item *item = (struct submit_item *)(void *)batched;
    item->on_done(item, SUBMIT_FAILED, err);
}

const struct batch_kind submit_kind = {
    .statement = STORE_SUBMIT_REFERRALS,
    .field_count = FIELDS,
    .fields = fields,
    .shared = BATCH_FIELD(DOMAINS) | BATCH_FIELD(ICPC) | BATCH_FIELD(REASON) | BATCH_FIELD(INPUTS) |
              BATCH_FIELD(TRAIL) | BATCH_FIELD(CANDIDATES) | BATCH_FIELD(GRANTS),
    .may_join = may_join,
    .take_row = take_row,
    .fail = fail};

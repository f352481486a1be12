/*
 * Referrals on their way into the database, by wijzer.submit_referrals(), in adaptive batches (batch.h).
 */
#ifndef WIJZER_SUBMIT_H
#define WIJZER_SUBMIT_H

#include "batch.h"
#include "person.h"

enum submit_result {
    SUBMIT_CREATED,
    SUBMIT_REPLAYED,
    SUBMIT_KEY_REUSED,
    SUBMIT_ACCOUNT_UNKNOWN,
    SUBMIT_OWNER_UNKNOWN,
    SUBMIT_FAILED /* *err says why */
};

struct submit_item {
    struct batch_item batched; /* first; its region by the caller */
    int32_t account_id, organisation_id;
    struct slice key, hash;
    struct slice domains, icpc;           /* JSON arrays */
    const struct wire_referral *referral; /* of which the client and the text are those of `person` */
    struct person person;
    struct slice grants, basis;     /* the consent: JSON as data.consent has it, and where it came from */
    struct slice came_from;         /* network address */
    struct slice inputs;            /* JSON: the facts the decision saw */
    struct slice trail, candidates; /* JSON: what the tables did, and who could take it, best first */
    int32_t offering_id, owner_id;  /* offering 0: none */
    struct slice origin;            /* absent: a referrer */
    struct slice wishes;            /* JSON array; absent: none */
    struct slice others; /* JSON, as wijzer.submission says; absent: it is not offered, but the owner's */
    moment due;
    struct wire_receipt receipt; /* its decision filled in; the rest comes from the database */
    void (*on_done)(struct submit_item *item, enum submit_result result, const struct err *err);
    void *arg;
};

extern const struct batch_kind submit_kind;

#endif

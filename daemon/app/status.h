/*
 * Reads of how referrals stand, by wijzer.get_statuses(), in adaptive batches (batch.h): programs that poll
 * ask for one at a time and in great numbers, and a set-based read of 32 costs the database a fifth of 32
 * reads.
 */
#ifndef WIJZER_STATUS_H
#define WIJZER_STATUS_H

#include "batch.h"

struct status_item {
    struct batch_item batched; /* first; its region by the caller */
    int32_t account_id;
    int64_t referral_id;
    struct slice came_from; /* network address */
    /* `result` has the answer in `row` (step_id is NULL: no such referral for this account); NULL: *err. */
    void (*on_done)(struct status_item *item, const PGresult *result, int row, const struct err *err);
    void *arg;
};

extern const struct batch_kind status_kind;

#endif

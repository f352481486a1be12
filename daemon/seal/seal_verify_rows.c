/* The rows, each beside what the blocks say of it. */
#include "seal_verify_own.h"

#define LATE (600 * MOMENT_SECOND) /* a transaction does not last longer: one so old was not written now */

/* What there is with one number. */
struct meeting {
    struct noted_row seal, row;
    bool has_seal, has_row;
};

static void tell(struct seal_verify *verify, enum seal_fault fault, const struct noted_row *row,
                 int64_t block)
{
    struct seal_finding finding = verify_finding(fault, row->region, row->log);
    finding.block = block;
    finding.id = row->id;
    finding.about = row->about;
    verify_tell(verify, finding);
}

static void judge_unsealed(struct seal_verify *verify, struct chain *chain, const struct noted_row *row)
{
    bool has_passed = row->tx < chain->horizon || (row->tx == chain->horizon && row->id <= chain->up_to);
    if (chain->summary.last && has_passed)
        tell(verify, SEAL_ROW_INSERTED, row, 0);
    else if (chain->summary.last && row->at < chain->until - LATE)
        tell(verify, SEAL_ROW_BACKDATED, row, 0);
    else
        chain->summary.unsealed++;
}

static void judge(struct seal_verify *verify, const struct meeting *meeting)
{
    const struct noted_row *any = meeting->has_row ? &meeting->row : &meeting->seal;
    struct chain *chain = verify_chain(verify, any->region, any->log);
    chain->summary.sealed += meeting->has_seal;
    chain->rows += meeting->has_row;
    if (!meeting->has_seal)
        judge_unsealed(verify, chain, &meeting->row);
    else if (!meeting->has_row)
        tell(verify, SEAL_ROW_REMOVED, &meeting->seal, meeting->seal.block);
    else if (!digest_equal(&meeting->seal.leaf, &meeting->row.leaf))
        tell(verify, SEAL_ROW_CHANGED, &meeting->seal, meeting->seal.block);
}

/* Of two rows with one number, the one that was sealed is the real one. */
static void meet_row(struct seal_verify *verify, struct meeting *meeting, const struct noted_row *row)
{
    bool is_real = meeting->has_seal && digest_equal(&meeting->seal.leaf, &row->leaf);
    if (meeting->has_row)
        tell(verify, SEAL_ROW_DOUBLE, is_real ? &meeting->row : row,
             meeting->has_seal ? meeting->seal.block : 0);
    if (!meeting->has_row || is_real)
        meeting->row = *row;
    meeting->has_row = true;
}

static void meet(struct seal_verify *verify, struct meeting *meeting, const struct noted_row *row)
{
    if (!row->block) {
        meet_row(verify, meeting, row);
    } else if (meeting->has_seal) {
        tell(verify, SEAL_ROW_SEALED_TWICE, row, row->block);
    } else {
        meeting->seal = *row;
        meeting->has_seal = true;
    }
}

static bool is_same(const struct noted_row *a, const struct noted_row *b)
{
    return a->region == b->region && a->log == b->log && a->id == b->id;
}

bool verify_rows(struct seal_verify *verify, struct err *err)
{
    struct meeting meeting = {.has_row = false};
    const struct noted_row *row;
    if (!sorter_sort(verify->rows, err))
        return false;
    while ((row = sorter_next(verify->rows, err))) {
        bool is_begun = meeting.has_row || meeting.has_seal;
        if (is_begun && !is_same(row, meeting.has_seal ? &meeting.seal : &meeting.row)) {
            judge(verify, &meeting);
            meeting = (struct meeting){.has_row = false};
        }
        meet(verify, &meeting, row);
    }
    if (err->code != ERR_NONE)
        return false;
    if (meeting.has_row || meeting.has_seal)
        judge(verify, &meeting);
    return true;
}

// links: proto
// runs: 150000
/* The first byte says which body: 0 a referral, 1 to 6 a move, 7 nothing, then what changes rights; the rest
 * is the body. What is taken must come out the same when written and read again; what is refused must say
 * why. */
#include "fuzz.h"

#include <stdlib.h>

#include "wire.h"

enum { MOVES = MOVE_REASSIGN + 1 };

static void demand(bool holds)
{
    if (!holds)
        abort();
}

static void check_refusal(const struct issues *issues, const struct err *err, struct arena *arena)
{
    demand(err->code == ERR_MALFORMED_JSON ? issues->count == 0
                                           : err->code == ERR_INVALID_BODY && issues->count > 0);
    struct slice json = problem_json(arena, err->code, err->text, issues);
    json_t *root = json_loadb(json.ptr, json.len, JSON_REJECT_DUPLICATES, NULL);
    demand(root != NULL);
    json_decref(root);
}

static void try_referral(struct slice json, struct arena *arena, struct issues *issues, struct err *err)
{
    struct wire_referral first, second;
    if (!wire_decode_referral(json, arena, &first, issues, err)) {
        check_refusal(issues, err, arena);
        return;
    }
    struct slice written = wire_encode_referral(&first, arena);
    demand(wire_decode_referral(written, arena, &second, issues, err));
    demand(slice_equal(written, wire_encode_referral(&second, arena)));
}

static void try_move(struct slice json, enum wire_move_kind kind, struct arena *arena, struct issues *issues,
                     struct err *err)
{
    struct wire_move first, second;
    if (!wire_decode_move(json, kind, arena, &first, issues, err)) {
        check_refusal(issues, err, arena);
        return;
    }
    struct slice written = wire_encode_move(&first, arena);
    demand(wire_decode_move(written, kind, arena, &second, issues, err));
    demand(slice_equal(written, wire_encode_move(&second, arena)) && slice_equal(first.state, second.state));
}

static void try_rights(struct slice json, enum wire_rights_kind kind, struct arena *arena,
                       struct issues *issues, struct err *err)
{
    struct wire_rights rights;
    if (!wire_decode_rights(json, kind, arena, &rights, issues, err))
        check_refusal(issues, err, arena);
    else if (kind == RIGHTS_INVITE)
        demand(!rights.account.ptr == (rights.organisation.ptr && rights.role.ptr && rights.name.ptr));
    else if (kind == RIGHTS_REVOKE)
        demand(rights.reason.ptr && !rights.account.ptr == !!rights.serial.ptr);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    if (size == 0)
        return 0;
    struct slice json = slice_make((const char *)data + 1, size - 1);
    unsigned kind = (unsigned)(data[0] - '0') % (MOVES + 2 + RIGHTS_KINDS);
    struct arena *arena = arena_new(0);
    struct issues issues;
    struct err err = {0};
    if (kind == 0)
        try_referral(json, arena, &issues, &err);
    else if (kind <= MOVES)
        try_move(json, (enum wire_move_kind)(kind - 1), arena, &issues, &err);
    else if (kind > MOVES + 1)
        try_rights(json, (enum wire_rights_kind)(kind - MOVES - 2), arena, &issues, &err);
    else if (!wire_decode_nothing(json, arena, &issues, &err))
        check_refusal(&issues, &err, arena);
    arena_free(&arena);
    return 0;
}

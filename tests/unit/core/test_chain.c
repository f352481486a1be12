#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include "chain.h"
#include "fixture.h"

/* What the machine must be, written down here a second time and in another form than in deurne.json. */

#define RF PARTY_REFERRER
#define RC PARTY_RECIPIENT
#define SY PARTY_SYSTEM
#define ALL_PARTIES (PARTY_REFERRER | PARTY_RECIPIENT | PARTY_COORDINATOR | PARTY_SYSTEM)
#define ALL_NEEDS (NEED_TEXT | NEED_REASON | NEED_DATE | NEED_CHANNEL | NEED_DECLINE_CODE | NEED_OFFERINGS)

static const struct expected {
    const char *code;
    enum task_status status;
    unsigned set_by, needs;
    bool is_end;
    const char *from; /* the states from which one may come here */
} machine_table[] = {
    {"draft", STATUS_DRAFT, RF, 0, false, ""},
    {"offered", STATUS_REQUESTED, SY, 0, false, "draft"},
    {"sent", STATUS_REQUESTED, ALL_PARTIES, 0, false, "draft offered planned"},
    {"received", STATUS_RECEIVED, RC | RF | SY, 0, false, "sent question-to-referrer"},
    {"question-to-referrer", STATUS_RECEIVED, RC, NEED_TEXT, false, "sent received"},
    {"accepted", STATUS_ACCEPTED, RC, 0, false,
     "offered sent received question-to-referrer waiting-list withdrawal-asked"},
    {"waiting-list", STATUS_ACCEPTED, RC, NEED_DATE, false,
     "accepted waiting-list contact-attempt withdrawal-asked"},
    {"contact-attempt", STATUS_ACCEPTED, RC, NEED_CHANNEL, false,
     "accepted waiting-list contact-attempt withdrawal-asked"},
    {"first-contact", STATUS_IN_PROGRESS, RC, 0, false,
     "accepted waiting-list contact-attempt first-contact no-show withdrawal-asked"},
    {"intake-planned", STATUS_IN_PROGRESS, RC, NEED_DATE, false,
     "first-contact intake-planned no-show intake-done passed-on taking-part withdrawal-asked"},
    {"no-show", STATUS_IN_PROGRESS, RC, 0, false, "intake-planned"},
    {"intake-done", STATUS_IN_PROGRESS, RC, NEED_TEXT, false,
     "first-contact intake-planned no-show withdrawal-asked"},
    {"passed-on", STATUS_IN_PROGRESS, RC, NEED_OFFERINGS, false,
     "first-contact intake-planned intake-done passed-on taking-part"},
    {"taking-part", STATUS_IN_PROGRESS, RC, 0, false,
     "first-contact intake-planned no-show intake-done passed-on taking-part paused withdrawal-asked"},
    {"paused", STATUS_ON_HOLD, RC, NEED_REASON | NEED_DATE, false,
     "first-contact intake-planned no-show intake-done passed-on taking-part paused"},
    {"done-goal-reached", STATUS_COMPLETED, RC, 0, true,
     "first-contact intake-planned intake-done passed-on taking-part withdrawal-asked"},
    {"done-partly", STATUS_COMPLETED, RC, 0, true,
     "first-contact intake-planned intake-done passed-on taking-part withdrawal-asked"},
    {"done-not-reached", STATUS_FAILED, RC, NEED_REASON, true,
     "first-contact intake-planned no-show intake-done passed-on taking-part"},
    {"unreachable", STATUS_FAILED, RC, 0, true, "accepted waiting-list contact-attempt withdrawal-asked"},
    {"client-withdrew", STATUS_CANCELLED, RC, NEED_REASON, true,
     "draft offered sent received question-to-referrer accepted waiting-list contact-attempt first-contact "
     "intake-planned no-show intake-done passed-on taking-part paused withdrawal-asked"},
    {"declined", STATUS_REJECTED, RC, NEED_DECLINE_CODE, true,
     "offered sent received question-to-referrer waiting-list withdrawal-asked"},
    {"declined-forwarded", STATUS_REJECTED, RC, NEED_DECLINE_CODE | NEED_OFFERINGS, true,
     "sent received question-to-referrer waiting-list"},
    {"withdrawal-asked", STATUS_UNCHANGED, RF, NEED_REASON, false,
     "offered sent received question-to-referrer accepted waiting-list contact-attempt first-contact "
     "intake-planned no-show intake-done passed-on taking-part paused"},
    {"withdrawn", STATUS_CANCELLED, RC, 0, true, "offered withdrawal-asked"},
    {"entered-in-error", STATUS_ENTERED_IN_ERROR, RF, NEED_REASON, true,
     "draft offered sent received question-to-referrer accepted waiting-list contact-attempt first-contact "
     "intake-planned no-show intake-done passed-on taking-part paused withdrawal-asked"},
    {"reassigned", STATUS_CANCELLED, PARTY_COORDINATOR, NEED_REASON, true,
     "offered sent received question-to-referrer accepted waiting-list contact-attempt first-contact "
     "intake-planned no-show intake-done passed-on taking-part paused withdrawal-asked"},
    {"merged", STATUS_CANCELLED, SY, 0, true, ""}, /* by merging alone */
    {"planned", STATUS_DRAFT, SY, 0, false, ""},
    {"dropped", STATUS_CANCELLED, RC | PARTY_COORDINATOR, NEED_REASON, true, "planned"},
    {"offer-gone", STATUS_CANCELLED, SY, 0, true, "offered"}, /* somebody else has it, or it is over */
};

/* Rows: from; columns: to, in the order of the enum. 'y' may follow, '.' may not. */
static const char *const layer_1[STATUS_COUNT] = {
    /*                          D R r A x P H C F c E U */
    [STATUS_DRAFT] = /*       */ ". y . . . . . . . y y y",
    [STATUS_REQUESTED] = /*   */ ". y y y y . . . . y y y",
    [STATUS_RECEIVED] = /*    */ ". . y y y . . . . y y y",
    [STATUS_ACCEPTED] = /*    */ ". . . y y y y . y y y y",
    [STATUS_REJECTED] = /*    */ ". . . . . . . . . . . .",
    [STATUS_IN_PROGRESS] = /* */ ". . . . . y y y y y y y",
    [STATUS_ON_HOLD] = /*     */ ". . . . . y y y y y y y",
    [STATUS_COMPLETED] = /*   */ ". . . . . . . . . . . .",
    [STATUS_FAILED] = /*      */ ". . . . . . . . . . . .",
    [STATUS_CANCELLED] = /*   */ ". . . . . . . . . . . .",
    [STATUS_ENTERED_IN_ERROR] = ". . . . . . . . . . . .",
    [STATUS_UNCHANGED] = /*   */ ". . . . . . . . . . . .",
};

static bool follows(enum task_status from, enum task_status to)
{
    return layer_1[from][2 * to] == 'y';
}

static bool has_word(const char *words, const char *word)
{
    struct slice rest = slice_of(words);
    while (rest.ptr)
        if (slice_is(slice_cut(&rest, ' '), word))
            return true;
    return false;
}

/* What chain_move() must say, from the two tables above. */
static enum move_result expected_result(const struct expected *from, enum task_status status,
                                        const struct expected *to, unsigned party, unsigned brought)
{
    if (from->status != STATUS_UNCHANGED && from->status != status)
        return MOVE_NOT_ALLOWED;
    if (!has_word(to->from, from->code) || !follows(status, to->status))
        return MOVE_NOT_ALLOWED;
    bool may = (party & to->set_by) != 0;
    if (strcmp(from->code, "offered") == 0 && strcmp(to->code, "sent") == 0)
        may = (party & PARTY_SYSTEM) != 0;
    if (strcmp(to->code, "received") == 0 && strcmp(from->code, "question-to-referrer") != 0)
        may = (party & (PARTY_RECIPIENT | PARTY_SYSTEM)) != 0;
    if (!may)
        return MOVE_WRONG_PARTY;
    return (to->needs & ~brought) ? MOVE_INCOMPLETE : MOVE_OK;
}

static struct machine machine_of(void **state)
{
    return ((const struct region *)*state)->machine;
}

static void statuses_are_fhirs(void **state)
{
    (void)state;
    static const char *const ends[] = {"rejected", "completed", "failed", "cancelled", "entered-in-error"};
    for (int s = 0; s < STATUS_COUNT; s++) {
        const char *word = task_status_word((enum task_status)s);
        assert_int_equal(task_status_parse(slice_of(word)), s);
        bool end = false;
        for (size_t i = 0; i < COUNT(ends); i++)
            end |= strcmp(ends[i], word) == 0;
        assert_int_equal(task_status_is_end((enum task_status)s), end);
    }
    assert_int_equal(task_status_parse(slice_of("expired")), STATUS_COUNT);
    assert_int_equal(task_status_parse(SLICE_NONE), STATUS_COUNT);
    assert_int_equal(task_status_parse(slice_of("Draft")), STATUS_COUNT);
    assert_string_equal(task_status_word(STATUS_COUNT), "unknown");
    assert_false(task_status_is_end(STATUS_COUNT));
}

static void layer_1_every_pair(void **state)
{
    (void)state;
    for (int from = 0; from < STATUS_COUNT; from++)
        for (int to = 0; to < STATUS_COUNT; to++)
            if (task_status_may_follow((enum task_status)from, (enum task_status)to) !=
                follows((enum task_status)from, (enum task_status)to))
                fail_msg("%s to %s", task_status_word((enum task_status)from),
                         task_status_word((enum task_status)to));
    assert_false(task_status_may_follow(STATUS_COUNT, STATUS_ACCEPTED));
    assert_false(task_status_may_follow(STATUS_DRAFT, STATUS_COUNT));
}

static void states_are_those_of_the_table(void **state)
{
    struct machine machine = machine_of(state);
    assert_int_equal(machine.state_count, COUNT(machine_table));
    for (size_t i = 0; i < COUNT(machine_table); i++) {
        const struct state *s = machine_state(&machine, slice_of(machine_table[i].code));
        assert_non_null(s);
        assert_int_equal(s->status, machine_table[i].status);
        assert_int_equal(s->set_by, machine_table[i].set_by);
        assert_int_equal(s->needs, machine_table[i].needs);
        assert_int_equal(s->is_end, machine_table[i].is_end);
    }
    assert_null(machine_state(&machine, slice_of("expired")));
    assert_null(machine_state(&machine, SLICE_NONE));
}

/* Every state x status x state x set of parties, with everything brought and with nothing. */
static void every_move(void **state)
{
    struct machine machine = machine_of(state);
    unsigned seen[MOVE_INCOMPLETE + 1] = {0};
    for (size_t f = 0; f < COUNT(machine_table); f++)
        for (int status = 0; status <= STATUS_COUNT; status++)
            for (size_t t = 0; t < COUNT(machine_table); t++)
                for (unsigned party = 0; party <= ALL_PARTIES; party++)
                    for (unsigned brought = 0; brought <= ALL_NEEDS; brought += ALL_NEEDS) {
                        const struct expected *from = &machine_table[f], *to = &machine_table[t];
                        struct move move = {slice_of(to->code), party, brought};
                        enum task_status next = STATUS_COUNT;
                        unsigned missing = 4242;
                        enum move_result is = chain_move(&machine, slice_of(from->code),
                                                         (enum task_status)status, &move, &next, &missing);
                        enum move_result should =
                            status == STATUS_COUNT
                                ? MOVE_NOT_ALLOWED
                                : expected_result(from, (enum task_status)status, to, party, brought);
                        if (is != should)
                            fail_msg("%s (%s) to %s by %x with %x: %d, expected %d", from->code,
                                     task_status_word((enum task_status)status), to->code, party, brought, is,
                                     should);
                        seen[is]++;
                        assert_int_equal(missing, is == MOVE_INCOMPLETE ? to->needs & ~brought : 0);
                        enum task_status after =
                            to->status == STATUS_UNCHANGED ? (enum task_status)status : to->status;
                        assert_int_equal(next, is == MOVE_OK ? after : STATUS_COUNT);
                    }
    for (int r = MOVE_OK; r <= MOVE_INCOMPLETE; r++)
        assert_true((seen[r] > 100) == (r != MOVE_UNKNOWN_STATE));
}

/* Every subset of needs for every state: allowed exactly when what is asked is there. */
static void every_need(void **state)
{
    struct machine machine = machine_of(state);
    for (size_t t = 0; t < COUNT(machine_table); t++) {
        const struct expected *to = &machine_table[t];
        struct slice sources = slice_of(to->from), source = slice_cut(&sources, ' ');
        if (source.len == 0)
            continue;
        enum task_status status = machine_state(&machine, source)->status;
        for (unsigned brought = 0; brought <= ALL_NEEDS; brought++) {
            struct move move = {slice_of(to->code), ALL_PARTIES, brought};
            enum task_status next;
            unsigned missing;
            if (status == STATUS_UNCHANGED)
                status = STATUS_REQUESTED;
            enum move_result is = chain_move(&machine, source, status, &move, &next, &missing);
            bool enough = (to->needs & brought) == to->needs;
            assert_int_equal(is, enough ? MOVE_OK : MOVE_INCOMPLETE);
            assert_int_equal(missing, to->needs & ~brought);
        }
    }
}

static void unknown_states_are_told(void **state)
{
    struct machine machine = machine_of(state);
    enum task_status next;
    unsigned missing;
    struct move move = {slice_of("expired"), ALL_PARTIES, ALL_NEEDS};
    assert_int_equal(chain_move(&machine, slice_of("sent"), STATUS_REQUESTED, &move, &next, &missing),
                     MOVE_UNKNOWN_STATE);
    move.to = slice_of("accepted");
    assert_int_equal(chain_move(&machine, slice_of("expired"), STATUS_REQUESTED, &move, &next, &missing),
                     MOVE_UNKNOWN_STATE);
}

/* A withdrawal that was asked keeps the status, and what comes after is measured by it. */
static void withdrawal_keeps_the_status(void **state)
{
    struct machine machine = machine_of(state);
    enum task_status next;
    unsigned missing;
    struct move ask = {slice_of("withdrawal-asked"), PARTY_REFERRER, NEED_REASON};
    assert_int_equal(chain_move(&machine, slice_of("sent"), STATUS_REQUESTED, &ask, &next, &missing),
                     MOVE_OK);
    assert_int_equal(next, STATUS_REQUESTED);
    assert_int_equal(chain_move(&machine, slice_of("paused"), STATUS_ON_HOLD, &ask, &next, &missing),
                     MOVE_OK);
    assert_int_equal(next, STATUS_ON_HOLD);
    assert_int_equal(
        chain_move(&machine, slice_of("withdrawal-asked"), STATUS_ON_HOLD, &ask, &next, &missing),
        MOVE_NOT_ALLOWED);

    static const struct {
        const char *to;
        enum task_status kept;
        enum move_result result;
    } rows[] = {
        {"accepted", STATUS_REQUESTED, MOVE_OK},
        {"accepted", STATUS_IN_PROGRESS, MOVE_NOT_ALLOWED},
        {"taking-part", STATUS_IN_PROGRESS, MOVE_OK},
        {"taking-part", STATUS_REQUESTED, MOVE_NOT_ALLOWED},
        {"done-goal-reached", STATUS_IN_PROGRESS, MOVE_OK},
        {"done-goal-reached", STATUS_ACCEPTED, MOVE_NOT_ALLOWED},
        {"declined", STATUS_RECEIVED, MOVE_OK},
        {"declined", STATUS_IN_PROGRESS, MOVE_NOT_ALLOWED},
        {"withdrawn", STATUS_REQUESTED, MOVE_OK},
        {"withdrawn", STATUS_ON_HOLD, MOVE_OK},
        {"withdrawn", STATUS_CANCELLED, MOVE_NOT_ALLOWED},
        {"sent", STATUS_REQUESTED, MOVE_NOT_ALLOWED},
    };
    for (size_t i = 0; i < COUNT(rows); i++) {
        struct move move = {slice_of(rows[i].to), PARTY_RECIPIENT, ALL_NEEDS};
        assert_int_equal(
            chain_move(&machine, slice_of("withdrawal-asked"), rows[i].kept, &move, &next, &missing),
            rows[i].result);
    }
}

/* ---- plans ---- */

/* A plan holds exactly the pairs for which chain_move() says yes. */
static void plans_agree_with_moves(void **state)
{
    struct machine machine = machine_of(state);
    for (size_t t = 0; t < COUNT(machine_table); t++)
        for (unsigned party = 0; party <= ALL_PARTIES; party++)
            for (unsigned brought = 0; brought <= ALL_NEEDS; brought += 7) {
                struct arena *arena = arena_new(0);
                struct move move = {slice_of(machine_table[t].code), party, brought};
                struct plan plan;
                chain_plan(&machine, &move, arena, &plan);
                assert_true(slice_is(plan.to->code, machine_table[t].code));
                size_t found = 0;
                for (size_t f = 0; f < machine.state_count; f++)
                    for (int status = 0; status < STATUS_UNCHANGED; status++) {
                        enum task_status next;
                        unsigned missing;
                        if (chain_move(&machine, machine.states[f].code, (enum task_status)status, &move,
                                       &next, &missing) != MOVE_OK)
                            continue;
                        assert_true(found < plan.count);
                        assert_ptr_equal(plan.from[found], &machine.states[f]);
                        assert_int_equal(plan.from_status[found], status);
                        assert_int_equal(plan.next_status[found], next);
                        found++;
                    }
                assert_int_equal(found, plan.count);
                assert_int_equal(plan.result == MOVE_OK, plan.count > 0);
                arena_free(&arena);
            }
}

static void plans_say_why_nothing_is_allowed(void **state)
{
    struct machine machine = machine_of(state);
    static const struct {
        const char *to;
        unsigned party, brought;
        enum move_result result;
        unsigned missing;
        size_t count;
    } rows[] = {
        {"expired", RC, ALL_NEEDS, MOVE_UNKNOWN_STATE, 0, 0},
        {"draft", ALL_PARTIES, ALL_NEEDS, MOVE_NOT_ALLOWED, 0, 0},
        {"accepted", RF, ALL_NEEDS, MOVE_WRONG_PARTY, 0, 0},
        {"accepted", PARTY_COORDINATOR, ALL_NEEDS, MOVE_WRONG_PARTY, 0, 0},
        {"paused", RC, NEED_DATE, MOVE_INCOMPLETE, NEED_REASON, 0},
        {"paused", RC, 0, MOVE_INCOMPLETE, NEED_REASON | NEED_DATE, 0},
        {"declined", RC, 0, MOVE_INCOMPLETE, NEED_DECLINE_CODE, 0},
        {"received", RF, NEED_TEXT, MOVE_OK, 0, 1}, /* the answer to a question, from there alone */
        {"sent", RF, 0, MOVE_OK, 0, 2}, /* from draft and planned; within requested only the system */
        {"sent", SY, 0, MOVE_OK, 0, 3},
        {"first-contact", RC, 0, MOVE_OK, 0,
         5 + 3}, /* and after a withdrawal asked: accepted, in progress, on hold */
        {"withdrawn", RC, 0, MOVE_OK, 0, 6 + 1}, /* every open status, and an offer */
    };
    for (size_t i = 0; i < COUNT(rows); i++) {
        struct arena *arena = arena_new(0);
        struct move move = {slice_of(rows[i].to), rows[i].party, rows[i].brought};
        struct plan plan;
        chain_plan(&machine, &move, arena, &plan);
        if (plan.result != rows[i].result || plan.missing != rows[i].missing || plan.count != rows[i].count)
            fail_msg("%s: result %d, missing %x, count %zu", rows[i].to, plan.result, plan.missing,
                     plan.count);
        assert_int_equal(plan.to == NULL, rows[i].result == MOVE_UNKNOWN_STATE);
        arena_free(&arena);
    }
}

/* From every open state an end can be reached by the recipient or the referrer: nobody is stuck in the chain.
 */
static void every_open_state_leads_to_an_end(void **state)
{
    struct machine machine = machine_of(state);
    for (size_t i = 0; i < COUNT(machine_table); i++) {
        if (machine_table[i].is_end)
            continue;
        bool found = false;
        for (size_t t = 0; t < COUNT(machine_table); t++) {
            struct move move = {slice_of(machine_table[t].code), RC | RF, ALL_NEEDS};
            enum task_status next, status = machine_table[i].status;
            unsigned missing;
            if (status == STATUS_UNCHANGED)
                status = STATUS_IN_PROGRESS;
            found |= machine_table[t].is_end && chain_move(&machine, slice_of(machine_table[i].code), status,
                                                           &move, &next, &missing) == MOVE_OK;
        }
        assert_true(found);
    }
}

static int load(void **state)
{
    *state = (void *)(uintptr_t)fixture_region();
    return 0;
}

static int unload(void **state)
{
    const struct region *region = *state;
    region_release(&region);
    return 0;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(statuses_are_fhirs),
        cmocka_unit_test(layer_1_every_pair),
        cmocka_unit_test(states_are_those_of_the_table),
        cmocka_unit_test(every_move),
        cmocka_unit_test(every_need),
        cmocka_unit_test(unknown_states_are_told),
        cmocka_unit_test(withdrawal_keeps_the_status),
        cmocka_unit_test(plans_agree_with_moves),
        cmocka_unit_test(plans_say_why_nothing_is_allowed),
        cmocka_unit_test(every_open_state_leads_to_an_end),
    };
    return cmocka_run_group_tests_name("chain", tests, load, unload);
}

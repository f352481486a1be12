/* test_model [STEPS]: the search with up to STEPS steps, 3 without; 4 takes far longer. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include "chain_model.h"
#include "fixture.h"

static struct model_answer answer;
static size_t steps = 3;

/* The region's machine, to be spoiled. */
struct spoiled {
    struct machine machine;
    struct state states[MODEL_STATES];
    bool edges[MODEL_STATES * MODEL_STATES];
};

static void copy(struct spoiled *spoiled, const struct machine *machine)
{
    size_t count = machine->state_count;
    assert_true(count <= MODEL_STATES);
    memcpy(spoiled->states, machine->states, count * sizeof *spoiled->states);
    memcpy(spoiled->edges, machine->edges, count * count * sizeof *spoiled->edges);
    spoiled->machine = (struct machine){spoiled->states, count, spoiled->edges};
}

static size_t number(const struct spoiled *spoiled, const char *code)
{
    const struct state *state = machine_state(&spoiled->machine, slice_of(code));
    assert_non_null(state);
    return (size_t)(state - spoiled->states);
}

static void set_edge(struct spoiled *spoiled, const char *from, const char *to, bool is_there)
{
    bool *edge = &spoiled->edges[number(spoiled, from) * spoiled->machine.state_count + number(spoiled, to)];
    assert_true(*edge != is_there);
    *edge = is_there;
}

static void search(const struct machine *machine, size_t most)
{
    model_search(&(struct model){.machine = machine, .steps = most}, &answer);
}

static void expect_broken(const char *says)
{
    assert_false(answer.holds);
    if (!strstr(answer.path, says))
        fail_msg("expected: %s\nfound:\n%s", says, answer.path);
}

/* ---- the region's machine ---- */

static void somebody_is_always_next_and_every_way_ends(void **state)
{
    const struct region *region = *state;
    search(&region->machine, steps);
    if (!answer.holds)
        fail_msg("\n%s", answer.path);
    print_message("up to %zu steps: %zu states, %zu moves, closed in %zu\n", steps, answer.states,
                  answer.moves, answer.closed);
    assert_true(answer.states > 10000 && answer.moves > 5 * answer.states && answer.closed > 1000);
}

/* ---- that the search can fail ---- */

static void a_promise_that_is_missing_is_found(void **state)
{
    const struct region *region = *state;
    static struct spoiled spoiled;
    size_t tried = 0;
    for (size_t i = 0; i < region->machine.state_count; i++) {
        const struct state *of = &region->machine.states[i];
        /* A referral begins with a promise of its own; nothing leads to a draft or an offer yet, and what is
         * planned waits for another step. */
        bool is_met = !of->is_end && !slice_is(of->code, "sent") && !slice_is(of->code, "draft") &&
                      !slice_is(of->code, "offered") && !slice_is(of->code, "planned");
        if (!is_met || of->promise.unit == SPAN_NONE)
            continue;
        copy(&spoiled, &region->machine);
        spoiled.states[i].promise.unit = SPAN_NONE;
        search(&spoiled.machine, 1);
        expect_broken("nobody is next to act, and no branch is open\n");
        tried++;
    }
    assert_int_equal(tried, 12);
    copy(&spoiled, &region->machine);
    spoiled.states[number(&spoiled, "question-to-referrer")].promise.unit = SPAN_NONE;
    search(&spoiled.machine, steps);
    assert_false(answer.holds);
    assert_string_equal(answer.path,
                        "  0. sent: step 1 sent [next: recipient]\n"
                        "  1. recipient moves step 1 to question-to-referrer: step 1 question-to-referrer "
                        "[next: nobody]\n"
                        "broken: step 1: nobody is next to act, and no branch is open\n");
}

static void a_promise_without_a_time_is_found(void **state)
{
    const struct region *region = *state;
    static struct spoiled spoiled;
    copy(&spoiled, &region->machine);
    spoiled.states[number(&spoiled, "paused")].needs = NEED_REASON;
    search(&spoiled.machine, steps);
    expect_broken("  3. recipient moves step 1 to paused: step 1 paused [next: recipient]\n"
                  "broken: a promise starts that has no time\n");
}

/* The referrer has a question to answer and no way to do it. */
static void who_can_do_nothing_is_found(void **state)
{
    const struct region *region = *state;
    static struct spoiled spoiled;
    copy(&spoiled, &region->machine);
    set_edge(&spoiled, "question-to-referrer", "received", false);
    set_edge(&spoiled, "question-to-referrer", "withdrawal-asked", false);
    set_edge(&spoiled, "question-to-referrer", "entered-in-error", false);
    search(&spoiled.machine, steps);
    expect_broken("broken: step 1: who is next to act can do nothing\n");
}

/* From a pause one can only pause again: each state has a way out, and yet nobody gets out. */
static void a_circle_is_found(void **state)
{
    const struct region *region = *state;
    static struct spoiled spoiled;
    copy(&spoiled, &region->machine);
    static const char *const ways[] = {"taking-part", "client-withdrew", "entered-in-error",
                                       "withdrawal-asked", "reassigned"};
    for (size_t i = 0; i < COUNT(ways); i++)
        set_edge(&spoiled, "paused", ways[i], false);
    search(&spoiled.machine, steps);
    assert_false(answer.holds);
    assert_string_equal(
        answer.path, "  0. sent: step 1 sent [next: recipient]\n"
                     "  1. recipient moves step 1 to accepted: step 1 accepted [next: recipient]\n"
                     "  2. recipient moves step 1 to first-contact: step 1 first-contact [next: recipient]\n"
                     "  3. recipient moves step 1 to paused: step 1 paused [next: recipient]\n"
                     "broken: it can never be closed from here\n");
}

/* L3: somebody says what became of a client whom nobody has met. The feedback can be read, and closes
 * nothing. */
static void an_end_that_cannot_be_closed_is_found(void **state)
{
    const struct region *region = *state;
    static struct spoiled spoiled;
    copy(&spoiled, &region->machine);
    set_edge(&spoiled, "accepted", "done-not-reached", true);
    search(&spoiled.machine, steps);
    expect_broken(
        "  2. recipient moves step 1 to done-not-reached: step 1 done-not-reached [next: referrer]\n"
        "  3. referrer opens the final feedback: step 1 done-not-reached, feedback opened, not closed\n"
        "broken: it is not closed, and nobody is next to act\n");
}

/* The system alone could go on; that is nobody. */
static void only_people_count(void **state)
{
    const struct region *region = *state;
    static struct spoiled spoiled;
    copy(&spoiled, &region->machine);
    for (size_t i = 0; i < spoiled.machine.state_count; i++)
        if (spoiled.states[i].is_end)
            spoiled.states[i].set_by = PARTY_SYSTEM;
    search(&spoiled.machine, 1);
    expect_broken("  0. sent: step 1 sent [next: recipient]\nbroken: it can never be closed from here\n");
}

/* As if move_step() did not wake the owner of a step when its last branch ends. */
static void a_wrap_up_that_is_forgotten_is_found(void **state)
{
    const struct region *region = *state;
    model_search(&(struct model){.machine = &region->machine, .steps = steps, .forgets_wrap_up = true},
                 &answer);
    expect_broken("recipient moves step 1 to passed-on, 1 new: step 1 passed-on [next: nobody], step 2 sent "
                  "(branch of 1) "
                  "[next: recipient]\n");
    expect_broken("broken: step 1: nobody is next to act, and no branch is open\n");
}

/* ---- the race for an offer ---- */

/* As if an answer went by what the step was when they asked, not by what it is. */
static void two_who_have_it_are_found(void **state)
{
    const struct region *region = *state;
    model_search(&(struct model){.machine = &region->machine, .steps = 2, .forgets_lock = true}, &answer);
    expect_broken("recipient of step 1 asks to accept: ");
    expect_broken("recipient of step 2 asks to accept: ");
    expect_broken("recipient moves step 1 to accepted: ");
    expect_broken("recipient moves step 2 to accepted: ");
    expect_broken("broken: step 1: two have taken what was offered once\n");
}

static void an_offer_that_stays_is_found(void **state)
{
    const struct region *region = *state;
    model_search(&(struct model){.machine = &region->machine, .steps = 2, .forgets_others = true}, &answer);
    expect_broken("broken: step 1: it is taken, and still offered to another\n");
}

static void a_round_that_leads_nowhere_is_found(void **state)
{
    const struct region *region = *state;
    model_search(&(struct model){.machine = &region->machine, .steps = 3, .forgets_lapse = true}, &answer);
    expect_broken("nobody answers: ");
    expect_broken("broken: it is not closed, and nobody is next to act\n");
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

int main(int argc, char **argv)
{
    uint64_t most;
    if (argc > 1 && slice_to_u64(slice_of(argv[1]), MODEL_STEPS, &most) && most)
        steps = (size_t)most;
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(somebody_is_always_next_and_every_way_ends),
        cmocka_unit_test(a_promise_that_is_missing_is_found),
        cmocka_unit_test(a_promise_without_a_time_is_found),
        cmocka_unit_test(who_can_do_nothing_is_found),
        cmocka_unit_test(a_circle_is_found),
        cmocka_unit_test(an_end_that_cannot_be_closed_is_found),
        cmocka_unit_test(only_people_count),
        cmocka_unit_test(a_wrap_up_that_is_forgotten_is_found),
        cmocka_unit_test(two_who_have_it_are_found),
        cmocka_unit_test(an_offer_that_stays_is_found),
        cmocka_unit_test(a_round_that_leads_nowhere_is_found),
    };
    return cmocka_run_group_tests_name("model", tests, load, unload);
}

#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include "history_fixture.h"

static struct found found;

static void drop_line(const char *lines[LINES], size_t at)
{
    memmove(&lines[at], &lines[at + 1], (LINES - at - 1) * sizeof *lines);
    lines[LINES - 1] = NULL;
}

static void put_line(const char *lines[LINES], size_t at, const char *line)
{
    memmove(&lines[at + 1], &lines[at], (LINES - at - 1) * sizeof *lines);
    lines[at] = line;
}

/* Where the event with this number stands. */
static size_t event_at(const struct story *story, int id)
{
    char start[16];
    snprintf(start, sizeof start, "%d ", id);
    for (size_t at = 0; at < line_count(story->events); at++)
        if (slice_starts(slice_of(story->events[at]), start))
            return at;
    fail_msg("there is no event %d", id);
    return 0;
}

static bool has_effect(const char *line)
{
    static const char *const none[] = {" consent-", " client-", " emergency-"};
    for (size_t i = 0; i < sizeof none / sizeof none[0]; i++)
        if (strstr(line, none[i]))
            return false;
    return true;
}

static void expect(const struct story *story, const char *text)
{
    replay(story, &found);
    assert_string_equal(found.text, text);
}

static void a_whole_history_is_the_state(void **state)
{
    (void)state;
    expect(&whole, "");
    expect(&(struct story){.events = {NULL}}, "");
}

/* Each cell of each row, changed, emptied or filled: named, and nothing else. */
static void every_cell_is_compared(void **state)
{
    (void)state;
    size_t tried = 0;
    for (int t = 0; t < HISTORY_STATES; t++)
        for (size_t i = 0; i < line_count(whole.rows[t]); i++)
            for (size_t column = 0; column < history_shapes[t].count; column++)
                for (int is_emptied = 0; is_emptied < 2; is_emptied++) {
                    struct story story = whole;
                    struct slice cells[HISTORY_CELLS];
                    int64_t id, nr;
                    char line[1024], says[512];
                    read_line((enum history_table)t, whole.rows[t][i], &id, &nr, cells);
                    struct slice was = cells[column];
                    if (is_emptied && !was.ptr)
                        continue;
                    cells[column] = is_emptied ? SLICE_NONE : slice_of("other");
                    int n = snprintf(line, sizeof line, "%lld/%lld ", (long long)id, (long long)nr);
                    for (size_t c = 0; c < history_shapes[t].count; c++)
                        if (cells[c].ptr)
                            n += snprintf(line + n, sizeof line - (size_t)n, "%s=%.*s ",
                                          history_shapes[t].columns[c], SLICE_FMT(cells[c]));
                    story.rows[t][i] = line;
                    replay(&story, &found);
                    snprintf(says, sizeof says, ": %s is %s, events say %.*s\n",
                             history_shapes[t].columns[column], is_emptied ? "" : "other", SLICE_FMT(was));
                    if (found.all != 1 || !strstr(found.text, says))
                        fail_msg("%s: expected%sfound:\n%s", line, says, found.text);
                    tried++;
                }
    assert_true(tried > 200);
}

static void every_row_is_looked_for(void **state)
{
    (void)state;
    for (int t = 0; t < HISTORY_STATES; t++)
        for (size_t i = 0; i < line_count(whole.rows[t]); i++) {
            struct story story = whole;
            drop_line(story.rows[t], i);
            replay(&story, &found);
            assert_int_equal(found.all, 1);
            assert_int_equal(found.count[HISTORY_GONE], 1);
        }
    struct story story = whole;
    put_line(story.rows[HISTORY_STEP], 0, "99 owner_id=2");
    put_line(story.rows[HISTORY_PROMISE], 0, "21/5 kind=follow-up");
    put_line(story.rows[HISTORY_FEEDBACK], 0, "98 step_id=21");
    expect(&story, "step 99: untold\npromise 21/5: untold\nfeedback 98: untold\n");
}

static void a_missing_event_is_found(void **state)
{
    (void)state;
    for (size_t i = 0; i < line_count(whole.events); i++) {
        struct story story = whole;
        drop_line(story.events, i);
        replay(&story, &found);
        if ((found.all > 0) != has_effect(whole.events[i]))
            fail_msg("without %s: %s", whole.events[i], found.text);
    }
    struct story story = whole;
    drop_line(story.events, event_at(&story, 106));
    expect(&story, "event 107: step-moved does not follow the version before\n"
                   "promise 21/3: untold\n"
                   "promise 21/2: ended_at is g, events say h\n");
    story = whole;
    drop_line(story.events, 0);
    replay(&story, &found);
    assert_int_equal(found.count[HISTORY_BROKEN], line_count(whole.events) - 1 - 3);
    assert_int_equal(found.count[HISTORY_UNTOLD], 17);
}

static void a_doubled_event_is_found(void **state)
{
    (void)state;
    for (size_t i = 0; i < line_count(whole.events); i++) {
        struct story story = whole;
        put_line(story.events, i, whole.events[i]);
        replay(&story, &found);
        if (strstr(whole.events[i],
                   " referral-joined ")) /* undone and merged again, it says the same twice */
            assert_int_equal(found.all, 0);
        else if ((found.count[HISTORY_BROKEN] > 0) != has_effect(whole.events[i]))
            fail_msg("twice %s: %s", whole.events[i], found.text);
    }
    static const struct {
        int id;
        const char *says;
    } rows[] = {{101, "referral-sent sends what was sent before"},
                {102, "step-moved moves a step that has ended"},
                {103, "step-made makes a step that is there already"},
                {106, "step-moved does not follow the version before"},
                {111, "promise-started does not follow the version before"},
                {113, "outcome-rolled-up gives an outcome to what had one"},
                {165, "promise-overdue does not follow the level before"},
                {114, "feedback-opened opens what was opened before"},
                {115, "loop-closed closes what was closed before"}};
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct story story = whole;
        size_t at = event_at(&story, rows[i].id);
        put_line(story.events, at, whole.events[at]);
        replay(&story, &found);
        if (!strstr(found.text, rows[i].says))
            fail_msg("%s\nexpected: %s\nfound: %s", whole.events[at], rows[i].says, found.text);
    }
}

/* Two neighbours of the same step, promise or feedback change places. */
static void order_matters(void **state)
{
    (void)state;
    static const int firsts[] = {101, 164, 165, 105, 106, 107, 109, 112, 113, 171};
    for (size_t i = 0; i < sizeof firsts / sizeof firsts[0]; i++) {
        struct story story = whole;
        size_t at = event_at(&story, firsts[i]);
        const char *first = story.events[at];
        drop_line(story.events, at);
        put_line(story.events, at + 1, first);
        replay(&story, &found);
        if (!found.all)
            fail_msg("%s after the next one: nothing found", first);
    }
    struct story story = whole;
    size_t at = event_at(&story, 107);
    const char *first = story.events[at];
    drop_line(story.events, at);
    put_line(story.events, at + 1, first);
    replay(&story, &found);
    assert_non_null(strstr(found.text, "event 108: step-moved does not follow the version before\n"
                                       "event 107: step-moved does not follow the version before\n"));
}

static void a_version_that_jumps_is_found(void **state)
{
    (void)state;
    struct story story = whole;
    story.events[event_at(&story, 108)] =
        "108 step-moved at=i account_id=13 organisation_id=3 step_id=21 version=9 from_state=first-contact "
        "to_state=passed-on from_status=in-progress to_status=in-progress";
    replay(&story, &found);
    assert_non_null(strstr(found.text, "event 108: step-moved does not follow the version before\n"
                                       "event 111: promise-started does not follow the version before\n"));
    assert_int_equal(found.all, 2);
}

static void events_that_cannot_be_are_found(void **state)
{
    (void)state;
    static const struct {
        const char *line, *says;
        int before; /* which event it stands before; 0: at the end */
    } rows[] = {
        {"500 step-moved at=b step_id=77 version=2", "step-moved is about a step that is not there", 0},
        {"500 promise-started at=b step_id=77 version=2", "promise-started is about a step that is not there",
         0},
        {"500 outcome-rolled-up at=b step_id=77 version=2",
         "outcome-rolled-up is about a step that is not there", 0},
        {"500 promise-overdue at=b step_id=20 version=9 level=1",
         "promise-overdue is about a promise that is not there", 0},
        {"500 promise-overdue at=z step_id=20 version=1 level=3",
         "promise-overdue raises a promise that has ended", 0},
        {"500 promise-overdue at=b step_id=20 version=1 level=3",
         "promise-overdue does not follow the level before", 165},
        {"500 promise-started at=b step_id=20 version=2 from_state=sent from_status=requested to_state=sent "
         "to_status=requested promise_kind=wrap-up",
         "promise-started starts a promise while another is open", 102},
        {"500 feedback-opened at=b step_id=20 feedback_id=88",
         "feedback-opened is about a feedback that is not there", 0},
        {"500 feedback-opened at=b step_id=77 feedback_id=31",
         "feedback-opened is about a step that is not there", 0},
        {"500 loop-closed at=b", "loop-closed closes what has no outcome", 113},
        {"500 loop-closed at=b", "loop-closed comes before the referral is sent", 101},
        {"500 outcome-rolled-up at=k step_id=21 version=4 promise_kind=feedback feedback_id=40 "
         "outcome=declined",
         "outcome-rolled-up is of another version of the step", 112},
        {"500 step-moved at=k step_id=21 version=7 from_state=sent from_status=in-progress to_state=paused "
         "to_status=on-hold",
         "step-moved does not begin where the step was", 112},
        {"500 step-moved at=k step_id=21 version=7 from_state=passed-on from_status=on-hold to_state=paused "
         "to_status=on-hold",
         "step-moved does not begin where the step was", 112},
        {"500 story-told at=i step_id=77 feedback_id=50", "story-told is about a step that is not there", 0},
        {"500 story-told at=z step_id=21 feedback_id=34", "story-told tells what was told before", 0},
        {"500 story-told at=i step_id=21 feedback_id=33", "story-told tells what was told before", 0},
        {"500 referral-merged at=z merged_into=8", "referral-merged merges what has ended", 0},
        {"500 referral-reopened at=f", "referral-reopened reopens what has not ended", 106},
        {"500 step-follows at=b step_id=77 after_id=20", "step-follows is about a step that is not there", 0},
        {"500 step-follows at=i step_id=22 after_id=20", "step-follows puts in order what is not planned", 0},
        {"500 director-changed at=b", "director-changed names the director of before", 0},
        {"500 no-such-kind at=k", "no-such-kind is unknown", 0},
        {"500  at=k", "event 500:  is unknown", 0},
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct story story = whole;
        size_t at = rows[i].before ? event_at(&story, rows[i].before) : line_count(story.events);
        put_line(story.events, at, rows[i].line);
        replay(&story, &found);
        if (!strstr(found.text, rows[i].says))
            fail_msg("%s\nexpected: %s\nfound: %s", rows[i].line, rows[i].says, found.text);
    }
}

/* A referral of whose last step nobody was told: the feedback is made by the outcome. */
static void an_outcome_tells_where_no_move_did(void **state)
{
    (void)state;
    static const struct story story = {
        .events =
            {"1 referral-sent at=a account_id=11 organisation_id=1 step_id=20 version=1 to_state=sent "
             "to_status=requested owner_id=2 client_id=4 promise_kind=deliver promise_organisation_id=2 "
             "promise_due=a+2",
             "2 step-moved at=b step_id=20 version=2 from_state=sent to_state=entered-in-error "
             "from_status=requested to_status=entered-in-error",
             "3 outcome-rolled-up at=b step_id=20 version=2 promise_kind=feedback promise_organisation_id=1 "
             "promise_due=b+2 feedback_id=30 outcome=entered-in-error"},
        .rows = {
            [HISTORY_REFERRAL] = {"7 client_id=4 organisation_id=1 account_id=11 created_at=a "
                                  "outcome=entered-in-error ended_at=b"},
            [HISTORY_STEP] = {"20 owner_id=2 state=entered-in-error status=entered-in-error version=2 "
                              "promise_nr=2 created_at=a ended_at=b"},
            [HISTORY_PROMISE] = {"20/1 kind=deliver organisation_id=2 owner_id=2 referrer_id=1 level=0 "
                                 "started_at=a due_at=a+2 ended_at=b ended_how=kept",
                                 "20/2 kind=feedback organisation_id=1 referrer_id=1 level=0 started_at=b "
                                 "due_at=b+2"},
            [HISTORY_FEEDBACK] = {"30 step_id=20 state=entered-in-error from_id=2 to_id=1 at=b is_final=t"}}};
    expect(&story, "");
}

/* What stands beside the moves of a step: a promise to call back, and goals. */
static void call_backs_and_goals(void **state)
{
    (void)state;
    static const char *const told[] = {
        "200 call-back-promised at=h step_id=21 version=-1 promise_kind=call-back promise_organisation_id=3 "
        "promise_due=h+1",
        "201 promise-overdue at=h step_id=21 version=-1 level=1",
        "202 call-back-kept at=h step_id=21 version=-1 result=voicemail",
        "203 call-back-promised at=h step_id=21 version=-2 promise_kind=call-back promise_organisation_id=3 "
        "promise_due=h+9",
        "204 call-back-released at=i step_id=21 version=-2",
        "205 goal-set at=h step_id=21 object_id=40",
        "206 goal-scored at=h step_id=21 object_id=40 score=3",
        "207 goal-scored at=h step_id=21 object_id=40 score=7",
        "208 goal-ended at=i step_id=21 object_id=40 result=partly",
        "209 goal-ended at=j step_id=21 object_id=40 result=reached",
        "210 goal-set at=h step_id=21 object_id=41 score=5 domains={a}",
        "211 message-sent at=h step_id=21 object_id=50 organisation_id=1 account_id=11 message_nr=1",
        "212 message-sent at=i step_id=21 object_id=51 organisation_id=1 account_id=11 message_nr=2",
        "213 message-read at=i step_id=21 organisation_id=3 account_id=13 message_nr=1",
        "214 message-read at=j step_id=21 organisation_id=3 account_id=14 message_nr=2",
        "215 attachment-added at=j step_id=21 object_id=52 organisation_id=3 account_id=13 message_nr=1 "
        "media=image/png size=9"};
    static const struct {
        const char *line, *says;
    } wrong[] = {
        {"300 call-back-promised at=h step_id=77 version=-1", "is about a step that is not there"},
        {"300 call-back-promised at=h step_id=21 version=-1", "starts a promise that is there already"},
        {"300 call-back-promised at=h step_id=21 version=9", "by the number of another promise"},
        {"300 call-back-promised at=h step_id=20 version=-1", "in a step that has ended"},
        {"300 call-back-kept at=h step_id=21 version=-1", "ends a promise that had ended"},
        {"300 call-back-kept at=h step_id=21 version=-7", "is about a promise that is not there"},
        {"300 call-back-released at=h step_id=21 version=4", "is about a promise that is not there"},
        {"300 goal-set at=h step_id=77 object_id=50", "is about a step that is not there"},
        {"300 goal-set at=h step_id=21 object_id=40", "sets a goal that is there already"},
        {"300 goal-scored at=h step_id=21 object_id=50 score=1", "is about a goal that is not there"},
        {"300 goal-scored at=h step_id=21 object_id=40", "scores a goal without a number"},
        {"300 goal-ended at=h step_id=21 object_id=50 result=partly", "is about a goal that is not there"},
        {"300 goal-ended at=h step_id=21 object_id=40 result=reached", "ends a goal as it had ended"},
        {"300 message-sent at=h step_id=77 object_id=60 message_nr=1", "is about a step that is not there"},
        {"300 message-sent at=h step_id=21 object_id=50 message_nr=3", "sends what was sent before"},
        {"300 attachment-added at=h step_id=21 object_id=52 message_nr=2", "sends what was sent before"},
        {"300 message-read at=h step_id=77 organisation_id=3 message_nr=1",
         "is about a step that is not there"},
        {"300 message-read at=j step_id=21 organisation_id=3 message_nr=2", "reads what was read before"}};
    struct story story = whole;
    size_t at = event_at(&story, 108), count = sizeof told / sizeof told[0];
    for (size_t i = 0; i < count; i++)
        put_line(story.events, at + i, told[i]);
    put_line(
        story.rows[HISTORY_PROMISE], 0,
        "21/-1 kind=call-back organisation_id=3 owner_id=3 referrer_id=1 level=1 started_at=h due_at=h+1 "
        "ended_at=h ended_how=kept");
    put_line(
        story.rows[HISTORY_PROMISE], 0,
        "21/-2 kind=call-back organisation_id=3 owner_id=3 referrer_id=1 level=0 started_at=h due_at=h+9 "
        "ended_at=i ended_how=released");
    put_line(story.rows[HISTORY_GOAL], 0,
             "40 step_id=21 state=reached score_first=3 score=7 created_at=h ended_at=j domain=b");
    /* Of 40 no domain is told, as in events of before: there is nothing to compare. */
    put_line(story.rows[HISTORY_GOAL], 0,
             "41 step_id=21 state=active score_first=5 score=5 created_at=h domain=a");
    put_line(story.rows[HISTORY_MESSAGE], 0, "50 step_id=21 nr=1 organisation_id=1 account_id=11 at=h");
    put_line(story.rows[HISTORY_MESSAGE], 0, "51 step_id=21 nr=2 organisation_id=1 account_id=11 at=i");
    put_line(story.rows[HISTORY_MARK], 0, "21/3 message_nr=2 account_id=14 at=j");
    put_line(story.rows[HISTORY_ATTACHMENT], 0,
             "52 step_id=21 nr=1 organisation_id=3 account_id=13 at=j media=image/png size=8");
    expect(&story, "attachment 52: size is 8, events say 9\n");
    story.rows[HISTORY_ATTACHMENT][0] =
        "52 step_id=21 nr=1 organisation_id=3 account_id=13 at=j media=image/png size=9";
    expect(&story, "");
    for (size_t i = 0; i < count; i++) {
        struct story less = story;
        drop_line(less.events, at + i);
        replay(&less, &found);
        if (found.all == 0 && i != 8 && i != 13) /* of which the next one says it anew */
            fail_msg("without %s nothing is found", told[i]);
    }
    for (size_t i = 0; i < sizeof wrong / sizeof wrong[0]; i++) {
        struct story more = story;
        put_line(more.events, at + count, wrong[i].line);
        replay(&more, &found);
        if (!strstr(found.text, wrong[i].says))
            fail_msg("%s: expected %s, found %s", wrong[i].line, wrong[i].says, found.text);
    }
}

/* Whoever gives the vocabulary a new kind of event says in history.c what it does. */
/* Offered to three: one accepts, so that another is over; then a round of which the time runs out. */
static void offers_are_taken_by_one(void **state)
{
    (void)state;
    static const struct story story = {
        .events =
            {"1 referral-sent at=a account_id=11 organisation_id=1 step_id=20 version=1 to_state=offered "
             "to_status=requested offered_to=2 offer_group=1 client_id=4 promise_kind=offer "
             "promise_organisation_id=2 promise_due=a+2",
             "2 step-made at=a account_id=11 organisation_id=1 step_id=21 version=1 to_state=offered "
             "to_status=requested offered_to=3 offer_group=1 promise_kind=offer promise_organisation_id=3 "
             "promise_due=a+2",
             "3 promise-overdue at=b step_id=20 version=1 level=1",
             "4 step-moved at=b step_id=20 version=2 from_state=offered to_state=offer-gone "
             "from_status=requested to_status=cancelled",
             "5 step-moved at=c account_id=13 organisation_id=3 step_id=21 version=2 from_state=offered "
             "to_state=accepted from_status=requested to_status=accepted owner_id=3 "
             "promise_kind=first-contact promise_organisation_id=3 promise_due=c+14 feedback_id=30",
             "6 step-made at=c account_id=11 organisation_id=1 step_id=22 version=1 to_state=offered "
             "to_status=requested offered_to=4 offer_group=1 promise_kind=offer promise_organisation_id=4 "
             "promise_due=c+2",
             "7 step-moved at=d step_id=22 version=2 from_state=offered to_state=offer-gone "
             "from_status=requested to_status=cancelled feedback_id=31"},
        .rows = {
            [HISTORY_REFERRAL] = {"7 client_id=4 organisation_id=1 account_id=11 created_at=a"},
            [HISTORY_STEP] = {"20 offered_to=2 offer_group=1 state=offer-gone status=cancelled version=2 "
                              "created_at=a ended_at=b",
                              "21 owner_id=3 offer_group=1 state=accepted status=accepted version=2 "
                              "promise_nr=2 created_at=a",
                              "22 offered_to=4 offer_group=1 state=offer-gone status=cancelled version=2 "
                              "created_at=c ended_at=d"},
            [HISTORY_PROMISE] = {"20/1 kind=offer organisation_id=2 referrer_id=1 level=1 started_at=a "
                                 "due_at=a+2 ended_at=b ended_how=escalated",
                                 "21/1 kind=offer organisation_id=3 referrer_id=1 level=0 started_at=a "
                                 "due_at=a+2 ended_at=c ended_how=kept",
                                 "21/2 kind=first-contact organisation_id=3 owner_id=3 referrer_id=1 level=0 "
                                 "started_at=c due_at=c+14",
                                 "22/1 kind=offer organisation_id=4 referrer_id=1 level=0 started_at=c "
                                 "due_at=c+2 ended_at=d ended_how=released"},
            [HISTORY_FEEDBACK] = {
                "30 step_id=21 state=accepted from_id=3 to_id=1 at=c is_final=f",
                "31 step_id=22 state=offer-gone from_id=4 to_id=1 at=d is_final=f",
            }}};
    expect(&story, "");
    struct story other = story;
    other.events[4] =
        "5 step-moved at=c account_id=12 organisation_id=2 step_id=21 version=2 from_state=offered "
        "to_state=accepted from_status=requested to_status=accepted owner_id=2 "
        "promise_kind=first-contact promise_organisation_id=3 promise_due=c+14 feedback_id=30";
    replay(&other, &found);
    assert_non_null(strstr(found.text, "event 5: step-moved gives a step to whom it was not offered\n"));
    other = story;
    other.rows[HISTORY_STEP][0] = "20 owner_id=2 offer_group=1 state=offer-gone status=cancelled version=2 "
                                  "created_at=a ended_at=b";
    expect(&other, "step 20: owner_id is 2, events say \nstep 20: offered_to is , events say 2\n");
}

/* One branch after another: the first is declined, so that the other waits for what comes in its place; that
 * is declined too, and who directs decides. */
static void branches_in_order_and_who_directs(void **state)
{
    (void)state;
    static const struct story story = {
        .events =
            {"1 referral-sent at=a account_id=11 organisation_id=1 step_id=20 version=1 to_state=sent "
             "to_status=requested owner_id=2 client_id=4 promise_kind=deliver promise_organisation_id=2 "
             "promise_due=a+2",
             "2 step-moved at=b account_id=12 organisation_id=2 step_id=20 version=2 from_state=sent "
             "to_state=passed-on from_status=requested to_status=in-progress",
             "3 director-changed at=b account_id=12 organisation_id=2 director_id=2",
             "4 step-made at=b step_id=21 version=1 to_state=sent to_status=requested owner_id=3 "
             "parent_id=20 promise_kind=deliver promise_organisation_id=3 promise_due=b+2",
             "5 step-made at=b step_id=22 version=1 to_state=planned to_status=draft owner_id=4 "
             "parent_id=20 after_id=21",
             "6 step-moved at=c account_id=13 organisation_id=3 step_id=21 version=2 from_state=sent "
             "to_state=declined from_status=requested to_status=rejected decline_code=capacity",
             "7 step-made at=c step_id=23 version=1 to_state=sent to_status=requested owner_id=5 "
             "parent_id=20 previous_id=21 promise_kind=deliver promise_organisation_id=5 promise_due=c+2",
             "8 step-follows at=c step_id=22 after_id=23",
             "9 director-changed at=d account_id=14 organisation_id=9 director_id=5",
             "10 step-moved at=e account_id=15 organisation_id=5 step_id=23 version=2 from_state=sent "
             "to_state=declined from_status=requested to_status=rejected decline_code=age",
             "11 promise-started at=e step_id=22 version=2 from_state=planned to_state=planned "
             "from_status=draft to_status=draft promise_kind=decide promise_organisation_id=5 "
             "promise_due=e+2",
             "12 director-changed at=f",
             "13 step-moved at=g account_id=15 organisation_id=5 step_id=22 version=3 from_state=planned "
             "to_state=dropped from_status=draft to_status=cancelled",
             "14 director-changed at=h account_id=14 organisation_id=9 director_id=2"},
        .rows = {
            [HISTORY_REFERRAL] = {"7 client_id=4 organisation_id=1 account_id=11 created_at=a director_id=2"},
            [HISTORY_STEP] = {"20 owner_id=2 state=passed-on status=in-progress version=2 created_at=a",
                              "21 owner_id=3 parent_id=20 state=declined status=rejected version=2 "
                              "decline_code=capacity created_at=b ended_at=c",
                              "22 owner_id=4 parent_id=20 after_id=23 state=dropped status=cancelled "
                              "version=3 created_at=b ended_at=g",
                              "23 owner_id=5 parent_id=20 previous_id=21 state=declined status=rejected "
                              "version=2 decline_code=age created_at=c ended_at=e"},
            [HISTORY_PROMISE] = {"20/1 kind=deliver organisation_id=2 owner_id=2 referrer_id=1 level=0 "
                                 "started_at=a due_at=a+2 ended_at=b ended_how=kept",
                                 "21/1 kind=deliver organisation_id=3 owner_id=3 referrer_id=1 level=0 "
                                 "started_at=b due_at=b+2 ended_at=c ended_how=kept",
                                 /* of what is planned, whoever decides */
                                 "22/2 kind=decide organisation_id=5 owner_id=5 referrer_id=1 level=0 "
                                 "started_at=e due_at=e+2 ended_at=g ended_how=kept",
                                 "23/1 kind=deliver organisation_id=5 owner_id=5 referrer_id=1 level=0 "
                                 "started_at=c due_at=c+2 ended_at=e ended_how=kept"}}};
    expect(&story, "");
    struct story other = story;
    drop_line(other.events, event_at(&other, 8));
    expect(&other, "step 22: after_id is 23, events say 21\n");
    other = story;
    drop_line(other.events, event_at(&other, 14));
    expect(&other, "referral 7: director_id is 2, events say \n");
    other = story;
    drop_line(other.events, event_at(&other, 12));
    drop_line(other.events, event_at(&other, 9));
    expect(&other, "event 14: director-changed names the director of before\n");
    other = story;
    put_line(other.events, event_at(&other, 9), "500 director-changed at=c director_id=2");
    expect(&other, "event 500: director-changed names the director of before\n");
    other = story;
    put_line(other.events, line_count(other.events), "500 step-follows at=i step_id=22 after_id=23");
    expect(&other, "event 500: step-follows puts in order what is not planned\n");
}

/* Somebody who came by themself was sent before: it goes on there, ends with that, and they are told. Then it
 * is reopened, and stands by itself. */
static void merged_told_and_reopened(void **state)
{
    (void)state;
    static const struct story story = {
        .events = {"1 referral-sent at=a account_id=11 organisation_id=1 step_id=20 version=1 to_state=sent "
                   "to_status=requested owner_id=2 client_id=4 origin=self promise_kind=deliver "
                   "promise_organisation_id=2 promise_due=a+2",
                   "2 referral-merged at=b account_id=14 organisation_id=9 merged_into=8",
                   "3 step-moved at=b account_id=14 organisation_id=9 step_id=20 version=2 from_state=sent "
                   "to_state=merged from_status=requested to_status=cancelled feedback_id=30",
                   "4 outcome-rolled-up at=c step_id=20 version=2 promise_kind=tell-client "
                   "promise_organisation_id=1 promise_due=c+2 feedback_id=31 outcome=done-partly",
                   "5 client-asked at=d account_id=11 organisation_id=1 client_id=4", "6 loop-closed at=d"},
        .rows = {
            [HISTORY_REFERRAL] = {"7 client_id=4 organisation_id=1 account_id=11 created_at=a origin=self "
                                  "merged_into=8 outcome=done-partly ended_at=c closed_at=d"},
            [HISTORY_STEP] = {"20 owner_id=2 state=merged status=cancelled version=2 created_at=a "
                              "ended_at=b"},
            [HISTORY_PROMISE] = {"20/1 kind=deliver organisation_id=2 owner_id=2 referrer_id=1 level=0 "
                                 "started_at=a due_at=a+2 ended_at=b ended_how=kept",
                                 "20/2 kind=tell-client organisation_id=1 referrer_id=1 level=0 "
                                 "started_at=c due_at=c+2 ended_at=d ended_how=kept"},
            [HISTORY_FEEDBACK] = {"30 step_id=20 state=merged from_id=2 to_id=1 at=b is_final=f",
                                  "31 step_id=20 state=merged from_id=2 to_id=1 at=c is_final=t"}}};
    expect(&story, "");
    struct story other = story;
    drop_line(other.events, event_at(&other, 2));
    expect(&other, "referral 7: merged_into is 8, events say \n");
    other = story;
    drop_line(other.events, event_at(&other, 5));
    expect(&other,
           "step 20: promise_nr is , events say 2\n"
           "promise 20/2: ended_at is d, events say \npromise 20/2: ended_how is kept, events say \n");
    other = story;
    put_line(other.events, event_at(&other, 3), "500 referral-merged at=b merged_into=8");
    expect(&other, "event 500: referral-merged merges what was merged before\n");

    other = story;
    put_line(other.events, line_count(other.events),
             "7 referral-reopened at=e account_id=14 organisation_id=9");
    other.rows[HISTORY_REFERRAL][0] =
        "7 client_id=4 organisation_id=1 account_id=11 created_at=a origin=self";
    expect(&other, "");
    /* What goes on elsewhere has not ended, and can be taken back all the same. */
    other = story;
    put_line(other.events, event_at(&other, 4), "7 referral-reopened at=b account_id=14 organisation_id=9");
    other.rows[HISTORY_REFERRAL][0] =
        "7 client_id=4 organisation_id=1 account_id=11 created_at=a origin=self "
        "outcome=done-partly ended_at=c closed_at=d";
    expect(&other, "");
}

static void places_in_groups(void **state)
{
    (void)state;
    static const struct story story = {
        .events =
            {"1 referral-sent at=a account_id=11 organisation_id=1 step_id=20 version=1 to_state=sent "
             "to_status=requested owner_id=2 client_id=4 promise_kind=deliver promise_organisation_id=2 "
             "promise_due=a+2",
             "2 place-waiting at=b step_id=20 group_id=60 persons=2",
             "3 place-attended at=b step_id=20 group_id=60",
             "4 place-offered at=c step_id=20 group_id=60 persons=2 version=-1 promise_kind=take-place "
             "promise_organisation_id=2 promise_due=c+2",
             "5 place-taken at=d step_id=20 group_id=60 persons=2 version=-1",
             "6 place-given-up at=e step_id=20 group_id=60 persons=2",
             "7 place-taken at=f step_id=20 group_id=61 persons=1"},
        .rows = {
            [HISTORY_REFERRAL] = {"7 client_id=4 organisation_id=1 account_id=11 created_at=a"},
            [HISTORY_STEP] =
                {"20 owner_id=2 state=sent status=requested version=1 promise_nr=1 created_at=a"},
            [HISTORY_PROMISE] = {"20/1 kind=deliver organisation_id=2 owner_id=2 referrer_id=1 level=0 "
                                 "started_at=a due_at=a+2",
                                 "20/-1 kind=take-place organisation_id=2 owner_id=2 referrer_id=1 level=0 "
                                 "started_at=c due_at=c+2 ended_at=d ended_how=kept"},
            [HISTORY_PLACE] = {"20 group_id=61 persons=1 state=taken asked_at=f"}}};
    expect(&story, "");
    struct story other = story;
    other.rows[HISTORY_PLACE][0] = "20 group_id=61 persons=2 state=waiting asked_at=f";
    expect(&other, "place 20: persons is 2, events say 1\nplace 20: state is waiting, events say taken\n");
    other = story;
    other.events[6] = "7 place-given-up at=f step_id=20 group_id=60 persons=2";
    replay(&other, &found);
    assert_non_null(strstr(found.text, "event 7: place-given-up gives up a place that is not there\n"));
    other = story;
    other.events[5] = "6 place-lost at=e step_id=20 group_id=60 persons=2 version=-1";
    replay(&other, &found);
    assert_non_null(strstr(found.text, "event 6: place-lost ends a promise that has ended\n"));
    other = story;
    other.events[5] =
        "6 place-offered at=e step_id=20 group_id=60 persons=2 version=-2 promise_kind=take-place "
        "promise_organisation_id=2 promise_due=c+2";
    replay(&other, &found);
    assert_non_null(strstr(found.text, "event 6: place-offered keeps a place for who did not wait\n"));
}

static void every_kind_of_the_vocabulary_is_known(void **state)
{
    (void)state;
    static const char path[] = "sql/functions/seed_vocabulary.sql";
    static char text[1 << 16];
    FILE *file = fopen(path, "r");
    assert_non_null(file);
    size_t kinds = 0, length = fread(text, 1, sizeof text - 1, file);
    fclose(file);
    text[length] = '\0';
    char *from = strstr(text, "INSERT INTO data.event_kind"),
         *until = from ? strstr(from, "ON CONFLICT") : NULL;
    if (!until) {
        fail_msg("%s holds no kinds of events", path);
        return;
    }
    *until = '\0';
    for (char *word = strstr(from, "('"); word; word = strstr(word, "('"), kinds++) {
        char line[128];
        struct slice rest = slice_of(word + 2), kind = slice_cut(&rest, '\'');
        snprintf(line, sizeof line, "1 %.*s at=a", SLICE_FMT(kind));
        replay(&(struct story){.events = {line}}, &found);
        /* These are words for notices alone. */
        static const char *const notices[] = {
            "enrolled",           "role-changed",         "identity-added",    "step-reassigned",
            "step-taken-over",    "branch-ended",         "branch-declined",   "feedback-digest",
            "confirmation-asked", "confirmation-overdue", "subscription-gone", "branch-not-shared",
            "contract-changed"};
        bool is_notice = false;
        for (size_t i = 0; i < sizeof notices / sizeof notices[0]; i++)
            is_notice |= slice_is(kind, notices[i]);
        if ((found.count[HISTORY_UNKNOWN] > 0) != is_notice)
            fail_msg("history.c does not say what an event of kind %.*s does", SLICE_FMT(kind));
        word += 2;
    }
    assert_true(kinds > 15);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_whole_history_is_the_state),
        cmocka_unit_test(every_cell_is_compared),
        cmocka_unit_test(every_row_is_looked_for),
        cmocka_unit_test(a_missing_event_is_found),
        cmocka_unit_test(a_doubled_event_is_found),
        cmocka_unit_test(order_matters),
        cmocka_unit_test(a_version_that_jumps_is_found),
        cmocka_unit_test(events_that_cannot_be_are_found),
        cmocka_unit_test(an_outcome_tells_where_no_move_did),
        cmocka_unit_test(call_backs_and_goals),
        cmocka_unit_test(offers_are_taken_by_one),
        cmocka_unit_test(places_in_groups),
        cmocka_unit_test(branches_in_order_and_who_directs),
        cmocka_unit_test(merged_told_and_reopened),
        cmocka_unit_test(every_kind_of_the_vocabulary_is_known),
    };
    return cmocka_run_group_tests_name("history", tests, NULL, NULL);
}

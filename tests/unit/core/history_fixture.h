/* A referral that saw everything, as events and as the state that it must be; and what a replay of them
 * finds, as text. A row is "ID[/NR] column=value ...", an event "ID kind column=value ...". */
#ifndef WIJZER_TEST_HISTORY_FIXTURE_H
#define WIJZER_TEST_HISTORY_FIXTURE_H

#include <stdio.h>
#include <stdlib.h>

#include "history.h"

enum { LINES = 64, FOUND = 1 << 16, REFERRAL = 7 };

struct story {
    const char *events[LINES];
    const char *rows[HISTORY_STATES][LINES];
};

/* Organisations: 1 the practice, 2 and 3 partners, 9 the coordination. Times are letters; nothing reads them.
 */
static const struct story whole = {
    .events =
        {
            "101 referral-sent at=a account_id=11 organisation_id=1 step_id=20 version=1 to_state=sent "
            "to_status=requested owner_id=2 offering_id=5 client_id=4 promise_kind=deliver "
            "promise_organisation_id=2 "
            "promise_due=a+2 domains={a} wishes={b} urgency=routine class_id=3",
            "164 promise-overdue at=b step_id=20 version=1 level=1",
            "165 promise-overdue at=c step_id=20 version=1 level=2",
            "102 step-moved at=d account_id=12 organisation_id=2 step_id=20 version=2 from_state=sent "
            "to_state=declined from_status=requested to_status=rejected decline_code=capacity feedback_id=30",
            "103 step-made at=d account_id=12 organisation_id=2 step_id=21 version=1 to_state=sent "
            "to_status=requested owner_id=3 offering_id=6 previous_id=20 promise_kind=deliver "
            "promise_organisation_id=3 promise_due=d+2",
            "104 feedback-opened at=e account_id=11 organisation_id=1 step_id=20 feedback_id=30",
            "66 consent-changed at=e account_id=11 client_id=4",
            "105 step-moved at=f account_id=13 organisation_id=3 step_id=21 version=2 from_state=sent "
            "to_state=question-to-referrer from_status=requested to_status=received "
            "promise_kind=answer-question promise_organisation_id=1 promise_due=f+5 feedback_id=31",
            "106 step-moved at=g account_id=11 organisation_id=1 step_id=21 version=3 "
            "from_state=question-to-referrer to_state=received from_status=received to_status=received "
            "promise_kind=answer promise_organisation_id=3 promise_due=g+5",
            "107 step-moved at=h account_id=13 organisation_id=3 step_id=21 version=4 from_state=received "
            "to_state=first-contact from_status=received to_status=in-progress promise_kind=follow-up "
            "promise_organisation_id=3 promise_due=h+14 feedback_id=33 form=daily",
            "108 step-moved at=i account_id=13 organisation_id=3 step_id=21 version=5 "
            "from_state=first-contact "
            "to_state=passed-on from_status=in-progress to_status=in-progress",
            "109 step-made at=i account_id=13 organisation_id=3 step_id=22 version=1 to_state=sent "
            "to_status=requested owner_id=2 offering_id=5 parent_id=21 promise_kind=deliver "
            "promise_organisation_id=2 promise_due=i+2",
            "173 step-picked-up at=i account_id=12 organisation_id=2 step_id=22",
            "172 step-picked-up at=i account_id=13 organisation_id=3 step_id=21",
            "174 step-put-back at=i account_id=12 organisation_id=2 step_id=22",
            "117 story-told at=i account_id=13 organisation_id=3 step_id=21 feedback_id=34 form=daily",
            "118 referral-joined at=i account_id=14 organisation_id=9 object_id=8 domains={a,c} wishes={b} "
            "urgency=soon",
            "110 step-moved at=j account_id=11 organisation_id=1 step_id=22 version=2 from_state=sent "
            "to_state=entered-in-error from_status=requested to_status=entered-in-error",
            "111 promise-started at=j step_id=21 version=6 from_state=passed-on to_state=passed-on "
            "from_status=in-progress to_status=in-progress promise_kind=wrap-up promise_organisation_id=3 "
            "promise_due=j+2",
            "70 emergency-used at=k account_id=14",
            "112 step-moved at=l account_id=13 organisation_id=3 step_id=21 version=7 from_state=passed-on "
            "to_state=done-partly from_status=in-progress to_status=completed feedback_id=32 form=daily",
            "113 outcome-rolled-up at=l step_id=21 version=7 promise_kind=feedback promise_organisation_id=1 "
            "promise_due=l+2 feedback_id=32 outcome=done-partly",
            "171 promise-overdue at=m step_id=21 version=7 level=1",
            "114 feedback-opened at=n account_id=15 organisation_id=1 step_id=21 feedback_id=32",
            "115 loop-closed at=n",
            "116 client-erased at=o account_id=11",
        },
    .rows = {
        [HISTORY_REFERRAL] =
            {"7 client_id=4 organisation_id=1 account_id=11 created_at=a outcome=done-partly "
             "ended_at=l closed_at=n domains={a,c} wishes={b} urgency=soon class_id=3"},
        [HISTORY_STEP] =
            {"20 owner_id=2 offering_id=5 state=declined status=rejected version=2 "
             "decline_code=capacity created_at=a ended_at=d",
             "21 owner_id=3 offering_id=6 previous_id=20 state=done-partly status=completed version=7 "
             "created_at=d ended_at=l assignee_id=13",
             "22 owner_id=2 offering_id=5 parent_id=21 state=entered-in-error "
             "status=entered-in-error version=2 created_at=i ended_at=j"},
        [HISTORY_PROMISE] =
            {"20/1 kind=deliver organisation_id=2 owner_id=2 referrer_id=1 level=2 started_at=a "
             "due_at=a+2 ended_at=d ended_how=kept",
             "21/1 kind=deliver organisation_id=3 owner_id=3 referrer_id=1 level=0 started_at=d "
             "due_at=d+2 ended_at=f ended_how=kept",
             "21/2 kind=answer-question organisation_id=1 owner_id=3 referrer_id=1 level=0 "
             "started_at=f due_at=f+5 ended_at=g ended_how=kept",
             "21/3 kind=answer organisation_id=3 owner_id=3 referrer_id=1 level=0 started_at=g "
             "due_at=g+5 ended_at=h ended_how=kept",
             "21/4 kind=follow-up organisation_id=3 owner_id=3 referrer_id=1 level=0 started_at=h "
             "due_at=h+14 ended_at=i ended_how=kept",
             "21/6 kind=wrap-up organisation_id=3 owner_id=3 referrer_id=1 level=0 started_at=j "
             "due_at=j+2 ended_at=l ended_how=kept",
             "21/7 kind=feedback organisation_id=1 referrer_id=1 level=1 started_at=l due_at=l+2 "
             "ended_at=n ended_how=kept",
             "22/1 kind=deliver organisation_id=2 owner_id=2 referrer_id=1 level=0 started_at=i "
             "due_at=i+2 ended_at=j ended_how=kept"},
        [HISTORY_FEEDBACK] =
            {"30 step_id=20 state=declined from_id=2 to_id=1 at=d is_final=f opened_at=e opened_by=11",
             "31 step_id=21 state=question-to-referrer from_id=3 to_id=1 at=f is_final=f",
             "33 step_id=21 state=first-contact from_id=3 to_id=1 at=h is_final=f form=daily",
             "34 step_id=21 state=passed-on from_id=3 to_id=1 at=i is_final=f form=daily story=t",
             "32 step_id=21 state=done-partly from_id=3 to_id=1 at=l is_final=t opened_at=n "
             "opened_by=15"},
    }};

static inline size_t line_count(const char *const lines[LINES])
{
    size_t count = 0;
    while (count < LINES && lines[count])
        count++;
    return count;
}

static inline size_t column_of(enum history_table table, struct slice name)
{
    const struct history_shape *shape = &history_shapes[table];
    size_t i = 0;
    while (i < shape->count && !slice_is(name, shape->columns[i]))
        i++;
    if (i == shape->count)
        fail_msg("%s has no column %.*s", shape->name, SLICE_FMT(name));
    return i;
}

/* A line as its keys and cells, which point into it. */
static inline void read_line(enum history_table table, const char *line, int64_t *id, int64_t *nr,
                             struct slice cells[HISTORY_CELLS])
{
    struct slice rest = slice_of(line), keys = slice_cut(&rest, ' '), first = slice_cut(&keys, '/');
    memset(cells, 0, HISTORY_CELLS * sizeof *cells);
    *nr = 0;
    assert_true(slice_to_i64(first, INT64_MIN, INT64_MAX, id));
    assert_true(!keys.ptr || slice_to_i64(keys, INT64_MIN, INT64_MAX, nr));
    if (table == HISTORY_EVENT)
        cells[column_of(table, slice_of("kind"))] = slice_cut(&rest, ' ');
    while (rest.ptr) {
        struct slice value = slice_cut(&rest, ' '), name = slice_cut(&value, '=');
        if (name.len)
            cells[column_of(table, name)] = value;
    }
}

struct found {
    size_t count[HISTORY_FAULTS], all;
    char text[FOUND];
};

static inline void note_finding(void *arg, const struct history_finding *finding)
{
    struct found *found = arg;
    size_t used = strlen(found->text);
    char *to = found->text + used;
    const char *name = history_shapes[finding->table].name;
    found->count[finding->fault]++;
    found->all++;
    int n = snprintf(to, FOUND - used, "%s %lld", name, (long long)finding->id);
    if (finding->nr)
        n += snprintf(to + n, FOUND - used - (size_t)n, "/%lld", (long long)finding->nr);
    if (finding->fault == HISTORY_DIFFERS)
        snprintf(to + n, FOUND - used - (size_t)n, ": %s is %.*s, events say %.*s\n", finding->column,
                 SLICE_FMT(finding->state), SLICE_FMT(finding->events));
    else if (finding->table == HISTORY_EVENT)
        snprintf(to + n, FOUND - used - (size_t)n, ": %.*s %s\n", SLICE_FMT(finding->kind),
                 finding->text ? finding->text : "is unknown");
    else
        snprintf(to + n, FOUND - used - (size_t)n, ": %s\n", history_fault_word(finding->fault));
}

/* What a replay of the story finds. */
static inline void replay(const struct story *story, struct found *found)
{
    struct arena *arena = arena_new(0);
    struct slice cells[HISTORY_CELLS];
    int64_t id, nr;
    memset(found, 0, sizeof *found);
    struct history *history =
        history_new(arena, REFERRAL, (struct history_sink){.on_finding = note_finding, .arg = found});
    for (size_t i = 0; i < line_count(story->events); i++) {
        read_line(HISTORY_EVENT, story->events[i], &id, &nr, cells);
        history_event(history, id, cells);
    }
    for (int table = 0; table < HISTORY_STATES; table++)
        for (size_t i = line_count(story->rows[table]); i-- > 0;) {
            read_line((enum history_table)table, story->rows[table][i], &id, &nr, cells);
            history_row(history, (enum history_table)table, id, nr, cells);
        }
    history_compare(history);
    arena_free(&arena);
}

#endif

/*
 * Inside history: the columns of its tables, the rows that events tell of and that the state has, and one
 * event. history.c keeps rows and compares them; history_replay.c says what each kind of event does,
 * history_offering.c what those of an offering do.
 */
#ifndef WIJZER_HISTORY_ROWS_H
#define WIJZER_HISTORY_ROWS_H

#include "history.h"

/* Columns, in the order of history_shapes. */
enum {
    REFERRAL_CLIENT,
    REFERRAL_ORGANISATION,
    REFERRAL_ACCOUNT,
    REFERRAL_CREATED,
    REFERRAL_OUTCOME,
    REFERRAL_ENDED,
    REFERRAL_CLOSED,
    REFERRAL_ORIGIN,
    REFERRAL_MERGED,
    REFERRAL_DIRECTOR,
    REFERRAL_DOMAINS,
    REFERRAL_WISHES,
    REFERRAL_URGENCY,
    REFERRAL_CLASS
};
enum {
    STEP_OWNER,
    STEP_OFFERING,
    STEP_PARENT,
    STEP_PREVIOUS,
    STEP_STATE,
    STEP_STATUS,
    STEP_VERSION,
    STEP_PROMISE,
    STEP_DECLINE,
    STEP_CREATED,
    STEP_ENDED,
    STEP_ASSIGNEE,
    STEP_AFTER,
    STEP_OFFERED,
    STEP_GROUP
};
enum {
    PROMISE_KIND,
    PROMISE_ORGANISATION,
    PROMISE_OWNER,
    PROMISE_REFERRER,
    PROMISE_LEVEL,
    PROMISE_STARTED,
    PROMISE_DUE,
    PROMISE_ENDED,
    PROMISE_HOW
};
enum {
    FEEDBACK_STEP,
    FEEDBACK_STATE,
    FEEDBACK_FROM,
    FEEDBACK_TO,
    FEEDBACK_AT,
    FEEDBACK_FINAL,
    FEEDBACK_OPENED,
    FEEDBACK_READER,
    FEEDBACK_FORM,
    FEEDBACK_STORY
};
enum { PLACE_GROUP, PLACE_PERSONS, PLACE_STATE, PLACE_ASKED };
enum {
    GROUP_NAME,
    GROUP_STARTS,
    GROUP_ENDS,
    GROUP_WAY,
    GROUP_ROLLING,
    GROUP_PLACES,
    GROUP_TAKEN,
    GROUP_CREATED,
    GROUP_ENDED
};
enum { EVIDENCE_LEVEL, EVIDENCE_SOURCE, EVIDENCE_AS_OF, EVIDENCE_ACCOUNT, EVIDENCE_AT };
enum {
    CONFIRMATION_ORGANISATION,
    CONFIRMATION_LEVEL,
    CONFIRMATION_STARTED,
    CONFIRMATION_DUE,
    CONFIRMATION_ENDED,
    CONFIRMATION_HOW
};
enum { GOAL_STEP, GOAL_STATE, GOAL_FIRST, GOAL_SCORE, GOAL_CREATED, GOAL_ENDED, GOAL_DOMAIN };
/* Of a message and of a file; the last two of a file alone. */
enum { SENT_STEP, SENT_NR, SENT_ORGANISATION, SENT_ACCOUNT, SENT_AT, SENT_MEDIA, SENT_SIZE };
enum { MARK_NR, MARK_ACCOUNT, MARK_AT };
enum {
    EVENT_AT,
    EVENT_KIND,
    EVENT_ACCOUNT,
    EVENT_ORGANISATION,
    EVENT_STEP,
    EVENT_VERSION,
    EVENT_FROM_STATE,
    EVENT_TO_STATE,
    EVENT_FROM_STATUS,
    EVENT_TO_STATUS,
    EVENT_OWNER,
    EVENT_OFFERING,
    EVENT_PARENT,
    EVENT_PREVIOUS,
    EVENT_CLIENT,
    EVENT_DECLINE,
    EVENT_PROMISE,
    EVENT_PROMISE_ORGANISATION,
    EVENT_DUE,
    EVENT_FEEDBACK,
    EVENT_OUTCOME,
    EVENT_LEVEL,
    EVENT_ORIGIN,
    EVENT_MERGED,
    EVENT_RESULT,
    EVENT_SCORE,
    EVENT_OBJECT,
    EVENT_AFTER,
    EVENT_DIRECTOR,
    EVENT_FORM,
    EVENT_OFFERED,
    EVENT_GROUP,
    EVENT_MESSAGE,
    EVENT_PLACE, /* the group in which a step has one */
    EVENT_PERSONS,
    EVENT_DOMAINS,
    EVENT_WISHES,
    EVENT_URGENCY,
    EVENT_MEDIA,
    EVENT_SIZE,
    EVENT_CLASS
};

/* The text of a cell of which events of before said nothing: it is not compared. */
extern const char history_unsaid[];

struct row {
    struct row *next;
    int64_t id, nr;
    bool is_met; /* of what the events say: the state has it too */
    struct slice *cells;
};

struct rows {
    struct row *first, **end;
};

struct history {
    struct arena *arena;
    int64_t referral_id;
    struct history_sink sink;
    struct rows told[HISTORY_ALL], found[HISTORY_ALL]; /* by the events; in the state */
};

/* One event, with the numbers that the replay counts by; 0: absent. */
struct event {
    int64_t id, step, version, feedback, level, object;
    const struct slice *cells;
};

/* A new row of which an event tells, its cells absent; the one with this key, NULL: none. */
struct row *history_tell(struct history *history, enum history_table table, int64_t id, int64_t nr);
struct row *history_told(const struct history *history, enum history_table table, int64_t id, int64_t nr);

/* The number that a cell holds; 0: absent. */
int64_t history_number(struct slice cell);

/* Does to the told rows what the event says, and tells the sink where it cannot. */
void history_apply(struct history *history, const struct event *event);

#endif

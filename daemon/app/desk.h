/*
 * The desk: one background thread for work on rule tables that would hold up a worker's loop: reading a
 * draft, proving it, trying it on past referrals, explaining. A worker hands in a task and goes on; the desk
 * takes one at a time, in order, with a lane of its own (asker.h), at a low priority; the answer comes back
 * to the worker's loop by mail and is sent from there. The queue is bounded: a full desk answers 503.
 *
 * Who may touch what: the request is held while its task is away. The worker may answer it meanwhile (its
 * deadline passed) or its client may go; then the task's answer is dropped. So the desk only reads of the
 * call what was there when the task was handed in, and has an arena of its own.
 */
#ifndef WIJZER_DESK_H
#define WIJZER_DESK_H

#include "asker.h"
#include "call.h"
#include "edition.h"

struct desk;

struct desk_task {
    struct call *call;             /* read only on the desk */
    struct arena *arena;           /* the task's own; dies after the answer */
    const struct region *region;   /* as it was when the task was handed in; one reference */
    const struct keyring *keyring; /* the region's; one reference */
    void (*work)(struct desk *desk, struct desk_task *task);
    struct {
        enum { DESK_NOTHING, DESK_JSON, DESK_PROBLEM } kind;
        int status;
        struct slice body;
        const char *fields; /* as in struct http_reply */
        enum err_code code;
        const char *detail;          /* NULL: the table's words */
        const struct issues *issues; /* may be NULL */
    } answer;
};

/* `clock` is borrowed; `config` for the call. NULL with *err. */
struct desk *desk_new(const struct clock *clock, const struct config *config, struct err *err);
/* Starts its thread; desk_stop() ends and joins it: the task under way is cut short, those that wait are told
 * that the daemon stops. Their answers are mail in the workers' boxes then. */
bool desk_start(struct desk *desk, struct err *err);
void desk_stop(struct desk *desk);
void desk_free(struct desk **desk);

/* On a worker's loop: hands in a task for this call. Answers the call itself where it cannot (no region
 * loaded, the queue is full). */
void desk_hand_in(struct call *call, void (*work)(struct desk *desk, struct desk_task *task));
/* On the worker's loop, for MAIL_TASK: sends the answer and frees the task. */
void desk_take_back(struct desk_task *task);

/* Works on what is handed in until it is stopped: the thread; `until_idle` ends it when nothing waits
 * (tests). */
void desk_work(struct desk *desk, bool until_idle);

/* For work(), on the desk's thread. */
struct asker *desk_asker(struct desk *desk);
struct editions *desk_editions(struct desk *desk);
const struct clock *desk_clock(struct desk *desk);
/* The answer; the first one counts. Texts are the task's arena's, or static. */
void desk_json(struct desk_task *task, int status, struct slice body, const char *fields);
void desk_problem(struct desk_task *task, enum err_code code, const char *detail,
                  const struct issues *issues);
void desk_error(struct desk_task *task, const struct err *err);

#endif

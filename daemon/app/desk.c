#include "desk.h"

#include <errno.h>
#include <pthread.h>
#include <stdatomic.h>
#include <sys/resource.h>
#include <time.h>
#include <unistd.h>

enum { TASKS = 16, NICE = 10, TASK_ARENA = 16384, NAP_NS = 1000000, FORBIDDEN = 403 };
#define JOB_TIMEOUT (60 * MOMENT_SECOND)

struct desk {
    pthread_t thread;
    bool is_running;
    const struct clock *clock;
    struct mailbox *mailbox;
    struct asker *asker;
    struct editions *editions;
    atomic_bool is_stopping;
};

struct desk *desk_new(const struct clock *clock, const struct config *config, struct err *err)
{
    struct desk *desk = xcalloc(1, sizeof *desk);
    atomic_init(&desk->is_stopping, false);
    desk->clock = clock;
    desk->mailbox = mailbox_new(TASKS);
    if (!desk->mailbox) {
        err_set_os(err, ERR_OS, errno, "desk");
        desk_free(&desk);
        return NULL;
    }
    desk->asker = asker_new(clock, config, JOB_TIMEOUT, "wijzerd-desk", err);
    if (!desk->asker) {
        desk_free(&desk);
        return NULL;
    }
    desk->editions = editions_new(desk->asker);
    return desk;
}

void desk_free(struct desk **desk)
{
    struct desk *d = *desk;
    if (!d)
        return;
    editions_free(&d->editions);
    asker_free(&d->asker);
    mailbox_free(&d->mailbox);
    xfree(*desk);
}

/* Back to the worker. Its box is far larger than what one desk has; still nothing may be lost. */
static void send_back(struct desk_task *task)
{
    struct mailbox *mailbox = task->call->worker->mailbox;
    struct timespec nap = {0, NAP_NS};
    while (!mailbox_send(mailbox, (struct mail){.kind = MAIL_TASK, .object = task}))
        nanosleep(&nap, NULL);
}

static void work_on(struct desk *desk, struct desk_task *task)
{
    if (atomic_load(&desk->is_stopping))
        desk_problem(task, ERR_DRAINING, NULL, NULL);
    else
        task->work(desk, task);
    if (task->answer.kind == DESK_NOTHING)
        desk_problem(task, ERR_INTERNAL, NULL, NULL);
    send_back(task);
}

void desk_work(struct desk *desk, bool until_idle)
{
    struct mail mail;
    bool goes_on = true;
    while (goes_on) {
        while (mailbox_receive(desk->mailbox, &mail))
            work_on(desk, mail.object);
        goes_on = !until_idle && asker_rest(desk->asker, desk->mailbox, 0);
    }
    while (mailbox_receive(desk->mailbox, &mail)) /* came between */
        work_on(desk, mail.object);
}

static void *run(void *arg)
{
    setpriority(PRIO_PROCESS, (id_t)gettid(), NICE); /* of this thread, on Linux */
    desk_work(arg, false);
    return NULL;
}

bool desk_start(struct desk *desk, struct err *err)
{
    int failed = pthread_create(&desk->thread, NULL, run, desk);
    desk->is_running = !failed;
    return !failed || err_set_os(err, ERR_OS, failed, "desk");
}

void desk_stop(struct desk *desk)
{
    if (!desk || !desk->is_running)
        return;
    atomic_store(&desk->is_stopping, true);
    asker_stop(desk->asker);
    pthread_join(desk->thread, NULL);
    desk->is_running = false;
}

/* ---- on the worker's loop ---- */

static void free_task(struct desk_task *task)
{
    struct arena *arena = task->arena;
    region_release(&task->region);
    keyring_release(&task->keyring);
    arena_free(&arena);
}

void desk_hand_in(struct call *call, void (*work)(struct desk *desk, struct desk_task *task))
{
    const struct region *region = call_region(call);
    const struct keyring *keyring = region ? call_keyring(call) : NULL;
    if (!keyring)
        return;
    struct arena *arena = arena_new(TASK_ARENA);
    struct desk_task *task = arena_alloc(arena, sizeof *task);
    *task = (struct desk_task){.call = call,
                               .arena = arena,
                               .region = region_hold(region),
                               .keyring = keyring_hold(keyring),
                               .work = work};
    if (!mailbox_send(call->worker->app->desk->mailbox, (struct mail){.object = task})) {
        free_task(task);
        call_problem(call, ERR_BUSY, NULL, NULL);
        return;
    }
    call->worker->tasks++;
    http_request_hold(call->request);
}

void desk_take_back(struct desk_task *task)
{
    struct call *call = task->call;
    struct http_request *request = call->request;
    call->worker->tasks--;
    if (task->answer.kind == DESK_JSON)
        call_json(call, task->answer.status, task->answer.body, task->answer.fields);
    else if (problem_kind(task->answer.code)->status == FORBIDDEN)
        call_forbid(call, task->answer.code, NULL, task->answer.detail);
    else
        call_problem(call, task->answer.code, task->answer.detail, task->answer.issues);
    free_task(task);
    http_request_release(request);
}

/* ---- for work() ---- */

struct asker *desk_asker(struct desk *desk)
{
    return desk->asker;
}

struct editions *desk_editions(struct desk *desk)
{
    return desk->editions;
}

const struct clock *desk_clock(struct desk *desk)
{
    return desk->clock;
}

void desk_json(struct desk_task *task, int status, struct slice body, const char *fields)
{
    if (task->answer.kind != DESK_NOTHING)
        return;
    task->answer.kind = DESK_JSON;
    task->answer.status = status;
    task->answer.body = body;
    task->answer.fields = fields;
}

void desk_problem(struct desk_task *task, enum err_code code, const char *detail, const struct issues *issues)
{
    if (task->answer.kind != DESK_NOTHING)
        return;
    task->answer.kind = DESK_PROBLEM;
    task->answer.code = code;
    task->answer.detail = detail;
    task->answer.issues = issues;
}

void desk_error(struct desk_task *task, const struct err *err)
{
    if (problem_kind(err->code)->level == LOG_ERROR)
        log_error(EV_REQUEST_FAILED, err);
    desk_problem(task, err->code, NULL, NULL);
}

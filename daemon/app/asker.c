#include "asker.h"

#include <errno.h>
#include <stdatomic.h>

#include "arena.h"
#include "store_keys.h"

enum { QUEUE = 16, IN_FLIGHT = 4 };

struct asker {
    const struct clock *clock;
    const struct pg_statement *statements;
    int64_t quick; /* how long an answer may take that should come at once */
    struct event_base *base;
    struct pg_pool *pool; /* NULL once stopped */
    struct mailbox *bell; /* mail in it: stop */
    struct event *bell_event;
    atomic_bool is_stopped;
};

/* One question. */
struct question_asked {
    struct pg_job job;
    void (*take)(void *arg, const PGresult *result);
    void *arg;
    enum pg_outcome outcome;
    struct err *err;
    bool is_answered;
};

static void on_bell(evutil_socket_t fd, short what, void *arg)
{
    (void)fd, (void)what, (void)arg; /* the loop returns; who turned it looks at is_stopped */
}

/* Which database, and what is asked there. */
struct subject {
    const char *conninfo;
    const struct pg_statement *statements;
    unsigned count;
};

static bool prepare(struct asker *asker, const struct config *config, struct subject subject, int64_t timeout,
                    const char *name, struct err *err)
{
    struct pg_options options = {.conninfo = subject.conninfo,
                                 .statements = subject.statements,
                                 .statement_count = subject.count,
                                 .lanes = 1,
                                 .in_flight = IN_FLIGHT,
                                 .queue = QUEUE,
                                 .connect_timeout = config->connect_timeout,
                                 .job_timeout = timeout,
                                 .backoff_min = MOMENT_SECOND / 20,
                                 .backoff_max = MOMENT_SECOND / 2,
                                 .application_name = name};
    asker->base = event_base_new();
    asker->bell = mailbox_new(1);
    if (!asker->base || !asker->bell)
        return err_set_os(err, ERR_OS, errno, "%s", name);
    asker->bell_event = event_new(asker->base, mailbox_fd(asker->bell), EV_READ | EV_PERSIST, on_bell, asker);
    event_add(asker->bell_event, NULL);
    asker->pool = pg_pool_new(asker->base, asker->clock, &options, err);
    return asker->pool != NULL;
}

static struct asker *make(const struct clock *clock, const struct config *config, struct subject subject,
                          int64_t timeout, const char *name, struct err *err)
{
    struct asker *asker = xcalloc(1, sizeof *asker);
    atomic_init(&asker->is_stopped, false);
    asker->clock = clock;
    asker->statements = subject.statements;
    asker->quick = config->job_timeout;
    if (!prepare(asker, config, subject, timeout, name, err))
        asker_free(&asker);
    return asker;
}

struct asker *asker_new(const struct clock *clock, const struct config *config, int64_t timeout,
                        const char *name, struct err *err)
{
    return make(clock, config, (struct subject){config->database, store_statements, STORE_COUNT}, timeout,
                name, err);
}

struct asker *asker_new_for_keys(const struct clock *clock, const struct config *config, int64_t timeout,
                                 const char *name, struct err *err)
{
    return make(clock, config, (struct subject){config->key_database, keys_statements, KEYS_COUNT}, timeout,
                name, err);
}

void asker_free(struct asker **asker)
{
    struct asker *a = *asker;
    if (!a)
        return;
    if (a->pool)
        pg_pool_free(&a->pool);
    if (a->bell_event)
        event_free(a->bell_event);
    mailbox_free(&a->bell);
    if (a->base)
        event_base_free(a->base);
    xfree(*asker);
}

void asker_stop(struct asker *asker)
{
    atomic_store(&asker->is_stopped, true);
    mailbox_send(asker->bell, (struct mail){0});
}

static void on_mail(evutil_socket_t fd, short what, void *arg)
{
    bool *has_come = arg;
    (void)fd;
    *has_come = *has_come || (what & EV_READ);
}

static void on_time(evutil_socket_t fd, short what, void *arg)
{
    bool *is_over = arg;
    (void)fd, (void)what;
    *is_over = true;
}

bool asker_rest(struct asker *asker, const struct mailbox *mailbox, int64_t timeout)
{
    bool is_over = false;
    struct timeval limit = {timeout / MOMENT_SECOND, timeout % MOMENT_SECOND};
    struct event *mail =
        mailbox ? event_new(asker->base, mailbox_fd(mailbox), EV_READ, on_mail, &is_over) : NULL;
    struct event *timer = timeout ? evtimer_new(asker->base, on_time, &is_over) : NULL;
    if (mail)
        event_add(mail, NULL);
    if (timer)
        event_add(timer, &limit);
    while (!is_over && !atomic_load(&asker->is_stopped))
        event_base_loop(asker->base, EVLOOP_ONCE);
    if (mail)
        event_free(mail);
    if (timer)
        event_free(timer);
    return !atomic_load(&asker->is_stopped);
}

static void on_done(void *arg, const struct pg_reply *reply)
{
    struct question_asked *question = arg;
    question->is_answered = true;
    question->outcome = reply->outcome;
    if (reply->outcome != PG_COMMITTED)
        *question->err = *reply->err;
    else if (question->take)
        question->take(question->arg, reply->result);
}

/* What is asked all the time, or of the key database, is answered soon, or the connection is dead. 0: the
 * pool's. */
static int64_t deadline_of(const struct asker *asker, const struct pg_statement *statement)
{
    bool is_quick = statement == &store_statements[STORE_REGIONS] || asker->statements == keys_statements;
    return is_quick ? clock_monotonic(asker->clock) + asker->quick : 0;
}

/* Sends, and turns the loop until it is answered. */
static void put(struct asker *asker, struct question_asked *question)
{
    question->is_answered = false;
    question->outcome = PG_NOT_SENT;
    question->job.deadline = deadline_of(asker, question->job.statement);
    if (atomic_load(&asker->is_stopped))
        err_set(question->err, ERR_DRAINING, "the daemon stops");
    else if (pg_pool_submit(asker->pool, &question->job, question->err))
        while (!question->is_answered && !atomic_load(&asker->is_stopped))
            event_base_loop(asker->base, EVLOOP_ONCE);
    else
        return;
    if (atomic_load(&asker->is_stopped) && asker->pool)
        pg_pool_free(&asker->pool); /* which answers what is under way */
}

bool asker_ask(struct asker *asker, int statement, const char *const *params,
               void (*take)(void *arg, const PGresult *result), void *arg, struct err *err)
{
    struct err none;
    struct question_asked question = {.take = take, .arg = arg, .err = err ? err : &none};
    question.job = (struct pg_job){
        .statement = &asker->statements[statement], .params = params, .on_done = on_done, .arg = &question};
    put(asker, &question);
    if (question.outcome != PG_UNCERTAIN || asker->statements[statement].is_read)
        return question.outcome == PG_COMMITTED;
    put(asker, &question);
    if (question.outcome != PG_COMMITTED)
        question.err->code = ERR_UNCERTAIN; /* the second sending says nothing about the first */
    return question.outcome == PG_COMMITTED;
}

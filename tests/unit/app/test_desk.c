// wraps: pg_pool_submit pg_pool_stats conn_peer
/* Work that is handed to the desk: on a thread of its own, answered on the loop, dropped where nobody waits,
 * told that it must wait where too much lies there, and ended with the daemon. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <pthread.h>

#include "app/api.h"

enum { ROOM = 16 }; /* tasks that wait at most */

static atomic_bool may_end;
static atomic_uint begun;
static pthread_t worked_by;
static void (*work)(struct desk *desk, struct desk_task *task);

static void on_head(struct http_request *request, void *context)
{
    static const struct route route = {.name = "test"};
    struct arena *arena = http_request_arena(request);
    struct call *call = arena_alloc(arena, sizeof *call);
    *call = (struct call){.request = request, .worker = context, .arena = arena, .route = &route};
    call->account.region_id = 1;
    http_request_set_data(request, call);
    http_accept(request, 0);
}

static void on_request(struct http_request *request, void *context)
{
    (void)context;
    desk_hand_in(http_request_data(request), work);
}

static const struct http_app test_app = {.on_head = on_head,
                                         .on_request = on_request,
                                         .problem = call_problem_body,
                                         .server_fields = CALL_SERVER_FIELDS};

static int set_up_desk(void **state)
{
    int failed = set_up(state);
    atomic_store(&may_end, false);
    atomic_store(&begun, 0);
    api->worker.server.app = &test_app;
    return failed;
}

static int tear_down_desk(void **state)
{
    atomic_store(&may_end, true);
    desk_stop(api->app.desk);
    api->holds_desk = true;
    turns(3);
    return tear_down(state);
}

/* From now on the desk is a thread, not this one. */
static void start(void)
{
    struct err err;
    api->holds_desk = true;
    assert_true(desk_start(api->app.desk, &err));
}

static void work_at_once(struct desk *desk, struct desk_task *task)
{
    assert_non_null(desk_asker(desk));
    worked_by = pthread_self();
    atomic_fetch_add(&begun, 1);
    desk_json(task, 200,
              slice_of(arena_printf(task->arena, "{\"region\":\"%.*s\"}", SLICE_FMT(task->region->code))),
              "ETag: \"1\"\r\n");
    desk_problem(task, ERR_INTERNAL, NULL, NULL); /* the first answer counts */
}

static void work_until_told(struct desk *desk, struct desk_task *task)
{
    struct timespec nap = {0, 1000000};
    (void)desk;
    atomic_fetch_add(&begun, 1);
    while (!atomic_load(&may_end))
        nanosleep(&nap, NULL);
    desk_json(task, 200, slice_of("{}"), NULL);
}

static void work_until_stopped(struct desk *desk, struct desk_task *task)
{
    struct err err;
    atomic_fetch_add(&begun, 1);
    assert_false(asker_rest(desk_asker(desk), NULL, 0));
    assert_false(asker_ask(desk_asker(desk), STORE_REGIONS, NULL, NULL, NULL, &err));
    desk_error(task, &err);
}

static void work_without_an_answer(struct desk *desk, struct desk_task *task)
{
    (void)desk, (void)task;
}

static void await_begun(unsigned count)
{
    for (unsigned i = 0; i < 20000 && atomic_load(&begun) < count; i++)
        turn();
    assert_int_equal(atomic_load(&begun), count);
}

static void another_thread_works_and_the_loop_answers(void **state)
{
    (void)state;
    work = work_at_once;
    start();
    assert_int_equal(ask("GET", "/", "", NULL), 200);
    assert_received("{\"region\":\"deurne\"}");
    assert_received("ETag: \"1\"\r\n");
    assert_false(pthread_equal(worked_by, pthread_self()));
    assert_int_equal(ask("GET", "/", "", NULL), 200);
    assert_int_equal(api->worker.tasks, 0);
}

static void the_loop_turns_meanwhile(void **state)
{
    (void)state;
    work = work_until_told;
    start();
    send_request("GET", "/", "", NULL);
    await_begun(1);
    assert_int_equal(api->worker.tasks, 1);
    int client = api->client;
    struct conn *conn = api->conn;
    dial();
    api->worker.server.app = &route_app;
    assert_int_equal(ask("GET", "/livez", "", NULL), 200);
    hang_up();
    api->client = client;
    api->conn = conn;
    api->received[api->used = 0] = '\0';
    atomic_store(&may_end, true);
    await_reply(false);
}

static void a_full_desk_says_so(void **state)
{
    (void)state;
    int clients[ROOM];
    work = work_at_once;
    api->holds_desk = true;
    for (int i = 0; i < ROOM; i++) {
        send_request("GET", "/", "", NULL);
        await_count(&api->worker.tasks, (unsigned)i + 1);
        clients[i] = api->client;
        dial();
    }
    assert_problem(ask("GET", "/", "", NULL), 503, "busy");
    assert_int_equal(api->worker.tasks, ROOM);
    api->holds_desk = false;
    turns(3);
    assert_int_equal(api->worker.tasks, 0);
    assert_int_equal(ask("GET", "/", "", NULL), 200);
    for (int i = 0; i < ROOM; i++)
        close(clients[i]);
    turns(20);
}

static void who_left_gets_no_answer(void **state)
{
    (void)state;
    work = work_until_told;
    start();
    send_request("GET", "/", "", NULL);
    await_begun(1);
    hang_up();
    atomic_store(&may_end, true);
    for (unsigned i = 0; i < 20000 && api->worker.tasks; i++)
        turn();
    assert_int_equal(api->worker.tasks, 0);
}

static void a_deadline_answers_first(void **state)
{
    (void)state;
    work = work_until_told;
    api->worker.server.limits.reply_timeout = 20000;
    start();
    send_request("GET", "/", "", NULL);
    await_reply(false);
    assert_problem(503, 503, "busy");
    atomic_store(&may_end, true);
    for (unsigned i = 0; i < 20000 && api->worker.tasks; i++)
        turn();
    assert_int_equal(api->worker.tasks, 0);
}

static void stopping_ends_what_runs_and_what_waits(void **state)
{
    (void)state;
    work = work_until_stopped;
    start();
    send_request("GET", "/", "", NULL);
    await_begun(1);
    int first = api->client;
    dial();
    send_request("GET", "/", "", NULL);
    await_count(&api->worker.tasks, 2);
    desk_stop(api->app.desk);
    await_reply(false);
    assert_problem(503, 503, "draining");
    assert_int_equal(atomic_load(&begun), 1); /* the second one was not begun */
    assert_int_equal(api->worker.tasks, 0);
    close(first);
    turns(20);
}

static void silence_is_a_fault_of_ours(void **state)
{
    (void)state;
    work = work_without_an_answer;
    assert_problem(ask("GET", "/", "", NULL), 500, "internal");
}

static void without_a_region_nothing_is_handed_in(void **state)
{
    (void)state;
    work = work_at_once;
    api->worker.region_count = 0;
    assert_problem(ask("GET", "/", "", NULL), 503, "no-rule-table");
    api->worker.region_count = 1;
    assert_int_equal(api->worker.tasks, 0);
}

#define DESK_TEST(name) cmocka_unit_test_setup_teardown(name, set_up_desk, tear_down_desk)

int main(void)
{
    const struct CMUnitTest tests[] = {
        DESK_TEST(another_thread_works_and_the_loop_answers),
        DESK_TEST(the_loop_turns_meanwhile),
        DESK_TEST(a_full_desk_says_so),
        DESK_TEST(who_left_gets_no_answer),
        DESK_TEST(a_deadline_answers_first),
        DESK_TEST(stopping_ends_what_runs_and_what_waits),
        DESK_TEST(silence_is_a_fault_of_ours),
        DESK_TEST(without_a_region_nothing_is_handed_in),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <dirent.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "spool.h"

#define KEY(n) "00000000-0000-4000-8000-00000000000" n
#define NOON (INT64_C(1795000000) * MOMENT_SECOND)

struct place {
    struct arena *arena;
    char dir[64];
    const char *spool;
};

static int setup(void **state)
{
    struct place *place = xcalloc(1, sizeof *place);
    place->arena = arena_new(0);
    snprintf(place->dir, sizeof place->dir, "/tmp/wijzer-spool-XXXXXX");
    assert_non_null(mkdtemp(place->dir));
    assert_true(spool_open(place->dir, place->arena, &place->spool, NULL));
    *state = place;
    return 0;
}

static int teardown(void **state)
{
    struct place *place = *state;
    DIR *dir = opendir(place->spool);
    for (struct dirent *entry; dir && (entry = readdir(dir));)
        if (strcmp(entry->d_name, ".") != 0 && strcmp(entry->d_name, "..") != 0)
            unlink(arena_printf(place->arena, "%s/%s", place->spool, entry->d_name));
    closedir(dir);
    rmdir(place->spool);
    assert_int_equal(rmdir(place->dir), 0);
    arena_free(&place->arena);
    free(place);
    return 0;
}

static mode_t mode_of(const char *path)
{
    struct stat st;
    assert_int_equal(lstat(path, &st), 0);
    return st.st_mode & 07777;
}

static bool there_is(const struct place *place, const char *name)
{
    return access(arena_printf(place->arena, "%s/%s", place->spool, name), F_OK) == 0;
}

static struct spool_item put(struct place *place, const char *key, const char *body, moment at)
{
    struct spool_item item;
    assert_true(spool_put(place->spool, key, slice_of(body), at, place->arena, &item, NULL));
    return item;
}

static size_t waiting(struct place *place)
{
    struct spool_item *items;
    size_t count;
    assert_true(spool_list(place->spool, place->arena, &items, &count, NULL));
    return count;
}

static void only_the_owner_reads_it(void **state)
{
    struct place *place = *state;
    mode_t before = umask(0);
    struct spool_item item = put(place, KEY("1"), "{}", NOON);
    umask(before);
    assert_int_equal(mode_of(place->spool), 0700);
    assert_int_equal(mode_of(arena_printf(place->arena, "%s/%s", place->spool, item.name)), 0600);
    /* A directory that was opened to others is closed again. */
    assert_int_equal(chmod(place->spool, 0755), 0);
    const char *spool;
    assert_true(spool_open(place->dir, place->arena, &spool, NULL));
    assert_int_equal(mode_of(place->spool), 0700);
}

static void the_bytes_and_the_key_come_back(void **state)
{
    struct place *place = *state;
    struct slice body;
    struct spool_item *items;
    size_t count;
    put(place, KEY("a"), "{ \"x\":\t1 }\n", NOON);
    assert_true(spool_list(place->spool, place->arena, &items, &count, NULL));
    assert_int_equal(count, 1);
    assert_string_equal(items[0].key, KEY("a"));
    assert_true(spool_read(place->spool, &items[0], place->arena, &body, NULL));
    assert_true(slice_is(body, "{ \"x\":\t1 }\n"));
    struct spool_item item;
    assert_false(spool_put(place->spool, "../evil", slice_of("{}"), NOON, place->arena, &item, NULL));
}

static void what_waits_is_found_by_its_key(void **state)
{
    struct place *place = *state;
    struct spool_item item;
    assert_false(spool_find(place->spool, KEY("a"), place->arena, &item));
    put(place, KEY("b"), "{}", NOON);
    struct spool_item first = put(place, KEY("a"), "{}", NOON + 1);
    put(place, KEY("a"), "{}", NOON + 2);
    assert_true(spool_find(place->spool, KEY("a"), place->arena, &item));
    assert_string_equal(item.name, first.name);
    assert_string_equal(item.key, KEY("a"));
    assert_false(spool_find(place->spool, KEY("c"), place->arena, &item));
    assert_false(spool_find("/nowhere", KEY("a"), place->arena, &item));
}

static void oldest_first_and_others_are_left_alone(void **state)
{
    struct place *place = *state;
    struct spool_item *items;
    size_t count;
    put(place, KEY("2"), "{}", NOON + 1);
    put(place, KEY("9"), "{}", NOON);
    put(place, KEY("1"), "{}", NOON + 2);
    const char *const strange[] = {"notes.json", ".x.tmp", "00001794999999000000.short.json"};
    for (size_t i = 0; i < 3; i++)
        close(open(arena_printf(place->arena, "%s/%s", place->spool, strange[i]), O_WRONLY | O_CREAT, 0600));
    assert_true(spool_list(place->spool, place->arena, &items, &count, NULL));
    assert_int_equal(count, 3);
    assert_string_equal(items[0].key, KEY("9"));
    assert_string_equal(items[1].key, KEY("2"));
    assert_string_equal(items[2].key, KEY("1"));
}

static void crash_file(struct place *place, const char *name, const char *text, time_t when)
{
    const char *path = arena_printf(place->arena, "%s/%s", place->spool, name);
    int fd = open(path, O_WRONLY | O_CREAT, 0600);
    assert_int_equal(write(fd, text, strlen(text)), (ssize_t)strlen(text));
    assert_int_equal(futimens(fd, (struct timespec[]){{when, 0}, {when, 0}}), 0);
    close(fd);
}

static void what_a_crash_left_is_no_item_until_it_is_recovered(void **state)
{
    struct place *place = *state;
    time_t noon = NOON / MOMENT_SECOND;
#define NAME(n) "01795000000000000." KEY(n) ".json"
    crash_file(place, ".000" NAME("1") ".tmp", "{\"whole\":true}", noon - 120);
    crash_file(place, ".000" NAME("2") ".tmp", "{\"torn\":tr", noon - 120);
    crash_file(place, ".000" NAME("3") ".tmp", "{\"busy\":true}", noon - 5);
    assert_int_equal(waiting(place), 0);
    spool_recover(place->spool, NOON, place->arena);
    assert_int_equal(waiting(place), 1);
    assert_true(there_is(place, "000" NAME("1")));
    assert_false(there_is(place, ".000" NAME("2") ".tmp"));
    assert_true(there_is(place, ".000" NAME("3") ".tmp"));
}

static void one_lock_at_a_time(void **state)
{
    struct place *place = *state;
    int first = spool_lock(place->spool, 0);
    assert_true(first >= 0);
    pid_t child = fork();
    if (child == 0)
        _exit(spool_lock(place->spool, 120) == -1 ? 7 : 0);
    int status;
    assert_int_equal(waitpid(child, &status, 0), child);
    assert_true(WIFEXITED(status));
    assert_int_equal(WEXITSTATUS(status), 7);
    spool_unlock(first);
    int second = spool_lock(place->spool, 0);
    assert_true(second >= 0);
    spool_unlock(second);
}

/* A service that gives prepared answers and remembers what it saw. */
struct service {
    struct answer answers[8];
    char keys[8][40], bodies[8][40];
    size_t calls;
    enum spool_fate fates[8];
    size_t reports;
    char path[300];
};

static void on_post(void *context, const char *key, struct slice body, struct arena *arena,
                    struct answer *out)
{
    struct service *service = context;
    (void)arena;
    snprintf(service->keys[service->calls], 40, "%s", key);
    snprintf(service->bodies[service->calls], 40, "%.*s", SLICE_FMT(body));
    *out = service->answers[service->calls++];
}

static void on_report(void *context, const struct spool_report *report)
{
    struct service *service = context;
    service->fates[service->reports++] = report->fate;
    if (report->path)
        snprintf(service->path, sizeof service->path, "%s", report->path);
}

static struct spool_counts send_all(struct place *place, struct service *service)
{
    struct spool_counts counts;
    struct spool_sender sender = {on_post, on_report, service};
    assert_true(spool_send(place->spool, &sender, place->arena, &counts, NULL));
    return counts;
}

static void sent_ones_go_and_refused_ones_are_kept_aside(void **state)
{
    struct place *place = *state;
    put(place, KEY("1"), "{\"n\":1}", NOON);
    struct spool_item bad = put(place, KEY("2"), "{\"n\":2}", NOON + 1);
    put(place, KEY("3"), "{\"n\":3}", NOON + 2);
    struct service service = {
        .answers = {{.status = 201},
                    {.status = 422, .problem = "invalid-body", .body = slice_of("{\"p\":1}")},
                    {.status = 201}}};
    struct spool_counts counts = send_all(place, &service);
    assert_int_equal(counts.sent, 2);
    assert_int_equal(counts.refused, 1);
    assert_int_equal(counts.waiting, 0);
    assert_string_equal(service.keys[0], KEY("1"));
    assert_string_equal(service.bodies[2], "{\"n\":3}");
    assert_int_equal(waiting(place), 0);
    struct slice kept;
    int stem = (int)strlen(bad.name) - 5;
    const char *problem = arena_printf(place->arena, "%.*s.problem", stem, bad.name);
    assert_true(there_is(place, problem));
    assert_int_equal(mode_of(arena_printf(place->arena, "%s/%s", place->spool, problem)), 0600);
    assert_non_null(strstr(service.path, ".refused"));
    const char *name = strrchr(service.path, '/') + 1;
    assert_true(spool_read(place->spool, &(struct spool_item){.name = name}, place->arena, &kept, NULL));
    assert_true(slice_is(kept, "{\"n\":2}"));
    /* Nothing is sent twice. */
    service.calls = 0;
    send_all(place, &service);
    assert_int_equal(service.calls, 0);
}

static void nothing_goes_while_the_outcome_is_unknown(void **state)
{
    struct place *place = *state;
    put(place, KEY("1"), "{}", NOON);
    put(place, KEY("2"), "{}", NOON + 1);
    struct service away = {.answers = {{.outcome = CALL_UNCERTAIN}}};
    struct spool_counts counts = send_all(place, &away);
    assert_int_equal(counts.waiting, 2);
    assert_int_equal(away.calls, 1); /* the second is not even tried */
    assert_int_equal(waiting(place), 2);
    struct service busy = {.answers = {{.status = 503, .problem = "busy"}}};
    counts = send_all(place, &busy);
    assert_int_equal(counts.waiting, 2);
    assert_int_equal(busy.calls, 1);
    /* A fault about one item does not hold up the others, and both keys stayed the same. */
    struct service back = {.answers = {{.status = 500, .problem = "internal"}, {.status = 201}}};
    counts = send_all(place, &back);
    assert_int_equal(counts.sent, 1);
    assert_int_equal(counts.waiting, 1);
    assert_string_equal(back.keys[0], KEY("1"));
    assert_string_equal(back.keys[1], KEY("2"));
}

static void which_answers_are_final(void **state)
{
    (void)state;
    static const struct {
        struct answer answer;
        enum spool_fate fate;
    } cases[] = {
        {{.status = 201}, SPOOL_SENT},
        {{.status = 200}, SPOOL_SENT},
        {{.status = 400}, SPOOL_REFUSED},
        {{.status = 403}, SPOOL_REFUSED},
        {{.status = 422}, SPOOL_REFUSED},
        {{.status = 408}, SPOOL_WAITS},
        {{.status = 429}, SPOOL_WAITS},
        {{.status = 500}, SPOOL_WAITS},
        {{.status = 503}, SPOOL_WAITS},
        {{.outcome = CALL_NOT_SENT}, SPOOL_WAITS},
        {{.outcome = CALL_FOREIGN, .status = 403}, SPOOL_WAITS},
        {{.outcome = CALL_FOREIGN, .status = 200}, SPOOL_WAITS},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++)
        assert_int_equal(spool_fate_of(&cases[i].answer), cases[i].fate);
}

static void a_directory_of_another_kind_is_refused(void **state)
{
    struct place *place = *state;
    struct err err;
    const char *spool;
    assert_int_equal(rmdir(place->spool), 0);
    assert_int_equal(symlink("/tmp", place->spool), 0);
    assert_false(spool_open(place->dir, place->arena, &spool, &err));
    assert_int_equal(unlink(place->spool), 0);
    assert_true(spool_open(place->dir, place->arena, &spool, &err));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(only_the_owner_reads_it, setup, teardown),
        cmocka_unit_test_setup_teardown(the_bytes_and_the_key_come_back, setup, teardown),
        cmocka_unit_test_setup_teardown(what_waits_is_found_by_its_key, setup, teardown),
        cmocka_unit_test_setup_teardown(oldest_first_and_others_are_left_alone, setup, teardown),
        cmocka_unit_test_setup_teardown(what_a_crash_left_is_no_item_until_it_is_recovered, setup, teardown),
        cmocka_unit_test_setup_teardown(one_lock_at_a_time, setup, teardown),
        cmocka_unit_test_setup_teardown(sent_ones_go_and_refused_ones_are_kept_aside, setup, teardown),
        cmocka_unit_test_setup_teardown(nothing_goes_while_the_outcome_is_unknown, setup, teardown),
        cmocka_unit_test_setup_teardown(a_directory_of_another_kind_is_refused, setup, teardown),
        cmocka_unit_test(which_answers_are_final),
    };
    return cmocka_run_group_tests_name("client spool", tests, NULL, NULL);
}

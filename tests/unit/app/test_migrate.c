/* wijzerd migrate: what sqitch and psql are given, and what is said where it fails. Both are played by
 * scripts. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#include "app.h"
#include "migrate.h"

static char directory[] = "/tmp/wijzer-migrate-XXXXXX", old_path[4096];

static void path_of(const char *name, char out[128])
{
    snprintf(out, 128, "%s/%s", directory, name);
}

static void write_file(const char *name, const char *text, mode_t mode)
{
    char path[128];
    path_of(name, path);
    FILE *file = fopen(path, "w");
    assert_non_null(file);
    fputs(text, file);
    fclose(file);
    assert_int_equal(chmod(path, mode), 0);
}

static void remove_file(const char *name)
{
    char path[128];
    path_of(name, path);
    unlink(path);
}

static const char *read_record(void)
{
    static char text[4096];
    char path[128];
    path_of("record", path);
    FILE *file = fopen(path, "r");
    text[file ? fread(text, 1, sizeof text - 1, file) : 0] = '\0';
    if (file)
        fclose(file);
    return text;
}

#define RECORDS                                                                                              \
    "#!/bin/sh\necho \"${0##*/} $* in $PWD $PGHOST|$PGPORT|$PGDATABASE|$PGUSER|$PGPASSWORD|$PGSSLMODE\" "    \
    ">>record\n"

static int set_up(void **state)
{
    (void)state;
    memcpy(directory + sizeof directory - 7, "XXXXXX", 6);
    assert_non_null(mkdtemp(directory));
    snprintf(old_path, sizeof old_path, "%s", getenv("PATH"));
    char path[sizeof old_path + 128];
    snprintf(path, sizeof path, "%s:%s", directory, old_path);
    setenv("PATH", path, 1);
    write_file("sqitch.plan", "", 0600);
    write_file("sqitch", RECORDS, 0700);
    write_file("psql", RECORDS, 0700);
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    static const char *const names[] = {"sqitch.plan", "sqitch", "psql", "record"};
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++)
        remove_file(names[i]);
    setenv("PATH", old_path, 1);
    return rmdir(directory);
}

static struct config config_with(const char *conninfo)
{
    return (struct config){
        .migrate_database = conninfo, .migrate_key_database = conninfo, .sql_directory = directory};
}

static void both_get_the_connection_in_their_environment(void **state)
{
    (void)state;
    struct err err;
    struct config config = config_with(
        "postgresql://own%20er:top%27secret@127.0.0.1:1/wij%20zer?sslmode=disable&connect_timeout=1");
    char wanted[512];
    assert_false(migrate(&config, &err)); /* nobody listens there: it does not say that all is well */
    assert_int_equal(err.code, ERR_DATABASE_AWAY);
    assert_null(strstr(err.text, "secret"));
    snprintf(wanted, sizeof wanted,
             "sqitch deploy --verify db:pg: in %s 127.0.0.1|1|wij zer|own er|top'secret|disable\n"
             "psql -X -q -v ON_ERROR_STOP=1 -v interface=%s -f interface.sql in %s 127.0.0.1|1|wij zer|own "
             "er|top'secret|disable\n",
             directory, strrchr(app_schema_version, '-') + 1, directory);
    assert_string_equal(read_record(), wanted);
}

static void a_failure_stops_it(void **state)
{
    (void)state;
    struct err err;
    struct config config = config_with("host=127.0.0.1 port=1");
    write_file("sqitch", "#!/bin/sh\nexit 3\n", 0700);
    assert_false(migrate(&config, &err));
    assert_string_equal(err.text, "sqitch failed with status 3");
    assert_string_equal(read_record(), "");
    write_file("sqitch", "#!/bin/sh\nkill -9 $$\n", 0700);
    assert_false(migrate(&config, &err));
    assert_string_equal(err.text, "sqitch failed with status 137");
}

static void what_is_missing_is_named(void **state)
{
    (void)state;
    struct err err;
    struct config config = config_with(NULL);
    assert_false(migrate(&config, &err));
    assert_non_null(strstr(err.text, "migrate-database"));
    config.migrate_database = "host=127.0.0.1 port=1";
    assert_false(migrate(&config, &err));
    assert_string_equal(err.text, "migrate-key-database is not set");
    config.migrate_key_database = config.migrate_database;
    setenv("PATH", "/nonexistent", 1);
    assert_false(migrate(&config, &err));
    assert_string_equal(err.text, "sqitch cannot be run: is it installed?");
    remove_file("sqitch.plan");
    assert_false(migrate(&config, &err));
    assert_non_null(strstr(err.text, "sqitch.plan"));
    assert_non_null(strstr(err.text, directory));
}

static void an_unreachable_database_is_no_other_schema(void **state)
{
    (void)state;
    struct err err;
    struct config config = {.database = "host=127.0.0.1 port=1 password=secret"};
    assert_int_equal(schema_check(&config, &err), SCHEMA_UNREACHABLE);
    assert_int_equal(err.code, ERR_DATABASE_AWAY);
    assert_null(strstr(err.text, "secret"));
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(both_get_the_connection_in_their_environment),
        TEST(a_failure_stops_it),
        TEST(what_is_missing_is_named),
        TEST(an_unreachable_database_is_no_other_schema),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

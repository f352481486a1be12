/* The configuration file: what is taken, and what is refused with its line. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "clock.h"
#include "config.h"

static const struct config *read_text(const char *text, struct err *err)
{
    char path[] = "/tmp/wijzer-config-XXXXXX";
    int fd = mkstemp(path);
    assert_true(fd >= 0);
    assert_int_equal(write(fd, text, strlen(text)), (ssize_t)strlen(text));
    close(fd);
    const struct config *config = config_read(path, err);
    unlink(path);
    return config;
}

static void presets_hold_without_a_file(void **state)
{
    (void)state;
    struct err err;
    const struct config *config = config_read(NULL, &err);
    assert_non_null(config);
    assert_string_equal(config->api_listen, "127.0.0.1:8443");
    assert_int_equal(config->head_timeout, 10 * MOMENT_SECOND);
    assert_null(config->database);
    config_release(&config);
    assert_null(config);
}

static void values_are_taken(void **state)
{
    (void)state;
    struct err err;
    const struct config *config = read_text("# comment\r\n"
                                            "\n"
                                            "  api-listen=[::1]:0\n"
                                            "idle-timeout = 2m\r\n"
                                            "job-timeout = 750ms\n"
                                            "workers = 4\n"
                                            "log-level = warn\n"
                                            "database = host=/run/pg dbname=w",
                                            &err);
    assert_non_null(config);
    assert_string_equal(config->api_listen, "[::1]:0");
    assert_int_equal(config->idle_timeout, 120 * MOMENT_SECOND);
    assert_int_equal(config->job_timeout, 750000);
    assert_int_equal(config->workers, 4);
    assert_int_equal(config->log_level, LOG_WARN);
    assert_string_equal(config->database, "host=/run/pg dbname=w");
    config_release(&config);
}

static void mistakes_are_told_with_their_line(void **state)
{
    (void)state;
    static const struct {
        const char *text, *says;
    } cases[] = {
        {"workers = 2\nworker = 3\n", ":2: unknown key 'worker'"},
        {"workers = 2\n\nworkers = 3\n", ":3: workers: set twice, first on line 1"},
        {"workers\n", ":1: expected `key = value`"},
        {"workers = 0\n", "from 1 to 64"},
        {"workers = 65\n", "from 1 to 64"},
        {"workers = two\n", "whole number"},
        {"workers = 2 \n# fine\nlanes = +2\n", ":3: lanes"},
        {"idle-timeout = 5\n", "expected a duration"},
        {"idle-timeout = 5 s\n", "expected a duration"},
        {"idle-timeout = 99999999999999999999s\n", "expected a duration"},
        {"idle-timeout = 1ms\n", "must lie between"},
        {"log-level = loud\n", "debug, info, warn or error"},
        {"database =\n", "a value is missing"},
        {"= 5\n", "unknown key ''"},
        {"workers = 2\n\xff\xfe = 1\n", "not UTF-8"},
        {"api-listen = 8443\n", ":1: api-listen: expected address:port"},
        {"api-listen = localhost:8443\n", "api-listen: expected address:port"},
        {"api-listen = 127.0.0.1:65536\n", "api-listen: expected address:port"},
        {"api-listen = ::1:8443\n", "api-listen: expected address:port"},
        {"metrics-listen = 0.0.0.0:9443\n", "metrics-listen: must be a loopback address"},
        {"metrics-listen = :9443\n", "metrics-listen: must be a loopback address"},
        {"metrics-listen = [2001:db8::1]:9443\n", "metrics-listen: must be a loopback address"},
        {"clamd = localhost:3310\n", ":1: clamd: expected /path/of/a/socket, address:port"},
        {"clamd = :3310\n", "clamd: expected"},
        {"clamd = run/clamd\n", "clamd: expected"},
        {"attachment-limit = 8388609\n", "from 1 to 8388608"},
        {"database = host\n", "database: not a connection string"},
        {"log-file = a\rb\n", ":1: a control character"},
        {"log-file = a\x1b[2J\n", ":1: a control character"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct err err;
        const struct config *config = read_text(cases[i].text, &err);
        assert_null(config);
        assert_int_equal(err.code, ERR_CONFIG);
        if (!strstr(err.text, cases[i].says))
            fail_msg("case %zu: \"%s\" does not say \"%s\"", i, err.text, cases[i].says);
    }
}

static void a_missing_file_is_named(void **state)
{
    (void)state;
    struct err err;
    assert_null(config_read("/nonexistent/wijzerd.conf", &err));
    assert_non_null(strstr(err.text, "/nonexistent/wijzerd.conf"));
}

static void what_is_shown_can_be_read_again(void **state)
{
    (void)state;
    struct err err;
    char *text = NULL;
    size_t size = 0;
    char differing[256];
    const struct config *config =
        read_text("workers = 3\nhead-timeout = 1500ms\ndatabase = dbname=x\n", &err);
    FILE *out = open_memstream(&text, &size);
    config_show(config, out);
    fclose(out);
    const struct config *again = read_text(text, &err);
    assert_non_null(again);
    assert_string_equal(config_restart_keys(config, again, differing, sizeof differing), "");
    assert_int_equal(again->head_timeout, 1500000);
    free(text);
    config_release(&config);
    config_release(&again);
}

static void keys_that_need_a_restart_are_named(void **state)
{
    (void)state;
    struct err err;
    char differing[256];
    const struct config *old = read_text("workers = 3\nidle-timeout = 5s\n", &err);
    const struct config *new = read_text("workers = 4\nidle-timeout = 6s\ndatabase = dbname=y\n", &err);
    assert_string_equal(config_restart_keys(old, new, differing, sizeof differing), "workers, database");
    config_release(&old);
    config_release(&new);
}

/* What libpq says of a broken connection string quotes it, and the broken part may be the password. */
static void a_broken_connection_string_is_not_repeated(void **state)
{
    (void)state;
    struct err err;
    assert_null(read_text("database = host=x password=top secret\n", &err));
    assert_null(strstr(err.text, "secret"));
    assert_non_null(strstr(err.text, ":1: database"));
}

static char *shown(const char *text)
{
    struct err err;
    char *out_text = NULL;
    size_t size = 0;
    const struct config *config = read_text(text, &err);
    if (!config)
        fail_msg("%s", err.text);
    FILE *out = open_memstream(&out_text, &size);
    config_show(config, out);
    fclose(out);
    config_release(&config);
    return out_text;
}

static void passwords_are_not_shown(void **state)
{
    (void)state;
    static const char *const cases[] = {
        "database = host=db dbname=wijzer password=geheim1 user=app\n",
        "database = host=db dbname=wijzer password = 'geheim1 met \\' spatie' user=app\n",
        "database = postgresql://app:geheim1@db/wijzer\n",
        "database = postgresql://app@db/wijzer?password=geheim1&sslpassword=geheim1\n",
        "migrate-database = password=geheim1 host=db dbname=wijzer user=app\n",
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        char *text = shown(cases[i]);
        assert_null(strstr(text, "geheim1"));
        assert_null(strstr(text, "spatie"));
        assert_non_null(strstr(text, "password=********"));
        assert_non_null(strstr(text, "dbname=wijzer"));
        assert_non_null(strstr(text, "user=app"));
        struct err err;
        const struct config *again = read_text(text, &err);
        assert_non_null(again);
        config_release(&again);
        free(text);
    }
}

/* Without a secret in it a connection string is shown as it was written, quotes and all. */
static void connection_strings_are_shown_as_written(void **state)
{
    (void)state;
    char *text = shown("database = host='/run/a b' options='-c x=y'\n");
    assert_non_null(strstr(text, "database = host='/run/a b' options='-c x=y'\n"));
    free(text);
}

static void addresses_of_all_forms_are_taken(void **state)
{
    (void)state;
    struct err err;
    static const char *const cases[] = {"api-listen = :8443\n", "api-listen = [::]:0\n",
                                        "api-listen = 10.0.0.1:1\n", "metrics-listen = [::1]:0\n",
                                        "metrics-listen = 127.1.2.3:9\n"};
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        const struct config *config = read_text(cases[i], &err);
        if (!config)
            fail_msg("%s", err.text);
        config_release(&config);
    }
}

static void what_serving_needs_is_named(void **state)
{
    (void)state;
    struct err err;
    static const char all[] = "database = dbname=x\nkey-database = dbname=y\nregion-keys = /k\n"
                              "tls-certificate = c\ntls-key = k\ntls-client-ca = a\n";
    static const char *const keys[] = {"database",        "key-database", "region-keys",
                                       "tls-certificate", "tls-key",      "tls-client-ca"};
    for (size_t i = 0; i < sizeof keys / sizeof keys[0]; i++) {
        char text[sizeof all];
        memcpy(text, all, sizeof all);
        *strstr(text, keys[i]) = '#';
        const struct config *config = read_text(text, &err);
        assert_non_null(config);
        assert_false(config_is_complete(config, &err));
        assert_int_equal(err.code, ERR_CONFIG);
        assert_non_null(strstr(err.text, keys[i]));
        config_release(&config);
    }
    const struct config *config = read_text(all, &err);
    assert_true(config_is_complete(config, &err));
    config_release(&config);
}

static void a_token_is_configured_whole_or_not_at_all(void **state)
{
    (void)state;
    struct err err;
    static const struct {
        const char *keys;
        bool is_complete;
    } rows[] = {{"pkcs11-module = m\npkcs11-token = t\npkcs11-key = k\npkcs11-pin-file = p\n", true},
                {"pkcs11-module = m\npkcs11-token = t\npkcs11-key = k\n", false},
                {"pkcs11-pin-file = p\n", false}};
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        char text[512];
        snprintf(text, sizeof text,
                 "database = dbname=x\nkey-database = dbname=y\nregion-keys = /k\ntls-certificate = c\n"
                 "tls-key = k\ntls-client-ca = a\n%s",
                 rows[i].keys);
        const struct config *config = read_text(text, &err);
        assert_non_null(config);
        assert_int_equal(config_is_complete(config, &err), rows[i].is_complete);
        assert_true(rows[i].is_complete || strstr(err.text, "all or none"));
        config_release(&config);
    }
}

/* Joining is on whole or not at all; renewing needs the CA alone. */
static void joining_needs_all_of_its_settings(void **state)
{
    (void)state;
    static const char serving[] = "database = dbname=x\nkey-database = dbname=y\nregion-keys = /k\n"
                                  "tls-certificate = c\ntls-key = k\ntls-client-ca = a\n";
    static const struct {
        const char *text, *missing;
    } cases[] = {
        {"", NULL},
        {"enrol-ca-certificate = c\n", "enrol-ca-key"},
        {"enrol-ca-key = k\n", "enrol-ca-certificate"},
        {"enrol-ca-certificate = c\nenrol-ca-key = k\n", NULL},
        {"web-listen = :1\nenrol-ca-certificate = c\nenrol-ca-key = k\n", "web-address"},
        {"web-listen = :1\nweb-address = a:1\nenrol-ca-certificate = c\nenrol-ca-key = k\n", "api-address"},
        {"web-listen = :1\nweb-address = a:1\napi-address = a:2\nenrol-ca-certificate = c\nenrol-ca-key = "
         "k\n",
         "web-ca"},
        {"web-listen = :1\nweb-address = a:1\napi-address = a:2\nweb-ca = c\n", "enrol-ca-certificate"},
        {"web-listen = :1\nweb-address = a:1\napi-address = a:2\nweb-ca = c\nenrol-ca-certificate = c\n"
         "enrol-ca-key = k\n",
         NULL},
    };
    struct err err;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        char text[1024];
        snprintf(text, sizeof text, "%s%s", serving, cases[i].text);
        const struct config *config = read_text(text, &err);
        assert_non_null(config);
        assert_int_equal(config_is_complete(config, &err), !cases[i].missing);
        if (cases[i].missing)
            assert_non_null(strstr(err.text, cases[i].missing));
        config_release(&config);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(presets_hold_without_a_file),
        cmocka_unit_test(values_are_taken),
        cmocka_unit_test(mistakes_are_told_with_their_line),
        cmocka_unit_test(a_missing_file_is_named),
        cmocka_unit_test(what_is_shown_can_be_read_again),
        cmocka_unit_test(keys_that_need_a_restart_are_named),
        cmocka_unit_test(a_broken_connection_string_is_not_repeated),
        cmocka_unit_test(passwords_are_not_shown),
        cmocka_unit_test(connection_strings_are_shown_as_written),
        cmocka_unit_test(addresses_of_all_forms_are_taken),
        cmocka_unit_test(what_serving_needs_is_named),
        cmocka_unit_test(a_token_is_configured_whole_or_not_at_all),
        cmocka_unit_test(joining_needs_all_of_its_settings),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

/* The log's file lives through logrotate. */
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

#include "log.h"
#include "logfile.h"

static void read_all(const char *path, char out[1024])
{
    FILE *file = fopen(path, "r");
    assert_non_null(file);
    out[fread(out, 1, 1023, file)] = '\0';
    fclose(file);
}

static void a_moved_file_is_made_anew(void **state)
{
    (void)state;
    char directory[] = "/tmp/wijzer-log-XXXXXX", path[64], moved[64], text[1024];
    struct err err;
    struct stat status;
    assert_non_null(mkdtemp(directory));
    snprintf(path, sizeof path, "%s/log", directory);
    snprintf(moved, sizeof moved, "%s/log.1", directory);
    int fd = logfile_open(path, &err);
    assert_true(fd > 2);
    log_open(fd, LOG_INFO);
    log_event(EV_NOTICE, LOG_T("text", "first"));
    assert_int_equal(rename(path, moved), 0);
    log_event(EV_NOTICE, LOG_T("text", "second"));
    assert_true(logfile_reopen(path, fd, &err));
    log_event(EV_NOTICE, LOG_T("text", "third"));
    assert_false(logfile_reopen("/nonexistent/log", fd, &err)); /* the old one stays */
    log_event(EV_NOTICE, LOG_T("text", "fourth"));
    log_open(2, LOG_INFO);
    read_all(moved, text);
    assert_non_null(strstr(text, "first"));
    assert_non_null(strstr(text, "second"));
    assert_null(strstr(text, "third"));
    read_all(path, text);
    assert_non_null(strstr(text, "third"));
    assert_non_null(strstr(text, "fourth"));
    assert_int_equal(stat(path, &status), 0);
    assert_int_equal(status.st_mode & 07, 0); /* not for everybody */
    close(fd);
    unlink(path);
    unlink(moved);
    rmdir(directory);
}

static void standard_error_needs_no_file(void **state)
{
    (void)state;
    struct err err;
    assert_int_equal(logfile_open(NULL, &err), 2);
    assert_true(logfile_reopen(NULL, 2, &err));
}

static void what_cannot_be_opened_is_named(void **state)
{
    (void)state;
    struct err err;
    assert_int_equal(logfile_open("/nonexistent/log", &err), -1);
    assert_non_null(strstr(err.text, "/nonexistent/log"));
    assert_int_equal(err.code, ERR_CONFIG);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_moved_file_is_made_anew),
        cmocka_unit_test(standard_error_needs_no_file),
        cmocka_unit_test(what_cannot_be_opened_is_named),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

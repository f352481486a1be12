/* A directory with keyring files, made for one test program; the secure heap is started. */
#ifndef WIJZER_TEST_KEYS_FIXTURE_H
#define WIJZER_TEST_KEYS_FIXTURE_H

#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "keyring.h"

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))
#define KEY_A "00112233445566778899aabbccddeeff00112233445566778899aabbccddeeff"
#define KEY_B "ffeeddccbbaa99887766554433221100ffeeddccbbaa99887766554433221100"
#define KEY_I "0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b000000000000000000000000"

static char fixture_directory[64];

static int fixture_start(void **state)
{
    struct err err;
    bool is_locked;
    (void)state;
    snprintf(fixture_directory, sizeof fixture_directory, "/tmp/wijzer-keys-XXXXXX");
    assert_non_null(mkdtemp(fixture_directory));
    assert_true(keys_start(&is_locked, &err));
    return 0;
}

static int fixture_end(void **state)
{
    char command[96];
    (void)state;
    keys_stop();
    snprintf(command, sizeof command, "rm -rf %s", fixture_directory);
    return system(command);
}

/* DIRECTORY/name, valid until the next but one call. */
static inline const char *fixture_path(const char *name)
{
    static char paths[2][256];
    static int turn;
    turn = !turn;
    snprintf(paths[turn], sizeof paths[turn], "%s/%s", fixture_directory, name);
    return paths[turn];
}

static inline const char *fixture_write(const char *name, const char *text, mode_t mode)
{
    const char *path = fixture_path(name);
    FILE *file = fopen(path, "we");
    assert_non_null(file);
    assert_true(fputs(text, file) >= 0 && fclose(file) == 0);
    assert_int_equal(chmod(path, mode), 0);
    return path;
}

static inline const struct keyring *fixture_keyring(const char *text)
{
    struct err err;
    const struct keyring *keyring = keyring_parse("test.keys", slice_of(text), NULL, &err);
    if (!keyring)
        fail_msg("%s", err.text);
    return keyring;
}

#endif

/* Looks through the whole memory of this process for a key that has been used and let go. The key is known by
 * a rule alone, so that the test itself holds no copy of it. */
#include "keys_fixture.h"

#include <fcntl.h>

#include "client_key.h"

enum { CHUNK = 1 << 16 };

static unsigned char key_byte(size_t i)
{
    return (unsigned char)(i * 29 + 113);
}

static bool is_key(const unsigned char *at)
{
    size_t i = 0;
    while (i < KEY_SIZE && at[i] == key_byte(i))
        i++;
    return i == KEY_SIZE;
}

static bool is_key_text(const unsigned char *at)
{
    static const char digits[] = "0123456789abcdef";
    size_t i = 0;
    while (i < 2 * KEY_SIZE && at[i] == digits[key_byte(i / 2) >> (i % 2 ? 0 : 4) & 15])
        i++;
    return i == 2 * KEY_SIZE;
}

static size_t copies_in(const unsigned char *bytes, size_t len)
{
    size_t copies = 0;
    for (size_t i = 0; i + 2 * KEY_SIZE <= len; i++)
        copies += is_key(bytes + i) || is_key_text(bytes + i);
    return copies;
}

/* The pieces overlap by more than a key. `room` is CHUNK + 2 * KEY_SIZE bytes, wiped after use. */
static size_t copies_in_mapping(int memory, uint64_t start, uint64_t end, unsigned char *room)
{
    size_t copies = 0;
    for (uint64_t at = start; at < end; at += CHUNK) {
        ssize_t n = pread(memory, room, CHUNK + 2 * KEY_SIZE, (off_t)at);
        if (n > 0)
            copies += copies_in(room, (size_t)n);
    }
    memset(room, 0, CHUNK + 2 * KEY_SIZE);
    return copies;
}

/* Sanitizers reserve shadows of terabytes: only what can be ours is looked at. */
static size_t copies_in_memory(void)
{
    static unsigned char room[CHUNK + 2 * KEY_SIZE];
    char line[512], mode[8];
    unsigned long long start, end;
    size_t copies = 0;
    int memory = open("/proc/self/mem", O_RDONLY | O_CLOEXEC);
    FILE *maps = fopen("/proc/self/maps", "re");
    assert_true(memory >= 0 && maps);
    while (fgets(line, sizeof line, maps))
        if (sscanf(line, "%llx-%llx %7s", &start, &end, mode) == 3 && mode[0] == 'r' && mode[1] == 'w' &&
            end - start < UINT64_C(1) << 28)
            copies += copies_in_mapping(memory, start, end, room);
    fclose(maps);
    close(memory);
    return copies;
}

/* By pairs of digits, so that the text never lies whole in our memory. */
static const char *write_key(const char *name)
{
    const char *path = fixture_path(name);
    int fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
    assert_true(fd >= 0);
    assert_true(dprintf(fd, "index " KEY_I "\nwrap 1 2026-11-28 ") > 0);
    for (size_t i = 0; i < KEY_SIZE; i++)
        assert_true(dprintf(fd, "%02x", key_byte(i)) == 2);
    assert_true(dprintf(fd, "\n") == 1);
    close(fd);
    return path;
}

static void no_copy_of_a_wrapping_key_stays(void **state)
{
    struct err err;
    char wrapped[WRAPPED_TEXT_MAX];
    (void)state;
    const char *file = write_key("wiped.keys");
    assert_int_equal(copies_in_memory(), 0);
    const struct keyring *keyring = keyring_read(file, NULL, &err);
    assert_non_null(keyring);
    struct client_key *key = client_key_new(keyring, 1, 2, wrapped, &err), *again;
    again = client_key_unwrap(keyring, 1, 2, 1, slice_of(wrapped), &err);
    assert_non_null(again);
    assert_int_equal(copies_in_memory(), 1); /* the keyring's own */
    keyring_release(&keyring);
    assert_int_equal(copies_in_memory(), 0);
    client_key_free(&key);
    client_key_free(&again);
}

static void a_refused_file_leaves_nothing(void **state)
{
    struct err err;
    (void)state;
    const char *file = write_key("refused.keys");
    FILE *more = fopen(file, "ae");
    assert_true(fputs("oops\n", more) >= 0 && fclose(more) == 0);
    assert_null(keyring_read(file, NULL, &err));
    assert_int_equal(copies_in_memory(), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(no_copy_of_a_wrapping_key_stays),
        cmocka_unit_test(a_refused_file_leaves_nothing),
    };
    return cmocka_run_group_tests_name("wiping", tests, fixture_start, fixture_end);
}

// links: keys
// runs: 200000
/* A keyring file is refused with a message that names a line and shows nothing of it, or it is taken; what is
 * taken can wrap and unwrap, and its numbers rise. */
#include "fuzz.h"

#include <ctype.h>
#include <stdlib.h>

#include "client_key.h"
#include "fuzz_random.h"

static void start_once(void)
{
    static bool is_started;
    struct err err;
    bool is_locked;
    if (!is_started && !keys_start(&is_locked, &err))
        abort();
    is_started = true;
}

/* Eight hexadecimal digits of the file in a row would be a part of a key. */
static void check_refusal(const struct err *err, struct slice text)
{
    if (err->code != ERR_CONFIG || strncmp(err->text, "f:", 2) != 0)
        abort();
    for (size_t i = 0; i + 8 <= text.len; i++) {
        char piece[9] = {0};
        size_t n = 0;
        while (n < 8 && isxdigit((unsigned char)text.ptr[i + n]))
            piece[n] = text.ptr[i + n], n++;
        if (n == 8 && strstr(err->text, piece))
            abort();
    }
}

static void check_taken(const struct keyring *keyring)
{
    struct err err;
    char wrapped[WRAPPED_TEXT_MAX], hash[HASH_TEXT];
    int number = 0, last = 0, count = 0;
    int64_t made;
    for (; keyring_wrap(keyring, count, &number, &made); count++, last = number)
        if (number <= last || !keyring_has(keyring, number))
            abort();
    if (count == 0 || count > KEYRING_WRAPS || last != keyring_newest(keyring))
        abort();
    struct client_key *key = client_key_new(keyring, 1, 2, wrapped, &err);
    struct client_key *again = client_key_unwrap(keyring, 1, 2, last, slice_of(wrapped), &err);
    if (!key || !again)
        abort();
    keyring_hash(keyring, SLICE_NONE, hash);
    client_key_free(&key);
    client_key_free(&again);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct err err;
    struct slice text = slice_make((const char *)data, size);
    start_once();
    const struct keyring *keyring = keyring_parse("f", text, NULL, &err);
    if (!keyring) {
        check_refusal(&err, text);
        return 0;
    }
    check_taken(keyring);
    keyring_release(&keyring);
    return 0;
}

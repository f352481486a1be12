// links: keys
// runs: 150000
/* No text that we have not sealed opens: the fuzzer does not have the key. And what we seal opens to the same
 * bytes, whatever they are; with a byte of it taken as one to change, it does not. */
#include "fuzz.h"

#include <stdlib.h>

#include "client_key.h"
#include "fuzz_random.h"

#define KEYRING                                                                                              \
    "wrap 1 2026-11-28 00112233445566778899aabbccddeeff00112233445566778899aabbccddeeff\n"                   \
    "index 0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b000000000000000000000000\n"

static const struct keyring *keyring;
static struct client_key *key;

static void start_once(void)
{
    struct err err;
    bool is_locked;
    char wrapped[WRAPPED_TEXT_MAX];
    if (key)
        return;
    if (!keys_start(&is_locked, &err) || !(keyring = keyring_parse("f", slice_of(KEYRING), NULL, &err)) ||
        !(key = client_key_new(keyring, 1, 2, wrapped, &err)))
        abort();
}

static void check_round(struct slice plain, struct arena *arena)
{
    struct err err;
    struct slice sealed, opened;
    if (!client_key_seal(key, 3, "text", plain, arena, &sealed, &err) ||
        !client_key_open(key, 3, slice_of("text"), sealed, arena, &opened, &err) ||
        !slice_equal(plain, opened))
        abort();
    char *changed = arena_text(arena, sealed);
    size_t at = plain.len ? (unsigned char)plain.ptr[0] % sealed.len : 0;
    changed[at] = (char)(changed[at] ^ 1);
    if (client_key_open(key, 3, slice_of("text"), slice_make(changed, sealed.len), arena, &opened, &err) ||
        opened.ptr)
        abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct err err;
    struct slice text = slice_make((const char *)data, size), opened;
    struct arena *arena = arena_new(0);
    start_once();
    if (client_key_open(key, 3, slice_of("text"), text, arena, &opened, &err) || opened.ptr)
        abort();
    struct client_key *forged = client_key_unwrap(keyring, 1, 2, 1, text, &err);
    if (forged)
        abort();
    if (text.ptr && size < SEALED_PLAIN_MAX)
        check_round(text, arena);
    arena_free(&arena);
    return 0;
}

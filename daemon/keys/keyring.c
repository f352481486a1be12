#include "keyring.h"

#include <stdatomic.h>
#include <stdio.h>

#include <openssl/crypto.h>

#include "clock.h"
#include "gcm.h"

struct wrap {
    int64_t made; /* days since 1970 */
    int number;
    unsigned char key[KEY_SIZE];
};

struct keyring {
    atomic_int references;
    int count;
    bool has_index;
    unsigned char index[KEY_SIZE];
    struct wrap wraps[KEYRING_WRAPS]; /* by number */
};

/* One file on its way into a keyring. */
struct reader {
    struct keyring *keyring;
    const struct keyring_token *settings; /* NULL: none */
    struct token *token;                  /* open once a line has asked for it */
};

static bool open_token(struct reader *reader, struct err *err)
{
    if (!reader->settings)
        return err_set(err, ERR_CONFIG, "wrapped by a token's key, but no token is configured");
    if (!reader->token)
        reader->token = token_open(reader->settings, err);
    return reader->token != NULL;
}

/* KEY, or "pkcs11 WRAPPED-KEY" bound to `purpose`. */
static bool read_key(struct reader *reader, struct slice text, struct slice purpose,
                     unsigned char key[KEY_SIZE], struct err *err)
{
    unsigned char wrapped[TOKEN_WRAPPED];
    static const char by_token[] = "pkcs11 ";
    if (!slice_starts(text, by_token))
        return hex_decode(text, key, KEY_SIZE) ||
               err_set(err, ERR_CONFIG, "expected a key of %d lower-case hexadecimal digits", 2 * KEY_SIZE);
    text.ptr += sizeof by_token - 1;
    text.len -= sizeof by_token - 1;
    if (!hex_decode(text, wrapped, sizeof wrapped))
        return err_set(err, ERR_CONFIG, "expected a wrapped key of %d lower-case hexadecimal digits",
                       2 * TOKEN_WRAPPED);
    return open_token(reader, err) && token_unwrap(reader->token, purpose, wrapped, key, err);
}

/* Other keys must differ: one that has been copied would not be rotated, or would hash by a key that wraps.
 */
static bool is_fresh(const struct keyring *keyring, const unsigned char *key, struct err *err)
{
    bool is_known =
        keyring->has_index && keyring->index != key && CRYPTO_memcmp(keyring->index, key, KEY_SIZE) == 0;
    for (int i = 0; i < keyring->count; i++)
        is_known |= keyring->wraps[i].key != key && CRYPTO_memcmp(keyring->wraps[i].key, key, KEY_SIZE) == 0;
    return !is_known || err_set(err, ERR_CONFIG, "this key is in the file already");
}

static bool read_index(struct reader *reader, struct slice rest, struct err *err)
{
    struct keyring *keyring = reader->keyring;
    if (keyring->has_index)
        return err_set(err, ERR_CONFIG, "a second index key; expected one");
    keyring->has_index = true;
    return read_key(reader, rest, slice_of("index"), keyring->index, err) &&
           is_fresh(keyring, keyring->index, err);
}

static bool read_wrap(struct reader *reader, struct slice rest, struct err *err)
{
    struct keyring *keyring = reader->keyring;
    uint64_t number;
    if (keyring->count == KEYRING_WRAPS)
        return err_set(err, ERR_CONFIG, "more than %d wrapping keys", KEYRING_WRAPS);
    struct wrap *wrap = &keyring->wraps[keyring->count];
    struct slice word = slice_cut(&rest, ' '), date = slice_cut(&rest, ' ');
    if (!slice_to_u64(word, KEYRING_NUMBER_MAX, &number) || number == 0 || word.ptr[0] == '0')
        return err_set(err, ERR_CONFIG, "expected a number from 1 to %d behind `wrap`", KEYRING_NUMBER_MAX);
    if (keyring->count && (int)number <= wrap[-1].number)
        return err_set(err, ERR_CONFIG, "expected a number above %d, that of the wrapping key before",
                       wrap[-1].number);
    wrap->number = (int)number;
    if (!date_parse(date, &wrap->made))
        return err_set(err, ERR_CONFIG, "expected a date, YYYY-MM-DD, behind the number");
    char purpose[32];
    snprintf(purpose, sizeof purpose, "wrap %d", wrap->number);
    if (!read_key(reader, rest, slice_of(purpose), wrap->key, err) || !is_fresh(keyring, wrap->key, err))
        return false;
    keyring->count++;
    return true;
}

static bool read_line(struct reader *reader, struct slice line, struct err *err)
{
    static const struct {
        const char *word;
        bool (*read)(struct reader *reader, struct slice rest, struct err *err);
    } kinds[] = {{"wrap", read_wrap}, {"index", read_index}};
    if (line.len == 0 || line.ptr[0] == '#')
        return true;
    struct slice word = slice_cut(&line, ' ');
    for (size_t i = 0; i < sizeof kinds / sizeof kinds[0]; i++)
        if (slice_is(word, kinds[i].word))
            return kinds[i].read(reader, line, err);
    return err_set(err, ERR_CONFIG, "expected `wrap NUMBER YYYY-MM-DD KEY`, `index KEY` or a comment");
}

static bool read_lines(struct reader *reader, const char *name, struct slice text, struct err *err)
{
    int number = 0;
    for (struct slice rest = text; rest.ptr;) {
        struct err inner;
        number++;
        if (!read_line(reader, slice_cut(&rest, '\n'), &inner))
            return err_set(err, ERR_CONFIG, "%s:%d: %s", name, number, inner.text);
    }
    if (reader->keyring->count == 0)
        return err_set(err, ERR_CONFIG, "%s: no wrapping key; expected a line `wrap NUMBER YYYY-MM-DD KEY`",
                       name);
    if (!reader->keyring->has_index)
        return err_set(err, ERR_CONFIG, "%s: no index key; expected a line `index KEY`", name);
    return true;
}

const struct keyring *keyring_parse(const char *name, struct slice text, const struct keyring_token *token,
                                    struct err *err)
{
    struct reader reader = {.keyring = secret_alloc(sizeof(struct keyring), err), .settings = token};
    if (!reader.keyring)
        return NULL;
    atomic_init(&reader.keyring->references, 1);
    const struct keyring *keyring = reader.keyring;
    if (!read_lines(&reader, name, text, err))
        keyring_release(&keyring);
    token_close(&reader.token);
    return keyring;
}

const struct keyring *keyring_read(const char *file, const struct keyring_token *token, struct err *err)
{
    size_t len;
    char *text = secret_read(file, &len, err);
    if (!text)
        return NULL;
    const struct keyring *keyring = keyring_parse(file, slice_make(text, len), token, err);
    secret_free(text, SECRET_FILE);
    return keyring;
}

const struct keyring *keyring_hold(const struct keyring *keyring)
{
    atomic_fetch_add(&((struct keyring *)(uintptr_t)keyring)->references, 1);
    return keyring;
}

void keyring_release(const struct keyring **keyring)
{
    struct keyring *own = (struct keyring *)(uintptr_t)*keyring;
    if (own && atomic_fetch_sub(&own->references, 1) == 1)
        secret_free(own, sizeof *own);
    *keyring = NULL;
}

static const struct wrap *find(const struct keyring *keyring, int number)
{
    for (int i = keyring->count; i-- > 0;)
        if (keyring->wraps[i].number == number)
            return &keyring->wraps[i];
    return NULL;
}

int keyring_newest(const struct keyring *keyring)
{
    return keyring->wraps[keyring->count - 1].number;
}

bool keyring_has(const struct keyring *keyring, int number)
{
    return find(keyring, number) != NULL;
}

bool keyring_wrap(const struct keyring *keyring, int nth, int *number, int64_t *made)
{
    if (nth < 0 || nth >= keyring->count)
        return false;
    *number = keyring->wraps[nth].number;
    *made = keyring->wraps[nth].made;
    return true;
}

const unsigned char *keyring_wrapping_key(const struct keyring *keyring, int number)
{
    const struct wrap *wrap = find(keyring, number);
    return wrap ? wrap->key : NULL;
}

void keyring_hash(const struct keyring *keyring, struct slice text, char out[HASH_TEXT])
{
    unsigned char hash[HMAC_SIZE];
    hmac_sha256(keyring->index, text, hash);
    hex_encode(hash, sizeof hash, out);
}

void keyring_derive(const struct keyring *keyring, const char *purpose, unsigned char out[32])
{
    char text[96];
    int length = snprintf(text, sizeof text, "derived|%s", purpose);
    hmac_sha256(keyring->index, slice_make(text, (size_t)length), out);
}

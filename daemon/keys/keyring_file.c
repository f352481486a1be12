#include "keyring_file.h"

#include <errno.h>
#include <fcntl.h>
#include <libgen.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <openssl/rand.h>

#include "arena.h"
#include "clock.h"

/* One change on its way: the directory is locked, the new text grows in the secure heap. */
struct change {
    const struct keyring_edit *edit;
    struct arena *arena;
    int directory;
    char *text;
    size_t len;
    struct token *token;
};

enum { KEY_TEXT = 2 * TOKEN_WRAPPED + 1 };

static bool append(struct change *change, struct err *err, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

static bool append(struct change *change, struct err *err, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    int n = vsnprintf(change->text + change->len, SECRET_FILE - change->len, format, args);
    va_end(args);
    if (n < 0 || (size_t)n >= SECRET_FILE - change->len)
        return err_set(err, ERR_CONFIG, "%s: would be larger than %d bytes", change->edit->file,
                       SECRET_FILE - 1);
    change->len += (size_t)n;
    return true;
}

/* "KEY" or "pkcs11 WRAPPED-KEY" of a new random key. */
static bool append_key(struct change *change, const char *purpose, struct err *err)
{
    unsigned char wrapped[TOKEN_WRAPPED];
    unsigned char *key = secret_alloc(KEY_SIZE, err);
    char *text = key ? secret_alloc(KEY_TEXT, err) : NULL;
    bool is_made =
        text && (RAND_priv_bytes(key, KEY_SIZE) == 1 || err_set(err, ERR_INTERNAL, "no random bytes"));
    if (is_made && change->edit->token) {
        is_made = (change->token || (change->token = token_open(change->edit->token, err))) &&
                  token_wrap(change->token, slice_of(purpose), key, wrapped, err);
        if (is_made)
            hex_encode(wrapped, sizeof wrapped, text);
    } else if (is_made) {
        hex_encode(key, KEY_SIZE, text);
    }
    is_made = is_made && append(change, err, "%s%s\n", change->edit->token ? "pkcs11 " : "", text);
    secret_free(text, KEY_TEXT);
    secret_free(key, KEY_SIZE);
    return is_made;
}

static bool append_wrap(struct change *change, int number, struct err *err)
{
    char purpose[32];
    int64_t year;
    unsigned month, day;
    civil_from_days(change->edit->today, &year, &month, &day);
    snprintf(purpose, sizeof purpose, "wrap %d", number);
    return append(change, err, "%s %04d-%02u-%02u ", purpose, (int)year, month, day) &&
           append_key(change, purpose, err);
}

static bool begin(struct change *change, const struct keyring_edit *edit, struct err *err)
{
    *change = (struct change){.edit = edit, .arena = arena_new(0), .directory = -1};
    const char *directory = dirname(arena_text(change->arena, slice_of(edit->file)));
    change->directory = open(directory, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (change->directory < 0)
        return err_set_os(err, ERR_CONFIG, errno, "%s", directory);
    if (flock(change->directory, LOCK_EX | LOCK_NB) != 0)
        return err_set(err, ERR_BUSY, "%s: somebody else is changing keyrings here", directory);
    change->text = secret_alloc(SECRET_FILE, err);
    return change->text != NULL;
}

static bool end(struct change *change, bool is_done)
{
    token_close(&change->token);
    secret_free(change->text, SECRET_FILE);
    if (change->directory >= 0)
        close(change->directory); /* unlocks */
    arena_free(&change->arena);
    return is_done;
}

static bool write_all(int fd, struct slice text)
{
    while (text.len) {
        ssize_t n = write(fd, text.ptr, text.len);
        if (n < 0 && errno != EINTR)
            return false;
        if (n > 0)
            text.ptr += n, text.len -= (size_t)n;
    }
    return true;
}

/* The owner stays who it was, also where root makes the change. */
static bool fill(int fd, const struct change *change)
{
    struct stat old;
    if (stat(change->edit->file, &old) == 0 && old.st_uid != geteuid() &&
        fchown(fd, old.st_uid, old.st_gid) != 0)
        return false;
    return write_all(fd, slice_make(change->text, change->len)) && fsync(fd) == 0;
}

static bool put(struct change *change, struct err *err)
{
    const char *file = change->edit->file, *new = arena_printf(change->arena, "%s.new", file);
    unlink(new); /* what an earlier change that was cut off has left; we hold the lock */
    int fd = open(new, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, S_IRUSR | S_IWUSR);
    if (fd < 0)
        return err_set_os(err, ERR_OS, errno, "%s", new);
    bool is_done = fill(fd, change) && rename(new, file) == 0 && fsync(change->directory) == 0;
    int os = errno;
    close(fd);
    if (is_done)
        return true;
    unlink(new);
    return err_set_os(err, ERR_OS, os, "%s", file);
}

/* Reads what we have written, as the daemon will. */
static bool check_and_put(struct change *change, struct err *err)
{
    token_close(&change->token); /* one session at a time */
    const struct keyring *keyring =
        keyring_parse(change->edit->file, slice_make(change->text, change->len), change->edit->token, err);
    bool is_good = keyring != NULL;
    keyring_release(&keyring);
    return is_good && put(change, err);
}

bool keyring_file_new(const struct keyring_edit *edit, struct err *err)
{
    struct change change;
    if (!begin(&change, edit, err))
        return end(&change, false);
    if (access(edit->file, F_OK) == 0)
        return end(&change, err_set(err, ERR_CONFIG, "%s: is there already", edit->file));
    return end(&change,
               append(&change, err,
                      "# Wijzer keyring. Who loses it loses the data; who reads it can read the data.\n") &&
                   append_wrap(&change, 1, err) && append(&change, err, "index ") &&
                   append_key(&change, "index", err) && check_and_put(&change, err));
}

/* The lines of the file but the one that begins with `without` (NULL: all). */
static bool copy_lines(struct change *change, const char *without, struct err *err)
{
    size_t len;
    char *text = secret_read(change->edit->file, &len, err);
    bool is_good = text != NULL;
    for (struct slice rest = slice_make(text, len); is_good && rest.ptr && rest.len;) {
        struct slice line = slice_cut(&rest, '\n');
        if (!without || !slice_starts(line, without))
            is_good = append(change, err, "%.*s\n", SLICE_FMT(line));
    }
    secret_free(text, SECRET_FILE);
    return is_good;
}

static const struct keyring *current(const struct keyring_edit *edit, struct err *err)
{
    return keyring_read(edit->file, edit->token, err);
}

bool keyring_file_rotate(const struct keyring_edit *edit, int *number, struct err *err)
{
    struct change change;
    const struct keyring *keyring = begin(&change, edit, err) ? current(edit, err) : NULL;
    if (!keyring)
        return end(&change, false);
    *number = keyring_newest(keyring) + 1;
    keyring_release(&keyring);
    return end(&change, copy_lines(&change, NULL, err) && append_wrap(&change, *number, err) &&
                            check_and_put(&change, err));
}

bool keyring_may_retire(const struct keyring *keyring, int number, struct err *err)
{
    if (!keyring_has(keyring, number))
        return err_set(err, ERR_CONFIG, "there is no wrapping key %d", number);
    return number != keyring_newest(keyring) ||
           err_set(err, ERR_CONFIG, "wrapping key %d is the newest, which wraps; rotate first", number);
}

bool keyring_file_retire(const struct keyring_edit *edit, int number, struct err *err)
{
    struct change change;
    char line[32];
    const struct keyring *keyring = begin(&change, edit, err) ? current(edit, err) : NULL;
    bool may = keyring && keyring_may_retire(keyring, number, err);
    keyring_release(&keyring);
    snprintf(line, sizeof line, "wrap %d ", number);
    return end(&change, may && copy_lines(&change, line, err) && check_and_put(&change, err));
}

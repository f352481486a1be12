#include "profile.h"

#include <errno.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "file.h"

enum { PROFILE_MAX = 16 * 1024 };

/* The keys a profile may have, and where each goes. */
struct lines {
    struct slice api, ca, name;
};

static const struct {
    const char *key;
    size_t at;
} keys[] = {
    {"api", offsetof(struct lines, api)},
    {"ca", offsetof(struct lines, ca)},
    {"name", offsetof(struct lines, name)},
};

static struct slice *find_key(struct lines *lines, struct slice key)
{
    for (size_t i = 0; i < sizeof keys / sizeof keys[0]; i++)
        if (slice_is(key, keys[i].key))
            return (struct slice *)(void *)((char *)lines + keys[i].at);
    return NULL;
}

static bool parse_line(struct slice line, int number, struct lines *lines, struct err *err)
{
    if (line.len == 0 || line.ptr[0] == '#')
        return true;
    if (!memchr(line.ptr, '=', line.len))
        return err_set(err, ERR_CONFIG, "line %d: expected \"key = value\"", number);
    struct slice value = line;
    struct slice key = slice_trim(slice_cut(&value, '='));
    value = slice_trim(value);
    struct slice *place = find_key(lines, key);
    if (!place)
        return err_set(err, ERR_CONFIG, "line %d: unknown key \"%.*s\" (known: api, ca, name)", number,
                       key.len > 40 ? 40 : SLICE_FMT(key));
    if (place->ptr)
        return err_set(err, ERR_CONFIG, "line %d: \"%.*s\" is given twice", number, SLICE_FMT(key));
    if (value.len == 0)
        return err_set(err, ERR_CONFIG, "line %d: \"%.*s\" has no value", number, SLICE_FMT(key));
    *place = value;
    return true;
}

static bool parse_lines(struct slice text, struct lines *lines, struct err *err)
{
    int number = 1;
    if (memchr(text.ptr ? text.ptr : "", '\0', text.len))
        return err_set(err, ERR_CONFIG, "it holds a NUL byte");
    for (struct slice rest = text; rest.ptr; number++) {
        struct slice line = slice_cut(&rest, '\n');
        if (line.len && line.ptr[line.len - 1] == '\r')
            line.len--;
        if (!parse_line(slice_trim(line), number, lines, err))
            return false;
    }
    return true;
}

static const char *in_directory(struct arena *arena, const char *dir, const char *path)
{
    return path[0] == '/' ? path : arena_printf(arena, "%s/%s", dir, path);
}

static bool take_api(struct slice api, struct arena *arena, struct profile *out, struct err *err)
{
    while (api.len && api.ptr[api.len - 1] == '/')
        api.len--;
    if (!api.ptr)
        return err_set(err, ERR_CONFIG, "\"api\" is missing: where the service is, https://host:port");
    bool plain = slice_starts(api, "https://") && api.len > strlen("https://");
    for (size_t i = 0; i < api.len; i++)
        plain = plain && api.ptr[i] > ' ' && api.ptr[i] < 0x7f && !strchr("?#@\\", api.ptr[i]);
    if (!plain)
        return err_set(err, ERR_CONFIG, "\"api\" must look like https://host:port");
    out->api = arena_text(arena, api);
    return true;
}

bool profile_parse(struct slice text, const char *dir, struct arena *arena, struct profile *out,
                   struct err *err)
{
    struct lines lines = {0};
    if (!parse_lines(text, &lines, err))
        return false;
    const char *api = getenv("WIJZER_API");
    const char *ca = getenv("WIJZER_CA");
    *out = (struct profile){.dir = arena_text(arena, slice_of(dir))};
    if (!take_api(api && *api ? slice_of(api) : lines.api, arena, out, err))
        return false;
    if (ca && *ca)
        out->ca = arena_text(arena, slice_of(ca));
    else if (lines.ca.ptr)
        out->ca = in_directory(arena, dir, arena_text(arena, lines.ca));
    else
        return err_set(err, ERR_CONFIG, "\"ca\" is missing: the file with the region's CA certificate");
    out->name = lines.name.ptr ? arena_text(arena, lines.name) : NULL;
    out->cert = in_directory(arena, dir, "cert.pem");
    out->key = in_directory(arena, dir, "key.pem");
    return true;
}

static bool check_files(struct profile *profile, struct err *err)
{
    const char *const files[] = {profile->ca, profile->cert, profile->key};
    for (size_t i = 0; i < sizeof files / sizeof files[0]; i++)
        if (access(files[i], R_OK) != 0)
            return err_set_os(err, ERR_CONFIG, errno, "%s cannot be read", files[i]);
    struct stat st;
    profile->key_exposed = stat(profile->key, &st) == 0 && (st.st_mode & (S_IRWXG | S_IRWXO)) != 0;
    return true;
}

bool profile_load(const char *dir, struct arena *arena, struct profile *out, struct err *err)
{
    const char *path = arena_printf(arena, "%s/profile", dir);
    struct slice text;
    struct err cause;
    if (!file_read(path, PROFILE_MAX, arena, &text, &cause))
        return err_set(err, cause.os == ENOENT || cause.os == ENOTDIR ? ERR_NOT_FOUND : ERR_CONFIG, "%s",
                       cause.text);
    if (!profile_parse(text, dir, arena, out, &cause))
        return err_set(err, ERR_CONFIG, "%s, %s", path, cause.text);
    return check_files(out, err);
}

bool profile_find(const char *given, struct arena *arena, const char **dir, struct err *err)
{
    const char *env = getenv("WIJZER_PROFILE");
    const char *home = getenv("HOME");
    if (given && *given)
        *dir = given;
    else if (env && *env)
        *dir = arena_text(arena, slice_of(env));
    else if (home && *home)
        *dir = arena_printf(arena, "%s/.config/wijzer", home);
    else
        return err_set(err, ERR_NOT_FOUND, "neither --profile, WIJZER_PROFILE nor HOME is given");
    return true;
}

/* Joining: a code becomes a profile. The key is made here and stays here. */
#include <errno.h>
#include <sys/stat.h>
#include <unistd.h>

#include "file.h"
#include "identity.h"
#include "json_out.h"
#include "program.h"
#include "spell.h"
#include "uuid.h"

/* Beside the profile until it is complete: whoever types the same again goes on with the same key. */
#define PENDING_KEY "enrolment.key"
#define PENDING_ID "enrolment.id"

enum { PORT = 8444 };

struct joining {
    const char *dir;
    struct profile service; /* the web listener, without a certificate */
    const char *ca;         /* --ca FILE, or NULL */
    const char *code;       /* as it is shown */
    struct slice key, csr;
    const char *id; /* Idempotency-Key */
};

/* ---- what was typed ---- */

static bool is_host(const char *text)
{
    static const char plain[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789.-:[]";
    return *text && *text != '-' && text[strspn(text, plain)] == '\0';
}

static bool take_host(struct program *program, struct joining *joining)
{
    const char *host = program->options.words[0];
    const char *port = strrchr(host, ':');
    bool has_port = port && port[1] && !strchr(port, ']') && (strchr(host, ':') == port || host[0] == '[');
    if (!is_host(host)) {
        program_reject(program, SAY_BAD_HOST, VALUES(host));
        return false;
    }
    joining->service.api = has_port ? arena_printf(program->arena, "https://%s", host)
                                    : arena_printf(program->arena, "https://%s:%d", host, PORT);
    return true;
}

static bool take_code(struct program *program, struct joining *joining)
{
    char letters[SPELL_TEXT];
    const char *code = program->options.words[1];
    if (!spell_read(slice_of(code), SPELL_CODE, letters)) {
        program_reject(program, SAY_BAD_INVITATION_CODE, VALUES(code));
        return false;
    }
    joining->code = arena_text(program->arena, slice_of(letters));
    return true;
}

static bool take_trust(struct program *program, struct joining *joining)
{
    const char *pin = option_text(&program->options, FLAG_PIN);
    char letters[SPELL_TEXT];
    joining->ca = joining->service.ca = option_text(&program->options, FLAG_CA);
    if (pin && !spell_read(slice_of(pin), SPELL_PIN, letters))
        program_reject(program, SAY_BAD_PIN, VALUES(pin));
    else if (!pin && !joining->ca)
        program_reject(program, SAY_WHICH_SERVICE, NULL);
    else if (joining->ca && access(joining->ca, R_OK) != 0)
        program_reject(program, SAY_CANNOT_READ, VALUES(joining->ca));
    else {
        joining->service.pin = pin && !joining->ca ? arena_text(program->arena, slice_of(letters)) : NULL;
        return true;
    }
    return false;
}

static bool has_file(struct program *program, const char *dir, const char *name)
{
    return access(arena_printf(program->arena, "%s/%s", dir, name), F_OK) == 0;
}

/* An existing profile is never written over: its key may be the only one of somebody. */
static bool take_directory(struct program *program, struct joining *joining)
{
    struct err err;
    if (!profile_find(option_text(&program->options, FLAG_PROFILE), program->arena, &joining->dir, &err)) {
        program_reject(program, SAY_BAD_PROFILE, VALUES(err.text));
        return false;
    }
    if (has_file(program, joining->dir, "profile") || has_file(program, joining->dir, "cert.pem") ||
        has_file(program, joining->dir, "key.pem")) {
        program_reject(program, SAY_PROFILE_THERE, VALUES(joining->dir));
        return false;
    }
    return true;
}

/* ---- the key, and the request ---- */

/* DIR and what leads to it, for us alone. */
static bool make_directory(struct arena *arena, const char *dir, struct err *err)
{
    char *path = arena_printf(arena, "%s", dir);
    for (char *slash = strchr(path + 1, '/');; slash = strchr(slash + 1, '/')) {
        if (slash)
            *slash = '\0';
        if (mkdir(path, S_IRWXU) != 0 && errno != EEXIST)
            return err_set_os(err, ERR_OS, errno, "%s cannot be made", path);
        if (!slash)
            return true;
        *slash = '/';
    }
}

static bool read_pending(struct arena *arena, const char *dir, const char *name, struct slice *out)
{
    return file_read(arena_printf(arena, "%s/%s", dir, name), IDENTITY_MAX, arena, out, NULL) && out->len;
}

/* The key of an attempt before this one, or a new one; on disk before anything is sent. */
static bool prepare(struct arena *arena, struct joining *joining, struct err *err)
{
    char uuid[UUID_TEXT];
    struct slice id;
    if (!make_directory(arena, joining->dir, err))
        return false;
    if (!read_pending(arena, joining->dir, PENDING_KEY, &joining->key) ||
        !read_pending(arena, joining->dir, PENDING_ID, &id)) {
        id = arena_slice(arena, slice_of(uuid_new(uuid)));
        if (!identity_key(arena, &joining->key, err) ||
            !file_write(joining->dir, PENDING_KEY, joining->key, err) ||
            !file_write(joining->dir, PENDING_ID, id, err))
            return false;
    }
    joining->id = arena_text(arena, slice_trim(id));
    return identity_request(joining->key, arena, &joining->csr, err);
}

static struct slice body_of(struct program *program, const struct joining *joining)
{
    struct json_out out = json_out_new(program->arena, 1024);
    out_open(&out, NULL, '{');
    out_text(&out, "code", slice_of(joining->code));
    out_text(&out, "csr", joining->csr);
    out_close(&out, '}');
    return json_out_slice(&out);
}

/* ---- the profile ---- */

static void forget_pending(struct program *program, const struct joining *joining)
{
    unlink(arena_printf(program->arena, "%s/%s", joining->dir, PENDING_KEY));
    unlink(arena_printf(program->arena, "%s/%s", joining->dir, PENDING_ID));
}

static bool write_ca(struct program *program, const struct joining *joining, const json_t *enrolled,
                     struct err *err)
{
    struct slice ca = slice_of(document_text(enrolled, "ca"));
    if (joining->ca && !file_read(joining->ca, IDENTITY_MAX, program->arena, &ca, err))
        return false;
    return file_write(joining->dir, "ca.pem", ca, err);
}

/* The file `profile` last: with it the profile is one. */
static bool write_profile(struct program *program, const struct joining *joining, const json_t *enrolled,
                          struct err *err)
{
    const char *lines = arena_printf(program->arena, "api = %s\nca = ca.pem\nname = %s (%s)\n",
                                     document_text(enrolled, "api"), document_text(enrolled, "me.account"),
                                     document_text(enrolled, "me.organisation.name"));
    if (!write_ca(program, joining, enrolled, err) ||
        !identity_replace(joining->dir, joining->key, slice_of(document_text(enrolled, "certificate")),
                          err) ||
        !file_write(joining->dir, "profile", slice_of(lines), err))
        return false;
    forget_pending(program, joining);
    return true;
}

static void say_enrolled(struct program *program, const json_t *enrolled)
{
    const struct screen *out = &program->out;
    screen_say(
        out, SAY_ENROLLED,
        VALUES(document_text(enrolled, "me.account"), render_role(out, document_text(enrolled, "me.role")),
               document_text(enrolled, "me.organisation.name"), document_text(enrolled, "me.region.name")));
    screen_say(out, SAY_ENROLLED_WHERE, VALUES(program->directory, render_day(out, enrolled, "notAfter")));
    if (option_given(&program->options, FLAG_PROFILE))
        screen_say(out, SAY_ENROLLED_PROFILE, VALUES(program->directory));
    else
        screen_say(out, SAY_ENROLLED_NEXT, NULL);
}

/* The profile is used at once, so that "done" means that it works. */
static int try_out(struct program *program, const json_t *enrolled, struct slice body)
{
    struct answer answer;
    const json_t *me;
    int failed = program_open(program);
    if (failed)
        return failed;
    bool is_in = program_get(program, "/me", &answer, &me);
    if (program->json)
        program_print(program, body);
    else if (is_in)
        say_enrolled(program, enrolled);
    if (!is_in)
        screen_say(&program->err, SAY_ENROLLED_UNTRIED, VALUES(program_reason(program, &answer)));
    return is_in ? EXIT_DONE : EXIT_UNREACHABLE;
}

static int join(struct program *program, struct joining *joining)
{
    struct answer answer;
    struct err err;
    program->profile = joining->service;
    program->api = api_open(&program->profile, NULL, &err);
    if (!program->api)
        return program_reject(program, SAY_BAD_PROFILE, VALUES(err.text));
    program_post_keyed(program, "/enrolments", body_of(program, joining), joining->id, &answer);
    if (!answer_is_good(&answer)) {
        int code = program_explain(program, &answer, NULL);
        if (answer.outcome == CALL_ANSWERED && answer.status < 500)
            forget_pending(program, joining);
        else
            screen_say(&program->err, SAY_ENROL_AGAIN, NULL);
        return code;
    }
    const json_t *enrolled = program_document(program, answer.body);
    if (!enrolled || !write_profile(program, joining, enrolled, &err))
        return program_reject(program, SAY_BAD_PROFILE, VALUES(enrolled ? err.text : "no JSON"));
    api_close(&program->api);
    return try_out(program, enrolled, answer.body);
}

int run_enroll(struct program *program)
{
    struct joining joining = {0};
    struct err err;
    if (!take_host(program, &joining) || !take_code(program, &joining) || !take_trust(program, &joining) ||
        !take_directory(program, &joining))
        return EXIT_INPUT;
    program->directory = joining.dir;
    if (!prepare(program->arena, &joining, &err))
        return program_reject(program, SAY_BAD_PROFILE, VALUES(err.text));
    return join(program, &joining);
}

/* What stewards do: invite, look who is there, end, change, revoke, let in people of other CAs. */
#include "identity.h"
#include "json_out.h"
#include "program.h"
#include "render_access.h"

static const char *const roles[] = {"referrer", "worker", "coordinator", "steward", NULL};
static const char *const reasons[] = {"key-lost", "key-stolen", "left", "replaced", "mistake", NULL};

/* ---- what was typed ---- */

/* The id of "levgroep/anna". NULL: said; *code is the exit code then. */
static const char *find_account(struct program *program, const char *word, int *code)
{
    struct answer answer;
    const json_t *list;
    *code = EXIT_INPUT;
    if (!program_get(program, "/accounts", &answer, &list)) {
        *code = program_explain(program, &answer, NULL);
        return NULL;
    }
    const json_t *items = document_list(list, "items");
    for (size_t i = 0; i < json_array_size(items); i++) {
        const json_t *one = json_array_get(items, i);
        const char *name = arena_printf(program->arena, "%s/%s", document_text(one, "organisation.code"),
                                        document_text(one, "name"));
        if (strcmp(name, word) == 0)
            return document_text(one, "id");
    }
    program_reject(program, SAY_UNKNOWN_ACCOUNT, VALUES(word));
    return NULL;
}

/* An account by its id or as ORGANISATION/NAME. NULL: said. */
static const char *take_account(struct program *program, const char *word, int *code)
{
    *code = EXIT_INPUT;
    return strchr(word, '/') ? find_account(program, word, code) : program_id(program, word);
}

static struct json_out body_of(struct program *program)
{
    struct json_out out = json_out_new(program->arena, 256);
    out_open(&out, NULL, '{');
    return out;
}

static void put_flag(struct json_out *out, struct program *program, const char *name, enum flag flag)
{
    const char *value = option_text(&program->options, flag);
    if (value)
        out_text(out, name, slice_of(value));
}

/* Sends it; NULL: said, *code is the exit code. */
static const json_t *post(struct program *program, const char *path, struct json_out *body, const char *look,
                          int *code)
{
    struct answer answer;
    out_close(body, '}');
    program_post(program, path, json_out_slice(body), NULL, &answer);
    *code = EXIT_DONE;
    if (!answer_is_good(&answer)) {
        *code = program_explain(program, &answer, look);
        return NULL;
    }
    if (program->json)
        program_print(program, answer.body);
    return program_document(program, answer.body);
}

/* ---- invitations ---- */

/* Where the invited go: as the service says it, else our own host. */
static const char *address_of(struct program *program, const json_t *invited)
{
    const char *said = document_text(invited, "address");
    return *said ? said : program->profile.api + strlen("https://");
}

static int send_invitation(struct program *program, const char *account)
{
    int code;
    struct json_out body = body_of(program);
    if (account)
        out_text(&body, "account", slice_of(account));
    put_flag(&body, program, "organisation", FLAG_ORGANISATION);
    put_flag(&body, program, "role", FLAG_ROLE);
    put_flag(&body, program, "name", FLAG_NAME);
    const json_t *invited = post(program, "/invitations", &body, "invitations", &code);
    if (invited && !program->json)
        render_invited(&program->out, invited, address_of(program, invited));
    return code;
}

int run_invite(struct program *program)
{
    const struct options *options = &program->options;
    const char *account = option_text(options, FLAG_ACCOUNT), *role = option_text(options, FLAG_ROLE);
    const char *organisation = option_text(options, FLAG_ORGANISATION);
    bool is_new = organisation && role && option_given(options, FLAG_NAME);
    bool is_any = organisation || role || option_given(options, FLAG_NAME);
    int code;
    if (account ? is_any : !is_new)
        return program_reject(program, SAY_INVITE_WHOM, NULL);
    if (account && !(account = take_account(program, account, &code)))
        return code;
    if (role && !program_is_choice(program, "--role", role, roles))
        return EXIT_INPUT;
    if (organisation && !program_check_word(program, FLAG_ORGANISATION, organisation))
        return EXIT_INPUT;
    return send_invitation(program, account);
}

static int show(struct program *program, const char *path,
                void (*render)(const struct screen *screen, const json_t *list))
{
    struct answer answer;
    const json_t *list;
    if (!program_get(program, path, &answer, &list))
        return program_explain(program, &answer, NULL);
    if (program->json)
        program_print(program, answer.body);
    else
        render(&program->out, list);
    return EXIT_DONE;
}

int run_invitations(struct program *program)
{
    return show(program, "/invitations", render_invitations);
}

int run_invitations_withdraw(struct program *program)
{
    int code;
    const char *id = program_id(program, program->options.words[0]);
    if (!id)
        return EXIT_INPUT;
    struct json_out body = body_of(program);
    if (post(program, arena_printf(program->arena, "/invitations/%s/_withdraw", id), &body, "invitations",
             &code) &&
        !program->json)
        screen_say(&program->out, SAY_WITHDRAWN, VALUES(id));
    return code;
}

/* ---- accounts ---- */

int run_accounts(struct program *program)
{
    return show(program, "/accounts", render_accounts);
}

static void say_account(struct program *program, enum text text, const json_t *account)
{
    if (account && !program->json)
        screen_say(&program->out, text,
                   VALUES(document_text(account, "name"), document_text(account, "organisation.name"),
                          render_role(&program->out, document_text(account, "role"))));
}

int run_account_end(struct program *program)
{
    int code;
    const char *id = take_account(program, program->options.words[0], &code);
    if (!id)
        return code;
    struct json_out body = body_of(program);
    say_account(
        program, SAY_ENDED,
        post(program, arena_printf(program->arena, "/accounts/%s/_end", id), &body, "accounts", &code));
    return code;
}

int run_account_role(struct program *program)
{
    int code;
    const char *role = program->options.words[1];
    if (!program_is_choice(program, "account role", role, roles))
        return EXIT_INPUT;
    const char *id = take_account(program, program->options.words[0], &code);
    if (!id)
        return code;
    struct json_out body = body_of(program);
    out_text(&body, "role", slice_of(role));
    say_account(
        program, SAY_ROLE_CHANGED,
        post(program, arena_printf(program->arena, "/accounts/%s/_role", id), &body, "accounts", &code));
    return code;
}

/* One certificate of an account, or every way in that it has. */
int run_account_revoke(struct program *program)
{
    int code;
    const char *reason = option_text(&program->options, FLAG_REASON);
    const char *serial = option_text(&program->options, FLAG_SERIAL);
    if (reason && !program_is_choice(program, "--reason", reason, reasons))
        return EXIT_INPUT;
    if (option_given(&program->options, FLAG_ISSUER) && !serial)
        return program_reject(program, SAY_ISSUER_ALONE, NULL);
    const char *id = take_account(program, program->options.words[0], &code);
    if (!id)
        return code;
    struct json_out body = body_of(program);
    if (!serial)
        out_text(&body, "account", slice_of(id));
    put_flag(&body, program, "serial", FLAG_SERIAL);
    put_flag(&body, program, "issuer", FLAG_ISSUER);
    out_text(&body, "reason", slice_of(reason ? reason : "key-lost"));
    const json_t *revoked = post(program, "/certificates/_revoke", &body, "accounts", &code);
    if (revoked && !program->json)
        screen_say(&program->out, serial ? SAY_REVOKED_ONE : SAY_REVOKED_ALL,
                   VALUES(serial ? serial : document_text(revoked, "account.name"), id));
    return code;
}

/* A name in a certificate is printable ASCII without blanks. */
static bool is_san(struct slice text)
{
    for (size_t i = 0; i < text.len; i++)
        if (text.ptr[i] <= ' ' || text.ptr[i] >= 0x7f)
            return false;
    return text.len > 0;
}

/* The CA by its certificate or by its fingerprint. NULL: said. */
static const char *take_issuer(struct program *program)
{
    const char *file = option_text(&program->options, FLAG_CA), *issuer = NULL;
    struct err err;
    if (!file)
        issuer = option_text(&program->options, FLAG_ISSUER);
    else if (!identity_fingerprint(file, program->arena, &issuer, &err))
        program_reject(program, SAY_CANNOT_READ, VALUES(err.text));
    if (!file && !issuer)
        program_reject(program, SAY_WHICH_CA, NULL);
    return issuer;
}

int run_identity_add(struct program *program)
{
    int code;
    const char *san = program->options.words[1];
    if (!is_san(slice_of(san)))
        return program_reject(program, SAY_BAD_SAN, VALUES(san));
    const char *issuer = take_issuer(program);
    const char *id = issuer ? take_account(program, program->options.words[0], &code) : NULL;
    if (!id)
        return issuer ? code : EXIT_INPUT;
    struct json_out body = body_of(program);
    out_text(&body, "account", slice_of(id));
    out_text(&body, "issuer", slice_of(issuer));
    out_text(&body, "san", slice_of(san));
    const json_t *account = post(program, "/identities", &body, "accounts", &code);
    if (account && !program->json)
        screen_say(&program->out, SAY_IDENTITY_ADDED,
                   VALUES(document_text(account, "name"), document_text(account, "organisation.name"), san,
                          arena_printf(program->arena, "%.16s", issuer)));
    return code;
}

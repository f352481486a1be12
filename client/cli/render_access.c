#include "render_access.h"

static const char *role_of(const struct screen *screen, const json_t *document)
{
    return render_role(screen, document_text(document, "role"));
}

static const char *count_of(const struct screen *screen, size_t count)
{
    return arena_printf(screen->arena, "%zu", count);
}

/* ---- invitations ---- */

static const char *until_of(const struct screen *screen, const json_t *invitation)
{
    moment at;
    bool known = moment_parse(slice_of(document_text(invitation, "expiresAt")), &at);
    return known ? text_when(screen->arena, screen->language, at, screen->now) : "";
}

void render_invited(const struct screen *screen, const json_t *invited, const char *address)
{
    const json_t *invitation = document_at(invited, "invitation");
    const char *code = document_text(invited, "code"), *pin = document_text(invited, "pin");
    screen_say(screen, SAY_INVITED,
               VALUES(document_text(invitation, "id"), document_text(invitation, "name"),
                      role_of(screen, invitation), document_text(invitation, "organisation.name"),
                      until_of(screen, invitation)));
    screen_newline(screen);
    screen_say(screen, SAY_INVITE_TYPE, NULL);
    screen_say(screen, *pin ? SAY_INVITE_COMMAND : SAY_INVITE_COMMAND_CA, VALUES(address, code, pin));
    screen_newline(screen);
    screen_say(screen, SAY_INVITE_SECRET, NULL);
}

static const char *state_of(const struct screen *screen, const json_t *invitation)
{
    static const struct {
        const char *state;
        enum text text;
    } states[] = {{"open", INVITATION_OPEN},
                  {"used", INVITATION_USED},
                  {"expired", INVITATION_EXPIRED},
                  {"withdrawn", INVITATION_WITHDRAWN}};
    const char *state = document_text(invitation, "state");
    for (size_t i = 0; i < sizeof states / sizeof states[0]; i++)
        if (strcmp(states[i].state, state) == 0)
            return text_template(screen->language, states[i].text);
    return state;
}

static void put_invitation(const struct screen *screen, const json_t *invitation)
{
    screen_say(screen, SAY_INVITATION,
               VALUES(document_text(invitation, "id"), state_of(screen, invitation),
                      document_text(invitation, "name"), role_of(screen, invitation),
                      document_text(invitation, "organisation.name")));
    screen_say(screen, SAY_INVITATION_BY,
               VALUES(document_text(invitation, "madeBy"), until_of(screen, invitation)));
    if (document_number(invitation, "attempts", 0) > 0)
        screen_say(screen, SAY_INVITATION_TRIED, VALUES(render_number(screen, invitation, "attempts")));
}

void render_invitations(const struct screen *screen, const json_t *list)
{
    const json_t *items = document_list(list, "items");
    size_t count = json_array_size(items);
    if (count == 0)
        screen_say(screen, SAY_INVITATIONS_NONE, NULL);
    else
        screen_say(screen, SAY_INVITATIONS_HEAD, VALUES(count_of(screen, count)));
    for (size_t i = 0; i < count; i++)
        put_invitation(screen, json_array_get(items, i));
}

/* ---- accounts ---- */

static void put_certificates(const struct screen *screen, const json_t *account)
{
    const json_t *list = document_list(account, "certificates");
    for (size_t i = 0; i < json_array_size(list); i++) {
        const json_t *one = json_array_get(list, i);
        bool revoked = document_at(one, "revokedAt");
        screen_say(screen, revoked ? SAY_ACCOUNT_REVOKED : SAY_ACCOUNT_CERTIFICATE,
                   VALUES(document_text(one, "serial"),
                          render_day(screen, one, revoked ? "revokedAt" : "notAfter")));
    }
}

/* Of other CAs: what was issued here stands among the certificates. */
static void put_identities(const struct screen *screen, const json_t *account)
{
    enum { SHOWN = 16 };
    const json_t *list = document_list(account, "identities");
    for (size_t i = 0; i < json_array_size(list); i++) {
        const json_t *one = json_array_get(list, i);
        const char *issuer = arena_printf(screen->arena, "%.*s", SHOWN, document_text(one, "issuer"));
        if (json_is_true(document_at(one, "issuedHere")))
            continue;
        screen_say(screen, document_at(one, "endedAt") ? SAY_ACCOUNT_IDENTITY_ENDED : SAY_ACCOUNT_IDENTITY,
                   VALUES(document_text(one, "san"), issuer));
    }
}

static void put_account(const struct screen *screen, const json_t *account)
{
    screen_put(screen, SAY_ACCOUNT,
               VALUES(document_text(account, "id"), document_text(account, "name"), role_of(screen, account),
                      document_text(account, "organisation.name")));
    if (document_at(account, "endedAt"))
        screen_put(screen, SAY_ACCOUNT_ENDED, VALUES(render_day(screen, account, "endedAt")));
    screen_newline(screen);
    put_certificates(screen, account);
    put_identities(screen, account);
}

void render_accounts(const struct screen *screen, const json_t *list)
{
    const json_t *items = document_list(list, "items");
    screen_say(screen, SAY_ACCOUNTS_HEAD, VALUES(count_of(screen, json_array_size(items))));
    for (size_t i = 0; i < json_array_size(items); i++)
        put_account(screen, json_array_get(items, i));
}

#include "render_rights.h"

#include "render_consent.h"

const char *render_short(const struct screen *screen, const json_t *document, const char *path)
{
    moment at;
    return document_moment(document, path, &at) ? text_when_short(screen->arena, at) : "";
}

const char *render_list(const struct screen *screen, const json_t *texts)
{
    const char *list = "";
    for (size_t i = 0; i < json_array_size(texts); i++) {
        const char *text = json_string_value(json_array_get(texts, i));
        list = arena_printf(screen->arena, "%s%s%s", list, *list ? ", " : "", text ? text : "");
    }
    return list;
}

const char *render_actor(const struct screen *screen, const json_t *actor)
{
    const char *name = document_text(actor, "name"),
               *organisation = document_text(actor, "organisation.name");
    if (!*name)
        return text_template(screen->language, SAY_SYSTEM);
    return *organisation ? screen_text(screen, SAY_AT, VALUES(name, organisation)) : name;
}

const char *render_verdict(const struct screen *screen, const json_t *document)
{
    const char *verdict = document_text(document, "verdict");
    bool justified = strcmp(verdict, "justified") == 0;
    return *verdict ? text_template(screen->language, justified ? VERDICT_JUSTIFIED : VERDICT_NOT_JUSTIFIED)
                    : "";
}

static void put_mark(const struct screen *screen, bool marked, enum text mark)
{
    if (!marked)
        return;
    screen_put(screen, SAY_SPACE, NULL);
    screen_put(screen, mark, NULL);
}

static void put_head(const struct screen *screen, const json_t *items, bool more, enum text head,
                     enum text empty)
{
    const char *count = arena_printf(screen->arena, "%zu%s", json_array_size(items), more ? "+" : "");
    screen_say(screen, json_array_size(items) ? head : empty, VALUES(count));
}

/* ---- the emergency button ---- */

void render_emergency(const struct screen *screen, const json_t *receipt)
{
    const char *referral = document_text(receipt, "referralId");
    screen_say(screen, SAY_EMERGENCY_USED, VALUES(referral));
    screen_say(screen, SAY_EMERGENCY_UNTIL, VALUES(render_short(screen, receipt, "until"), referral));
    screen_say(screen, SAY_EMERGENCY_TOLD,
               VALUES(render_short(screen, receipt, "dueAt"), document_text(receipt, "id")));
}

static void put_told(const struct screen *screen, const json_t *item)
{
    const char *by = document_text(item, "toldBy.name"), *at = render_short(screen, item, "toldAt");
    if (*by)
        screen_field(screen, LABEL_TOLD, screen_text(screen, *at ? SAY_TOLD : SAY_NOT_TOLD, VALUES(by, at)));
}

static void put_emergency(const struct screen *screen, const json_t *item)
{
    const char *id = document_text(item, "id"), *verdict = render_verdict(screen, item);
    screen_put(screen, SAY_EMERGENCY_ITEM,
               VALUES(id, render_short(screen, item, "at"), document_text(item, "referralId"),
                      render_actor(screen, document_at(item, "account"))));
    if (document_true(item, "overdue"))
        screen_put(screen, SAY_EMERGENCY_LATE, VALUES(render_number(screen, item, "level")));
    screen_newline(screen);
    screen_field(screen, LABEL_REASON, document_text(item, "reason"));
    screen_field(
        screen, LABEL_REVIEW,
        *verdict ? screen_text(screen, SAY_REVIEW_BY,
                               VALUES(verdict, document_text(item, "reviewedBy"),
                                      render_short(screen, item, "reviewedAt")))
                 : screen_text(screen, SAY_EMERGENCY_DUE, VALUES(render_short(screen, item, "dueAt"), id)));
    screen_field(screen, LABEL_FINDING, document_text(item, "review"));
    put_told(screen, item);
}

void render_emergencies(const struct screen *screen, const json_t *items, bool more)
{
    put_head(screen, items, more, SAY_EMERGENCIES_HEAD, SAY_EMERGENCIES_EMPTY);
    for (size_t i = 0; i < json_array_size(items); i++) {
        screen_newline(screen);
        put_emergency(screen, json_array_get(items, i));
    }
    if (more)
        screen_say(screen, SAY_MORE, NULL);
}

void render_reviewed(const struct screen *screen, const json_t *receipt)
{
    screen_say(screen, SAY_REVIEWED, VALUES(document_text(receipt, "id"), render_verdict(screen, receipt)));
}

/* ---- notices ---- */

static void put_rights(const struct screen *screen, const json_t *notice, const json_t *account)
{
    screen_put(screen, SAY_NOTICE_RIGHTS,
               VALUES(document_text(notice, "id"), render_short(screen, notice, "at"),
                      document_text(notice, "kind.label"), render_actor(screen, account),
                      render_role(screen, document_text(account, "role")), document_text(account, "by")));
}

/* What the organisation is to tell its client. */
static void put_telling(const struct screen *screen, const json_t *notice)
{
    bool used = strcmp(document_text(notice, "kind.code"), "emergency-used") == 0;
    screen_put(screen, used ? SAY_NOTICE_TELL : SAY_NOTICE_TELL_REVIEW,
               VALUES(document_text(notice, "id"), render_short(screen, notice, "at"),
                      document_text(notice, "referralId"), document_text(notice, "organisation.name")));
}

/* With whom a promise that nobody kept lies now. */
static void put_person(const struct screen *screen, const json_t *notice)
{
    const char *person = document_text(notice, "person.name");
    if (*person)
        screen_put(screen, SAY_NOTICE_PERSON,
                   VALUES(person, document_text(notice, "person.organisation.name")));
}

void render_notice(const struct screen *screen, const json_t *notice)
{
    const json_t *account = document_at(notice, "account");
    bool tell = document_true(notice, "forClient");
    if (account)
        put_rights(screen, notice, account);
    else if (tell)
        put_telling(screen, notice);
    else if (document_at(notice, "offering"))
        screen_put(screen, SAY_NOTICE_OFFERING,
                   VALUES(document_text(notice, "id"), render_short(screen, notice, "at"),
                          document_text(notice, "kind.label"), document_text(notice, "offering.name")));
    else
        screen_put(screen, document_at(notice, "referralId") ? SAY_NOTICE_ITEM : SAY_NOTICE_PLAIN,
                   VALUES(document_text(notice, "id"), render_short(screen, notice, "at"),
                          document_text(notice, "kind.label"), document_text(notice, "referralId")));
    render_late(screen, document_at(notice, "late"));
    put_person(screen, notice);
    put_mark(screen, !document_at(notice, "readAt"), tell ? SAY_NOTICE_NOT_TOLD : SAY_NOTICE_NEW);
    put_mark(screen, document_true(notice, "personal"), SAY_NOTICE_PERSONAL);
    screen_newline(screen);
}

void render_notices(const struct screen *screen, const json_t *items, bool more)
{
    bool unread = false, untold = false;
    put_head(screen, items, more, SAY_NOTICES_HEAD, SAY_NOTICES_EMPTY);
    for (size_t i = 0; i < json_array_size(items); i++) {
        render_notice(screen, json_array_get(items, i));
        bool done = document_at(json_array_get(items, i), "readAt"),
             tell = document_true(json_array_get(items, i), "forClient");
        unread = unread || (!done && !tell);
        untold = untold || (!done && tell);
    }
    if (unread)
        screen_say(screen, SAY_NOTICE_HOW, NULL);
    if (untold)
        screen_say(screen, SAY_NOTICE_TELL_HOW, NULL);
    if (more)
        screen_say(screen, SAY_MORE, NULL);
}

/* ---- correction, restriction, being forgotten ---- */

void render_correction(const struct screen *screen, const json_t *receipt)
{
    screen_say(
        screen, SAY_CORRECTED,
        VALUES(document_text(receipt, "clientId"), render_data(screen, document_list(receipt, "fields"))));
}

void render_restriction(const struct screen *screen, const json_t *restriction)
{
    screen_say(screen, document_true(restriction, "restricted") ? SAY_RESTRICTED : SAY_LIFTED,
               VALUES(document_text(restriction, "clientId")));
}

void render_erasure(const struct screen *screen, const json_t *erasure)
{
    const char *client = document_text(erasure, "clientId"),
               *when = render_short(screen, erasure, "backupsGoneAt");
    bool done = strcmp(document_text(erasure, "status"), "done") == 0;
    screen_say(screen, done ? SAY_ERASED : SAY_ERASE_PENDING, VALUES(client));
    if (done && *when)
        screen_say(screen, SAY_ERASED_BACKUPS, VALUES(when));
}

/* ---- retention ---- */

static const char *start_words(const struct screen *screen, const json_t *row)
{
    static const struct {
        const char *word;
        enum text text;
    } starts[] = {{"loop-closed", START_CLOSED}, {"last-step-ended", START_ENDED}, {"logged", START_LOGGED}};
    const char *word = document_text(row, "startEvent");
    for (size_t i = 0; i < sizeof starts / sizeof starts[0]; i++)
        if (strcmp(starts[i].word, word) == 0)
            return text_template(screen->language, starts[i].text);
    return word;
}

static void put_retention(const struct screen *screen, const json_t *row)
{
    const char *number = render_number(screen, row, "number"),
               *kinds = render_list(screen, document_list(row, "kinds"));
    screen_put(screen, SAY_RETENTION_ITEM,
               VALUES(number, document_text(row, "law"), render_number(screen, row, "years"),
                      start_words(screen, row), document_text(row, "validFrom")));
    if (*kinds)
        screen_put(screen, SAY_RETENTION_KINDS, VALUES(kinds));
    if (document_true(row, "inForce"))
        screen_put(screen, SAY_RETENTION_IN_FORCE, NULL);
    if (strcmp(document_text(row, "status"), "proposed") == 0)
        screen_put(screen, SAY_RETENTION_PROPOSED, VALUES(document_text(row, "proposedBy"), number));
    screen_newline(screen);
}

void render_retention(const struct screen *screen, const json_t *list)
{
    const json_t *items = document_list(list, "items");
    for (size_t i = 0; i < json_array_size(items); i++)
        put_retention(screen, json_array_get(items, i));
}

void render_retention_proposed(const struct screen *screen, const json_t *row)
{
    screen_say(screen, SAY_RETENTION_ASKED, VALUES(render_number(screen, row, "number")));
}

void render_retention_approved(const struct screen *screen, const json_t *row)
{
    screen_say(screen, SAY_RETENTION_APPROVED, VALUES(render_number(screen, row, "number")));
}

void render_proof(const struct screen *screen, const json_t *list)
{
    const json_t *items = document_list(list, "items");
    if (json_array_size(items) == 0)
        screen_say(screen, SAY_PROOF_EMPTY, NULL);
    for (size_t i = 0; i < json_array_size(items); i++) {
        const json_t *row = json_array_get(items, i);
        const char *oldest = render_day(screen, row, "oldest");
        screen_put(screen, SAY_PROOF_ITEM,
                   VALUES(document_text(row, "day"), document_text(row, "law"),
                          render_number(screen, row, "removed")));
        if (*oldest)
            screen_put(screen, SAY_PROOF_OLDEST, VALUES(oldest));
        screen_newline(screen);
    }
}

/* ---- the citizen service number ---- */

static void put_proposal(const struct screen *screen, const json_t *proposal)
{
    const char *ground = document_text(proposal, "ground"),
               *number = render_number(screen, proposal, "number");
    const char *what =
        *ground ? screen_text(screen, SAY_BSN_PROPOSED,
                              VALUES(ground, render_list(screen, document_list(proposal, "recipients"))))
                : text_template(screen->language, SAY_BSN_PROPOSED_OFF);
    screen_put(screen, SAY_BSN_PROPOSAL, VALUES(number, what, document_text(proposal, "proposedBy")));
    screen_put(screen, SAY_SPACE, NULL);
    screen_say(screen, SAY_BSN_WAITS, VALUES(number));
}

void render_bsn(const struct screen *screen, const json_t *bsn)
{
    const char *ground = document_text(bsn, "ground");
    const json_t *proposals = document_list(bsn, "proposals");
    screen_say(screen, *ground ? SAY_BSN_ON : SAY_BSN_OFF,
               VALUES(ground, render_list(screen, document_list(bsn, "recipients"))));
    for (size_t i = 0; i < json_array_size(proposals); i++)
        if (strcmp(document_text(json_array_get(proposals, i), "status"), "proposed") == 0)
            put_proposal(screen, json_array_get(proposals, i));
}

/* ---- keys ---- */

/* "sleutel 1 weg". */
static const char *key_change(const struct screen *screen, const json_t *change)
{
    return strcmp(document_text(change, "action"), "retire") == 0
               ? screen_text(screen, SAY_KEYS_RETIRE, VALUES(render_number(screen, change, "key")))
               : text_template(screen->language, SAY_KEYS_ROTATE);
}

static void put_key_change(const struct screen *screen, const json_t *change)
{
    static const struct {
        const char *status;
        enum text text;
        const char *at; /* {3}: a time of the change */
    } states[] = {{"proposed", SAY_KEYS_PROPOSED, "proposedAt"},
                  {"approved", SAY_KEYS_AGREED, "approvedAt"},
                  {"done", SAY_KEYS_DONE, "doneAt"},
                  {"expired", SAY_KEYS_EXPIRED, "approvedAt"}};
    const char *number = render_number(screen, change, "number"), *status = document_text(change, "status");
    screen_put(screen, SAY_KEYS_ITEM, VALUES(number, key_change(screen, change)));
    for (size_t i = 0; i < sizeof states / sizeof states[0]; i++)
        if (strcmp(states[i].status, status) == 0)
            screen_put(screen, states[i].text,
                       VALUES(document_text(change, "proposedBy"), document_text(change, "approvedBy"),
                              render_short(screen, change, states[i].at), number));
    screen_newline(screen);
}

void render_keys(const struct screen *screen, const json_t *list)
{
    const json_t *items = document_list(list, "items");
    if (json_array_size(items) == 0)
        screen_say(screen, SAY_KEYS_EMPTY, NULL);
    for (size_t i = 0; i < json_array_size(items); i++)
        put_key_change(screen, json_array_get(items, i));
}

void render_keys_proposed(const struct screen *screen, const json_t *change)
{
    screen_say(screen, SAY_KEYS_ASKED,
               VALUES(render_number(screen, change, "number"), key_change(screen, change)));
}

void render_keys_approved(const struct screen *screen, const json_t *change)
{
    screen_say(screen, SAY_KEYS_APPROVED,
               VALUES(render_number(screen, change, "number"), key_change(screen, change)));
}

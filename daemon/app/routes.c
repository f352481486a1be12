#include "routes.h"

#include "code.h"
#include "handlers.h"
#include "media.h"
#include "session.h"

enum {
    ALL = ROLE_REFERRER | ROLE_WORKER | ROLE_COORDINATOR | ROLE_STEWARD,
    HELPERS = ROLE_WORKER | ROLE_COORDINATOR,
    PARTIES = ROLE_REFERRER | ROLE_WORKER | ROLE_COORDINATOR,
    OVERSEERS = ROLE_COORDINATOR | ROLE_STEWARD,
    EXPLAINED = ROLE_REFERRER | ROLE_COORDINATOR, /* the facts of a case are content: not for a steward */
    SPEAKERS = ROLE_REFERRER | ROLE_COORDINATOR,  /* for a client */
    RULER = ROLE_COORDINATOR,
    RIGHTS = ROLE_STEWARD,
    WRITES = DEMANDS_KEY | DEMANDS_JSON,
    MOVES = DEMANDS_KEY | DEMANDS_MATCH | DEMANDS_JSON,
    KEY_LENGTH = 128,
    NAME_SHOWN = 64,
    BODY = 32768,        /* the longest texts, every character written as two escapes */
    RIGHTS_BODY = 16384, /* a certificate request, every line end an escape */
    RULE_BODY = 65536,
    FILE_BODY = 8 * 1024 * 1024,   /* and no more than attachment-limit */
    DRAFT_BODY = 32 * 1024 * 1024, /* 100,000 rows */
    DRAFTS = 4,                    /* bodies of more than RULE_BODY that are read at the same time */
    WORKS = WRITES | DEMANDS_TIME,
    BRINGS = DEMANDS_KEY | DEMANDS_FILE | DEMANDS_ROOM | DEMANDS_TIME,
    ENROLS = WRITES | DEMANDS_CODE
};
#define LONG_BODY (120 * MOMENT_SECOND)
#define LONG_REPLY (60 * MOMENT_SECOND)

#define PAGED "pageSize", "cursor"
#define EXPLANATION "/v1/referrals/{id}/explanation"
#define CLIENT "/v1/clients/{id}"
#define TABLE "/v1/rule-tables/{number}"
#define VERSION "/v1/rule-versions/{number}"
#define ACCOUNT "/v1/accounts/{id}"
#define SUBSCRIPTION "/v1/subscriptions/{id}"
#define DELIVERY "/v1/deliveries/{id}"
#define WITHDRAW "/v1/invitations/{id}/_withdraw"

const struct route routes[] = {
    {"livez", BOTH, HTTP_GET, "/livez", 0, DEMANDS_NOBODY, 0, {0}, system_livez},
    {"readyz", API, HTTP_GET, "/readyz", 0, DEMANDS_NOBODY, 0, {0}, system_readyz},
    {"openapi", API, HTTP_GET, "/v1/openapi.json", ALL, 0, 0, {0}, system_openapi},
    {"me", API, HTTP_GET, "/v1/me", ALL, 0, 0, {0}, me_get},
    {"vocabulary", API, HTTP_GET, "/v1/vocabulary", ALL, 0, 0, {0}, vocabulary_get},
    {"checks", API, HTTP_GET, "/v1/checks", OVERSEERS, 0, 0, {0}, checks_get},
    {"refer", API, HTTP_POST, "/v1/referrals", PARTIES, WRITES, BODY, {0}, referrals_post},
    {"preview", API, HTTP_POST, "/v1/referrals/_preview", PARTIES, WRITES, BODY, {0}, referrals_preview},
    {"chain",
     API,
     HTTP_GET,
     "/v1/referrals",
     ALL,
     0,
     0,
     {"overdue", "organisation", "status", "origin", "capacity", PAGED},
     referrals_list},
    {"referral", API, HTTP_GET, "/v1/referrals/{id}", ALL, 0, 0, {0}, referrals_get},
    {"status", API, HTTP_GET, "/v1/referrals/{id}/status", ALL, 0, 0, {0}, referrals_status},
    {"step", API, HTTP_GET, "/v1/steps/{id}", PARTIES, 0, 0, {0}, steps_get},
    {"accept", API, HTTP_POST, "/v1/steps/{id}/_accept", HELPERS, MOVES, BODY, {0}, steps_accept},
    {"decline", API, HTTP_POST, "/v1/steps/{id}/_decline", HELPERS, MOVES, BODY, {0}, steps_decline},
    {"report", API, HTTP_POST, "/v1/steps/{id}/_report", PARTIES, MOVES, BODY, {0}, steps_report},
    {"complete", API, HTTP_POST, "/v1/steps/{id}/_complete", HELPERS, MOVES, BODY, {0}, steps_complete},
    {"answer", API, HTTP_POST, "/v1/steps/{id}/_answer", PARTIES, MOVES, BODY, {0}, steps_answer},
    {"reassign",
     API,
     HTTP_POST,
     "/v1/steps/{id}/_reassign",
     ROLE_COORDINATOR,
     MOVES,
     BODY,
     {0},
     steps_reassign},
    {"pick-up", API, HTTP_POST, "/v1/steps/{id}/_pickup", HELPERS, WRITES, BODY, {0}, steps_pick_up},
    {"put-back", API, HTTP_POST, "/v1/steps/{id}/_putback", HELPERS, DEMANDS_KEY, 256, {0}, steps_put_back},
    {"call-back", API, HTTP_POST, "/v1/steps/{id}/_callback", HELPERS, WRITES, BODY, {0}, steps_call_back},
    {"called-back",
     API,
     HTTP_POST,
     "/v1/steps/{id}/_calledback",
     HELPERS,
     WRITES,
     BODY,
     {0},
     steps_called_back},
    {"place", API, HTTP_POST, "/v1/steps/{id}/_place", HELPERS, WRITES, BODY, {0}, steps_place},
    {"leave", API, HTTP_POST, "/v1/steps/{id}/_leave", HELPERS, DEMANDS_KEY, 256, {0}, steps_leave},
    {"attend", API, HTTP_POST, "/v1/steps/{id}/_attend", HELPERS, WRITES, BODY, {0}, steps_attend},
    {"offerings", API, HTTP_GET, "/v1/offerings", ALL, 0, 0, {"organisation", "asked"}, offerings_list},
    {"capacity", API, HTTP_POST, "/v1/offerings/_set", HELPERS, WRITES, BODY, {0}, offerings_set},
    {"confirm", API, HTTP_POST, "/v1/offerings/_confirm", HELPERS, WRITES, BODY, {0}, offerings_confirm},
    {"prove", API, HTTP_POST, "/v1/offerings/_prove", RULER, WRITES, BODY, {0}, offerings_prove},
    {"group", API, HTTP_POST, "/v1/groups", HELPERS, WRITES, BODY, {0}, groups_make},
    {"group-change", API, HTTP_POST, "/v1/groups/{id}/_change", HELPERS, WRITES, BODY, {0}, groups_change},
    {"group-end", API, HTTP_POST, "/v1/groups/{id}/_end", HELPERS, DEMANDS_KEY, 256, {0}, groups_end},
    {"goal", API, HTTP_POST, "/v1/steps/{id}/goals", HELPERS, WRITES, BODY, {0}, goals_set},
    {"goal-score", API, HTTP_POST, "/v1/goals/{id}/_score", HELPERS, WRITES, BODY, {0}, goals_score},
    {"goal-end", API, HTTP_POST, "/v1/goals/{id}/_end", HELPERS, WRITES, BODY, {0}, goals_end},
    {"goals", API, HTTP_GET, "/v1/referrals/{id}/goals", PARTIES, 0, 0, {0}, goals_list},
    {"message", API, HTTP_POST, "/v1/steps/{id}/messages", PARTIES, WRITES, BODY, {0}, messages_send},
    {"messages", API, HTTP_GET, "/v1/steps/{id}/messages", PARTIES, 0, 0, {PAGED}, messages_list},
    {"unread", API, HTTP_GET, "/v1/messages", PARTIES, 0, 0, {PAGED}, messages_unread},
    {"messages-read",
     API,
     HTTP_POST,
     "/v1/steps/{id}/messages/_read",
     PARTIES,
     WRITES,
     BODY,
     {0},
     messages_read},
    {"attach",
     API,
     HTTP_POST,
     "/v1/steps/{id}/attachments",
     PARTIES,
     BRINGS,
     FILE_BODY,
     {0},
     attachments_add},
    {"attachments", API, HTTP_GET, "/v1/steps/{id}/attachments", PARTIES, 0, 0, {0}, attachments_list},
    {"attachment",
     API,
     HTTP_GET,
     "/v1/attachments/{id}",
     PARTIES,
     DEMANDS_ROOM | DEMANDS_TIME,
     0,
     {"forClient"},
     attachments_get},
    {"reopen", API, HTTP_POST, "/v1/referrals/{id}/_reopen", PARTIES, WRITES, BODY, {0}, referrals_reopen},
    {"merge",
     API,
     HTTP_POST,
     "/v1/referrals/{id}/_merge",
     ROLE_COORDINATOR,
     WRITES,
     BODY,
     {0},
     referrals_merge},
    {"classes", API, HTTP_GET, "/v1/classes", SPEAKERS, 0, 0, {"pageSize"}, classes_list},
    {"duplicates", API, HTTP_GET, "/v1/duplicates", ROLE_COORDINATOR, 0, 0, {"pageSize"}, duplicates_list},
    {"direct", API, HTTP_POST, "/v1/referrals/{id}/_direct", PARTIES, WRITES, BODY, {0}, referrals_direct},
    {"disclosure", API, HTTP_GET, "/v1/referrals/{id}/disclosure", SPEAKERS, 0, 0, {0}, disclosure_get},
    {"search", API, HTTP_POST, "/v1/clients/_search", PARTIES, WRITES, BODY, {0}, clients_search},
    {"consent", API, HTTP_GET, CLIENT "/consent", SPEAKERS, 0, 0, {0}, consent_get},
    {"consent-change", API, HTTP_POST, CLIENT "/consent/_change", SPEAKERS, MOVES, BODY, {0}, consent_change},
    {"consent-withdraw",
     API,
     HTTP_POST,
     CLIENT "/consent/_withdraw",
     SPEAKERS,
     MOVES,
     BODY,
     {0},
     consent_withdraw},
    {"client-log", API, HTTP_GET, CLIENT "/access-log", SPEAKERS, 0, 0, {PAGED}, access_log_of_client},
    {"access-log",
     API,
     HTTP_GET,
     "/v1/access-log",
     ROLE_COORDINATOR,
     DEMANDS_TIME,
     0,
     {"since", "until", "account", "client", PAGED},
     access_log_list},
    {"tell", API, HTTP_POST, "/v1/referrals/{id}/_tell", PARTIES, WRITES, BODY, {0}, client_tell},
    {"closure", API, HTTP_GET, "/v1/closure-rates", ALL, 0, 0, {"from", "to", "by"}, closure_rates},
    {"partners", API, HTTP_GET, "/v1/partner-figures", HELPERS, 0, 0, {"from", "to"}, partner_figures},
    {"movement", API, HTTP_GET, "/v1/movement", ALL, 0, 0, {"from", "to", "by"}, movement_get},
    {"savings", API, HTTP_GET, "/v1/savings", OVERSEERS, 0, 0, {"from", "to"}, savings_get},
    {"assumptions", API, HTTP_GET, "/v1/assumptions", OVERSEERS, 0, 0, {0}, assumptions_list},
    {"assume", API, HTTP_POST, "/v1/assumptions", RULER, WRITES, BODY, {0}, assumptions_state},
    {"emergency", API, HTTP_POST, "/v1/referrals/{id}/_emergency", PARTIES, WRITES, BODY, {0}, emergency_use},
    {"emergencies", API, HTTP_GET, "/v1/emergencies", ROLE_COORDINATOR, 0, 0, {PAGED}, emergencies_list},
    {"review",
     API,
     HTTP_POST,
     "/v1/emergencies/{id}/_review",
     ROLE_COORDINATOR,
     WRITES,
     BODY,
     {0},
     emergency_review},
    {"notices", API, HTTP_GET, "/v1/notices", ALL, 0, 0, {"unread", PAGED}, notices_list},
    {"notice-read", API, HTTP_POST, "/v1/notices/{id}/_read", ALL, DEMANDS_KEY, 256, {0}, notices_read},
    {"subscribe", API, HTTP_POST, "/v1/subscriptions", PARTIES, WRITES, BODY, {0}, subscriptions_post},
    {"subscriptions", API, HTTP_GET, "/v1/subscriptions", ALL, 0, 0, {0}, subscriptions_list},
    {"unsubscribe", API, HTTP_POST, SUBSCRIPTION "/_end", ALL, DEMANDS_KEY, 256, {0}, subscriptions_end},
    {"deliveries", API, HTTP_GET, "/v1/deliveries", ALL, 0, 0, {"dead", PAGED}, deliveries_list},
    {"redeliver", API, HTTP_POST, DELIVERY "/_redeliver", ALL, DEMANDS_KEY, 256, {0}, deliveries_redeliver},
    {"redeliver-all",
     API,
     HTTP_POST,
     "/v1/deliveries/_redeliver",
     ALL,
     DEMANDS_KEY,
     256,
     {0},
     deliveries_redeliver},
    {"client-export", API, HTTP_GET, CLIENT "/export", SPEAKERS, DEMANDS_TIME, 0, {0}, client_export},
    {"client-correct", API, HTTP_POST, CLIENT "/_correct", SPEAKERS, WRITES, BODY, {0}, client_correct},
    {"client-restrict", API, HTTP_POST, CLIENT "/_restrict", SPEAKERS, WRITES, BODY, {0}, client_restrict},
    {"client-erase", API, HTTP_POST, CLIENT "/_erase", SPEAKERS, WRITES, BODY, {0}, client_erase},
    {"retention", API, HTTP_GET, "/v1/retention", OVERSEERS, 0, 0, {0}, retention_list},
    {"retention-new", API, HTTP_POST, "/v1/retention", OVERSEERS, WRITES, BODY, {0}, retention_propose},
    {"retention-approve",
     API,
     HTTP_POST,
     "/v1/retention/{number}/_approve",
     OVERSEERS,
     WRITES,
     BODY,
     {0},
     retention_approve},
    {"retention-proof", API, HTTP_GET, "/v1/retention/proof", OVERSEERS, 0, 0, {0}, retention_proof},
    {"bsn", API, HTTP_GET, "/v1/bsn", OVERSEERS, 0, 0, {0}, bsn_get},
    {"bsn-new", API, HTTP_POST, "/v1/bsn", OVERSEERS, WRITES, BODY, {0}, bsn_propose},
    {"bsn-approve", API, HTTP_POST, "/v1/bsn/{number}/_approve", OVERSEERS, WRITES, BODY, {0}, bsn_approve},
    {"key-changes", API, HTTP_GET, "/v1/key-changes", OVERSEERS, 0, 0, {0}, key_changes_list},
    {"key-change-new", API, HTTP_POST, "/v1/key-changes", OVERSEERS, WRITES, BODY, {0}, key_changes_propose},
    {"key-change-approve",
     API,
     HTTP_POST,
     "/v1/key-changes/{number}/_approve",
     OVERSEERS,
     WRITES,
     BODY,
     {0},
     key_changes_approve},
    {"inbox", API, HTTP_GET, "/v1/inbox", PARTIES, 0, 0, {"picked", PAGED}, inbox_list},
    {"events", API, HTTP_GET, "/v1/events", PARTIES, 0, 0, {PAGED}, events_get},
    {"feedback", API, HTTP_GET, "/v1/feedback", PARTIES, 0, 0, {"unread", PAGED}, feedback_list},
    {"open", API, HTTP_POST, "/v1/feedback/{id}/_open", PARTIES, DEMANDS_KEY, 256, {0}, feedback_open},
    {"feedback-one", API, HTTP_GET, "/v1/feedback/{id}", ROLE_REFERRER, DEMANDS_TIME, 0, {0}, feedback_get},
    {"digests", API, HTTP_GET, "/v1/feedback-digests", ROLE_REFERRER, 0, 0, {PAGED}, digests_list},
    {"contracts", API, HTTP_GET, "/v1/feedback-contracts", SPEAKERS, 0, 0, {0}, contracts_list},
    {"contract-set", API, HTTP_POST, "/v1/feedback-contracts", SPEAKERS, WRITES, BODY, {0}, contracts_set},
    {"closures", API, HTTP_GET, "/v1/closures", ALL, 0, 0, {0}, closures_list},
    {"close-day", API, HTTP_POST, "/v1/closures", RULER, WRITES, BODY, {0}, closures_add},
    {"open-day", API, HTTP_POST, "/v1/closures/_end", RULER, WRITES, BODY, {0}, closures_end},
    {"overview", API, HTTP_GET, "/v1/overview", SPEAKERS, DEMANDS_TIME, 0, {"from", "to"}, overview_get},
    {"explain", API, HTTP_GET, EXPLANATION, EXPLAINED, DEMANDS_TIME, 0, {"whyNot", "whatIf"}, rules_explain},
    {"rules", API, HTTP_GET, "/v1/rule-tables", OVERSEERS, 0, 0, {0}, rules_list},
    {"rule-table", API, HTTP_GET, TABLE, OVERSEERS, DEMANDS_TIME, 0, {"version"}, rules_table},
    {"draft", API, HTTP_POST, TABLE "/_draft", RULER, WORKS, DRAFT_BODY, {0}, rules_draft},
    {"evaluate", API, HTTP_POST, TABLE "/_evaluate", OVERSEERS, WORKS, RULE_BODY, {0}, rules_evaluate},
    {"rollback", API, HTTP_POST, TABLE "/_rollback", RULER, WRITES, RULE_BODY, {0}, rules_roll_back},
    {"undo", API, HTTP_POST, "/v1/rule-tables/_rollback", RULER, WRITES, RULE_BODY, {0}, rules_roll_back},
    {"rule-version", API, HTTP_GET, VERSION, OVERSEERS, DEMANDS_TIME, 0, {0}, rules_version},
    {"check", API, HTTP_POST, VERSION "/_check", OVERSEERS, WORKS, RULE_BODY, {0}, rules_check},
    {"try", API, HTTP_POST, VERSION "/_try", RULER, WORKS, RULE_BODY, {0}, rules_try},
    {"publish", API, HTTP_POST, VERSION "/_publish", RULER, WORKS, RULE_BODY, {0}, rules_publish},
    {"approve", API, HTTP_POST, VERSION "/_approve", RULER, WORKS, RULE_BODY, {0}, rules_approve},
    {"discard", API, HTTP_POST, VERSION "/_discard", RULER, WRITES, RULE_BODY, {0}, rules_discard},
    {"enrol", WEB, HTTP_POST, "/v1/enrolments", 0, ENROLS, RIGHTS_BODY, {0}, enrolments_post},
    {"renew", API, HTTP_POST, "/v1/certificates/_renew", ALL, WRITES, RIGHTS_BODY, {0}, certificates_renew},
    {"invite", API, HTTP_POST, "/v1/invitations", RIGHTS, WRITES, RIGHTS_BODY, {0}, invitations_post},
    {"invitations", API, HTTP_GET, "/v1/invitations", RIGHTS, 0, 0, {0}, invitations_list},
    {"withdraw", API, HTTP_POST, WITHDRAW, RIGHTS, DEMANDS_KEY, 256, {0}, invitations_withdraw},
    {"accounts", API, HTTP_GET, "/v1/accounts", RIGHTS, 0, 0, {0}, accounts_list},
    {"end", API, HTTP_POST, ACCOUNT "/_end", RIGHTS, DEMANDS_KEY, 256, {0}, accounts_end},
    {"role", API, HTTP_POST, ACCOUNT "/_role", RIGHTS, WRITES, RIGHTS_BODY, {0}, accounts_role},
    {"revoke", API, HTTP_POST, "/v1/certificates/_revoke", RIGHTS, WRITES, 4096, {0}, certificates_revoke},
    {"identity", API, HTTP_POST, "/v1/identities", RIGHTS, WRITES, RIGHTS_BODY, {0}, identities_post},
};
const unsigned route_count = sizeof routes / sizeof routes[0];
_Static_assert(sizeof routes / sizeof routes[0] < METRICS_ROUTES, "every route has its counters");

static bool is_number(struct slice segment)
{
    uint64_t number;
    return segment.len && segment.ptr[0] != '0' && slice_to_u64(segment, INT32_MAX, &number);
}

/* Whether a path fits a template; *id gets the segment at "{id}", which "_verb" is not, or "{number}". */
static bool fits(const char *template, struct slice path, struct slice *id)
{
    struct slice want = slice_of(template);
    while (want.ptr && path.ptr) {
        struct slice segment = slice_cut(&path, '/'), wanted = slice_cut(&want, '/');
        bool is_id = slice_is(wanted, "{id}") && segment.len && segment.ptr[0] != '_';
        if (is_id || (slice_is(wanted, "{number}") && is_number(segment)))
            *id = segment;
        else if (!slice_equal(wanted, segment))
            return false;
    }
    return !want.ptr && !path.ptr;
}

/* Finds the call's route; where there is none but the path is known, the methods it does take. */
static void match(struct call *call, const struct http_head *head)
{
    enum http_method method = head->method == HTTP_HEAD ? HTTP_GET : head->method;
    for (unsigned i = 0; i < route_count; i++) {
        struct slice id = SLICE_NONE;
        if (!(routes[i].listeners & call->listener) || !fits(routes[i].path, head->path, &id))
            continue;
        if (routes[i].method == method) {
            call->route = &routes[i];
            call->path_id = id;
            return;
        }
        const char *word = routes[i].method == HTTP_GET ? "GET, HEAD" : call_method_word(routes[i].method);
        call->allowed = call->allowed ? arena_printf(call->arena, "%s, %s", call->allowed, word) : word;
    }
}

static bool take_query(struct call *call, const struct http_head *head)
{
    for (struct slice rest = head->query; rest.ptr && rest.len;) {
        struct slice value = slice_cut(&rest, '&'), name = slice_cut(&value, '=');
        struct http_field *field = &call->query[call->query_count];
        bool known = false;
        for (size_t i = 0; i < CALL_PARAMETERS && call->route->query[i]; i++)
            known = known || slice_is(name, call->route->query[i]);
        if (!known || call_parameter(call, arena_text(call->arena, name)).ptr) {
            call_refuse(
                call, ERR_INVALID_PARAMETER,
                arena_printf(call->arena, "?%.*s", name.len > NAME_SHOWN ? NAME_SHOWN : SLICE_FMT(name)),
                known ? "repeated" : "unknown-parameter",
                known ? "a parameter stands twice" : "this operation has no such parameter");
            return false;
        }
        field->name = name;
        if (!http_unescape(value, arena_alloc(call->arena, value.len + 1), &field->value)) {
            call_refuse(call, ERR_INVALID_PARAMETER, arena_printf(call->arena, "?%.*s", SLICE_FMT(name)),
                        "encoding", "not percent-encoded UTF-8");
            return false;
        }
        if (!field->value.ptr)
            field->value = slice_of("");
        call->query_count++;
    }
    return true;
}

/* Whether a field stands there once at most: of two that differ we would have to guess which is meant. */
static bool is_single(struct call *call, const struct http_head *head, const char *name)
{
    unsigned count = 0;
    for (size_t i = 0; i < head->field_count; i++)
        count += slice_equal_nocase(head->fields[i].name, slice_of(name));
    if (count > 1)
        call_refuse(call, ERR_INVALID_PARAMETER, name, "repeated", "this header stands twice");
    return count <= 1;
}

static bool take_key(struct call *call, const struct http_head *head)
{
    if (!is_single(call, head, "Idempotency-Key"))
        return false;
    struct slice key = http_field(head, "Idempotency-Key");
    bool good = key.len >= 1 && key.len <= KEY_LENGTH;
    for (size_t i = 0; good && i < key.len; i++)
        good = key.ptr[i] > ' ' && key.ptr[i] < 0x7f;
    if (!good) {
        call_refuse(
            call, ERR_KEY_MISSING, "Idempotency-Key", key.ptr ? "pattern" : "required",
            "a key of 1 to 128 visible ASCII characters, new for each intention, the same for each retry");
        return false;
    }
    call->key = key;
    return true;
}

/* If-Match: "3" or *. */
static bool take_version(struct call *call, const struct http_head *head)
{
    struct slice match = slice_trim(http_field(head, "If-Match"));
    uint64_t version;
    if (!is_single(call, head, "If-Match"))
        return false;
    call->expected_version = -1;
    if (slice_is(match, "*"))
        return true;
    if (match.len > 2 && match.ptr[0] == '"' && match.ptr[match.len - 1] == '"' &&
        slice_to_u64(slice_make(match.ptr + 1, match.len - 2), INT32_MAX, &version)) {
        call->expected_version = (int64_t)version;
        return true;
    }
    call_refuse(call, match.ptr ? ERR_INVALID_PARAMETER : ERR_VERSION_MISSING, "If-Match",
                match.ptr ? "pattern" : "required",
                "the ETag of the step as you saw it, such as \"3\", or *");
    return false;
}

static bool take_media_type(struct call *call, const struct http_head *head)
{
    struct slice rest = http_field(head, "Content-Type");
    if (!is_single(call, head, "Content-Type"))
        return false;
    if (!head->has_body && !(call->route->demands & DEMANDS_JSON))
        return true;
    struct slice type = slice_trim(slice_cut(&rest, ';'));
    if (slice_equal_nocase(type, slice_of("application/json")))
        return true;
    call_problem(call, ERR_MEDIA_TYPE, NULL, NULL);
    return false;
}

static bool has_number(const struct route *route)
{
    return strstr(route->path, "{number}") != NULL;
}

static bool take_id(struct call *call)
{
    uint64_t number;
    if (!call->path_id.ptr)
        return true;
    if (has_number(call->route)) { /* as it was matched */
        call->id = slice_to_u64(call->path_id, INT32_MAX, &number) ? (int64_t)number : 0;
        return true;
    }
    enum code_result result = code_parse(call->path_id, &call->id);
    if (result != CODE_OK)
        call_problem(call, ERR_MISTYPED_ID,
                     result == CODE_MISTYPED
                         ? "The id is mistyped: its check character does not fit the other seven."
                         : "An id has eight characters of 23456789CDFGHJKMNPRTWXY, such as GXGP-2X3J.",
                     NULL);
    return result == CODE_OK;
}

static bool is_large(const struct call *call)
{
    return call->route && call->route->body_limit > RULE_BODY && !(call->route->demands & DEMANDS_FILE);
}

/* What a file is said to be and to be called is known before it comes. */
static bool take_file(struct call *call, const struct http_head *head)
{
    struct slice name;
    if (!is_single(call, head, "Content-Type") || !is_single(call, head, "Content-Disposition"))
        return false;
    if (!media_find(http_field(head, "Content-Type"))) {
        call_problem(call, ERR_MEDIA_TYPE,
                     "A file is a PDF, a picture (PNG, JPEG), plain text in UTF-8, or a document of Word "
                     "(.docx) or of "
                     "OpenDocument (.odt).",
                     NULL);
        return false;
    }
    if (media_name(http_field(head, "Content-Disposition"), call->arena, &name))
        return true;
    call_refuse(call, ERR_INVALID_PARAMETER, "Content-Disposition", "pattern",
                "attachment; filename=\"NAME\" or filename*=UTF-8''NAME, a name of 1 to 120 characters "
                "without a path");
    return false;
}

struct file_place {
    struct conn_caps *caps, *organisation_caps;
    char account[32], organisation[32];
};

void file_place_give(void *place)
{
    struct file_place *own = place;
    conn_caps_give(own->caps, own->account);
    conn_caps_give(own->organisation_caps, own->organisation);
    free(own);
}

/* A file takes memory while it comes and goes. */
static bool take_room(struct call *call)
{
    const struct account *account = &call->account;
    struct file_place place = {.caps = call->worker->app->file_caps,
                               .organisation_caps = call->worker->app->organisation_files};
    if (!(call->route->demands & DEMANDS_ROOM))
        return true;
    snprintf(place.account, sizeof place.account, "%d/%d", account->region_id, account->id);
    snprintf(place.organisation, sizeof place.organisation, "%d/%d", account->region_id,
             account->organisation_id);
    bool is_taken = conn_caps_take(place.organisation_caps, place.organisation);
    if (is_taken && !conn_caps_take(place.caps, place.account)) {
        conn_caps_give(place.organisation_caps, place.organisation);
        is_taken = false;
    }
    if (!is_taken) {
        call_problem(call, ERR_BUSY,
                     "Too many files come or go at this moment. Try again after the time in Retry-After.",
                     NULL);
        return false;
    }
    call->place = xcalloc(1, sizeof place);
    *call->place = place;
    return true;
}

/* A large body takes memory while it is read and worked on: few at a time. Its place is given back in
 * on_free(). */
static bool take_place(struct call *call)
{
    if (!is_large(call))
        return true;
    call->has_place = atomic_fetch_add(&call->worker->app->drafts, 1) < DRAFTS;
    if (call->has_place)
        return true;
    atomic_fetch_sub(&call->worker->app->drafts, 1);
    call_problem(call, ERR_BUSY, NULL, NULL);
    return false;
}

static uint64_t body_limit(const struct call *call)
{
    uint64_t limit = call->route->body_limit, own = (uint64_t)call->worker->config->attachment_limit;
    return (call->route->demands & DEMANDS_FILE) && own < limit ? own : limit;
}

static void admit(struct call *call)
{
    const struct http_head *head = http_request_head(call->request);
    unsigned demands = call->route->demands;
    bool admitted = take_id(call) && take_query(call, head) &&
                    (!(demands & DEMANDS_KEY) || take_key(call, head)) &&
                    (!(demands & DEMANDS_MATCH) || take_version(call, head)) &&
                    ((demands & DEMANDS_FILE)           ? take_file(call, head)
                     : call->route->method == HTTP_POST ? take_media_type(call, head)
                                                        : true) &&
                    take_place(call) && take_room(call);
    if (admitted && (demands & DEMANDS_TIME))
        http_request_patience(call->request, LONG_BODY, LONG_REPLY);
    if (admitted)
        http_accept(call->request, body_limit(call));
}

static void refuse_route(struct call *call)
{
    if (!call->allowed) {
        call_problem(call, ERR_NOT_FOUND, NULL, NULL);
        return;
    }
    http_reply(call->request,
               &(struct http_reply){.status = problem_kind(ERR_METHOD)->status,
                                    .content_type = "application/problem+json",
                                    .body = problem_json(call->arena, ERR_METHOD, NULL, NULL),
                                    .fields = arena_printf(call->arena, "Allow: %s\r\n", call->allowed)});
}

static void on_refusal_noted(void *arg, const struct pg_reply *reply)
{
    struct call *call = arg;
    struct http_request *request = call->request;
    if (reply->outcome != PG_COMMITTED)
        log_error(EV_REQUEST_FAILED, reply->err);
    call_forbid(call, ERR_WRONG_ROLE, NULL, NULL);
    http_request_release(request);
}

/* A role that may not do this: an entry of the access log, and then the answer. Without the database the
 * answer alone, and a line in the log. */
static void forbid_role(struct call *call)
{
    const char **params = call_params(call, 5);
    int64_t id;
    struct err err;
    bool is_about =
        call->path_id.ptr && !has_number(call->route) && code_parse(call->path_id, &id) == CODE_OK;
    params[2] = call->route->name;
    params[3] = is_about ? call_number(call, id) : NULL;
    call->job = (struct pg_job){.statement = &store_statements[STORE_NOTE_REFUSAL],
                                .params = params,
                                .on_done = on_refusal_noted,
                                .arg = call};
    if (pg_pool_submit(call->worker->pool, &call->job, &err)) {
        http_request_hold(call->request);
        return;
    }
    log_error(EV_REQUEST_FAILED, &err);
    call_forbid(call, ERR_WRONG_ROLE, NULL, NULL);
}

static void on_known(struct call *call)
{
    if (!call->route)
        refuse_route(call);
    else if (!(call->route->roles & call->account.role))
        forbid_role(call);
    else
        admit(call);
}

static bool demands(const struct call *call, enum route_demand demand)
{
    return call->route && (call->route->demands & (unsigned)demand);
}

/* Who comes to the web listener is nobody, and stays it. */
static void take_anybody(struct call *call)
{
    if (demands(call, DEMANDS_CODE))
        admit(call);
    else
        refuse_route(call);
}

static void begin(struct http_request *request, struct worker *worker, enum listeners listener)
{
    struct arena *arena = http_request_arena(request);
    struct call *call = arena_alloc(arena, sizeof *call);
    *call = (struct call){.request = request, .worker = worker, .arena = arena, .listener = listener};
    call->came_from = arena_text(arena, slice_of(conn_address(http_request_conn(request))));
    http_request_set_data(request, call);
    match(call, http_request_head(request));
    if (demands(call, DEMANDS_NOBODY))
        admit(call);
    else if (worker->is_draining)
        call_problem(call, ERR_DRAINING, NULL, NULL);
    else if (!atomic_load_explicit(&worker->app->schema_fits, memory_order_relaxed))
        call_problem(call, ERR_DATABASE_AWAY, NULL, NULL);
    else if (listener == WEB)
        take_anybody(call);
    else
        session_identify(call, on_known);
}

static void on_head(struct http_request *request, void *context)
{
    begin(request, context, API);
}

static void on_web_head(struct http_request *request, void *context)
{
    begin(request, context, WEB);
}

/* What the key is bound to; of a large body it is worked out on the desk. What was sent may hold anything of
 * a person, so it is wiped afterwards. False: answered. */
static bool take_fingerprint(struct call *call)
{
    if (!demands(call, DEMANDS_KEY) || demands(call, DEMANDS_CODE) || demands(call, DEMANDS_FILE) ||
        is_large(call))
        return true;
    const struct keyring *keyring = call_keyring(call);
    if (!keyring)
        return false;
    call->hash = call_fingerprint(call, keyring, call->arena);
    arena_wipe(call->arena);
    return true;
}

static void on_request(struct http_request *request, void *context)
{
    struct call *call = http_request_data(request);
    (void)context;
    if (!take_fingerprint(call))
        return;
    call->data = NULL;
    call->route->handle(call);
}

static void on_end(struct http_request *request, int status, int64_t microseconds, void *context)
{
    struct worker *worker = context;
    const struct call *call = http_request_data(request);
    const struct route *route = call ? call->route : NULL;
    unsigned index = route ? (unsigned)(route - routes) : METRICS_ROUTES - 1;
    metrics_request(&worker->metrics, index, status, microseconds);
    log_event(EV_REQUEST, LOG_T("route", route ? route->name : "none"), LOG_N("status", status),
              LOG_N("us", microseconds), LOG_N("region", call ? call->account.region_id : 0),
              LOG_N("account", call ? call->account.id : 0));
}

/* A file or a large body whose client went takes memory until the scanner, the desk and the database are done
 * with it. */
static void on_free(struct http_request *request)
{
    const struct call *call = http_request_data(request);
    if (call && call->place)
        file_place_give(call->place);
    if (call && call->has_place)
        atomic_fetch_sub(&call->worker->app->drafts, 1);
}

const struct http_app route_app = {
    .on_head = on_head,
    .on_request = on_request,
    .on_end = on_end,
    .on_free = on_free,
    .problem = call_problem_body,
    .server_fields = CALL_SERVER_FIELDS,
};

const struct http_app route_web_app = {
    .on_head = on_web_head,
    .on_request = on_request,
    .on_end = on_end,
    .on_free = on_free,
    .problem = call_problem_body,
    .server_fields = CALL_SERVER_FIELDS,
};

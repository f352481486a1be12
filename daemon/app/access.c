/*
 * Handlers of the access log: of one client, and of the region. The database composes each of the three
 * forms.
 */
#include "code.h"
#include "handlers.h"

static const struct form {
    const char *media, *word, *content_type;
} forms[] = {{"application/json", "json", "application/json"},
             {"application/fhir+json", "fhir", "application/fhir+json"},
             {"text/csv", "csv", "text/csv; charset=utf-8; header=present"}};

/* The first form that the caller names; JSON where they name none that we have (RFC 9110, 12.5.1 allows it).
 */
static const struct form *form_of(const struct call *call)
{
    struct slice rest = http_field(http_request_head(call->request), "Accept");
    while (rest.ptr && rest.len) {
        struct slice range = slice_cut(&rest, ','), media = slice_trim(slice_cut(&range, ';'));
        for (size_t i = 0; i < sizeof forms / sizeof forms[0]; i++)
            if (slice_equal_nocase(media, slice_of(forms[i].media)))
                return &forms[i];
    }
    return &forms[0];
}

static const char *escaped(struct arena *arena, struct slice text)
{
    static const char plain[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~";
    char *out = arena_alloc(arena, text.len * 3 + 1), *at = out;
    for (size_t i = 0; i < text.len; i++) {
        unsigned char c = (unsigned char)text.ptr[i];
        if (c && strchr(plain, c))
            *at++ = (char)c;
        else
            at += snprintf(at, 4, "%%%02X", c);
    }
    *at = '\0';
    return out;
}

/* Path and query of this list without its cursor. */
static const char *link_of(const struct call *call)
{
    struct arena *arena = call->arena;
    const char *link = arena_text(arena, http_request_head(call->request)->path);
    char mark = '?';
    for (size_t i = 0; i < call->query_count; i++) {
        if (slice_is(call->query[i].name, "cursor"))
            continue;
        link = arena_printf(arena, "%s%c%.*s=%s", link, mark, SLICE_FMT(call->query[i].name),
                            escaped(arena, call->query[i].value));
        mark = '&';
    }
    return link;
}

static const char *next_field(const struct call *call, struct slice next)
{
    const char *link = link_of(call);
    return next.ptr ? arena_printf(call->arena, "Link: <%s%ccursor=%.*s>; rel=\"next\"\r\n", link,
                                   strchr(link, '?') ? '&' : '?', SLICE_FMT(next))
                    : NULL;
}

static void on_listed(struct call *call, const PGresult *result)
{
    struct slice word = PQntuples(result) ? store_text(result, 0, "result") : SLICE_NONE;
    if (slice_is(word, "listed"))
        http_reply(call->request,
                   &(struct http_reply){.status = 200,
                                        .content_type = form_of(call)->content_type,
                                        .body = store_text(result, 0, "document"),
                                        .fields = next_field(call, store_text(result, 0, "next"))});
    else if (slice_is(word, "cursor-unknown"))
        call_refuse(call, ERR_INVALID_PARAMETER, "?cursor", "unknown-word", "not a cursor of this list");
    else if (slice_is(word, "account-unknown"))
        call_refuse(call, ERR_INVALID_PARAMETER, "?account", "unknown-word", "not an account of this region");
    else if (slice_is(word, "not-yours"))
        call_forbid(call, ERR_WRONG_ROLE, NULL, NULL);
    else
        call_problem(call, ERR_NOT_FOUND, NULL, NULL);
}

void access_log_of_client(struct call *call)
{
    const char **params = call_params(call, 8);
    params[2] = call_number(call, call->id);
    params[5] = form_of(call)->word;
    params[6] = link_of(call);
    if (call_page(call, &params[3], &params[4]))
        call_query(call, STORE_ACCESS_LOG_OF_CLIENT, params, on_listed);
}

/* When a day begins here; NULL for `absent`. */
static const char *begin_of(struct call *call, int64_t day, int64_t absent, int64_t later)
{
    int64_t year;
    unsigned month, of_month;
    if (day == absent)
        return NULL;
    civil_from_days(day + later, &year, &month, &of_month);
    return arena_printf(call->arena, "%04d-%02u-%02u 00:00 Europe/Amsterdam", (int)year, month, of_month);
}

static bool take_period(struct call *call, const char **since, const char **until)
{
    int64_t first, last;
    if (!call_period(call, "since", "until", &first, &last))
        return false;
    *since = begin_of(call, first, INT64_MIN, 0);
    *until = begin_of(call, last, INT64_MAX, 1);
    return true;
}

static bool take_client(struct call *call, const char **out)
{
    struct slice text = call_parameter(call, "client");
    int64_t id;
    *out = NULL;
    if (!text.ptr)
        return true;
    if (code_parse(text, &id) != CODE_OK) {
        call_refuse(call, ERR_INVALID_PARAMETER, "?client", "pattern",
                    "the id of a client, such as GXGP-2X3J");
        return false;
    }
    *out = call_number(call, id);
    return true;
}

void access_log_list(struct call *call)
{
    const char **params = call_params(call, 11);
    struct slice account = call_parameter(call, "account");
    params[4] = call_text(call, account);
    params[8] = form_of(call)->word;
    params[9] = link_of(call);
    if (take_period(call, &params[2], &params[3]) && take_client(call, &params[5]) &&
        call_page(call, &params[6], &params[7]))
        call_query(call, STORE_ACCESS_LOG, params, on_listed);
}

#include "problem.h"

#include <stdarg.h>
#include <stdio.h>

#include "json_out.h"

#define INTERNAL_TITLE "Something went wrong on our side"
#define INTERNAL_DETAIL                                                                                      \
    "The request could not be handled because of a fault in the service. It was logged; nothing more is "    \
    "told here."
/* Codes that no caller of the API may see as such: they come out as "internal". */
#define INTERNAL(code) [code] = {code, 500, false, LOG_ERROR, INTERNAL_TITLE, INTERNAL_DETAIL}

static const struct problem_kind kinds[ERR_COUNT] = {
    [ERR_MALFORMED_REQUEST] = {ERR_MALFORMED_REQUEST, 400, false, LOG_INFO, "The request is not valid HTTP",
                               "The request does not follow HTTP/1.1 strictly. The connection is closed."},
    [ERR_MALFORMED_JSON] =
        {ERR_MALFORMED_JSON, 400, false, LOG_INFO, "The body is not valid JSON",
         "The body must be one JSON document in UTF-8 (RFC 8259) without duplicate names."},
    [ERR_INVALID_PARAMETER] = {ERR_INVALID_PARAMETER, 400, false, LOG_INFO, "A parameter is not valid",
                               "A query parameter or header is unknown or has a value that is not allowed."},
    [ERR_INVALID_BODY] =
        {ERR_INVALID_BODY, 422, false, LOG_INFO, "The body is not valid",
         "The body is JSON, but not what this operation takes. See `errors` for all that is wrong."},
    [ERR_MISTYPED_ID] =
        {ERR_MISTYPED_ID, 400, false, LOG_INFO, "The id was mistyped",
         "The check character of the id does not fit: a character is wrong or two were swapped."},
    [ERR_KEY_MISSING] = {ERR_KEY_MISSING, 400, false, LOG_INFO, "Idempotency-Key is missing",
                         "Every POST needs an Idempotency-Key of 1 to 128 visible ASCII characters."},
    [ERR_KEY_REUSED] =
        {ERR_KEY_REUSED, 422, false, LOG_INFO, "Idempotency-Key was used for something else",
         "This key came before with another body or operation. Take a new key for a new request."},
    [ERR_UNKNOWN_ACCOUNT] =
        {ERR_UNKNOWN_ACCOUNT, 403, false, LOG_WARN, "The certificate belongs to no account",
         "No current account belongs to this certificate. Ask the steward of the region."},
    [ERR_WRONG_ROLE] = {ERR_WRONG_ROLE, 403, false, LOG_WARN, "This role may not do this",
                        "The role of this account may not use this operation."},
    [ERR_NOT_YOURS] = {ERR_NOT_YOURS, 403, false, LOG_WARN, "This step is not yours to move",
                       "Only the party that the step's next state belongs to may set it."},
    [ERR_NOT_FOUND] = {ERR_NOT_FOUND, 404, false, LOG_INFO, "Not found",
                       "There is nothing here under this address, or it is not yours to see."},
    [ERR_METHOD] = {ERR_METHOD, 405, false, LOG_INFO, "This method is not allowed here",
                    "The `Allow` header lists the methods of this address."},
    [ERR_TIMEOUT] = {ERR_TIMEOUT, 408, true, LOG_INFO, "The request took too long",
                     "The request was not complete in time. The connection is closed."},
    [ERR_STATE_NOT_ALLOWED] = {ERR_STATE_NOT_ALLOWED, 409, false, LOG_INFO,
                               "Not possible in the present state",
                               "The step cannot go from its present state to the one asked for."},
    [ERR_NOT_PUBLISHABLE] =
        {ERR_NOT_PUBLISHABLE, 409, false, LOG_INFO, "This version cannot be published",
         "The check found what must be mended, or warned of what was not acknowledged. See `errors`."},
    [ERR_SAME_PERSON] = {ERR_SAME_PERSON, 403, false, LOG_INFO, "A second person must approve",
                         "Who made or published this version may not approve it. Ask another coordinator."},
    [ERR_NOT_SHARED] = {ERR_NOT_SHARED, 403, false, LOG_INFO, "The client does not share this with you",
                        "It tells of more than the client's consent lets you see."},
    [ERR_CODE_REFUSED] =
        {ERR_CODE_REFUSED, 403, false, LOG_WARN, "This code is not accepted",
         "The code is not known, was used or withdrawn, has expired, or too many wrong codes came from this "
         "address. Ask the steward of the region for a new one."},
    [ERR_TAKEN] = {ERR_TAKEN, 409, false, LOG_INFO, "This is taken already",
                   "The name belongs to somebody else, or somebody was invited under it."},
    [ERR_OFFER_TAKEN] = {ERR_OFFER_TAKEN, 409, false, LOG_INFO, "Somebody else took this offer first",
                         "Somebody else took this offer first. There is nothing to do."},
    [ERR_VERSION] = {ERR_VERSION, 412, false, LOG_INFO, "It has changed in the meantime",
                     "If-Match does not name the present version. Read it again, then decide again."},
    [ERR_TOO_LARGE] = {ERR_TOO_LARGE, 413, false, LOG_INFO, "The body is too large",
                       "The body is larger than this operation takes."},
    [ERR_TARGET_TOO_LONG] = {ERR_TARGET_TOO_LONG, 414, false, LOG_INFO, "The address is too long",
                             "Path and query together are longer than this service takes."},
    [ERR_MEDIA_TYPE] =
        {ERR_MEDIA_TYPE, 415, false, LOG_INFO, "This media type is not supported",
         "The body must be sent as the type that this operation takes, such as application/json."},
    [ERR_EXPECTATION] = {ERR_EXPECTATION, 417, false, LOG_INFO, "This expectation cannot be met",
                         "The only expectation this service knows is 100-continue."},
    [ERR_VERSION_MISSING] =
        {ERR_VERSION_MISSING, 428, false, LOG_INFO, "If-Match is missing",
         "Send the step's ETag in If-Match, so that nobody's change is overwritten unseen."},
    [ERR_TOO_MANY] = {ERR_TOO_MANY, 429, true, LOG_WARN, "Too many requests at once",
                      "This account has too many requests running. Try again after the time in Retry-After."},
    [ERR_HEAD_TOO_LARGE] = {ERR_HEAD_TOO_LARGE, 431, false, LOG_INFO, "The request head is too large",
                            "There are too many header fields, or they are too long together."},
    [ERR_INTERNAL] = {ERR_INTERNAL, 500, false, LOG_ERROR, INTERNAL_TITLE, INTERNAL_DETAIL},
    [ERR_UNKNOWN_METHOD] = {ERR_UNKNOWN_METHOD, 501, false, LOG_INFO, "This method is not known",
                            "The service does not know this HTTP method."},
    [ERR_CODING] = {ERR_CODING, 501, false, LOG_INFO, "This transfer coding is not known",
                    "The only transfer coding this service knows is chunked."},
    [ERR_BUSY] = {ERR_BUSY, 503, true, LOG_WARN, "Busy",
                  "The service has more work than it can take. Try again after the time in Retry-After."},
    [ERR_DATABASE_AWAY] = {ERR_DATABASE_AWAY, 503, true, LOG_WARN, "The database cannot be reached",
                           "Nothing was stored. Send the same request again after the time in Retry-After."},
    [ERR_UNCERTAIN] =
        {ERR_UNCERTAIN, 503, true, LOG_ERROR, "It is not certain whether this was stored",
         "Send exactly the same request with the same Idempotency-Key again: it has one effect."},
    [ERR_DRAINING] = {ERR_DRAINING, 503, true, LOG_INFO, "The service is stopping",
                      "Nothing was stored. Send the same request again after the time in Retry-After."},
    [ERR_KEYS_NOT_LOADED] = {ERR_KEYS_NOT_LOADED, 503, true, LOG_ERROR, "The keys must be loaded",
                             "The keys of the region have changed and the service does not hold them yet. "
                             "Nothing was stored. Send "
                             "the same request again after the time in Retry-After."},
    [ERR_NO_ROUTE_TABLE] = {ERR_NO_ROUTE_TABLE, 503, true, LOG_ERROR, "The region has no rule table",
                            "Nothing was stored. There is no published rule table to decide by yet."},
    [ERR_VIRUS] = {ERR_VIRUS, 422, false, LOG_WARN, "The file holds a virus",
                   "The virus scanner found something in the file. Nothing was stored."},
    [ERR_SCANNER_AWAY] = {ERR_SCANNER_AWAY, 503, true, LOG_ERROR, "The virus scanner cannot be reached",
                          "Nothing was stored. Send the same request again after the time in Retry-After."},
    [ERR_HTTP_VERSION] = {ERR_HTTP_VERSION, 505, false, LOG_INFO, "This HTTP version is not supported",
                          "The service speaks HTTP/1.1."},
    INTERNAL(ERR_NONE),
    INTERNAL(ERR_CONFIG),
    INTERNAL(ERR_OS),
    INTERNAL(ERR_TLS),
    INTERNAL(ERR_SCHEMA),
    INTERNAL(ERR_UNREACHABLE),
};

const struct problem_kind *problem_kind(enum err_code code)
{
    return &kinds[(unsigned)code < ERR_COUNT ? code : ERR_INTERNAL];
}

void issues_add(struct issues *issues, struct slice pointer, const char *code, const char *format, ...)
{
    if (issues->count == ISSUES_MAX)
        return;
    va_list args;
    va_start(args, format);
    int length = vsnprintf(NULL, 0, format, args);
    va_end(args);
    size_t size = length < 0 ? 1 : (size_t)length + 1;
    char *detail = arena_alloc(issues->arena, size);
    va_start(args, format);
    vsnprintf(detail, size, format, args);
    va_end(args);
    issues->list[issues->count++] =
        (struct issue){arena_slice(issues->arena, pointer), code, slice_make(detail, size - 1)};
}

static void write_issues(struct json_out *out, const struct issues *issues)
{
    out_open(out, "errors", '[');
    for (size_t i = 0; i < issues->count; i++) {
        const struct issue *issue = &issues->list[i];
        out_open(out, NULL, '{');
        out_text(out, "pointer", issue->pointer);
        out_text(out, "code", slice_of(issue->code));
        out_text(out, "detail", issue->detail);
        out_close(out, '}');
    }
    out_close(out, ']');
}

static struct slice write_problem(struct arena *arena, enum err_code code, const char *detail,
                                  const struct issues *issues, uint64_t limit)
{
    const struct problem_kind *kind = problem_kind(code);
    /* What failed inside is for the log. */
    bool is_internal = kind->status == 500;
    char type[64];
    snprintf(type, sizeof type, "urn:wijzer:problem:%s", err_word(is_internal ? ERR_INTERNAL : code));

    struct json_out out = json_out_new(arena, 512);
    out_open(&out, NULL, '{');
    out_text(&out, "type", slice_of(type));
    out_text(&out, "title", slice_of(kind->title));
    out_integer(&out, "status", kind->status);
    out_text(&out, "detail", slice_of(detail && !is_internal ? detail : kind->detail));
    if (limit)
        out_integer(&out, "limit", (int64_t)limit);
    if (issues && issues->count)
        write_issues(&out, issues);
    out_close(&out, '}');
    return json_out_slice(&out);
}

struct slice problem_json(struct arena *arena, enum err_code code, const char *detail,
                          const struct issues *issues)
{
    return write_problem(arena, code, detail, issues, 0);
}

struct slice problem_too_large(struct arena *arena, uint64_t limit)
{
    const char *detail =
        arena_printf(arena, "The body is larger than the %llu bytes that this operation takes.",
                     (unsigned long long)limit);
    return write_problem(arena, ERR_TOO_LARGE, detail, NULL, limit);
}

#include "verdict.h"

#include <stdio.h>
#include <string.h>

/* First row that fits; `state` is a whole SQLSTATE or its beginning. `function` is the place in the server's
 * source where that decides (message texts are translated, this is not). */
static const struct row {
    const char *state, *function;
    enum verdict verdict;
    enum err_code code;
    enum { TEXT_TOLD, TEXT_HIDDEN } text;
} rows[] = {
    {"40001", NULL, VERDICT_AGAIN, ERR_BUSY, TEXT_TOLD},
    {"40P01", NULL, VERDICT_AGAIN, ERR_BUSY, TEXT_TOLD},
    {"26000", NULL, VERDICT_STALE, ERR_INTERNAL, TEXT_TOLD},
    {"0A000", "RevalidateCachedQuery", VERDICT_STALE, ERR_INTERNAL, TEXT_TOLD},
    {"25006", NULL, VERDICT_WRONG_HOST, ERR_DATABASE_AWAY, TEXT_TOLD},
    {"57014", NULL, VERDICT_REFUSED, ERR_BUSY, TEXT_TOLD},        /* statement_timeout */
    {"55P03", NULL, VERDICT_REFUSED, ERR_BUSY, TEXT_TOLD},        /* lock_timeout */
    {"53", NULL, VERDICT_REFUSED, ERR_BUSY, TEXT_TOLD},           /* out of something */
    {"57P", NULL, VERDICT_REFUSED, ERR_DATABASE_AWAY, TEXT_TOLD}, /* shutting down, starting up */
    {"08", NULL, VERDICT_REFUSED, ERR_DATABASE_AWAY, TEXT_TOLD},  /* connection */
    {"22", NULL, VERDICT_REFUSED, ERR_INTERNAL, TEXT_HIDDEN},     /* data exceptions quote the data */
    {"", NULL, VERDICT_REFUSED, ERR_INTERNAL, TEXT_TOLD},
};

static const char *field(const PGresult *result, int code)
{
    const char *value = PQresultErrorField(result, code);
    return value ? value : "";
}

static const struct row *find_row(const PGresult *result)
{
    const char *state = field(result, PG_DIAG_SQLSTATE), *function = field(result, PG_DIAG_SOURCE_FUNCTION);
    const struct row *row = rows;
    while (strncmp(state, row->state, strlen(row->state)) != 0 ||
           (row->function && strcmp(function, row->function) != 0))
        row++;
    return row;
}

enum verdict verdict_of(const PGresult *result, const char *about, struct err *err)
{
    const struct row *row = find_row(result);
    const char *words = field(result, PG_DIAG_MESSAGE_PRIMARY);
    if (!words[0])
        words = PQresultErrorMessage(result);
    if (row->text == TEXT_HIDDEN)
        words = "a value does not fit";
    err_set(err, row->code, "%s: %.*s", about, (int)strcspn(words, "\n"), words);
    snprintf(err->sqlstate, sizeof err->sqlstate, "%s", field(result, PG_DIAG_SQLSTATE));
    return row->verdict;
}

bool verdict_is_fatal(const PGresult *result)
{
    const char *severity = field(result, PG_DIAG_SEVERITY_NONLOCALIZED);
    return strcmp(severity, "FATAL") == 0 || strcmp(severity, "PANIC") == 0;
}

#include "seal_live.h"

#include <libpq-fe.h>
#include <stdio.h>
#include <stdlib.h>

enum { STATEMENT = 8192 };

struct live {
    PGconn *connection;
    bool (*feed)(void *arg, struct slice bytes, struct err *err);
    void *arg;
    struct err *err;
};

static bool refuse(struct live *live, const char *what)
{
    const char *words = PQerrorMessage(live->connection);
    return err_set(live->err, ERR_DATABASE_AWAY, "%s: %.*s", what, (int)strcspn(words, "\n"), words);
}

static bool run(struct live *live, const char *sql)
{
    PGresult *result = PQexec(live->connection, sql);
    bool ok = PQresultStatus(result) == PGRES_COMMAND_OK;
    PQclear(result);
    return ok || refuse(live, "the database cannot be read");
}

/* "(a, b)" of the table's columns, as a text of the caller's; NULL where there is no such table. */
static PGresult *columns_of(struct live *live, const char *table)
{
    static const char sql[] =
        "select '(' || string_agg(quote_ident(attname), ', ' order by attnum) || ')'"
        " from pg_catalog.pg_attribute"
        " where attrelid = to_regclass('data.' || $1) and attnum > 0 and not attisdropped";
    return PQexecParams(live->connection, sql, 1, NULL, &table, NULL, NULL, 0);
}

static bool copy_rows(struct live *live)
{
    char *row;
    int length;
    bool ok = true;
    while (ok && (length = PQgetCopyData(live->connection, &row, 0)) > 0) {
        ok = live->feed(live->arg, slice_make(row, (size_t)length), live->err);
        PQfreemem(row);
    }
    if (!ok)
        return false;
    PGresult *result = PQgetResult(live->connection);
    bool is_whole = length == -1 && PQresultStatus(result) == PGRES_COMMAND_OK;
    for (; result; result = PQgetResult(live->connection))
        PQclear(result);
    return is_whole ? live->feed(live->arg, slice_of("\\.\n"), live->err)
                    : refuse(live, "the database cannot be read");
}

static bool copy_columns(struct live *live, const char *table, const char *columns)
{
    char head[STATEMENT], sql[STATEMENT + 64];
    int n = snprintf(head, sizeof head, "COPY data.%s %s FROM stdin;\n", table, columns);
    if (n < 0 || (size_t)n >= sizeof head)
        return err_set(live->err, ERR_SCHEMA, "table data.%s has too many columns", table);
    snprintf(sql, sizeof sql, "COPY data.%s %s TO STDOUT", table, columns);
    if (!live->feed(live->arg, slice_of(head), live->err))
        return false;
    PGresult *result = PQexec(live->connection, sql);
    bool has_begun = PQresultStatus(result) == PGRES_COPY_OUT;
    PQclear(result);
    return has_begun ? copy_rows(live) : refuse(live, "the database cannot be read");
}

static bool copy_table(struct live *live, const char *table)
{
    PGresult *columns = columns_of(live, table);
    bool ok = PQresultStatus(columns) == PGRES_TUPLES_OK || refuse(live, "the database cannot be read");
    if (ok && !PQgetisnull(columns, 0, 0))
        ok = copy_columns(live, table, PQgetvalue(columns, 0, 0));
    PQclear(columns);
    return ok;
}

static bool copy_all(struct live *live)
{
    static const char *const tables[] = {"region", "event", "access", "seal"};
    bool ok = run(live, "begin isolation level repeatable read, read only") &&
              run(live, "set local row_security = off") && run(live, "set local search_path = ''") &&
              run(live, "set local datestyle = 'ISO, YMD'") && run(live, "set local bytea_output = 'hex'") &&
              run(live, "set local statement_timeout = 0");
    for (size_t i = 0; ok && i < sizeof tables / sizeof tables[0]; i++)
        ok = copy_table(live, tables[i]);
    return ok;
}

bool seal_live_read(const char *conninfo, bool (*feed)(void *arg, struct slice bytes, struct err *err),
                    void *arg, struct err *err)
{
    const char *keywords[] = {"dbname", "connect_timeout", "application_name", NULL};
    const char *values[] = {conninfo, "5", "wijzerd-seal-verify", NULL};
    struct live live = {
        .connection = PQconnectdbParams(keywords, values, 1), .feed = feed, .arg = arg, .err = err};
    bool ok = PQstatus(live.connection) == CONNECTION_OK ? copy_all(&live)
                                                         : refuse(&live, "the database cannot be reached");
    PQfinish(live.connection);
    return ok;
}

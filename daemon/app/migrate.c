#include "migrate.h"

#include <errno.h>
#include <libpq-fe.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

#include "app.h"

enum { NOT_RUN = 127 };

/* sqitch and psql read what libpq reads: its environment variables. */
static bool export_conninfo(const char *conninfo, struct err *err)
{
    PQconninfoOption *options = PQconninfoParse(conninfo, NULL);
    if (!options)
        return err_set(err, ERR_CONFIG, "migrate-database: not a connection string");
    for (const PQconninfoOption *option = options; option->keyword; option++)
        if (option->val && option->envvar)
            setenv(option->envvar, option->val, 1);
    PQconninfoFree(options);
    /* sqitch wants to know who deploys; a machine has no name and address to give. */
    setenv("SQITCH_FULLNAME", "wijzerd", 0);
    setenv("SQITCH_EMAIL", "wijzerd@localhost", 0);
    setenv("LC_ALL", "C.UTF-8", 1);
    return true;
}

static bool run(const char *directory, char *const arguments[], struct err *err)
{
    int status;
    fflush(NULL);
    pid_t child = fork();
    if (child < 0)
        return err_set_os(err, ERR_OS, errno, "%s", arguments[0]);
    if (child == 0) {
        if (chdir(directory) == 0)
            execvp(arguments[0], arguments);
        _exit(NOT_RUN);
    }
    while (waitpid(child, &status, 0) < 0)
        if (errno != EINTR)
            return err_set_os(err, ERR_OS, errno, "%s", arguments[0]);
    if (WIFEXITED(status) && WEXITSTATUS(status) == NOT_RUN)
        return err_set(err, ERR_SCHEMA, "%s cannot be run: is it installed?", arguments[0]);
    if (!WIFEXITED(status) || WEXITSTATUS(status) != 0)
        return err_set(err, ERR_SCHEMA, "%s failed with status %d", arguments[0],
                       WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status));
    return true;
}

static bool has_plan(const char *directory, struct err *err)
{
    char path[4096];
    int n = snprintf(path, sizeof path, "%s/sqitch.plan", directory);
    if (n < 0 || (size_t)n >= sizeof path || access(path, R_OK) != 0)
        return err_set(err, ERR_CONFIG, "sql-directory %s: holds no sqitch.plan that can be read", directory);
    return true;
}

static enum schema_state check_at(const char *conninfo, struct err *err);

bool migrate(const struct config *config, struct err *err)
{
    char *const deploy[] = {"sqitch", "deploy", "--verify", "db:pg:", NULL};
    char digest[] = "interface=" WIJZER_INTERFACE;
    char *const interface[] = {"psql",          "-X", "-q", "-v", "ON_ERROR_STOP=1", "-v", digest, "-f",
                               "interface.sql", NULL};
    if (!config->migrate_database)
        return err_set(err, ERR_CONFIG, "migrate-database is not set");
    return has_plan(config->sql_directory, err) && export_conninfo(config->migrate_database, err) &&
           run(config->sql_directory, deploy, err) && run(config->sql_directory, interface, err) &&
           check_at(config->migrate_database, err) == SCHEMA_FITS;
}

static enum schema_state compare(PGresult *result, struct err *err)
{
    const char *sqlstate = PQresultErrorField(result, PG_DIAG_SQLSTATE);
    if (PQresultStatus(result) != PGRES_TUPLES_OK) {
        /* 3F000, 42883: no such schema or function */
        bool is_empty = sqlstate && (strcmp(sqlstate, "3F000") == 0 || strcmp(sqlstate, "42883") == 0);
        if (is_empty)
            err_set(err, ERR_SCHEMA, "the database has no Wijzer schema; run `wijzerd migrate`");
        else
            err_set(err, ERR_SCHEMA, "the database does not tell its schema: SQLSTATE %s",
                    sqlstate ? sqlstate : "unknown");
        return SCHEMA_DIFFERS;
    }
    const char *found = PQgetvalue(result, 0, 0);
    if (strcmp(found, app_schema_version) == 0)
        return SCHEMA_FITS;
    err_set(err, ERR_SCHEMA, "the database has schema '%s', this program needs '%s'; run `wijzerd migrate`",
            found, app_schema_version);
    return SCHEMA_DIFFERS;
}

static enum schema_state check_at(const char *conninfo, struct err *err)
{
    enum schema_state state = SCHEMA_UNREACHABLE;
    const char *keywords[] = {"dbname", "connect_timeout", "application_name", NULL};
    const char *values[] = {conninfo, "3", "wijzerd-start", NULL};
    PGconn *connection = PQconnectdbParams(keywords, values, 1);
    if (PQstatus(connection) == CONNECTION_OK) {
        PGresult *result = PQexec(connection, "select wijzer.schema_version()");
        state = compare(result, err);
        PQclear(result);
    } else {
        const char *words = PQerrorMessage(connection);
        err_set(err, ERR_DATABASE_AWAY, "the database cannot be reached yet: %.*s", (int)strcspn(words, "\n"),
                words);
    }
    PQfinish(connection);
    return state;
}

enum schema_state schema_check(const struct config *config, struct err *err)
{
    return check_at(config->database, err);
}

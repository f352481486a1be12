#include "migrate.h"

#include <errno.h>
#include <libpq-fe.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

#include "app.h"

enum { NOT_RUN = 127 };

/* One of the two databases: the data, and apart from it the keys. */
struct schema {
    const char *what, *migrate_setting;
    const char *directory; /* below sql-directory */
    const char *version, *digest, *question;
};

static const struct schema schemas[] = {{"the database", "migrate-database", "", WIJZER_SCHEMA,
                                         "interface=" WIJZER_INTERFACE, "select wijzer.schema_version()"},
                                        {"the key database", "migrate-key-database", "/keys",
                                         WIJZER_KEYS_SCHEMA, "interface=" WIJZER_KEYS_INTERFACE,
                                         "select keys.schema_version()"}};

enum { SCHEMAS = sizeof schemas / sizeof schemas[0] };

/* sqitch and psql read what libpq reads: its environment variables. In the child, so that what one database
 * was given does not stay for the other. */
static void export_conninfo(const char *conninfo)
{
    PQconninfoOption *options = PQconninfoParse(conninfo, NULL);
    for (const PQconninfoOption *option = options; options && option->keyword; option++)
        if (option->val && option->envvar)
            setenv(option->envvar, option->val, 1);
    PQconninfoFree(options);
    /* sqitch wants to know who deploys; a machine has no name and address to give. */
    setenv("SQITCH_FULLNAME", "wijzerd", 0);
    setenv("SQITCH_EMAIL", "wijzerd@localhost", 0);
    setenv("LC_ALL", "C.UTF-8", 1);
}

static bool run(const char *directory, const char *conninfo, char *const arguments[], struct err *err)
{
    int status;
    fflush(NULL);
    pid_t child = fork();
    if (child < 0)
        return err_set_os(err, ERR_OS, errno, "%s", arguments[0]);
    if (child == 0) {
        export_conninfo(conninfo);
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
        return err_set(err, ERR_CONFIG, "sql-directory: %s holds no sqitch.plan that can be read", directory);
    return true;
}

static enum schema_state check_at(const struct schema *schema, const char *conninfo, struct err *err);

static bool migrate_one(const struct schema *schema, const char *sql, const char *conninfo, struct err *err)
{
    char directory[4096], digest[64];
    char *const deploy[] = {"sqitch", "deploy", "--verify", "db:pg:", NULL};
    char *const interface[] = {"psql",          "-X", "-q", "-v", "ON_ERROR_STOP=1", "-v", digest, "-f",
                               "interface.sql", NULL};
    snprintf(directory, sizeof directory, "%s%s", sql, schema->directory);
    snprintf(digest, sizeof digest, "%s", schema->digest);
    return has_plan(directory, err) && run(directory, conninfo, deploy, err) &&
           run(directory, conninfo, interface, err) && check_at(schema, conninfo, err) == SCHEMA_FITS;
}

bool migrate(const struct config *config, struct err *err)
{
    const char *const logins[SCHEMAS] = {config->migrate_database, config->migrate_key_database};
    for (size_t i = 0; i < SCHEMAS; i++)
        if (!logins[i])
            return err_set(err, ERR_CONFIG, "%s is not set", schemas[i].migrate_setting);
    for (size_t i = 0; i < SCHEMAS; i++)
        if (!migrate_one(&schemas[i], config->sql_directory, logins[i], err))
            return false;
    return true;
}

static enum schema_state compare(const struct schema *schema, PGresult *result, struct err *err)
{
    const char *sqlstate = PQresultErrorField(result, PG_DIAG_SQLSTATE);
    if (PQresultStatus(result) != PGRES_TUPLES_OK) {
        /* 3F000, 42883: no such schema or function */
        bool is_empty = sqlstate && (strcmp(sqlstate, "3F000") == 0 || strcmp(sqlstate, "42883") == 0);
        if (is_empty)
            err_set(err, ERR_SCHEMA, "%s has no Wijzer schema; run `wijzerd migrate`", schema->what);
        else
            err_set(err, ERR_SCHEMA, "%s does not tell its schema: SQLSTATE %s", schema->what,
                    sqlstate ? sqlstate : "unknown");
        return SCHEMA_DIFFERS;
    }
    const char *found = PQgetvalue(result, 0, 0);
    if (strcmp(found, schema->version) == 0)
        return SCHEMA_FITS;
    err_set(err, ERR_SCHEMA, "%s has schema '%s', this program needs '%s'; run `wijzerd migrate`",
            schema->what, found, schema->version);
    return SCHEMA_DIFFERS;
}

static enum schema_state check_at(const struct schema *schema, const char *conninfo, struct err *err)
{
    enum schema_state state = SCHEMA_UNREACHABLE;
    const char *keywords[] = {"dbname", "connect_timeout", "application_name", NULL};
    const char *values[] = {conninfo, "3", "wijzerd-start", NULL};
    PGconn *connection = PQconnectdbParams(keywords, values, 1);
    if (PQstatus(connection) == CONNECTION_OK) {
        PGresult *result = PQexec(connection, schema->question);
        state = compare(schema, result, err);
        PQclear(result);
    } else {
        const char *words = PQerrorMessage(connection);
        err_set(err, ERR_DATABASE_AWAY, "%s cannot be reached yet: %.*s", schema->what,
                (int)strcspn(words, "\n"), words);
    }
    PQfinish(connection);
    return state;
}

enum schema_state schema_check(const struct config *config, struct err *err)
{
    const char *const logins[SCHEMAS] = {config->database, config->key_database};
    enum schema_state state = SCHEMA_FITS;
    for (size_t i = 0; i < SCHEMAS && state == SCHEMA_FITS; i++)
        state = check_at(&schemas[i], logins[i], err);
    return state;
}

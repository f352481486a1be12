/*
 * A private PostgreSQL for tests: a cluster in a temporary directory, reached by a unix socket in that same
 * directory (port 5432 is only the name of the socket; nothing listens on TCP). As root the server runs as
 * user postgres, because it refuses to run as root. Commands' output goes to DIR/log.
 */
#ifndef WIJZER_TEST_CLUSTER_H
#define WIJZER_TEST_CLUSTER_H

#include <libpq-fe.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define CLUSTER_BIN "/usr/lib/postgresql/15/bin"

struct cluster {
    char dir[32]; /* short: a socket's path has 107 bytes */
};

__attribute__((format(printf, 2, 3))) static inline bool cluster_run(const struct cluster *cluster,
                                                                     const char *format, ...)
{
    char words[512], command[1024];
    va_list args;
    va_start(args, format);
    vsnprintf(words, sizeof words, format, args);
    va_end(args);
    snprintf(command, sizeof command, "cd %s && { %s%s ; } >>%s/log 2>&1 </dev/null", cluster->dir,
             geteuid() == 0 ? "setpriv --reuid=postgres --regid=postgres --init-groups " : "", words,
             cluster->dir);
    if (system(command) == 0)
        return true;
    fprintf(stderr, "failed: %s\n", command);
    snprintf(command, sizeof command, "tail -n 20 %s/log >&2", cluster->dir);
    if (system(command) != 0)
        fprintf(stderr, "and no log to show\n");
    return false;
}

static inline bool cluster_make_dir(struct cluster *cluster)
{
    char command[160];
    snprintf(cluster->dir, sizeof cluster->dir, "/tmp/wijzer-pg-XXXXXX");
    if (!mkdtemp(cluster->dir))
        return false;
    snprintf(command, sizeof command, "touch %s/log && chmod 666 %s/log && chmod 755 %s", cluster->dir,
             cluster->dir, cluster->dir);
    if (system(command) != 0)
        return false;
    snprintf(command, sizeof command, "chown -R postgres %s", cluster->dir);
    return geteuid() != 0 || system(command) == 0;
}

/* `options`: more for the server's command line, such as "-c jit=on". */
static inline bool cluster_start(const struct cluster *cluster, const char *options)
{
    return cluster_run(cluster,
                       CLUSTER_BIN "/pg_ctl start -w -t 60 -D %s/data -l %s/server.log -o \"-k %s -p 5432 "
                                   "-c listen_addresses= -c fsync=off -c max_connections=60 %s\"",
                       cluster->dir, cluster->dir, cluster->dir, options);
}

/* `mode`: smart, fast or immediate. */
static inline bool cluster_stop(const struct cluster *cluster, const char *mode)
{
    return cluster_run(cluster, CLUSTER_BIN "/pg_ctl stop -w -t 60 -m %s -D %s/data", mode, cluster->dir);
}

/* A new cluster, not started. */
static inline bool cluster_new(struct cluster *cluster)
{
    if (access(CLUSTER_BIN "/initdb", X_OK) != 0) {
        fprintf(stderr, "no PostgreSQL server in " CLUSTER_BIN ": apt-get install postgresql-15\n");
        return false;
    }
    return cluster_make_dir(cluster) &&
           cluster_run(cluster,
                       CLUSTER_BIN "/initdb --no-sync -A trust -U postgres -E UTF8 --locale=C -D %s/data",
                       cluster->dir);
}

/* A copy of one that is stopped. */
static inline bool cluster_copy(struct cluster *copy, const struct cluster *original)
{
    return cluster_make_dir(copy) && cluster_run(copy, "cp -a %s/data %s/data", original->dir, copy->dir);
}

/* Stops it if it runs and removes it. */
static inline void cluster_remove(const struct cluster *cluster)
{
    char command[96];
    snprintf(command, sizeof command, "%s/data/postmaster.pid", cluster->dir);
    if (access(command, F_OK) == 0)
        cluster_stop(cluster, "immediate");
    snprintf(command, sizeof command, "rm -rf %s", cluster->dir);
    if (system(command) != 0)
        fprintf(stderr, "%s stays behind\n", cluster->dir);
}

/* A connection of the test's own; NULL and a line where it fails. */
static inline PGconn *cluster_connect(const struct cluster *cluster)
{
    char conninfo[128];
    snprintf(conninfo, sizeof conninfo,
             "host=%s user=postgres dbname=postgres options='-c client_min_messages=error'", cluster->dir);
    PGconn *conn = PQconnectdb(conninfo);
    if (PQstatus(conn) == CONNECTION_OK)
        return conn;
    fprintf(stderr, "%s", PQerrorMessage(conn));
    PQfinish(conn);
    return NULL;
}

/* Runs SQL; `out` (may be NULL) gets the first value of the last result. */
static inline bool cluster_sql(const struct cluster *cluster, const char *sql, char *out, size_t size)
{
    PGconn *conn = cluster_connect(cluster);
    if (!conn)
        return false;
    PGresult *result = PQexec(conn, sql);
    ExecStatusType status = PQresultStatus(result);
    bool ok = status == PGRES_TUPLES_OK || status == PGRES_COMMAND_OK;
    if (!ok)
        fprintf(stderr, "%s", PQerrorMessage(conn));
    if (out)
        snprintf(out, size, "%s", ok && PQntuples(result) > 0 ? PQgetvalue(result, 0, 0) : "");
    PQclear(result);
    PQfinish(conn);
    return ok;
}

/* The first value as a number, -1 where there is none. */
static inline long cluster_number(const struct cluster *cluster, const char *sql)
{
    char text[32];
    return cluster_sql(cluster, sql, text, sizeof text) && text[0] ? strtol(text, NULL, 10) : -1;
}

#endif

/*
 * The hosts of a conninfo, one by one. libpq can try a list by itself, but in its asynchronous interface it
 * ignores connect_timeout, so one address that never answers would hold up the others for ever. Here the
 * lists of host, hostaddr and port are taken apart by libpq's own rules, and each connection is made to
 * exactly one of them. Names are resolved by libpq with a blocking getaddrinfo: give hostaddr where a name
 * server may be slow. Private to daemon/pg.
 */
#ifndef WIJZER_HOSTS_H
#define WIJZER_HOSTS_H

#include "arena.h"
#include "lane.h"

enum { HOSTS_MAX = 32, HOST_PARAMETERS_MAX = 64 };

struct pg_host {
    const char *host, *hostaddr, *port; /* NULL: libpq's default */
    const char *label;                  /* for the log: "db1:5432" */
};

struct pg_hosts {
    unsigned count; /* at least 1 */
    struct pg_host list[HOSTS_MAX];
    unsigned parameter_count; /* those that are the same for every host */
    const char *keywords[HOST_PARAMETERS_MAX], *values[HOST_PARAMETERS_MAX];
};

/* Fills *hosts with texts owned by the arena. ERR_CONFIG where the conninfo cannot be parsed or its lists do
 * not have the same length. */
bool hosts_parse(struct pg_hosts *hosts, struct arena *arena, const struct pg_options *options,
                 struct err *err);
/* PQconnectStartParams to host `index`; returns owned, NULL only without memory. */
PGconn *hosts_connect(const struct pg_hosts *hosts, unsigned index);

#endif

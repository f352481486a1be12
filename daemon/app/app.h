/*
 * What the parts of the process share: read-only after start but for the atomics. The main thread owns it,
 * accepts connections, handles signals and serves the metrics listener; each worker has an event loop of its
 * own; the keeper watches the database for new region snapshots; the desk does long work on rule tables. They
 * talk by mail.
 */
#ifndef WIJZER_APP_H
#define WIJZER_APP_H

#include <stdatomic.h>

#include "clock.h"
#include "config.h"
#include "listener.h"
#include "mailbox.h"
#include "tls.h"

#define API_VERSION "1.0.0"

/* What workers, the keeper and the main thread send each other. */
enum mail_kind {
    MAIL_CONNECTION, /* value: descriptor, gives it away */
    MAIL_WEB,        /* the same, of web-listen */
    MAIL_REGION,     /* object: struct region, with a reference */
    MAIL_CONFIG,     /* object: struct config, with a reference */
    MAIL_TLS,        /* object: struct tls_context, with a reference */
    MAIL_DOOR,       /* object: struct door, with a reference */
    MAIL_RIGHTS,     /* somebody's rights have changed: who are the peers? */
    MAIL_KEYS,       /* object: struct keyrings, with a reference */
    MAIL_FORGET,     /* value: a client whose key was destroyed (ids are the database's, not a region's) */
    MAIL_TASK,       /* object: struct desk_task, done: the worker answers and frees it */
    MAIL_DRAIN,
    MAIL_STOPPED,  /* to the main thread: a worker has drained */
    MAIL_KEYS_OLD, /* to the main thread: a worker met a wrapping key that its keyrings do not have */
};

struct worker;
struct desk;
struct board;

struct app {
    struct clock clock;
    struct conn_caps *caps, *account_caps;
    struct conn_caps *file_caps;          /* files that come or go now, of all and of an account */
    struct conn_caps *organisation_files; /* the same of an organisation */
    struct worker **workers;
    unsigned worker_count;
    struct mailbox *mailbox; /* the main thread's */
    atomic_bool is_draining;
    atomic_bool schema_fits; /* what the keeper saw last */
    atomic_uint regions;     /* loaded */
    atomic_uint drafts;      /* requests with a large body that are being read */
    struct board *board;     /* what is in force, for health and metrics */
    struct desk *desk;
    struct tls_counts tls_counts;
};

/* The name of the last change of sql/sqitch.plan that this program was built with; and of
 * sql/keys/sqitch.plan. */
extern const char *const app_schema_version, *const app_keys_schema_version;

#endif

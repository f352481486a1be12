/*
 * The log: one structured line per event on one sink (standard error or a file), `key=value` with quoting
 * where needed (logfmt). Ids only: no name, address, phone number or free text of a client ever. The same
 * call counts: each line adds to the counter of its event (log_count), which the metrics publish. Repeated
 * lines of one event are limited per second; what was held back is told in `log-suppressed` before the next
 * line of any event. A line that is too long is cut and ends in `cut=true`. Leaves errno alone. Thread safe.
 */
#ifndef WIJZER_LOG_H
#define WIJZER_LOG_H

#include <stdint.h>

#include "err.h"
#include "slice.h"

enum log_level { LOG_DEBUG, LOG_INFO, LOG_WARN, LOG_ERROR };

/* Every event the daemon can log: X(enumerator, "word", level). */
#define LOG_EVENTS(X)                                                                                        \
    X(EV_STARTED, "started", LOG_INFO)                                                                       \
    X(EV_STOPPED, "stopped", LOG_INFO)                                                                       \
    X(EV_DRAINING, "draining", LOG_INFO)                                                                     \
    X(EV_RELOADED, "reloaded", LOG_INFO)                                                                     \
    X(EV_RELOAD_FAILED, "reload-failed", LOG_ERROR)                                                          \
    X(EV_LISTENING, "listening", LOG_INFO)                                                                   \
    X(EV_ACCEPT_PAUSED, "accept-paused", LOG_WARN)                                                           \
    X(EV_CONN_REFUSED, "connection-refused", LOG_WARN)                                                       \
    X(EV_TLS_REFUSED, "tls-refused", LOG_WARN)                                                               \
    X(EV_TLS_MATERIAL, "tls-material", LOG_WARN)                                                             \
    X(EV_ACCOUNT_REFUSED, "account-refused", LOG_WARN)                                                       \
    X(EV_ENROLLED, "enrolled", LOG_INFO)                                                                     \
    X(EV_ENROL_REFUSED, "enrolment-refused", LOG_WARN)                                                       \
    X(EV_REQUEST, "request", LOG_INFO)                                                                       \
    X(EV_REQUEST_FAILED, "request-failed", LOG_ERROR)                                                        \
    X(EV_LANE_UP, "lane-up", LOG_INFO)                                                                       \
    X(EV_LANE_DOWN, "lane-down", LOG_WARN)                                                                   \
    X(EV_JOB_FAILED, "job-failed", LOG_ERROR)                                                                \
    X(EV_BATCH_SPLIT, "batch-split", LOG_WARN)                                                               \
    X(EV_KEYS_FAILED, "keys-failed", LOG_ERROR)                                                              \
    X(EV_REGION_LOADED, "region-loaded", LOG_INFO)                                                           \
    X(EV_REGION_FAILED, "region-failed", LOG_ERROR)                                                          \
    X(EV_SHUT_IN, "shut-in", LOG_INFO)                                                                       \
    X(EV_EXPOSED, "exposed", LOG_WARN)                                                                       \
    X(EV_SEALED, "sealed", LOG_DEBUG)                                                                        \
    X(EV_SEAL_FAILED, "seal-failed", LOG_ERROR)                                                              \
    X(EV_NOT_SEALED, "not-sealed", LOG_WARN)                                                                 \
    X(EV_LETTER_SENT, "letter-sent", LOG_INFO)                                                               \
    X(EV_LETTER_FAILED, "letter-failed", LOG_WARN)                                                           \
    X(EV_LETTER_DEAD, "letter-dead", LOG_ERROR)                                                              \
    X(EV_VIRUS_FOUND, "virus-found", LOG_WARN)                                                               \
    X(EV_NOTICE, "notice", LOG_INFO)                                                                         \
    X(EV_SUPPRESSED, "log-suppressed", LOG_WARN)

enum log_event {
#define X(event, word, level) event,
    LOG_EVENTS(X)
#undef X
        LOG_EVENT_COUNT
};

/* Lines below `level` are counted but not written. `fd` is borrowed. Call before threads start. */
void log_open(int fd, enum log_level level);
/* Where it goes; for what may do nothing but write(). */
int log_fd(void);
void log_set_level(enum log_level level);
bool log_level_parse(struct slice word, enum log_level *out);

/* A field of a line. Text is quoted and escaped as needed; absent slices are left out. */
struct log_field {
    const char *key;
    enum { LOG_TEXT, LOG_NUMBER } type;
    struct slice text;
    int64_t number;
};
#define LOG_S(key, value) ((struct log_field){(key), LOG_TEXT, (value), 0})
#define LOG_T(key, value) ((struct log_field){(key), LOG_TEXT, slice_of(value), 0})
#define LOG_N(key, value) ((struct log_field){(key), LOG_NUMBER, {NULL, 0}, (int64_t)(value)})

/* log_event(EV_LANE_DOWN, LOG_N("lane", 2), LOG_T("host", host)); at least one field. */
#define log_event(event, ...)                                                                                \
    log_write((event), (const struct log_field[]){__VA_ARGS__},                                              \
              sizeof((const struct log_field[]){__VA_ARGS__}) / sizeof(struct log_field))
void log_write(enum log_event event, const struct log_field *fields, size_t count);
/* The event with the code, text, errno and SQLSTATE of an error. */
void log_error(enum log_event event, const struct err *err);

const char *log_event_word(enum log_event event);
/* How often an event was logged since the start, held-back lines included. */
uint64_t log_count(enum log_event event);

#endif

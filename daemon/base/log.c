#include "log.h"

#include <errno.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <unistd.h>

#include "clock.h"

#define CUT_MARK " cut=true"

/* RESERVE: for a closing quote, the mark and the newline, so that a cut line is still a line. */
enum { LINE = 1024, RESERVE = sizeof CUT_MARK + 1, LINES_PER_SECOND = 50 };

static const struct {
    const char *word;
    enum log_level level;
} events[LOG_EVENT_COUNT] = {
#define X(event, word, level) [event] = {word, level},
    LOG_EVENTS(X)
#undef X
};

static const char *const level_words[] = {"debug", "info", "warn", "error"};

/* The log sink: the only mutable global of the program. */
static struct {
    pthread_mutex_t lock; /* guards window, written, held, untold */
    int fd;
    atomic_int level;
    atomic_uint_fast64_t counts[LOG_EVENT_COUNT];
    int64_t window[LOG_EVENT_COUNT];
    unsigned written[LOG_EVENT_COUNT]; /* in this window */
    unsigned held[LOG_EVENT_COUNT];    /* in any window, and not told yet */
    unsigned untold;                   /* events that have lines held */
} sink = {.lock = PTHREAD_MUTEX_INITIALIZER, .fd = 2, .level = LOG_INFO};

void log_open(int fd, enum log_level level)
{
    sink.fd = fd;
    log_set_level(level);
}

int log_fd(void)
{
    return sink.fd;
}

void log_set_level(enum log_level level)
{
    atomic_store(&sink.level, (int)level);
}

bool log_level_parse(struct slice word, enum log_level *out)
{
    for (int i = 0; i < 4; i++)
        if (slice_is(word, level_words[i])) {
            *out = (enum log_level)i;
            return true;
        }
    return false;
}

struct line {
    char bytes[LINE];
    size_t used;
    bool is_cut; /* something did not fit: nothing more goes in */
};

/* All of it or nothing. */
static void put(struct line *line, const char *bytes, size_t n)
{
    line->is_cut |= line->used + n > sizeof line->bytes - RESERVE;
    if (line->is_cut)
        return;
    memcpy(line->bytes + line->used, bytes, n);
    line->used += n;
}

/* Into the reserve: fits always. */
static void put_end(struct line *line, const char *bytes, size_t n)
{
    memcpy(line->bytes + line->used, bytes, n);
    line->used += n;
}

static void put_text(struct line *line, const char *text)
{
    put(line, text, strlen(text));
}

static bool is_plain(struct slice text)
{
    for (size_t i = 0; i < text.len; i++) {
        unsigned char c = (unsigned char)text.ptr[i];
        if (c <= ' ' || c == '"' || c == '=' || c == '\\' || c >= 0x7f)
            return false;
    }
    return text.len > 0;
}

static void put_value(struct line *line, struct slice text)
{
    if (is_plain(text)) {
        for (size_t i = 0; i < text.len; i++)
            put(line, text.ptr + i, 1);
        return;
    }
    put(line, "\"", 1);
    if (line->is_cut)
        return;
    for (size_t i = 0; i < text.len; i++) {
        unsigned char c = (unsigned char)text.ptr[i];
        char escaped[8];
        if (c < ' ' || c >= 0x7f || c == '"' || c == '\\') {
            snprintf(escaped, sizeof escaped, "\\x%02x", c);
            put_text(line, escaped);
        } else {
            put(line, text.ptr + i, 1);
        }
    }
    put_end(line, "\"", 1);
}

static void put_field(struct line *line, const struct log_field *field)
{
    char number[32];
    if (field->type == LOG_TEXT && !field->text.ptr)
        return;
    size_t start = line->used;
    put(line, " ", 1);
    put_text(line, field->key);
    put(line, "=", 1);
    if (line->is_cut)
        line->used = start; /* no half key */
    if (field->type == LOG_TEXT) {
        put_value(line, field->text);
    } else {
        snprintf(number, sizeof number, "%lld", (long long)field->number);
        put_text(line, number);
    }
}

static void write_line(enum log_event event, const struct log_field *fields, size_t count, moment now)
{
    struct line line = {.used = 0};
    char at[MOMENT_TEXT];
    put_text(&line, "at=");
    put_text(&line, moment_text(now, at));
    put_text(&line, " level=");
    put_text(&line, level_words[events[event].level]);
    put_text(&line, " event=");
    put_text(&line, events[event].word);
    for (size_t i = 0; i < count; i++)
        put_field(&line, &fields[i]);
    if (line.is_cut)
        put_end(&line, CUT_MARK, sizeof CUT_MARK - 1);
    put_end(&line, "\n", 1);
    for (size_t sent = 0; sent < line.used;) {
        ssize_t n = write(sink.fd, line.bytes + sent, line.used - sent);
        if (n < 0 && errno == EINTR)
            continue;
        if (n <= 0)
            break; /* nobody to tell */
        sent += (size_t)n;
    }
}

static bool is_shown(enum log_event event)
{
    return (int)events[event].level >= atomic_load_explicit(&sink.level, memory_order_relaxed);
}

/* Whether this line may be written now. */
static bool admit(enum log_event event, int64_t second)
{
    pthread_mutex_lock(&sink.lock);
    if (sink.window[event] != second) {
        sink.window[event] = second;
        sink.written[event] = 0;
    }
    bool admitted = sink.written[event] < LINES_PER_SECOND;
    if (admitted)
        sink.written[event]++;
    else if (sink.held[event]++ == 0)
        sink.untold++;
    pthread_mutex_unlock(&sink.lock);
    return admitted;
}

/* Takes the lines held back of `event` in a second that is over; 0: none. */
static unsigned take_held(enum log_event event, int64_t second)
{
    unsigned held = 0;
    pthread_mutex_lock(&sink.lock);
    if (sink.held[event] && sink.window[event] != second) {
        held = sink.held[event];
        sink.held[event] = 0;
        sink.untold--;
    }
    pthread_mutex_unlock(&sink.lock);
    return held;
}

static bool has_untold(void)
{
    pthread_mutex_lock(&sink.lock);
    bool untold = sink.untold > 0;
    pthread_mutex_unlock(&sink.lock);
    return untold;
}

/* Any line tells what was held back of every event, so that a flood that stopped is told as well. */
static void tell_held(moment now)
{
    if (!is_shown(EV_SUPPRESSED) || !has_untold())
        return;
    for (int i = 0; i < LOG_EVENT_COUNT; i++) {
        unsigned held = take_held((enum log_event)i, now / MOMENT_SECOND);
        if (!held)
            continue;
        struct log_field told[] = {LOG_T("of", events[i].word), LOG_N("lines", held)};
        atomic_fetch_add_explicit(&sink.counts[EV_SUPPRESSED], 1, memory_order_relaxed);
        write_line(EV_SUPPRESSED, told, 2, now);
    }
}

void log_write(enum log_event event, const struct log_field *fields, size_t count)
{
    atomic_fetch_add_explicit(&sink.counts[event], 1, memory_order_relaxed);
    if (!is_shown(event))
        return;
    int kept = errno;
    struct clock clock = clock_system(0);
    moment now = clock_wall(&clock);
    tell_held(now);
    if (admit(event, now / MOMENT_SECOND))
        write_line(event, fields, count, now);
    errno = kept;
}

void log_error(enum log_event event, const struct err *err)
{
    char number[12] = "";
    if (err->os)
        snprintf(number, sizeof number, "%d", err->os);
    struct log_field fields[] = {
        LOG_T("code", err_word(err->code)),
        LOG_T("where", err->where),
        LOG_T("errno", err->os ? number : NULL),
        LOG_T("sqlstate", err->sqlstate[0] ? err->sqlstate : NULL),
        LOG_T("text", err->text),
    };
    log_write(event, fields, sizeof fields / sizeof fields[0]);
}

const char *log_event_word(enum log_event event)
{
    return events[event].word;
}

uint64_t log_count(enum log_event event)
{
    return atomic_load_explicit(&sink.counts[event], memory_order_relaxed);
}

#include "seal_audit.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "clock.h"
#include "code.h"
#include "json_in.h"
#include "json_out.h"
#include "seal_file.h"
#include "seal_live.h"

enum { PIECE = 1 << 18, ROOTS_MAX = 1 << 20, LINE = 256 };

/* One run. */
struct run {
    const struct audit *audit;
    struct seal_verify *verify;
    struct clock clock;
    int64_t size, done; /* bytes; size 0: not known */
    int64_t shown_at;   /* monotonic; 0: no progress is shown */
    bool has_finding;
};

/* ---- roots ---- */

static bool add_root(struct audit *audit, const char *path, const json_t *value, struct err *err)
{
    const char *region = json_string_value(json_object_get(value, "region"));
    const char *log = json_string_value(json_object_get(value, "log"));
    const char *hash = json_string_value(json_object_get(value, "hash"));
    struct seal_root root = {.block = json_integer_value(json_object_get(value, "block"))};
    int number = log ? seal_log_find(slice_of(log)) : SEAL_LOGS;
    if (!region || number == SEAL_LOGS || !hash || !digest_parse(slice_of(hash), &root.hash) ||
        root.block < 1)
        return err_set(err, ERR_CONFIG, "%s: not what `wijzerd seal root` writes", path);
    if (audit->root_count == AUDIT_ROOTS)
        return err_set(err, ERR_CONFIG, "%s: more than %d roots", path, AUDIT_ROOTS);
    root.log = (enum seal_log_number)number;
    root.region_code = arena_slice(audit->arena, slice_of(region));
    audit->roots[audit->root_count++] = root;
    return true;
}

bool audit_add_roots(struct audit *audit, const char *path, struct err *err)
{
    struct err why;
    struct slice text = file_read(path, ROOTS_MAX, err);
    if (!text.ptr)
        return false;
    json_t *value = json_in_read(text, &why), *element;
    bool ok = value || err_set(err, ERR_CONFIG, "%s: %s", path, why.text);
    size_t i;
    if (json_is_array(value)) {
        json_array_foreach(value, i, element) ok = ok && add_root(audit, path, element, err);
    } else if (value) {
        ok = add_root(audit, path, value, err);
    }
    json_decref(value);
    free((char *)(uintptr_t)text.ptr);
    return ok;
}

/* ---- telling ---- */

static const char *row_code(int64_t about, char out[CODE_TEXT])
{
    return about > 0 && about < CODE_IDS ? code_text(about, out) : NULL;
}

static void print_finding(const struct seal_finding *finding, const char *code)
{
    const char *log = seal_logs[finding->log].name;
    printf("%s: ", seal_fault_word(finding->fault));
    if (finding->region_code.ptr)
        printf("region %.*s, log %s", SLICE_FMT(finding->region_code), log);
    else
        printf("region %lld, log %s", (long long)finding->region, log);
    if (finding->block)
        printf(", block %lld", (long long)finding->block);
    if (finding->id)
        printf(", %s %lld", finding->log == SEAL_EVENT ? "event" : "row", (long long)finding->id);
    if (code)
        printf(" of %s %s", finding->log == SEAL_EVENT ? "referral" : "object", code);
    printf(" %s\n", seal_fault_text(finding->fault));
}

static void print_json_finding(struct run *run, const struct seal_finding *finding, const char *code)
{
    struct arena *arena = arena_new(0);
    struct json_out out = json_out_new(arena, LINE);
    out_open(&out, NULL, '{');
    out_text(&out, "what", slice_of(seal_fault_word(finding->fault)));
    out_text(&out, "region", finding->region_code);
    out_text(&out, "log", slice_of(seal_logs[finding->log].name));
    if (finding->block)
        out_integer(&out, "block", finding->block);
    if (finding->id)
        out_integer(&out, "id", finding->id);
    if (code)
        out_text(&out, finding->log == SEAL_EVENT ? "referral" : "object", slice_of(code));
    out_text(&out, "text", slice_of(seal_fault_text(finding->fault)));
    out_close(&out, '}');
    printf("%s%.*s", run->has_finding ? ",\n" : "\n", SLICE_FMT(json_out_slice(&out)));
    arena_free(&arena);
}

static void clear_progress(struct run *run)
{
    if (run->shown_at)
        fputs("\r\033[K", stderr);
}

static void on_finding(void *arg, const struct seal_finding *finding)
{
    struct run *run = arg;
    char code[CODE_TEXT];
    clear_progress(run);
    if (run->audit->is_json)
        print_json_finding(run, finding, row_code(finding->about, code));
    else
        print_finding(finding, row_code(finding->about, code));
    run->has_finding = true;
}

static void out_summary(struct json_out *out, const struct seal_summary *summary)
{
    char hash[DIGEST_HEX];
    out_open(out, NULL, '{');
    out_text(out, "region", summary->region_code);
    out_text(out, "log", slice_of(seal_logs[summary->log].name));
    out_integer(out, "blocks", summary->blocks);
    out_integer(out, "sealed", summary->sealed);
    out_integer(out, "unsealed", summary->unsealed);
    if (summary->last) {
        out_integer(out, "last", summary->last);
        out_moment(out, "at", summary->sealed_at);
        out_text(out, "hash", slice_of(digest_hex(&summary->hash, hash)));
    }
    out_close(out, '}');
}

static void print_json_end(const struct seal_summary *summaries, size_t count, bool holds)
{
    struct arena *arena = arena_new(0);
    struct json_out out = json_out_new(arena, LINE);
    out_open(&out, NULL, '[');
    for (size_t i = 0; i < count; i++)
        out_summary(&out, &summaries[i]);
    out_close(&out, ']');
    printf("],\n\"logs\":%.*s,\n\"holds\":%s}\n", SLICE_FMT(json_out_slice(&out)), holds ? "true" : "false");
    arena_free(&arena);
}

static void print_summary(const struct seal_summary *summary)
{
    char at[MOMENT_TEXT];
    printf("region %.*s, log %s: %lld blocks, %lld rows sealed, %lld not yet",
           SLICE_FMT(summary->region_code), seal_logs[summary->log].name, (long long)summary->blocks,
           (long long)summary->sealed, (long long)summary->unsealed);
    if (summary->last)
        printf("; the last of %s", moment_text(summary->sealed_at, at));
    putchar('\n');
}

static void print_end(const struct run *run)
{
    const struct seal_summary *summaries;
    size_t count = seal_verify_summaries(run->verify, &summaries),
           findings = seal_verify_findings(run->verify);
    if (run->audit->is_json) {
        print_json_end(summaries, count, !findings);
        return;
    }
    for (size_t i = 0; i < count; i++)
        print_summary(&summaries[i]);
    if (findings)
        printf("%zu %s: history is not as it was sealed\n", findings, findings == 1 ? "finding" : "findings");
    else
        printf("all holds\n");
}

/* ---- reading ---- */

static void show_progress(struct run *run)
{
    int64_t now = clock_monotonic(&run->clock);
    if (!run->shown_at || now - run->shown_at < MOMENT_SECOND / 2)
        return;
    run->shown_at = now;
    if (run->size)
        fprintf(stderr, "\r%lld%% of %lld MB read", (long long)(run->done * 100 / run->size),
                (long long)(run->size >> 20));
    else
        fprintf(stderr, "\r%lld MB read", (long long)(run->done >> 20));
}

static bool feed(void *arg, struct slice bytes, struct err *err)
{
    struct run *run = arg;
    run->done += (int64_t)bytes.len;
    show_progress(run);
    return seal_verify_feed(run->verify, bytes, err);
}

static bool feed_file(struct run *run, int fd, const char *name, struct err *err)
{
    char *piece = xcalloc(1, PIECE);
    bool ok = true;
    ssize_t n;
    while (ok && (n = read(fd, piece, PIECE)) != 0)
        if (n > 0)
            ok = feed(run, slice_make(piece, (size_t)n), err);
        else if (errno != EINTR)
            ok = err_set_os(err, ERR_CONFIG, errno, "%s", name);
    free(piece);
    return ok;
}

static bool read_dump(struct run *run, struct err *err)
{
    const char *path = run->audit->dump;
    struct stat status;
    bool is_input = strcmp(path, "-") == 0;
    int fd = is_input ? STDIN_FILENO : open(path, O_RDONLY | O_CLOEXEC);
    if (fd < 0)
        return err_set_os(err, ERR_CONFIG, errno, "%s", path);
    if (fstat(fd, &status) == 0 && S_ISREG(status.st_mode))
        run->size = status.st_size;
    bool ok = feed_file(run, fd, is_input ? "standard input" : path, err);
    if (!is_input)
        close(fd);
    return ok;
}

/* A file that has no name, where temporary files go. */
static FILE *scratch(void)
{
    const char *place = getenv("TMPDIR");
    int fd = open(place && *place ? place : "/tmp", O_TMPFILE | O_RDWR | O_CLOEXEC, 0600);
    FILE *file = fd >= 0 ? fdopen(fd, "w+") : tmpfile();
    if (!file && fd >= 0)
        close(fd);
    return file;
}

static bool read_all(struct run *run, struct err *err)
{
    if (run->audit->dump)
        return read_dump(run, err);
    return seal_live_read(run->audit->database, feed, run, err);
}

bool audit_run(const struct audit *audit, bool *holds, struct err *err)
{
    struct run run = {.audit = audit, .clock = clock_system(0)};
    struct seal_verify_options options = {.keys = audit->keys,
                                          .key_count = audit->key_count,
                                          .roots = audit->roots,
                                          .root_count = audit->root_count,
                                          .scratch = scratch,
                                          .on_finding = on_finding,
                                          .arg = &run};
    run.verify = seal_verify_new(&options);
    run.shown_at = isatty(STDERR_FILENO) ? clock_monotonic(&run.clock) : 0;
    if (audit->is_json)
        printf("{\"findings\":[");
    bool ok = read_all(&run, err) && seal_verify_end(run.verify, err);
    clear_progress(&run);
    if (ok)
        print_end(&run);
    else if (audit->is_json)
        printf("],\"logs\":[],\"holds\":false}\n");
    *holds = ok && !seal_verify_findings(run.verify);
    seal_verify_free(&run.verify);
    return ok;
}

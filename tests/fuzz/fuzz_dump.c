// links: seal base
// runs: 4000
/* A dump says the same whole, in two pieces and byte by byte; verifying any of it does no harm. */
#include "fuzz.h"

#include <stdlib.h>

#include "arena.h"
#include "dump.h"
#include "seal_verify.h"

/* What a reader was told, as a number. */
struct told {
    struct digest digest;
    bool ok;
};

static void add(struct told *told, struct slice text)
{
    struct slice before = slice_make((const char *)told->digest.bytes, DIGEST_SIZE);
    told->digest = digest_with(text.ptr ? DIGEST_LEAF : DIGEST_NODE, before, text);
}

static bool on_table(void *arg, struct slice schema, struct slice table, const struct slice *columns,
                     size_t count)
{
    add(arg, schema);
    add(arg, table);
    for (size_t i = 0; i < count; i++)
        add(arg, columns[i]);
    return table.len % 4 != 1;
}

static bool on_row(void *arg, const struct slice *cells, size_t count, struct err *err)
{
    (void)err;
    for (size_t i = 0; i < count; i++)
        add(arg, cells[i]);
    return true;
}

static struct told read_pieces(struct slice text, size_t first, size_t then)
{
    struct told told = {.ok = true};
    struct dump *dump = dump_new(&(struct dump_sink){on_table, on_row, &told});
    struct err err;
    for (size_t at = 0, size = first; told.ok && at < text.len; at += size, size = then) {
        size = size < text.len - at ? size : text.len - at;
        told.ok = dump_feed(dump, slice_make(text.ptr + at, size), &err);
    }
    told.ok = told.ok && dump_end(dump, &err);
    dump_free(&dump);
    return told;
}

static void compare(struct told a, struct told b)
{
    if (a.ok != b.ok || !digest_equal(&a.digest, &b.digest))
        abort();
}

static void on_finding(void *arg, const struct seal_finding *finding)
{
    (void)arg;
    if (finding->fault >= SEAL_FAULT_COUNT || finding->log >= SEAL_LOGS)
        abort();
}

static FILE *scratch(void)
{
    return tmpfile();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct slice text = slice_make((const char *)data, size);
    struct told whole = read_pieces(text, size ? size : 1, 1);
    compare(whole, read_pieces(text, size / 2 + 1, size + 1));
    compare(whole, read_pieces(text, 1, 1));
    struct seal_verify_options options = {.scratch = scratch, .chunk = 64, .on_finding = on_finding};
    struct seal_verify *verify = seal_verify_new(&options);
    struct err err;
    if (seal_verify_feed(verify, text, &err))
        seal_verify_end(verify, &err);
    seal_verify_free(&verify);
    return 0;
}

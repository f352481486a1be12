#include "seal_command.h"

#include <getopt.h>
#include <libpq-fe.h>
#include <stdio.h>
#include <stdlib.h>

#include "config.h"
#include "json_out.h"
#include "seal_audit.h"
#include "seal_file.h"
#include "store.h"

enum { EXIT_USAGE = 2, FIRST = 4096 };

static const char usage[] =
    "wijzerd seal: history that shows when somebody changed it\n"
    "\n"
    "  wijzerd seal key FILE             make a key in FILE; its public half goes to standard output\n"
    "  wijzerd [-c FILE] seal status     how far each region's logs are sealed\n"
    "  wijzerd [-c FILE] seal root [REGION]\n"
    "                                    the last block of each log, signed, to be kept elsewhere\n"
    "  wijzerd [-c FILE] seal verify [--dump FILE] [--key FILE]... [--root FILE]...\n"
    "                                    check a plain dump (- is standard input), or the live database\n"
    "\n"
    "  --key FILE    a public key that may have signed; default: that of seal-key\n"
    "  --root FILE   what seal root wrote before: it must be in the chain\n"
    "  --json        for status and verify\n"
    "\n"
    "Exit status: 0 done and all holds, 1 something is wrong, 2 wrong use. See wijzerd(8).\n";

/* What was asked for. */
struct order {
    const char *path;
    const struct config *config; /* NULL until it is needed */
    const char *word;            /* behind the command */
    const char *dump;
    const char *keys[AUDIT_KEYS], *roots[AUDIT_ROOTS];
    size_t key_count, root_count;
    bool is_json;
};

static int complain(const struct err *err)
{
    fprintf(stderr, "wijzerd: %s\n", err->text);
    return EXIT_FAILURE;
}

static int refuse(const char *text)
{
    fprintf(stderr, "wijzerd: %s; see wijzerd seal --help\n", text);
    return EXIT_USAGE;
}

static bool read_config(struct order *order, struct err *err)
{
    if (!order->config)
        order->config = config_read(order->path, err);
    return order->config != NULL;
}

/* ---- the database ---- */

static bool is_refused(PGconn *connection, const PGresult *result, struct err *err)
{
    const char *words = PQerrorMessage(connection);
    return PQresultStatus(result) != PGRES_TUPLES_OK &&
           !err_set(err, ERR_DATABASE_AWAY, "the database: %.*s", (int)strcspn(words, "\n"), words);
}

static PGresult *ask(PGconn *connection, enum store_statement statement, const char *param, struct err *err)
{
    const struct pg_statement *asked = &store_statements[statement];
    PGresult *result = PQexecParams(connection, asked->sql, asked->param_count, NULL, &param, NULL, NULL, 0);
    if (!is_refused(connection, result, err))
        return result;
    PQclear(result);
    return NULL;
}

/* What is done with each log of each region. */
struct visitor {
    bool (*visit)(struct visitor *visitor, struct slice region, int64_t region_id, const PGresult *rows,
                  int row);
    struct order *order;
    struct json_out out;
    struct seal_key *key; /* may be NULL */
    size_t count;
    struct err *err;
};

static bool visit_region(struct visitor *visitor, PGconn *connection, const PGresult *regions, int row)
{
    struct slice code = store_text(regions, row, "code");
    const char *wanted = visitor->order->word;
    if (wanted && !slice_is(code, wanted))
        return true;
    PGresult *logs = ask(connection, STORE_SEAL_STATUS, PQgetvalue(regions, row, 0), visitor->err);
    bool ok = logs != NULL;
    for (int i = 0; ok && i < PQntuples(logs); i++, visitor->count++)
        ok = visitor->visit(visitor, code, store_number(regions, row, "region_id", 0), logs, i);
    PQclear(logs);
    return ok;
}

static bool visit_all(struct visitor *visitor)
{
    PGconn *connection =
        PQconnectdb(visitor->order->config->database ? visitor->order->config->database : "");
    const char *words = PQerrorMessage(connection);
    bool ok =
        PQstatus(connection) == CONNECTION_OK ||
        err_set(visitor->err, ERR_DATABASE_AWAY, "the database: %.*s", (int)strcspn(words, "\n"), words);
    PGresult *regions = ok ? ask(connection, STORE_REGIONS, NULL, visitor->err) : NULL;
    ok = regions != NULL;
    for (int row = 0; ok && row < PQntuples(regions); row++)
        ok = visit_region(visitor, connection, regions, row);
    if (ok && visitor->order->word && !visitor->count)
        ok = err_set(visitor->err, ERR_CONFIG, "there is no region '%s'", visitor->order->word);
    PQclear(regions);
    PQfinish(connection);
    return ok;
}

/* ---- status ---- */

static bool show_status(struct visitor *visitor, struct slice region, int64_t region_id, const PGresult *rows,
                        int row)
{
    char at[MOMENT_TEXT];
    int64_t blocks = store_number(rows, row, "block_no", 0),
            unsealed = store_number(rows, row, "unsealed", 0);
    struct slice log = store_text(rows, row, "log");
    (void)visitor, (void)region_id;
    printf("region %.*s, log %.*s: %lld blocks, %lld rows not sealed yet", SLICE_FMT(region), SLICE_FMT(log),
           (long long)blocks, (long long)unsealed);
    if (blocks)
        printf("; the last of %s", moment_text(store_number(rows, row, "sealed_us", 0), at));
    if (slice_is(store_text(rows, row, "is_behind"), "t"))
        printf("; transactions are numbered lower than history: run wijzerd migrate");
    putchar('\n');
    return true;
}

static bool out_status(struct visitor *visitor, struct slice region, int64_t region_id, const PGresult *rows,
                       int row)
{
    struct json_out *out = &visitor->out;
    int64_t blocks = store_number(rows, row, "block_no", 0);
    (void)region_id;
    out_open(out, NULL, '{');
    out_text(out, "region", region);
    out_text(out, "log", store_text(rows, row, "log"));
    out_integer(out, "blocks", blocks);
    out_integer(out, "unsealed", store_number(rows, row, "unsealed", 0));
    if (blocks)
        out_moment(out, "at", store_number(rows, row, "sealed_us", 0));
    out_bool(out, "behind", slice_is(store_text(rows, row, "is_behind"), "t"));
    out_close(out, '}');
    return true;
}

static int run_status(struct order *order)
{
    struct err err;
    struct arena *arena = arena_new(0);
    struct visitor visitor = {
        .visit = order->is_json ? out_status : show_status, .order = order, .err = &err};
    visitor.out = json_out_new(arena, FIRST);
    out_open(&visitor.out, NULL, '[');
    bool ok = read_config(order, &err) && visit_all(&visitor);
    out_close(&visitor.out, ']');
    if (ok && order->is_json)
        printf("%.*s\n", SLICE_FMT(json_out_slice(&visitor.out)));
    arena_free(&arena);
    return ok ? EXIT_SUCCESS : complain(&err);
}

/* ---- root ---- */

/* The last block as it stands in the database; its rows' digest is computed. */
static bool read_block(const PGresult *rows, int row, int64_t region, struct seal_block *block)
{
    static int64_t ids[SEAL_BLOCK], abouts[SEAL_BLOCK];
    struct slice key = store_text(rows, row, "key_id");
    long count = seal_numbers(store_text(rows, row, "ids"), ids, SEAL_BLOCK);
    int log = seal_log_find(store_text(rows, row, "log"));
    if (count < 1 || seal_numbers(store_text(rows, row, "abouts"), abouts, SEAL_BLOCK) != count ||
        log == SEAL_LOGS || key.len != SEAL_KEY_ID - 1)
        return false;
    *block = (struct seal_block){.region = region,
                                 .log = (enum seal_log_number)log,
                                 .number = store_number(rows, row, "block_no", 0),
                                 .horizon = store_number(rows, row, "horizon", 0),
                                 .up_to = store_number(rows, row, "up_to", 0),
                                 .until = store_number(rows, row, "until_us", 0),
                                 .sealed_at = store_number(rows, row, "sealed_us", 0)};
    memcpy(block->key_id, key.ptr, key.len);
    seal_block_rows(block, ids, abouts, (size_t)count);
    return digest_parse(store_text(rows, row, "previous"), &block->previous) &&
           digest_parse(store_text(rows, row, "root"), &block->root);
}

static void out_root(struct visitor *visitor, struct slice region, const struct seal_block *block,
                     struct slice signature)
{
    struct json_out *out = &visitor->out;
    struct digest digest = seal_block_hash(block);
    char hash[DIGEST_HEX], head[SEAL_HEAD], pem[SEAL_PEM];
    struct err ignored;
    out_open(out, NULL, '{');
    out_text(out, "region", region);
    out_text(out, "log", slice_of(seal_logs[block->log].name));
    out_integer(out, "block", block->number);
    out_text(out, "hash", slice_of(digest_hex(&digest, hash)));
    out_integer(out, "count", block->count);
    out_moment(out, "at", block->sealed_at);
    out_text(out, "key", slice_of(block->key_id));
    out_text(out, "signature", signature);
    if (visitor->key && strcmp(seal_key_id(visitor->key), block->key_id) == 0 &&
        seal_key_text(visitor->key, false, pem, &ignored))
        out_text(out, "publicKey", slice_of(pem));
    out_text(out, "head", seal_block_head(block, head));
    out_close(out, '}');
}

static bool visit_root(struct visitor *visitor, struct slice region, int64_t region_id, const PGresult *rows,
                       int row)
{
    struct seal_block block;
    struct digest stored;
    if (!store_number(rows, row, "block_no", 0))
        return true;
    bool is_read =
        read_block(rows, row, region_id, &block) && digest_parse(store_text(rows, row, "hash"), &stored);
    struct digest hash = is_read ? seal_block_hash(&block) : (struct digest){{0}};
    if (!is_read || !digest_equal(&hash, &stored))
        return err_set(visitor->err, ERR_INTERNAL,
                       "the last block of region %.*s is not as it was sealed: verify it", SLICE_FMT(region));
    out_root(visitor, region, &block, store_text(rows, row, "signature"));
    return true;
}

static int run_root(struct order *order)
{
    struct err err, ignored;
    struct arena *arena = arena_new(0);
    struct visitor visitor = {.visit = visit_root, .order = order, .err = &err};
    visitor.out = json_out_new(arena, FIRST);
    out_open(&visitor.out, NULL, '[');
    bool ok = read_config(order, &err);
    if (ok && order->config->seal_key)
        visitor.key = seal_key_read(order->config->seal_key, &ignored);
    ok = ok && visit_all(&visitor);
    out_close(&visitor.out, ']');
    if (ok)
        printf("%.*s\n", SLICE_FMT(json_out_slice(&visitor.out)));
    if (visitor.key)
        seal_key_free(&visitor.key);
    arena_free(&arena);
    return ok ? EXIT_SUCCESS : complain(&err);
}

/* ---- key ---- */

static int run_key(struct order *order)
{
    struct err err;
    char text[SEAL_PEM];
    if (!order->word)
        return refuse("seal key needs the name of a file that is not there yet");
    struct seal_key *key = seal_key_make(order->word, &err);
    bool ok = key && seal_key_text(key, false, text, &err);
    if (ok)
        fputs(text, stdout);
    if (key)
        seal_key_free(&key);
    return ok ? EXIT_SUCCESS : complain(&err);
}

/* ---- verify ---- */

/* Those that were named, or that of the configuration. */
static bool read_keys(struct order *order, struct audit *audit, struct err *err)
{
    if (!order->key_count) {
        if (!read_config(order, err))
            return false;
        if (!order->config->seal_key)
            return err_set(err, ERR_CONFIG, "--key is needed: seal-key is not set");
        order->keys[order->key_count++] = order->config->seal_key;
    }
    for (size_t i = 0; i < order->key_count; i++, audit->key_count++)
        if (!(audit->keys[i] = seal_key_read(order->keys[i], err)))
            return false;
    return true;
}

static bool read_material(struct order *order, struct audit *audit, struct err *err)
{
    if (!read_keys(order, audit, err))
        return false;
    for (size_t i = 0; i < order->root_count; i++)
        if (!audit_add_roots(audit, order->roots[i], err))
            return false;
    if (order->dump)
        return true;
    if (!read_config(order, err))
        return false;
    audit->database = order->config->migrate_database;
    return audit->database || err_set(err, ERR_CONFIG, "migrate-database is not set; or give --dump FILE");
}

static int run_verify(struct order *order)
{
    struct err err;
    bool holds = false;
    struct audit *audit = xcalloc(1, sizeof *audit);
    audit->arena = arena_new(0);
    audit->dump = order->dump;
    audit->is_json = order->is_json;
    bool ok = read_material(order, audit, &err) && audit_run(audit, &holds, &err);
    for (size_t i = 0; i < audit->key_count; i++)
        seal_key_free((struct seal_key **)(uintptr_t)&audit->keys[i]);
    arena_free(&audit->arena);
    xfree(audit);
    if (!ok)
        return complain(&err);
    return holds ? EXIT_SUCCESS : EXIT_FAILURE;
}

/* ---- words ---- */

static const struct {
    const char *name;
    int (*run)(struct order *order);
} commands[] = {{"key", run_key}, {"status", run_status}, {"root", run_root}, {"verify", run_verify}};

static bool add_name(const char **list, size_t *count, size_t most)
{
    if (*count == most)
        return false;
    list[(*count)++] = optarg;
    return true;
}

/* -1: all were taken; else the exit status. */
static int read_options(int argc, char **argv, struct order *order)
{
    static const struct option longs[] = {{"config", required_argument, NULL, 'c'},
                                          {"dump", required_argument, NULL, 'd'},
                                          {"key", required_argument, NULL, 'k'},
                                          {"root", required_argument, NULL, 'r'},
                                          {"json", no_argument, NULL, 'j'},
                                          {"help", no_argument, NULL, 'h'},
                                          {NULL, 0, NULL, 0}};
    for (int c; (c = getopt_long(argc, argv, "c:h", longs, NULL)) != -1;)
        switch (c) {
        case 'c':
            order->path = optarg;
            break;
        case 'd':
            order->dump = optarg;
            break;
        case 'j':
            order->is_json = true;
            break;
        case 'k':
            if (!add_name(order->keys, &order->key_count, AUDIT_KEYS))
                return refuse("too many keys");
            break;
        case 'r':
            if (!add_name(order->roots, &order->root_count, AUDIT_ROOTS))
                return refuse("too many roots");
            break;
        case 'h':
            fputs(usage, stdout);
            return EXIT_SUCCESS;
        default:
            fputs("See wijzerd seal --help.\n", stderr);
            return EXIT_USAGE;
        }
    return -1;
}

static int run_word(const char *name, struct order *order)
{
    for (size_t i = 0; i < sizeof commands / sizeof commands[0]; i++)
        if (strcmp(name, commands[i].name) == 0)
            return commands[i].run(order);
    return refuse("unknown word");
}

int seal_command(int argc, char **argv, const char *path)
{
    struct order *order = xcalloc(1, sizeof *order);
    order->path = path;
    optind = 0; /* from the beginning */
    int status = read_options(argc, argv, order);
    if (status < 0 && optind >= argc)
        status = refuse("seal what");
    if (status < 0 && argc - optind > 2)
        status = refuse("too many words");
    if (status < 0) {
        order->word = optind + 1 < argc ? argv[optind + 1] : NULL;
        status = run_word(argv[optind], order);
    }
    if (order->config)
        config_release(&order->config);
    xfree(order);
    return status;
}

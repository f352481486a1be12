#include "rebuild_command.h"

#include <getopt.h>
#include <libpq-fe.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "code.h"
#include "config.h"
#include "history.h"
#include "json_out.h"
#include "store.h"

enum { EXIT_SAME, EXIT_DIFFERENT, EXIT_NOT_LOOKED };
enum {
    SHOWN = 100,
    PAGE = 4000,
    STATEMENT = 1024,
    LINE = 1024,
    KINDS = 64,
    FIRST = 4096,
    NAME_TEXT = 24,
    GROUPS = 256
};
enum { KEY_REGION, KEY_OWNER, KEY_ID, KEY_NR }; /* columns before the cells; KEY_NR where there is a nr */

static const char usage[] =
    "wijzerd rebuild: whether the current state is what the events say\n"
    "\n"
    "  wijzerd [-c FILE] rebuild --check [--json]\n"
    "\n"
    "Replays every event and compares with the steps, promises, feedback, outcomes, groups and places that "
    "are stored. Reads one\n"
    "snapshot of the live database with the login of migrate-database, and changes nothing.\n"
    "\n"
    "Exit status: 0 the same, 1 differences, 2 could not look. See wijzerd(8).\n";

/* One table, read row by row in the order of region and referral (or offering: owner). */
struct reader {
    enum history_table table;
    PGresult *page;
    int row;
    int64_t region, owner; /* of that row; INT64_MAX: no row is left */
};

/* How many persons have a place in a group, by the events of their referrals. */
struct group {
    int64_t region, id, persons;
};

struct check {
    PGconn *connection;
    struct err *err;
    PGresult *regions, *offerings; /* id, code; region, id, code */
    struct reader readers[HISTORY_ALL];
    int64_t region, owner; /* being replayed */
    struct group *groups;  /* room for a power of two, by hash */
    size_t group_room, group_count;
    int64_t referrals, events, differences, expected;
    struct slice kinds[KINDS]; /* unknown ones that were told of */
    size_t kind_count;
    struct arena *arena; /* of the whole check */
    struct json_out out;
    bool is_json;
    struct clock clock;
    int64_t shown_at; /* monotonic; 0: no progress is shown */
};

/* ---- telling ---- */

static void clear_progress(const struct check *check)
{
    if (check->shown_at)
        fputs("\r\033[K", stderr);
}

static void show_progress(struct check *check)
{
    int64_t now = check->shown_at ? clock_monotonic(&check->clock) : 0;
    if (!check->shown_at || now - check->shown_at < MOMENT_SECOND / 2)
        return;
    check->shown_at = now;
    fprintf(stderr, "\r%lld of about %lld referrals", (long long)check->referrals,
            (long long)(check->expected > check->referrals ? check->expected : check->referrals));
}

/* The code of an id; the number itself where it can be none. */
static const char *name_of(int64_t id, char out[NAME_TEXT])
{
    if (id > 0 && id < CODE_IDS)
        return code_text(id, out);
    snprintf(out, NAME_TEXT, "%lld", (long long)id);
    return out;
}

static const char *region_code(const struct check *check, char out[NAME_TEXT])
{
    snprintf(out, NAME_TEXT, "%lld", (long long)check->region);
    for (int row = 0; row < PQntuples(check->regions); row++)
        if (strcmp(PQgetvalue(check->regions, row, 0), out) == 0)
            return PQgetvalue(check->regions, row, 1);
    return out;
}

static const char *offering_code(const struct check *check, char out[NAME_TEXT])
{
    char region[NAME_TEXT];
    snprintf(region, sizeof region, "%lld", (long long)check->region);
    snprintf(out, NAME_TEXT, "%lld", (long long)check->owner);
    for (int row = 0; row < PQntuples(check->offerings); row++)
        if (strcmp(PQgetvalue(check->offerings, row, 0), region) == 0 &&
            strcmp(PQgetvalue(check->offerings, row, 1), out) == 0)
            return PQgetvalue(check->offerings, row, 2);
    return out;
}

static struct slice shown(struct slice cell)
{
    return cell.ptr ? cell : slice_of("null");
}

static void write_text(char text[LINE], const struct history_finding *finding)
{
    switch (finding->fault) {
    case HISTORY_DIFFERS:
        snprintf(text, LINE, "%s is %.*s, events say %.*s", finding->column, SLICE_FMT(shown(finding->state)),
                 SLICE_FMT(shown(finding->events)));
        break;
    case HISTORY_GONE:
        snprintf(text, LINE, "is not there, and events tell of it");
        break;
    case HISTORY_UNTOLD:
        snprintf(text, LINE, "is there, and no event tells of it");
        break;
    case HISTORY_BROKEN:
        snprintf(text, LINE, "%.*s %s", SLICE_FMT(finding->kind), finding->text);
        break;
    default:
        snprintf(text, LINE, "is of kind '%.*s', which this program does not know", SLICE_FMT(finding->kind));
    }
}

static void print_of_offering(const struct check *check, const struct history_finding *finding,
                              const char *text)
{
    char region[NAME_TEXT], offering[NAME_TEXT], id[NAME_TEXT];
    printf("region %s, offering %s, ", region_code(check, region), offering_code(check, offering));
    if (finding->table == HISTORY_GROUP)
        printf("group %s: %s\n", name_of(finding->id, id), text);
    else if (finding->table == HISTORY_EVIDENCE)
        printf("evidence: %s\n", text);
    else
        printf("%s %lld: %s\n", finding->table == HISTORY_CONFIRMATION ? "promise" : "event",
               (long long)finding->id, text);
}

static void print_finding(struct check *check, const struct history_finding *finding, const char *text)
{
    char region[NAME_TEXT], referral[NAME_TEXT], id[NAME_TEXT];
    bool is_of_step = finding->table == HISTORY_PROMISE || finding->table == HISTORY_MARK;
    const char *what = is_of_step ? "step" : history_shapes[finding->table].name;
    clear_progress(check);
    if (finding->table >= HISTORY_TABLES) {
        print_of_offering(check, finding, text);
        return;
    }
    printf("region %s, referral %s", region_code(check, region), name_of(check->owner, referral));
    if (finding->table == HISTORY_EVENT)
        printf(", event %lld", (long long)finding->id);
    else if (finding->table != HISTORY_REFERRAL)
        printf(", %s %s", what, name_of(finding->id, id));
    if (finding->table == HISTORY_PROMISE)
        printf(", promise %lld", (long long)finding->nr);
    if (finding->table == HISTORY_MARK)
        printf(", read by organisation %lld", (long long)finding->nr);
    printf(": %s\n", text);
}

static void out_cell(struct json_out *out, const char *name, struct slice cell)
{
    if (cell.ptr)
        out_text(out, name, cell);
    else
        out_null(out, name);
}

/* Where it is: the referral or the offering, the table, and its row. */
static void out_place(struct check *check, const struct history_finding *finding)
{
    struct json_out *out = &check->out;
    char name[NAME_TEXT];
    if (finding->table < HISTORY_TABLES)
        out_text(out, "referral", slice_of(name_of(check->owner, name)));
    else
        out_text(out, "offering", slice_of(offering_code(check, name)));
    out_text(out, "table", slice_of(history_shapes[finding->table].name));
    if (finding->table == HISTORY_EVENT || finding->table == HISTORY_OFFERING_EVENT)
        out_integer(out, "event", finding->id);
    else if (finding->table == HISTORY_CONFIRMATION)
        out_integer(out, "promise", finding->id);
    else if (finding->table == HISTORY_GROUP)
        out_text(out, "group", slice_of(name_of(finding->id, name)));
    else if (finding->table == HISTORY_FEEDBACK)
        out_text(out, "feedback", slice_of(name_of(finding->id, name)));
    else if (finding->table == HISTORY_GOAL || finding->table == HISTORY_MESSAGE ||
             finding->table == HISTORY_ATTACHMENT)
        out_text(out, history_shapes[finding->table].name, slice_of(name_of(finding->id, name)));
    else if (finding->table != HISTORY_REFERRAL && finding->table != HISTORY_EVIDENCE)
        out_text(out, "step", slice_of(name_of(finding->id, name)));
}

static void out_finding(struct check *check, const struct history_finding *finding, const char *text)
{
    struct json_out *out = &check->out;
    char region[NAME_TEXT];
    out_open(out, NULL, '{');
    out_text(out, "what", slice_of(history_fault_word(finding->fault)));
    out_text(out, "region", slice_of(region_code(check, region)));
    out_place(check, finding);
    if (finding->nr)
        out_integer(out, finding->table == HISTORY_MARK ? "organisation" : "promise", finding->nr);
    if (finding->kind.ptr)
        out_text(out, "kind", finding->kind);
    if (finding->fault == HISTORY_DIFFERS) {
        out_text(out, "column", slice_of(finding->column));
        out_cell(out, "state", finding->state);
        out_cell(out, "events", finding->events);
    }
    out_text(out, "text", slice_of(text));
    out_close(out, '}');
}

/* One line for a kind is enough: who added it is missing in this program. */
static bool was_told(struct check *check, struct slice kind)
{
    for (size_t i = 0; i < check->kind_count; i++)
        if (slice_equal(check->kinds[i], kind))
            return true;
    if (check->kind_count < KINDS)
        check->kinds[check->kind_count++] = arena_slice(check->arena, kind);
    return false;
}

static void on_finding(void *arg, const struct history_finding *finding)
{
    struct check *check = arg;
    char text[LINE];
    if (finding->fault == HISTORY_UNKNOWN && was_told(check, finding->kind))
        return;
    if (check->differences++ >= SHOWN)
        return;
    write_text(text, finding);
    if (check->is_json)
        out_finding(check, finding, text);
    else
        print_finding(check, finding, text);
}

/* ---- the database ---- */

static bool refuse(struct check *check, const char *what)
{
    const char *words = PQerrorMessage(check->connection);
    return err_set(check->err, ERR_DATABASE_AWAY, "%s: %.*s", what, (int)strcspn(words, "\n"), words);
}

static bool run(struct check *check, const char *sql)
{
    PGresult *result = PQexec(check->connection, sql);
    bool ok = PQresultStatus(result) == PGRES_COMMAND_OK;
    PQclear(result);
    return ok || refuse(check, "the database cannot be read");
}

static PGresult *ask(struct check *check, const char *sql)
{
    PGresult *result = PQexec(check->connection, sql);
    if (PQresultStatus(result) == PGRES_TUPLES_OK)
        return result;
    PQclear(result);
    refuse(check, "the database cannot be read");
    return NULL;
}

static bool open_reader(struct check *check, enum history_table table)
{
    const struct history_shape *shape = &history_shapes[table];
    const char *owner = table < HISTORY_TABLES ? "referral_id" : "offering_id";
    char sql[STATEMENT];
    size_t n = (size_t)snprintf(
        sql, sizeof sql, "DECLARE rebuild_%s NO SCROLL CURSOR FOR SELECT region_id, %s, %s%s%s", shape->name,
        owner, shape->id, shape->nr ? ", " : "", shape->nr ? shape->nr : "");
    for (size_t i = 0; i < shape->count && n < sizeof sql; i++)
        n += (size_t)snprintf(sql + n, sizeof sql - n, ", %s", shape->columns[i]);
    if (n < sizeof sql)
        n += (size_t)snprintf(sql + n, sizeof sql - n, " FROM data.%s ORDER BY region_id, %s, %s",
                              shape->name, owner, shape->order);
    check->readers[table].table = table;
    if (n >= sizeof sql)
        return err_set(check->err, ERR_INTERNAL, "table data.%s has too many columns", shape->name);
    return run(check, sql);
}

/* Goes to the next row, in the next page if need be. */
static bool advance(struct check *check, struct reader *reader)
{
    char sql[LINE];
    if (!reader->page || ++reader->row >= PQntuples(reader->page)) {
        PQclear(reader->page);
        snprintf(sql, sizeof sql, "FETCH %d FROM rebuild_%s", PAGE, history_shapes[reader->table].name);
        reader->row = 0;
        if (!(reader->page = ask(check, sql)))
            return false;
    }
    bool is_there = PQntuples(reader->page) > 0;
    reader->region = is_there ? store_cell_number(reader->page, reader->row, KEY_REGION) : INT64_MAX;
    reader->owner = is_there ? store_cell_number(reader->page, reader->row, KEY_OWNER) : INT64_MAX;
    return true;
}

/* The login must see every row: with row_security off one that does not is refused. Times are compared as
 * they are written, so it matters only that they are written alike. */
static bool begin(struct check *check)
{
    static const char *const settings[] = {"begin isolation level repeatable read, read only",
                                           "set local row_security = off",
                                           "set local search_path = ''",
                                           "set local timezone = 'UTC'",
                                           "set local datestyle = 'ISO, YMD'",
                                           "set local cursor_tuple_fraction = 1",
                                           "set local statement_timeout = 0",
                                           "set local idle_in_transaction_session_timeout = 0"};
    for (size_t i = 0; i < sizeof settings / sizeof settings[0]; i++)
        if (!run(check, settings[i]))
            return false;
    PGresult *guess = ask(check, "SELECT greatest(reltuples, 0)::bigint FROM pg_catalog.pg_class"
                                 " WHERE oid = 'data.referral'::regclass");
    check->expected = guess ? store_cell_number(guess, 0, 0) : 0;
    PQclear(guess);
    check->regions = guess ? ask(check, "SELECT region_id, code FROM data.region") : NULL;
    check->offerings =
        check->regions ? ask(check, "SELECT region_id, offering_id, code FROM data.offering") : NULL;
    bool ok = check->offerings != NULL;
    for (int table = 0; ok && table < HISTORY_ALL; table++)
        ok = open_reader(check, (enum history_table)table) && advance(check, &check->readers[table]);
    return ok;
}

/* ---- replaying ---- */

static void hand_over(struct history *history, const struct reader *reader)
{
    const struct history_shape *shape = &history_shapes[reader->table];
    struct slice cells[HISTORY_CELLS];
    int first = shape->nr ? KEY_NR + 1 : KEY_NR;
    for (size_t i = 0; i < shape->count; i++)
        cells[i] = store_cell(reader->page, reader->row, first + (int)i);
    int64_t id = store_cell_number(reader->page, reader->row, KEY_ID);
    if (reader->table == HISTORY_EVENT)
        history_event(history, id, cells);
    else if (reader->table == HISTORY_OFFERING_EVENT)
        history_offering_event(history, id, cells);
    else
        history_row(history, reader->table, id,
                    shape->nr ? store_cell_number(reader->page, reader->row, KEY_NR) : 0, cells);
}

/* ---- places in groups ---- */

/* Its own, or the free one where it would be. There is room. */
static struct group *find_group(const struct check *check, int64_t region, int64_t id)
{
    size_t at = (size_t)((uint64_t)id * 0x9e3779b97f4a7c15u >> 20) ^ (size_t)region;
    for (;; at++) {
        struct group *group = &check->groups[at & (check->group_room - 1)];
        if (!group->id || (group->id == id && group->region == region))
            return group;
    }
}

static void make_room(struct check *check)
{
    struct group *before = check->groups;
    size_t count = check->group_room;
    if (check->group_count * 2 < count)
        return;
    check->group_room = count ? count * 2 : GROUPS;
    check->groups = xcalloc(check->group_room, sizeof *check->groups);
    for (size_t i = 0; i < count; i++)
        if (before[i].id)
            *find_group(check, before[i].region, before[i].id) = before[i];
    free(before);
}

static void on_place(void *arg, int64_t id, int64_t persons)
{
    struct check *check = arg;
    make_room(check);
    struct group *group = find_group(check, check->region, id);
    check->group_count += !group->id;
    group->region = check->region;
    group->id = id;
    group->persons += persons;
}

static int64_t persons_in(void *arg, int64_t id)
{
    const struct check *check = arg;
    return check->group_room ? find_group(check, check->region, id)->persons : 0;
}

/* ---- one after another ---- */

/* Tables of referrals, and of offerings. Referrals come first: they tell who has a place in which group. */
static const struct part {
    int first, end;
} of_referrals = {0, HISTORY_TABLES}, of_offerings = {HISTORY_TABLES, HISTORY_ALL};

/* All rows of the referral or offering at hand. */
static bool replay_one(struct check *check, struct part part)
{
    struct arena *arena = arena_new(0);
    struct history *history =
        history_new(arena, check->owner, (struct history_sink){.on_finding = on_finding, .arg = check});
    bool ok = true;
    for (int table = part.first; ok && table < part.end; table++) {
        struct reader *reader = &check->readers[table];
        while (ok && reader->region == check->region && reader->owner == check->owner) {
            hand_over(history, reader);
            check->events += table == HISTORY_EVENT || table == HISTORY_OFFERING_EVENT;
            ok = advance(check, reader);
        }
    }
    history_places(history, on_place, check);
    history_taken(history, persons_in, check);
    if (ok)
        history_compare(history);
    arena_free(&arena);
    return ok;
}

/* The first of which anything is left; false: none. */
static bool next_owner(struct check *check, struct part part)
{
    check->region = check->owner = INT64_MAX;
    for (int table = part.first; table < part.end; table++) {
        const struct reader *reader = &check->readers[table];
        if (reader->region < check->region ||
            (reader->region == check->region && reader->owner < check->owner)) {
            check->region = reader->region;
            check->owner = reader->owner;
        }
    }
    return check->region != INT64_MAX;
}

static bool replay_all(struct check *check)
{
    bool ok = true;
    while (ok && next_owner(check, of_referrals)) {
        ok = replay_one(check, of_referrals);
        check->referrals++;
        show_progress(check);
    }
    while (ok && next_owner(check, of_offerings))
        ok = replay_one(check, of_offerings);
    return ok;
}

static void print_end(struct check *check)
{
    struct json_out *out = &check->out;
    long long referrals = check->referrals, events = check->events, differences = check->differences;
    if (check->is_json) {
        out_close(out, ']');
        out_integer(out, "count", differences);
        out_integer(out, "referrals", referrals);
        out_integer(out, "events", events);
        out_bool(out, "same", !differences);
        out_close(out, '}');
        printf("%.*s\n", SLICE_FMT(json_out_slice(out)));
        return;
    }
    if (differences > SHOWN)
        printf("and %lld more\n", differences - SHOWN);
    printf("%lld referrals, %lld events: ", referrals, events);
    if (differences)
        printf("%lld %s\n", differences, differences == 1 ? "difference" : "differences");
    else
        printf("the state is what the events say\n");
}

static bool check_all(struct check *check, const char *conninfo)
{
    const char *keywords[] = {"dbname", "connect_timeout", "application_name", NULL};
    const char *values[] = {conninfo, "5", "wijzerd-rebuild", NULL};
    check->connection = PQconnectdbParams(keywords, values, 1);
    bool ok = PQstatus(check->connection) == CONNECTION_OK ? begin(check) && replay_all(check)
                                                           : refuse(check, "the database cannot be reached");
    clear_progress(check);
    for (int table = 0; table < HISTORY_ALL; table++)
        PQclear(check->readers[table].page);
    PQclear(check->offerings);
    PQclear(check->regions);
    xfree(check->groups);
    PQfinish(check->connection);
    return ok;
}

static int run_check(const struct config *config, bool is_json)
{
    struct err err = {.code = ERR_NONE};
    struct check *check = xcalloc(1, sizeof *check);
    check->err = &err;
    check->is_json = is_json;
    check->arena = arena_new(0);
    check->out = json_out_new(check->arena, FIRST);
    check->clock = clock_system(0);
    check->shown_at = isatty(STDERR_FILENO) ? clock_monotonic(&check->clock) : 0;
    out_open(&check->out, NULL, '{');
    out_open(&check->out, "differences", '[');
    int status = EXIT_NOT_LOOKED;
    if (!config->migrate_database) {
        fprintf(stderr, "wijzerd: migrate-database is not set\n");
    } else if (!check_all(check, config->migrate_database)) {
        fprintf(stderr, "wijzerd: %s\n", err.text);
    } else {
        print_end(check);
        status = check->differences ? EXIT_DIFFERENT : EXIT_SAME;
    }
    arena_free(&check->arena);
    xfree(check);
    return status;
}

/* ---- words ---- */

static int refuse_use(const char *text)
{
    fprintf(stderr, "wijzerd: %s; see wijzerd rebuild --help\n", text);
    return EXIT_NOT_LOOKED;
}

int rebuild_command(int argc, char **argv, const char *path)
{
    static const struct option longs[] = {{"config", required_argument, NULL, 'c'},
                                          {"check", no_argument, NULL, 'k'},
                                          {"json", no_argument, NULL, 'j'},
                                          {"help", no_argument, NULL, 'h'},
                                          {NULL, 0, NULL, 0}};
    bool is_check = false, is_json = false;
    optind = 0; /* from the beginning */
    for (int c; (c = getopt_long(argc, argv, "c:h", longs, NULL)) != -1;)
        switch (c) {
        case 'c':
            path = optarg;
            break;
        case 'k':
            is_check = true;
            break;
        case 'j':
            is_json = true;
            break;
        case 'h':
            fputs(usage, stdout);
            return EXIT_SAME;
        default:
            fputs("See wijzerd rebuild --help.\n", stderr);
            return EXIT_NOT_LOOKED;
        }
    if (optind < argc)
        return refuse_use("too many words");
    if (!is_check)
        return refuse_use("rebuild writes nothing, it can only look: say rebuild --check");
    struct err err;
    const struct config *config = config_read(path, &err);
    if (!config) {
        fprintf(stderr, "wijzerd: %s\n", err.text);
        return EXIT_NOT_LOOKED;
    }
    int status = run_check(config, is_json);
    config_release(&config);
    return status;
}

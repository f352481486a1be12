#include "rules.h"

#include <errno.h>
#include <sys/stat.h>

#include "file.h"
#include "suggest.h"

enum { TABLES = 7 };

int rules_table_number(struct program *program, const char *word)
{
    const char *codes[TABLES];
    uint64_t number;
    if (slice_to_u64(slice_of(word), TABLES, &number) && number > 0)
        return (int)number;
    for (int table = 1; table <= TABLES; table++) {
        codes[table - 1] = rules_code(table);
        if (strcmp(word, codes[table - 1]) == 0)
            return table;
    }
    program_complain(program, &(struct complaint){
                                  .text = SAY_UNKNOWN_TABLE,
                                  .values = {word},
                                  .meant = suggest_word(word, codes, TABLES),
                              });
    return 0;
}

int64_t rules_version_number(struct program *program, const char *word)
{
    uint64_t number;
    if (slice_to_u64(slice_of(word), INT32_MAX, &number) && number > 0)
        return (int64_t)number;
    program_reject(program, SAY_NOT_A_VERSION, VALUES(word));
    return 0;
}

struct wording rules_wording(struct program *program)
{
    return (struct wording){&program->out, program_words(program, false)};
}

/* ---- the service ---- */

static const json_t *get(struct program *program, const char *path, struct answer *answer, int *code)
{
    const json_t *document = NULL;
    *code = EXIT_DONE;
    if (!program_get(program, path, answer, &document))
        *code = program_explain(program, answer, NULL);
    return document;
}

const json_t *rules_fetch(struct program *program, int table, int64_t version, struct answer *answer,
                          int *code)
{
    const char *query = version ? arena_printf(program->arena, "?version=%lld", (long long)version) : "";
    const char *path = arena_printf(program->arena, "/rule-tables/%d%s", table, query);
    const json_t *document = NULL;
    *code = EXIT_DONE;
    if (program_get(program, path, answer, &document))
        return document;
    if (!version && answer->outcome == CALL_ANSWERED && answer->status == 404 && !program->json)
        screen_say(&program->err, SAY_NOT_IN_FORCE, VALUES(arena_printf(program->arena, "%d", table)));
    else
        return *code = program_explain(program, answer, NULL), NULL;
    *code = EXIT_REFUSED;
    return NULL;
}

/* The newest version of a table in the list of tables; 0: there is none. */
static int64_t newest_version(const json_t *list, int table)
{
    const json_t *items = document_list(list, "items");
    int64_t newest = 0;
    for (size_t i = 0; i < json_array_size(items); i++) {
        const json_t *item = json_array_get(items, i);
        if (document_number(item, "table", 0) != table)
            continue;
        static const char *const lists[] = {"drafts", "history"};
        for (size_t k = 0; k < sizeof lists / sizeof lists[0]; k++)
            for (size_t j = 0; j < json_array_size(document_list(item, lists[k])); j++) {
                const json_t *one = json_array_get(document_list(item, lists[k]), j);
                int64_t version = document_number(one, "version", 0);
                newest = version > newest ? version : newest;
            }
    }
    return newest;
}

const json_t *rules_columns(struct program *program, int table, int *code)
{
    struct answer answer;
    const json_t *document, *list;
    *code = EXIT_DONE;
    if (program_get(program, arena_printf(program->arena, "/rule-tables/%d", table), &answer, &document))
        return document;
    if (answer.outcome != CALL_ANSWERED || answer.status != 404) {
        *code = program_explain(program, &answer, NULL);
        return NULL;
    }
    list = get(program, "/rule-tables", &answer, code);
    int64_t version = newest_version(list, table);
    return version ? rules_fetch(program, table, version, &answer, code) : NULL;
}

const json_t *rules_post(struct program *program, const char *path, struct slice body, struct answer *answer,
                         int *code)
{
    const json_t *document = NULL;
    program_post(program, path, body, NULL, answer);
    *code = EXIT_DONE;
    if (answer_is_good(answer))
        document = program_document(program, answer->body);
    if (!document)
        *code = program_explain(program, answer, NULL);
    return document;
}

/* ---- files ---- */

static bool check_file(const char *path, size_t max, struct err *err)
{
    struct stat st;
    if (stat(path, &st) != 0)
        return err_set_os(err, ERR_OS, errno, "%s cannot be opened", path);
    if (!S_ISREG(st.st_mode))
        return err_set(err, ERR_OS, "%s is not an ordinary file", path);
    if ((uint64_t)st.st_size > max)
        return err_set(err, ERR_TOO_LARGE, "%s is larger than %zu MB", path, max >> 20);
    return true;
}

bool rules_read_file(struct program *program, const char *path, size_t max, struct slice *bytes)
{
    struct err err;
    bool is_stdin = strcmp(path, "-") == 0;
    if ((is_stdin || check_file(path, max, &err)) && file_read(path, max, program->arena, bytes, &err))
        return true;
    program_reject(program, SAY_CANNOT_READ, VALUES(err.text));
    return false;
}

bool rules_is_xml(struct slice bytes)
{
    static const char blanks[] = {' ', '\t', '\r', '\n', '\0', '\xef', '\xbb', '\xbf', '\xff', '\xfe'};
    size_t at = 0;
    while (at < bytes.len && memchr(blanks, bytes.ptr[at], sizeof blanks))
        at++;
    return at < bytes.len && bytes.ptr[at] == '<';
}

/* ---- faults ---- */

static const char *fault_place(const struct screen *screen, const struct table_fault *fault)
{
    struct arena *arena = screen->arena;
    const char *file = arena_text(arena, fault->file.ptr ? fault->file : slice_of(""));
    if (*file && fault->line)
        return screen_text(screen, SAY_FAULT_LINE, VALUES(file, arena_printf(arena, "%zu", fault->line)));
    return *file ? screen_text(screen, SAY_FAULT_FILE, VALUES(file)) : "";
}

static const char *fault_cell(const struct screen *screen, const struct table_fault *fault)
{
    struct arena *arena = screen->arena;
    const char *column = "", *rule = "";
    if (fault->column.len)
        column = screen_text(screen, SAY_FAULT_COLUMN, VALUES(arena_text(arena, fault->column)));
    if (fault->rule.len)
        rule = screen_text(screen, SAY_FAULT_RULE, VALUES(arena_text(arena, fault->rule)));
    return arena_printf(arena, "%s%s%s%s", column, *column && *rule ? ", " : "", rule,
                        *column || *rule ? ":" : "");
}

int rules_reject(struct program *program, enum text head, const char *file, const struct table_faults *faults)
{
    const struct screen *screen = &program->err;
    screen_say(screen, head, VALUES(file));
    for (size_t i = 0; i < faults->count; i++) {
        const struct table_fault *fault = &faults->list[i];
        const char *place = fault_place(screen, fault), *cell = fault_cell(screen, fault);
        screen_say(screen, SAY_FAULT_AT,
                   VALUES(arena_printf(program->arena, "%s%s%s", place, *place && *cell ? " " : "", cell),
                          arena_text(program->arena, fault->text)));
    }
    if (faults->more)
        screen_say(screen, SAY_MORE_FAULTS, VALUES(arena_printf(program->arena, "%zu", faults->more)));
    return EXIT_INPUT;
}

/* ---- drafts ---- */

/* What the service found wrong with the rows, by line. False: the problem is about something else. */
static bool say_refused(struct program *program, const struct answer *answer, const struct table *table,
                        const char *file)
{
    const json_t *problem = program_document(program, answer->body);
    const json_t *errors = document_list(problem, "errors");
    struct table_faults faults = {0};
    if (answer->status != 422 || json_array_size(errors) == 0)
        return false;
    for (size_t i = 0; i < json_array_size(errors); i++) {
        const json_t *error = json_array_get(errors, i);
        table_fault_add(&faults, program->arena,
                        rules_fault(table, document_text(error, "pointer"), document_text(error, "detail"),
                                    file, program->arena));
    }
    if (program->json)
        program_print(program, answer->body);
    rules_reject(program, SAY_TABLE_BAD, file, &faults);
    return true;
}

static void say_draft(struct program *program, const json_t *head)
{
    struct arena *arena = program->arena;
    const char *version = arena_printf(arena, "%lld", (long long)document_number(head, "version", 0));
    screen_say(
        &program->out, SAY_DRAFT_MADE,
        VALUES(version, arena_printf(arena, "%lld", (long long)document_number(head, "table", 0)),
               document_text(head, "code"),
               screen_count(&program->out, document_number(head, "ruleCount", 0), COUNT_RULE, COUNT_RULES)));
    screen_say(&program->out, SAY_DRAFT_NEXT, VALUES(version));
}

bool rules_send_draft(struct program *program, int table, const struct table *draft, int64_t based_on,
                      const char *file, int *code)
{
    struct table_faults faults = {0};
    struct answer answer;
    struct slice body = rules_draft(draft, based_on, option_text(&program->options, FLAG_NOTE), file,
                                    program->arena, &faults);
    *code = EXIT_INPUT;
    if (!body.ptr) {
        rules_reject(program, SAY_TABLE_BAD, file, &faults);
        return false;
    }
    program_post(program, arena_printf(program->arena, "/rule-tables/%d/_draft", table), body, NULL, &answer);
    if (answer.outcome == CALL_ANSWERED && say_refused(program, &answer, draft, file))
        return false;
    *code = answer_is_good(&answer) ? EXIT_DONE : program_explain(program, &answer, NULL);
    if (*code == EXIT_DONE && program->json)
        program_print(program, answer.body);
    else if (*code == EXIT_DONE)
        say_draft(program, program_document(program, answer.body));
    return true;
}

/* Rule tables from and to files: `wijzer rules import` and `wijzer rules export`. */
#include <sys/stat.h>

#include "dmn.h"
#include "file.h"
#include "rules.h"

/* ---- import ---- */

/* The decision of a DMN file that --decision names, or the only one that is a table by itself. */
static const struct dmn_decision *find_decision(struct program *program, const char *path, struct slice bytes)
{
    struct table_faults faults = {0};
    struct err err;
    const struct dmn_model *model = dmn_read(bytes, path, program->arena, &faults);
    if (!model) {
        rules_reject(program, SAY_TABLE_BAD, path, &faults);
        return NULL;
    }
    const struct dmn_decision *decision =
        dmn_find(model, option_text(&program->options, FLAG_DECISION), &err);
    if (decision && !decision->table) {
        err_set(&err, ERR_CONFIG, "%.*s is no decision table but %.*s", SLICE_FMT(decision->name),
                SLICE_FMT(decision->kind.len ? decision->kind : slice_of("empty")));
        decision = NULL;
    }
    if (!decision)
        program_reject(program, SAY_FAULT, VALUES(path, err.text));
    return decision;
}

/* A column that is not there is no mistake, but it should not go unseen. */
static void say_missing(struct program *program, const struct table *file, const struct csv_schema *schema)
{
    size_t count = 0;
    const struct input *const *missing = file ? rules_missing(file, schema, program->arena, &count) : NULL;
    for (size_t i = 0; i < count; i++) {
        const char *name = arena_text(program->arena, missing[i]->name);
        const char *label = missing[i]->label.len ? arena_text(program->arena, missing[i]->label) : name;
        screen_say(&program->err, SAY_COLUMN_MISSING, VALUES(name, label));
    }
}

const struct table *rules_parse(struct program *program, const char *path, struct slice bytes,
                                const struct csv_schema *schema)
{
    struct table_faults faults = {0};
    const struct table *table, *columns = NULL;
    if (rules_is_xml(bytes)) {
        const struct dmn_decision *decision = find_decision(program, path, bytes);
        table = columns = decision ? decision->table : NULL;
        if (!table)
            return NULL;
    } else {
        table = csv_read(bytes, path, schema, program->arena, &faults);
        columns = schema ? rules_header(bytes, program->arena) : NULL;
    }
    if (table && schema)
        table = rules_fit(table, schema, path, program->arena, &faults);
    if (!table)
        rules_reject(program, SAY_TABLE_BAD, path, &faults);
    else if (schema)
        say_missing(program, columns, schema);
    return table;
}

/* The question that a DMN decision says it answers by its id, or the answers of the columns. */
static int guess_table(struct program *program, const char *path, struct slice bytes)
{
    const struct table *table = rules_parse(program, path, bytes, NULL);
    if (!table)
        return 0;
    for (int number = 1; rules_code(number); number++)
        if (slice_is(table->id, rules_code(number)))
            return number;
    int number = rules_question(table);
    if (!number)
        program_reject(program, SAY_WHICH_TABLE, VALUES(path));
    return number;
}

static int table_of_file(struct program *program, const char *path, struct slice bytes)
{
    const char *given = option_text(&program->options, FLAG_TABLE);
    return given ? rules_table_number(program, given) : guess_table(program, path, bytes);
}

int run_rules_import(struct program *program)
{
    const char *path = program->options.words[0];
    struct csv_schema schema;
    struct slice bytes;
    int code;
    _Static_assert((int)DMN_BYTES == (int)CSV_BYTES, "one limit for both kinds of file");
    if (!rules_read_file(program, path, CSV_BYTES, &bytes))
        return EXIT_INPUT;
    int number = table_of_file(program, path, bytes);
    if (!number)
        return EXIT_INPUT;
    const json_t *document = rules_columns(program, number, &code);
    if (code != EXIT_DONE)
        return code;
    bool known = document && rules_schema(document, program->arena, &schema);
    if (!known)
        screen_say(&program->err, SAY_OLD_BASE, VALUES(rules_code(number)));
    const struct table *table = rules_parse(program, path, bytes, known ? &schema : NULL);
    if (!table)
        return EXIT_INPUT;
    rules_send_draft(program, number, table, document_number(document, "version", 0), path, &code);
    return code;
}

/* ---- export ---- */

/* Writes a whole file or leaves the old one; never a device or a directory. */
static int write_output(struct program *program, const char *path, struct slice bytes)
{
    struct err err;
    struct stat st;
    const char *slash = strrchr(path, '/');
    const char *name = slash ? slash + 1 : path;
    const char *dir = !slash          ? "."
                      : slash == path ? "/"
                                      : arena_text(program->arena, slice_make(path, (size_t)(slash - path)));
    if (stat(path, &st) == 0 && !S_ISREG(st.st_mode))
        return program_reject(program, SAY_CANNOT_WRITE,
                              VALUES(arena_printf(program->arena, "%s is not an ordinary file", path)));
    if (!file_write(dir, name, bytes, &err))
        return program_reject(program, SAY_CANNOT_WRITE, VALUES(err.text));
    screen_say(&program->err, SAY_WRITTEN, VALUES(path));
    return EXIT_DONE;
}

static bool ends_in(const char *path, const char *end)
{
    size_t n = strlen(path), m = strlen(end);
    return n > m && strcmp(path + n - m, end) == 0;
}

/* As asked; else by the name of the file; else CSV. */
static bool wants_dmn(const struct program *program, const char *output)
{
    if (option_given(&program->options, FLAG_CSV) || option_given(&program->options, FLAG_DMN))
        return option_given(&program->options, FLAG_DMN);
    return output && ends_in(output, ".dmn");
}

static int export_document(struct program *program, const json_t *document)
{
    const char *output = option_text(&program->options, FLAG_OUTPUT);
    struct table_faults faults = {0};
    const struct table *table = rules_table(document, program->arena, &faults);
    if (!table)
        return rules_reject(program, SAY_TABLE_BAD, program->profile.api, &faults);
    struct slice bytes =
        wants_dmn(program, output) ? dmn_write(table, program->arena) : csv_write(table, program->arena);
    if (output && strcmp(output, "-") != 0)
        return write_output(program, output, bytes);
    fwrite(bytes.ptr, 1, bytes.len, program->out.file);
    return EXIT_DONE;
}

int run_rules_export(struct program *program)
{
    const char *given = option_text(&program->options, FLAG_VERSION);
    struct answer answer;
    int code, table = rules_table_number(program, program->options.words[0]);
    int64_t version = given && table ? rules_version_number(program, given) : 0;
    if (!table || (given && !version))
        return EXIT_INPUT;
    if (option_given(&program->options, FLAG_CSV) && option_given(&program->options, FLAG_DMN))
        return program_reject(program, SAY_NOT_TOGETHER,
                              VALUES(flag_kind(FLAG_CSV)->name, flag_kind(FLAG_DMN)->name));
    const json_t *document = rules_fetch(program, table, version, &answer, &code);
    if (!document)
        return code;
    if (program->json) {
        program_print(program, answer.body);
        return EXIT_DONE;
    }
    return export_document(program, document);
}

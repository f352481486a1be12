/* A class referred as one: a CSV file with a row for each child; what they share stands on the command line.
 */
#include "csv_records.h"
#include "file.h"
#include "refer.h"
#include "stable_key.h"

enum { FILE_MAX = 1024 * 1024, FLAG_DASHES = 2 };

/* What may be a column: what differs from child to child; the flags that it fills are those of `refer`. */
static const struct column {
    enum flag flag;
    const char *dutch;
} columns[] = {{FLAG_NAME, "naam"},
               {FLAG_BIRTH_YEAR, "geboortejaar"},
               {FLAG_PHONE, "telefoon"},
               {FLAG_EMAIL, "e-mail"},
               {FLAG_AREA, "gebied"},
               {FLAG_LANGUAGE, "taal"},
               {FLAG_TEXT, "tekst"},
               {FLAG_SHARE, "delen"},
               {FLAG_DOMAIN, "leefgebied"},
               {FLAG_ICPC, "icpc"},
               {FLAG_URGENCY, "spoed"},
               {FLAG_MOBILITY, "mobiliteit"},
               {FLAG_DIGITAL_SKILL, "digitaal"},
               {FLAG_LVB, "lvb"},
               {FLAG_OCCUPATION, "werk"},
               {FLAG_HOUSEHOLD, "huishouden"},
               {FLAG_WISH, "wens"}};
enum { COLUMNS = sizeof columns / sizeof columns[0] };

struct row {
    const char *line;
    struct options *options; /* as if they had been typed for this child */
    struct draft draft;
    char key[UUID_TEXT];
};

struct class
{
    struct program *program;
    enum flag head[COLUMNS];
    size_t width;
    bool filled[FLAG_COUNT]; /* by a column */
    struct row *rows;
    size_t count;
};

static const char *number(struct program *program, size_t value)
{
    return arena_printf(program->arena, "%zu", value);
}

static enum flag column_flag(struct slice name)
{
    for (size_t i = 0; i < COLUMNS; i++)
        if (slice_is(name, flag_kind(columns[i].flag)->name + FLAG_DASHES) ||
            slice_is(name, columns[i].dutch))
            return columns[i].flag;
    return FLAG_END;
}

static const char *column_names(struct program *program)
{
    const char *list = "";
    for (size_t i = 0; i < COLUMNS; i++)
        list = arena_printf(program->arena, "%s%s%s", list, i ? ", " : "",
                            flag_kind(columns[i].flag)->name + FLAG_DASHES);
    return list;
}

static bool take_head(struct class *class, const struct record *record)
{
    struct program *program = class->program;
    const char *line = number(program, record->line);
    bool good = true;
    for (size_t i = 0; i < record->count; i++) {
        struct slice name = slice_trim(record->fields[i]);
        enum flag flag = column_flag(name);
        const char *text = arena_text(program->arena, name);
        if (flag == FLAG_END)
            program_reject(program, SAY_CLASS_NO_COLUMN, VALUES(line, text, column_names(program)));
        else if (class->filled[flag])
            program_reject(program, SAY_CLASS_TWICE, VALUES(line, text));
        else
            class->head[class->width++] = flag;
        good = good && flag != FLAG_END && !class->filled[flag];
        if (flag != FLAG_END)
            class->filled[flag] = true;
    }
    return good;
}

/* What the row says, over what the command line says of all. */
static bool take_cells(struct class *class, const struct record *record, struct row *row)
{
    struct program *program = class->program;
    struct complaint complaint;
    bool good = true;
    row->line = number(program, record->line);
    row->options = arena_alloc(program->arena, sizeof *row->options);
    *row->options = program->options;
    row->options->flags[FLAG_FILE].count = 0;
    if (record->count > class->width) {
        program_reject(program, SAY_CLASS_TOO_WIDE, VALUES(row->line));
        return false;
    }
    for (size_t i = 0; i < record->count; i++) {
        struct slice cell = slice_trim(record->fields[i]);
        if (!cell.len || slice_is(cell, "-"))
            continue;
        if (option_put(row->options, class->head[i], cell, program->arena, &complaint))
            continue;
        screen_say(&program->err, SAY_CLASS_LINE, VALUES(row->line));
        program_complain(program, &complaint);
        good = false;
    }
    return good;
}

/* From here on the program talks about this row. */
static void enter(struct class *class, const struct row *row)
{
    class->program->options = *row->options;
    class->program->columns = class->filled;
}

static int say_child(struct program *program, const struct draft *draft, const struct answer *answer)
{
    if (program->json) {
        program_print(program, answer->body);
        return EXIT_DONE;
    }
    const json_t *receipt = program_document(program, answer->body),
                 *decision = document_at(receipt, "decision");
    const char *id = document_text(receipt, "id");
    screen_say(&program->out, *id ? SAY_CLASS_CHILD : SAY_CLASS_WOULD,
               VALUES(id, arena_text(program->arena, draft->referral.client.name),
                      render_place(&program->out, document_at(decision, "offering"),
                                   document_at(decision, "organisation"))));
    refer_warn_of_consent(program, id);
    return EXIT_DONE;
}

/* Its draft, if the row is right as far as we can see; what is said about it comes below its line. */
static bool draw_up(struct class *class, struct row *row)
{
    struct program *program = class->program;
    struct err err;
    row->draft = (struct draft){.say = say_child};
    enter(class, row);
    /* Every complaint of these names a flag or a word; the line goes before, which is not said of a good row.
     */
    struct screen said = program->err;
    char *text = NULL;
    size_t length = 0;
    program->err.file = open_memstream(&text, &length);
    bool good = program->err.file && draft_from_flags(program, &row->draft) &&
                draft_check(program, &row->draft) && draft_check_words(program, &row->draft);
    if (program->err.file)
        fclose(program->err.file);
    program->err = said;
    if (!good) {
        screen_say(&program->err, SAY_CLASS_LINE, VALUES(row->line));
        fputs(text ? text : "", program->err.file);
    }
    free(text);
    if (good && !stable_key(program->directory, row->draft.body, program->arena, row->key, &err)) {
        program_reject(program, SAY_SPOOL_FAILED, VALUES(err.text));
        return false;
    }
    row->draft.key = row->key;
    return good;
}

static bool is_new(struct class *class, size_t at)
{
    for (size_t i = 0; i < at; i++) {
        if (strcmp(class->rows[i].key, class->rows[at].key) != 0)
            continue;
        program_reject(class->program, SAY_CLASS_SAME, VALUES(class->rows[at].line, class->rows[i].line));
        return false;
    }
    return true;
}

/* Every row, all that is wrong at once. */
static bool read_rows(struct class *class, const struct records *records)
{
    struct program *program = class->program;
    const struct options typed = program->options;
    bool good = true;
    class->rows = arena_array(program->arena, records->count, sizeof *class->rows);
    for (size_t i = 1; i < records->count; i++) {
        struct row *row = &class->rows[class->count];
        bool fine =
            take_cells(class, &records->list[i], row) && draw_up(class, row) && is_new(class, class->count);
        class->count += fine;
        good = good && fine;
        program->options = typed;
        program->columns = NULL;
    }
    return good;
}

/* The text of all may come from standard input, once. */
static bool take_text(struct program *program)
{
    struct slice text;
    const char *given = option_text(&program->options, FLAG_TEXT);
    if (!given || strcmp(given, "-") != 0)
        return true;
    if (!program_text(program, given, &text, NULL))
        return false;
    program->options.flags[FLAG_TEXT].values[0] = arena_text(program->arena, text);
    return true;
}

static bool read_class(struct class *class)
{
    struct program *program = class->program;
    const char *path = option_text(&program->options, FLAG_FILE);
    struct table_faults faults = {0};
    struct records records = {0};
    struct slice bytes;
    struct err err;
    if (!file_read(path, FILE_MAX, program->arena, &bytes, &err)) {
        program_reject(program, SAY_CANNOT_READ, VALUES(err.text));
        return false;
    }
    csv_records(bytes, slice_of(path), program->arena, &records, &faults);
    for (size_t i = 0; i < faults.count; i++)
        program_reject(program, SAY_CLASS_BAD,
                       VALUES(path, number(program, faults.list[i].line),
                              arena_text(program->arena, faults.list[i].text)));
    if (faults.count)
        return false;
    if (records.count < 2) {
        program_reject(program, SAY_CLASS_EMPTY, VALUES(path));
        return false;
    }
    return take_head(class, &records.list[0]) && take_text(program) && read_rows(class, &records);
}

/* Whether the service would take every row, before the first is sent: with dry_run that is all there is, and
 * what it says is shown. A service that cannot be reached does not say no: what is sent then waits. */
static int ask(struct class *class, bool dry_run)
{
    struct program *program = class->program;
    struct answer answer;
    int code = EXIT_DONE;
    for (size_t i = 0; i < class->count; i++) {
        struct row *row = &class->rows[i];
        enter(class, row);
        program_post(program, "/referrals/_preview", row->draft.body, NULL, &answer);
        bool is_away = spool_fate_of(&answer) == SPOOL_WAITS && answer.outcome != CALL_INTERRUPTED;
        if (answer_is_good(&answer) && dry_run)
            say_child(program, &row->draft, &answer);
        if (answer_is_good(&answer) || (is_away && !dry_run)) {
            if (is_away)
                break;
            continue;
        }
        screen_say(&program->err, SAY_CLASS_LINE, VALUES(row->line));
        code = program_explain(program, &answer, NULL);
        if (spool_fate_of(&answer) == SPOOL_WAITS)
            break;
    }
    return code;
}

/* Row by row, until Ctrl-C: what was not begun then is kept nowhere, and goes when the command is repeated.
 */
static int send_all(struct class *class)
{
    struct program *program = class->program;
    size_t done = 0, refused = 0, begun = 0;
    int code = EXIT_DONE;
    program_heed_interrupt();
    for (; begun < class->count && !program_is_stopped(); begun++) {
        enter(class, &class->rows[begun]);
        int became = draft_submit(program, &class->rows[begun].draft);
        done += became == EXIT_DONE;
        refused += became != EXIT_DONE && became != EXIT_SPOOLED;
        code = became == EXIT_DONE || code > EXIT_SPOOLED || code == EXIT_REFUSED ? code : became;
    }
    if (begun < class->count) {
        screen_say(&program->err, SAY_CLASS_STOPPED,
                   VALUES(number(program, done), number(program, class->count - done - refused),
                          number(program, refused)));
        return EXIT_UNREACHABLE;
    }
    if (program->json)
        return code;
    screen_say(&program->out, SAY_CLASS_DONE,
               VALUES(option_text(&program->options, FLAG_CLASS), number(program, done)));
    if (done < class->count)
        screen_say(&program->err, SAY_CLASS_LEFT,
                   VALUES(number(program, class->count - done - refused), number(program, refused)));
    return code;
}

int run_refer_class(struct program *program)
{
    struct class class = {.program = program};
    bool dry_run = option_given(&program->options, FLAG_DRY_RUN);
    int code = read_class(&class) ? ask(&class, dry_run) : EXIT_INPUT;
    if (code == EXIT_DONE && !dry_run)
        return send_all(&class);
    if (code != EXIT_DONE && !dry_run)
        screen_say(&program->err, SAY_CLASS_NOTHING, NULL);
    return code;
}

int run_classes(struct program *program)
{
    return program_show(program, "/classes?pageSize=200", render_classes);
}

/*
 * `wijzer rules edit`: the table as CSV in the person's own editor, and what comes back as a draft. What was
 * typed is never thrown away: the file is removed only when the service has the draft, or nothing changed.
 */
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

#include "file.h"
#include "render.h"
#include "rules.h"

struct edit {
    struct program *program;
    int number; /* of the table */
    int64_t version;
    const struct table *base;
    struct csv_schema schema;
    const char *path;    /* of the file that is edited */
    struct slice before; /* what was written into it */
};

/* ---- the file ---- */

static bool write_all(int fd, struct slice bytes)
{
    while (bytes.len) {
        ssize_t n = write(fd, bytes.ptr, bytes.len);
        if (n < 0 && errno != EINTR)
            return false;
        size_t done = n > 0 ? (size_t)n : 0;
        bytes = slice_make(bytes.ptr + done, bytes.len - done);
    }
    return true;
}

/* A file of our own (mode 0600) whose name tells what is in it. */
static bool make_file(struct edit *edit)
{
    struct program *program = edit->program;
    struct err err;
    const char *dir = getenv("TMPDIR");
    char *path = arena_printf(program->arena, "%s/wijzer-%s-XXXXXX.csv", dir && *dir ? dir : "/tmp",
                              rules_code(edit->number));
    int fd = mkostemps(path, (int)strlen(".csv"), O_CLOEXEC);
    bool good = fd >= 0 && write_all(fd, edit->before);
    int failed = errno;
    if (fd >= 0 && close(fd) != 0 && good) {
        failed = errno;
        good = false;
    }
    edit->path = path;
    if (good)
        return true;
    if (fd >= 0)
        unlink(path);
    err_set_os(&err, ERR_OS, failed, "%s cannot be written", path);
    program_reject(program, SAY_CANNOT_WRITE, VALUES(err.text));
    return false;
}

/* The editor may have removed it. */
static void say_kept(const struct edit *edit)
{
    const struct screen *screen = &edit->program->err;
    if (access(edit->path, F_OK) != 0) {
        screen_say(screen, SAY_FILE_GONE, VALUES(edit->path));
        return;
    }
    screen_say(screen, SAY_FILE_KEPT, VALUES(edit->path));
    screen_say(screen, SAY_FILE_AGAIN, VALUES(rules_code(edit->number), edit->path));
}

/* ---- the editor ---- */

static const char *editor_name(void)
{
    const char *visual = getenv("VISUAL"), *editor = getenv("EDITOR");
    return visual && *visual ? visual : editor && *editor ? editor : NULL;
}

/* Through the shell, as $EDITOR may hold options ("code --wait"). */
static _Noreturn void become_editor(struct arena *arena, const char *path)
{
    const char *editor = editor_name();
    const char *command = editor ? arena_printf(arena, "%s \"$@\"", editor)
                                 : "if command -v editor >/dev/null; then exec editor \"$@\"; fi; "
                                   "exec vi \"$@\"";
    signal(SIGINT, SIG_DFL);
    signal(SIGPIPE, SIG_DFL);
    execl("/bin/sh", "sh", "-c", command, "editor", path, (char *)NULL);
    _exit(127);
}

static bool wait_for(pid_t pid)
{
    int status = 0;
    while (waitpid(pid, &status, 0) < 0)
        if (errno != EINTR)
            return false;
    return WIFEXITED(status) && WEXITSTATUS(status) == 0;
}

/* Ctrl-C is the editor's while it runs. */
static bool run_editor(const struct edit *edit)
{
    struct sigaction ignore = {.sa_handler = SIG_IGN}, before;
    sigemptyset(&ignore.sa_mask);
    fflush(NULL);
    sigaction(SIGINT, &ignore, &before);
    pid_t pid = fork();
    if (pid == 0)
        become_editor(edit->program->arena, edit->path);
    bool good = pid > 0 && wait_for(pid);
    sigaction(SIGINT, &before, NULL);
    if (!good)
        program_reject(edit->program, SAY_EDITOR_FAILED, VALUES(editor_name() ? editor_name() : "editor"));
    return good;
}

/* On a terminal the person may mend it at once. */
static bool wants_again(const struct program *program)
{
    char line[64] = "";
    if (!isatty(STDIN_FILENO) || !isatty(STDERR_FILENO))
        return false;
    screen_put(&program->err, SAY_REOPEN, NULL);
    fflush(program->err.file);
    return fgets(line, sizeof line, stdin) && line[0] != 'n' && line[0] != 'N';
}

/* ---- the table that comes back ---- */

static int say_unchanged(const struct edit *edit)
{
    screen_say(&edit->program->err, SAY_UNCHANGED, NULL);
    return EXIT_DONE;
}

/* True: it is over, with *code. False: what is wrong was said and can be mended. */
static bool take(const struct edit *edit, struct slice bytes, int *code)
{
    struct slice difference;
    const struct table *table = rules_parse(edit->program, edit->path, bytes, &edit->schema);
    *code = EXIT_INPUT;
    if (!table)
        return false;
    if (table_equal(edit->base, table, edit->program->arena, &difference)) {
        *code = say_unchanged(edit);
        return true;
    }
    return rules_send_draft(edit->program, edit->number, table, edit->version, edit->path, code);
}

static int edit_file(struct edit *edit)
{
    struct slice bytes;
    int code = EXIT_INPUT;
    do {
        bool good = run_editor(edit);
        if (!rules_read_file(edit->program, edit->path, CSV_BYTES, &bytes))
            break;
        if (slice_equal(bytes, edit->before)) {
            unlink(edit->path);
            return good ? say_unchanged(edit) : EXIT_INPUT;
        }
        if (!good)
            break;
        if (take(edit, bytes, &code)) {
            if (code == EXIT_DONE)
                unlink(edit->path);
            else
                say_kept(edit);
            return code;
        }
    } while (wants_again(edit->program));
    say_kept(edit);
    return code;
}

static int take_given(struct edit *edit, const char *path)
{
    struct slice bytes;
    int code = EXIT_INPUT;
    edit->path = path;
    if (rules_read_file(edit->program, path, CSV_BYTES, &bytes))
        take(edit, bytes, &code);
    return code;
}

/* What is to be edited: the version in force, or the one that --version names. */
static bool take_base(struct edit *edit, int *code)
{
    struct program *program = edit->program;
    const char *given = option_text(&program->options, FLAG_VERSION);
    struct answer answer;
    struct table_faults faults = {0};
    int64_t version = given ? rules_version_number(program, given) : 0;
    *code = EXIT_INPUT;
    if (given && !version)
        return false;
    const json_t *document = given ? rules_fetch(program, edit->number, version, &answer, code)
                                   : rules_columns(program, edit->number, code);
    if (!document && *code == EXIT_DONE) {
        screen_say(&program->err, SAY_NO_VERSION_YET, VALUES(rules_code(edit->number)));
        *code = EXIT_REFUSED;
    }
    if (!document)
        return false;
    edit->version = document_number(document, "version", 0);
    edit->base = rules_table(document, program->arena, &faults);
    if (edit->base && rules_schema(document, program->arena, &edit->schema))
        return true;
    *code = rules_reject(program, SAY_TABLE_BAD, program->profile.api, &faults);
    return false;
}

/* Asked before an editor opens, so that nobody types for nothing. When the service does not say, it will when
 * it gets the draft. */
static bool may_edit(struct program *program)
{
    struct answer answer;
    const json_t *me;
    if (!program_get(program, "/me", &answer, &me))
        return true;
    const char *role = document_text(me, "role");
    if (strcmp(role, "coordinator") == 0)
        return true;
    screen_say(&program->err, SAY_MAY_NOT_EDIT, VALUES(render_role(&program->err, role)));
    return false;
}

int run_rules_edit(struct program *program)
{
    struct edit edit = {.program = program, .number = rules_table_number(program, program->options.words[0])};
    const char *given = option_text(&program->options, FLAG_FILE);
    int code;
    if (!edit.number)
        return EXIT_INPUT;
    if (!take_base(&edit, &code))
        return code;
    if (given)
        return take_given(&edit, given);
    if (!may_edit(program))
        return EXIT_NOT_ALLOWED;
    edit.before = csv_write(edit.base, program->arena);
    return make_file(&edit) ? edit_file(&edit) : EXIT_INPUT;
}

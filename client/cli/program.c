#include "program.h"

#include <errno.h>
#include <locale.h>
#include <signal.h>
#include <stdlib.h>

#include "code.h"
#include "file.h"
#include "identity.h"
#include "suggest.h"
#include "uuid.h"

enum { TEXT_MAX = 16 * 1024 };

/* Set by SIGINT; the one thing a signal handler may touch. */
static volatile sig_atomic_t interrupted;

static void on_interrupt(int number)
{
    (void)number;
    interrupted = 1;
}

void program_heed_interrupt(void)
{
    struct sigaction ours = {.sa_handler = on_interrupt};
    sigemptyset(&ours.sa_mask);
    sigaction(SIGINT, &ours, NULL);
}

void program_stop(void)
{
    interrupted = 1;
}

bool program_is_stopped(void)
{
    return interrupted;
}

/* ---- talking to the person ---- */

int program_reject(struct program *program, enum text text, const char *const *values)
{
    screen_say(&program->err, text, values);
    return EXIT_INPUT;
}

void program_print(const struct program *program, struct slice body)
{
    fwrite(body.ptr, 1, body.len, program->out.file);
    if (body.len == 0 || body.ptr[body.len - 1] != '\n')
        fputc('\n', program->out.file);
}

const json_t *program_document(struct program *program, struct slice text)
{
    json_t *document = document_parse(text, NULL);
    if (document && json_array_append_new(program->documents, document) != 0)
        abort();
    return document;
}

int program_complain(struct program *program, const struct complaint *complaint)
{
    screen_put(&program->err, complaint->text, complaint->values);
    if (complaint->meant) {
        fputs(". ", program->err.file);
        screen_put(&program->err, SAY_DID_YOU_MEAN, VALUES(complaint->meant));
    }
    screen_newline(&program->err);
    return EXIT_INPUT;
}

/* ---- talking to the service ---- */

bool answer_is_good(const struct answer *answer)
{
    return answer->outcome == CALL_ANSWERED && answer->status >= 200 && answer->status < 300;
}

/* Ctrl-C ends a call, so that what was typed can still be kept; outside calls it ends the program. */
static void call_service(struct program *program, const struct call *call, struct answer *answer)
{
    struct sigaction ours = {.sa_handler = on_interrupt, .sa_flags = SA_RESTART}, before;
    sigemptyset(&ours.sa_mask);
    sigaction(SIGINT, &ours, &before);
    api_call(program->api, call, program->arena, answer);
    sigaction(SIGINT, &before, NULL);
    program->away = answer->outcome != CALL_ANSWERED;
}

bool program_get(struct program *program, const char *path, struct answer *answer, const json_t **document)
{
    call_service(program,
                 &(struct call){.method = "GET",
                                .path = path,
                                .once = program->away,
                                .patient = program->command->kind == PATIENT},
                 answer);
    *document = answer_is_good(answer) ? program_document(program, answer->body) : NULL;
    if (answer_is_good(answer) && !*document) {
        answer->outcome = CALL_FOREIGN;
        snprintf(answer->reason, sizeof answer->reason, "no JSON");
    }
    return *document != NULL;
}

bool program_fetch(struct program *program, const char *path, const char *media, struct answer *answer)
{
    call_service(program,
                 &(struct call){.method = "GET",
                                .path = path,
                                .accept = media,
                                .once = program->away,
                                .patient = program->command->kind == PATIENT},
                 answer);
    return answer_is_good(answer);
}

void program_post(struct program *program, const char *path, struct slice body, const char *if_match,
                  struct answer *answer)
{
    char key[UUID_TEXT];
    call_service(program,
                 &(struct call){.method = "POST",
                                .path = path,
                                .body = body,
                                .key = uuid_new(key),
                                .if_match = if_match,
                                .once = program->away,
                                .patient = program->command->kind == PATIENT},
                 answer);
}

void program_post_file(struct program *program, const char *path, const char *type, const char *disposition,
                       struct slice body, struct answer *answer)
{
    char key[UUID_TEXT];
    call_service(program,
                 &(struct call){.method = "POST",
                                .path = path,
                                .body = body,
                                .type = type,
                                .disposition = disposition,
                                .key = uuid_new(key),
                                .patient = true},
                 answer);
}

void program_post_keyed(struct program *program, const char *path, struct slice body, const char *key,
                        struct answer *answer)
{
    call_service(
        program,
        &(struct call){.method = "POST", .path = path, .body = body, .key = key, .once = program->away},
        answer);
}

void program_submit(struct program *program, const char *key, struct slice body, bool once,
                    struct answer *answer)
{
    call_service(
        program,
        &(struct call){.method = "POST", .path = "/referrals", .body = body, .key = key, .once = once},
        answer);
}

/* ---- when it did not work ---- */

const char *program_reason(struct program *program, const struct answer *answer)
{
    const char *known = answer->problem ? text_problem(program->language, answer->problem) : NULL;
    if (answer->outcome != CALL_ANSWERED)
        return arena_text(program->arena, slice_of(answer->reason));
    return known ? known : answer->problem ? answer->problem : "";
}

static const struct {
    enum call_outcome outcome;
    enum text read, write; /* after a GET and after a POST */
    int exit;
} unanswered[] = {
    {CALL_NOT_SENT, SAY_UNREAD, SAY_UNREACHABLE, EXIT_UNREACHABLE},
    {CALL_UNCERTAIN, SAY_UNREAD, SAY_UNCERTAIN, EXIT_UNREACHABLE},
    {CALL_FOREIGN, SAY_FOREIGN, SAY_FOREIGN, EXIT_UNREACHABLE},
    {CALL_NO_ENTRY, SAY_NO_ENTRY, SAY_NO_ENTRY, EXIT_NOT_ALLOWED},
    {CALL_INTERRUPTED, SAY_INTERRUPTED, SAY_UNCERTAIN, EXIT_UNREACHABLE},
};

static int explain_silence(struct program *program, const struct answer *answer, const char *look)
{
    for (size_t i = 0; i < sizeof unanswered / sizeof unanswered[0]; i++) {
        if (unanswered[i].outcome != answer->outcome)
            continue;
        enum text text = look ? unanswered[i].write : unanswered[i].read;
        bool about_us = text == SAY_NO_ENTRY || text == SAY_UNCERTAIN;
        screen_say(&program->err, text,
                   about_us ? VALUES(answer->reason, look ? look : "")
                            : VALUES(program->profile.api, answer->reason));
        return unanswered[i].exit;
    }
    return EXIT_UNREACHABLE;
}

static const struct {
    int status;
    int exit;
} exits[] = {{403, EXIT_NOT_ALLOWED},
             {412, EXIT_CONFLICT},
             {408, EXIT_UNREACHABLE},
             {429, EXIT_UNREACHABLE},
             {503, EXIT_UNREACHABLE}};

static int exit_of(int status)
{
    for (size_t i = 0; i < sizeof exits / sizeof exits[0]; i++)
        if (exits[i].status == status)
            return exits[i].exit;
    return EXIT_REFUSED;
}

/* Which list of the vocabulary a flag takes its words from. */
static const struct word_kind {
    const char *list;
    enum flag flag;
    enum text unknown;
} word_kinds[] = {{"domains", FLAG_DOMAIN, SAY_UNKNOWN_DOMAIN},
                  {"states", FLAG_STATE, SAY_UNKNOWN_STATE},
                  {"declineCodes", FLAG_CODE, SAY_UNKNOWN_DECLINE},
                  {"offerings", FLAG_TO, SAY_UNKNOWN_OFFERING},
                  {"offerings", FLAG_WHY_NOT, SAY_UNKNOWN_OFFERING},
                  {"organisations", FLAG_ORGANISATION, SAY_UNKNOWN_ORGANISATION}};

/* "2026-12-03" was wanted, and that is not what this is. */
static bool is_no_date(enum flag flag, const char *code)
{
    static const char *const codes[] = {"too-short", "too-long",   "pattern",
                                        "type",      "not-a-date", "control-character"};
    const char *value = flag == FLAG_END ? NULL : flag_kind(flag)->value[DUTCH];
    for (size_t i = 0; value && strcmp(value, "DATUM") == 0 && i < sizeof codes / sizeof codes[0]; i++)
        if (strcmp(codes[i], code) == 0)
            return true;
    return false;
}

/* What was expected, in words: the service's where they say more than the flag's help, or there is no flag.
 */
static const char *expected_text(struct program *program, enum flag flag, const char *code,
                                 const char *detail)
{
    bool precise = flag == FLAG_END || strcmp(code, "range") == 0 || strcmp(code, "pattern") == 0;
    const char *known = precise ? text_expected(program->arena, program->language, detail) : NULL;
    if (known)
        return known;
    return flag != FLAG_END                                        ? flag_kind(flag)->help[program->language]
           : program->language == DUTCH && text_issue(DUTCH, code) ? ""
                                                                   : detail;
}

/* One thing that is wrong: the flag (or the pointer, when the person wrote JSON), what, and what was
 * expected. */
static void put_issue(struct program *program, const char *pointer, const char *code, const char *detail)
{
    bool typed = !option_given(&program->options, FLAG_FILE);
    enum flag flag = flag_of_pointer(program->command->flags, pointer);
    const char *member = typed ? text_member(program->language, pointer) : NULL;
    bool in_column = program->columns && flag != FLAG_END && program->columns[flag];
    const char *name = in_column ? screen_text(&program->err, SAY_COLUMN, VALUES(flag_kind(flag)->name + 2))
                       : typed && flag != FLAG_END ? flag_kind(flag)->name
                       : member                    ? member
                       : *pointer                  ? pointer
                                                   : "/";
    const char *what = text_issue(program->language, is_no_date(flag, code) ? "not-a-date" : code);
    const char *expected = expected_text(program, flag, code, detail);
    const char *value = !what       ? detail
                        : *expected ? arena_printf(program->arena, "%s: %s", what, expected)
                                    : what;
    if (what && is_no_date(flag, code))
        value = screen_text(&program->err, SAY_IS_NO_DATE, VALUES(what));
    screen_say(&program->err, SAY_ISSUE, VALUES(name, value));
}

int program_invalid(struct program *program, const struct err *err, const struct issues *issues)
{
    screen_say(&program->err, SAY_CHECK_INPUT, NULL);
    if (err->code == ERR_MALFORMED_JSON)
        screen_say(&program->err, SAY_NOT_JSON, VALUES(flag_kind(FLAG_FILE)->name, err->text));
    for (size_t i = 0; i < issues->count; i++)
        put_issue(program, arena_text(program->arena, issues->list[i].pointer), issues->list[i].code,
                  arena_text(program->arena, issues->list[i].detail));
    if (program->json)
        program_print(program, problem_json(program->arena, err->code, NULL, issues));
    return EXIT_INPUT;
}

/* The label of a state, or its code where the region's words are not at hand. */
static const char *state_label(struct program *program, struct slice state)
{
    const json_t *states = document_list(program_words(program, false), "states");
    for (size_t i = 0; i < json_array_size(states); i++)
        if (slice_is(state, document_text(json_array_get(states, i), "code")))
            return document_text(json_array_get(states, i), "label");
    return arena_text(program->arena, state);
}

/* Whether the service says the same of every problem of the kind. */
static bool is_general(const struct answer *answer, const char *detail)
{
    for (enum err_code code = ERR_NONE; answer->problem && code < ERR_COUNT; code++)
        if (strcmp(err_word(code), answer->problem) == 0 && strcmp(problem_kind(code)->detail, detail) == 0)
            return true;
    return false;
}

/* What the service says about this very case, in the person's language where that is known; what it says
 * about every problem of the kind was told already. */
static void put_detail(struct program *program, const struct answer *answer, const char *detail)
{
    const char *own = text_detail(program->language, detail);
    struct slice state = text_state_of(detail);
    const char *hint = text_hint(program->arena, program->language, program->command->name, state);
    if (is_general(answer, detail) && text_problem(program->language, answer->problem))
        return;
    if (state.ptr)
        screen_say(&program->err, SAY_STATE_IS, VALUES(state_label(program, state)));
    else
        screen_say(&program->err, SAY_SERVICE_SAYS, VALUES(own ? own : detail));
    if (hint)
        screen_say(&program->err, SAY_HINT, VALUES(hint));
}

/* The head above what is said of this very case must not give another reason. */
static const char *head_of(struct program *program, const struct answer *answer, const char *detail)
{
    static const struct {
        const char *word;
        enum text text;
    } heads[] = {{"not-yours", SAY_NOT_YOURS}, {"state-not-allowed", SAY_NOT_NOW}};
    for (size_t i = 0; answer->problem && *detail && i < sizeof heads / sizeof heads[0]; i++)
        if (strcmp(answer->problem, heads[i].word) == 0 && !is_general(answer, detail))
            return text_template(program->language, heads[i].text);
    return program_reason(program, answer);
}

static int explain_problem(struct program *program, const struct answer *answer, const char *look)
{
    const json_t *problem = program_document(program, answer->body);
    const json_t *errors = document_list(problem, "errors");
    bool uncertain = answer->problem && strcmp(answer->problem, "outcome-uncertain") == 0;
    int code = exit_of(answer->status);
    if (program->json)
        program_print(program, answer->body);
    if (uncertain && look)
        screen_say(&program->err, SAY_UNCERTAIN, VALUES(program_reason(program, answer), look));
    else if (code == EXIT_UNREACHABLE)
        screen_say(&program->err, SAY_BUSY, VALUES(program_reason(program, answer)));
    else
        screen_say(&program->err, SAY_REFUSED,
                   VALUES(head_of(program, answer, document_text(problem, "detail"))));
    if (code != EXIT_UNREACHABLE && json_array_size(errors) == 0)
        put_detail(program, answer, document_text(problem, "detail"));
    for (size_t i = 0; i < json_array_size(errors); i++) {
        const json_t *error = json_array_get(errors, i);
        put_issue(program, document_text(error, "pointer"), document_text(error, "code"),
                  document_text(error, "detail"));
    }
    return code;
}

int program_explain(struct program *program, const struct answer *answer, const char *look)
{
    return answer->outcome == CALL_ANSWERED ? explain_problem(program, answer, look)
                                            : explain_silence(program, answer, look);
}

/* ---- words, ids and texts of the person ---- */

const json_t *program_words(struct program *program, bool fresh)
{
    if (!program->words && !fresh) {
        json_t *cached = vocabulary_load(program->directory);
        if (cached && json_array_append_new(program->documents, cached) == 0)
            program->words = cached;
    }
    if ((fresh || !program->words) && !program->words_fresh && !program->words_tried && !program->away) {
        struct answer answer;
        const json_t *document;
        struct call call = {.method = "GET", .path = "/vocabulary", .once = true};
        program->words_tried = true;
        call_service(program, &call, &answer);
        document = answer_is_good(&answer) ? program_document(program, answer.body) : NULL;
        if (document) {
            vocabulary_keep(program->directory, answer.body);
            program->words = document;
            program->words_fresh = true;
        }
    }
    return program->words;
}

static bool is_word(const char *const *codes, size_t count, const char *word)
{
    for (size_t i = 0; i < count; i++)
        if (strcmp(codes[i], word) == 0)
            return true;
    return false;
}

static bool check_word(struct program *program, const struct word_kind *kind, const char *word)
{
    size_t count;
    const char *const *codes =
        vocabulary_codes(program_words(program, false), kind->list, program->arena, &count);
    if (count == 0 || is_word(codes, count, word))
        return true;
    codes = vocabulary_codes(program_words(program, true), kind->list, program->arena, &count);
    if (!program->words_fresh || is_word(codes, count, word))
        return true;
    program_complain(program, &(struct complaint){kind->unknown, {word}, suggest_word(word, codes, count)});
    return false;
}

bool program_check_word(struct program *program, enum flag flag, const char *word)
{
    for (size_t i = 0; i < sizeof word_kinds / sizeof word_kinds[0]; i++)
        if (word_kinds[i].flag == flag)
            return check_word(program, &word_kinds[i], word);
    return true;
}

const char *program_id(struct program *program, const char *word)
{
    int64_t id;
    enum code_result result = code_parse(slice_of(word), &id);
    if (result == CODE_OK)
        return code_text(id, arena_alloc(program->arena, CODE_TEXT));
    program_reject(program, result == CODE_MISTYPED ? SAY_MISTYPED : SAY_NOT_A_CODE, VALUES(word));
    return NULL;
}

bool program_day(struct program *program, enum flag flag, int64_t *day)
{
    const char *given = option_text(&program->options, flag);
    if (given && date_parse(slice_of(given), day))
        return true;
    program_reject(program, SAY_NOT_A_DAY, VALUES(flag_kind(flag)->name, given ? given : ""));
    return false;
}

bool program_period(struct program *program, enum flag first, enum flag last)
{
    const char *since = option_text(&program->options, first), *until = option_text(&program->options, last);
    int64_t from, to;
    if ((since && !program_day(program, first, &from)) || (until && !program_day(program, last, &to)))
        return false;
    if (!since || !until || from <= to)
        return true;
    program_reject(program, SAY_NO_PERIOD,
                   VALUES(flag_kind(first)->name, since, flag_kind(last)->name, until));
    return false;
}

bool program_is_choice(struct program *program, const char *what, const char *word, const char *const *words)
{
    const char *list = words[0];
    for (size_t i = 0; words[i]; i++) {
        if (strcmp(word, words[i]) == 0)
            return true;
        list = i ? arena_printf(program->arena, "%s, %s", list, words[i]) : list;
    }
    program_reject(program, SAY_UNKNOWN_CHOICE, VALUES(what, word, list));
    return false;
}

const char *program_format(struct program *program, const char *const *words)
{
    const char *flag = flag_kind(FLAG_FORMAT)->name, *given = option_text(&program->options, FLAG_FORMAT);
    if (!given)
        return program->json ? "json" : words[0];
    if (!program_is_choice(program, flag, given, words))
        return NULL;
    if (!program->json || strcmp(given, "json") == 0)
        return given;
    program_reject(program, SAY_ONE_OF_TWO,
                   VALUES(arena_printf(program->arena, "%s %s", flag, given), flag_kind(FLAG_JSON)->name));
    return NULL;
}

/* Lines end in a newline, whatever the system they were typed on. */
static struct slice without_returns(struct arena *arena, struct slice text)
{
    char *out = arena_alloc(arena, text.len + 1);
    size_t length = 0;
    for (size_t i = 0; i < text.len; i++)
        if (text.ptr[i] != '\r' || (i + 1 < text.len && text.ptr[i + 1] != '\n'))
            out[length++] = text.ptr[i];
    while (length && out[length - 1] == '\n')
        length--;
    return slice_make(out, length);
}

bool program_text(struct program *program, const char *given, struct slice *text, bool *used_stdin)
{
    struct err err;
    *text = slice_of(given);
    if (!given)
        return true;
    if (strcmp(given, "-") == 0) {
        if (!program->typed.ptr && !file_read("-", TEXT_MAX, program->arena, &program->typed, &err)) {
            program_reject(program, SAY_CANNOT_READ, VALUES(err.text));
            return false;
        }
        *text = without_returns(program->arena, program->typed);
        if (used_stdin)
            *used_stdin = true;
    }
    if (slice_is_utf8(*text))
        return true;
    program_reject(program, SAY_NOT_UTF8, VALUES("--text"));
    return false;
}

bool program_take_texts(struct program *program, const struct flag_field *fields, size_t count, void *record)
{
    for (size_t i = 0; i < count; i++) {
        struct slice value = slice_of(option_text(&program->options, fields[i].flag));
        if (!slice_is_utf8(value)) {
            program_reject(program, SAY_NOT_UTF8, VALUES(flag_kind(fields[i].flag)->name));
            return false;
        }
        *(struct slice *)(void *)((char *)record + fields[i].at) = value;
    }
    return true;
}

bool program_take_list(struct program *program, enum flag flag, struct slice *list, size_t room,
                       size_t *count)
{
    const struct option *option = &program->options.flags[flag];
    if (option->count > room) {
        program_reject(program, SAY_FLAG_TOO_OFTEN, VALUES(flag_kind(flag)->name));
        return false;
    }
    for (size_t i = 0; i < option->count; i++)
        list[i] = slice_of(option->values[i]);
    *count = option->count;
    return true;
}

/* ---- a run ---- */

/* --lang, else WIJZER_LANG, else Dutch. False: --lang is something else. */
static bool choose_language(const struct options *options, enum language *language)
{
    const char *flag = option_text(options, FLAG_LANG);
    const char *env = getenv("WIJZER_LANG");
    const char *chosen = flag ? flag : env ? env : "nl";
    *language = strncmp(chosen, "en", 2) == 0 ? ENGLISH : DUTCH;
    return !flag || strcmp(flag, "nl") == 0 || strcmp(flag, "en") == 0;
}

static int no_profile(struct program *program, const struct err *err)
{
    if (err->code != ERR_NOT_FOUND)
        return program_reject(program, SAY_BAD_PROFILE, VALUES(err->text));
    screen_say(&program->err, SAY_NO_PROFILE, VALUES(program->directory ? program->directory : "?"));
    return program_reject(program, SAY_MAKE_PROFILE, NULL);
}

int program_open(struct program *program)
{
    struct err err;
    if (!identity_settle(program->directory, program->arena, &err) ||
        !profile_load(program->directory, program->arena, &program->profile, &err))
        return no_profile(program, &err);
    if (program->profile.key_exposed)
        screen_say(&program->err, SAY_KEY_EXPOSED, VALUES(program->profile.key));
    program->api = api_open(&program->profile, &interrupted, &err);
    return program->api ? EXIT_DONE : program_reject(program, SAY_BAD_PROFILE, VALUES(err.text));
}

void program_reopen(struct program *program)
{
    struct err err;
    struct api *fresh = api_open(&program->profile, &interrupted, &err);
    if (!fresh)
        return; /* the one we have goes on with what it has read */
    api_close(&program->api);
    program->api = fresh;
}

static int open_profile(struct program *program)
{
    struct err err;
    if (!profile_find(option_text(&program->options, FLAG_PROFILE), program->arena, &program->directory,
                      &err))
        return no_profile(program, &err);
    return program_open(program);
}

static int run_command(struct program *program)
{
    struct spool_counts counts;
    const char *reason;
    if (program->command->kind != LOCAL) {
        int failed = open_profile(program);
        if (failed)
            return failed;
    }
    bool is_own_first = program->command->kind == OWN_FIRST || program->command->kind == LOCAL;
    if (!is_own_first)
        renew_if_due(program);
    if (program->command->kind == ONLINE || program->command->kind == PATIENT)
        program_flush(program, 0, &counts, &reason, NULL);
    int code = program->command->run(program);
    if (program->command->kind == OWN_FIRST && !program->away && code != EXIT_SPOOLED &&
        code != EXIT_UNREACHABLE)
        program_flush(program, 0, &counts, &reason, NULL);
    if (program->command->kind == OWN_FIRST && program->api)
        renew_if_due(program);
    return code;
}

/* What to do: run a command, or say what is wrong with the line. */
static int dispatch(struct program *program, const char *unknown)
{
    struct complaint complaint;
    struct options *options = &program->options;
    size_t used;
    if (options->word_count == 0 && !unknown) {
        help_all(option_given(options, FLAG_HELP) ? &program->out : &program->err);
        return option_given(options, FLAG_HELP) ? EXIT_DONE : EXIT_INPUT;
    }
    program->command = command_find(options->words, options->word_count, &used);
    if (!program->command) {
        bool asked = option_given(options, FLAG_HELP);
        if (options->word_count && (asked || options->word_count == 1) &&
            command_is_group(options->words[0])) {
            help_group(asked ? &program->out : &program->err, options->words[0]);
            return asked ? EXIT_DONE : EXIT_INPUT;
        }
        command_unknown(options->words, options->word_count, unknown, program->arena, &complaint);
        return program_complain(program, &complaint);
    }
    if (!command_check(program->command, used, options, unknown, program->language, &complaint))
        return program_complain(program, &complaint);
    if (option_given(options, FLAG_HELP)) {
        help_command(&program->out, program->command);
        return EXIT_DONE;
    }
    return run_command(program);
}

static int parse_and_run(struct program *program, int argc, char **argv)
{
    struct complaint complaint;
    const char *unknown;
    moment now = clock_wall(&program->clock);
    bool parsed = options_parse(argc, argv, program->arena, &program->options, &unknown, &complaint);
    bool known = choose_language(&program->options, &program->language);
    program->out = screen_of(stdout, program->arena, program->language, now);
    program->err = screen_of(stderr, program->arena, program->language, now);
    program->json = option_given(&program->options, FLAG_JSON);
    if (!parsed)
        return program_complain(program, &complaint);
    if (!known)
        return program_reject(program, SAY_BAD_LANG, NULL);
    return dispatch(program, unknown);
}

int program_main(int argc, char **argv)
{
    struct program program = {.arena = arena_new(0), .clock = clock_system(0), .documents = json_array()};
    setlocale(LC_CTYPE, "");
    signal(SIGPIPE, SIG_IGN);
    int code = parse_and_run(&program, argc, argv);
    bool failed = ferror(stdout);
    errno = 0;
    if (fflush(stdout) != 0 || failed) {
        if (errno != EPIPE && !program_is_stopped()) /* whoever reads has seen enough: `| head` */
            fputs("wijzer: standard output cannot be written\n", stderr);
        code = code ? code : EXIT_REFUSED;
    }
    api_close(&program.api);
    json_decref(program.documents);
    arena_free(&program.arena);
    return code;
}

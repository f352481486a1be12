/* `wijzer rules check` and `wijzer rules try`: what is wrong with a version, and what it would change. */
#include <unistd.h>

#include "render_rules.h"
#include "rules.h"

/* ---- check ---- */

/* Checks one version; its document is added to `all`. False: explained. */
static bool check_version(struct program *program, int64_t version, json_t *all, size_t *errors, int *code)
{
    struct answer answer;
    const char *path = arena_printf(program->arena, "/rule-versions/%lld/_check", (long long)version);
    const json_t *check = rules_post(program, path, slice_of("{}"), &answer, code);
    if (!check)
        return false;
    json_array_append(all, (json_t *)(uintptr_t)check);
    if (program->json) {
        *errors += document_true(check, "isPublishable") ? 0 : 1;
        return true;
    }
    struct wording wording = rules_wording(program);
    int table = (int)document_number(check, "table", 0);
    if (json_array_size(all) > 1)
        screen_newline(&program->out);
    screen_say(&program->out, SAY_CHECK_HEAD,
               VALUES(render_number(&program->out, check, "table"),
                      rules_code(table) ? rules_code(table) : "",
                      render_number(&program->out, check, "version")));
    *errors += render_findings(&wording, check);
    *errors += document_true(check, "isPublishable") ? 0 : 1;
    return true;
}

/* The versions in force: of one table, or (0) of all. */
static bool check_in_force(struct program *program, int table, json_t *all, size_t *errors, int *code)
{
    struct answer answer;
    const json_t *list;
    if (!program_get(program, "/rule-tables", &answer, &list)) {
        *code = program_explain(program, &answer, NULL);
        return false;
    }
    const json_t *items = document_list(list, "items");
    for (size_t i = 0; i < json_array_size(items); i++) {
        const json_t *item = json_array_get(items, i);
        int64_t version = document_number(item, "inForce.version", 0);
        if (table && document_number(item, "table", 0) != table)
            continue;
        if (!version && table) {
            screen_say(&program->err, SAY_NOT_IN_FORCE, VALUES(rules_code(table)));
            *code = EXIT_REFUSED;
            return false;
        }
        if (version && !check_version(program, version, all, errors, code))
            return false;
    }
    return true;
}

static void print_document(struct program *program, json_t *document)
{
    json_dumpf(document, program->out.file, JSON_COMPACT);
    screen_newline(&program->out);
}

/* One version as the service told it; several as a list. */
static void print_checks(struct program *program, json_t *all, bool one)
{
    json_t *list = json_pack("{sO}", "items", all);
    json_array_append_new(program->documents, list);
    print_document(program, one ? json_array_get(all, 0) : list);
}

int run_rules_check(struct program *program)
{
    const char *draft = option_text(&program->options, FLAG_DRAFT);
    const char *word = program->options.word_count ? program->options.words[0] : NULL;
    int64_t version = draft ? rules_version_number(program, draft) : 0;
    int code = EXIT_INPUT, table = word && (version || !draft) ? rules_table_number(program, word) : 0;
    size_t errors = 0;
    if ((draft && !version) || (word && !table))
        return EXIT_INPUT;
    if (draft && word)
        return program_reject(program, SAY_NOT_TOGETHER, VALUES(word, flag_kind(FLAG_DRAFT)->name));
    json_t *all = json_array();
    json_array_append_new(program->documents, all);
    bool good = version ? check_version(program, version, all, &errors, &code)
                        : check_in_force(program, table, all, &errors, &code);
    if (!good)
        return code;
    if (program->json)
        print_checks(program, all, version || table);
    return errors ? EXIT_VIOLATED : EXIT_DONE;
}

/* ---- try ---- */

/* The sum of the pages, in the form of one. */
static json_t *sum_new(struct program *program)
{
    json_t *sum = json_pack("{s[]s[]}", "moved", "groups");
    json_array_append_new(program->documents, sum);
    return sum;
}

static void add_number(json_t *sum, const json_t *page, const char *name)
{
    int64_t number = document_number(sum, name, 0) + document_number(page, name, 0);
    json_object_set_new(sum, name, json_integer(number));
}

static json_t *find_group(json_t *groups, const json_t *group)
{
    size_t i;
    json_t *one;
    json_array_foreach(groups, i, one)
    {
        if (json_equal(json_object_get(one, "from"), json_object_get(group, "from")) &&
            json_equal(json_object_get(one, "to"), json_object_get(group, "to")))
            return one;
    }
    return NULL;
}

static void add_groups(json_t *sum, const json_t *page)
{
    json_t *groups = json_object_get(sum, "groups");
    const json_t *more = document_list(page, "groups");
    for (size_t i = 0; i < json_array_size(more); i++) {
        json_t *group = json_array_get(more, i), *known = find_group(groups, group);
        if (known)
            add_number(known, group, "count");
        else
            json_array_append_new(groups, json_deep_copy(group));
    }
}

static void add_page(json_t *sum, const json_t *page)
{
    static const char *const same[] = {"version", "table", "total"};
    for (size_t i = 0; i < sizeof same / sizeof same[0]; i++)
        json_object_set_new(sum, same[i], json_integer(document_number(page, same[i], 0)));
    add_number(sum, page, "done");
    add_number(sum, page, "undecidable");
    add_number(sum, page, "withheld");
    json_object_set_new(sum, "cursor", json_null());
    json_array_extend(json_object_get(sum, "moved"), (json_t *)(uintptr_t)document_list(page, "moved"));
    add_groups(sum, page);
}

static void show_progress(const struct program *program, const json_t *sum, bool last)
{
    const struct screen *screen = &program->err;
    enum { WIDTH = 60 };
    if (!isatty(fileno(screen->file)))
        return;
    const char *text =
        last ? ""
             : screen_text(screen, SAY_TRY_PROGRESS,
                           VALUES(render_number(screen, sum, "done"), render_number(screen, sum, "total")));
    fprintf(screen->file, "\r%s%s%s", text, text_padding(screen->arena, text, WIDTH), last ? "\r" : "");
    fflush(screen->file);
}

/* The service tries the tables that decide where a referral goes, and says of others no more than "range". */
static bool is_other_table(struct program *program, const struct answer *answer)
{
    const json_t *errors = NULL;
    if (answer->outcome == CALL_ANSWERED && answer->status == 422)
        errors = document_list(program_document(program, answer->body), "errors");
    const json_t *first = json_array_get(errors, 0);
    return first && strcmp(document_text(first, "code"), "range") == 0 && !*document_text(first, "pointer");
}

/* One page. NULL: explained. */
static const json_t *try_page(struct program *program, const char *path, const json_t *period, int *code)
{
    struct answer answer;
    char *body = json_dumps(period, JSON_COMPACT);
    struct slice kept = arena_slice(program->arena, slice_of(body));
    free(body);
    program_post(program, path, kept, NULL, &answer);
    if (answer_is_good(&answer))
        return program_document(program, answer.body);
    if (!program->json && is_other_table(program, &answer)) {
        screen_say(&program->err, SAY_TRY_ONLY, NULL);
        *code = EXIT_REFUSED;
    } else {
        *code = program_explain(program, &answer, NULL);
    }
    return NULL;
}

/* `period`: the body without a cursor; it gets one. */
static bool try_pages(struct program *program, int64_t version, json_t *period, json_t *sum, int *code)
{
    const char *path = arena_printf(program->arena, "/rule-versions/%lld/_try", (long long)version);
    for (bool more = true; more;) {
        const json_t *page = try_page(program, path, period, code);
        if (!page)
            return false;
        const char *next = document_text(page, "cursor");
        add_page(sum, page);
        show_progress(program, sum, false);
        more = *next && document_number(page, "done", 0) > 0;
        json_object_set_new(period, "cursor", json_string(next));
    }
    return true;
}

static bool take_period(struct program *program, json_t *period)
{
    static const struct {
        enum flag flag;
        const char *member;
    } ends[] = {{FLAG_SINCE, "since"}, {FLAG_UNTIL, "until"}};
    for (size_t i = 0; i < sizeof ends / sizeof ends[0]; i++)
        if (option_given(&program->options, ends[i].flag))
            json_object_set_new(period, ends[i].member,
                                json_string(option_text(&program->options, ends[i].flag)));
    return program_period(program, FLAG_SINCE, FLAG_UNTIL);
}

/* A flag that the command cannot do without. */
static bool has_flag(struct program *program, enum flag flag)
{
    const struct flag_kind *kind = flag_kind(flag);
    if (option_given(&program->options, flag))
        return true;
    program_reject(program, SAY_FLAG_NEEDED, VALUES(kind->name, kind->value[program->language]));
    return false;
}

int run_rules_try(struct program *program)
{
    uint64_t limit;
    int code = EXIT_INPUT;
    if (!has_flag(program, FLAG_DRAFT) || !has_flag(program, FLAG_SINCE))
        return EXIT_INPUT;
    int64_t version = rules_version_number(program, option_text(&program->options, FLAG_DRAFT));
    json_t *period = json_object(), *sum = sum_new(program);
    json_array_append_new(program->documents, period);
    if (!version || !take_period(program, period) || !program_limit(program, &limit))
        return EXIT_INPUT;
    bool good = try_pages(program, version, period, sum, &code);
    show_progress(program, sum, true);
    if (!good)
        return code;
    if (program->json) {
        print_document(program, sum);
    } else {
        struct wording wording = rules_wording(program);
        render_trial(&wording, sum, limit);
    }
    return EXIT_DONE;
}

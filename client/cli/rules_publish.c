/* From draft to in force, and back: `wijzer rules publish`, `approve`, `discard` and `rollback`. */
#include "amsterdam.h"
#include "render_rules.h"
#include "rules.h"

static const char *number(struct program *program, const json_t *head, const char *path)
{
    return render_number(&program->out, head, path);
}

/* ---- publish ---- */

/* Midnight in Amsterdam, which is where the region's days begin. Summer time never changes at that hour. */
static moment day_start(int64_t day)
{
    moment at = day * 86400 * MOMENT_SECOND;
    return at - amsterdam_offset(at - 3600 * MOMENT_SECOND) * 60 * MOMENT_SECOND;
}

static bool publication_body(struct program *program, struct slice *body)
{
    const struct option *names = &program->options.flags[FLAG_ACKNOWLEDGE];
    char text[MOMENT_TEXT];
    int64_t day;
    json_t *document = json_pack("{s[]}", "acknowledged");
    json_array_append_new(program->documents, document);
    for (size_t i = 0; i < names->count; i++)
        json_array_append_new(json_object_get(document, "acknowledged"), json_string(names->values[i]));
    if (option_given(&program->options, FLAG_FROM)) {
        if (!program_day(program, FLAG_FROM, &day))
            return false;
        json_object_set_new(document, "effectiveFrom", json_string(moment_text(day_start(day), text)));
    }
    char *json = json_dumps(document, JSON_COMPACT);
    *body = arena_slice(program->arena, slice_of(json));
    free(json);
    return true;
}

/* What stands in the way, in the person's own words rather than the service's. */
static int explain_unpublishable(struct program *program, int64_t version, const struct answer *refusal)
{
    struct answer answer;
    const json_t *check = NULL;
    const char *path = arena_printf(program->arena, "/rule-versions/%lld/_check", (long long)version);
    if (!program->json) {
        program_post(program, path, slice_of("{}"), NULL, &answer);
        check = answer_is_good(&answer) ? program_document(program, answer.body) : NULL;
    }
    if (!check)
        return program_explain(program, refusal, NULL);
    struct wording wording = {&program->err, program_words(program, false)};
    screen_say(&program->err, SAY_REFUSED, VALUES(program_reason(program, refusal)));
    if (render_findings(&wording, check))
        screen_say(&program->err, SAY_ACKNOWLEDGE, NULL);
    return EXIT_REFUSED;
}

int run_rules_publish(struct program *program)
{
    struct answer answer;
    struct slice body;
    int64_t version = rules_version_number(program, program->options.words[0]);
    if (!version || !publication_body(program, &body))
        return EXIT_INPUT;
    program_post(program, arena_printf(program->arena, "/rule-versions/%lld/_publish", (long long)version),
                 body, NULL, &answer);
    if (answer.problem && strcmp(answer.problem, "not-publishable") == 0)
        return explain_unpublishable(program, version, &answer);
    if (!answer_is_good(&answer))
        return program_explain(program, &answer, "rules");
    const json_t *head = program_document(program, answer.body);
    if (program->json)
        program_print(program, answer.body);
    else
        screen_say(&program->out, SAY_PUBLISH_ASKED,
                   VALUES(number(program, head, "version"), number(program, head, "table"),
                          document_text(head, "code")));
    return EXIT_DONE;
}

/* ---- the others ---- */

static void say_approved(struct program *program, const json_t *head)
{
    const struct screen *screen = &program->out;
    const char *when =
        document_true(head, "inForce")
            ? text_template(screen->language, SAY_APPROVED_NOW)
            : screen_text(screen, SAY_APPROVED_LATER, VALUES(render_day(screen, head, "effectiveFrom")));
    screen_say(screen, SAY_APPROVED,
               VALUES(number(program, head, "version"), number(program, head, "table"),
                      document_text(head, "code"), when));
}

static void say_discarded(struct program *program, const json_t *head)
{
    screen_say(&program->out, SAY_DISCARDED,
               VALUES(number(program, head, "version"), number(program, head, "table"),
                      document_text(head, "code")));
}

static void say_rolled_back(struct program *program, const json_t *head)
{
    screen_say(&program->out, SAY_ROLLED_BACK,
               VALUES(number(program, head, "version"), number(program, head, "table"),
                      document_text(head, "code"), number(program, head, "restores")));
}

static int post_and_say(struct program *program, const char *path,
                        void (*say)(struct program *program, const json_t *head))
{
    struct answer answer;
    program_post(program, path, slice_of("{}"), NULL, &answer);
    if (!answer_is_good(&answer))
        return program_explain(program, &answer, "rules");
    if (program->json)
        program_print(program, answer.body);
    else
        say(program, program_document(program, answer.body));
    return EXIT_DONE;
}

int run_rules_approve(struct program *program)
{
    int64_t version = rules_version_number(program, program->options.words[0]);
    if (!version)
        return EXIT_INPUT;
    return post_and_say(program,
                        arena_printf(program->arena, "/rule-versions/%lld/_approve", (long long)version),
                        say_approved);
}

int run_rules_discard(struct program *program)
{
    int64_t version = rules_version_number(program, program->options.words[0]);
    if (!version)
        return EXIT_INPUT;
    return post_and_say(program,
                        arena_printf(program->arena, "/rule-versions/%lld/_discard", (long long)version),
                        say_discarded);
}

int run_rules_rollback(struct program *program)
{
    const char *word = program->options.word_count ? program->options.words[0] : NULL;
    int table = word ? rules_table_number(program, word) : 0;
    if (word && !table)
        return EXIT_INPUT;
    return post_and_say(program,
                        word ? arena_printf(program->arena, "/rule-tables/%d/_rollback", table)
                             : "/rule-tables/_rollback",
                        say_rolled_back);
}

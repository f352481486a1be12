/* The commands that look: they read from the service and show. */
#include "program.h"

enum { LIMIT_DEFAULT = 50, PAGE_MAX = 200, LIMIT_MAX = 1000000 };

bool program_limit(struct program *program, uint64_t *limit)
{
    const char *given = option_text(&program->options, FLAG_LIMIT);
    *limit = LIMIT_DEFAULT;
    if (given && !slice_to_u64(slice_of(given), LIMIT_MAX, limit)) {
        program_reject(program, SAY_NOT_A_NUMBER, VALUES(flag_kind(FLAG_LIMIT)->name, "0", "1000000"));
        return false;
    }
    if (*limit == 0)
        *limit = UINT64_MAX;
    return true;
}

static const char *page_path(struct program *program, const struct list *list, uint64_t left,
                             const char *next)
{
    unsigned size = left < PAGE_MAX ? (unsigned)left : PAGE_MAX;
    return arena_printf(program->arena, "%s?pageSize=%u%s%s%s", list->path, size, list->query,
                        *next ? "&cursor=" : "", *next ? api_escape(program->arena, next) : "");
}

/* One page is printed as it came; several are put together as one. */
static void print_pages(struct program *program, const struct answer *last, json_t *items, const char *next,
                        size_t pages)
{
    if (pages == 1) {
        program_print(program, last->body);
        return;
    }
    json_t *whole = json_pack("{sOss*}", "items", items, "next", *next ? next : NULL);
    if (whole && !*next)
        json_object_set_new(whole, "next", json_null());
    json_array_append_new(program->documents, whole);
    json_dumpf(whole, program->out.file, JSON_COMPACT);
    screen_newline(&program->out);
}

int program_list_below(struct program *program, const struct list *list,
                       void (*head)(const struct screen *screen, const json_t *page))
{
    struct answer answer;
    const json_t *page;
    const char *next = "";
    uint64_t limit;
    size_t pages = 0;
    if (!program_limit(program, &limit))
        return EXIT_INPUT;
    json_t *items = json_array();
    json_array_append_new(program->documents, items);
    do {
        const char *path = page_path(program, list, limit - json_array_size(items), next);
        if (!program_get(program, path, &answer, &page))
            return program_explain(program, &answer, NULL);
        size_t before = json_array_size(items);
        json_array_extend(items, (json_t *)(uintptr_t)document_list(page, "items"));
        next = document_text(page, "next");
        pages++;
        if (json_array_size(items) == before)
            break; /* a page without items brings us no further */
    } while (*next && json_array_size(items) < limit);
    if (program->json) {
        print_pages(program, &answer, items, next, pages);
    } else {
        if (head)
            head(&program->out, page);
        list->render(&program->out, items, *next != '\0');
    }
    return EXIT_DONE;
}

int program_list(struct program *program, const struct list *list)
{
    return program_list_below(program, list, NULL);
}

int run_inbox(struct program *program)
{
    bool mine = option_given(&program->options, FLAG_MINE), open = option_given(&program->options, FLAG_OPEN);
    if (mine && open)
        return program_reject(program, SAY_MINE_OR_OPEN, NULL);
    if (!mine && !open)
        return program_list_below(program, &(struct list){"/inbox", "", render_inbox}, render_besides);
    return program_list(
        program, &(struct list){"/inbox", mine ? "&picked=mine" : "&picked=nobody", render_inbox_part});
}

/* The text for the patient record and nothing else, for the clipboard. */
static int paste_feedback(struct program *program, const char *word)
{
    struct answer answer;
    const json_t *feedback;
    const char *id = program_id(program, word);
    if (!id)
        return EXIT_INPUT;
    if (!program_get(program, arena_printf(program->arena, "/feedback/%s", id), &answer, &feedback))
        return program_explain(program, &answer, NULL);
    if (program->json)
        program_print(program, answer.body);
    else
        screen_say(&program->out, SAY_NAME, VALUES(document_text(feedback, "paste")));
    return EXIT_DONE;
}

int run_feedback(struct program *program)
{
    const char *paste = option_text(&program->options, FLAG_PASTE);
    bool unread = option_given(&program->options, FLAG_UNREAD),
         digest = option_given(&program->options, FLAG_DIGEST);
    if (unread + digest + (paste != NULL) > 1)
        return program_reject(program, SAY_NOT_TOGETHER,
                              VALUES(flag_kind(unread ? FLAG_UNREAD : FLAG_DIGEST)->name,
                                     flag_kind(paste ? FLAG_PASTE : FLAG_DIGEST)->name));
    if (paste)
        return paste_feedback(program, paste);
    if (digest && option_given(&program->options, FLAG_LIMIT))
        return program_list(program, &(struct list){"/feedback-digests", "", render_digests});
    if (digest)
        return program_show(program, "/feedback-digests?pageSize=1", render_last_digest);
    return program_list_below(program,
                              &(struct list){"/feedback", unread ? "&unread=true" : "", render_feedback_list},
                              render_feedback_count);
}

int run_chain(struct program *program)
{
    struct arena *arena = program->arena;
    const char *organisation = option_text(&program->options, FLAG_ORGANISATION);
    static const char *const origins[] = {"referrer", "self", "desk", "signal", NULL};
    const char *status = option_text(&program->options, FLAG_STATUS),
               *origin = option_text(&program->options, FLAG_ORIGIN);
    const char *query = option_given(&program->options, FLAG_OVERDUE) ? "&overdue=true" : "";
    if (status && strcmp(status, "open") != 0 && strcmp(status, "closed") != 0)
        return program_reject(program, SAY_UNKNOWN_CHOICE,
                              VALUES(flag_kind(FLAG_STATUS)->name, status, "open, closed"));
    if (origin && !program_is_choice(program, flag_kind(FLAG_ORIGIN)->name, origin, origins))
        return EXIT_INPUT;
    if (organisation && !program_check_word(program, FLAG_ORGANISATION, organisation))
        return EXIT_INPUT;
    if (organisation)
        query = arena_printf(arena, "%s&organisation=%s", query, api_escape(arena, organisation));
    if (status)
        query = arena_printf(arena, "%s&status=%s", query, status);
    if (origin)
        query = arena_printf(arena, "%s&origin=%s", query, origin);
    if (option_given(&program->options, FLAG_NO_CAPACITY))
        query = arena_printf(arena, "%s&capacity=none", query);
    return program_list(program, &(struct list){"/referrals", query, render_chain});
}

int program_show(struct program *program, const char *path,
                 void (*render)(const struct screen *screen, const json_t *document))
{
    struct answer answer;
    const json_t *document;
    if (!program_get(program, path, &answer, &document))
        return program_explain(program, &answer, NULL);
    if (program->json)
        program_print(program, answer.body);
    else
        render(&program->out, document);
    return EXIT_DONE;
}

/* The id of a referral or, when there is no such referral, of a step. */
int run_show(struct program *program)
{
    struct answer answer, second;
    const json_t *document;
    const char *id = program_id(program, program->options.words[0]);
    if (!id)
        return EXIT_INPUT;
    bool referral =
        program_get(program, arena_printf(program->arena, "/referrals/%s", id), &answer, &document);
    bool step = !referral && answer.outcome == CALL_ANSWERED && answer.status == 404 &&
                program_get(program, arena_printf(program->arena, "/steps/%s", id), &second, &document);
    if (!referral && !step)
        return program_explain(program, &answer, NULL);
    if (program->json)
        program_print(program, (referral ? &answer : &second)->body);
    else if (referral)
        render_referral(&program->out, document);
    else
        render_step(&program->out, document);
    return EXIT_DONE;
}

int run_feedback_open(struct program *program)
{
    struct answer answer;
    const char *id = program_id(program, program->options.words[0]);
    if (!id)
        return EXIT_INPUT;
    program_post(program, arena_printf(program->arena, "/feedback/%s/_open", id), slice_of("{}"), NULL,
                 &answer);
    if (!answer_is_good(&answer))
        return program_explain(program, &answer, arena_printf(program->arena, "show %s", id));
    if (program->json)
        program_print(program, answer.body);
    else
        render_feedback(&program->out, program_document(program, answer.body));
    return EXIT_DONE;
}

int run_check(struct program *program)
{
    struct answer answer;
    const json_t *checks;
    if (!program_get(program, "/checks", &answer, &checks))
        return program_explain(program, &answer, NULL);
    const json_t *list = document_list(checks, "invariants");
    size_t violated = 0;
    for (size_t i = 0; i < json_array_size(list); i++)
        violated += strcmp(document_text(json_array_get(list, i), "status"), "violated") == 0;
    if (program->json)
        program_print(program, answer.body);
    else
        render_checks(&program->out, checks);
    return violated ? EXIT_VIOLATED : EXIT_DONE;
}

int run_vocabulary(struct program *program)
{
    static const char *const lists[] = {"domains",  "states",    "decline-codes",
                                        "evidence", "offerings", "organisations"};
    const char *list = program->options.word_count ? program->options.words[0] : NULL;
    struct answer answer;
    const json_t *vocabulary;
    bool known = !list;
    for (size_t i = 0; !known && i < sizeof lists / sizeof lists[0]; i++)
        known = strcmp(list, lists[i]) == 0;
    if (!known)
        return program_reject(program, SAY_UNKNOWN_CHOICE,
                              VALUES("vocabulary", list, program->command->arguments[program->language]));
    if (!program_get(program, "/vocabulary", &answer, &vocabulary))
        return program_explain(program, &answer, NULL);
    vocabulary_keep(program->directory, answer.body);
    if (program->json)
        program_print(program, answer.body);
    else
        render_vocabulary(&program->out, vocabulary, list);
    return EXIT_DONE;
}

int run_whoami(struct program *program)
{
    int code = program_show(program, "/me", render_me);
    if (code == EXIT_DONE && !program->json)
        screen_say(&program->out, SAY_WHERE, VALUES(program->directory, program->profile.api));
    return code;
}

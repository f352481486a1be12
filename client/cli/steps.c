/* Moving a step: read it for its version, post the move for just that version, say where it stands now. */
#include <ctype.h>

#include "program.h"
#include "wire.h"

static const char *const operations[] = {
    [MOVE_ACCEPT] = "_accept",     [MOVE_DECLINE] = "_decline", [MOVE_REPORT] = "_report",
    [MOVE_COMPLETE] = "_complete", [MOVE_ANSWER] = "_answer",   [MOVE_REASSIGN] = "_reassign"};

/* The texts that a flag fills as it is. */
static const struct flag_field texts[] = {{FLAG_REASON, offsetof(struct wire_move, reason)},
                                          {FLAG_DATE, offsetof(struct wire_move, date)},
                                          {FLAG_CHANNEL, offsetof(struct wire_move, channel)},
                                          {FLAG_RESULT, offsetof(struct wire_move, result)}};

/* A value that may stand behind the step or at its flag, once. NULL: neither; *good false: both, said. */
static const char *word_or_flag(struct program *program, size_t place, enum flag flag, bool *good)
{
    const char *flagged = option_text(&program->options, flag);
    const char *word = place < program->options.word_count ? program->options.words[place] : NULL;
    if (word && flagged) {
        program_reject(program, SAY_FLAG_TWICE, VALUES(flag_kind(flag)->name));
        *good = false;
    }
    return word ? word : flagged;
}

/* What the service would find wrong with the body. */
static bool check_body(struct program *program, struct slice body, enum wire_move_kind kind)
{
    struct err err;
    struct issues *issues = arena_alloc(program->arena, sizeof *issues);
    struct wire_move *read = arena_alloc(program->arena, sizeof *read);
    if (wire_decode_move(body, kind, program->arena, read, issues, &err))
        return true;
    program_invalid(program, &err, issues);
    return false;
}

static bool check_words(struct program *program, const struct wire_move *move)
{
    struct arena *arena = program->arena;
    bool good = true;
    if (move->kind == MOVE_REPORT)
        good = program_check_word(program, FLAG_STATE, arena_text(arena, move->state));
    if (move->decline_code.ptr)
        good = program_check_word(program, FLAG_CODE, arena_text(arena, move->decline_code)) && good;
    for (size_t i = 0; i < move->offering_count; i++)
        good = program_check_word(program, FLAG_TO, arena_text(arena, move->offerings[i])) && good;
    return good;
}

/* Somebody was first: read again what they did. */
static int explain_conflict(struct program *program, const struct answer *refusal, const char *path)
{
    struct answer answer;
    const json_t *step, *referral = NULL;
    if (program->json)
        program_print(program, refusal->body);
    if (!program_get(program, path, &answer, &step)) {
        screen_say(&program->err, SAY_REFUSED, VALUES(program_reason(program, refusal)));
        return EXIT_CONFLICT;
    }
    program_get(program, arena_printf(program->arena, "/referrals/%s", document_text(step, "referralId")),
                &answer, &referral);
    render_conflict(&program->err, step, referral);
    return EXIT_CONFLICT;
}

static const char *detail_of(struct program *program, const struct answer *answer)
{
    bool refused = answer->outcome == CALL_ANSWERED && answer->status == 409;
    return refused ? document_text(program_document(program, answer->body), "detail") : "";
}

/* A colleague took it: to who accepts that is somebody who was first, not a state that is wrong. */
static bool is_accepted(struct program *program, const struct answer *answer)
{
    return slice_is(text_state_of(detail_of(program, answer)), "accepted");
}

/* The branches that began just now: those of this step that are of its last moment. */
static void show_branches(struct program *program, const json_t *step)
{
    struct answer answer;
    const json_t *referral;
    const char *id = document_text(step, "id"), *last = "";
    if (!program_get(program,
                     arena_printf(program->arena, "/referrals/%s", document_text(step, "referralId")),
                     &answer, &referral))
        return;
    const json_t *steps = document_list(referral, "steps");
    for (size_t i = 0; i < json_array_size(steps); i++) {
        const json_t *branch = json_array_get(steps, i);
        if (strcmp(document_text(branch, "parentId"), id) == 0 &&
            strcmp(document_text(branch, "createdAt"), last) > 0)
            last = document_text(branch, "createdAt");
    }
    for (size_t i = 0; i < json_array_size(steps); i++) {
        const json_t *branch = json_array_get(steps, i);
        if (strcmp(document_text(branch, "parentId"), id) == 0 &&
            strcmp(document_text(branch, "createdAt"), last) == 0)
            screen_say(&program->out, SAY_NEW_STEP,
                       VALUES(document_text(branch, "id"),
                              render_place(&program->out, document_at(branch, "offering"),
                                           document_at(branch, "organisation")),
                              document_text(branch, "state.label")));
    }
}

static int post_move(struct program *program, const char *id, const struct wire_move *move, struct slice body)
{
    struct answer answer;
    const json_t *step;
    const char *path = arena_printf(program->arena, "/steps/%s", id);
    if (!program_get(program, path, &answer, &step))
        return program_explain(program, &answer, NULL);
    /* The service gives every step its ETag; without one any version would do, which is not ours to decide.
     */
    const char *etag = answer.etag ? answer.etag : "\"0\"";
    program_post(program, arena_printf(program->arena, "%s/%s", path, operations[move->kind]), body, etag,
                 &answer);
    if (answer.outcome == CALL_ANSWERED && answer.status == 412)
        return explain_conflict(program, &answer, path);
    if (move->kind == MOVE_ACCEPT && is_accepted(program, &answer))
        return explain_conflict(program, &answer, path);
    if (!answer_is_good(&answer)) {
        int code = program_explain(program, &answer, arena_printf(program->arena, "show %s", id));
        if (move->kind == MOVE_ACCEPT && answer.problem && strcmp(answer.problem, "offer-taken") == 0)
            return EXIT_CONFLICT;
        if (!program->json && answer.status == 422 && slice_is(move->state, "unreachable") &&
            !move->reason.len)
            screen_say(&program->err, SAY_ATTEMPTS_MISSING, VALUES(id));
        return code;
    }
    if (program->json) {
        program_print(program, answer.body);
        return tasks_post_goals(program, id);
    }
    const json_t *moved = program_document(program, answer.body);
    render_moved(&program->out, moved);
    render_attempted(&program->out, moved);
    if (move->branch_count)
        show_branches(program, moved);
    int status = tasks_post_goals(program, id);
    if (move->kind == MOVE_COMPLETE || slice_starts(move->state, "done-"))
        tasks_show_open_goals(program, document_text(moved, "referralId"));
    if (move->kind == MOVE_COMPLETE && !option_given(&program->options, FLAG_OUTCOME) &&
        program->options.word_count < 2)
        screen_say(&program->out, SAY_COMPLETED_REACHED, NULL);
    return status;
}

/* Check and post a move of which the texts are taken. */
static int send_move(struct program *program, const char *id, struct wire_move *move)
{
    struct slice body = wire_encode_move(move, program->arena);
    if (!check_body(program, body, move->kind) || !check_words(program, move))
        return EXIT_INPUT;
    return post_move(program, id, move, body);
}

/* `text`: NULL or what was typed as text. */
static int move_step(struct program *program, struct wire_move *move, const char *text)
{
    const char *id = program_id(program, program->options.words[0]);
    if (!id || !program_take_texts(program, texts, sizeof texts / sizeof texts[0], move) ||
        !program_take_list(program, FLAG_TO, move->offerings, WIRE_OFFERINGS, &move->offering_count) ||
        !program_text(program, text, &move->text, NULL))
        return EXIT_INPUT;
    move->is_story = option_given(&program->options, FLAG_STORY);
    return send_move(program, id, move);
}

static int say_missing(struct program *program)
{
    return program_reject(program, SAY_MISSING,
                          VALUES(program->command->name, program->command->arguments[program->language]));
}

static int accept_step(struct program *program, const char *id)
{
    struct wire_move move = {.kind = MOVE_ACCEPT};
    program->options.words[0] = id;
    return move_step(program, &move, option_text(&program->options, FLAG_TEXT));
}

/* Whether a step of the inbox is one of this class that waits for an answer. */
static bool is_to_accept(const json_t *step, const char *class)
{
    const char *status = document_text(step, "status");
    return strcmp(document_text(step, "class.id"), class) == 0 &&
           (strcmp(status, "requested") == 0 || strcmp(status, "received") == 0);
}

/* The steps of a class that wait here for an answer, all pages of the inbox. EXIT_DONE, or said. */
static int steps_of_class(struct program *program, const char *class, json_t *ids)
{
    struct answer answer;
    const json_t *page;
    const char *next = "";
    do {
        const char *path = arena_printf(program->arena, "/inbox?pageSize=200%s%s", *next ? "&cursor=" : "",
                                        *next ? api_escape(program->arena, next) : "");
        if (!program_get(program, path, &answer, &page))
            return program_explain(program, &answer, NULL);
        const json_t *items = document_list(page, "items");
        for (size_t i = 0; i < json_array_size(items); i++)
            if (is_to_accept(json_array_get(items, i), class))
                json_array_append_new(ids, json_string(document_text(json_array_get(items, i), "id")));
        next = document_text(page, "next");
    } while (*next);
    return EXIT_DONE;
}

/* Each by itself: one that cannot be accepted stops no other; the first that went wrong gives the exit code.
 * After Ctrl-C none is begun any more, and that gives it. */
static int accept_each(struct program *program, const char *const *ids, size_t count)
{
    size_t done = 0, begun = 0;
    int code = EXIT_DONE;
    for (; begun < count && !program_is_stopped(); begun++) {
        int became = accept_step(program, ids[begun]);
        done += became == EXIT_DONE;
        code = code ? code : became;
    }
    if (begun == count)
        return code;
    screen_say(&program->err, SAY_ACCEPT_STOPPED,
               VALUES(arena_printf(program->arena, "%zu", done), arena_printf(program->arena, "%zu", count)));
    return EXIT_UNREACHABLE;
}

static int accept_class(struct program *program)
{
    const char *class = program_id(program, option_text(&program->options, FLAG_CLASS));
    json_t *ids = json_array();
    json_array_append_new(program->documents, ids);
    int code = class ? steps_of_class(program, class, ids) : EXIT_INPUT;
    size_t count = json_array_size(ids);
    if (code != EXIT_DONE)
        return code;
    if (!count) {
        screen_say(&program->err, SAY_CLASS_NONE_HERE, VALUES(class));
        return EXIT_REFUSED;
    }
    const char **steps = arena_array(program->arena, count, sizeof *steps);
    for (size_t i = 0; i < count; i++)
        steps[i] = json_string_value(json_array_get(ids, i));
    return accept_each(program, steps, count);
}

int run_accept(struct program *program)
{
    const char *steps[OPTION_WORDS];
    size_t count = program->options.word_count;
    if ((count > 0) == option_given(&program->options, FLAG_CLASS))
        return program_reject(program, SAY_STEPS_OR_CLASS, NULL);
    if (!count)
        return accept_class(program);
    memcpy(steps, program->options.words, sizeof steps);
    return accept_each(program, steps, count);
}

int run_decline(struct program *program)
{
    bool good = true;
    const char *code = word_or_flag(program, 1, FLAG_CODE, &good);
    if (!good)
        return EXIT_INPUT;
    if (!code)
        return say_missing(program);
    struct wire_move move = {.kind = MOVE_DECLINE, .decline_code = slice_of(code)};
    return move_step(program, &move, option_text(&program->options, FLAG_TEXT));
}

static bool begins(const char *label, const char *word)
{
    while (*word && tolower((unsigned char)*label) == tolower((unsigned char)*word))
        label++, word++;
    return !*word;
}

/* The state that somebody means who types it as it stands on the screen, or how that begins ("wachtlijst"):
 * its code if it is the only one, else the word itself. */
static const char *state_meant(struct program *program, const char *word)
{
    const json_t *states = document_list(program_words(program, false), "states");
    const char *meant = NULL;
    size_t count = 0;
    for (size_t i = 0; i < json_array_size(states); i++) {
        const json_t *state = json_array_get(states, i);
        if (strcmp(document_text(state, "code"), word) == 0)
            return word;
        if (*word && begins(document_text(state, "label"), word)) {
            meant = document_text(state, "code");
            count++;
        }
    }
    return count == 1 ? meant : word;
}

int run_report(struct program *program)
{
    bool good = true;
    bool flagged = option_given(&program->options, FLAG_STATE);
    /* With --state, the word behind the step is the text. */
    const char *state =
        flagged ? option_text(&program->options, FLAG_STATE) : word_or_flag(program, 1, FLAG_STATE, &good);
    const char *text = word_or_flag(program, flagged ? 1 : 2, FLAG_TEXT, &good);
    if (flagged && program->options.word_count > 2)
        return program_reject(program, SAY_FLAG_TWICE, VALUES(flag_kind(FLAG_STATE)->name));
    if (!good)
        return EXIT_INPUT;
    if (!state)
        return say_missing(program);
    struct wire_move move = {.kind = MOVE_REPORT, .state = slice_of(state_meant(program, state))};
    return move_step(program, &move, text);
}

int run_complete(struct program *program)
{
    bool good = true;
    const char *outcome = word_or_flag(program, 1, FLAG_OUTCOME, &good),
               *text = word_or_flag(program, 2, FLAG_TEXT, &good);
    if (!good)
        return EXIT_INPUT;
    struct wire_move move = {.kind = MOVE_COMPLETE, .state = slice_of(outcome ? outcome : "reached")};
    return move_step(program, &move, text);
}

int run_answer(struct program *program)
{
    bool good = true;
    const char *text = word_or_flag(program, 1, FLAG_TEXT, &good);
    if (!good)
        return EXIT_INPUT;
    if (!text)
        return say_missing(program);
    struct wire_move move = {.kind = MOVE_ANSWER};
    return move_step(program, &move, text);
}

/* The words behind the step are branches at once, each --then comes after the one before it. */
int run_pass_on(struct program *program)
{
    const struct options *options = &program->options;
    const struct option *then = &options->flags[FLAG_THEN];
    const char *id = program_id(program, options->words[0]), *after = option_text(options, FLAG_AFTER);
    size_t at_once = options->word_count - 1, count = at_once + then->count;
    struct wire_branch *branches = arena_array(program->arena, count, sizeof *branches);
    struct wire_move move = {
        .kind = MOVE_REPORT, .state = slice_of("passed-on"), .branches = branches, .branch_count = count};
    if (!id || (after && !(after = program_id(program, after))) ||
        !program_text(program, option_text(options, FLAG_TEXT), &move.text, NULL))
        return EXIT_INPUT;
    if (count > WIRE_OFFERINGS)
        return program_reject(program, SAY_FLAG_TOO_OFTEN, VALUES(flag_kind(FLAG_THEN)->name));
    for (size_t i = 0; i < count; i++) {
        bool first = i < at_once;
        branches[i] = (struct wire_branch){
            .offering = slice_of(first ? options->words[i + 1] : then->values[i - at_once]),
            .after = first ? 0 : (int)i,
            .after_step = first && after ? slice_of(after) : SLICE_NONE};
        move.offerings[move.offering_count++] = branches[i].offering;
    }
    return send_move(program, id, &move);
}

int run_reassign(struct program *program)
{
    bool to = option_given(&program->options, FLAG_TO),
         here = option_given(&program->options, FLAG_TO_COORDINATION);
    if (to == here)
        return program_reject(program, SAY_REASSIGN_WHERE, NULL);
    if (!option_given(&program->options, FLAG_REASON))
        return say_missing(program);
    struct wire_move move = {.kind = MOVE_REASSIGN};
    return move_step(program, &move, NULL);
}

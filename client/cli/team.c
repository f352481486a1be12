/* A team's inbox (a colleague takes a step for themself, and puts it back), and a referral that goes on. */
#include "program.h"
#include "wire.h"

/* Somebody has it: who, as the step tells now. */
static int say_taken(struct program *program, const char *id, const struct answer *refusal, enum text text)
{
    struct answer answer;
    const json_t *step;
    if (program->json)
        program_print(program, refusal->body);
    else if (program_get(program, arena_printf(program->arena, "/steps/%s", id), &answer, &step) &&
             *document_text(step, "assignee.name"))
        screen_say(&program->err, text, VALUES(document_text(step, "assignee.name"), id));
    else
        program_explain(program, refusal, NULL);
    return EXIT_CONFLICT;
}

static int hand(struct program *program, const char *verb, struct slice body, enum text done, enum text taken)
{
    struct answer answer;
    const char *id = program_id(program, program->options.words[0]);
    if (!id)
        return EXIT_INPUT;
    program_post(program, arena_printf(program->arena, "/steps/%s/%s", id, verb), body, NULL, &answer);
    if (answer.problem && strcmp(answer.problem, "already-taken") == 0)
        return say_taken(program, id, &answer, taken);
    if (!answer_is_good(&answer))
        return program_explain(program, &answer, arena_printf(program->arena, "show %s", id));
    if (program->json)
        program_print(program, answer.body);
    else
        screen_say(&program->out, done, VALUES(id));
    return EXIT_DONE;
}

int run_pick_up(struct program *program)
{
    bool over = option_given(&program->options, FLAG_TAKE_OVER);
    return hand(program, "_pickup", slice_of(over ? "{\"takeOver\":true}" : "{}"), SAY_PICKED_UP,
                SAY_COLLEAGUE_HAS_IT);
}

int run_put_back(struct program *program)
{
    return hand(program, "_putback", slice_of("{}"), SAY_PUT_BACK, SAY_COLLEAGUE_KEEPS_IT);
}

static struct slice reopening_body(struct program *program, const char *reason, const char *offering)
{
    json_t *members = json_pack("{ssss*}", "reason", reason, "offering", offering);
    char *text = members ? json_dumps(members, JSON_COMPACT) : NULL;
    struct slice body = text ? arena_slice(program->arena, slice_of(text)) : SLICE_NONE;
    free(text);
    json_decref(members);
    return body;
}

int run_reopen(struct program *program)
{
    const struct option *to = &program->options.flags[FLAG_TO];
    const char *id = program_id(program, program->options.words[0]),
               *reason = option_text(&program->options, FLAG_REASON),
               *offering = to->count ? to->values[0] : NULL;
    struct wire_reopening read;
    struct issues issues;
    struct answer answer;
    struct err err;
    if (!id)
        return EXIT_INPUT;
    if (!reason)
        return program_reject(program, SAY_MISSING,
                              VALUES(program->command->name, program->command->arguments[program->language]));
    if (to->count > 1)
        return program_reject(program, SAY_FLAG_TWICE, VALUES(flag_kind(FLAG_TO)->name));
    struct slice body = reopening_body(program, reason, offering);
    if (!body.ptr)
        return program_reject(program, SAY_NOT_UTF8, VALUES(flag_kind(FLAG_REASON)->name));
    if (!wire_decode_reopening(body, program->arena, &read, &issues, &err))
        return program_invalid(program, &err, &issues);
    if (offering && !program_check_word(program, FLAG_TO, offering))
        return EXIT_INPUT;
    program_post(program, arena_printf(program->arena, "/referrals/%s/_reopen", id), body, NULL, &answer);
    if (!answer_is_good(&answer))
        return program_explain(program, &answer, arena_printf(program->arena, "show %s", id));
    if (program->json)
        program_print(program, answer.body);
    else
        render_reopened(&program->out, program_document(program, answer.body));
    return EXIT_DONE;
}

int run_direct(struct program *program)
{
    const char *id = program_id(program, program->options.words[0]), *to = program->options.words[1];
    struct answer answer;
    if (!id || !program_check_word(program, FLAG_ORGANISATION, to))
        return EXIT_INPUT;
    json_t *members = json_pack("{ss}", "organisation", to);
    char *text = members ? json_dumps(members, JSON_COMPACT) : NULL;
    struct slice body = text ? arena_slice(program->arena, slice_of(text)) : SLICE_NONE;
    free(text);
    json_decref(members);
    if (!body.ptr)
        return program_reject(program, SAY_NOT_UTF8, VALUES(flag_kind(FLAG_ORGANISATION)->name));
    program_post(program, arena_printf(program->arena, "/referrals/%s/_direct", id), body, NULL, &answer);
    if (!answer_is_good(&answer))
        return program_explain(program, &answer, arena_printf(program->arena, "show %s", id));
    if (program->json)
        program_print(program, answer.body);
    else
        render_directed(&program->out, program_document(program, answer.body));
    return EXIT_DONE;
}

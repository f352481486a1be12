/* A team's inbox: a colleague takes a step for themself, and puts it back. */
#include "program.h"

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

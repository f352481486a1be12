/* Duplicates: what may be about one client, and letting one referral go on in another. */
#include "program.h"

int run_duplicates(struct program *program)
{
    return program_list(program, &(struct list){"/duplicates", "", render_duplicates});
}

int run_merge(struct program *program)
{
    const char *id = program_id(program, program->options.words[0]),
               *given = option_text(&program->options, FLAG_INTO);
    struct answer answer;
    if (!id)
        return EXIT_INPUT;
    if (!given)
        return program_reject(program, SAY_MISSING,
                              VALUES(program->command->name, program->command->arguments[program->language]));
    const char *into = program_id(program, given);
    if (!into)
        return EXIT_INPUT;
    program_post(program, arena_printf(program->arena, "/referrals/%s/_merge", id),
                 slice_of(arena_printf(program->arena, "{\"into\":\"%s\"}", into)), NULL, &answer);
    if (!answer_is_good(&answer))
        return program_explain(program, &answer, arena_printf(program->arena, "show %s", id));
    if (program->json)
        program_print(program, answer.body);
    else
        render_merged(&program->out, program_document(program, answer.body));
    return EXIT_DONE;
}

/* What a practice hears back: its contract, and the headlines. */
#include "program.h"
#include "render_contract.h"
#include "wire.h"

int run_contract(struct program *program)
{
    return program_show(program, "/feedback-contracts", render_contracts);
}

static json_t *members_of(const struct options *options)
{
    const struct option *milestones = &options->flags[FLAG_MILESTONE];
    json_t *members = json_pack("{ss}", "form", option_text(options, FLAG_FORM)), *list = json_array();
    for (size_t i = 0; i < milestones->count; i++)
        json_array_append_new(list, json_string(milestones->values[i]));
    if (members && milestones->count)
        json_object_set(members, "milestones", list);
    json_decref(list);
    if (members && option_given(options, FLAG_ORGANISATION))
        json_object_set_new(members, "organisation", json_string(option_text(options, FLAG_ORGANISATION)));
    return members;
}

static struct slice body_of(struct program *program)
{
    json_t *members = members_of(&program->options);
    char *text = members ? json_dumps(members, JSON_COMPACT) : NULL;
    struct slice body = text ? arena_slice(program->arena, slice_of(text)) : SLICE_NONE;
    free(text);
    json_decref(members);
    return body;
}

/* Whether every milestone is one; says which there are. */
static bool are_milestones(struct program *program)
{
    static const char *const words[] = {"accepted", "first-contact", "started", "ended", "story", NULL};
    const struct option *milestones = &program->options.flags[FLAG_MILESTONE];
    for (size_t i = 0; i < milestones->count; i++)
        if (!program_is_choice(program, flag_kind(FLAG_MILESTONE)->name, milestones->values[i], words))
            return false;
    return true;
}

int run_contract_set(struct program *program)
{
    static const char *const forms[] = {"at-once", "daily", "end-only", "standard", NULL};
    const char *form = option_text(&program->options, FLAG_FORM),
               *organisation = option_text(&program->options, FLAG_ORGANISATION);
    struct wire_contract read;
    struct issues issues;
    struct answer answer;
    struct err err;
    if (!form)
        return program_reject(program, SAY_MISSING,
                              VALUES(program->command->name, program->command->arguments[program->language]));
    if (!program_is_choice(program, flag_kind(FLAG_FORM)->name, form, forms) || !are_milestones(program) ||
        (organisation && !program_check_word(program, FLAG_ORGANISATION, organisation)))
        return EXIT_INPUT;
    struct slice body = body_of(program);
    if (!body.ptr)
        return program_reject(program, SAY_NOT_UTF8, VALUES(flag_kind(FLAG_ORGANISATION)->name));
    if (!wire_decode_contract(body, program->arena, &read, &issues, &err))
        return program_invalid(program, &err, &issues);
    program_post(program, "/feedback-contracts", body, NULL, &answer);
    if (!answer_is_good(&answer))
        return program_explain(program, &answer, "contract");
    if (program->json)
        program_print(program, answer.body);
    else
        render_contract(&program->out, program_document(program, answer.body));
    return EXIT_DONE;
}

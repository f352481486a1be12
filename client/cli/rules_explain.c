/* `wijzer rules explain`: why a referral went where it went, why not elsewhere, and what if. */
#include "render_rules.h"
#include "rules.h"
#include "suggest.h"

/* "age=28": a fact that rules look at, and anything behind it; nothing stands for not known. */
static bool check_change(struct program *program, const char *change)
{
    size_t count;
    const char *const *facts = column_facts(&count);
    struct slice rest = slice_of(change);
    struct slice fact = slice_trim(slice_cut(&rest, '='));
    if (!rest.ptr || !fact.len || strchr(change, ';')) {
        program_reject(program, SAY_WHAT_IF_FORM, VALUES(change));
        return false;
    }
    for (size_t i = 0; i < count; i++)
        if (slice_is(fact, facts[i]))
            return true;
    const char *name = arena_text(program->arena, fact);
    program_complain(program, &(struct complaint){
                                  .text = SAY_NO_SUCH_FACT,
                                  .values = {name},
                                  .meant = suggest_word(name, facts, count),
                              });
    return false;
}

/* All changes in one value, separated by semicolons. NULL: one is wrong, said. "": there are none. */
static const char *changes(struct program *program)
{
    const struct option *option = &program->options.flags[FLAG_WHAT_IF];
    const char *list = "";
    for (size_t i = 0; i < option->count; i++) {
        if (!check_change(program, option->values[i]))
            return NULL;
        list = arena_printf(program->arena, "%s%s%s", list, *list ? ";" : "", option->values[i]);
    }
    return list;
}

int run_rules_explain(struct program *program)
{
    struct arena *arena = program->arena;
    struct answer answer;
    const json_t *explanation;
    const char *id = program_id(program, program->options.words[0]);
    const char *offering = option_text(&program->options, FLAG_WHY_NOT);
    const char *what_if = id ? changes(program) : NULL;
    if (!id || !what_if)
        return EXIT_INPUT;
    const char *path = arena_printf(arena, "/referrals/%s/explanation", id), *with = "?";
    if (offering) {
        path = arena_printf(arena, "%s?whyNot=%s", path, api_escape(arena, offering));
        with = "&";
    }
    if (*what_if)
        path = arena_printf(arena, "%s%swhatIf=%s", path, with, api_escape(arena, what_if));
    if (!program_get(program, path, &answer, &explanation)) {
        int code = program_explain(program, &answer, NULL);
        /* An offering that ended long ago is known to the service alone, so it is asked first. */
        if (offering && answer.outcome == CALL_ANSWERED)
            program_check_word(program, FLAG_WHY_NOT, offering);
        return code;
    }
    if (program->json) {
        program_print(program, answer.body);
        return EXIT_DONE;
    }
    struct wording wording = rules_wording(program);
    render_explanation(&wording, explanation);
    return EXIT_DONE;
}

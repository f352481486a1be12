/* What became of it in figures: how far loops are closed, how partners answer, how residents moved, what it
 * saves. */
#include "json_out.h"
#include "program.h"
#include "render_contract.h"
#include "render_figures.h"
#include "suggest.h"
#include "wire.h"

/* "/list?from=...&to=...": what was given of the period; NULL: said. */
static const char *path_of(struct program *program, const char *list)
{
    static const struct {
        enum flag flag;
        const char *name;
    } days[] = {{FLAG_FROM, "from"}, {FLAG_TO, "to"}};
    const char *path = list, *mark = "?";
    if (program->options.flags[FLAG_TO].count > 1) {
        program_reject(program, SAY_FLAG_TWICE, VALUES(flag_kind(FLAG_TO)->name));
        return NULL;
    }
    if (!program_period(program, FLAG_FROM, FLAG_TO))
        return NULL;
    for (size_t i = 0; i < sizeof days / sizeof days[0]; i++) {
        const char *day = option_text(&program->options, days[i].flag);
        if (!day)
            continue;
        path = arena_printf(program->arena, "%s%s%s=%s", path, mark, days[i].name, day);
        mark = "&";
    }
    return path;
}

/* Shows a list of a period, with --by as one of the words. */
static int show_by(struct program *program, const char *list, const char *const *words,
                   void (*render)(const struct screen *, const json_t *))
{
    const char *by = option_text(&program->options, FLAG_BY), *path = path_of(program, list);
    if (!path || (by && !program_is_choice(program, flag_kind(FLAG_BY)->name, by, words)))
        return EXIT_INPUT;
    if (by)
        path = arena_printf(program->arena, "%s%cby=%s", path, strchr(path, '?') ? '&' : '?', by);
    return program_show(program, path, render);
}

int run_closure(struct program *program)
{
    static const char *const words[] = {"region", "referrer", "partner", "area", NULL};
    return show_by(program, "/closure-rates", words, render_rates);
}

int run_partners(struct program *program)
{
    const char *path = path_of(program, "/partner-figures");
    return path ? program_show(program, path, render_partners) : EXIT_INPUT;
}

int run_overview(struct program *program)
{
    const char *path = path_of(program, "/overview");
    return path ? program_show(program, path, render_overview) : EXIT_INPUT;
}

int run_movement(struct program *program)
{
    static const char *const words[] = {"domain", "area", NULL};
    return show_by(program, "/movement", words, render_movement);
}

/* ---- what outcomes are assumed to save ---- */

int run_savings(struct program *program)
{
    const char *path = path_of(program, "/savings");
    return path ? program_show(program, path, render_savings) : EXIT_INPUT;
}

int run_savings_assumptions(struct program *program)
{
    return program_show(program, "/assumptions", render_assumptions);
}

/* As `complete` has them; others are the states themselves. */
static const struct {
    const char *word, *state;
} outcomes[] = {
    {"reached", "done-goal-reached"}, {"partly", "done-partly"}, {"not-reached", "done-not-reached"}};
enum { OUTCOMES = sizeof outcomes / sizeof outcomes[0] };

static bool is_end(const json_t *state)
{
    static const char *const ends[] = {"completed", "failed", "cancelled", "rejected", "entered-in-error"};
    for (size_t i = 0; i < sizeof ends / sizeof ends[0]; i++)
        if (strcmp(document_text(state, "status"), ends[i]) == 0)
            return true;
    return false;
}

/* The state in which a referral with that outcome ends; NULL: there is none, said. */
static const char *outcome_of(struct program *program, const char *given)
{
    const json_t *states = document_list(program_words(program, false), "states");
    const char **words = arena_alloc(program->arena, (OUTCOMES + json_array_size(states)) * sizeof *words);
    size_t count = 0;
    for (; count < OUTCOMES; count++) {
        if (strcmp(given, outcomes[count].word) == 0)
            return outcomes[count].state;
        words[count] = outcomes[count].word;
    }
    for (size_t i = 0; i < json_array_size(states); i++) {
        const char *code = document_text(json_array_get(states, i), "code");
        if (!is_end(json_array_get(states, i)))
            continue;
        if (strcmp(given, code) == 0)
            return code;
        words[count++] = code;
    }
    if (count == OUTCOMES) /* the region's words are not at hand: the service knows them */
        return given;
    program_complain(program,
                     &(struct complaint){SAY_UNKNOWN_OUTCOME, {given}, suggest_word(given, words, count)});
    return NULL;
}

/* --amount in whole euros. False: it is none, said. */
static bool take_amount(struct program *program, int64_t *amount)
{
    enum { MOST = 1000000 };
    if (slice_to_i64(slice_of(option_text(&program->options, FLAG_AMOUNT)), 0, MOST, amount))
        return true;
    program_reject(program, SAY_NOT_A_NUMBER, VALUES(flag_kind(FLAG_AMOUNT)->name, "0", "1000000"));
    return false;
}

/* The body; absent: something is wrong, and that was said. */
static struct slice assumption_of(struct program *program)
{
    enum { BODY = 2048 };
    const struct options *options = &program->options;
    const char *domain = option_text(options, FLAG_DOMAIN), *day = option_text(options, FLAG_FROM), *outcome;
    struct json_out out = json_out_new(program->arena, BODY);
    int64_t amount, from;
    if (options->flags[FLAG_DOMAIN].count > 1) {
        program_reject(program, SAY_FLAG_TWICE, VALUES(flag_kind(FLAG_DOMAIN)->name));
        return SLICE_NONE;
    }
    outcome = outcome_of(program, option_text(options, FLAG_OUTCOME));
    if (!outcome || (domain && !program_check_word(program, FLAG_DOMAIN, domain)) ||
        !take_amount(program, &amount) || (day && !program_day(program, FLAG_FROM, &from)))
        return SLICE_NONE;
    out_open(&out, NULL, '{');
    out_text(&out, "outcome", slice_of(outcome));
    if (domain)
        out_text(&out, "domain", slice_of(domain));
    out_integer(&out, "amount", amount);
    out_text(&out, "source", slice_of(option_text(options, FLAG_SOURCE)));
    if (day)
        out_text(&out, "effectiveFrom", slice_of(day));
    out_close(&out, '}');
    return json_out_slice(&out);
}

int run_savings_assume(struct program *program)
{
    static const enum flag needed[] = {FLAG_OUTCOME, FLAG_AMOUNT, FLAG_SOURCE};
    struct wire_assumption read;
    struct issues issues;
    struct answer answer;
    struct err err;
    for (size_t i = 0; i < sizeof needed / sizeof needed[0]; i++)
        if (!option_given(&program->options, needed[i]))
            return program_reject(
                program, SAY_MISSING,
                VALUES(program->command->name, program->command->arguments[program->language]));
    struct slice body = assumption_of(program);
    if (!body.ptr)
        return EXIT_INPUT;
    if (!wire_decode_assumption(body, program->arena, &read, &issues, &err))
        return program_invalid(program, &err, &issues);
    program_post(program, "/assumptions", body, NULL, &answer);
    if (!answer_is_good(&answer))
        return program_explain(program, &answer, "savings assumptions");
    if (program->json)
        program_print(program, answer.body);
    else
        render_assumption(&program->out, program_document(program, answer.body));
    return EXIT_DONE;
}

/* Closing by facts in figures: how far loops are closed, and how partners answer. */
#include "program.h"
#include "render_contract.h"
#include "render_figures.h"

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

int run_closure(struct program *program)
{
    static const char *const words[] = {"region", "referrer", "partner", "area", NULL};
    const char *by = option_text(&program->options, FLAG_BY), *path = path_of(program, "/closure-rates");
    if (!path || (by && !program_is_choice(program, flag_kind(FLAG_BY)->name, by, words)))
        return EXIT_INPUT;
    if (by)
        path = arena_printf(program->arena, "%s%cby=%s", path, strchr(path, '?') ? '&' : '?', by);
    return program_show(program, path, render_rates);
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

/* `wijzer rules`: which tables there are, and what stands in one. */
#include "render_rules.h"
#include "rules.h"

int run_rules_list(struct program *program)
{
    struct answer answer;
    const json_t *list;
    if (!program_get(program, "/rule-tables", &answer, &list))
        return program_explain(program, &answer, NULL);
    if (program->json)
        program_print(program, answer.body);
    else
        render_rule_tables(&program->out, list);
    return EXIT_DONE;
}

int run_rules_show(struct program *program)
{
    const char *given = option_text(&program->options, FLAG_VERSION);
    struct answer answer;
    int code, table = rules_table_number(program, program->options.words[0]);
    int64_t version = given && table ? rules_version_number(program, given) : 0;
    if (!table || (given && !version))
        return EXIT_INPUT;
    const json_t *document = rules_fetch(program, table, version, &answer, &code);
    if (!document)
        return code;
    if (program->json) {
        program_print(program, answer.body);
        return EXIT_DONE;
    }
    struct wording wording = rules_wording(program);
    render_rule_table(&wording, document);
    return EXIT_DONE;
}

/* Days on which nobody works: the region's own and public holidays. */
#include "json_out.h"
#include "program.h"
#include "render_calendar.h"

enum { BODY = 1024 };

int run_calendar(struct program *program)
{
    return program_show(program, "/closures", render_calendar);
}

/* Sends the day that was typed, and the name if there is one. */
static int send(struct program *program, const char *path,
                void (*render)(const struct screen *, const json_t *))
{
    const char *day = program->options.words[0];
    struct json_out out = json_out_new(program->arena, BODY);
    struct answer answer;
    int64_t number;
    if (!date_parse(slice_of(day), &number))
        return program_reject(program, SAY_NO_DATE, VALUES(day));
    out_open(&out, NULL, '{');
    out_text(&out, "day", slice_of(day));
    if (program->options.word_count > 1)
        out_text(&out, "name", slice_of(program->options.words[1]));
    out_close(&out, '}');
    program_post(program, path, json_out_slice(&out), NULL, &answer);
    if (!answer_is_good(&answer))
        return program_explain(program, &answer, "calendar");
    if (program->json)
        program_print(program, answer.body);
    else
        render(&program->out, program_document(program, answer.body));
    return EXIT_DONE;
}

int run_calendar_close(struct program *program)
{
    return send(program, "/closures", render_closed);
}

int run_calendar_open(struct program *program)
{
    return send(program, "/closures/_end", render_opened);
}

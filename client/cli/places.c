/* How much room there is and whether that is still right, how well it is proved to work, groups, and the
 * places of steps in them. */
#include "json_out.h"
#include "program.h"
#include "render_places.h"
#include "suggest.h"

enum { BODY = 1024 };

static const char *const states[] = {"open", "waiting-list", "full", "paused", NULL};

static int say_missing(struct program *program)
{
    return program_reject(program, SAY_MISSING,
                          VALUES(program->command->name, program->command->arguments[program->language]));
}

static void put_text(struct json_out *out, const char *name, const char *text)
{
    if (text)
        out_text(out, name, slice_of(text));
}

/* False: what was given is no number in this range, and that was said. */
static bool put_number(struct program *program, struct json_out *out, const char *name, enum flag flag,
                       int64_t least, int64_t most)
{
    const char *given = option_text(&program->options, flag);
    int64_t number;
    if (!given)
        return true;
    if (slice_to_i64(slice_of(given), least, most, &number)) {
        out_integer(out, name, number);
        return true;
    }
    program_reject(program, SAY_NOT_A_NUMBER,
                   VALUES(flag_kind(flag)->name, arena_printf(program->arena, "%lld", (long long)least),
                          arena_printf(program->arena, "%lld", (long long)most)));
    return false;
}

/* Sends what was written so far; NULL: it was refused, and that was said (*code). */
static const json_t *send(struct program *program, const char *path, struct json_out *out, const char *again,
                          int *code)
{
    struct answer answer;
    out_close(out, '}');
    program_post(program, path, json_out_slice(out), NULL, &answer);
    *code = EXIT_DONE;
    if (!answer_is_good(&answer)) {
        *code = program_explain(program, &answer, again);
        return NULL;
    }
    if (program->json) {
        program_print(program, answer.body);
        return NULL;
    }
    return program_document(program, answer.body);
}

static struct json_out begin(struct program *program)
{
    struct json_out out = json_out_new(program->arena, BODY);
    out_open(&out, NULL, '{');
    return out;
}

/* ---- offerings ---- */

int run_offerings(struct program *program)
{
    const char *organisation = option_text(&program->options, FLAG_ORGANISATION), *path = "/offerings";
    bool asked = option_given(&program->options, FLAG_ASKED);
    if (organisation && !program_check_word(program, FLAG_ORGANISATION, organisation))
        return EXIT_INPUT;
    if (organisation)
        path = arena_printf(program->arena, "%s?organisation=%s", path, organisation);
    if (asked)
        path = arena_printf(program->arena, "%s%casked=true", path, organisation ? '&' : '?');
    return program_show(program, path, render_offerings);
}

int run_places_set(struct program *program)
{
    const char *offering = program->options.words[0], *state = program->options.words[1];
    struct json_out out = begin(program);
    int code;
    if (!program_check_word(program, FLAG_TO, offering) ||
        !program_is_choice(program, program->command->name, state, states))
        return EXIT_INPUT;
    put_text(&out, "offering", offering);
    put_text(&out, "state", state);
    if (!put_number(program, &out, "places", FLAG_PLACES, 0, 10000) ||
        !put_number(program, &out, "waitDays", FLAG_WAIT_DAYS, 0, 1000))
        return EXIT_INPUT;
    const json_t *said = send(program, "/offerings/_set", &out, "offerings", &code);
    if (said) {
        screen_say(&program->out, SAY_ROOM_SET, VALUES(document_text(said, "name")));
        render_offering(&program->out, said);
    }
    return code;
}

int run_places_confirm(struct program *program)
{
    struct json_out out = begin(program);
    int code;
    if (!program_check_word(program, FLAG_TO, program->options.words[0]))
        return EXIT_INPUT;
    put_text(&out, "offering", program->options.words[0]);
    const json_t *said = send(program, "/offerings/_confirm", &out, "offerings", &code);
    if (said) {
        screen_say(&program->out, SAY_CONFIRMED, VALUES(document_text(said, "name")));
        render_offering(&program->out, said);
    }
    return code;
}

static const char *const levels[] = {
    "none", "well-described", "well-founded", "first-indications", "good-indications", "strong-indications"};
enum { LEVELS = sizeof levels / sizeof levels[0] };

static bool check_level(struct program *program, const char *level)
{
    const char *list = "";
    for (size_t i = 0; i < LEVELS; i++) {
        if (strcmp(level, levels[i]) == 0)
            return true;
        list = arena_printf(program->arena, "%s%s%s", list, i ? ", " : "", levels[i]);
    }
    program_complain(program, &(struct complaint){SAY_UNKNOWN_CHOICE,
                                                  {program->command->name, level, list},
                                                  suggest_word(level, levels, LEVELS)});
    return false;
}

int run_places_prove(struct program *program)
{
    const char *offering = program->options.words[0], *level = program->options.words[1];
    struct json_out out = begin(program);
    int64_t day;
    int code;
    if (!program_check_word(program, FLAG_TO, offering) || !check_level(program, level) ||
        (option_given(&program->options, FLAG_AS_OF) && !program_day(program, FLAG_AS_OF, &day)))
        return EXIT_INPUT;
    put_text(&out, "offering", offering);
    put_text(&out, "level", level);
    put_text(&out, "source", option_text(&program->options, FLAG_SOURCE));
    put_text(&out, "asOf", option_text(&program->options, FLAG_AS_OF));
    const json_t *said = send(program, "/offerings/_prove", &out, "offerings", &code);
    if (said) {
        screen_say(&program->out, SAY_ROOM_SET, VALUES(document_text(said, "name")));
        render_offering(&program->out, said);
    }
    return code;
}

/* ---- groups ---- */

int run_places_group(struct program *program)
{
    const struct options *options = &program->options;
    struct json_out out = begin(program);
    int code;
    if (!program_check_word(program, FLAG_TO, options->words[0]))
        return EXIT_INPUT;
    if (!option_given(options, FLAG_STARTS) || !option_given(options, FLAG_PLACES))
        return say_missing(program);
    put_text(&out, "offering", options->words[0]);
    put_text(&out, "name", options->words[1]);
    put_text(&out, "startsOn", option_text(options, FLAG_STARTS));
    put_text(&out, "endsOn", option_text(options, FLAG_ENDS));
    if (option_given(options, FLAG_ONLINE))
        put_text(&out, "way", "online");
    if (option_given(options, FLAG_ROLLING))
        out_bool(&out, "rolling", true);
    if (!put_number(program, &out, "places", FLAG_PLACES, 1, 10000))
        return EXIT_INPUT;
    const json_t *made = send(program, "/groups", &out, "offerings", &code);
    if (made) {
        screen_say(&program->out, SAY_GROUP_MADE, VALUES(document_text(made, "id")));
        render_group(&program->out, made);
    }
    return code;
}

int run_places_change(struct program *program)
{
    const char *id = program_id(program, program->options.words[0]);
    struct json_out out = begin(program);
    int code;
    if (!id)
        return EXIT_INPUT;
    put_text(&out, "startsOn", option_text(&program->options, FLAG_STARTS));
    put_text(&out, "endsOn", option_text(&program->options, FLAG_ENDS));
    if (!put_number(program, &out, "places", FLAG_PLACES, 1, 10000))
        return EXIT_INPUT;
    const json_t *changed =
        send(program, arena_printf(program->arena, "/groups/%s/_change", id), &out, "offerings", &code);
    if (changed) {
        screen_say(&program->out, SAY_GROUP_CHANGED, VALUES(id));
        render_group(&program->out, changed);
    }
    return code;
}

int run_places_end(struct program *program)
{
    const char *id = program_id(program, program->options.words[0]);
    struct json_out out = begin(program);
    int code;
    if (!id)
        return EXIT_INPUT;
    if (send(program, arena_printf(program->arena, "/groups/%s/_end", id), &out, "offerings", &code))
        screen_say(&program->out, SAY_GROUP_ENDED, VALUES(id));
    return code;
}

/* ---- places of steps ---- */

int run_place(struct program *program)
{
    const struct options *options = &program->options;
    const char *id = program_id(program, options->words[0]), *group = option_text(options, FLAG_GROUP);
    struct json_out out = begin(program);
    int code;
    if (!id || (group && !(group = program_id(program, group))))
        return EXIT_INPUT;
    put_text(&out, "group", group);
    if (!put_number(program, &out, "persons", FLAG_PERSONS, 1, 1000))
        return EXIT_INPUT;
    if (option_given(options, FLAG_WAIT))
        out_bool(&out, "wait", true);
    const json_t *step = send(program, arena_printf(program->arena, "/steps/%s/_place", id), &out,
                              arena_printf(program->arena, "show %s", id), &code);
    const char *name = document_text(step, "place.group.name");
    if (step && strcmp(document_text(step, "place.state"), "waiting") == 0)
        screen_say(&program->out, SAY_PLACE_WAITING,
                   VALUES(id, name, render_number(&program->out, step, "place.line")));
    else if (step)
        screen_say(&program->out, SAY_PLACE_TAKEN, VALUES(id, name));
    return code;
}

/* What the step had before tells what it has no more. */
int run_places_leave(struct program *program)
{
    const char *id = program_id(program, program->options.words[0]);
    struct json_out out = begin(program);
    struct answer before;
    const json_t *step = NULL;
    int code;
    if (!id)
        return EXIT_INPUT;
    if (!program->json &&
        !program_get(program, arena_printf(program->arena, "/steps/%s", id), &before, &step))
        return program_explain(program, &before, arena_printf(program->arena, "show %s", id));
    if (!send(program, arena_printf(program->arena, "/steps/%s/_leave", id), &out,
              arena_printf(program->arena, "show %s", id), &code))
        return code;
    screen_say(&program->out,
               strcmp(document_text(step, "place.state"), "waiting") == 0 ? SAY_LINE_LEFT
               : document_true(step, "place.group.joinable")              ? SAY_PLACE_LEFT
                                                                          : SAY_PLACE_LEFT_BEGUN,
               VALUES(id, document_text(step, "place.group.name")));
    return code;
}

int run_places_attended(struct program *program)
{
    const char *id = program_id(program, program->options.words[0]), *said = program->options.words[1];
    struct json_out out = begin(program);
    bool attended = strcmp(said, "yes") == 0;
    int code;
    if (!id)
        return EXIT_INPUT;
    if (!attended && strcmp(said, "no") != 0)
        return program_reject(program, SAY_YES_OR_NO, NULL);
    out_bool(&out, "attended", attended);
    put_text(&out, "on", option_text(&program->options, FLAG_ON));
    if (send(program, arena_printf(program->arena, "/steps/%s/_attend", id), &out,
             arena_printf(program->arena, "show %s", id), &code))
        screen_say(&program->out, SAY_ATTENDED, NULL);
    return code;
}

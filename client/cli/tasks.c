/* A worker's day: calling back on the day that was promised, and goals in the client's own words. */
#include "json_out.h"
#include "program.h"
#include "wire.h"

enum { BODY = 1024 };

static const char *const results[] = {"no-answer", "voicemail", "wrong-number", "message-left", "not-home",
                                      "spoke",     NULL};
static const char *const channels[] = {"phone", "visit", "email", "letter", "video", "sms", NULL};
static const char *const ends[] = {"reached", "partly", "not-reached", "dropped", NULL};

static void put_text(struct json_out *out, const char *name, const char *text)
{
    if (text)
        out_text(out, name, slice_of(text));
}

/* Whether a flag, where it is given, has one of these words; said. */
static bool is_choice(struct program *program, enum flag flag, const char *const *words)
{
    const char *given = option_text(&program->options, flag);
    return !given || program_is_choice(program, flag_kind(flag)->name, given, words);
}

static int say_missing(struct program *program)
{
    return program_reject(program, SAY_MISSING,
                          VALUES(program->command->name, program->command->arguments[program->language]));
}

/* ---- calling back ---- */

static int say_promised_already(struct program *program, const char *id, const struct answer *refusal)
{
    struct answer answer;
    const json_t *step;
    bool is_known = !program->json && answer_is_good(refusal) == false && refusal->status == 409 &&
                    program_get(program, arena_printf(program->arena, "/steps/%s", id), &answer, &step) &&
                    document_at(step, "callBack.by");
    if (!is_known || option_given(&program->options, FLAG_INSTEAD))
        return program_explain(program, refusal, arena_printf(program->arena, "show %s", id));
    screen_say(&program->err, SAY_PROMISED_ALREADY,
               VALUES(render_before(&program->err, document_at(step, "callBack"), "by"), id));
    return EXIT_REFUSED;
}

int run_call_back(struct program *program)
{
    struct options *options = &program->options;
    struct json_out out = json_out_new(program->arena, BODY);
    struct wire_call_back *read = arena_alloc(program->arena, sizeof *read);
    struct issues *issues = arena_alloc(program->arena, sizeof *issues);
    const char *id = program_id(program, options->words[0]);
    struct slice note = SLICE_NONE;
    struct answer answer;
    struct err err;
    if (!id || !program_text(program, option_text(options, FLAG_NOTE), &note, NULL))
        return EXIT_INPUT;
    if (!option_given(options, FLAG_ON))
        return say_missing(program);
    out_open(&out, NULL, '{');
    put_text(&out, "on", option_text(options, FLAG_ON));
    put_text(&out, "at", option_text(options, FLAG_AT));
    if (note.len)
        out_text(&out, "note", note);
    if (option_given(options, FLAG_INSTEAD))
        out_bool(&out, "instead", true);
    out_close(&out, '}');
    if (!wire_decode_call_back(json_out_slice(&out), program->arena, read, issues, &err))
        return program_invalid(program, &err, issues);
    program_post(program, arena_printf(program->arena, "/steps/%s/_callback", id), json_out_slice(&out), NULL,
                 &answer);
    if (!answer_is_good(&answer))
        return say_promised_already(program, id, &answer);
    if (program->json) {
        program_print(program, answer.body);
        return EXIT_DONE;
    }
    const json_t *receipt = program_document(program, answer.body);
    screen_say(&program->out, SAY_PROMISED, VALUES(id, render_before(&program->out, receipt, "by")));
    if (document_true(receipt, "dayOff"))
        screen_say(&program->out, SAY_DAY_OFF, NULL);
    return EXIT_DONE;
}

int run_called_back(struct program *program)
{
    struct json_out out = json_out_new(program->arena, BODY);
    const char *id = program_id(program, program->options.words[0]),
               *result = option_text(&program->options, FLAG_RESULT);
    struct answer answer;
    if (!id || !is_choice(program, FLAG_RESULT, results) || !is_choice(program, FLAG_CHANNEL, channels))
        return EXIT_INPUT;
    out_open(&out, NULL, '{');
    put_text(&out, "channel", option_text(&program->options, FLAG_CHANNEL));
    put_text(&out, "result", result);
    out_close(&out, '}');
    program_post(program, arena_printf(program->arena, "/steps/%s/_calledback", id), json_out_slice(&out),
                 NULL, &answer);
    if (!answer_is_good(&answer))
        return program_explain(program, &answer, arena_printf(program->arena, "show %s", id));
    if (program->json) {
        program_print(program, answer.body);
        return EXIT_DONE;
    }
    screen_say(&program->out, SAY_CALLED_BACK, VALUES(id));
    if (result && strcmp(result, "spoke") != 0)
        screen_say(&program->out, SAY_CALL_AGAIN, VALUES(id));
    return EXIT_DONE;
}

/* ---- goals ---- */

/* --score as a number; 0: not given. False: it is none, and that was said. */
static bool take_score(struct program *program, int64_t *score)
{
    const char *given = option_text(&program->options, FLAG_SCORE);
    *score = 0;
    if (!given || slice_to_i64(slice_of(given), 1, 10, score))
        return true;
    program_reject(program, SAY_NOT_A_NUMBER, VALUES(flag_kind(FLAG_SCORE)->name, "1", "10"));
    return false;
}

/* The life domain of a goal: what was said, else the first of the referral. NULL: there is none, said. */
static const char *domain_of(struct program *program, const char *id, size_t place)
{
    const struct option *given = &program->options.flags[FLAG_DOMAIN];
    struct answer answer;
    const json_t *step;
    if (given->count)
        return given->values[place < given->count ? place : given->count - 1];
    if (!program_get(program, arena_printf(program->arena, "/steps/%s", id), &answer, &step)) {
        program_explain(program, &answer, NULL);
        return NULL;
    }
    const char *first = document_text(json_array_get(document_list(step, "domains"), 0), "code");
    if (*first)
        return first;
    program_reject(program, SAY_GOAL_DOMAIN, NULL);
    return NULL;
}

static int post_goal(struct program *program, const char *id, size_t place, struct slice text, int64_t score)
{
    struct json_out out = json_out_new(program->arena, BODY);
    struct wire_goal *read = arena_alloc(program->arena, sizeof *read);
    struct issues *issues = arena_alloc(program->arena, sizeof *issues);
    const char *domain = domain_of(program, id, place);
    struct answer answer;
    struct err err;
    if (!domain || !program_check_word(program, FLAG_DOMAIN, domain))
        return EXIT_INPUT;
    out_open(&out, NULL, '{');
    out_text(&out, "text", text);
    out_text(&out, "domain", slice_of(domain));
    if (score)
        out_integer(&out, "score", score);
    out_close(&out, '}');
    if (!wire_decode_goal(json_out_slice(&out), program->arena, read, issues, &err))
        return program_invalid(program, &err, issues);
    program_post(program, arena_printf(program->arena, "/steps/%s/goals", id), json_out_slice(&out), NULL,
                 &answer);
    if (!answer_is_good(&answer))
        return program_explain(program, &answer, arena_printf(program->arena, "show %s", id));
    if (program->json)
        program_print(program, answer.body);
    else
        screen_say(&program->out, SAY_GOAL_SET,
                   VALUES(document_text(program_document(program, answer.body), "id"), id));
    return EXIT_DONE;
}

int tasks_post_goals(struct program *program, const char *id)
{
    const struct option *goals = &program->options.flags[FLAG_GOAL];
    int status = EXIT_DONE;
    for (size_t i = 0; i < goals->count && status == EXIT_DONE; i++)
        status = post_goal(program, id, i, slice_of(goals->values[i]), 0);
    return status;
}

void tasks_show_open_goals(struct program *program, const char *referral)
{
    struct answer answer;
    const json_t *goals;
    json_t *open = json_array();
    if (program_get(program, arena_printf(program->arena, "/referrals/%s/goals", referral), &answer, &goals))
        for (size_t i = 0; i < json_array_size(document_list(goals, "items")); i++) {
            json_t *goal = json_array_get(document_list(goals, "items"), i);
            if (strcmp(document_text(goal, "state"), "active") == 0)
                json_array_append(open, goal);
        }
    if (json_array_size(open)) {
        screen_say(&program->out, SAY_GOALS_OPEN, NULL);
        render_goal_list(&program->out, open);
    }
    json_decref(open);
}

/* Scores a goal, or ends it. */
static int change_goal(struct program *program, const char *id, int64_t score)
{
    struct json_out out = json_out_new(program->arena, BODY);
    const char *end = option_text(&program->options, FLAG_HOW_ENDED);
    struct answer answer;
    if (!end == !score)
        return program_reject(program, SAY_GOAL_WHAT, NULL);
    if (!is_choice(program, FLAG_HOW_ENDED, ends))
        return EXIT_INPUT;
    out_open(&out, NULL, '{');
    if (end)
        out_text(&out, "state", slice_of(end));
    else
        out_integer(&out, "score", score);
    out_close(&out, '}');
    program_post(program, arena_printf(program->arena, "/goals/%s/%s", id, end ? "_end" : "_score"),
                 json_out_slice(&out), NULL, &answer);
    if (!answer_is_good(&answer))
        return program_explain(program, &answer, NULL);
    const json_t *receipt = program_document(program, answer.body);
    if (program->json)
        program_print(program, answer.body);
    else if (end)
        screen_say(&program->out, SAY_GOAL_ENDED, VALUES(id, render_goal_state(&program->out, receipt)));
    else
        screen_say(&program->out, SAY_GOAL_SCORED, VALUES(id));
    return EXIT_DONE;
}

int run_goal(struct program *program)
{
    const char *id = program_id(program, program->options.words[0]);
    struct slice text = SLICE_NONE;
    int64_t score;
    if (!id || !take_score(program, &score))
        return EXIT_INPUT;
    if (program->options.word_count < 2)
        return change_goal(program, id, score);
    if (option_given(&program->options, FLAG_HOW_ENDED))
        return program_reject(program, SAY_GOAL_WHAT, NULL);
    if (!program_text(program, program->options.words[1], &text, NULL))
        return EXIT_INPUT;
    return post_goal(program, id, 0, text, score);
}

int run_goals(struct program *program)
{
    const char *id = program_id(program, program->options.words[0]);
    return id ? program_show(program, arena_printf(program->arena, "/referrals/%s/goals", id), render_goals)
              : EXIT_INPUT;
}

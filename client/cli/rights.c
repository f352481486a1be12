/* The emergency button, notices, that a client was told how it ended, what a client may ask for, retention
 * and the citizen service number. */
#include "api.h"
#include "program.h"
#include "render_figures.h"
#include "render_rights.h"
#include "wire.h"

enum { NUMBER_MAX = 1000000 };

/* A body of members that were given; its text is the arena's. */
static struct slice body_of(struct program *program, json_t *members)
{
    char *text = json_dumps(members, JSON_COMPACT);
    struct slice body = arena_slice(program->arena, slice_of(text));
    free(text);
    json_decref(members);
    return body;
}

static void add_text(json_t *members, const char *name, const char *text)
{
    if (text)
        json_object_set_new(members, name, json_string(text));
}

static void add_list(struct program *program, json_t *members, const char *name, enum flag flag)
{
    const struct option *option = &program->options.flags[flag];
    if (option->count == 0)
        return;
    json_t *list = json_array();
    for (size_t i = 0; i < option->count; i++)
        json_array_append_new(list, json_string(option->values[i]));
    json_object_set_new(members, name, list);
}

/* A whole number of a flag, when it was given. False: it is none from `min` to `max`, and that was said. */
static bool add_number(struct program *program, json_t *members, const char *name, enum flag flag, int min,
                       int max)
{
    const char *text = option_text(&program->options, flag);
    int64_t number;
    if (!text)
        return true;
    if (!slice_to_i64(slice_of(text), min, max, &number)) {
        program_reject(program, SAY_NOT_A_NUMBER,
                       VALUES(flag_kind(flag)->name, arena_printf(program->arena, "%d", min),
                              arena_printf(program->arena, "%d", max)));
        return false;
    }
    json_object_set_new(members, name, json_integer((json_int_t)number));
    return true;
}

/* Whether what the flags hold can be written as JSON. False: said. */
static bool are_texts(struct program *program)
{
    for (const enum flag *flag = program->command->flags; *flag != FLAG_END; flag++)
        for (size_t i = 0; i < program->options.flags[*flag].count; i++) {
            const char *value = program->options.flags[*flag].values[i];
            if (!value || slice_is_utf8(slice_of(value)))
                continue;
            program_reject(program, SAY_NOT_UTF8, VALUES(flag_kind(*flag)->name));
            return false;
        }
    return true;
}

static int explain(struct program *program, const struct answer *answer, enum text conflict, const char *look)
{
    bool is_conflict = answer->problem && strcmp(answer->problem, "state-not-allowed") == 0;
    bool same = answer->problem && strcmp(answer->problem, "same-person") == 0;
    if (program->json || !(same || (is_conflict && conflict != TEXT_COUNT)))
        return program_explain(program, answer, look);
    screen_say(&program->err, SAY_REFUSED,
               VALUES(text_template(program->language, same ? SAY_FOUR_EYES : conflict)));
    return same ? EXIT_NOT_ALLOWED : EXIT_REFUSED;
}

/* `conflict`: what a 409 means here; TEXT_COUNT: none comes. */
static int post(struct program *program, const char *path, struct slice body, enum text conflict,
                void (*render)(const struct screen *screen, const json_t *document), const char *look)
{
    struct answer answer;
    program_post(program, path, body, NULL, &answer);
    if (!answer_is_good(&answer))
        return explain(program, &answer, conflict, look);
    if (program->json)
        program_print(program, answer.body);
    else
        render(&program->out, program_document(program, answer.body));
    return EXIT_DONE;
}

static int say_missing(struct program *program)
{
    return program_reject(program, SAY_MISSING,
                          VALUES(program->command->name, program->command->arguments[program->language]));
}

/* "/referrals/ID/_verb" of the id behind the command; NULL: said. */
static const char *path_of(struct program *program, const char *list, const char *verb)
{
    const char *id = program_id(program, program->options.words[0]);
    return id ? arena_printf(program->arena, "/%s/%s/%s", list, id, verb) : NULL;
}

/* ---- the emergency button ---- */

int run_emergency(struct program *program)
{
    const char *path = path_of(program, "referrals", "_emergency");
    const char *reason = option_text(&program->options, FLAG_REASON);
    struct wire_emergency read;
    struct issues issues;
    struct err err;
    if (!path || !are_texts(program))
        return EXIT_INPUT;
    if (!reason)
        return say_missing(program);
    struct slice body = body_of(program, json_pack("{ss}", "reason", reason));
    if (!wire_decode_emergency(body, program->arena, &read, &issues, &err))
        return program_invalid(program, &err, &issues);
    return post(program, path, body, SAY_ALREADY_ERASED, render_emergency, "emergencies");
}

int run_emergency_review(struct program *program)
{
    const char *path = path_of(program, "emergencies", "_review");
    const char *verdict = option_text(&program->options, FLAG_VERDICT);
    struct slice text = SLICE_NONE;
    struct wire_review read;
    struct issues issues;
    struct err err;
    if (!path || !are_texts(program) ||
        !program_text(program, option_text(&program->options, FLAG_TEXT), &text, NULL))
        return EXIT_INPUT;
    if (!verdict)
        return say_missing(program);
    json_t *members = json_pack("{ss}", "verdict", verdict);
    if (text.ptr)
        json_object_set_new(members, "text", json_stringn(text.ptr, text.len));
    struct slice body = body_of(program, members);
    if (!wire_decode_review(body, program->arena, &read, &issues, &err))
        return program_invalid(program, &err, &issues);
    return post(program, path, body, SAY_ALREADY_REVIEWED, render_reviewed, "emergencies");
}

int run_emergencies(struct program *program)
{
    return program_list(program, &(struct list){"/emergencies", "", render_emergencies});
}

/* ---- notices ---- */

int run_notices(struct program *program)
{
    const char *query = option_given(&program->options, FLAG_UNREAD) ? "&unread=true" : "";
    return program_list(program, &(struct list){"/notices", query, render_notices});
}

int run_notices_read(struct program *program)
{
    const char *path = path_of(program, "notices", "_read");
    return path ? post(program, path, slice_of("{}"), TEXT_COUNT, render_notice, "notices") : EXIT_INPUT;
}

/* ---- how it ended ---- */

int run_told(struct program *program)
{
    const char *path = path_of(program, "referrals", "_tell");
    const char *helped = option_text(&program->options, FLAG_HELPED);
    struct wire_client_answer read;
    struct issues issues;
    struct err err;
    if (!path || !are_texts(program))
        return EXIT_INPUT;
    if (!helped)
        return say_missing(program);
    struct slice body = body_of(program, json_pack("{ss}", "helped", helped));
    if (!wire_decode_client_answer(body, program->arena, &read, &issues, &err))
        return program_invalid(program, &err, &issues);
    return post(program, path, body, SAY_NOT_ENDED, render_told,
                arena_printf(program->arena, "show %s", program->options.words[0]));
}

/* ---- what a client may ask for ---- */

int run_client_export(struct program *program)
{
    struct answer answer;
    const json_t *copy;
    static const char *const words[] = {"text", "json", NULL};
    const char *path = path_of(program, "clients", "export"), *format = program_format(program, words),
               *folder = option_text(&program->options, FLAG_FILES);
    if (!path || !format)
        return EXIT_INPUT;
    program->json = strcmp(format, "json") == 0;
    if (!program_get(program, path, &answer, &copy))
        return program_explain(program, &answer, NULL);
    if (program->json)
        program_print(program, answer.body);
    else
        render_export(&(struct wording){&program->out, program_words(program, false)}, copy);
    return folder ? attachments_save(program, copy, folder) : EXIT_DONE;
}

int run_client_correct(struct program *program)
{
    static const struct {
        enum flag flag;
        const char *member;
    } texts[] = {
        {FLAG_NAME, "name"}, {FLAG_AREA, "area"}, {FLAG_PHONE, "phone"}, {FLAG_LANGUAGE, "language"}};
    const char *path = path_of(program, "clients", "_correct"),
               *email = option_text(&program->options, FLAG_EMAIL);
    struct wire_correction read;
    struct issues issues;
    struct err err;
    if (!path || !are_texts(program))
        return EXIT_INPUT;
    json_t *members = json_object();
    for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++)
        add_text(members, texts[i].member, option_text(&program->options, texts[i].flag));
    if (email && *email)
        add_text(members, "email", email);
    else if (email)
        json_object_set_new(members, "noEmail", json_true());
    bool good = add_number(program, members, "birthYear", FLAG_BIRTH_YEAR, 1900, 2100);
    bool is_empty = json_object_size(members) == 0;
    struct slice body = body_of(program, members);
    if (!good)
        return EXIT_INPUT;
    if (is_empty)
        return program_reject(program, SAY_NOTHING_TO_CORRECT, NULL);
    if (!wire_decode_correction(body, program->arena, &read, &issues, &err))
        return program_invalid(program, &err, &issues);
    return post(program, path, body, SAY_NOT_CORRECTED, render_correction, "access-log");
}

int run_client_restrict(struct program *program)
{
    const char *path = path_of(program, "clients", "_restrict");
    bool lift = option_given(&program->options, FLAG_LIFT);
    if (!path)
        return EXIT_INPUT;
    return post(program, path, slice_of(lift ? "{\"lift\":true}" : "{}"), SAY_ALREADY_ERASED,
                render_restriction, "access-log");
}

int run_client_erase(struct program *program)
{
    const char *path = path_of(program, "clients", "_erase");
    if (!path)
        return EXIT_INPUT;
    if (!option_given(&program->options, FLAG_YES))
        return program_reject(program, SAY_ERASE_SURE, NULL);
    return post(program, path, slice_of("{}"), SAY_STILL_OPEN, render_erasure,
                arena_printf(program->arena, "client erase %s --yes", program->options.words[0]));
}

/* ---- retention, the citizen service number and keys ---- */

int run_retention_list(struct program *program)
{
    return program_show(program, "/retention", render_retention);
}

int run_retention_proof(struct program *program)
{
    return program_show(program, "/retention/proof", render_proof);
}

/* Today, where --from does not say otherwise. */
static const char *first_day(struct program *program)
{
    const char *from = option_text(&program->options, FLAG_FROM);
    char text[MOMENT_TEXT];
    if (from)
        return from;
    moment_text(clock_wall(&program->clock), text);
    return arena_text(program->arena, slice_make(text, strlen("2026-12-01")));
}

int run_retention_propose(struct program *program)
{
    const char *law = option_text(&program->options, FLAG_LAW),
               *start = option_text(&program->options, FLAG_START);
    struct wire_retention read;
    struct issues issues;
    struct err err;
    int64_t day;
    if (!law || !start || !option_given(&program->options, FLAG_YEARS))
        return say_missing(program);
    if (!are_texts(program) ||
        (option_given(&program->options, FLAG_FROM) && !program_day(program, FLAG_FROM, &day)))
        return EXIT_INPUT;
    json_t *members = json_pack("{ssssss}", "law", law, "startEvent", start, "validFrom", first_day(program));
    add_list(program, members, "kinds", FLAG_KINDS);
    bool good = add_number(program, members, "years", FLAG_YEARS, 1, 100);
    struct slice body = body_of(program, members);
    if (!good)
        return EXIT_INPUT;
    if (!wire_decode_retention(body, program->arena, &read, &issues, &err))
        return program_invalid(program, &err, &issues);
    return post(program, "/retention", body, TEXT_COUNT, render_retention_proposed, "retention");
}

/* "/retention/4/_approve"; NULL: said. */
static const char *approval_of(struct program *program, const char *list)
{
    uint64_t number;
    if (slice_to_u64(slice_of(program->options.words[0]), NUMBER_MAX, &number) && number > 0)
        return arena_printf(program->arena, "/%s/%llu/_approve", list, (unsigned long long)number);
    program_reject(program, SAY_MISSING,
                   VALUES(program->command->name, program->command->arguments[program->language]));
    return NULL;
}

int run_retention_approve(struct program *program)
{
    const char *path = approval_of(program, "retention");
    return path ? post(program, path, slice_of("{}"), SAY_ALREADY_APPROVED, render_retention_approved,
                       "retention")
                : EXIT_INPUT;
}

int run_bsn(struct program *program)
{
    return program_show(program, "/bsn", render_bsn);
}

/* On takes a ground and recipients; off is said in so many words, and with nothing else. */
int run_bsn_propose(struct program *program)
{
    bool off = option_given(&program->options, FLAG_OFF),
         ground = option_given(&program->options, FLAG_GROUND),
         recipients = option_given(&program->options, FLAG_RECIPIENTS);
    struct wire_bsn read;
    struct issues issues;
    struct err err;
    if (!are_texts(program))
        return EXIT_INPUT;
    if (off ? ground || recipients : !ground || !recipients)
        return program_reject(program, SAY_BSN_ON_OR_OFF, NULL);
    json_t *members = json_object();
    add_text(members, "ground", option_text(&program->options, FLAG_GROUND));
    add_list(program, members, "recipients", FLAG_RECIPIENTS);
    struct slice body = body_of(program, members);
    if (!wire_decode_bsn(body, program->arena, &read, &issues, &err))
        return program_invalid(program, &err, &issues);
    return post(program, "/bsn", body, TEXT_COUNT, render_bsn, "bsn");
}

int run_bsn_approve(struct program *program)
{
    const char *path = approval_of(program, "bsn");
    return path ? post(program, path, slice_of("{}"), SAY_ALREADY_APPROVED, render_bsn, "bsn") : EXIT_INPUT;
}

int run_keys(struct program *program)
{
    return program_show(program, "/key-changes", render_keys);
}

int run_keys_propose(struct program *program)
{
    enum { KEY_NUMBER = 999999 };
    bool retire = option_given(&program->options, FLAG_RETIRE);
    if (retire == option_given(&program->options, FLAG_ROTATE))
        return program_reject(program, SAY_KEYS_ONE_OF_TWO, NULL);
    json_t *members = json_pack("{ss}", "action", retire ? "retire" : "rotate");
    bool good = add_number(program, members, "key", FLAG_RETIRE, 1, KEY_NUMBER);
    struct slice body = body_of(program, members);
    return good ? post(program, "/key-changes", body, TEXT_COUNT, render_keys_proposed, "keys") : EXIT_INPUT;
}

int run_keys_approve(struct program *program)
{
    const char *path = approval_of(program, "key-changes");
    return path ? post(program, path, slice_of("{}"), SAY_ALREADY_APPROVED, render_keys_approved, "keys")
                : EXIT_INPUT;
}

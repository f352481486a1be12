#include "refer.h"

#include "render_consent.h"
#include "consent.h"
#include "file.h"
#include "uuid.h"
#include "wire.h"

/* Which flags fill which text of a referral. */
static const struct flag_field texts[] = {
    {FLAG_NAME, offsetof(struct wire_referral, client.name)},
    {FLAG_AREA, offsetof(struct wire_referral, client.area)},
    {FLAG_PHONE, offsetof(struct wire_referral, client.phone)},
    {FLAG_EMAIL, offsetof(struct wire_referral, client.email)},
    {FLAG_LANGUAGE, offsetof(struct wire_referral, client.language)},
    {FLAG_URGENCY, offsetof(struct wire_referral, urgency)},
    {FLAG_MOBILITY, offsetof(struct wire_referral, situation.mobility)},
    {FLAG_DIGITAL_SKILL, offsetof(struct wire_referral, situation.digital_skill)},
    {FLAG_OCCUPATION, offsetof(struct wire_referral, situation.occupation)},
    {FLAG_HOUSEHOLD, offsetof(struct wire_referral, situation.household)},
    {FLAG_SIGNAL, offsetof(struct wire_referral, signal)},
    {FLAG_CLASS, offsetof(struct wire_referral, class_name)},
};

/* What is no year becomes 0, which the decoder complains of along with all else. */
static int year_given(const struct program *program)
{
    const char *given = option_text(&program->options, FLAG_BIRTH_YEAR);
    int64_t number = 0;
    if (given)
        slice_to_i64(slice_of(given), 1900, 2100, &number);
    return (int)number;
}

/* --lvb: 1, 0, or -1 where it is not given. False: it is something else, and that was said. */
static bool take_lvb(struct program *program, int *lvb)
{
    static const struct {
        const char *word;
        int value;
    } words[] = {{"yes", 1}, {"ja", 1}, {"no", 0}, {"nee", 0}};
    const char *given = option_text(&program->options, FLAG_LVB);
    *lvb = -1;
    for (size_t i = 0; given && i < sizeof words / sizeof words[0]; i++)
        if (strcmp(given, words[i].word) == 0)
            *lvb = words[i].value;
    if (!given || *lvb >= 0)
        return true;
    program_reject(program, SAY_UNKNOWN_CHOICE, VALUES(flag_kind(FLAG_LVB)->name, given, "yes, no"));
    return false;
}

/* Without a referrer: at most one of three. False: more, and that was said. */
static bool take_origin(struct program *program, struct wire_referral *referral)
{
    static const struct {
        enum flag flag;
        const char *word;
    } ways[] = {{FLAG_SELF, "self"}, {FLAG_DESK, "desk"}, {FLAG_SIGNAL, "signal"}};
    for (size_t i = 0; i < sizeof ways / sizeof ways[0]; i++) {
        if (!option_given(&program->options, ways[i].flag))
            continue;
        if (referral->origin.ptr) {
            program_reject(program, SAY_ONE_ORIGIN, NULL);
            return false;
        }
        referral->origin = slice_of(ways[i].word);
    }
    return true;
}

bool draft_from_flags(struct program *program, struct draft *draft)
{
    struct wire_referral *referral = arena_alloc(program->arena, sizeof *referral);
    const char *text = option_text(&program->options, FLAG_TEXT);
    if (!program_take_list(program, FLAG_DOMAIN, referral->domains, WIRE_DOMAINS, &referral->domain_count) ||
        !program_take_list(program, FLAG_ICPC, referral->icpc, WIRE_ICPC, &referral->icpc_count) ||
        !program_take_list(program, FLAG_WISH, referral->wishes, WIRE_WISHES, &referral->wish_count) ||
        !program_take_texts(program, texts, sizeof texts / sizeof texts[0], referral) ||
        !take_lvb(program, &referral->situation.lvb) || !take_origin(program, referral) ||
        !consent_take(program, &referral->consent) ||
        !program_text(program, text, &referral->text, &draft->from_stdin))
        return false;
    referral->client.birth_year = year_given(program);
    draft->body = wire_encode_referral(referral, program->arena);
    return true;
}

static bool draft_from_file(struct program *program, struct draft *draft)
{
    struct err err;
    const char *path = option_text(&program->options, FLAG_FILE);
    for (enum flag flag = FLAG_DOMAIN; flag <= FLAG_SHARE; flag++) {
        bool fills = flag <= FLAG_TEXT || flag == FLAG_SHARE;
        if (!fills || !option_given(&program->options, flag))
            continue;
        program_reject(program, SAY_FILE_ALONE, VALUES(flag_kind(flag)->name));
        return false;
    }
    draft->from_stdin = strcmp(path, "-") == 0;
    if (file_read(path, SPOOL_BODY_MAX, program->arena, &draft->body, &err))
        return true;
    program_reject(program, SAY_CANNOT_READ, VALUES(err.text));
    return false;
}

/* What was not given was encoded as an empty list or a year 0: it is missing rather than wrong. */
static void mend_issues(const struct program *program, struct issues *issues)
{
    for (size_t i = 0; !option_given(&program->options, FLAG_FILE) && i < issues->count; i++) {
        const char *pointer = arena_text(program->arena, issues->list[i].pointer);
        enum flag flag = flag_of_pointer(program->command->flags, pointer);
        if (flag != FLAG_END && !option_given(&program->options, flag))
            issues->list[i].code = "required";
    }
}

/* What came from standard input would be gone: it is put beside the refused ones. */
static void keep_typed(struct program *program, const struct draft *draft, struct slice problem)
{
    char key[UUID_TEXT];
    const char *spool, *path;
    struct spool_item item;
    if (!draft->from_stdin || option_given(&program->options, FLAG_DRY_RUN))
        return;
    if (spool_open(program->directory, program->arena, &spool, NULL) &&
        spool_put(spool, uuid_new(key), draft->body, clock_wall(&program->clock), program->arena, &item,
                  NULL) &&
        spool_refuse(spool, &item, problem, program->arena, &path, NULL))
        screen_say(&program->err, SAY_KEPT_ASIDE, VALUES(path));
}

bool draft_check(struct program *program, struct draft *draft)
{
    struct err err;
    struct issues *issues = arena_alloc(program->arena, sizeof *issues);
    if (!wire_decode_referral(draft->body, program->arena, &draft->referral, issues, &err)) {
        mend_issues(program, issues);
        program_invalid(program, &err, issues);
        keep_typed(program, draft, problem_json(program->arena, err.code, NULL, issues));
        return false;
    }
    return true;
}

bool draft_check_words(struct program *program, const struct draft *draft)
{
    bool good = true;
    for (size_t i = 0; i < draft->referral.domain_count; i++)
        good = program_check_word(program, FLAG_DOMAIN,
                                  arena_text(program->arena, draft->referral.domains[i])) &&
               good;
    if (!good)
        keep_typed(program, draft, problem_json(program->arena, ERR_INVALID_BODY, NULL, NULL));
    return good;
}

static int show_document(struct program *program, const struct answer *answer,
                         void (*render)(const struct screen *screen, const json_t *document))
{
    if (program->json)
        program_print(program, answer->body);
    else
        render(&program->out, program_document(program, answer->body));
    return EXIT_DONE;
}

static int preview(struct program *program, const struct draft *draft)
{
    struct answer answer;
    if (!draft_check_words(program, draft))
        return EXIT_INPUT;
    program_post(program, "/referrals/_preview", draft->body, NULL, &answer);
    return answer_is_good(&answer) ? show_document(program, &answer, render_preview)
                                   : program_explain(program, &answer, NULL);
}

/* The spool holds it: say so. */
static int say_spooled(struct program *program, const struct answer *answer, const char *spool,
                       const struct spool_item *item)
{
    const char *path = arena_printf(program->arena, "%s/%s", spool, item->name);
    if (program->json) {
        json_t *result = json_pack("{sbssss}", "spooled", 1, "idempotencyKey", item->key, "file", path);
        json_array_append_new(program->documents, result);
        json_dumpf(result, program->out.file, JSON_COMPACT);
        screen_newline(&program->out);
    }
    if (answer->outcome == CALL_INTERRUPTED)
        screen_say(&program->err, SAY_SPOOLED_INTERRUPTED, VALUES(path));
    else if (answer->outcome == CALL_NO_ENTRY)
        screen_say(&program->err, SAY_SPOOLED_NO_ENTRY, VALUES(answer->reason));
    else
        screen_say(&program->err, SAY_SPOOLED, VALUES(program_reason(program, answer)));
    return EXIT_SPOOLED;
}

static int say_lost(struct program *program, const struct answer *answer)
{
    int code = program_explain(program, answer, NULL);
    screen_say(&program->err, SAY_LOST, NULL);
    return code;
}

void refer_warn_of_consent(struct program *program, const char *id)
{
    struct answer answer;
    const json_t *shown;
    if (*id &&
        program_get(program, arena_printf(program->arena, "/referrals/%s/disclosure", id), &answer, &shown))
        render_unreachable(&program->out, shown);
}

/* Where it goes, and who hears how it ends: who referred, or the client where they came by themself; a system
 * that signals sees nothing of it. */
static int say_received(struct program *program, const struct draft *draft, const struct answer *answer)
{
    const struct slice origin = draft->referral.origin;
    if (program->json)
        return show_document(program, answer, render_receipt);
    const json_t *receipt = program_document(program, answer->body);
    const char *id = document_text(receipt, "id");
    if (slice_is(origin, "signal")) {
        screen_say(&program->out, answer->status == 200 ? SAY_SIGNAL_KNOWN : SAY_SIGNAL_TAKEN, VALUES(id));
        return EXIT_DONE;
    }
    render_receipt(&program->out, receipt);
    screen_say(&program->out,
               slice_is(origin, "self") || slice_is(origin, "desk") ? SAY_TELL_CLIENT : SAY_HEAR_BACK,
               VALUES(id));
    refer_warn_of_consent(program, id);
    return EXIT_DONE;
}

int draft_submit(struct program *program, const struct draft *draft)
{
    char fresh[UUID_TEXT];
    const char *spool = "", *key = draft->key ? draft->key : uuid_new(fresh);
    struct spool_item item = {0};
    struct answer answer;
    struct err err;
    /* A key that stays the same may wait there already, with the same body. */
    bool kept =
        spool_open(program->directory, program->arena, &spool, &err) &&
        ((draft->key && spool_find(spool, key, program->arena, &item)) ||
         spool_put(spool, key, draft->body, clock_wall(&program->clock), program->arena, &item, &err));
    if (!kept)
        screen_say(&program->err, SAY_SPOOL_FAILED, VALUES(err.text));
    if (!draft_check_words(program, draft)) {
        if (kept && !spool_remove(spool, &item, &err))
            screen_say(&program->err, SAY_SPOOL_FAILED, VALUES(err.text));
        return EXIT_INPUT;
    }
    program_submit(program, key, draft->body, program->away, &answer);
    enum spool_fate fate = spool_fate_of(&answer);
    if (fate == SPOOL_WAITS)
        return kept ? say_spooled(program, &answer, spool, &item) : say_lost(program, &answer);
    if (kept && !spool_remove(spool, &item, &err))
        screen_say(&program->err, SAY_SPOOL_FAILED, VALUES(err.text));
    if (fate == SPOOL_SENT)
        return draft->say(program, draft, &answer);
    int code = program_explain(program, &answer, NULL);
    keep_typed(program, draft, answer.body);
    return code;
}

int run_refer(struct program *program)
{
    struct draft draft = {.say = say_received};
    if (option_given(&program->options, FLAG_CLASS) && option_given(&program->options, FLAG_FILE))
        return run_refer_class(program);
    bool file = option_given(&program->options, FLAG_FILE);
    if (!(file ? draft_from_file(program, &draft) : draft_from_flags(program, &draft)) ||
        !draft_check(program, &draft))
        return EXIT_INPUT;
    return option_given(&program->options, FLAG_DRY_RUN) ? preview(program, &draft)
                                                         : draft_submit(program, &draft);
}

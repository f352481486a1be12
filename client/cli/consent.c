#include "consent.h"

#include "render_consent.h"
#include "suggest.h"

static bool is_sharable(struct slice word)
{
    for (size_t i = 0; i < WIRE_SHARABLE; i++)
        if (slice_is(word, wire_sharable[i]))
            return true;
    return false;
}

static bool complain_field(struct program *program, struct slice word)
{
    const char *list = wire_sharable[0];
    for (size_t i = 1; i < WIRE_SHARABLE; i++)
        list = arena_printf(program->arena, "%s, %s", list, wire_sharable[i]);
    const char *text = arena_text(program->arena, word);
    program_complain(program, &(struct complaint){SAY_UNKNOWN_FIELD,
                                                  {text, list},
                                                  suggest_word(text, wire_sharable, WIRE_SHARABLE)});
    return false;
}

static bool take_choice(struct program *program, const char *given, struct wire_choice *choice)
{
    struct slice rest = slice_of(given), who = slice_cut(&rest, '=');
    struct slice step = who, recipient = slice_cut(&step, '@');
    if (!rest.ptr || !recipient.len || (step.ptr && !step.len)) {
        program_reject(program, SAY_BAD_SHARE, VALUES(given));
        return false;
    }
    choice->step = step;
    if (slice_starts(recipient, "kind:"))
        choice->kind = slice_make(recipient.ptr + 5, recipient.len - 5);
    else
        choice->organisation = recipient;
    while (rest.ptr && rest.len) {
        struct slice word = slice_trim(slice_cut(&rest, ','));
        if (!is_sharable(word))
            return complain_field(program, word);
        if (choice->field_count < WIRE_SHARABLE)
            choice->fields[choice->field_count++] = word;
    }
    return true;
}

bool consent_take(struct program *program, struct wire_consent *consent)
{
    const struct option *option = &program->options.flags[FLAG_SHARE];
    bool good = true;
    *consent = (struct wire_consent){0};
    if (option->count == 0)
        return true;
    if (option->count > WIRE_CHOICES) {
        program_reject(program, SAY_FLAG_TOO_OFTEN, VALUES(flag_kind(FLAG_SHARE)->name));
        return false;
    }
    consent->choices = arena_array(program->arena, option->count, sizeof *consent->choices);
    for (size_t i = 0; i < option->count; i++) {
        consent->choices[i] = (struct wire_choice){0};
        good = take_choice(program, option->values[i], &consent->choices[i]) && good;
    }
    consent->choice_count = option->count;
    return good;
}

const json_t *consent_find(struct program *program, const char *id, struct answer *answer,
                           const char **referral)
{
    struct arena *arena = program->arena;
    const json_t *document;
    struct answer second;
    *referral = NULL;
    if (program_get(program, arena_printf(arena, "/clients/%s/consent", id), answer, &document))
        return document;
    if (answer->outcome != CALL_ANSWERED || answer->status != 404 ||
        !program_get(program, arena_printf(arena, "/referrals/%s", id), &second, &document))
        return NULL;
    const char *client = document_text(document, "client.id");
    *referral = id;
    return *client &&
                   program_get(program, arena_printf(arena, "/clients/%s/consent", client), answer, &document)
               ? document
               : NULL;
}

int run_consent_show(struct program *program)
{
    struct answer answer, second;
    const json_t *shown = NULL;
    const char *referral, *id = program_id(program, program->options.words[0]);
    if (!id)
        return EXIT_INPUT;
    const json_t *consent = consent_find(program, id, &answer, &referral);
    if (!consent)
        return program_explain(program, &answer, NULL);
    if (referral && !program_get(program, arena_printf(program->arena, "/referrals/%s/disclosure", referral),
                                 &second, &shown))
        return program_explain(program, &second, NULL);
    if (program->json) {
        program_print(program, shown ? second.body : answer.body);
        return EXIT_DONE;
    }
    render_consent(&program->out, consent);
    if (shown)
        render_disclosure(&program->out, shown);
    return EXIT_DONE;
}

/* The consent in force is read first: its number goes with the change, so that nobody's is overwritten
 * unseen. */
static int post_change(struct program *program, const char *operation, struct slice body)
{
    struct answer answer;
    const char *referral, *id = program_id(program, program->options.words[0]);
    if (!id)
        return EXIT_INPUT;
    const json_t *consent = consent_find(program, id, &answer, &referral);
    if (!consent)
        return program_explain(program, &answer, NULL);
    const char *client = document_text(consent, "client");
    const char *etag = answer.etag ? answer.etag : "\"0\"";
    program_post(program, arena_printf(program->arena, "/clients/%s/consent/%s", client, operation), body,
                 etag, &answer);
    if (answer.outcome == CALL_ANSWERED && answer.status == 412) {
        screen_say(&program->err, SAY_CONSENT_CONFLICT, VALUES(client));
        return EXIT_CONFLICT;
    }
    if (!answer_is_good(&answer))
        return program_explain(program, &answer, arena_printf(program->arena, "consent show %s", client));
    if (program->json) {
        program_print(program, answer.body);
        return EXIT_DONE;
    }
    consent = program_document(program, answer.body);
    screen_say(&program->out, SAY_CHANGED, VALUES(render_number(&program->out, consent, "nr")));
    render_consent(&program->out, consent);
    return EXIT_DONE;
}

int run_consent_change(struct program *program)
{
    struct wire_consent consent, read;
    struct issues issues;
    struct err err;
    if (!option_given(&program->options, FLAG_SHARE))
        return program_reject(program, SAY_MISSING,
                              VALUES(program->command->name, program->command->arguments[program->language]));
    if (!consent_take(program, &consent))
        return EXIT_INPUT;
    struct slice body = wire_encode_consent(&consent, program->arena);
    if (!wire_decode_consent(body, program->arena, &read, &issues, &err))
        return program_invalid(program, &err, &issues);
    return post_change(program, "_change", body);
}

int run_consent_withdraw(struct program *program)
{
    struct wire_withdrawal withdrawal = {.organisation =
                                             slice_of(option_text(&program->options, FLAG_ORGANISATION)),
                                         .kind = slice_of(option_text(&program->options, FLAG_KIND))};
    if (withdrawal.organisation.ptr && withdrawal.kind.ptr)
        return program_reject(program, SAY_ONE_OF_TWO, VALUES("--organisation", "--kind"));
    if (withdrawal.organisation.ptr &&
        !program_check_word(program, FLAG_ORGANISATION, option_text(&program->options, FLAG_ORGANISATION)))
        return EXIT_INPUT;
    return post_change(program, "_withdraw", wire_encode_withdrawal(&withdrawal, program->arena));
}

int run_consent_preview(struct program *program)
{
    program->options.flags[FLAG_DRY_RUN].count = 1;
    return run_refer(program);
}

static bool take_search(struct program *program, struct wire_search *search)
{
    static const struct flag_field texts[] = {{FLAG_NAME, offsetof(struct wire_search, name)},
                                              {FLAG_PHONE, offsetof(struct wire_search, phone)},
                                              {FLAG_EMAIL, offsetof(struct wire_search, email)}};
    const char *year = option_text(&program->options, FLAG_BIRTH_YEAR);
    int64_t number = 0;
    if (year && !slice_to_i64(slice_of(year), 1900, 2100, &number)) {
        program_reject(program, SAY_NOT_A_NUMBER, VALUES(flag_kind(FLAG_BIRTH_YEAR)->name, "1900", "2100"));
        return false;
    }
    search->birth_year = (int)number;
    return program_take_texts(program, texts, sizeof texts / sizeof texts[0], search);
}

/* By a POST: what is looked for stands in no address and no log. */
int run_client_find(struct program *program)
{
    struct wire_search search = {0}, read;
    struct issues issues;
    struct answer answer;
    struct err err;
    if (!take_search(program, &search))
        return EXIT_INPUT;
    if ((search.name.ptr || search.birth_year != 0) + !!search.phone.ptr + !!search.email.ptr != 1 ||
        !search.name.ptr != !search.birth_year)
        return program_reject(program, SAY_FIND_BY, NULL);
    struct slice body = wire_encode_search(&search, program->arena);
    if (!wire_decode_search(body, program->arena, &read, &issues, &err))
        return program_invalid(program, &err, &issues);
    program_post(program, "/clients/_search", body, NULL, &answer);
    if (!answer_is_good(&answer))
        return program_explain(program, &answer, NULL);
    if (program->json)
        program_print(program, answer.body);
    else
        render_found(&program->out, program_document(program, answer.body));
    return EXIT_DONE;
}
